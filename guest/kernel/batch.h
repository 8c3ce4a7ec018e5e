/* Pages copied many at a time: what fork=batch adds to fork (space.c).
 *
 * Copy on write is cheap where a fault is. Where faults are dear, the pages that both sides surely
 * write are better copied at once; and where this processor's instructions are dear as well, by a
 * device, with one store for all of them. Lists live in a page of the kernel's, one fork at a time
 * has it.
 */
#ifndef TRIVIUM_GUEST_KERNEL_BATCH_H
#define TRIVIUM_GUEST_KERNEL_BATCH_H

#include "guest/kernel/kernel.h"

enum { BATCH_PAGES = 16 };

/* Reads the boot arguments: fork=cow (the default) or fork=batch. */
void batch_boot(void);

/* Whether fork copies what was written. */
bool batch_wanted(void);

/* Begins a list, and waits until nobody else has one. */
void batch_begin(void);
/* Adds a page; false: the list is full, and it is the caller's to share. */
bool batch_add(void *to, const void *from);
/* Copies all of them. */
void batch_end(void);

#endif
