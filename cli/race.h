/*
 * race.h: what a race consists of, and its parts.
 *
 *     race -> contests (one for each program) -> entrants (one for each lane)
 *                                                   -> cells (one for each metric of the program)
 *
 * race.c reads the command line, race_prepare.c makes lanes and contests of it (race_rungs.c: the
 * variants of a way), race_measure.c runs (on which CPU, and how quick that is at the moment:
 * race_host.c), race_judge.c compares answers, race_result.c makes of it the model that the table
 * (race_table.c, race_range.c), the file and the reports are printed from: result/result.h.
 * race_progress.c shows what goes on.
 */
#ifndef TRIVIUM_CLI_RACE_H
#define TRIVIUM_CLI_RACE_H

#include <jansson.h>
#include <limits.h>
#include <sched.h>
#include <wordexp.h>

#include "cli/launch.h"
#include "cli/locate.h"
#include "cli/programs.h"
#include "cli/text.h"
#include "lib/digest.h"
#include "result/result.h"

#define RACE_LANES_MAX    64 /* two for each row of the table of ways, and their rungs */
#define RACE_CONTESTS_MAX 64
#define RACE_RUNS_MAX     1000
#define RACE_REASON       512
#define RACE_UNIT_SIZE    16
#define RACE_VARIANT      24
#define RACE_CPUS_MAX     1024

/* One metric of one program in one way: a row of the table. */
struct race_cell {
    enum result_status status;
    char reason[RACE_REASON]; /* of a status other than RESULT_OK */
    char unit[RACE_UNIT_SIZE];
    char *answer;    /* owned; of program_metric.answer; NULL: none seen yet */
    double *samples; /* owned; `count` of them, in order; the warm-up run is not among them */
    size_t *rounds;  /* owned; of each sample */
    size_t count;
    double warm_up;
    bool warmed_up;
};

/*
 * A way as it takes part. One that has both manners (ways.h) does so twice: as a process, on the
 * host's kernel, and on a machine, on the bundled kernel. The work of two kernels is different
 * work, so a ratio between them is always marked.
 */
struct race_lane {
    const struct way *way;
    bool machine;
    const char *name; /* "native", "interp --user", "interp" */
    /* Of a rung below the way: what is different, as an option of `trivium run`; else empty. */
    char variant[RACE_VARIANT];
    char switches[RACE_VARIANT]; /* of the translator; empty: all as they are */
    bool no_tlb, ring, fork_batch;
};

struct race_entrant {
    const struct race_lane *lane;
    const struct way *way;     /* the lane's */
    enum result_status status; /* of the whole entrant; RESULT_OK: see its cells */
    char reason[RACE_REASON];
    char path[PATH_MAX];
    char sha256[DIGEST_HEX_SIZE];
    char **environment;    /* owned; of a bundled program; NULL: ours */
    char kernel[PATH_MAX]; /* of a machine */
    char kernel_sha256[DIGEST_HEX_SIZE];
    char initrd[PATH_MAX];
    char initrd_sha256[DIGEST_HEX_SIZE];
    char *bootargs;                     /* owned */
    char *answers[PROGRAM_ANSWERS_MAX]; /* owned; of program.answers */
    char *output;                       /* owned; what it wrote, where that is the answer */
    size_t output_size;
    json_t *counters; /* owned; of the warm-up run */
    unsigned turns;   /* it has had so many, the warm-up's too */
    struct race_cell cells[PROGRAM_METRICS_MAX];
};

/* What every way is given, if it is not all there is: see docs/results.md. */
struct race_configuration {
    char name[64];
    unsigned cpus;
    uint64_t memory; /* bytes; 0: as without */
};

struct race_contest {
    const struct program *program;
    const struct race_configuration *configuration; /* borrowed; NULL: none */
    struct located located;
    wordexp_t words; /* owned: the program and its arguments */
    struct race_entrant entrants[RACE_LANES_MAX];
    size_t entrant_count;
};

struct race {
    struct race_lane lanes[RACE_LANES_MAX];
    size_t lane_count;
    unsigned runs;                 /* measured ones */
    double timeout;                /* seconds for each run; 0: none */
    double seconds;                /* for all of it; 0: as long as it takes */
    bool plain;                    /* no colours, no progress line */
    struct screen *screen;         /* borrowed; shows what goes on; NULL: none */
    int cpus[RACE_CPUS_MAX];       /* what it is pinned to */
    size_t cpu_count;              /* 0: it is not */
    struct race_contest *contests; /* owned */
    size_t contest_count;
    cpu_set_t allowed;                   /* those that we may use; the race gives them back */
    bool interrupted;                    /* Ctrl-C: the results are incomplete */
    int stopped_by;                      /* a signal that tells Trivium to end; 0: none */
    double started;                      /* monotonic */
    char date[32];                       /* when that was, UTC */
    struct result_execution *executions; /* owned */
    size_t execution_count, execution_room;
};

/* The ways of a list, "native,interp", become lanes; with machines or without. */
int race_add_ways(struct race *race, const char *list, bool machines, struct err *err);

/* Below each lane come its rungs: without each technique, in each other mode. Once, after the ways.
 */
void race_add_rungs(struct race *race);

/* A command line becomes a contest; `quick`: with brief arguments, if it has none of its own. 0, or
 * the exit status that a program which cannot be found deserves. */
int race_add_program(struct race *race, const char *line,
                     const struct race_configuration *configuration, bool quick, struct err *err);

/* This host cannot run that after all. */
void race_withdraw(struct race_entrant *entrant, const struct err *err);

/* Frees what is owned. */
void race_fini(struct race *race);

/* Who wants the model of a race instead of its table: `told` gets it, and answers the status. */
struct race_request {
    int (*told)(void *context, const struct result *result, struct err *err);
    void *context;
    bool trusted; /* else programs that do anything but measure are refused */
};

/* `trivium race`, with its arguments. With a request its reports are not written. */
int race_command(int argc, char **argv, const struct race_request *request, struct err *err);

/*
 * Runs everything: contest after contest, and in each the lanes in turns (result/turns.h), so that
 * what drifts on the host hits all ways alike. The first round warms up and is dropped. 0, or -1
 * when the host refused what a run needs. A run that fails is a result, not an error.
 */
int race_measure(struct race *race, struct supervisor *supervisor, struct err *err);

/* Compares the answers, when all is measured. */
void race_judge(struct race *race);

/* The program that a contest is of is one number, its lane the other: result_row.entry. */
size_t race_entry(const struct race *race, size_t contest, size_t entrant);

/* A cell's status, in which its entrant's counts too, and the reason. */
enum result_status race_cell_status(const struct race_entrant *entrant,
                                    const struct race_cell *cell, const char **reason);

/* Is this metric worth a row? Where nothing at all was measured, the first says why for all. */
bool race_shows_metric(const struct race_contest *contest, size_t metric);

/*
 * The model of what was measured, derived numbers and all. It borrows from the race, and from
 * nothing else: `arguments` are those of `trivium race`, `host` is taken over.
 */
void race_result(struct result *result, const struct race *race, char *const *arguments,
                 json_t *host);

/* race_range.c: "mix divide", "fork": how a row is called where its block is not above it. */
char *race_row_name(char buffer[TEXT_SIZE], const struct result_row *row);

/* The least and the most that the lane of that row, its first, was slower than native. */
void race_print_range(FILE *file, const struct result *result, size_t lane);

/* The table, for people; `explain`: with what the counters say of each slowdown. */
void race_print(FILE *file, const struct result *result, bool colour, bool explain);

/* Binds this process, and so all that it starts, to the first `count` of the race's CPUs. */
int race_pin(const struct race *race, size_t count, struct err *err);
/* Back to all that are allowed. */
void race_unpin(const struct race *race);

/* "2", "0-1,3" into race->cpus. NULL: that on which the calibration loop is quickest now; and as
 * many others as make `count`, if there are so many. */
int race_choose_cpus(struct race *race, const char *list, size_t count, struct err *err);

/* The same work every time, some milliseconds: how long it takes, and how much of that it ran. */
void race_loop(double *wall, double *cpu);

/* Seconds of a clock that only goes forward. */
double race_now(void);

/* The line on standard error that says what is running; silent unless that is a terminal. With a
 * screen, the whole of it (race_live.c). */
struct race_progress {
    bool shown;
    unsigned total, done; /* runs */
    double started;       /* seconds */
    double limit;         /* seconds that it may take; 0: no limit */
    const struct race *race;
};

void race_progress_init(struct race_progress *progress, const struct race *race);
/* Contest `contest`, its entrant `entrant`, is about to be run for that round. */
void race_progress_show(struct race_progress *progress, size_t contest, size_t entrant,
                        unsigned round);
void race_progress_add(struct race_progress *progress, unsigned runs);
void race_progress_clear(struct race_progress *progress);

/* race_live.c: all that has been measured, and what runs now; `left` is in words, or "". */
struct grid;
void race_live_draw(struct grid *grid, const struct race *race, size_t contest, size_t entrant,
                    unsigned round, const char *left);

#endif
