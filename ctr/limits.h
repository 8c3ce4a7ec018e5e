/*
 * limits.h: what a container may use, and whether it was held to that.
 *
 * A limit is written to a file of a control group; afterwards the same group says what became of
 * it: claimed against enforced. Two files for each, one of each version of control groups.
 */
#ifndef TRIVIUM_CTR_LIMITS_H
#define TRIVIUM_CTR_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "ctr/group.h"

#define LIMIT_TEXT 160

/* What is asked for. */
struct limits {
    double cpus;        /* CPU seconds a second; 0: no limit */
    uint64_t memory;    /* bytes, with swap; 0: no limit */
    uint64_t pids;      /* 0: LIMITS_PIDS, where this host lets us */
    const char *cpuset; /* "0", "0-2,4"; NULL: no limit */
};

#define LIMITS_PIDS 4096
#define LIMITS_PERIOD \
    100000 /* microseconds in which CPU time is given out: the kernel's own choice */

/* What became of one. */
struct limit_report {
    bool asked, set;
    char claimed[LIMIT_TEXT];  /* what we asked for */
    char enforced[LIMIT_TEXT]; /* what the kernel's file says that it is */
    char did[LIMIT_TEXT];      /* what it did during the run */
    char reason[512];          /* of one that is not set */
    long long bites;           /* how often it did something: throttled periods, kills, refusals */
};

/* Makes the groups and sets the limits. -1: one that was asked for cannot be set; all is undone. */
int limits_set(const struct limits *limits, struct groups *groups,
               struct limit_report reports[CONTROL_COUNT], struct steps *steps, struct err *err);

/* Writes one limit into a group that has the controller. */
int limits_write(const struct limits *limits, enum control control, const struct group *group,
                 struct limit_report *report, struct steps *steps, struct err *err);

/* After the run, before the groups are removed. */
void limits_verify(const struct groups *groups, struct limit_report reports[CONTROL_COUNT]);

/* What is used at this moment: bytes of memory, processes, periods that the program stood still in;
 * -1: not to be had. */
long long limits_used(enum control control, const struct group *group);

/*
 * A descriptor that becomes readable when a process was killed for memory: version 1 kills one, and
 * the rest is ours to kill. Version 2 kills the group by itself: -1, and so where there is no
 * limit.
 */
int limits_watch_memory(const struct groups *groups);

#endif
