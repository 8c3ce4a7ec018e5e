/* The registers of an interrupted program. They lie at the top of its process's kernel stack. */
#ifndef TRIVIUM_GUEST_KERNEL_MACHINE_FRAME_H
#define TRIVIUM_GUEST_KERNEL_MACHINE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "guest/kernel/arch/x86_64/segments.h"

/* trap.S knows the order. The last five are what the processor pushes, in its order. */
struct trap_frame {
    uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
    uint64_t rax, rcx, rdx, rsi, rdi;
    uint64_t vector; /* of the exception or interrupt, or VECTOR_SYSCALL */
    uint64_t error;  /* its error code, 0 if it has none */
    uint64_t rip, cs, rflags, rsp, ss;
};

/* A multiple of 16 behind error, so that the processor's pushes end on such a boundary. */
_Static_assert(sizeof(struct trap_frame) == 176, "the kernel's stack is aligned to 16 bytes");
_Static_assert(offsetof(struct trap_frame, vector) == FRAME_VECTOR, "segments.h");
_Static_assert(sizeof(struct trap_frame) == FRAME_SIZE, "segments.h");
_Static_assert(offsetof(struct trap_frame, rax) == FRAME_RAX, "segments.h");
_Static_assert(offsetof(struct trap_frame, error) == FRAME_ERROR, "segments.h");
_Static_assert(offsetof(struct trap_frame, rip) == FRAME_RIP, "segments.h");
_Static_assert(offsetof(struct trap_frame, cs) == FRAME_CS, "segments.h");
_Static_assert(offsetof(struct trap_frame, rflags) == FRAME_RFLAGS, "segments.h");
_Static_assert(offsetof(struct trap_frame, rsp) == FRAME_RSP, "segments.h");

#endif
