/* What the files of this folder know of each other. */
#ifndef TRIVIUM_GUEST_KERNEL_ARCH_RV64_HARTS_H
#define TRIVIUM_GUEST_KERNEL_ARCH_RV64_HARTS_H

#include "guest/kernel/kernel.h"

/* Sets up the timer, interrupts and tables of this hart, in C. */
void hart_init(void);

/* The last gpa that the kernel maps is below this. */
void map_set_end(uint64_t gpa);

#endif
