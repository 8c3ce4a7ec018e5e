/* The kernel's map of all physical memory. */
#ifndef TRIVIUM_GUEST_KERNEL_MACHINE_MEMORY_H
#define TRIVIUM_GUEST_KERNEL_MACHINE_MEMORY_H

#include <stdint.h>

#include "guest/kernel/arch/x86_64/map.h"

/* Any memory, RAM or a device's, by its physical address, in the kernel's map. */
static inline void *arch_map(uint64_t gpa)
{
    return (void *)(uintptr_t)(KERNEL_MAP + gpa);
}

/* Of an address in that map, or in the kernel's own image. */
static inline uint64_t arch_gpa(const void *address)
{
    uint64_t virtual = (uintptr_t)address;
    return virtual >= KERNEL_IMAGE ? virtual - KERNEL_IMAGE : virtual - KERNEL_MAP;
}

#endif
