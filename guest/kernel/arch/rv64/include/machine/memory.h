/* The kernel's map of all physical memory. */
#ifndef TRIVIUM_GUEST_KERNEL_MACHINE_MEMORY_H
#define TRIVIUM_GUEST_KERNEL_MACHINE_MEMORY_H

#include <stdint.h>

#include "guest/kernel/arch/rv64/map.h"

/* Any memory, RAM or a device's, by its physical address, in the kernel's map. */
static inline void *arch_map(uint64_t gpa)
{
    return (void *)(uintptr_t)(KERNEL_MAP + gpa);
}

static inline uint64_t arch_gpa(const void *address)
{
    return (uintptr_t)address - KERNEL_MAP;
}

#endif
