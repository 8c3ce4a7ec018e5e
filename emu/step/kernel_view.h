/*
 * kernel_view.h: what the kernel of a machine that is stepped knows of its processes, read from its
 * memory as a debugger reads it.
 *
 * Our kernel says itself where its processes are, by two constants with symbols
 * (guest/kernel/observe.h). Another kernel does not, and then there is nothing to be read. A guest
 * may write anything there: what is read is as long as KERNEL_VIEW_PROCESSES at most, and any value
 * is taken for what it is.
 */
#ifndef TRIVIUM_EMU_STEP_KERNEL_VIEW_H
#define TRIVIUM_EMU_STEP_KERNEL_VIEW_H

#include "emu/step/subject.h"

enum { KERNEL_VIEW_PROCESSES = 1024, KERNEL_VIEW_CPUS = 64, PROCESS_NAME = 16 };

/* As the kernel numbers them: guest/kernel/process.h. */
enum process_state {
    PROCESS_RUNNABLE,
    PROCESS_RUNNING,
    PROCESS_SLEEPING,
    PROCESS_STOPPED,
    PROCESS_ZOMBIE,
    PROCESS_DEAD,
    PROCESS_STATES
};

/* What the kernel has of a process. */
struct process_seen {
    int32_t pid, parent;      /* parent 0: none */
    enum process_state state; /* PROCESS_STATES: a number that is none */
    int32_t status;           /* of a zombie, as wait4 shows it */
    char name[PROCESS_NAME];  /* ends with 0; what is no printable ASCII has become '?' */
};

/* Zeroed: the kernel has said nothing. */
struct kernel_view {
    bool known;
    uint64_t first, next, pid, name, state, parent, status; /* see guest/kernel/observe.h */
    uint64_t cpus, count, hardware, current;
};

/*
 * Those constants are at these gvas. -1: there is not what was expected, and err says so; *view is
 * then zeroed.
 */
int kernel_view_init(struct kernel_view *view, struct subject *subject, uint64_t processes,
                     uint64_t cpus, struct err *err);

/*
 * All processes, in the kernel's order. Answers how many; *more: there are others, or the chain has
 * no end.
 */
unsigned kernel_view_read(const struct kernel_view *view, struct subject *subject,
                          struct process_seen seen[KERNEL_VIEW_PROCESSES], bool *more);

/* The pid of the process on the hart of that number; 0: none, or it has not started. */
int32_t kernel_view_on_hart(const struct kernel_view *view, struct subject *subject, uint64_t hart);

#endif
