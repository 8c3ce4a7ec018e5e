/*
 * own.c: the message that a SEED has for itself; `make grade LAB=1` tells yours.
 *
 * The source has that of the seed "trivium", of whoever gives no SEED: it is of no use to another.
 */
#include "labs/01-fork/own.h"

unsigned own_message(uint8_t *message, int64_t sum, uint64_t forks)
{
    //@lab 1.5 your own message
    *message++ = 0x3a;
    for (unsigned i = 0; i < 4; i++)
        *message++ = (uint8_t)((uint64_t)sum >> 8 * (3 - i));
    for (unsigned i = 0; i < 5; i++)
        *message++ = (uint8_t)(forks >> 8 * (4 - i));
    return 1 + 4 + 5;
    //| (void)message;
    //| (void)sum;
    //| (void)forks;
    //| lab_todo("1.5");
    //@end
}
