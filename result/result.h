/*
 * result.h: what a race has measured, as one model.
 *
 *     measuring (cli/race_measure.c) --> struct result --> file, table, reports
 *     a result file                  -->                   laws, comparison with another one
 *
 * Whoever shows or judges a result reads this and nothing else, so the table on the terminal, the
 * file and the reports cannot say different things. docs/results.md describes the members for
 * people, in the names that they have in the file.
 *
 * What was measured is in `executions` and in the samples of `rows`; all other numbers are derived
 * from them by result_derive(). In a model that was read they are what the file *claims*; the laws
 * (laws.h) derive them again and compare.
 *
 * Texts are borrowed: from the race, or from `document`. They may hold any bytes.
 *
 * Read next: derive.c, read.c, write.c.
 */
#ifndef TRIVIUM_RESULT_RESULT_H
#define TRIVIUM_RESULT_RESULT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/err.h"
#include "lib/stats.h"
#include "result/explained.h"

#define RESULT_SCHEMA "trivium-race/2"

/* An interval whose half is wider than this share of the median is called noisy. */
#define RESULT_NOISY 0.05

/* What read.c takes: far more than any race writes. */
#define RESULT_FILE_MAX       (16 * 1024 * 1024) /* bytes */
#define RESULT_DEPTH_MAX      24
#define RESULT_ROWS_MAX       1024
#define RESULT_EXECUTIONS_MAX 100000
#define RESULT_SAMPLES_MAX    100000 /* of all rows */
#define RESULT_ARGS_MAX       256

enum result_status { RESULT_OK, RESULT_UNAVAILABLE, RESULT_WRONG, RESULT_FAILED };

extern const char *const result_status_names[];

/* Whose kernel answered the system calls. */
struct result_kernel {
    const char *name, *version;
    const char *where;         /* "(host)", "on a virtual machine"; NULL: not said */
    const char *sha256;        /* NULL: the host's */
    const char *initrd_sha256; /* of what it had as its files; NULL: the host's */
};

/* The speed of a row against that of another: 0.5 is half as fast, whichever way the unit runs. */
struct result_ratio {
    size_t to;                      /* index of the other row */
    double speed;                   /* 0: unknown */
    struct stats_interval interval; /* low is 0: unknown */
};

/* One measure of one program in one way: a row of the table. */
struct result_row {
    size_t entry;              /* the rows of one program in one way have the same number */
    const char *program;       /* a bundled program's name, or a path */
    json_t *args;              /* owned: an array of texts */
    const char *configuration; /* its name; NULL: all ways had all that there is */
    size_t cpus;               /* of the configuration */
    double memory;             /* bytes, of the configuration; 0: as without */
    const char *measure;       /* NULL: the program has only one */
    const char *way;
    const char *variant; /* of a rung: how it differs from its way, "--dbt=-chain"; else NULL */
    const char *mode;    /* "user", "machine"; NULL: nothing is emulated */
    enum result_status status;
    const char *reason;        /* of a status other than RESULT_OK; else NULL */
    const char *binary_sha256; /* NULL: there is no file */
    struct result_kernel kernel;
    bool different_kernel; /* from native's */
    const char *unit;      /* NULL: unknown */
    bool more;             /* more is better */
    bool has_dropped;
    double dropped;  /* the sample of the warm-up run */
    double *samples; /* owned; `count` of them, in the order of the runs */
    size_t *rounds;  /* owned; the round that each is from, 1 for the first after the warm-up */
    size_t count;
    json_t *answers;  /* owned: an object of texts */
    json_t *counters; /* owned: an object, or null */

    /* Derived. No number is taken over a step in the host's speed: `used` samples from
     * `first_used` on are those between two steps; the others are kept, and left out. */
    size_t first_used, used;
    struct stats_summary summary;          /* with used > 0 */
    struct stats_interval median_interval; /* both 0: unknown */
    bool noisy;                            /* that is wide, see RESULT_NOISY */
    struct result_ratio native;            /* against the native row; it may be another kernel's */
    struct result_ratio same_kernel;       /* against the first way on the same kernel */
    struct result_ratio rung;              /* of a rung: against its way */
    struct explained explained;            /* what the counters say of that */
    bool inconclusive; /* the interval does not say what the way costs: see RESULT_CONCLUSIVE */
};

/* One run of one program in one way, in the order in which they happened. Seconds. */
struct result_execution {
    size_t entry;
    size_t round; /* 0: to warm up */
    double start; /* after the beginning of the race */
    double outside;
    double inside; /* by the program's own clock; 0: it has none */
    double user, system;
    double loop_wall, loop_cpu; /* of the calibration loop right before it */
    bool ok;                    /* it ended with exit status 0 */
};

/* A step in the host's speed. */
struct result_step {
    size_t execution; /* the first one behind it */
    bool stolen;      /* somebody else takes processor time, or no longer does; false: the processor
                         itself is quicker or slower */
    double from, to;  /* seconds, of the calibration loop: medians before and after */
};

struct result {
    const char *version;        /* of Trivium */
    const char *trivium_sha256; /* of its executable file */
    const char *started;        /* UTC, as ISO 8601 has it */
    json_t *host;               /* owned: what doctor says */
    json_t *command;            /* owned: an array of texts */
    json_t *cpus; /* owned: an array of the CPUs that it was pinned to; null: it was not */
    bool interrupted;
    bool balanced;           /* the order of turns is that of turns.h; else A B C A B C */
    size_t runs;             /* measured ones that were asked for */
    double seconds;          /* the time that was given to the race; 0: as long as it takes */
    double timeout;          /* for each run; 0: none */
    struct result_row *rows; /* owned */
    size_t row_count;
    struct result_execution *executions; /* owned */
    size_t execution_count;

    /* Derived. */
    struct result_step *steps; /* owned */
    size_t step_count;
    bool noisy; /* the host: any row is */

    json_t *document; /* owned; what it was read from; NULL: it was not */
};

/* Frees what is owned. */
void result_fini(struct result *result);

/* Fills in all that is derived, from the samples and the executions. */
void result_derive(struct result *result);

/* A new reference: the whole as JSON. */
json_t *result_json(const struct result *result);

/*
 * Reads a result file; NAME is for messages. Whatever the bytes are, the answer is a model in which
 * every index is in range and every number finite, or -1 with the place and what is wrong there.
 */
int result_parse(struct result *result, const char *text, size_t size, const char *name,
                 struct err *err);

/* What comes before that: the bytes of the file, "-" is standard input, up to RESULT_FILE_MAX, with
 * a NUL behind them, to be freed; NULL and an err when it cannot be read or is larger. */
char *result_slurp(const char *path, size_t *size, struct err *err);

/* The name of that file in messages. */
const char *result_file_name(const char *path);

/* The speed of a row against another, which may be of another result, and of which both have
 * samples: false, and nothing is known, where one of these is not above 0. A difference of two
 * measurements, as the context switch is, can come out so. */
bool result_compare_speed(struct result_ratio *ratio, const struct result_row *row,
                          const struct result_row *other);

/* The native row that is to be compared with `row`, or the first way's on its kernel; the index is
 * row_count when there is none. First is by what the ways are, from native to interp-no-tlb, and
 * not by what was measured: all programs are compared with the same one. */
size_t result_native_of(const struct result *result, size_t row);
size_t result_base_of(const struct result *result, size_t row);

/* Of a rung: the row of its way as it is; row_count when there is none. */
size_t result_way_of(const struct result *result, size_t row);

/* What a row is shown against first: a rung its way, any other the first way on its kernel. */
const struct result_ratio *result_shown(const struct result_row *row);

/* Are they equal, or both NULL? */
bool result_same_text(const char *a, const char *b);

/* Are the rows of the same program with the same arguments, in the same configuration? And of the
 * same measure in the same unit, too? */
bool result_same_command(const struct result_row *a, const struct result_row *b);
bool result_same_measure(const struct result_row *a, const struct result_row *b);

/* Are they of the same way, mode and variant? And on the same side of the line between the host's
 * kernel and another, as in tables and figures over all programs? */
bool result_same_way(const struct result_row *a, const struct result_row *b);
bool result_same_lane(const struct result_row *a, const struct result_row *b);

/* "interp --user", "native", "dbt --dbt=-chain"; answers the buffer. */
#define RESULT_NAME 64
char *result_way(char buffer[RESULT_NAME], const struct result_row *row);

/* The run of that entry in that round, looked for from number *from on, which is then behind it, as
 * samples stand in the order of their runs. NULL: there is none, and *from stays. */
const struct result_execution *result_run_of(const struct result *result, size_t entry,
                                             size_t round, size_t *from);

/*
 * The share of the processor that somebody else took from the calibration loop, as its median over
 * all runs: what no step shows, because it was so all the time. 0 without executions.
 */
double result_stolen(const struct result *result);

/* More than this is told: medians are then of what was left. */
#define RESULT_CROWDED 0.05

/*
 * For a way that runs native's own files on native's kernel a few percent are the whole question:
 * an interval of the ratio wider than this, or none at all, does not answer it.
 */
#define RESULT_CONCLUSIVE 0.06

#endif
