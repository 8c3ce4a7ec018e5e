/* Time since the machine was started. The machine has no calendar: its clock starts at 0. */
#ifndef TRIVIUM_GUEST_KERNEL_CLOCK_H
#define TRIVIUM_GUEST_KERNEL_CLOCK_H

#include "guest/kernel/kernel.h"

/* Once the rate of the clock and the memory are known: makes the page that programs share with the
 * kernel (guest/lib/shared_page.h). */
void clock_boot(void);
void *clock_shared_page(void);

/* Nanoseconds since the clock of the machine started. Never goes back. */
uint64_t clock_now(void);

/* Between ticks of the machine's clock (clock_ticks() of machine/cpu.h) and nanoseconds; rounded
 * down the one way and up the other, so that clock_ns(clock_ticks_of(n)) is at least n. */
uint64_t clock_ns(uint64_t ticks);
uint64_t clock_ticks_of(uint64_t nanoseconds);

#endif
