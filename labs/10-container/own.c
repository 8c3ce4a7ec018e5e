/*
 * own.c: the map of the seed "trivium", which is that of whoever gives no SEED.
 *
 * Another seed has other numbers, so this answer is of no use to it.
 */
#include "labs/10-container/own.h"

#include <stdio.h>

void own_map(char *text, size_t size)
{
    //@lab 10.10 your own ids
    snprintf(text, size, "0 200000 131\n1016 2004 1\n");
    //| (void)text;
    //| (void)size;
    //| lab_todo("10.10");
    //@end
}
