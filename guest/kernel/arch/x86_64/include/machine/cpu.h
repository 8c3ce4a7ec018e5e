/* Small things of the processor that must be inline. */
#ifndef TRIVIUM_GUEST_KERNEL_MACHINE_CPU_H
#define TRIVIUM_GUEST_KERNEL_MACHINE_CPU_H

#include <arch/ticks.h>
#include <stdint.h>

#include "guest/kernel/arch/x86_64/segments.h"

struct cpu;

/* The processor that executes this: in the kernel, gs points at its struct processor. */
static inline struct cpu *cpu_this(void)
{
    struct cpu *cpu;
    __asm__ volatile("movq %%gs:%c1, %0" : "=r"(cpu) : "i"(PROCESSOR_SELF));
    return cpu;
}

/* While trying again for something another processor will do. */
static inline void cpu_relax(void)
{
    __asm__ volatile("pause" ::: "memory");
}

#endif
