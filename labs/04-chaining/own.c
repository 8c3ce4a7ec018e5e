/*
 * own.c: the jump of the seed "trivium", which is that of whoever gives no SEED.
 *
 * Another seed has other numbers, so this answer is of no use to it.
 */
#include "labs/04-chaining/own.h"

void own_jump(uint8_t *jump, uint32_t from, uint32_t to)
{
    //@lab 4.9 your own jump
    int64_t units = ((int64_t)to - from) / 8 - 6;

    *jump++ = 0x99;
    for (unsigned i = 0; i < 3; i++)
        *jump++ = (uint8_t)((uint64_t)units >> 8 * (2 - i));
    //| (void)jump;
    //| (void)from;
    //| (void)to;
    //| lab_todo("4.9");
    //@end
}
