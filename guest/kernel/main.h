/* Where the architecture enters the kernel. */
#ifndef TRIVIUM_GUEST_KERNEL_MAIN_H
#define TRIVIUM_GUEST_KERNEL_MAIN_H

struct cpu;

/* On the first processor: the device tree or its like is read (boot_parse.h) and memory is added.
 * The caller's stack becomes the one it idles on. */
_Noreturn void kernel_main(struct cpu *cpu);

/* On each other processor, later. */
_Noreturn void kernel_secondary(struct cpu *cpu);

#endif
