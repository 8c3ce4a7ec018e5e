/* The page allocator, and the account of what has been promised.
 *
 * Free pages come from two places: from ranges that were never used, each taken from its start on,
 * so that booting does not touch them; and from the list of freed pages, each of which holds the
 * link to the next. The count of references of a page is first written when it is allocated.
 *
 *   range:   | used and freed pages |  never used  | large pages, used and freed |
 *            start                  next          end
 *
 * Large pages are taken from the ends of ranges, and have a list of their own. When there is
 * nothing else, a freed one becomes a range of single pages.
 */
#include "guest/kernel/page.h"

#include "guest/kernel/spinlock.h"

#include <string.h>

enum { RANGES_MAX = 16, POISON = 0xa5 };

struct range {
    uint64_t next; /* gpa of the first page that was never used */
    uint64_t end;
};

struct free_page {
    struct free_page *next;
};

static struct {
    struct spinlock lock;
    struct range ranges[2 * RANGES_MAX]; /* memory_ready() may cut each in two */
    size_t range_count;
    size_t range_current; /* ranges before this one are used up */
    struct free_page *freed;
    struct free_page *freed_large;
    uint64_t total; /* pages */
    uint64_t free;
    uint64_t charged;
    /* Constant after booting: */
    uint64_t base;        /* gpa of the page that references[0] counts */
    uint32_t *references; /* an entry is undefined before its page's first use; atomic */
    uint64_t lent;        /* pages that may be mapped, but are not ours */
    uint64_t lent_size;
    bool zeroed; /* pages that were never used are zeros */
} memory = {.lock = SPINLOCK_INIT("memory")};

void memory_add(uint64_t gpa, uint64_t size)
{
    require((gpa | size) % PAGE_SIZE == 0);
    if (memory.range_count == RANGES_MAX) {
        printk("kernel: memory at 0x%lx is not used: too many ranges\n", gpa);
        return;
    }
    memory.ranges[memory.range_count++] = (struct range){gpa, gpa + size};
}

void memory_lend(uint64_t gpa, uint64_t size)
{
    memory.lent = page_down(gpa);
    memory.lent_size = page_up(gpa + size) - memory.lent;
}

void memory_is_zeroed(void)
{
    memory.zeroed = true;
}

/* Cuts off what follows the last large page of a range, which then ends where one does. */
static void cut_range(struct range *range)
{
    uint64_t end = range->end / LARGE_SIZE * LARGE_SIZE;
    if (end <= range->next || end == range->end)
        return;
    struct range *rest = &memory.ranges[memory.range_count++];
    *rest = *range;
    rest->next = range->end = end;
}

void memory_ready(void)
{
    uint64_t lowest = UINT64_MAX;
    uint64_t highest = 0;
    struct range *largest = &memory.ranges[0];
    for (size_t i = 0; i < memory.range_count; i++) {
        struct range *range = &memory.ranges[i];
        lowest = range->next < lowest ? range->next : lowest;
        highest = range->end > highest ? range->end : highest;
        if (range->end - range->next > largest->end - largest->next)
            largest = range;
    }
    if (highest == 0)
        panic("the machine has no memory");
    uint64_t table = page_up((highest - lowest) / PAGE_SIZE * sizeof(memory.references[0]));
    if (largest->end - largest->next < table)
        panic("the memory is too scattered");

    memory.base = lowest;
    memory.references = arch_map(largest->next);
    largest->next += table;
    for (size_t i = memory.range_count; i-- > 0;) {
        memory.total += (memory.ranges[i].end - memory.ranges[i].next) / PAGE_SIZE;
        cut_range(&memory.ranges[i]);
    }
    memory.free = memory.total;
}

bool memory_reserve(uint64_t pages)
{
    spin_lock(&memory.lock);
    bool enough = pages <= memory.total - memory.charged;
    if (enough)
        memory.charged += pages;
    spin_unlock(&memory.lock);
    return enough;
}

void memory_release(uint64_t pages)
{
    spin_lock(&memory.lock);
    require(pages <= memory.charged);
    memory.charged -= pages;
    spin_unlock(&memory.lock);
}

struct memory_state memory_state(void)
{
    spin_lock(&memory.lock);
    struct memory_state state = {memory.total, memory.free, memory.charged};
    spin_unlock(&memory.lock);
    return state;
}

/* How many refer to the page, atomically; NULL if the page is not the allocator's. */
static uint32_t *page_references(const void *page)
{
    uint64_t gpa = arch_gpa(page);
    if (gpa - memory.lent < memory.lent_size)
        return NULL;
    return &memory.references[(gpa - memory.base) / PAGE_SIZE];
}

/* With the lock held, as all take_...(). */
static void *take_freed_large(void)
{
    struct free_page *large = memory.freed_large;
    if (large)
        memory.freed_large = large->next;
    return large;
}

static void *take_fresh(void)
{
    struct range *range = &memory.ranges[memory.range_current];
    while (range->next == range->end && memory.range_current + 1 < memory.range_count)
        range = &memory.ranges[++memory.range_current];
    if (range->next == range->end) {
        const void *large = take_freed_large();
        require(large);
        *range = (struct range){arch_gpa(large), arch_gpa(large) + LARGE_SIZE};
        memory.zeroed = false; /* everything has been used once */
    }
    void *page = arch_map(range->next);
    range->next += PAGE_SIZE;
    return page;
}

static void *take_fresh_large(void)
{
    for (size_t i = memory.range_current; i < memory.range_count; i++) {
        struct range *range = &memory.ranges[i];
        if (range->end % LARGE_SIZE != 0 || range->end - range->next < LARGE_SIZE)
            continue;
        range->end -= LARGE_SIZE;
        return arch_map(range->end);
    }
    return NULL;
}

void *page_alloc(enum page_fill fill)
{
    spin_lock(&memory.lock);
    /* The promise: whoever comes here has been charged, and charges do not exceed what there is. */
    require(memory.total - memory.free < memory.charged);
    void *page = memory.freed;
    bool is_fresh = !page;
    if (page)
        memory.freed = memory.freed->next;
    else
        page = take_fresh();
    bool is_zero = is_fresh && memory.zeroed;
    memory.free--;
    spin_unlock(&memory.lock);

    __atomic_store_n(page_references(page), 1, __ATOMIC_RELAXED);
    if (fill == PAGE_ZEROED && !is_zero)
        page_zero(page);
    return page;
}

/* Page number i of a large one. */
static char *part(const void *large, size_t i)
{
    return (char *)page_at(page_gpa(large)) + i * PAGE_SIZE;
}

void *large_alloc(void)
{
    spin_lock(&memory.lock);
    void *large = take_freed_large();
    bool is_zero = !large && memory.zeroed;
    if (!large)
        large = take_fresh_large();
    if (large) {
        require(memory.total - memory.free + LARGE_PAGES <= memory.charged);
        memory.free -= LARGE_PAGES;
    }
    spin_unlock(&memory.lock);
    for (size_t i = 0; large && i < LARGE_PAGES; i++) {
        __atomic_store_n(page_references(part(large, i)), 1, __ATOMIC_RELAXED);
        if (!is_zero)
            page_zero(part(large, i));
    }
    return large;
}

void large_get(const void *large)
{
    for (size_t i = 0; i < LARGE_PAGES; i++)
        page_get(part(large, i));
}

bool large_shared(const void *large)
{
    for (size_t i = 0; i < LARGE_PAGES; i++) {
        if (page_shared(part(large, i)))
            return true;
    }
    return false;
}

void large_put(const void *large)
{
    if (large_shared(large)) { /* with whom it is shared may give it back meanwhile: no matter */
        for (size_t i = 0; i < LARGE_PAGES; i++)
            page_put(part(large, i));
        return;
    }
    struct free_page *freed = page_at(page_gpa(large));
    for (size_t i = 0; i < LARGE_PAGES; i++)
        __atomic_store_n(page_references(part(large, i)), 0, __ATOMIC_RELAXED);
    if (KERNEL_DEBUG)
        memset(freed, POISON, LARGE_SIZE);
    spin_lock(&memory.lock);
    freed->next = memory.freed_large;
    memory.freed_large = freed;
    memory.free += LARGE_PAGES;
    spin_unlock(&memory.lock);
}

void page_get(const void *page)
{
    uint32_t *references = page_references(page);
    if (references)
        require(__atomic_fetch_add(references, 1, __ATOMIC_RELAXED) > 0);
}

void page_put(const void *page)
{
    uint32_t *references = page_references(page);
    if (!references)
        return;
    uint32_t before = __atomic_fetch_sub(references, 1, __ATOMIC_ACQ_REL);
    require(before > 0);
    if (before > 1)
        return;

    struct free_page *freed = page_at(page_gpa(page));
    if (KERNEL_DEBUG)
        memset(freed, POISON, PAGE_SIZE);
    spin_lock(&memory.lock);
    freed->next = memory.freed;
    memory.freed = freed;
    memory.free++;
    spin_unlock(&memory.lock);
}

bool page_shared(const void *page)
{
    const uint32_t *references = page_references(page);
    return !references || __atomic_load_n(references, __ATOMIC_ACQUIRE) != 1;
}

void page_zero(void *page)
{
    uint64_t *word = page;
    for (uint64_t *end = word + PAGE_SIZE / 8; word < end; word += 8) {
        word[0] = 0;
        word[1] = 0;
        word[2] = 0;
        word[3] = 0;
        word[4] = 0;
        word[5] = 0;
        word[6] = 0;
        word[7] = 0;
    }
}

void page_copy(void *restrict to, const void *restrict from)
{
    uint64_t *out = to;
    const uint64_t *in = from;
    for (uint64_t *end = out + PAGE_SIZE / 8; out < end; out += 4, in += 4) {
        uint64_t a = in[0];
        uint64_t b = in[1];
        uint64_t c = in[2];
        uint64_t d = in[3];
        out[0] = a;
        out[1] = b;
        out[2] = c;
        out[3] = d;
    }
}
