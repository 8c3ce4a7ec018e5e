/*
 * proctree.h: the processes below this one, and how to end them all.
 *
 * Needs PR_SET_CHILD_SUBREAPER set, so that a process whose parent dies becomes ours rather than
 * init's: then no descendant can slip away.
 */
#ifndef TRIVIUM_LIB_PROCTREE_H
#define TRIVIUM_LIB_PROCTREE_H

#include <sys/resource.h>
#include <sys/types.h>

/* What reaping a process told. */
struct proctree_end {
    pid_t pid;
    int status; /* as wait(2) has it */
    struct rusage usage;
};

/*
 * Kills every descendant. They are stopped first, again and again until a look finds no new one: a
 * process that forks as fast as it can is then caught too. Answers how many were found alive.
 * They still have to be reaped with proctree_reap().
 */
unsigned proctree_kill(void);

/*
 * Reaps one process that has ended. 1: *end is filled; 0: there are children, but none has ended;
 * -1: there are no children.
 */
int proctree_reap(struct proctree_end *end);

#endif
