/*
 * running.h: which containers run: a file for each, locked as long as it does. There is no daemon
 * that could be asked.
 *
 *     FOLDER/NAME     flock: exclusive, held by the supervisor, its runner and its init
 *                     one line of JSON: who, since when, what, where its limits are
 *
 * FOLDER is $TRIVIUM_RUN, or else trivium in $XDG_RUNTIME_DIR, or else trivium-UID in /dev/shm, or,
 * where that is not, in /tmp. A file that nobody locks was left by somebody who was killed: who
 * comes next takes it away. The name is what the container is called, or the number of its
 * supervisor.
 *
 * Read next: cli/ps.c.
 */
#ifndef TRIVIUM_CTR_RUNNING_H
#define TRIVIUM_CTR_RUNNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ctr/group.h"
#include "lib/err.h"

#define RUNNING_NAME 65
#define RUNNING_TEXT 256

/* The file of a container that is about to run. */
struct running {
    int folder, fd; /* -1: there is none */
    char name[RUNNING_NAME];
};

/* What it says. */
struct running_container {
    char name[RUNNING_NAME];
    pid_t init;                 /* here, not in there; 0: it is being made */
    int64_t since;              /* seconds since 1970 */
    char program[RUNNING_TEXT]; /* with its arguments */
    char image[RUNNING_NAME];   /* empty: the bundled programs */
    struct {
        int version;         /* 0: it has none with that controller */
        char path[PATH_MAX]; /* of the control group */
    } groups[CONTROL_COUNT];
};

/*
 * Makes and locks the file. `name`: NULL: the number of this process. -1: such a container runs
 * already, or there is no place for the file: err says why.
 */
int running_open(struct running *running, const char *name, struct err *err);

/* Writes what there is to say; may be done in a child. An error is no matter: ps lacks it then. */
void running_tell(const struct running *running, const struct running_container *container);

/* The container is no more. */
void running_close(struct running *running);

/* Calls `each` for every one that runs, by name, until it does not answer 0. */
int running_list(int (*each)(void *owner, const struct running_container *container), void *owner,
                 struct err *err);

#endif
