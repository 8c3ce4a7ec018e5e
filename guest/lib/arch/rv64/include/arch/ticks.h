/* The clock that counts by itself, for programs and for the kernel. */
#ifndef TRIVIUM_GUEST_LIB_ARCH_TICKS_H
#define TRIVIUM_GUEST_LIB_ARCH_TICKS_H

#include <stdint.h>

/* The clock of the machine, the same on all processors. */
static inline uint64_t clock_ticks(void)
{
    uint64_t ticks;
    __asm__ volatile("rdtime %0" : "=r"(ticks));
    return ticks;
}

#endif
