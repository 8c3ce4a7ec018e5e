/* own.h: page tables that each student has for himself; see README.md#6.10. */
#ifndef TRIVIUM_LABS_06_MMU_OWN_H
#define TRIVIUM_LABS_06_MMU_OWN_H

#include <stdint.h>

/* The guest physical address of gva, its leaf being `entry`, at that level (0: of the smallest
 * pages). How entries look, `make grade LAB=6` tells each student. */
uint64_t own_address(uint64_t entry, uint64_t gva, unsigned level);

#endif
