/*
 * own.c: the instruction of the seed "trivium", which is that of whoever gives no SEED.
 *
 * Another seed has other constants, so this answer is of no use to it.
 */
#include "labs/02-decode/own.h"

uint64_t own_instruction(uint64_t a, uint64_t b)
{
    //@lab 2.11 your own instruction
    return (a >> 46 | a << 18) + b + 1606;
    //| (void)a;
    //| (void)b;
    //| lab_todo("2.11");
    //@end
}
