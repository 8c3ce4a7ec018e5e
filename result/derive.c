/* derive.c: what follows from the samples of a result: see result.h. */
#include <stdlib.h>
#include <string.h>

#include "result/drift.h"
#include "result/result.h"

/* A step of the calibration loop that matters, and how many loops have to be on either side. */
#define STEP_LEAST 0.10
#define STEP_SIDE  4

const char *const result_status_names[] = {"ok", "unavailable", "wrong", "failed"};

/* From what is nearest to the hardware to what is farthest: a row's ratio within one kernel is to
 * the first of them that has a number, whichever is quicker. */
static const char *const ladder[] = {"native",   "container", "kvm",          "dbt",
                                     "threaded", "interp",    "interp-no-tlb"};

#define LADDER_LENGTH (sizeof ladder / sizeof *ladder)

void result_fini(struct result *result)
{
    for (size_t i = 0; i < result->row_count; i++) {
        struct result_row *row = &result->rows[i];

        free(row->samples);
        free(row->rounds);
        json_decref(row->args);
        json_decref(row->answers);
        json_decref(row->counters);
    }
    free(result->rows);
    free(result->executions);
    free(result->steps);
    json_decref(result->host);
    json_decref(result->command);
    json_decref(result->cpus);
    json_decref(result->document);
    *result = (struct result){0};
}

bool result_same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool result_same_command(const struct result_row *a, const struct result_row *b)
{
    return result_same_text(a->program, b->program) &&
           result_same_text(a->configuration, b->configuration) &&
           json_equal(a->args, b->args) == 1;
}

bool result_same_measure(const struct result_row *a, const struct result_row *b)
{
    return result_same_text(a->measure, b->measure) && result_same_text(a->unit, b->unit) &&
           result_same_command(a, b);
}

bool result_same_way(const struct result_row *a, const struct result_row *b)
{
    return result_same_text(a->way, b->way) && result_same_text(a->mode, b->mode) &&
           result_same_text(a->variant, b->variant);
}

bool result_same_lane(const struct result_row *a, const struct result_row *b)
{
    return a->different_kernel == b->different_kernel && result_same_way(a, b);
}

char *result_way(char buffer[RESULT_NAME], const struct result_row *row)
{
    snprintf(buffer, RESULT_NAME, "%.30s%s%s%.22s", row->way,
             row->mode != NULL && strcmp(row->mode, "user") == 0 ? " --user" : "",
             row->variant == NULL ? "" : " ", row->variant == NULL ? "" : row->variant);
    return buffer;
}

static size_t rank_of(const char *way)
{
    size_t rank = 0;

    while (rank < LADDER_LENGTH && strcmp(ladder[rank], way) != 0)
        rank++;
    return rank;
}

static bool has_speed(const struct result_row *row)
{
    return row->status == RESULT_OK && row->used > 0;
}

size_t result_native_of(const struct result *result, size_t row)
{
    size_t i = 0;

    while (i < result->row_count &&
           (strcmp(result->rows[i].way, "native") != 0 || !has_speed(&result->rows[i]) ||
            !result_same_measure(&result->rows[i], &result->rows[row])))
        i++;
    return i;
}

size_t result_base_of(const struct result *result, size_t row)
{
    const struct result_row *own = &result->rows[row];
    size_t best = result->row_count, best_rank = LADDER_LENGTH + 1;

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *other = &result->rows[i];
        size_t rank = rank_of(other->way);

        if (rank < best_rank && has_speed(other) && other->variant == NULL &&
            strcmp(other->kernel.name, own->kernel.name) == 0 && result_same_measure(other, own)) {
            best = i;
            best_rank = rank;
        }
    }
    return best;
}

size_t result_way_of(const struct result *result, size_t row)
{
    const struct result_row *own = &result->rows[row];

    for (size_t i = 0; i < result->row_count && own->variant != NULL; i++) {
        const struct result_row *other = &result->rows[i];

        if (other->variant == NULL && strcmp(other->way, own->way) == 0 &&
            result_same_text(other->mode, own->mode) && has_speed(other) &&
            result_same_measure(other, own))
            return i;
    }
    return result->row_count;
}

const struct result_ratio *result_shown(const struct result_row *row)
{
    return row->variant != NULL ? &row->rung : &row->same_kernel;
}

static double median_loop(const struct result *result, size_t from, size_t end, bool cpu)
{
    double *values = calloc(end - from, sizeof *values);
    double median;

    if (values == NULL)
        err_die_oom();
    for (size_t i = from; i < end; i++)
        values[i - from] = cpu ? result->executions[i].loop_cpu : result->executions[i].loop_wall;
    median = stats_summarize(values, end - from).median;
    free(values);
    return median;
}

/* What the loop's own processor time did not follow was taken by somebody else. */
static struct result_step describe_step(const struct result *result, size_t before, size_t at,
                                        size_t end)
{
    struct result_step step = {
        .execution = at,
        .from = median_loop(result, before, at, false),
        .to = median_loop(result, at, end, false),
    };
    double wall = step.to / step.from;
    double cpu = median_loop(result, at, end, true) / median_loop(result, before, at, true);

    step.stolen = wall > 1 ? cpu - 1 < (wall - 1) / 2 : 1 - cpu < (1 - wall) / 2;
    return step;
}

static void find_steps(struct result *result)
{
    size_t count = result->execution_count;
    double *loops = calloc(count + 1, sizeof *loops);
    struct drift drift;

    if (loops == NULL)
        err_die_oom();
    for (size_t i = 0; i < count; i++)
        loops[i] = result->executions[i].loop_wall;
    drift_find(&drift, loops, count, STEP_LEAST, STEP_SIDE);
    free(loops);
    free(result->steps);
    result->step_count = drift.count;
    result->steps = calloc(drift.count + 1, sizeof *result->steps);
    if (result->steps == NULL)
        err_die_oom();
    for (size_t i = 0; i < drift.count; i++)
        result->steps[i] = describe_step(result, i == 0 ? 0 : drift.at[i - 1], drift.at[i],
                                         i + 1 < drift.count ? drift.at[i + 1] : count);
}

/* Which entries run the command of this row. */
static void mark_entries(const struct result *result, const struct result_row *row,
                         bool marks[RESULT_ROWS_MAX])
{
    memset(marks, 0, RESULT_ROWS_MAX * sizeof *marks);
    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *other = &result->rows[i];

        if (!marks[other->entry] && result_same_command(other, row))
            marks[other->entry] = true;
    }
}

/* The step-free stretch of executions that the rows of that command take their numbers from: from
 * `first` up to, not including, `end`. */
static void find_stretch(const struct result *result, const struct result_row *row, size_t *first,
                         size_t *end)
{
    bool marks[RESULT_ROWS_MAX];
    size_t from = 0, most = 0;

    *first = 0;
    *end = result->execution_count;
    if (result->step_count == 0)
        return;
    mark_entries(result, row, marks);
    for (size_t i = 0; i <= result->step_count; i++) {
        size_t to = i < result->step_count ? result->steps[i].execution : result->execution_count;
        size_t inside = 0;

        for (size_t j = from; j < to; j++)
            inside += result->executions[j].round > 0 && marks[result->executions[j].entry];
        if (inside >= most) { /* of two alike the later: what begins is often still warming up */
            most = inside;
            *first = from;
            *end = to;
        }
        from = to;
    }
}

const struct result_execution *result_run_of(const struct result *result, size_t entry,
                                             size_t round, size_t *from)
{
    for (size_t i = *from; i < result->execution_count; i++) {
        const struct result_execution *execution = &result->executions[i];

        if (execution->entry == entry && execution->round == round) {
            *from = i + 1;
            return execution;
        }
    }
    return NULL;
}

/* The samples that were taken in the stretch; they lie side by side. */
static void choose_samples(const struct result *result, struct result_row *row)
{
    size_t first, end, from = 0;

    row->first_used = 0;
    row->used = row->count;
    if (result->step_count == 0)
        return;
    find_stretch(result, row, &first, &end);
    row->used = 0;
    for (size_t i = 0; i < row->count; i++) {
        if (result_run_of(result, row->entry, row->rounds[i], &from) == NULL)
            break;
        if (from > first && from <= end) {
            if (row->used == 0)
                row->first_used = i;
            row->used++;
        }
    }
}

static void summarize(struct result_row *row)
{
    const double *samples = row->samples + row->first_used;
    double half;

    row->median_interval = (struct stats_interval){0};
    row->summary = (struct stats_summary){0};
    row->noisy = false;
    if (row->used == 0)
        return;
    row->summary = stats_summarize(samples, row->used);
    if (!stats_median_interval(samples, row->used, &row->median_interval))
        return;
    half = (row->median_interval.high - row->median_interval.low) / 2;
    row->noisy = !(half <= RESULT_NOISY * row->summary.median);
}

bool result_compare_speed(struct result_ratio *ratio, const struct result_row *row,
                          const struct result_row *other)
{
    const struct result_row *above = row->more ? row : other, *below = row->more ? other : row;

    if (above->summary.min <= 0 || below->summary.min <= 0)
        return false;
    ratio->speed = above->summary.median / below->summary.median;
    if (row != other)
        stats_ratio_interval(above->samples + above->first_used, above->used,
                             below->samples + below->first_used, below->used, &ratio->interval);
    return true;
}

static struct result_ratio ratio_to(const struct result *result, const struct result_row *row,
                                    size_t to)
{
    struct result_ratio ratio = {.to = to};

    if (to < result->row_count && has_speed(row))
        result_compare_speed(&ratio, row, &result->rows[to]);
    return ratio;
}

/* Of a way that runs native's file on native's kernel. */
static bool is_inconclusive(const struct result *result, const struct result_row *row)
{
    const struct stats_interval *interval = &row->native.interval;
    const struct result_row *native;

    if (row->native.speed <= 0)
        return false;
    native = &result->rows[row->native.to];
    if (row == native || row->mode != NULL || row->different_kernel)
        return false;
    /* Of the slowdown, which people are shown. */
    return interval->low <= 0 || 1 / interval->low - 1 / interval->high > RESULT_CONCLUSIVE;
}

double result_stolen(const struct result *result)
{
    size_t count = result->execution_count;
    double *shares = calloc(count + 1, sizeof *shares);
    double stolen = 0;

    if (shares == NULL)
        err_die_oom();
    for (size_t i = 0; i < count; i++)
        shares[i] = 1 - result->executions[i].loop_cpu / result->executions[i].loop_wall;
    if (count > 0)
        stolen = stats_summarize(shares, count).median;
    free(shares);
    return stolen;
}

void result_derive(struct result *result)
{
    find_steps(result);
    result->noisy = false;
    for (size_t i = 0; i < result->row_count; i++) {
        choose_samples(result, &result->rows[i]);
        summarize(&result->rows[i]);
        result->noisy |= result->rows[i].noisy;
    }
    for (size_t i = 0; i < result->row_count; i++) {
        struct result_row *row = &result->rows[i];

        row->native = ratio_to(result, row, result_native_of(result, i));
        row->same_kernel = ratio_to(result, row, result_base_of(result, i));
        row->rung = ratio_to(result, row, result_way_of(result, i));
        row->inconclusive = is_inconclusive(result, row);
    }
    result_explain(result);
}
