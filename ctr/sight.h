/*
 * sight.h: what the names of a process are, as it is told itself, and as somebody outside is told.
 *
 * All is read from the kernel at that moment: /proc/PID/ns, status, mountinfo and cgroup. Nothing
 * is concluded from what was asked for. Without rights the kernel shuts a part of that to the
 * outside (ptrace(2), "access mode checking"); what is not to be had is 0 or empty.
 *
 * Sources: proc(5), namespaces(7), pid_namespaces(7).
 */
#ifndef TRIVIUM_CTR_SIGHT_H
#define TRIVIUM_CTR_SIGHT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ctr/harden.h"
#include "ctr/names.h"

#define SIGHT_TEXT      128
#define SIGHT_PROCESSES 24

struct sight {
    bool seen;                  /* else nothing of the rest is there */
    pid_t pid;                  /* as the one who looks numbers it */
    uid_t uid;                  /* as above */
    uint64_t names[NAME_COUNT]; /* by which the kernel knows the namespaces; 0: not to be had */
    char host[65];              /* what who looks is told that the host is called */
    char root[SIGHT_TEXT];      /* the file system at its /: "tmpfs 0:57" */
    unsigned mounts;            /* that it sees */
    char group[SIGHT_TEXT];     /* as who looks is told: of the controller pids, or of version 2 */
    struct hardening hardening;
};

/* A process of the container, and its number on both sides. */
struct sight_process {
    pid_t parent, outer, inner; /* on the host; in the innermost namespace of its own */
    uid_t uid;                  /* on the host */
    char name[16];              /* with what is no letter, digit or sign replaced */
};

struct sight_tree {
    struct sight_process list[SIGHT_PROCESSES]; /* parents before children */
    unsigned count, more;                       /* `more` did not fit */
};

/* This process, by itself. */
void sight_self(struct sight *sight);

/* Another, from here. False: there is none, or it is not to be seen at all. */
bool sight_of(pid_t pid, struct sight *sight);

/* All below `pid`, from here; the process itself is not in it. */
void sight_tree(pid_t pid, struct sight_tree *tree);

#endif
