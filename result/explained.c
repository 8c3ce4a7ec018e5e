/* explained.c: counters of a row against its slowdown; see explained.h. */
#include "result/explained.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "result/result.h"

/* Which of the events without a measured cost is cited first is by this; it explains nothing. */
#define NOMINAL_COST 20e-9

/* With fewer, a run's time is not that of its instructions but of its start. */
#define INSTRUCTIONS_LEAST 1e6

/* A wider range than this says too little to be called an explanation. */
#define NARROW     1.5

#define COUNT_MAX  1e18
#define CAUSES_MAX 8
#define CITED      2
#define CAUSE_TEXT 128

/* What the sums need of a row. 0: unknown, or none. */
struct facts {
    bool alone;          /* its program has no other measure, so the counters are its own */
    bool whole;          /* what was measured is the whole run */
    bool emulated;       /* its instructions are counted */
    double work;         /* done in the counted run, in the unit of the samples */
    double time;         /* seconds for a unit of it, in the timed runs */
    double instructions; /* for a unit of it */
    double host;         /* host instructions for one of the guest, in translated code */
    double kernel;       /* share of the processor's time in the host's kernel */
    double translating;  /* share of the counted run */
    double exits;        /* ... */
    double seconds;      /* the counted run, by our clock */
    double faults;       /* page faults, in the kernel that serves the program */
    double calls;        /* system calls */
};

struct cause {
    double weight; /* as a slowdown */
    char text[CAUSE_TEXT];
};

struct causes {
    struct cause list[CAUSES_MAX];
    size_t count;
};

/* Whatever stands in a file: a number that sums of which stay finite. */
static double number_of(const json_t *object, const char *name)
{
    return fmin(fmax(json_number_value(json_object_get(object, name)), 0), COUNT_MAX);
}

static double share_of(double part, double whole)
{
    return whole > 0 ? fmin(part / whole, 1) : 0;
}

/* The sum of an object's numbers, or of a member of its objects; *most is the largest one's name.
 */
static double sum_of(json_t *object, const char *member, const char **most)
{
    double sum = 0, largest = 0;
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        double number = member != NULL ? number_of(value, member)
                                       : fmin(fmax(json_number_value(value), 0), COUNT_MAX);

        sum += number;
        if (most != NULL && number > largest) {
            largest = number;
            *most = name;
        }
    }
    return sum;
}

static bool has_one_measure(const struct result *result, const struct result_row *row)
{
    for (size_t i = 0; i < result->row_count; i++) {
        if (&result->rows[i] != row && result->rows[i].entry == row->entry)
            return false;
    }
    return true;
}

/* A rate's work is the rate times its time; a run whose time is measured is one. */
static double work_of(const struct result *result, const struct result_row *row)
{
    const struct result_execution *warm_up;
    size_t from = 0;

    if (!row->has_dropped || row->dropped <= 0 || row->unit == NULL)
        return 0;
    if (!row->more)
        return strcmp(row->unit, "s") == 0;
    warm_up = result_run_of(result, row->entry, 0, &from);
    return warm_up == NULL ? 0 : fmax(row->dropped * warm_up->inside, 0);
}

/* Of all timed runs. */
static double kernel_share(const struct result *result, const struct result_row *row)
{
    double user = 0, system = 0;

    for (size_t i = 0; i < result->execution_count; i++) {
        const struct result_execution *execution = &result->executions[i];

        if (execution->entry == row->entry && execution->round > 0) {
            user += execution->user;
            system += execution->system;
        }
    }
    return share_of(system, user + system);
}

static struct facts facts_of(const struct result *result, const struct result_row *row)
{
    const json_t *counters = row->counters, *engine = json_object_get(counters, "engine");
    const json_t *kernel = json_object_get(counters, "kernel");
    double seconds = number_of(counters, "wall_seconds");
    struct facts facts = {
        .alone = has_one_measure(result, row),
        .whole = !row->more && row->unit != NULL && strcmp(row->unit, "s") == 0,
        .emulated = row->mode != NULL,
        .work = work_of(result, row),
        .kernel = kernel_share(result, row),
        .seconds = seconds,
        .translating = share_of(number_of(engine, "translate_ns") * 1e-9, seconds),
        .faults = json_is_object(kernel) ? number_of(kernel, "page_faults")
                                         : number_of(counters, "host_page_faults"),
        .calls = json_is_object(kernel)
                     ? number_of(kernel, "system_calls")
                     : sum_of(json_object_get(counters, "system_calls"), NULL, NULL),
    };

    if (facts.work > 0 && row->used > 0 && row->summary.median > 0) {
        facts.time = row->more ? 1 / row->summary.median : row->summary.median;
        facts.instructions = number_of(counters, "instructions") / facts.work;
    }
    if (number_of(engine, "insns") > 0)
        facts.host = number_of(engine, "host_insns") / number_of(engine, "insns");
    facts.exits =
        share_of(sum_of(json_object_get(counters, "exits"), "ns", NULL) * 1e-9, facts.seconds);
    return facts;
}

/* How many times the counted run was as slow as those that do not count. */
static double counting_cost(const struct result_row *row)
{
    if (!row->has_dropped || row->dropped <= 0 || row->used == 0 || row->summary.median <= 0)
        return 0;
    return row->more ? row->summary.median / row->dropped : row->dropped / row->summary.median;
}

/* The least that an instruction of that lane takes on another program of the race; seconds. */
static double instruction_cost(const struct result *result, const struct facts *facts, size_t row)
{
    const struct result_row *own = &result->rows[row];
    double least = 0;

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *other = &result->rows[i];
        double total = number_of(other->counters, "instructions");
        double slower = counting_cost(other), cost;

        if (total < INSTRUCTIONS_LEAST || slower <= 0 || !result_same_way(other, own) ||
            !result_same_text(other->configuration, own->configuration) ||
            result_same_command(other, own))
            continue;
        cost = facts[i].seconds / slower / total;
        if (least == 0 || cost < least)
            least = cost;
    }
    return least;
}

/* What `syscalls` says in this race that a service takes, in that way; seconds. */
static double service_cost(const struct result *result, const struct result_row *row,
                           const char *measure)
{
    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *other = &result->rows[i];
        const char *unit = other->unit == NULL ? "" : other->unit;
        double scale = strcmp(unit, "ns") == 0 ? 1e-9 : strcmp(unit, "us") == 0 ? 1e-6 : 0;

        if (strcmp(other->program, "syscalls") == 0 && result_same_text(other->measure, measure) &&
            result_same_text(other->kernel.name, row->kernel.name) && other->used > 0 &&
            result_same_text(other->way, row->different_kernel ? row->way : "native"))
            return fmax(other->summary.median, 0) * scale;
    }
    return 0;
}

static struct cause *add_cause(struct causes *causes, double weight)
{
    struct cause *cause = &causes->list[causes->count++];

    cause->weight = isfinite(weight) ? weight : 0;
    return cause;
}

/* Three digits at least, no exponent where it can be helped. */
static const char *number_text(char buffer[32], double number)
{
    snprintf(buffer, 32, number >= 1000 && number < 1e9 ? "%.0f" : "%.3g", number);
    return buffer;
}

/* "7.9 million"; "1,234" would need a language. */
static const char *count_text(char buffer[32], double count)
{
    if (count >= 1e9)
        snprintf(buffer, 32, "%.3g billion", count / 1e9);
    else if (count >= 1e6)
        snprintf(buffer, 32, "%.3g million", count / 1e6);
    else
        snprintf(buffer, 32, count < 1000 ? "%.3g" : "%.0f", count);
    return buffer;
}

/* What executing the program's own instructions takes. */
static void add_computing(struct causes *causes, const struct result *result,
                          const struct facts *facts, size_t row, struct explained *explained)
{
    const struct facts *own = &facts[row], *base = &facts[explained->to];
    double total = number_of(result->rows[row].counters, "instructions"), cost;
    char count[32];

    if (!own->emulated) {
        explained->low = explained->high = base->emulated ? 0 : 1;
        return;
    }
    if (own->host > 0 && (!base->emulated || base->host > 0)) {
        double more = own->host / (base->emulated ? base->host : 1);

        explained->low = fmin(1, more);
        explained->high = fmax(1, more);
        snprintf(add_cause(causes, more)->text, CAUSE_TEXT,
                 "%.3g host instructions for one of the guest%s", own->host,
                 base->emulated ? "" : ", of which some hide behind others");
        if (base->emulated)
            snprintf(causes->list[causes->count - 1].text, CAUSE_TEXT,
                     "%.3g host instructions for one of the guest, there %.3g", own->host,
                     base->host);
        return;
    }
    if (total <= 0)
        return;
    cost = instruction_cost(result, facts, row);
    if (cost > 0 && base->time > 0)
        explained->low = explained->high = own->instructions * cost / base->time;
    snprintf(
        add_cause(causes, explained->high > 0 ? explained->high : explained->slowdown / 2)->text,
        CAUSE_TEXT,
        cost > 0 ? "%s instructions, at the %.3g ns that one takes on another program"
                 : "%s instructions, and no other program to say what one takes",
        count_text(count, total), cost * 1e9);
}

/* Shares are of the whole run. A program with a clock of its own may not have had it run then. */
static void add_share(struct explained *explained, const struct facts *own, double more)
{
    if (more <= 0)
        return;
    explained->high += more;
    if (own->whole)
        explained->low += more;
}

/* Faults and system calls: by time in the host's kernel, or by what one takes. */
static void add_kernel(struct causes *causes, const struct result *result,
                       const struct facts *facts, size_t row, struct explained *explained)
{
    const struct result_row *own_row = &result->rows[row];
    const struct facts *own = &facts[row], *base = &facts[explained->to];
    double slowdown = explained->slowdown, by_share = slowdown * own->kernel - base->kernel;
    double fault = service_cost(result, own_row, "map"), by_unit = 0;
    double call = own_row->different_kernel ? service_cost(result, own_row, "getppid") : 0;
    char count[32];

    if (own->work > 0 && base->work > 0 && base->time > 0)
        by_unit = (fmax(own->faults / own->work - base->faults / base->work, 0) * fault +
                   own->calls / own->work * call) /
                  base->time;
    add_share(explained, own, fmax(by_share, by_unit));
    snprintf(add_cause(causes, by_share)->text, CAUSE_TEXT,
             "%.3g %% of its processor time in the host's kernel, there %.3g %%", own->kernel * 100,
             base->kernel * 100);
    if (own->faults > 0)
        snprintf(add_cause(causes, fmax(by_unit, slowdown * share_of(own->faults * NOMINAL_COST,
                                                                     own->seconds)))
                     ->text,
                 CAUSE_TEXT, "%s page faults in %s kernel", count_text(count, own->faults),
                 json_is_object(json_object_get(own_row->counters, "kernel")) ? "its own"
                                                                              : "the host's");
    if (own->calls > 0)
        snprintf(
            add_cause(causes, slowdown * share_of(own->calls * NOMINAL_COST, own->seconds))->text,
            CAUSE_TEXT, "%s system calls", count_text(count, own->calls));
}

/* What only a translator, a machine, or a virtual one has. */
static void add_events(struct causes *causes, const struct result_row *row, const struct facts *own,
                       struct explained *explained)
{
    const json_t *engine = json_object_get(row->counters, "engine");
    json_t *exits = json_object_get(row->counters, "exits");
    double misses = number_of(row->counters, "tlb_misses"),
           jumps = number_of(engine, "lookups") + number_of(engine, "hits");
    double translating = fmin(own->translating, 1 - own->kernel) * explained->slowdown;
    const char *most = "";
    char count[32];

    if (own->translating > 0) {
        add_share(explained, own, translating);
        snprintf(add_cause(causes, translating)->text, CAUSE_TEXT,
                 "%s blocks, whose translation takes %.3g %% of its time",
                 count_text(count, number_of(engine, "blocks")),
                 translating / explained->slowdown * 100);
    }
    if (jumps > 0)
        snprintf(
            add_cause(causes, explained->slowdown * share_of(jumps * NOMINAL_COST, own->seconds))
                ->text,
            CAUSE_TEXT, "%s jumps between blocks without a chain", count_text(count, jumps));
    if (misses > 0)
        snprintf(
            add_cause(causes, explained->slowdown * share_of(misses * NOMINAL_COST, own->seconds))
                ->text,
            CAUSE_TEXT, "%s TLB misses", count_text(count, misses));
    if (json_object_size(exits) > 0) {
        sum_of(exits, "ns", &most);
        add_share(explained, own, own->exits * explained->slowdown);
        snprintf(add_cause(causes, own->exits * explained->slowdown)->text, CAUSE_TEXT,
                 "%s exits, most time for %.20s, take %.3g %% of the whole run",
                 count_text(count, result_exits(row)), most, own->exits * 100);
    }
}

/* The heaviest of those that are left; NULL: none is. */
static struct cause *heaviest_of(struct causes *causes)
{
    struct cause *heaviest = NULL;

    for (size_t i = 0; i < causes->count; i++) {
        if (causes->list[i].weight >= 0 &&
            (heaviest == NULL || causes->list[i].weight > heaviest->weight))
            heaviest = &causes->list[i];
    }
    return heaviest;
}

static void add_text(char sentence[EXPLAINED_SENTENCE], const char *text)
{
    strncat(sentence, text, EXPLAINED_SENTENCE - strlen(sentence) - 1);
}

/* "x8.4 of native: CAUSE; CAUSE. Together x5 to x7.1." */
static void write_sentence(struct explained *explained, const struct result *result,
                           struct causes *causes)
{
    char way[RESULT_NAME], end[160], low[32], high[32];

    snprintf(explained->sentence, EXPLAINED_SENTENCE,
             "x%s of %s: ", number_text(low, explained->slowdown),
             result_way(way, &result->rows[explained->to]));
    for (int i = 0; i < CITED; i++) {
        struct cause *cause = heaviest_of(causes);

        if (cause == NULL)
            break;
        if (i > 0)
            add_text(explained->sentence, "; ");
        add_text(explained->sentence, cause->text);
        cause->weight = -1;
    }
    if (!explained->estimated)
        snprintf(end, sizeof end,
                 ". Not explained: these are of all its measures together; one alone can be raced");
    else if (explained->left_over > EXPLAINED_ENOUGH)
        snprintf(end, sizeof end,
                 ". Not explained: all causes give x%s to x%s, %.0f %% are left over",
                 number_text(low, explained->low), number_text(high, explained->high),
                 explained->left_over * 100);
    else
        snprintf(end, sizeof end, ". %s: all causes give x%s to x%s",
                 explained->high <= NARROW * explained->low ? "Explained" : "Consistent",
                 number_text(low, explained->low), number_text(high, explained->high));
    add_text(explained->sentence, end);
}

double result_exits(const struct result_row *row)
{
    return sum_of(json_object_get(row->counters, "exits"), "count", NULL);
}

/* As it is shown first; the first way of another kernel against native. */
const struct result_ratio *result_explained_ratio(const struct result *result, size_t row)
{
    const struct result_ratio *shown = result_shown(&result->rows[row]);

    return shown->to == row ? &result->rows[row].native : shown;
}

static void explain_row(struct result *result, const struct facts *facts, size_t index)
{
    struct result_row *row = &result->rows[index];
    const struct result_ratio *ratio = result_explained_ratio(result, index);
    struct explained *explained = &row->explained;
    struct causes causes = {.count = 0};

    *explained = (struct explained){.to = ratio->to};
    if (!(ratio->speed > 1 / COUNT_MAX) || ratio->speed > COUNT_MAX || ratio->to == index ||
        ratio->to >= result->row_count || !json_is_object(row->counters))
        return;
    explained->has_ratio = true;
    explained->slowdown = 1 / ratio->speed;
    explained->estimated = facts[index].alone;
    add_computing(&causes, result, facts, index, explained);
    add_kernel(&causes, result, facts, index, explained);
    add_events(&causes, row, &facts[index], explained);
    explained->estimated &= explained->low <= COUNT_MAX && explained->high <= COUNT_MAX;
    if (explained->estimated)
        explained->left_over = fmax(0, fmax(explained->slowdown - explained->high,
                                            explained->low - explained->slowdown)) /
                               explained->slowdown;
    else
        explained->low = explained->high = 0;
    write_sentence(explained, result, &causes);
}

void result_explain(struct result *result)
{
    struct facts *facts = calloc(result->row_count + 1, sizeof *facts);

    if (facts == NULL)
        err_die_oom();
    for (size_t i = 0; i < result->row_count; i++)
        facts[i] = facts_of(result, &result->rows[i]);
    for (size_t i = 0; i < result->row_count; i++)
        explain_row(result, facts, i);
    free(facts);
}
