/* Memory by the page: who may have how many, and the pages themselves.
 *
 * Two steps. First a promise: memory_reserve() charges pages to the caller, or says that there are
 * not so many left. Then page_alloc(), which never fails, because it only makes a promise good:
 * every page in use is covered by a charge. So whoever asks may be refused, and whoever has been
 * promised cannot be; above all, a page fault cannot.
 *
 *   if (!memory_reserve(1))
 *       return -ENOMEM;
 *   struct thing *thing = page_alloc(PAGE_ZEROED);
 *   ...
 *   page_put(thing);
 *   memory_release(1);
 *
 * Pages are addressed in the kernel's map of all memory: page_gpa() and page_at() go to and fro.
 */
#ifndef TRIVIUM_GUEST_KERNEL_PAGE_H
#define TRIVIUM_GUEST_KERNEL_PAGE_H

#include <machine/memory.h>

#include "guest/kernel/kernel.h"

enum page_fill {
    PAGE_ZEROED,
    PAGE_AS_IS, /* the caller fills all of it */
};

/* Gives the allocator physical memory, page aligned. Only while booting; up to 16 times. Costs the
 * same for any amount. */
void memory_add(uint64_t gpa, uint64_t size);

/* The memory that was never used is all zeros, so that nobody has to write them. While booting. */
void memory_is_zeroed(void);

/* Memory that may be mapped by programs in place, but is not the allocator's: the initrd. Once. */
void memory_lend(uint64_t gpa, uint64_t size);

/* Ends booting: takes what the allocator needs for itself out of what it was given. */
void memory_ready(void);

/* Charges `pages` pages. Returns false, and charges nothing, if so many are not left. */
bool memory_reserve(uint64_t pages);
void memory_release(uint64_t pages);

/* A page with one reference, for which the caller has a charge. */
void *page_alloc(enum page_fill fill);

/* Shared pages: each page_get() needs a page_put(); the last one frees the page. Pages that the
 * allocator does not own (those of the initrd) may be passed as well and are left alone. */
void page_get(const void *page);
void page_put(const void *page);

/* Whether somebody else refers to the page, or it is not the allocator's: it must not be changed.
 */
bool page_shared(const void *page);

static inline uint64_t page_gpa(const void *address)
{
    return arch_gpa(address);
}

static inline void *page_at(uint64_t gpa)
{
    return arch_map(gpa);
}

/* Large pages: LARGE_PAGES pages in a row, aligned to their size, which one entry of a page table
 * can map. Each of its pages has references of its own, so that some of it may live on when the
 * rest is gone; only what is given back as a whole can be taken as a whole again. */
enum { LARGE_PAGES = 512 };
#define LARGE_SIZE (LARGE_PAGES * PAGE_SIZE)

/* Zeros, with one reference of each page, for each of which the caller has a charge. NULL: there
 * are not so many in a row, but there are single pages. */
void *large_alloc(void);
/* page_get(), page_put(), page_shared() of all of its pages; shared: any of them. */
void large_get(const void *large);
void large_put(const void *large);
bool large_shared(const void *large);

/* Whole pages, quickly. */
void page_zero(void *page);
void page_copy(void *restrict to, const void *restrict from);

struct memory_state {
    uint64_t total;   /* pages that the allocator owns */
    uint64_t free;    /* of them, not allocated */
    uint64_t charged; /* of them, promised; used pages are among these */
};
struct memory_state memory_state(void);

#endif
