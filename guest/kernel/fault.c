/* What happens when a program touches a page that its page table does not allow it to touch. Three
 * reasons: it has no right to; the page has not been needed before; or it is shared with another
 * process and is to be written. */
#include "guest/kernel/arch.h"
#include "guest/kernel/cpu.h"
#include "guest/kernel/file.h"
#include "guest/kernel/page.h"
#include "guest/kernel/table.h"

/* What an area's flags must have for an access. What may be written may be read, too. */
static bool area_allows(const struct area *area, uint32_t access)
{
    if (access == AREA_READ)
        return area->flags & (AREA_READ | AREA_WRITE);
    return area->flags & access;
}

/* The page of the area's file, where it lies in memory; NULL if it does not. */
static const void *resident_page(const struct area *area, uint64_t offset)
{
    if (!area->file || offset + PAGE_SIZE > area->file_end || !area->file->operations->resident)
        return NULL;
    return area->file->operations->resident(area->file, offset);
}

/* A new page with what the area has at the address. */
static void *new_page(const struct area *area, uint64_t address)
{
    require(area->flags & AREA_CHARGED);
    if (!area->file)
        return page_alloc(PAGE_ZEROED);
    uint64_t offset = area->file_offset + (address - area->start);
    const void *resident = resident_page(area, offset);
    if (resident) {
        void *copy = page_alloc(PAGE_AS_IS);
        page_copy(copy, resident);
        cpu_this()->counts.pages_copied++;
        return copy;
    }
    /* The file may end within the page, or have become shorter: the rest is zeros. */
    void *page = page_alloc(PAGE_ZEROED);
    uint64_t bytes = offset < area->file_end ? area->file_end - offset : 0;
    if (bytes > PAGE_SIZE)
        bytes = PAGE_SIZE;
    if (bytes > 0)
        area->file->operations->read_at(area->file, page, bytes, offset);
    return page;
}

/* Brings the page of an empty entry. */
static void *bring_page(uint64_t *entry, const struct area *area, uint64_t address, uint32_t access)
{
    uint32_t rights = area->flags & (AREA_READ | AREA_WRITE | AREA_EXEC);
    if (access != AREA_WRITE && area->file) {
        uint64_t offset = area->file_offset + (address - area->start);
        const void *resident = resident_page(area, offset);
        if (resident) {
            uint64_t gpa = page_gpa(resident);
            *entry = pte_without_write(pte_page(gpa, rights));
            return page_at(gpa);
        }
    }
    void *page = new_page(area, address);
    *entry = pte_page(page_gpa(page), rights);
    if (area->file && rights & AREA_EXEC)
        arch_code_changed();
    return page;
}

/* Makes the page of an entry that may not be written the process's own, so that it may. */
static void *own_page(uint64_t *entry, const struct area *area)
{
    uint32_t rights = area->flags & (AREA_READ | AREA_WRITE | AREA_EXEC);
    void *page = page_at(pte_gpa(*entry));
    if (!(area->flags & AREA_SHARED) && page_shared(page)) {
        require(area->flags & AREA_CHARGED);
        void *copy = page_alloc(PAGE_AS_IS);
        page_copy(copy, page);
        cpu_this()->counts.pages_copied++;
        page_put(page);
        page = copy;
    }
    *entry = pte_page(page_gpa(page), rights);
    return page;
}

/* Brings the large page that starts there. NULL: it would not be in the area as a whole, a part of
 * it is there already, or there is none. */
static uint64_t *bring_large(struct space *space, const struct area *area, uint64_t start)
{
    uint32_t rights = area->flags & (AREA_READ | AREA_WRITE | AREA_EXEC);
    if (start < area->start || area->end - start < LARGE_SIZE)
        return NULL;
    uint64_t *entry = table_large_make(space, start);
    const void *large = entry ? large_alloc() : NULL;
    if (!large)
        return NULL;
    *entry = pte_large(page_gpa(large), rights);
    space_count_large(space, 1);
    return entry;
}

/* Lets a large page be written that is nobody else's. NULL: it was shared, and is single pages now,
 * as to copy one of them is quicker than to copy them all. */
static uint64_t *own_large(uint64_t *entry, struct space *space, const struct area *area,
                           uint64_t start)
{
    uint32_t rights = area->flags & (AREA_READ | AREA_WRITE | AREA_EXEC);
    const void *large = page_at(pte_gpa(*entry));
    if (large_shared(large)) {
        table_split(space, start);
        return NULL;
    }
    *entry = pte_large(page_gpa(large), rights);
    return entry;
}

/* What space_fault() does, with a large page. NULL: not here, single pages are wanted. */
static void *fault_large(struct space *space, const struct area *area, uint64_t address,
                         uint32_t access)
{
    uint64_t start = address / LARGE_SIZE * LARGE_SIZE;
    uint64_t *entry = table_large(space, start);
    if (!entry)
        entry = bring_large(space, area, start);
    else if (access == AREA_WRITE && !pte_allows(*entry, AREA_WRITE))
        entry = own_large(entry, space, area, start);
    if (!entry)
        return NULL;
    require(pte_allows(*entry, access));
    arch_flush_page(address);
    return page_at(pte_gpa(*entry) + (address - start));
}

void *space_fault(struct space *space, uint64_t address, uint32_t access)
{
    if (address >= USER_LIMIT)
        return NULL;
    address = page_down(address);
    const struct area *area = space_area(space, address);
    if (!area || !area_allows(area, access))
        return NULL;

    void *page = area->flags & AREA_LARGE ? fault_large(space, area, address, access) : NULL;
    if (page)
        return page;
    uint64_t *entry = table_entry_make(space, address);
    if (*entry == 0)
        page = bring_page(entry, area, address, access);
    else if (access == AREA_WRITE && !pte_allows(*entry, AREA_WRITE))
        page = own_page(entry, area);
    else
        page = page_at(pte_gpa(*entry));
    require(pte_allows(*entry, access));
    arch_flush_page(address);
    return page;
}
