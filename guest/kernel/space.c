/* Address spaces: the list of areas, and what is charged for them. What an access does is in
 * fault.c.
 *
 * Read next: table.c, fault.c, copy.c
 */
#include "guest/kernel/space.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/batch.h"
#include "guest/kernel/file.h"
#include "guest/kernel/page.h"
#include "guest/kernel/spare.h"
#include "guest/kernel/table.h"

#include <errno.h>
#include <string.h>

enum { ACCESS_MASK = AREA_READ | AREA_WRITE | AREA_EXEC };

static uint64_t area_pages(const struct area *area)
{
    return (area->end - area->start) / PAGE_SIZE;
}

/* What the areas of a space may need: all that it is charged. */
static uint64_t space_need(const struct space *space)
{
    uint64_t pages = table_need(space);
    for (uint32_t i = 0; i < space->area_count; i++) {
        if (space->areas[i].flags & AREA_CHARGED)
            pages += area_pages(&space->areas[i]);
    }
    return pages;
}

/* Charges what the areas need now. Returns false, with nothing changed, if there is not so much. */
static bool space_recharge(struct space *space)
{
    uint64_t need = space_need(space);
    if (need > space->charge && !spare_reserve(need - space->charge))
        return false;
    if (need < space->charge)
        memory_release(space->charge - need);
    space->charge = need;

    uint64_t size = 0;
    for (uint32_t i = 0; i < space->area_count; i++)
        size += space->areas[i].end - space->areas[i].start;
    __atomic_store_n(&space->size, size, __ATOMIC_RELAXED);
    return true;
}

/* The areas that a space has not got are never looked at: nobody writes or copies them. */
static void set_empty(struct space *space)
{
    memset(space, 0, offsetof(struct space, areas));
}

static size_t bytes_in_use(const struct space *space)
{
    return offsetof(struct space, areas) + space->area_count * sizeof(space->areas[0]);
}

int space_init(struct space *space)
{
    set_empty(space);
    if (!space_recharge(space))
        return -ENOMEM;
    space->root = page_alloc(PAGE_ZEROED);
    arch_root_init(space->root);
    return 0;
}

static void list_insert(struct space *space, uint32_t at, const struct area *area)
{
    require(space->area_count < AREAS_MAX);
    memmove(&space->areas[at + 1], &space->areas[at],
            (space->area_count - at) * sizeof(space->areas[0]));
    space->areas[at] = *area;
    space->area_count++;
}

static void list_remove(struct space *space, uint32_t at)
{
    space->area_count--;
    memmove(&space->areas[at], &space->areas[at + 1],
            (space->area_count - at) * sizeof(space->areas[0]));
}

void space_fini(struct space *space)
{
    while (space->area_count > 0) {
        struct area last = space->areas[--space->area_count];
        table_clear(space, last.start, last.end);
        if (last.file)
            file_put(last.file);
    }
    page_put(space->root);
    memory_release(space->charge);
    set_empty(space);
}

void space_swap(struct space *a, struct space *b)
{
    /* Word by word: a whole space is too large for the kernel's stack. */
    uint64_t *left = (uint64_t *)(void *)a;
    uint64_t *right = (uint64_t *)(void *)b;
    size_t bytes = bytes_in_use(a) > bytes_in_use(b) ? bytes_in_use(a) : bytes_in_use(b);
    for (size_t i = 0; i < bytes / sizeof(*left); i++) {
        uint64_t word = left[i];
        left[i] = right[i];
        right[i] = word;
    }
}

/* The first area that ends behind the address, or area_count. */
static uint32_t area_index(const struct space *space, uint64_t address)
{
    uint32_t i = 0;
    while (i < space->area_count && space->areas[i].end <= address)
        i++;
    return i;
}

const struct area *space_area(const struct space *space, uint64_t address)
{
    uint32_t i = area_index(space, address);
    if (i == space->area_count || space->areas[i].start > address)
        return NULL;
    return &space->areas[i];
}

bool space_is_free(const struct space *space, uint64_t start, uint64_t end)
{
    uint32_t i = area_index(space, start);
    return i == space->area_count || space->areas[i].start >= end;
}

uint64_t space_find_free(const struct space *space, uint64_t size)
{
    uint64_t top = USER_LIMIT - STACK_ROOM;
    if (size > top)
        return 0;
    for (uint32_t i = space->area_count; i-- > 0;) {
        const struct area *area = &space->areas[i];
        if (area->end <= top && top - area->end >= size)
            return top - size;
        if (area->start < top)
            top = area->start;
        if (top < size)
            return 0;
    }
    /* Not at 0, which programs take for no address at all. */
    return top - size >= PAGE_SIZE ? top - size : 0;
}

uint64_t space_size(const struct space *space)
{
    return __atomic_load_n(&space->size, __ATOMIC_RELAXED);
}

uint64_t space_large_size(const struct space *space)
{
    return __atomic_load_n(&space->large_count, __ATOMIC_RELAXED) * LARGE_SIZE;
}

void space_count_large(struct space *space, int64_t more)
{
    /* Nobody else writes it: atomic for those who read. */
    __atomic_store_n(&space->large_count, space->large_count + (uint64_t)more, __ATOMIC_RELAXED);
}

/* Whether every page of a file's area lies in memory for ever, so that none needs a page of its
 * own. By the next moment, another process may have written to the file. */
static bool all_resident(const struct area *area)
{
    const struct file_operations *operations = area->file->operations;
    if (!operations->resident)
        return false;
    for (uint64_t at = 0; at < area->end - area->start; at += PAGE_SIZE) {
        uint64_t offset = area->file_offset + at;
        if (offset + PAGE_SIZE > area->file_end || !operations->resident(area->file, offset))
            return false;
    }
    return true;
}

/* Whether an area may come to need pages of its own. */
static bool needs_charge(const struct area *area)
{
    if (area->flags & (AREA_WRITE | AREA_SHARED))
        return true;
    if (!(area->flags & ACCESS_MASK))
        return false;
    return !area->file || !all_resident(area);
}

/* Maps all pages of an area that is not charged, in place: as soon as somebody writes to the file,
 * they may be the file's no longer, and there would be no page to put there. Returns false if that
 * has happened to one of them already. */
static bool map_resident(struct space *space, const struct area *area)
{
    if (area->flags & AREA_CHARGED || !(area->flags & ACCESS_MASK))
        return true;
    uint64_t *entry = NULL;
    for (uint64_t address = area->start; address < area->end; address += PAGE_SIZE, entry++) {
        uint64_t offset = area->file_offset + (address - area->start);
        if (!entry || address % TABLE_SPAN == 0)
            entry = table_entry_make(space, address);
        const void *page = area->file->operations->resident(area->file, offset);
        if (!page)
            return false;
        *entry = pte_page(page_gpa(page), area->flags & ACCESS_MASK);
    }
    return true;
}

/* Gives a shared area all of its pages: after a fork, a page that was not there could not be
 * shared. */
static void map_shared(struct space *space, const struct area *area)
{
    if (!(area->flags & AREA_SHARED))
        return;
    for (uint64_t address = area->start; address < area->end; address += PAGE_SIZE) {
        uint64_t gpa = page_gpa(page_alloc(PAGE_ZEROED));
        *table_entry_make(space, address) = pte_page(gpa, area->flags & ACCESS_MASK);
    }
}

/* Whether the second of two neighbours is just more of the first. */
static bool joins(const struct area *first, const struct area *second)
{
    if (first->end != second->start || first->flags != second->flags || first->file != second->file)
        return false;
    return !first->file ||
           (first->file_offset + (first->end - first->start) == second->file_offset &&
            first->file_end == second->file_end);
}

/* Makes one area of neighbours, where that can be: there is room for so many areas only. */
static void join_all(struct space *space)
{
    for (uint32_t i = space->area_count; i-- > 1;) {
        if (!joins(&space->areas[i - 1], &space->areas[i]))
            continue;
        if (space->areas[i].file)
            file_put(space->areas[i].file); /* not the last: areas[i - 1] has one */
        space->areas[i - 1].end = space->areas[i].end;
        list_remove(space, i);
    }
}

int space_map(struct space *space, const struct area *area)
{
    if ((area->start | area->end | area->file_offset) % PAGE_SIZE != 0 ||
        area->start >= area->end || area->end > USER_LIMIT ||
        !space_is_free(space, area->start, area->end))
        return -EINVAL;
    if (space->area_count == AREAS_MAX)
        return -ENOMEM;
    uint32_t at = area_index(space, area->start);
    list_insert(space, at, area);
    if (needs_charge(area))
        space->areas[at].flags |= AREA_CHARGED;
    if (!space_recharge(space)) {
        list_remove(space, at);
        return -ENOMEM;
    }
    if (area->file)
        file_get(area->file);
    if (!map_resident(space, &space->areas[at])) {
        space->areas[at].flags |= AREA_CHARGED;
        if (!space_recharge(space)) {
            require(space_unmap(space, area->start, area->end) == 0);
            return -ENOMEM;
        }
    }
    map_shared(space, &space->areas[at]);
    join_all(space);
    return 0;
}

int space_map_page(struct space *space, uint64_t address, const void *page)
{
    const struct area area = {
        .start = address,
        .end = address + PAGE_SIZE,
        .flags = AREA_READ | AREA_EXEC,
    };
    int result = space_map(space, &area);
    if (result == 0) {
        page_get(page);
        *table_entry_make(space, address) = pte_page(page_gpa(page), area.flags);
    }
    return result;
}

/* Makes an area end at the address, and another start there, if it lies within one. */
static int split_at(struct space *space, uint64_t address)
{
    uint32_t at = area_index(space, address);
    if (at == space->area_count || space->areas[at].start >= address)
        return 0;
    if (space->area_count == AREAS_MAX)
        return -ENOMEM;
    if (space->areas[at].flags & AREA_LARGE && address % LARGE_SIZE != 0)
        table_split(space, address);
    struct area upper = space->areas[at];
    upper.start = address;
    upper.file_offset += address - space->areas[at].start;
    if (upper.file)
        file_get(upper.file);
    space->areas[at].end = address;
    list_insert(space, at + 1, &upper);
    return 0;
}

/* The same at both ends of a range. Returns 0, or -ENOMEM with nothing changed. */
static int split(struct space *space, uint64_t start, uint64_t end)
{
    int result = split_at(space, start);
    if (result == 0)
        result = split_at(space, end);
    if (result < 0)
        join_all(space);
    return result;
}

int space_unmap(struct space *space, uint64_t start, uint64_t end)
{
    int result = split(space, start, end);
    if (result < 0)
        return result;
    uint32_t at = area_index(space, start);
    while (at < space->area_count && space->areas[at].start < end) {
        struct area area = space->areas[at];
        list_remove(space, at);
        table_clear(space, area.start, area.end);
        if (area.file)
            file_put(area.file);
    }
    arch_flush_all();
    require(space_recharge(space)); /* it needs less now */
    return 0;
}

/* Takes the new protection into the page table. Rights to write come back by a fault, which knows
 * what is shared. */
static void protect_pages(struct space *space, const struct area *area)
{
    for (uint64_t address = area->start; address < area->end;) {
        uint64_t *entry = table_entry(space, address);
        uint64_t *large = area->flags & AREA_LARGE ? table_large(space, address) : NULL;
        uint64_t end = (address / TABLE_SPAN + 1) * TABLE_SPAN;
        if (end > area->end)
            end = area->end;
        if (large)
            *large = pte_without_write(pte_large(pte_gpa(*large), area->flags & ACCESS_MASK));
        for (; entry && address < end; address += PAGE_SIZE, entry++) {
            if (*entry)
                *entry = pte_without_write(pte_page(pte_gpa(*entry), area->flags & ACCESS_MASK));
        }
        address = end;
    }
}

/* Whether all of the range is mapped. */
static bool covers(const struct space *space, uint64_t start, uint64_t end)
{
    for (uint32_t i = area_index(space, start); start < end; i++) {
        if (i == space->area_count || space->areas[i].start > start)
            return false;
        start = space->areas[i].end;
    }
    return true;
}

/* Whether an area has to be charged for a new protection. Without rights none of its pages had to
 * be there: the file may have changed since. */
static bool protect_needs_charge(const struct area *area, uint32_t protection)
{
    if (area->flags & AREA_CHARGED)
        return false;
    return protection & AREA_WRITE || (protection && !(area->flags & ACCESS_MASK));
}

int space_protect(struct space *space, uint64_t start, uint64_t end, uint32_t protection)
{
    if (!covers(space, start, end))
        return -ENOMEM;
    int result = split(space, start, end);
    if (result < 0)
        return result;

    /* Everything that can be refused comes before anything changes. */
    uint32_t first = area_index(space, start);
    uint64_t pages = 0;
    for (uint32_t i = first; i < space->area_count && space->areas[i].start < end; i++) {
        if (protect_needs_charge(&space->areas[i], protection))
            pages += area_pages(&space->areas[i]);
    }
    if (!memory_reserve(pages)) {
        join_all(space);
        return -ENOMEM;
    }
    space->charge += pages;
    for (uint32_t i = first; i < space->area_count && space->areas[i].start < end; i++) {
        struct area *area = &space->areas[i];
        if (protect_needs_charge(area, protection))
            area->flags |= AREA_CHARGED;
        area->flags = (area->flags & ~(uint32_t)ACCESS_MASK) | protection;
        protect_pages(space, area);
    }
    join_all(space);
    arch_flush_all();
    return 0;
}

/* Makes single pages of all large ones of an area, each of which is in it as a whole. */
static void split_large(struct space *space, const struct area *area)
{
    for (uint64_t at = area->start; space->large_count > 0 && at < area->end; at += LARGE_SIZE)
        table_split(space, at);
}

int space_advise_large(struct space *space, uint64_t start, uint64_t end, bool large)
{
    if (!covers(space, start, end))
        return -ENOMEM;
    int result = split(space, start, end);
    if (result < 0)
        return result;
    for (uint32_t i = area_index(space, start);
         i < space->area_count && space->areas[i].start < end; i++) {
        struct area *area = &space->areas[i];
        if (!large) {
            split_large(space, area);
            area->flags &= ~(uint32_t)AREA_LARGE;
        } else if (!area->file && !(area->flags & AREA_SHARED)) {
            area->flags |= AREA_LARGE;
        }
    }
    join_all(space);
    return 0;
}

/* Gives the child a copy of its own of a page that the parent has written, and that both will write
 * again; false: it is to be shared. */
static bool copy_at_once(uint64_t *to, uint64_t from)
{
    if (!batch_wanted() || !pte_allows(from, AREA_WRITE))
        return false;
    void *copy = page_alloc(PAGE_AS_IS);
    if (!batch_add(copy, page_at(pte_gpa(from)))) {
        page_put(copy);
        return false;
    }
    *to = pte_page(page_gpa(copy), AREA_READ | AREA_WRITE);
    return true;
}

/* Shares the large page that an address is on, if it is on one; neither side may write to it
 * without a fault. Returns whether it is. */
static bool share_large(struct space *child, struct space *parent, uint64_t address)
{
    uint64_t *from = table_large(parent, address);
    if (!from)
        return false;
    large_get(page_at(pte_gpa(*from)));
    *from = pte_without_write(*from);
    *table_large_make(child, address) = *from; /* copied with the areas: how many there are */
    return true;
}

/* Shares the pages of an area; unless it is a shared one, neither side may write to them without a
 * fault. */
static void share_pages(struct space *child, struct space *parent, const struct area *area)
{
    bool copy_on_write = !(area->flags & AREA_SHARED);
    uint64_t start = area->start;
    uint64_t end = area->end;
    while (start < end) {
        uint64_t stop = (start / TABLE_SPAN + 1) * TABLE_SPAN;
        if (stop > end)
            stop = end;
        if (area->flags & AREA_LARGE && share_large(child, parent, start)) {
            start = stop;
            continue;
        }
        uint64_t *from = table_entry(parent, start);
        uint64_t *to = from ? table_entry_make(child, start) : NULL;
        for (; from && start < stop; start += PAGE_SIZE, from++, to++) {
            if (*from == 0 || (copy_on_write && copy_at_once(to, *from)))
                continue;
            page_get(page_at(pte_gpa(*from)));
            if (copy_on_write && pte_allows(*from, AREA_WRITE))
                *from = pte_without_write(*from);
            *to = *from;
        }
        start = stop;
    }
}

void space_copy_areas(struct space *to, const struct space *from)
{
    memcpy(to, from, bytes_in_use(from));
    for (uint32_t i = 0; i < to->area_count; i++) {
        if (to->areas[i].file)
            file_get(to->areas[i].file);
    }
}

int space_fork(struct space *child, struct space *parent)
{
    if (spare_fork(child, parent))
        return 0;
    /* The child may need all that the parent may need. */
    if (!spare_reserve(parent->charge))
        return -ENOMEM;
    space_copy_areas(child, parent);
    child->root = page_alloc(PAGE_ZEROED);
    arch_root_init(child->root);
    if (batch_wanted())
        batch_begin();
    for (uint32_t i = 0; i < child->area_count; i++)
        share_pages(child, parent, &child->areas[i]);
    if (batch_wanted())
        batch_end();
    arch_flush_all();
    return 0;
}
