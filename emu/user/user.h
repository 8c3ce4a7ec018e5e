/*
 * user.h: runs one static RV64 Linux program, its system calls going to the host kernel (--user).
 *
 * Only the processor is emulated. Files, processes, pipes, clocks are the host's, with the rights
 * of whoever started Trivium: this is *not* a sandbox. A fork of the guest is a fork of the host
 * process that runs it, so whoever calls user_run() must expect it to return in every process that
 * the program makes:
 *
 *     if (user_run(&config, &end, &err) == -1)
 *         ... the program could not be started ...
 *     user_finish(&end);
 *
 * Read next: process.h (the loop), then space.h, load.h, syscall.h.
 */
#ifndef TRIVIUM_EMU_USER_USER_H
#define TRIVIUM_EMU_USER_USER_H

#include "emu/cpu/engine.h"
#include "lib/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How a program ended, as wait() would tell it. */
struct user_end {
    int signal; /* what killed it, or 0 when it exited */
    int status; /* 0..255, when it exited */
};

#define USER_SYSCALL_NUMBERS 512 /* system calls are counted up to this number */

/*
 * What all processes of one user_run() did, in memory that they share, so that nothing is lost
 * with a process that is killed but its last slice. They add atomically; read it when they ended.
 */
struct user_totals {
    struct row_counts rows;                  /* only if user_config.count_rows */
    uint64_t instructions;                   /* retired */
    uint64_t syscalls[USER_SYSCALL_NUMBERS]; /* how often each was asked for, provided or not */
    uint64_t engine[ENGINE_COUNTERS_MAX];    /* what the engine counts, as its counters say */
    uint64_t processes_started;
    uint64_t processes_ended;
    uint64_t complained[USER_SYSCALL_NUMBERS / 64]; /* bit set: "not provided" has been said */

    /* The end of the program's first process: tells the guest's fault from Trivium's own. */
    pid_t first_process;
    bool first_ended; /* first_end is valid */
    struct user_end first_end;
    uint64_t signals_sent; /* bit n: some guest process has sent signal n */
};

/* Zeroed. NULL when the host has no memory. */
struct user_totals *user_totals_new(void);
void user_totals_free(struct user_totals *totals);

/*
 * The host says that the first process was killed by `signal`. Is that the guest's doing (it was
 * faulted by us, or a guest process sent that signal)? If not, and the signal is one of those that
 * a crash raises, then Trivium itself has failed.
 */
bool user_totals_explain(const struct user_totals *totals, int signal);

/* "openat" for 56; NULL for a number that has no name here. */
const char *user_syscall_name(uint64_t number);

struct user_config {
    const struct engine *engine;
    const char *path;           /* the ELF file (or #! script): used as is, PATH is not searched */
    char *const *argv;          /* NULL-terminated, argv[0] included */
    char *const *envp;          /* NULL-terminated */
    struct user_totals *totals; /* or NULL: nothing is added up */
    struct engine_options engine_options;
    bool count_rows; /* count each row of the ISA table into totals; slows an engine a little */
};

/*
 * Runs the program until it ends. 0: *end says how; and this may be a process that the program has
 * forked. -1: it could not be started, err says why, nothing has been changed.
 *
 * Like execve, a successful start closes the descriptors marked close-on-exec. The caller should be
 * a process made for this: its SIGBUS handler and its alternate signal stack are taken.
 */
int user_run(const struct user_config *config, struct user_end *end, struct err *err);

/* Ends this host process as the guest ended: by the same exit status or the same signal. */
_Noreturn void user_finish(const struct user_end *end);

#endif
