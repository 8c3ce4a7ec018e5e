/* Small things of the processor that must be inline. */
#ifndef TRIVIUM_GUEST_KERNEL_MACHINE_CPU_H
#define TRIVIUM_GUEST_KERNEL_MACHINE_CPU_H

#include <arch/ticks.h>
#include <stdint.h>

struct cpu;

/* The processor that executes this: in the kernel, tp always points at its struct cpu. */
static inline struct cpu *cpu_this(void)
{
    struct cpu *cpu;
    __asm__ volatile("mv %0, tp" : "=r"(cpu));
    return cpu;
}

/* While trying again for something another processor will do. This is the `pause` hint; as a
 * number, because assemblers want an extension's name for it. */
static inline void cpu_relax(void)
{
    __asm__ volatile(".4byte 0x0100000f" ::: "memory");
}

#endif
