/* Where the kernel sees physical memory: gpa 0 is at KERNEL_MAP. For C and assembly. */
#ifndef TRIVIUM_GUEST_KERNEL_ARCH_RV64_MAP_H
#define TRIVIUM_GUEST_KERNEL_ARCH_RV64_MAP_H

/* The start of Sv39's upper half: 256 GiB of memory fit. */
#define KERNEL_MAP 0xffffffc000000000

#endif
