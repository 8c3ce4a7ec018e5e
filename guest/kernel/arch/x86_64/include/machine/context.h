/* What a switch between kernel stacks keeps; and the shape of a function's frame. */
#ifndef TRIVIUM_GUEST_KERNEL_MACHINE_CONTEXT_H
#define TRIVIUM_GUEST_KERNEL_MACHINE_CONTEXT_H

#include <stdint.h>

/* The general registers that a C function may expect unchanged are on the stack that rsp points to;
 * the vector and x87 registers are the program's, as the kernel uses none. switch.S knows the
 * order. */
struct context {
    uint8_t vectors[512] __attribute__((aligned(16))); /* as fxsave64 writes them: SDM 1, 10.5 */
    uint64_t rsp;
};

/* From where rbp points in a function: the address to which it returns, its caller's rbp. */
enum { FRAME_RETURN = 1, FRAME_CALLER = 0 };

#endif
