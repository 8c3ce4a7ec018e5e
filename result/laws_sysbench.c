/* laws_sysbench.c: what must hold in sysbench's output. Its numbers are rounded: so are the laws.
 */
#include <stdlib.h>

#include "result/drift.h"
#include "result/laws.h"

#define MIB (1024.0 * 1024.0)

/* Latencies are printed in hundredths of a millisecond: what they are off by at most. */
#define HALF_STEP 0.005

/* Below this latency much of the time passes between two requests. */
#define BUSY_LATENCY 0.05

void law_little(struct law_check *check, const struct sysbench *run)
{
    double flying = run->latency_sum / 1000 / run->total_time;

    if (flying > run->threads * 1.05 + HALF_STEP)
        law_broken(check, "Latency",
                   "rate x latency gives %.2f requests in flight; %g thread%s can "
                   "have %g",
                   flying, run->threads, run->threads == 1 ? "" : "s", run->threads);
    else if (run->latency_avg >= BUSY_LATENCY && flying < run->threads * 0.8)
        law_broken(check, "Latency",
                   "rate x latency gives %.2f requests in flight, not the %g of "
                   "as many threads: they did not run at the same time, or not all the time",
                   flying, run->threads);
}

void law_latency_sum(struct law_check *check, const struct sysbench *run)
{
    double sum = run->events * run->latency_avg;

    if (!law_near(sum, run->latency_sum, 0.01, run->events * HALF_STEP + HALF_STEP))
        law_broken(check, "Latency", "%.0f events x %.2f ms are %.2f ms, not %.2f", run->events,
                   run->latency_avg, sum, run->latency_sum);
}

void law_latency_order(struct law_check *check, const struct sysbench *run)
{
    /* The percentile is the edge of a histogram's bucket, each 2 % wider than the one before. */
    double above = run->latency_max * 1.02 + 2 * HALF_STEP;
    double below = run->latency_min * 0.98 - 2 * HALF_STEP;

    if (run->latency_min > run->latency_avg || run->latency_avg > run->latency_max)
        law_broken(check, "Latency", "min %.2f, avg %.2f, max %.2f are not in this order",
                   run->latency_min, run->latency_avg, run->latency_max);
    if (run->latency_95 > above || (run->latency_95 > 0 && run->latency_95 < below))
        law_broken(check, "Latency", "the 95th percentile, %.2f, is outside of %.2f to %.2f",
                   run->latency_95, run->latency_min, run->latency_max);
}

void law_event_rate(struct law_check *check, const struct sysbench *run)
{
    double rate = run->events / run->total_time;

    if (run->test == SYSBENCH_CPU && !law_near(rate, run->events_per_second, 0.02, 0.01))
        law_broken(check, "CPU speed", "%.0f events in %.4f s are %.2f each second, not %.2f",
                   run->events, run->total_time, rate, run->events_per_second);
    if (run->test == SYSBENCH_MEMORY && run->operations != run->events)
        law_broken(check, "Total operations", "%.0f operations, but %.0f events", run->operations,
                   run->events);
}

static void check_stream(struct law_check *check, const char *what, double requests, double block,
                         double throughput)
{
    double mib = requests * block / MIB;

    if (!law_near(mib, throughput, 0.005, 0.02))
        law_broken(check, "Throughput", "%.2f %s of %.0f KiB each second are %.2f MiB, not %.2f",
                   requests, what, block / 1024, mib, throughput);
}

void law_throughput(struct law_check *check, const struct sysbench *run)
{
    if (run->test == SYSBENCH_FILEIO) {
        check_stream(check, "reads", run->reads, run->block, run->read_throughput);
        check_stream(check, "writes", run->writes, run->block, run->write_throughput);
    } else if (run->test == SYSBENCH_MEMORY) {
        check_stream(check, "operations", run->operations_per_second, run->block,
                     run->transferred_per_second);
    }
}

void law_transfer(struct law_check *check, const struct sysbench *run)
{
    double mib = run->operations * run->block / MIB;

    if (run->test == SYSBENCH_MEMORY && !law_near(mib, run->transferred, 0.001, 0.01))
        law_broken(check, "transferred", "%.0f operations of %.0f KiB are %.2f MiB, not %.2f",
                   run->operations, run->block / 1024, mib, run->transferred);
}

void law_files(struct law_check *check, const struct sysbench *run)
{
    double all = run->files * run->file_bytes;

    /* Sizes are printed with five digits. */
    if (run->test == SYSBENCH_FILEIO && !law_near(all, run->all_files_bytes, 0.001, 1))
        law_broken(check, "file size", "%g files of %g MiB are %g MiB, not %g", run->files,
                   run->file_bytes / MIB, all / MIB, run->all_files_bytes / MIB);
}

void law_fairness(struct law_check *check, const struct sysbench *run)
{
    if (!law_near(run->fair_events * run->threads, run->events, 0.0001, 0.0001 * run->threads))
        law_broken(check, "Threads fairness", "%.4f events x %g threads are not %.0f",
                   run->fair_events, run->threads, run->events);
    if (!law_near(run->fair_time * run->threads * 1000, run->latency_sum, 0.01, run->threads * 0.1))
        law_broken(check, "Threads fairness",
                   "%.4f s x %g threads are not the %.2f ms of all "
                   "latencies",
                   run->fair_time, run->threads, run->latency_sum);
}

void law_one_thread(struct law_check *check, const struct sysbench *run)
{
    if (run->threads == 1 && (run->fair_events_deviation != 0 || run->fair_time_deviation != 0))
        law_broken(check, "Threads fairness",
                   "one thread deviates from itself by %g events and "
                   "%g s",
                   run->fair_events_deviation, run->fair_time_deviation);
}

/* A step of the column that is no noise, and how many runs have to be on either side. */
#define COLUMN_LEAST 0.25
#define COLUMN_SIDE  2

void law_column(struct law_check *check, const struct sysbench *runs, size_t count)
{
    double *rates = calloc(count + 1, sizeof *rates);
    struct drift drift;

    if (rates == NULL)
        err_die_oom();
    for (size_t i = 0; i < count; i++)
        rates[i] = runs[i].events / runs[i].total_time;
    drift_find(&drift, rates, count, COLUMN_LEAST, COLUMN_SIDE);
    for (size_t i = 0; i < drift.count; i++)
        law_broken(check, "events per second",
                   "between run %zu and run %zu of %zu the level "
                   "changes: %g, then %g",
                   drift.at[i], drift.at[i] + 1, count, rates[drift.at[i] - 1], rates[drift.at[i]]);
    free(rates);
}
