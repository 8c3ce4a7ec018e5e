/* A processor. Its page holds this struct at the start and its idle stack at the end. */
#ifndef TRIVIUM_GUEST_KERNEL_CPU_H
#define TRIVIUM_GUEST_KERNEL_CPU_H

#include "guest/kernel/kernel.h"

#include <machine/context.h>
#include <machine/cpu.h>

struct process;

enum { CPUS_MAX = 64 };

/* How often programs entered the kernel, and what that took. Trivium reads them in this order
 * (cli/machine_stats.c). */
struct kernel_counts {
    uint64_t syscalls;
    uint64_t page_faults;
    uint64_t switches;     /* from process to process, with or without idling in between */
    uint64_t pages_copied; /* on a write or in a batch */
};

/* What the kernel leaves when it powers off: what it has counted, and what it had. */
struct kernel_report {
    struct kernel_counts counts;
    uint64_t processors; /* that have started */
    uint64_t memory;     /* bytes for programs and for the kernel's own needs, its image apart */
};

/* Fields are the processor's own, unless they say otherwise. */
struct cpu {
    uint32_t index;           /* constant: 0, 1, ... in the order in which they started */
    uint64_t hardware;        /* constant: what the architecture calls it */
    struct process *current;  /* written with the scheduler's lock; NULL: nobody, it idles */
    struct process *previous; /* who ran before the switch that is under way */
    struct context idle;      /* where idling goes on */
    bool waiting;             /* scheduler's lock: in arch_wait(), and nobody has woken it yet */
    uint64_t slice_end;       /* scheduler's lock: clock ticks when current has had its turn */
    struct kernel_counts counts;
    uint64_t timer; /* scheduler's lock: clock ticks when the timer will interrupt, or UINT64_MAX */
};

/* The page of the first processor; the architecture starts on its stack. */
extern uint8_t boot_cpu_page[PAGE_SIZE];

#endif
