/*
 * pages.h: copies of memory, page by page, that share what is the same: copy on write.
 *
 *     then   [ 3 | 4 | 7 |  9 ]       a table each, of the pages that are kept, by number
 *              |   |   |    |
 *              A   B   C    D         the copies: one of 4 and one of 9 for both
 *                  |        |
 *     now    [ 3'| 4 | 8 |  9 ]
 *
 * A table is made by adding the pages of now in order. Each is held against the one of the same
 * number in an older table, and only if it is another one is it copied. So a series of tables costs
 * what has changed from one to the next.
 *
 * Used by what keeps states to go back to: emu/board/snapshot.c, emu/user/save.c, emu/dbt/save.c.
 */
#ifndef TRIVIUM_EMU_CPU_PAGES_H
#define TRIVIUM_EMU_CPU_PAGES_H

#include <stddef.h>
#include <stdint.h>

#include "emu/cpu/mem.h"

/* Tables that share count together what they take. Zeroed: nothing. */
struct page_pool {
    size_t kept;   /* pages that there are copies of now, */
    size_t copied; /* and that ever were copied */
};

struct page_copy {
    unsigned refs; /* tables that it is in */
    uint8_t data[MEM_PAGE_SIZE];
};

/* Zeroed: no pages. To be ended by pages_fini(). */
struct pages {
    struct page_ref {
        uint64_t number;
        struct page_copy *copy;
    } * list; /* owned; ascending */
    size_t count, capacity;
    struct page_pool *pool; /* borrowed; NULL: nobody counts */

    /* While it is made: the older table, or NULL, and where in it we are. */
    const struct pages *like;
    size_t like_next;
};

/* An empty table. What is added to it is shared with `like` (NULL: nothing is), which must stay as
 * it is until pages_end(). */
void pages_begin(struct pages *pages, struct page_pool *pool, const struct pages *like);

/* The page's number is above those of all before it. bytes: at most MEM_PAGE_SIZE of it. */
void pages_add(struct pages *pages, uint64_t number, const void *data, size_t bytes);
void pages_end(struct pages *pages);

/* What the table takes, without the copies in it. */
size_t pages_bytes(const struct pages *pages);

void pages_fini(struct pages *pages);

#endif
