/* Address spaces of processes that have ended, kept for the next fork, where
 * arch_tables_are_dear(). Not needed to understand exit and fork.
 *
 * A processor does not mind new page tables. A hypervisor that keeps a copy of them does: each
 * entry costs it microseconds, and each page that a program first touches by them again. So a child
 * gets the tables and pages of one that was like it, where only what is in the pages has to change.
 */
#ifndef TRIVIUM_GUEST_KERNEL_SPARE_H
#define TRIVIUM_GUEST_KERNEL_SPARE_H

#include "guest/kernel/space.h"

/* Takes the space of a process that ends, which is empty afterwards. False: it is not wanted. */
bool spare_keep(struct space *space);

/* As space_fork(), with a kept space. False: there is none like the parent's. */
bool spare_fork(struct space *child, struct space *parent);

/* memory_reserve(), for which the kept ones are given back if need be. */
bool spare_reserve(uint64_t pages);

/* Gives all of them back. */
void spare_drop_all(void);

#endif
