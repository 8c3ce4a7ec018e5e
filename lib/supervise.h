/*
 * supervise.h: one process watches over the program that another one becomes.
 *
 *     trivium (the supervisor) ---- fork ----> child: becomes the program
 *       waits for: its end,                      native: execve
 *       the deadline, a signal,                  emulated: the emulator runs in this process
 *       captured output
 *
 * Every way of running goes through here, so that a time limit, Ctrl-C and a signal to Trivium mean
 * the same everywhere, and an emulator that crashes takes nothing else with it:
 *
 *   - the child stays in the process group, so Ctrl-C in a terminal reaches the program itself;
 *     the supervisor only notes it and goes on to report the program's fate;
 *   - when the program's first process has ended, when time is up, or when Trivium is told to end,
 *     every process that the program left is killed: none outlives the run;
 *   - the terminal's settings are put back however the program ended.
 *
 * No signal handler is needed: signals are blocked and read from a signalfd.
 * What it is not: a sandbox, or a container. Read next: cli/run.c.
 */
#ifndef TRIVIUM_LIB_SUPERVISE_H
#define TRIVIUM_LIB_SUPERVISE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

#include "lib/err.h"

/* Shared memory in which the child leaves word of why it could not become the program. */
struct supervise_page;

struct supervisor {
    int signal_fd;
    int terminal_fd; /* -1: no terminal */
    struct termios terminal;
    sigset_t old_mask;
    struct sigaction old_pipe, old_child;
    struct supervise_page *page; /* owned */
};

/* What a child writes to one of its outputs, kept up to `limit` bytes; the rest is counted only. */
struct supervise_capture {
    char *data; /* owned; `used` bytes and a NUL */
    size_t used, limit;
    uint64_t total;
};

/*
 * Runs in the child and becomes the program. Comes back only when the program could not be started:
 * -1, and err says why.
 */
typedef int supervise_start(void *context, struct err *err);

struct supervise_job {
    supervise_start *start;
    void *context;
    bool interrupt_kills; /* Ctrl-C ends the run even when the program ignores it */
    double timeout;       /* seconds; 0: no limit */
    struct supervise_capture *out, *errors; /* both or neither; with them stdin is /dev/null */
};

enum supervise_fate {
    FATE_EXITED,  /* by itself: status */
    FATE_KILLED,  /* by a signal: signal */
    FATE_TIMEOUT, /* the time limit passed: killed */
    FATE_REFUSED, /* it could not be started: err */
    FATE_STOPPED, /* Trivium was told to end by a signal: signal; the caller cleans up and calls
                     supervisor_die() */
};

struct supervise_outcome {
    enum supervise_fate fate;
    int status, signal;
    bool interrupted;               /* SIGINT or SIGQUIT arrived during the run */
    unsigned killed;                /* processes that had to be killed at the end */
    double wall, user, system;      /* seconds, of the whole tree */
    uint64_t page_faults, switches; /* of the whole tree, counted by the host's kernel */
    uint64_t peak_bytes;            /* of the biggest process; what fork copied of Trivium counts */
    struct err err;
};

/*
 * From here to supervisor_fini() the signals that end a program are the supervisor's. SIGPIPE is
 * ignored, and stays so: who writes to a pipe without a reader shall see an error. The program gets
 * all signals as they were before.
 */
int supervisor_init(struct supervisor *supervisor, struct err *err);
void supervisor_fini(struct supervisor *supervisor);

/* Runs one job to its end. -1: the host refused what supervision needs (fork, a pipe, ...). */
int supervisor_run(struct supervisor *supervisor, const struct supervise_job *job,
                   struct supervise_outcome *outcome, struct err *err);

/* The signal that came in since the last look, between two runs; 0 when none did. */
int supervisor_pending(struct supervisor *supervisor);

/* Ends this process as `signal` would have, uncaught; after supervisor_fini(), too. */
_Noreturn void supervisor_die(struct supervisor *supervisor, int signal);

/* `limit` in bytes. */
void supervise_capture_init(struct supervise_capture *capture, size_t limit);
void supervise_capture_fini(struct supervise_capture *capture);

#endif
