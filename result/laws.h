/*
 * laws.h: what must hold between the numbers of a result, whoever wrote it down.
 *
 * Numbers of one experiment are not independent: requests in flight are rate times latency, forks
 * of a halved range are twice its length less two, a median lies among its samples. A table that
 * breaks such a law was typed, mixed from two runs, or measured with a clock that is wrong.
 *
 * laws.c has the one table of all laws: name, formula, why. docs/laws.md is printed from it.
 */
#ifndef TRIVIUM_RESULT_LAWS_H
#define TRIVIUM_RESULT_LAWS_H

#include "result/result.h"
#include "result/sysbench.h"

struct law_check;

struct law {
    const char *name;
    const char *formula;
    const char *why;
    /* One of these: what it is a law of; a column is of repeated runs of one test. */
    void (*result)(struct law_check *check, const struct result *result);
    void (*sysbench)(struct law_check *check, const struct sysbench *run);
    void (*column)(struct law_check *check, const struct sysbench *runs, size_t count);
};

extern const struct law laws[];
extern const size_t laws_count;

/* Is told of each place where a law is broken. */
typedef void law_report(void *context, const struct law *law, const char *place, const char *text);

/* The answers are how many places break a law. */
size_t laws_check_result(const struct result *result, law_report *report, void *context);
size_t laws_check_sysbench(const struct sysbench *run, law_report *report, void *context);

/* Of repeated runs of one test, in their order: a column of somebody's table. */
size_t laws_check_column(const struct sysbench *runs, size_t count, law_report *report,
                         void *context);

/* For the laws themselves: what goes on, and how to tell. */
struct law_check {
    const struct law *law;
    law_report *report;
    void *context;
    const struct result *fresh; /* of a result: the same, derived anew from its samples */
    size_t broken;
};

void law_broken(struct law_check *check, const char *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "results[3] (mix divide on kvm)" */
#define LAW_PLACE 160
char *law_row_place(char buffer[LAW_PLACE], const struct result *result, size_t row);

/* Equal but for rounding: by a share of the larger, or by an absolute amount. */
bool law_near(double a, double b, double share, double amount);

/* laws_derived.c: what follows from samples. */
void law_median(struct law_check *check, const struct result *result);
void law_extremes(struct law_check *check, const struct result *result);
void law_interval(struct law_check *check, const struct result *result);
void law_ratio(struct law_check *check, const struct result *result);
void law_ratio_interval(struct law_check *check, const struct result *result);
void law_explained(struct law_check *check, const struct result *result);
void law_rung(struct law_check *check, const struct result *result);
void law_same_kernel(struct law_check *check, const struct result *result);
void law_step(struct law_check *check, const struct result *result);
void law_used(struct law_check *check, const struct result *result);
void law_noisy(struct law_check *check, const struct result *result);

/* laws_race.c: how a race is made. */
void law_rounds(struct law_check *check, const struct result *result);
void law_interleaved(struct law_check *check, const struct result *result);
void law_turns(struct law_check *check, const struct result *result);
void law_time_order(struct law_check *check, const struct result *result);
void law_two_clocks(struct law_check *check, const struct result *result);
void law_processor_time(struct law_check *check, const struct result *result);
void law_loop(struct law_check *check, const struct result *result);
void law_cpus(struct law_check *check, const struct result *result);
void law_status(struct law_check *check, const struct result *result);
void law_counters(struct law_check *check, const struct result *result);

/* laws_work.c: what the programs do. */
void law_hash(struct law_check *check, const struct result *result);
void law_kernel(struct law_check *check, const struct result *result);
void law_answers(struct law_check *check, const struct result *result);
void law_units(struct law_check *check, const struct result *result);
void law_positive(struct law_check *check, const struct result *result);
void law_forks(struct law_check *check, const struct result *result);
void law_primes(struct law_check *check, const struct result *result);
void law_rate(struct law_check *check, const struct result *result);

/* laws_sysbench.c */
void law_little(struct law_check *check, const struct sysbench *run);
void law_latency_sum(struct law_check *check, const struct sysbench *run);
void law_latency_order(struct law_check *check, const struct sysbench *run);
void law_event_rate(struct law_check *check, const struct sysbench *run);
void law_throughput(struct law_check *check, const struct sysbench *run);
void law_transfer(struct law_check *check, const struct sysbench *run);
void law_files(struct law_check *check, const struct sysbench *run);
void law_fairness(struct law_check *check, const struct sysbench *run);
void law_one_thread(struct law_check *check, const struct sysbench *run);
void law_column(struct law_check *check, const struct sysbench *runs, size_t count);

#endif
