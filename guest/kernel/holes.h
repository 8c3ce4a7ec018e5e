/* Memory while booting: what there is, less what is taken already. For the architecture. */
#ifndef TRIVIUM_GUEST_KERNEL_HOLES_H
#define TRIVIUM_GUEST_KERNEL_HOLES_H

#include "guest/kernel/kernel.h"

/* Keeps [start, start + size) from the page allocator. Before any holes_add_memory(). */
void holes_reserve(uint64_t start, uint64_t size);

/* Gives the page allocator what is whole pages of [start, start + size) and not reserved. */
void holes_add_memory(uint64_t start, uint64_t size);

#endif
