/* own.h: a message that each student has for himself; see README.md#1.5. */
#ifndef TRIVIUM_LABS_01_FORK_OWN_H
#define TRIVIUM_LABS_01_FORK_OWN_H

#include <stdint.h>

/* Writes the message into `message`, which has room for 32 bytes. Returns how many it wrote. What
 * it looks like, `make grade LAB=1` tells each student. */
unsigned own_message(uint8_t *message, int64_t sum, uint64_t forks);

#endif
