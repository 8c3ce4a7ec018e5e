/*
 * race.h: what a race consists of, and its parts.
 *
 *     race -> contests (one for each program) -> entrants (one for each lane)
 *                                                   -> cells (one for each metric of the program)
 *
 * race.c reads the command line, race_measure.c runs, race_judge.c compares answers and computes
 * ratios, race_table.c and race_json.c tell the result, race_progress.c shows what goes on.
 */
#ifndef TRIVIUM_CLI_RACE_H
#define TRIVIUM_CLI_RACE_H

#include <jansson.h>
#include <limits.h>
#include <wordexp.h>

#include "cli/launch.h"
#include "cli/locate.h"
#include "cli/programs.h"
#include "lib/digest.h"
#include "lib/stats.h"

#define RACE_LANES_MAX 16 /* two for each row of the table of ways */
#define RACE_REASON    512
#define RACE_UNIT_SIZE 16

enum race_status {
    RACE_OK,
    RACE_UNAVAILABLE, /* this host, or this build, cannot run it in this way */
    RACE_WRONG,       /* an answer differs */
    RACE_FAILED,      /* a run did not end well */
};

/* One metric of one program in one way: a row of the table. */
struct race_cell {
    enum race_status status;
    char reason[RACE_REASON]; /* of a status other than RACE_OK */
    char unit[RACE_UNIT_SIZE];
    char *answer;    /* owned; of program_metric.answer; NULL: none seen yet */
    double *samples; /* owned; `count` of them, in order; the warm-up run is not among them */
    double warm_up;
    size_t count;
    struct stats_summary summary;            /* with count > 0 */
    double slowdown;                         /* against native; 0: unknown */
    struct stats_interval slowdown_interval; /* low is 0: unknown */
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
};

struct race_entrant {
    const struct race_lane *lane;
    const struct way *way;   /* the lane's */
    enum race_status status; /* of the whole entrant; RACE_OK: see its cells */
    char reason[RACE_REASON];
    char path[PATH_MAX];
    char sha256[DIGEST_HEX_SIZE];
    char **environment;    /* owned; of a bundled program; NULL: ours */
    char kernel[PATH_MAX]; /* of a machine */
    char kernel_sha256[DIGEST_HEX_SIZE];
    char initrd[PATH_MAX];
    char *bootargs;                     /* owned */
    char *answers[PROGRAM_ANSWERS_MAX]; /* owned; of program.answers */
    char *output;                       /* owned; what it wrote, where that is the answer */
    size_t output_size;
    json_t *counters; /* owned; of the warm-up run */
    struct race_cell cells[PROGRAM_METRICS_MAX];
};

struct race_contest {
    const struct program *program;
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
    bool plain;                    /* no colours, no progress line */
    struct race_contest *contests; /* owned */
    size_t contest_count;
    bool interrupted; /* Ctrl-C: the results are incomplete */
    int stopped_by;   /* a signal that tells Trivium to end; 0: none */
};

/*
 * Runs everything: contest after contest, and in each A B A B ..., so that what drifts on the host
 * hits all ways alike. The first round warms up and is dropped. 0, or -1 when the host refused what
 * a run needs. A run that fails is a result, not an error.
 */
int race_measure(struct race *race, struct supervisor *supervisor, struct err *err);

/* Compares the answers, summarizes the samples and computes the ratios, when all is measured. */
void race_judge(struct race *race);

/* Is any status WRONG or FAILED? */
bool race_is_bad(const struct race *race);

/* Has anything been measured? */
bool race_has_results(const struct race *race);

/* A cell's status, in which its entrant's counts too, and the reason. */
enum race_status race_cell_status(const struct race_entrant *entrant, const struct race_cell *cell,
                                  const char **reason);

/* Did some way print this metric? (`mix divide` leaves seven of mix's kernels out.) */
bool race_has_metric(const struct race_contest *contest, size_t metric);

/* Has anything of it been measured? */
bool race_has_metrics(const struct race_contest *contest);

/* Is this metric worth a row? Where nothing at all was measured, the first says why for all. */
bool race_shows_metric(const struct race_contest *contest, size_t metric);

/*
 * Says the interval too little? For a way that runs native's own files on native's kernel, where a
 * few percent are the whole question: wider than RACE_CONCLUSIVE, or unknown.
 */
#define RACE_CONCLUSIVE 0.06
bool race_is_inconclusive(const struct race_lane *lane, const struct race_cell *cell);

void race_print(FILE *file, const struct race *race);

/*
 * The result file; trivium-race(1) describes it. `arguments` are those of `trivium race`, `host` is
 * taken over. A new reference.
 */
json_t *race_json(const struct race *race, char *const *arguments, json_t *host);

/* The line on standard error that says what is running; silent unless that is a terminal. */
struct race_progress {
    bool shown;
    unsigned total, done; /* runs */
    double started;       /* seconds */
};

void race_progress_init(struct race_progress *progress, const struct race *race);
void race_progress_show(struct race_progress *progress, const char *program, const char *way,
                        unsigned round, unsigned rounds);
void race_progress_add(struct race_progress *progress, unsigned runs);
void race_progress_clear(struct race_progress *progress);

#endif
