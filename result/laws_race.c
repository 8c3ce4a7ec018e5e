/* laws_race.c: what must hold because of how a race is made: its rounds, its clocks, its CPUs. */
#include <stdlib.h>

#include "result/laws.h"
#include "result/turns.h"

/* Programs print their time in 0.1 ms; the processor time of a process is counted in ticks. */
#define CLOCK_STEP 0.0002
#define TICK       0.02

static void execution_place(char buffer[LAW_PLACE], size_t execution)
{
    snprintf(buffer, LAW_PLACE, "executions[%zu]", execution);
}

/* The first row of each entry; row_count: it has none. To be freed. */
static size_t *new_entries(const struct result *result)
{
    size_t *entries = calloc(RESULT_ROWS_MAX, sizeof *entries);

    if (entries == NULL)
        err_die_oom();
    for (size_t i = 0; i < RESULT_ROWS_MAX; i++)
        entries[i] = result->row_count;
    for (size_t i = result->row_count; i-- > 0;)
        entries[result->rows[i].entry] = i;
    return entries;
}

static const struct result_row *row_of(const struct result *result, const size_t *entries,
                                       size_t execution)
{
    size_t row = entries[result->executions[execution].entry];

    return row == result->row_count ? NULL : &result->rows[row];
}

void law_rounds(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];
        size_t from = 0, before = 0;

        for (size_t j = 0; j < row->count; j++) {
            const struct result_execution *run;

            if (row->rounds[j] <= before || row->rounds[j] > result->runs) {
                law_broken(check, law_row_place(place, result, i),
                           "sample %zu is of round %zu: not behind the one before, or more than "
                           "the %zu runs",
                           j, row->rounds[j], result->runs);
                break;
            }
            before = row->rounds[j];
            run = result_run_of(result, row->entry, before, &from);
            if (run == NULL || !run->ok) {
                law_broken(check, law_row_place(place, result, i),
                           "sample %zu is of round %zu, in which no execution ended well", j,
                           before);
                break;
            }
        }
    }
}

/* A new round begins when the one before is over, for one command; the next command begins anew. */
void law_interleaved(struct law_check *check, const struct result *result)
{
    size_t *entries = new_entries(result);
    char place[LAW_PLACE];

    for (size_t i = 1; i < result->execution_count; i++) {
        const struct result_execution *before = &result->executions[i - 1];
        const struct result_execution *now = &result->executions[i];
        const struct result_row *row = row_of(result, entries, i);
        const struct result_row *row_before = row_of(result, entries, i - 1);
        bool same = row != NULL && row_before != NULL && result_same_command(row, row_before);

        if (!same || (now->round >= before->round && now->round <= before->round + 1 &&
                      (now->entry != before->entry || now->round != before->round)))
            continue;
        execution_place(place, i);
        law_broken(check, place, "round %zu of entry %zu follows round %zu of entry %zu",
                   now->round, now->entry, before->round, before->entry);
    }
    free(entries);
}

static int compare_entries(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;

    return (left > right) - (left < right);
}

/* Where the round ends that begins with that execution: all its runs are of one command. */
static size_t end_of_round(const struct result *result, const size_t *entries, size_t first)
{
    const struct result_row *row = row_of(result, entries, first);
    size_t end = first + 1;

    while (end < result->execution_count &&
           result->executions[end].round == result->executions[first].round && row != NULL &&
           row_of(result, entries, end) != NULL &&
           result_same_command(row, row_of(result, entries, end)))
        end++;
    return end;
}

/* The first execution of [first, end) that had not its turn; `end` when there is none. */
static size_t out_of_turn(const struct result *result, size_t first, size_t end)
{
    size_t lanes = end - first, wrong = end, round = result->executions[first].round;
    size_t *sorted = calloc(lanes, sizeof *sorted);

    if (sorted == NULL)
        err_die_oom();
    for (size_t i = 0; i < lanes; i++)
        sorted[i] = result->executions[first + i].entry;
    qsort(sorted, lanes, sizeof *sorted, compare_entries);
    for (size_t i = 0; i < lanes && wrong == end; i++) {
        size_t turn = result->balanced ? result_turn(lanes, round, i) : i;

        if (result->executions[first + i].entry != sorted[turn])
            wrong = first + i;
    }
    free(sorted);
    return wrong;
}

/* A round that has fewer runs than the one before lost some: one that could not be started, or
 * those behind Ctrl-C. Whose turn they were is not known. */
void law_turns(struct law_check *check, const struct result *result)
{
    size_t *entries = new_entries(result);
    size_t lanes_before = 0, end;
    char place[LAW_PLACE];

    for (size_t first = 0; first < result->execution_count; first = end) {
        size_t wrong, round = result->executions[first].round;

        end = end_of_round(result, entries, first);
        if (round == 0 || end - first >= lanes_before) {
            wrong = out_of_turn(result, first, end);
            execution_place(place, wrong);
            if (wrong < end)
                law_broken(check, place, "entry %zu had a turn in round %zu that was another's",
                           result->executions[wrong].entry, round);
        }
        lanes_before = end - first;
    }
    free(entries);
}

void law_time_order(struct law_check *check, const struct result *result)
{
    double end = 0;
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->execution_count; i++) {
        const struct result_execution *execution = &result->executions[i];

        execution_place(place, i);
        if (execution->start + CLOCK_STEP < end + execution->loop_wall)
            law_broken(check, place,
                       "it starts after %.4f s; the one before it and the loop end "
                       "after %.4f s",
                       execution->start, end + execution->loop_wall);
        end = execution->start + execution->outside;
    }
}

void law_two_clocks(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->execution_count; i++) {
        const struct result_execution *execution = &result->executions[i];

        execution_place(place, i);
        if (execution->inside > execution->outside * 1.001 + CLOCK_STEP)
            law_broken(check, place, "the program says %.4f s, but it was there for %.4f s only",
                       execution->inside, execution->outside);
    }
}

/* How many CPUs a run could use; 0: unknown. */
static double cpus_of(const struct result *result)
{
    if (json_is_array(result->cpus))
        return (double)json_array_size(result->cpus);
    return json_number_value(json_object_get(json_object_get(result->host, "cpu"), "online"));
}

void law_processor_time(struct law_check *check, const struct result *result)
{
    size_t *entries = new_entries(result);
    double all = cpus_of(result);
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->execution_count; i++) {
        const struct result_execution *execution = &result->executions[i];
        const struct result_row *row = row_of(result, entries, i);
        double cpus = row != NULL && row->cpus > 0 ? (double)row->cpus : all;
        double used = execution->user + execution->system;

        execution_place(place, i);
        if (cpus > 0 && used > cpus * execution->outside * 1.05 + TICK)
            law_broken(check, place, "%.3f s of processor time in %.3f s on %g CPU%s", used,
                       execution->outside, cpus, cpus == 1 ? "" : "s");
    }
    free(entries);
}

void law_loop(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->execution_count; i++) {
        const struct result_execution *execution = &result->executions[i];

        execution_place(place, i);
        if (execution->loop_cpu > execution->loop_wall * 1.01 + CLOCK_STEP)
            law_broken(check, place, "the loop had the processor for %.4f of %.4f s",
                       execution->loop_cpu, execution->loop_wall);
    }
}

void law_cpus(struct law_check *check, const struct result *result)
{
    double online =
        json_number_value(json_object_get(json_object_get(result->host, "cpu"), "online"));

    if (json_is_array(result->cpus) && online > 0 && (double)json_array_size(result->cpus) > online)
        law_broken(check, "cpus", "pinned to %zu CPUs of a host that has %g",
                   json_array_size(result->cpus), online);
}

void law_status(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];

        law_row_place(place, result, i);
        if (row->status == RESULT_OK && row->reason != NULL)
            law_broken(check, place, "it is ok, and yet there is a reason why not");
        if (row->status != RESULT_OK && (row->reason == NULL || row->reason[0] == '\0'))
            law_broken(check, place, "it is %s, without a reason",
                       result_status_names[row->status]);
        if (row->status == RESULT_OK && row->count == 0)
            law_broken(check, place, "it is ok, and yet nothing was measured");
        if (row->status == RESULT_UNAVAILABLE && row->count > 0)
            law_broken(check, place, "it is unavailable, and yet there are samples");
        if (row->status != RESULT_OK && row->native.speed != 0)
            law_broken(check, place, "it is %s, and yet it has a speed",
                       result_status_names[row->status]);
    }
}

/* The counters are of the run to warm up, which is among the executions, too. */
void law_counters(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];
        const json_t *wall = json_object_get(row->counters, "wall_seconds");

        for (size_t j = 0; j < result->execution_count && json_is_number(wall); j++) {
            const struct result_execution *execution = &result->executions[j];

            if (execution->entry == row->entry && execution->round == 0 &&
                !law_near(execution->outside, json_number_value(wall), 1e-9, 0))
                law_broken(check, law_row_place(place, result, i),
                           "its counters are of a run of %g s, but that to warm up took %g",
                           json_number_value(wall), execution->outside);
        }
    }
}
