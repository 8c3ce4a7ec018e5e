/* The page table of a space. Internal to space.c and copy.c; space.h says what a space is. */
#ifndef TRIVIUM_GUEST_KERNEL_TABLE_H
#define TRIVIUM_GUEST_KERNEL_TABLE_H

#include "guest/kernel/space.h"

#include <machine/paging.h>

/* The entry of a user address's page (paging.h draws it); NULL if there is no table for it, yet or
 * because it is on a large page. The entries of the pages behind it follow, up to the end of the
 * table: TABLE_SPAN. */
uint64_t *table_entry(const struct space *space, uint64_t address);

/* The same, making the tables that are missing, for which the space is charged. The address must
 * not be on a large page. */
uint64_t *table_entry_make(struct space *space, uint64_t address);

/* The entry of the large page that the address is on; NULL if it is on none. Only areas with
 * AREA_LARGE have large pages, and each lies in one area as a whole. */
uint64_t *table_large(const struct space *space, uint64_t address);

/* The empty entry for such a page; NULL if there is something. */
uint64_t *table_large_make(struct space *space, uint64_t address);

/* Makes single pages of the large page that the address is on, if it is on one. */
void table_split(struct space *space, uint64_t address);

/* What one table of the lowest level maps. */
#define TABLE_SPAN (PAGE_SIZE * PAGING_ENTRIES)

/* How many tables the areas of a space need at most, the top one included. */
uint64_t table_need(const struct space *space);

/* Drops the pages of a range, and the tables for which no area is left. */
void table_clear(struct space *space, uint64_t start, uint64_t end);

#endif
