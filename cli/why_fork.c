/*
 * why_fork.c: what a fork consists of, in each way.
 *
 * The program forks 198 times in one run and never in the other; what the longer run counts beyond
 * the shorter, for each fork, is the fork's. Each count times the price of one, as `syscalls` gives
 * it in the same way, should be the time that a fork takes. What it is less is the residual.
 */
#include <math.h>

#include "cli/text.h"
#include "cli/why.h"

#define MANY "fork 1 100"
#define NONE "fork 1 1"

static const struct why_column columns[] = {
    {"system_calls", "calls", "For each fork, counted", 0},
    {"page_faults", "faults", NULL, 0},
    {"pages_copied", "copied", NULL, 0},
    {"switches", "switches", NULL, 0},
    {"exits", "exits", NULL, 0},
    {"call_ns", "call", "What one costs by itself in the same way, in nanoseconds", 0},
    {"fault_ns", "fault", NULL, 0},
    {"switch_ns", "switch", NULL, 0},
    {"alone_ns", "fork", NULL, 0},
    {"calls_us", "calls", "For each fork, in microseconds: count times cost, and what is left",
     'c'},
    {"faults_us", "faults", NULL, 'f'},
    {"switches_us", "switches", NULL, 's'},
    {"exits_us", "exits", NULL, 'x'},
    {"residual_us", "residual", NULL, '?'},
    {"total_us", "total", NULL, 0},
    {0},
};

enum { CALLS, FAULTS, COPIED, SWITCHES, EXITS, CALL, FAULT, SWITCH, ALONE, CALLS_US, FAULTS_US };
enum { SWITCHES_US = FAULTS_US + 1, EXITS_US, RESIDUAL_US, TOTAL_US };

static const struct why_lane lanes[] = {
    {"native", "native", "", NULL},
    {"container", "container", "", NULL},
    {"interp --user", "interp", "--user", NULL},
    {"kvm", "kvm", "", NULL},
    {"kvm, batch", "kvm", "--fork cow+batch", NULL},
    {"interp", "interp", "", NULL},
    {"interp, batch", "interp", "--fork cow+batch", NULL},
    {"dbt", "dbt", "", NULL},
    {"dbt, batch", "dbt", "--fork cow+batch", NULL},
    {0},
};

/* What is counted: in the way's own counters, or else by the host's kernel. */
struct counted {
    double calls, faults, copied, switches, exits, exits_ns;
};

static void take_counts(struct counted *counted, const struct why_run *run)
{
    double user = why_counted(run, "counters.system_calls", NULL);
    double machine = why_counted(run, "counters.kernel.system_calls", NULL);
    bool bundled = !isnan(machine);

    counted->calls = bundled ? machine : user;
    counted->faults =
        why_counted(run, bundled ? "counters.kernel.page_faults" : "host_page_faults", NULL);
    counted->switches =
        why_counted(run, bundled ? "counters.kernel.switches" : "host_switches", NULL);
    counted->copied = why_counted(run, "counters.kernel.pages_copied", NULL);
    counted->exits = why_counted(run, "counters.exits", "count");
    counted->exits_ns = why_counted(run, "counters.exits", "ns");
}

/* What the run of that many forks counts beyond the one without. As why_run(). */
static int count_forks(struct why *why, struct why_row *row, struct counted *each, struct err *err)
{
    struct counted many, none;
    struct why_run run;
    double forks;
    int answer = why_run(why, row, true, NONE, &run, err);

    if (answer != 0)
        return answer;
    take_counts(&none, &run);
    why_run_fini(&run);
    answer = why_run(why, row, true, MANY, &run, err);
    if (answer != 0)
        return answer;
    take_counts(&many, &run);
    forks = why_printed(&run, "Forks");
    why_run_fini(&run);
    each->calls = (many.calls - none.calls) / forks;
    each->faults = (many.faults - none.faults) / forks;
    each->copied = (many.copied - none.copied) / forks;
    each->switches = (many.switches - none.switches) / forks;
    each->exits = (many.exits - none.exits) / forks;
    each->exits_ns = (many.exits_ns - none.exits_ns) / forks;
    return 0;
}

/* Sets *calls to the system calls of a fork, which no counter of a native run tells: those of the
 * same source on the emulated processor. */
static int prepare_fork(struct why *why, double *calls, struct err *err)
{
    static const struct why_lane counting = {"counting", "interp", "--user", NULL};
    struct why_row row = {.lane = &counting};
    struct counted each;
    int answer = count_forks(why, &row, &each, err);

    if (answer == 0)
        *calls = each.calls;
    return answer < 0 ? -1 : 0;
}

static int take_costs(struct why *why, struct why_row *row, struct err *err)
{
    struct why_run run;
    int answer = why_run(why, row, false, "syscalls --time 20", &run, err);

    if (answer != 0)
        return answer;
    row->values[CALL] = why_printed(&run, "getppid");
    row->values[FAULT] = why_printed(&run, "mmap, touch, munmap") - 2 * row->values[CALL];
    row->values[SWITCH] = why_printed(&run, "context switch");
    why_run_fini(&run);
    answer = why_run(why, row, false, "mix --time 20 fork", &run, err);
    if (answer != 0)
        return answer;
    row->values[ALONE] = 1e6 / why_printed(&run, "fork rate"); /* thousands a second */
    why_run_fini(&run);
    return 0;
}

/* A product with a count or a cost that is not known says nothing; less than nothing costs 0. */
static double product(double count, double ns)
{
    return isnan(count) ? NAN : count * fmax(ns, 0) / 1e3;
}

static void break_down(double *values, double exits_ns, double seconds)
{
    values[CALLS_US] = product(values[CALLS], values[CALL]);
    values[FAULTS_US] = product(values[FAULTS], values[FAULT]);
    values[SWITCHES_US] = product(values[SWITCHES], values[SWITCH]);
    values[EXITS_US] = exits_ns / 1e3;
    values[TOTAL_US] = seconds * 1e6;
    values[RESIDUAL_US] = values[TOTAL_US];
    for (size_t i = CALLS_US; i <= EXITS_US; i++)
        values[RESIDUAL_US] -= isnan(values[i]) ? 0 : values[i];
}

static int measure_fork(struct why *why, struct why_row *row, double calls, struct err *err)
{
    struct counted each;
    char command[sizeof row->command];
    double rate;
    int answer = count_forks(why, row, &each, err);

    if (answer != 0)
        return answer < 0 ? -1 : 0;
    snprintf(command, sizeof command, "%s", row->command);
    answer = take_costs(why, row, err);
    if (answer == 0)
        answer = why_median(why, row, MANY, "Forks per second", 5, &rate, err);
    if (answer != 0)
        return answer < 0 ? -1 : 0;
    snprintf(row->command, sizeof row->command, "%s", command);
    row->values[CALLS] = isnan(each.calls) ? calls : each.calls;
    row->values[FAULTS] = each.faults;
    row->values[COPIED] = each.copied;
    row->values[SWITCHES] = each.switches;
    row->values[EXITS] = each.exits;
    break_down(row->values, each.exits_ns, 1 / rate);
    return 0;
}

/* What follows when pages are copied at once: the faults go away, and perhaps time with them. True:
 * said. */
static bool explain_faults(struct why *why, const char *way, const char *batch)
{
    double before = why_value(why, way, "page_faults"),
           after = why_value(why, batch, "page_faults");
    double slow = why_value(why, way, "total_us"), quick = why_value(why, batch, "total_us");
    char text[2][TEXT_SIZE];

    if (isnan(before) || isnan(after))
        return false;
    if (after > before / 2) {
        why_say(why,
                "On %s a fork has %.2f page faults, and %.2f with --fork cow+batch: copying at "
                "once does not take them away, so it says nothing of their price.",
                way, before, after);
        return true;
    }
    why_say(why,
            "On %s page faults are %s: where fork copies what was written at once, not page by "
            "page at the first write, a fork has %.2f of them instead of %.2f, copies %.2f pages "
            "instead of %.2f, and takes %s us instead of %s.",
            way, quick < 0.9 * slow ? "a cause" : "not what the time goes into", after, before,
            why_value(why, batch, "pages_copied"), why_value(why, way, "pages_copied"),
            text_number(text[0], quick), text_number(text[1], slow));
    return true;
}

/* The parts that counts explain. */
static const struct part {
    const char *part, *count, *name;
} parts[] = {{"calls_us", "system_calls", "system calls"},
             {"faults_us", "page_faults", "page faults"},
             {"switches_us", "switches", "switches"},
             {"exits_us", "exits", "exits"}};

/* The one that takes most of that lane's time. */
static const struct part *largest_part(const struct why *why, const char *lane)
{
    const struct part *largest = &parts[0];
    double most = -1;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        double part = why_value(why, lane, parts[i].part);

        if (part > most) {
            most = part;
            largest = &parts[i];
        }
    }
    return largest;
}

/* What the known parts explain, and what they do not. */
static void explain_parts(struct why *why, const char *lane)
{
    const struct part *part = largest_part(why, lane);
    double total = why_value(why, lane, "total_us"), residual = why_value(why, lane, "residual_us");
    char text[2][TEXT_SIZE];

    if (isnan(total))
        return;
    if (residual > 0.2 * total)
        why_say(why,
                "%s: the largest known part of a fork's %s us are its %.2f %s, %.0f %%; %.0f %% "
                "are not explained by counts. A fork, exit and wait of `mix`, alone, take %s us.",
                lane, text_number(text[0], total), why_value(why, lane, part->count), part->name,
                100 * why_value(why, lane, part->part) / total, 100 * residual / total,
                text_number(text[1], why_value(why, lane, "alone_ns") / 1e3));
    else if (residual < -0.2 * total)
        why_say(why,
                "%s: the counts explain %.0f %% more than there is: within a fork these services "
                "cost less than by themselves.",
                lane, -100 * residual / total);
    else
        why_say(why,
                "%s: the largest part of a fork's %s us are its %.2f %s, %.0f %%; all known parts "
                "together explain it, but for %.0f %%.",
                lane, text_number(text[0], total), why_value(why, lane, part->count), part->name,
                100 * why_value(why, lane, part->part) / total, 100 * fabs(residual) / total);
}

static void explain_fork(struct why *why)
{
    if (!explain_faults(why, "kvm", "kvm, batch") && !explain_faults(why, "dbt", "dbt, batch"))
        explain_faults(why, "interp", "interp, batch");
    explain_parts(why, "native");
    explain_parts(why, "kvm");
}

const struct why_topic why_fork = {
    .name = "fork",
    .question = "What does a fork cost in each way, and what of it is which part?",
    .columns = columns,
    .lanes = lanes,
    .notes = "native, container and --user fork on this host's kernel, the others on the bundled "
             "one: that is different work, so compare within each. On the host's kernel faults and "
             "switches are the host's own count; the system calls of native and container were "
             "counted in the rv64 program of the same source. \"-\": nobody counts it there. "
             "Costs of a call, a fault, a switch are those of `syscalls`; a fault's is that of "
             "mmap, touch, munmap less two null calls: high rather than low; a switch below 0 "
             "counts as 0. \"fork\" is that of `mix fork`, which overlaps the others, and is not "
             "among the parts. \"batch\" is --fork cow+batch.",
    .picture = "Where a fork's time goes: c system calls, f page faults, s switches, x exits, "
               "? residual",
    .shares = true,
    .prepare = prepare_fork,
    .measure = measure_fork,
    .explain = explain_fork,
};
