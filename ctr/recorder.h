/*
 * recorder.h: a container's run, kept: what was asked of the kernel, and after each step what the
 * names were, from inside and from outside. It listens to the steps that explain.h prints.
 *
 *     who makes a step                              the looker, a thread of Trivium's, on the host
 *     ----------------                              ----------------------------------------------
 *     writes down the step, and what it sees
 *     asks by a futex, and waits        ------->    looks at the container: numbers, limits, users
 *     goes on                           <-------
 *     ... execve: the program runs                  takes in what it writes; looks again and again
 *
 * The record lies in memory that all of these processes share. A step's time is its own: what
 * looking took is left out. While Trivium forks, the looker sleeps and holds nothing. A process of
 * the container that is not answered in two seconds goes on unseen.
 *
 * What it is not: a way back. The container runs on the host's processor and kernel, once.
 * Read next: sight.h.
 */
#ifndef TRIVIUM_CTR_RECORDER_H
#define TRIVIUM_CTR_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "ctr/container.h"
#include "ctr/sight.h"
#include "ctr/step.h"
#include "lib/err.h"

#define CTR_RECORD_MOMENTS 256
#define CTR_RECORD_FILES   12
#define CTR_RECORD_OUTPUT  ((size_t)256 << 10)
#define CTR_RECORD_TEXT    512

enum moment_what {
    MOMENT_STEP, /* one of step.h's */
    MOMENT_RUN,  /* a look at the program while it runs: something has changed since the last */
    MOMENT_END,  /* the program has ended */
};

struct ctr_moment {
    enum moment_what what;
    enum step_kind kind; /* of a step */
    char who[12];        /* which process; empty: none of ours */
    char call[CTR_RECORD_TEXT], effect[CTR_RECORD_TEXT];
    double at;              /* milliseconds since the first step began; they never fall */
    int file;               /* it wrote that one of the record's files; -1: none of them */
    struct sight inside;    /* the process itself; not of who is outside, and not of a look */
    struct sight outside;   /* the same process, or the container's first, from the host */
    struct sight_tree tree; /* below the runner */
    char now[CTR_RECORD_FILES][40]; /* what the record's files say; empty: there is none */
    long long used[CONTROL_COUNT];  /* limits_used(); -1: not to be had */
    size_t output;                  /* that is written up to here, of the record's */
};

/* A file of a control group into which a limit was written. */
struct ctr_record_file {
    enum control control;
    int version; /* of control groups */
    char path[CTR_RECORD_TEXT], asked[64];
};

struct ctr_record {
    struct sight host; /* who looks from outside */
    bool rights;       /* has Trivium those of root? */
    unsigned count, lost;
    struct ctr_moment moments[CTR_RECORD_MOMENTS]; /* `lost` had no place */
    unsigned file_count;
    struct ctr_record_file files[CTR_RECORD_FILES];
    size_t output_used, output_total; /* bytes that are kept, and that were written */
    char output[CTR_RECORD_OUTPUT];   /* to standard output and error, as it came */
    /* From ctr_recorder_finish() on: */
    unsigned names; /* set of enum ctr_name that the container had for itself */
    struct ids ids;
    struct limit_report limits[CONTROL_COUNT];
};

struct ctr_recorder;

/* NULL: the host has refused a thread or a pipe. */
struct ctr_recorder *ctr_recorder_new(struct err *err);

/* For container_config.observer. */
struct ctr_observer ctr_recorder_observer(struct ctr_recorder *recorder);

/* In the process that is about to start the container: its standard output is the record's, its
 * input is empty. */
int ctr_recorder_redirect(const struct ctr_recorder *recorder, struct err *err);

/* The program has ended, `how`: after supervisor_run(), before container_settle(). */
void ctr_recorder_end(struct ctr_recorder *recorder, const char *how);

/* No more comes: after container_settle(). */
void ctr_recorder_finish(struct ctr_recorder *recorder, const struct container *container);

/* Borrowed; it changes until ctr_recorder_finish(). */
const struct ctr_record *ctr_recorder_record(const struct ctr_recorder *recorder);

void ctr_recorder_free(struct ctr_recorder *recorder);

#endif
