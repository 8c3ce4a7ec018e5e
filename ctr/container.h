/*
 * container.h: a container: a program among names and limits of its own, on the host's kernel.
 *
 *     trivium -- fork --> runner -- clone3 --> init -- fork --> program
 *       |                  | on the host        | process 1      |
 *       |                  | maps ids,          | makes the      | execve, with
 *       |                  | passes signals     | root, drops    | what init left
 *       |                  | on, tells the end  | rights, reaps  | it
 *       container_new()    container_start()                 container_settle()
 *
 * The runner stays outside, as only somebody there can write id maps. If any of them is killed, all
 * to its right die with it: the kernel sees to it. What is left behind then, control groups, the
 * next run removes; the rest (mounts, networks, names) goes with the last process.
 *
 * What it is not: a defence against an error in the host's kernel, which it shares.
 * Read next: init.h, names.h, root.h, terminal.h.
 */
#ifndef TRIVIUM_CTR_CONTAINER_H
#define TRIVIUM_CTR_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ctr/group.h"
#include "ctr/harden.h"
#include "ctr/ids.h"
#include "ctr/layer.h"
#include "ctr/limits.h"
#include "ctr/names.h"
#include "ctr/overlay.h"
#include "ctr/root.h"
#include "ctr/running.h"
#include "ctr/step.h"
#include "lib/err.h"

/* What is asked for. All is borrowed. */
struct container_config {
    const char *program; /* the file on the host; NULL: none, init ends when all is made */
    const char *inside;  /* its name in the container, without the first slash: "bin/prime" */
    const char *folder;  /* the bundled programs; NULL: not in the container */
    char *const *argv;
    struct overlay_source *image; /* the root; then `program` is a name in it; NULL: none */
    const char *image_name;       /* as `trivium ps` shows it; NULL: none */
    const char *name;             /* what it is called; NULL: the number of this process */
    bool keep;                    /* what it writes over the image: see container_kept() */
    unsigned shared;              /* set of enum ctr_name: what it has in common with the host */
    bool own_clocks;              /* else NAME_TIME is shared, too */
    int64_t time_offset;          /* seconds that they are ahead of the host's */
    const char *hostname;
    const char *workdir;            /* the program's folder; NULL: "/" */
    const char *const *environment; /* "NAME=VALUE", up to NULL, besides the standard; NULL: none */
    uid_t uid;                      /* who the program is, in the container */
    gid_t gid;
    bool terminal; /* the program gets one of its own (terminal.h) */
    struct limits limits;
    bool privileged;                     /* nothing of harden.h, and all of /proc: for a lab */
    bool facts;                          /* fill in the report's facts, which takes a little time */
    const struct ctr_observer *observer; /* or NULL */
};

/* What the kernel says of the program's process just before its first instruction. */
struct container_facts {
    bool valid;
    uint64_t here[NAME_COUNT], inside[NAME_COUNT]; /* numbers of namespaces */
    struct hardening hardening;
    double begun_ms; /* when container_start() was called */
    double start_ms; /* from there to here */
};

/* What the processes leave for each other and for the caller, in memory that they share. */
struct container_report {
    unsigned steps;
    bool refused; /* the program was not started: err says why */
    struct err err;
    int signal; /* that killed the program; 0: it exited */
    struct container_facts facts;
    double prepare_ms;                         /* that container_new() took */
    struct limit_report limits[CONTROL_COUNT]; /* what became of them, after container_settle() */
    bool out_of_memory;                        /* so did the kernel kill somebody; as above */
};

struct container {
    struct container_config config;
    unsigned names; /* set of enum ctr_name: what it has for itself */
    struct ids ids;
    struct root_source source; /* owned */
    struct groups groups;      /* owned, until container_settle() */
    struct running running;    /* as above */
    int keeper[2]; /* owned; a pair of sockets: for us, and for init to send to; -1: none */
    struct container_report *report; /* owned; shared with children */
    struct steps steps;              /* of the process that uses it */
};

/* Prepares everything that is done before there is a process. NULL: err says why not. */
struct container *container_new(const struct container_config *config, struct err *err);

/*
 * A supervise_start; context: struct container. The process becomes the runner, and ends as the
 * program ended, also by the same signal.
 */
int container_start(void *context, struct err *err);

/* After the run: takes away what it left. The report stays. */
void container_settle(struct container *container);

/*
 * After the run, where config.keep asked for it: the folder of what was written over the image, as
 * overlayfs left it. -1: it did not come so far. `origin`: who is who in it. The caller closes it.
 */
int container_kept(const struct container *container, struct layer_origin *origin);

void container_free(struct container *container);

/* What a container is on this host, found out by making one. */
struct container_trial {
    double ms;                  /* from nothing to the end of its init */
    bool range;                 /* its ids are nobody's here; else its root is who runs Trivium */
    int version[CONTROL_COUNT]; /* of control groups, by which it can be limited; 0: it cannot */
    struct err limits;          /* why not, of the first that cannot */
};

/* Makes one, up to its program, and takes it away again. -1: this host cannot; err says why. */
int container_try(struct container_trial *trial, struct err *err);

#endif
