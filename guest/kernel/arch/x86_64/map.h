/* Where the kernel sees memory, and where it lies itself. For C, assembly and the linker.
 *
 *   2^40 + gpa   KERNEL_IMAGE   the kernel's own code and data
 *   2^39 + gpa   KERNEL_MAP     all memory and devices below 4 GiB
 *   below 2^38                  programs
 *
 * That is the lower half of all addresses, for programs and kernel alike, where other kernels have
 * the upper half to themselves: a hypervisor without the processor's help may need that (ring3.S).
 *
 * The kernel's three segments have a 2 MiB page each, so that each has its own rights:
 *
 *   gpa 0x200000   code     read, execute
 *       0x400000   constants     read
 *       0x600000   data     read, write
 */
#ifndef TRIVIUM_GUEST_KERNEL_ARCH_X86_64_MAP_H
#define TRIVIUM_GUEST_KERNEL_ARCH_X86_64_MAP_H

#define KERNEL_IMAGE 0x10000000000
#define KERNEL_MAP   0x8000000000

/* Their entries in a top table. */
#define KERNEL_IMAGE_ENTRY 2
#define KERNEL_MAP_ENTRY   1

/* gpa of the segments; kernel.ld repeats them. */
#define KERNEL_TEXT   0x200000
#define KERNEL_RODATA 0x400000
#define KERNEL_DATA   0x600000

/* Other processors start in this page, in real mode: below 1 MiB, which is nobody's. */
#define TRAMPOLINE 0x8000

#endif
