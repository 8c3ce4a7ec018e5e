/* The registers of an interrupted program. They lie at the top of its process's kernel stack. */
#ifndef TRIVIUM_GUEST_KERNEL_MACHINE_FRAME_H
#define TRIVIUM_GUEST_KERNEL_MACHINE_FRAME_H

#include <stdint.h>

struct cpu;

/* trap.S knows the order. */
struct trap_frame {
    uint64_t x[32]; /* x[0] is not used */
    uint64_t pc;
    struct cpu *cpu; /* what tp is in the kernel, while the program runs */
};

_Static_assert(sizeof(struct trap_frame) == 272, "trap.S: FRAME_PC, FRAME_CPU; a multiple of 16");

#endif
