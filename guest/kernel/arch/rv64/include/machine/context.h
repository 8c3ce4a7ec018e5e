/* What a switch between kernel stacks keeps: the registers that a C function may expect unchanged.
 */
#ifndef TRIVIUM_GUEST_KERNEL_MACHINE_CONTEXT_H
#define TRIVIUM_GUEST_KERNEL_MACHINE_CONTEXT_H

#include <stdint.h>

/* switch.S knows the order. */
struct context {
    uint64_t ra; /* where the context goes on */
    uint64_t sp;
    uint64_t s[12];
};

/* From where s0 points in a function: the address to which it returns, its caller's s0. */
enum { FRAME_RETURN = -1, FRAME_CALLER = -2 };

#endif
