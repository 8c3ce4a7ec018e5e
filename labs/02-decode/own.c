/*
 * own.c: the instruction that a SEED has for itself; `make grade LAB=2` tells yours.
 *
 * The source has that of the seed "trivium", of whoever gives no SEED: it is of no use to another.
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
