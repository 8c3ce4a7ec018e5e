/*
 * driver.h: what the parts of the benchmark's driver share.
 *
 *     way       how a program is run: native, qemu-riscv64, `interp --user`, ...        ways.c
 *     subject   a program that is run, with the rounds it does                          subjects.c
 *     cell      a subject in a way: pairs of times, native's right before the way's     measure.c
 *     start     how long a short program takes from start to exit                       measure.c
 *     result    all of these, as JSON, from which table.jq makes the tables             result.c
 *
 * A way is a list of words, so a new one, or one with other options, is data. Read next: ways.c.
 */
#ifndef TRIVIUM_BENCH_DRIVER_H
#define TRIVIUM_BENCH_DRIVER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/stats.h"
#include "lib/supervise.h"

enum { BENCH_WORDS = 32, BENCH_REASON = 256, BENCH_ANSWER = 64 };

struct bench_way {
    char *name;   /* owned: as on the command line, "dbt --user --dbt=-chain" */
    bool machine; /* a whole computer with our kernel: the boot is taken off its times */
    bool options; /* a rung of the ladder: its name has options besides --user */
    /* Owned. What is replaced in them: {build}, {folder:ISA}, {initrd:ISA}, {name}, {rounds}. */
    char *words[BENCH_WORDS + 1];
};

/* Reads a way from its name. -1: there is no such way. */
int bench_way_init(struct bench_way *way, const char *name, struct err *err);
void bench_way_fini(struct bench_way *way);

/* The names of the ways that are measured unless others are asked for; ends with NULL. Owned. */
char **bench_way_names_new(void);

/* The command line of one run: a new list of new words, ended by NULL. */
struct bench_subject;
char **bench_way_command_new(const struct bench_way *way, const struct bench_subject *subject,
                             const char *build, uint64_t rounds);

void bench_words_free(char **words);

enum bench_group { TUNED, UNSEEN, START };

struct bench_subject {
    const char *name;
    enum bench_group group;
    uint64_t rounds, less;
    double qemu; /* the slowdown that is known of it, or 0 */
    const char *summary;
    const char *folder; /* below the build folder: bench, so it is build/bench/ISA/NAME */
    const char *initrd; /* its file there */
    const char *label;  /* what its answer follows in its output */
};

extern const struct bench_subject bench_subjects[];
extern const size_t bench_subject_count;

struct bench {
    const char *build;
    struct bench_way native;
    struct bench_way *ways; /* owned; way_count */
    size_t way_count;
    const char *only; /* comma-separated patterns of programs; NULL: all */
    unsigned runs, starts;
    bool quick;
    double patience; /* seconds: a way that needs longer for all rounds does `less`, and seldom */
    struct supervisor supervisor;
    int stopped_by; /* the signal that ends it all, or 0 */
};

enum bench_status { BENCH_OK, BENCH_FAILED, BENCH_WRONG };

/* What one run took, in seconds. */
struct bench_sample {
    double user, total, wall; /* user CPU time; with the system's; elapsed */
};

struct bench_cell {
    const struct bench_subject *subject;
    const struct bench_way *way;
    enum bench_status status;
    char reason[BENCH_REASON]; /* unless BENCH_OK */
    char answer[BENCH_ANSWER];
    uint64_t rounds;
    unsigned pairs;                    /* that are to be measured */
    size_t count;                      /* that were */
    double *native, *seconds, *ratios; /* owned; `count` pairs */
};

struct bench_start {
    const struct bench_subject *subject;
    const struct bench_way *way;
    enum bench_status status;
    char reason[BENCH_REASON];
    size_t count;
    double *wall, *total; /* owned, in seconds */
};

/* Whether the command line asks for this subject. */
bool bench_wants(const struct bench *bench, const struct bench_subject *subject);

/*
 * Runs once. -1: it did not end well or gave no answer, and the reason says why; or, with
 * bench->stopped_by, all is over.
 */
int bench_run(struct bench *bench, const struct bench_way *way, const struct bench_subject *subject,
              uint64_t rounds, struct bench_sample *sample, char answer[BENCH_ANSWER],
              char reason[BENCH_REASON]);

/* Measures a subject in every way. `cells` has room for bench->way_count. */
void bench_measure(struct bench *bench, const struct bench_subject *subject,
                   struct bench_cell *cells);

/* Start-up: of every way and of native, which stands last; room for bench->way_count + 1. */
void bench_measure_start(struct bench *bench, const struct bench_subject *subject,
                         struct bench_start *starts);

void bench_cells_fini(struct bench_cell *cells, size_t count);
void bench_starts_fini(struct bench_start *starts, size_t count);

/* The result so far: an object to which measurements are added. */
json_t *bench_result_new(const struct bench *bench, char *const *facts);
void bench_result_add_cell(json_t *result, const struct bench_cell *cell);
void bench_result_add_start(json_t *result, const struct bench_start *start);

/* The geometric means over the cells of each group, way by way. */
void bench_result_add_means(json_t *result, const struct bench *bench,
                            const struct bench_cell *cells, size_t count);

#endif
