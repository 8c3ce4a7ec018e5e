/* Random numbers, seeded by the firmware. Good enough for hash tables and tests, not for secrets.
 */
#ifndef TRIVIUM_GUEST_KERNEL_RANDOM_H
#define TRIVIUM_GUEST_KERNEL_RANDOM_H

#include <stdint.h>

/* While booting. */
void random_init(uint64_t seed);
uint64_t random_next(void);

#endif
