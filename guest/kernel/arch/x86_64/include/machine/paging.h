/* Long mode's page tables, as table.c sees them: four levels with 512 entries each.
 *
 *   63 62      52 51                     12 11 10 9 8 7  6 5  4   3  2   1   0
 *   +--+---------+------------------------+-----+-+-+--+-+-+---+---+---+---+---+
 *   |XD|    0    | physical page number   |  0  |H|G|PS|D|A|PCD|PWT|U/S|R/W| P |
 *   +--+---------+------------------------+-----+-+-+--+-+-+---+---+---+---+---+
 *
 * XD: may not be executed. In entries for tables, U/S and R/W are set: the last level decides. A
 * and D are set from the start: nobody here asks, and the processor need not write them. H is one
 * of the three bits that are the system's own: the entry has a page, whether or not (P) the program
 * may touch it. An entry of 0 is empty. PS: in level 1, the entry is for a large page, not for a
 * table. Source: SDM 3A, 4.5.
 */
#ifndef TRIVIUM_GUEST_KERNEL_MACHINE_PAGING_H
#define TRIVIUM_GUEST_KERNEL_MACHINE_PAGING_H

#include "guest/kernel/space.h"

enum { PAGING_LEVELS = 4, PAGING_ENTRIES = 512 };

/* Programs have the first 256 GiB, as on RV64: one entry of the top table. Every address of theirs
 * is canonical, the one behind the last instruction too (trap.S relies on that). The last page
 * stays free, so that no end overflows. */
#define USER_END   ((uint64_t)1 << 38)
#define USER_LIMIT (USER_END - PAGE_SIZE)
/* Where every program has the page that it shares with the kernel; its stack is below. */
#define USER_SHARED (USER_LIMIT - PAGE_SIZE)

enum {
    PTE_P = 1,
    PTE_W = 2,
    PTE_U = 4,
    PTE_A = 32,
    PTE_D = 64,
    PTE_PS = 128,
    PTE_HELD = 512,
};
#define PTE_XD      ((uint64_t)1 << 63)
#define PTE_ADDRESS ((uint64_t)0x000ffffffffff000)

static inline uint64_t pte_gpa(uint64_t pte)
{
    return pte & PTE_ADDRESS;
}

static inline uint64_t pte_table(uint64_t gpa)
{
    return gpa | PTE_P | PTE_W | PTE_U;
}

/* access: AREA_READ, AREA_WRITE, AREA_EXEC. What may be touched at all may be read: the processor
 * has no other way. */
static inline uint64_t pte_page(uint64_t gpa, uint32_t access)
{
    uint64_t pte = gpa | PTE_HELD | PTE_U | PTE_A | PTE_XD;
    if (access & (AREA_READ | AREA_WRITE | AREA_EXEC))
        pte |= PTE_P;
    if (access & AREA_WRITE)
        pte |= PTE_W | PTE_D;
    if (access & AREA_EXEC)
        pte &= ~PTE_XD;
    return pte;
}

static inline uint64_t pte_large(uint64_t gpa, uint32_t access)
{
    return pte_page(gpa, access) | PTE_PS;
}

/* The entry of page number `index` of a large one, with the same rights. */
static inline uint64_t pte_part(uint64_t large, uint64_t index)
{
    return (large & ~(uint64_t)PTE_PS) + index * PAGE_SIZE;
}

/* Whether the entry is for a page, not for a table, and not empty. */
static inline bool pte_is_page(uint64_t pte)
{
    return pte & PTE_HELD;
}

static inline uint64_t pte_without_write(uint64_t pte)
{
    return pte & ~(uint64_t)(PTE_W | PTE_D);
}

/* Whether a program may do that (one of AREA_READ, AREA_WRITE, AREA_EXEC) by this entry. */
static inline bool pte_allows(uint64_t pte, uint32_t access)
{
    if (!(pte & PTE_P))
        return false;
    return access == AREA_WRITE ? pte & PTE_W : access == AREA_EXEC ? !(pte & PTE_XD) : true;
}

#endif
