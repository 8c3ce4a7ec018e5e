/* own.h: a planted instruction that each student has for himself; see README.md#7.8. */
#ifndef TRIVIUM_LABS_07_TRAPS_OWN_H
#define TRIVIUM_LABS_07_TRAPS_OWN_H

#include <stdbool.h>
#include <stdint.h>

/* Is it the sensitive instruction of your processor? Which that is, `make grade LAB=7` tells. */
bool own_is_planted(uint32_t word);

#endif
