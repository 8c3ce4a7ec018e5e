/*
 * group.h: the control groups of a container: where they are, and who is in them.
 *
 *     version 1: a hierarchy for each controller        version 2: one for all
 *
 *     OURS/trivium/ID   for each that is needed          BESIDE-OURS/trivium/ID
 *
 * A host can have both at once, so each controller is looked for in both. In version 2 a group that
 * has processes can have no controllers for groups below it, so ours cannot be the parent, and the
 * group beside ours is taken; where that one may not be written (a group that is delegated to us),
 * Trivium itself moves one down, out of the way.
 *
 * Each group is locked as long as its container or its owner lives. One that is not locked was left
 * by somebody who was killed: the next run takes it away.
 *
 * Source: cgroups(7); Linux, Documentation/admin-guide/cgroup-v2.rst. Read next: limits.h.
 */
#ifndef TRIVIUM_CTR_GROUP_H
#define TRIVIUM_CTR_GROUP_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "ctr/step.h"
#include "lib/err.h"

enum control {
    CONTROL_CPU,
    CONTROL_MEMORY,
    CONTROL_PIDS,
    CONTROL_CPUSET,
    CONTROL_COUNT,
};

extern const char *const control_names[CONTROL_COUNT];

struct group {
    int version;         /* 1 or 2 */
    char base[PATH_MAX]; /* .../trivium */
    char path[PATH_MAX]; /* .../trivium/ID */
    int fd;              /* of `path`; it holds the lock */
};

struct groups {
    struct group list[CONTROL_COUNT];
    unsigned count;
    int of[CONTROL_COUNT]; /* index in list; -1: no group has this controller */
};

void groups_init(struct groups *groups);

/*
 * Sees to it that a group has that controller. The groups that others have left are taken away on
 * the way. -1: none can, and err says why and what helps.
 */
int groups_add(struct groups *groups, enum control control, struct steps *steps, struct err *err);

/* The group with that controller, or NULL. */
const struct group *groups_find(const struct groups *groups, enum control control);

/* The descriptor to start a process in with CLONE_INTO_CGROUP (version 2); -1: none. */
int groups_clone_fd(const struct groups *groups);

/*
 * Puts this process, which has one thread, into those groups that it was not started in. A thread
 * that moves itself is waited for by nobody; who moves another process (cgroup.procs) has the
 * kernel stop all forks and exits first, which takes a grace period.
 */
int groups_enter(const struct groups *groups, struct steps *steps, struct err *err);

/* Removes all, when nobody is in them any more. */
void groups_remove(struct groups *groups, struct steps *steps);

/* Writes a file of a group. */
int group_write(const struct group *group, enum step_kind kind, const char *file, const char *text,
                struct steps *steps, struct err *err);

/* Reads the first line of a group's file; false: there is no such file. */
bool group_read(const struct group *group, const char *file, char *text, size_t size);

/* The number behind KEY in a file of lines "KEY NUMBER"; -1: there is none. */
long long group_number(const struct group *group, const char *file, const char *key);

#endif
