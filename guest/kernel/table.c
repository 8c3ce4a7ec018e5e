/* Page tables: a tree whose leaves are pages.
 *
 *   level 2 (top)            1                 0
 *   one entry for 1 GiB  ->  2 MiB         ->  4 KiB  ->  page        (three levels, as Sv39 has)
 *                            2 MiB         ->  large page
 */
#include "guest/kernel/table.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/page.h"

_Static_assert(LARGE_SIZE == TABLE_SPAN, "a large page is what one table maps");

/* The bytes that an entry of a level stands for, as a power of two. */
static unsigned int level_shift(unsigned int level)
{
    return 12 + 9 * level;
}

static uint64_t *entry_at(void *table, unsigned int level, uint64_t address)
{
    return (uint64_t *)table + (address >> level_shift(level)) % PAGING_ENTRIES;
}

/* The entry of that level on the way to an address; NULL if the way ends before. */
static inline uint64_t *find(const struct space *space, uint64_t address, unsigned int wanted)
{
    void *table = space->root;
    for (unsigned int level = PAGING_LEVELS - 1; level > wanted; level--) {
        uint64_t entry = *entry_at(table, level, address);
        if (entry == 0 || (level == 1 && pte_is_page(entry)))
            return NULL;
        table = page_at(pte_gpa(entry));
    }
    return entry_at(table, wanted, address);
}

/* The same, making the tables that are missing. No large page may be in the way. */
static inline uint64_t *make(struct space *space, uint64_t address, unsigned int wanted)
{
    void *table = space->root;
    for (unsigned int level = PAGING_LEVELS - 1; level > wanted; level--) {
        uint64_t *entry = entry_at(table, level, address);
        if (*entry == 0)
            *entry = pte_table(page_gpa(page_alloc(PAGE_ZEROED)));
        require(level > 1 || !pte_is_page(*entry));
        table = page_at(pte_gpa(*entry));
    }
    return entry_at(table, wanted, address);
}

uint64_t *table_entry(const struct space *space, uint64_t address)
{
    return find(space, address, 0);
}

uint64_t *table_entry_make(struct space *space, uint64_t address)
{
    return make(space, address, 0);
}

uint64_t *table_large(const struct space *space, uint64_t address)
{
    uint64_t *entry = find(space, address, 1);
    return entry && pte_is_page(*entry) ? entry : NULL;
}

uint64_t *table_large_make(struct space *space, uint64_t address)
{
    uint64_t *entry = make(space, address, 1);
    return *entry == 0 ? entry : NULL;
}

void table_split(struct space *space, uint64_t address)
{
    uint64_t *entry = table_large(space, address);
    if (!entry)
        return;
    uint64_t *table = page_alloc(PAGE_AS_IS);
    for (uint64_t i = 0; i < PAGING_ENTRIES; i++)
        table[i] = pte_part(*entry, i);
    *entry = pte_table(page_gpa(table));
    space_count_large(space, -1);
    arch_flush_all();
}

uint64_t table_need(const struct space *space)
{
    uint64_t tables = 1;
    for (unsigned int level = 1; level < PAGING_LEVELS; level++) {
        unsigned int shift = level_shift(level);
        uint64_t counted = 0; /* number of the region after the last one counted */
        for (uint32_t i = 0; i < space->area_count; i++) {
            uint64_t first = space->areas[i].start >> shift;
            uint64_t end = ((space->areas[i].end - 1) >> shift) + 1;
            if (first < counted)
                first = counted;
            tables += end - first;
            counted = end;
        }
    }
    return tables;
}

/* Clears the part of [start, end) that a table maps, whose first address is base. */
static void clear_level(struct space *space, void *table, unsigned int level, uint64_t base,
                        uint64_t start, uint64_t end)
{
    uint64_t span = (uint64_t)1 << level_shift(level);
    uint64_t first = start > base ? (start - base) >> level_shift(level) : 0;
    for (uint64_t i = first; i < PAGING_ENTRIES && base + i * span < end; i++) {
        uint64_t *entry = (uint64_t *)table + i;
        if (*entry == 0)
            continue;
        void *below = page_at(pte_gpa(*entry));
        if (level > 0 && pte_is_page(*entry)) {
            require(base + i * span >= start && base + (i + 1) * span <= end);
            large_put(below);
            space_count_large(space, -1);
            *entry = 0;
            continue;
        }
        if (level > 0) {
            uint64_t below_base = base + i * span;
            clear_level(space, below, level - 1, below_base, start, end);
            if (!space_is_free(space, below_base, below_base + span))
                continue;
        }
        *entry = 0;
        page_put(below);
    }
}

void table_clear(struct space *space, uint64_t start, uint64_t end)
{
    clear_level(space, space->root, PAGING_LEVELS - 1, 0, start, end);
}
