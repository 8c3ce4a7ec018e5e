/*
 * own.c: the planted register of the seed "trivium", which is that of whoever gives no SEED.
 *
 * Another seed has other numbers, so this answer is of no use to it.
 */
#include "labs/07-traps/own.h"

uint64_t own_flags(uint64_t mode, uint64_t sstatus)
{
    //@lab 7.8 what the planted register of your own processor shows
    return ((sstatus >> 1 & 1) | mode << 57) ^ 27;
    //| (void)mode;
    //| (void)sstatus;
    //| lab_todo("7.8");
    //@end
}
