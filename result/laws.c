/* laws.c: the table of laws, and who asks them; see laws.h. */
#include "result/laws.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const struct law laws[] = {
    {"extremes", "min <= median <= max", "the middle of numbers lies among them",
     .result = law_extremes},
    {"median", "median = middle(used samples)",
     "a table that was typed, or mixed from two runs, has medians of other samples",
     .result = law_median},
    {"interval", "interval = bootstrap(used samples, seed)",
     "the generator starts from a fixed seed, so the same samples give the same interval",
     .result = law_interval},
    {"ratio", "ratio = median / native's median, or its inverse where less is better",
     "ratios are computed from samples, never typed", .result = law_ratio},
    {"ratio-interval", "interval = bootstrap(samples, native's samples, seed)",
     "a ratio without its true spread says more than was measured", .result = law_ratio_interval},
    {"same-kernel", "ratio = median / median of the first way on that kernel",
     "ways are compared within one kernel first", .result = law_same_kernel},
    {"rung", "ratio = median / median of the same way without the variant",
     "what a technique brings is the difference that it alone makes", .result = law_rung},
    {"explained", "low, high, left over, sentence = those of the counters",
     "a cause that the counters do not show was made up", .result = law_explained},
    {"step", "steps = steps of the calibration loop",
     "where the host's speed changes, another experiment begins; hiding it makes a mean of two",
     .result = law_step},
    {"used", "no median across a step", "14, 12, 3, 3, 3 has no middle that means anything",
     .result = law_used},
    {"noisy", "noisy = half the interval > 5 % of the median", "a noisy host says so itself",
     .result = law_noisy},
    {"rounds", "a sample for a run, in ascending rounds, none beyond the runs asked for",
     "a sample without its run was not measured", .result = law_rounds},
    {"interleaved", "each way once in a round, round after round",
     "what drifts on the host must hit all ways alike", .result = law_interleaved},
    {"turns", "A B C, C B A, B C A, A C B, ...; or A B C always: as `order` says",
     "who always runs behind the same way finds what that one leaves", .result = law_turns},
    {"time-order", "start >= end of the run before + its loop", "runs follow each other",
     .result = law_time_order},
    {"two-clocks", "inside <= outside",
     "no program runs longer by its own clock than it is there by ours: a guest's clock that "
     "goes wrong makes it fast",
     .result = law_two_clocks},
    {"processor-time", "user + system <= CPUs x outside",
     "a processor gives no more than a second in a second; more means more CPUs than are claimed",
     .result = law_processor_time},
    {"loop", "loop_cpu <= loop_wall", "one thread has the processor no longer than time passes",
     .result = law_loop},
    {"cpus", "pinned CPUs <= CPUs of the host", "a limit above what there is limits nothing",
     .result = law_cpus},
    {"status", "ok: samples and no reason; else: a reason and no speed",
     "what did not run well has no speed", .result = law_status},
    {"counters", "counters' wall time = that of the run to warm up",
     "counters of another run explain nothing", .result = law_counters},
    {"hash", "one file for native, container and kvm; one for all emulated ways",
     "two builds of a program are two programs", .result = law_hash},
    {"kernel", "a kernel with a hash is different; one without is the host's",
     "fork on two kernels is different work", .result = law_kernel},
    {"answers", "the same answers in all ways that are ok",
     "what computes something else may well be quicker", .result = law_answers},
    {"units", "one unit and direction for one measure", "seconds and events are no ratio",
     .result = law_units},
    {"positive", "rate > 0", "a run that did nothing has no rate", .result = law_positive},
    {"forks", "forks = 2 (N - 1), sum = N (start + end) / 2",
     "halving a range of N down to single numbers makes N - 1 pairs of children",
     .result = law_forks},
    {"primes", "primes found = odd primes up to the limit",
     "another number of primes is another amount of work", .result = law_primes},
    {"rate", "rate x inside time = work", "events and time are counted; the rate is their ratio",
     .result = law_rate},
    {"little", "rate x latency = requests in flight = threads",
     "Little's law: 16 threads that keep one request in flight did not run at the same time",
     .sysbench = law_little},
    {"latency-sum", "events x average latency = sum of latencies", "that is what average means",
     .sysbench = law_latency_sum},
    {"latency-order", "min <= avg <= max, min <= 95th percentile <= max",
     "numbers of one run are in order", .sysbench = law_latency_order},
    {"event-rate", "events / total time = events per second", "a rate of another run stands here",
     .sysbench = law_event_rate},
    {"throughput", "MiB/s = requests/s x block size",
     "copied by hand, the one column is of another run than the other", .sysbench = law_throughput},
    {"transfer", "MiB = operations x block size", "as above, in all", .sysbench = law_transfer},
    {"files", "files x size = total size", "the files that were prepared are those of the run",
     .sysbench = law_files},
    {"fairness", "threads x average = total, for events and for time",
     "what all threads did is what was done", .sysbench = law_fairness},
    {"one-thread", "1 thread: deviation = 0",
     "fairness is between threads; it is no spread over runs", .sysbench = law_one_thread},
    {"column", "repeated runs stay on one level",
     "14, 12, 3, 3, 3: throttled, or somebody else began to work; no mean of it means anything",
     .column = law_column},
};

const size_t laws_count = sizeof laws / sizeof *laws;

void law_broken(struct law_check *check, const char *place, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    check->broken++;
    check->report(check->context, check->law, place, text);
}

char *law_row_place(char buffer[LAW_PLACE], const struct result *result, size_t row)
{
    const struct result_row *it = &result->rows[row];
    char way[RESULT_NAME];

    snprintf(buffer, LAW_PLACE, "results[%zu] (%.30s%s%.20s on %s)", row, it->program,
             it->measure == NULL ? "" : " ", it->measure == NULL ? "" : it->measure,
             result_way(way, it));
    return buffer;
}

bool law_near(double a, double b, double share, double amount)
{
    double larger = fmax(fabs(a), fabs(b));

    return fabs(a - b) <= fmax(share * larger, amount);
}

size_t laws_check_result(const struct result *result, law_report *report, void *context)
{
    struct result fresh = *result;
    struct law_check check = {.report = report, .context = context, .fresh = &fresh};

    fresh.steps = NULL;
    fresh.rows = calloc(result->row_count + 1, sizeof *fresh.rows);
    if (fresh.rows == NULL)
        err_die_oom();
    memcpy(fresh.rows, result->rows, result->row_count * sizeof *fresh.rows);
    result_derive(&fresh);
    for (size_t i = 0; i < laws_count; i++) {
        check.law = &laws[i];
        if (laws[i].result != NULL)
            laws[i].result(&check, result);
    }
    free(fresh.rows);
    free(fresh.steps);
    return check.broken;
}

size_t laws_check_sysbench(const struct sysbench *run, law_report *report, void *context)
{
    struct law_check check = {.report = report, .context = context};

    for (size_t i = 0; i < laws_count; i++) {
        check.law = &laws[i];
        if (laws[i].sysbench != NULL)
            laws[i].sysbench(&check, run);
    }
    return check.broken;
}

size_t laws_check_column(const struct sysbench *runs, size_t count, law_report *report,
                         void *context)
{
    struct law_check check = {.report = report, .context = context};

    for (size_t i = 0; i < laws_count; i++) {
        check.law = &laws[i];
        if (laws[i].column != NULL)
            laws[i].column(&check, runs, count);
    }
    return check.broken;
}
