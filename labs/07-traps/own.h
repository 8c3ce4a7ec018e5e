/* own.h: a planted register that each student has for himself; see README.md#7.8. */
#ifndef TRIVIUM_LABS_07_TRAPS_OWN_H
#define TRIVIUM_LABS_07_TRAPS_OWN_H

#include <stdint.h>

/* What the planted register of your processor shows, given the virtual mode (0: U, 1: S) and the
 * virtual sstatus. Which bits, `make grade LAB=7` tells each student. */
uint64_t own_flags(uint64_t mode, uint64_t sstatus);

#endif
