/*
 * own.c: the planted instruction of the seed "trivium", which is that of whoever gives no SEED.
 *
 * Another seed has other constants, so this answer is of no use to it.
 */
#include "labs/07-traps/own.h"

bool own_is_planted(uint32_t word)
{
    //@lab 7.8 the planted instruction of your own processor
    return (word & 0xfff0707f) == 0x34e0700b;
    //| (void)word;
    //| lab_todo("7.8");
    //@end
}
