/* The clock that counts by itself, for programs and for the kernel. */
#ifndef TRIVIUM_GUEST_LIB_ARCH_TICKS_H
#define TRIVIUM_GUEST_LIB_ARCH_TICKS_H

#include <stdint.h>

/* The clock of the machine, the same on all processors: the time stamp counter. */
static inline uint64_t clock_ticks(void)
{
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

#endif
