/*
 * process.h: one process of a user-mode guest: a hart, an address space, and the loop around them.
 *
 *     engine->run ... ecall -> syscall_perform() -> engine->run ... another trap -> fatal signal
 *
 * All state of the process that is not the host kernel's (descriptors, ids, the working directory
 * are) stands in this struct, so a host fork() copies it whole: the child returns from the same
 * call with the same struct, and goes on as the guest's child.
 */
#ifndef TRIVIUM_EMU_USER_PROCESS_H
#define TRIVIUM_EMU_USER_PROCESS_H

#include "emu/cpu/engine.h"
#include "emu/user/fault.h"
#include "emu/user/load.h"
#include "emu/user/user.h"

struct process {
    struct hart hart;
    struct machine machine; /* .mem is the program's space */
    struct program program;
    const struct engine *engine;
    struct engine_options engine_options;

    uint64_t slice_end; /* hart.instret at which the engine's slice ends */

    bool ended;
    struct user_end end; /* once ended */

    struct record
        *record; /* what the kernel has answered (record.h), owned; NULL: it is not kept */

    struct user_totals *totals; /* shared with the other processes; NULL: nothing is added up */
    struct row_counts rows;     /* counted since the last process_add_totals() */
    uint64_t instret_added;     /* hart.instret at that time */
    uint64_t engine_added[ENGINE_COUNTERS_MAX];     /* and what the engine had counted */
    uint64_t complained[USER_SYSCALL_NUMBERS / 64]; /* used when there are no totals */

    struct fault_guard guard;
};

/* A process that is about to execute its program's first instruction. It stays where it is. */
int process_init(struct process *process, const struct user_config *config, struct err *err);
void process_fini(struct process *process);

/* Replaces the program, as execve(2). -1: nothing has changed, err->code is execve's errno. */
int process_exec(struct process *process, const char *path, char *const *argv, char *const *envp,
                 struct err *err);

/* Why process_run() came back. */
enum process_stop {
    PROCESS_COUNT,   /* hart.instret is `until` */
    PROCESS_ENDED,   /* process->end says how */
    PROCESS_REFUSED, /* the system call at hart.pc could not be taken back (record.h) */
};

/*
 * Runs until so many instructions have retired, or the process has ended. UINT64_MAX: its end. It
 * can be called again after a PROCESS_COUNT; where it was stopped leaves no trace.
 */
enum process_stop process_run(struct process *process, uint64_t until);

/* The process ends: by itself, or killed by a signal that we raise in the kernel's stead. */
void process_exit(struct process *process, int status);
void process_kill(struct process *process, int signal);

/* Code of the guest may have changed, or gone. */
static inline void process_code_changed(struct process *process)
{
    process->machine.code_epoch++;
}

/* Adds what was counted since the last time. The loop does; needed before fork, lest both add it.
 */
void process_add_totals(struct process *process);

/*
 * `path`, unless the guest means itself by it (/proc/self/exe): that would be Trivium to the host,
 * so it becomes the program's own path. The answer lives as long as both.
 */
const char *process_path(const struct process *process, const char *path);

/* The program's name for messages: the last part of its path. */
const char *process_name(const struct process *process);

#endif
