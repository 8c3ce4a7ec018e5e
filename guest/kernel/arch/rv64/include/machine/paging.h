/* Sv39, as table.c sees it: three levels of tables with 512 entries each.
 *
 *   63      54 53                      10 9 8 7 6 5 4 3 2 1 0
 *   +---------+--------------------------+---+-+-+-+-+-+-+-+-+
 *   |    0    | physical page number     |RSW|D|A|G|U|X|W|R|V|     R = W = X = 0: the next table
 *   +---------+--------------------------+---+-+-+-+-+-+-+-+-+
 *
 * A and D are set from the start: nobody here asks, and a processor that wants them set by software
 * would fault. RSW's lower bit marks a page that the program may not touch at all (PROT_NONE): the
 * processor sees V = 0. An entry of 0 is empty. One of level 1 that is for a page, not for a table,
 * is for a large one.
 * Source: RISC-V privileged specification, 4.4.
 */
#ifndef TRIVIUM_GUEST_KERNEL_MACHINE_PAGING_H
#define TRIVIUM_GUEST_KERNEL_MACHINE_PAGING_H

#include "guest/kernel/space.h"

enum { PAGING_LEVELS = 3, PAGING_ENTRIES = 512 };

/* User addresses are the lower half; its last page stays free, so that no end overflows. */
#define USER_END   ((uint64_t)1 << 38)
#define USER_LIMIT (USER_END - PAGE_SIZE)
/* Where every program has the page that it shares with the kernel; its stack is below. */
#define USER_SHARED (USER_LIMIT - PAGE_SIZE)

enum {
    PTE_V = 1,
    PTE_R = 2,
    PTE_W = 4,
    PTE_X = 8,
    PTE_U = 16,
    PTE_G = 32,
    PTE_A = 64,
    PTE_D = 128,
    PTE_HELD = 256, /* RSW: the entry has a page */
};

static inline uint64_t pte_gpa(uint64_t pte)
{
    return pte >> 10 << 12;
}

static inline uint64_t pte_table(uint64_t gpa)
{
    return gpa >> 12 << 10 | PTE_V;
}

/* access: AREA_READ, AREA_WRITE, AREA_EXEC. What may be written may also be read: the processor has
 * no other way. */
static inline uint64_t pte_page(uint64_t gpa, uint32_t access)
{
    uint64_t pte = gpa >> 12 << 10 | PTE_HELD | PTE_U | PTE_A;
    if (access & (AREA_READ | AREA_WRITE))
        pte |= PTE_V | PTE_R;
    if (access & AREA_WRITE)
        pte |= PTE_W | PTE_D;
    if (access & AREA_EXEC)
        pte |= PTE_V | PTE_X;
    return pte;
}

/* A large page's is the same, a level higher. */
static inline uint64_t pte_large(uint64_t gpa, uint32_t access)
{
    return pte_page(gpa, access);
}

/* The entry of page number `index` of a large one, with the same rights. */
static inline uint64_t pte_part(uint64_t large, uint64_t index)
{
    return large + (index << 10);
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
    uint64_t bit = access == AREA_WRITE ? PTE_W : access == AREA_EXEC ? PTE_X : PTE_R;
    return (pte & PTE_V) && (pte & bit);
}

#endif
