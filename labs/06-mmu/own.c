/*
 * own.c: the page tables of the seed "trivium", which is that of whoever gives no SEED.
 *
 * Another seed has other numbers, so this answer is of no use to it.
 */
#include "labs/06-mmu/own.h"

uint64_t own_address(uint64_t entry, uint64_t gva, unsigned level)
{
    //@lab 6.10 your own page tables
    uint64_t frame = entry >> 9 & ((UINT64_C(1) << 33) - 1);
    uint64_t within = (UINT64_C(1) << (13 + 7 * level)) - 1;

    /* Of a large page the lower bits of the frame mean nothing. */
    return (frame << 13 & ~within) | (gva & within);
    //| (void)entry;
    //| (void)gva;
    //| (void)level;
    //| lab_todo("6.10");
    //@end
}
