/*
 * own.c: the container of the seed "trivium", which is that of whoever gives no SEED.
 *
 * Another seed has other numbers, so this answer is of no use to it.
 */
#include "labs/10-container/own.h"

#include <stdio.h>
#include <sys/mount.h>

void own_container(struct own_container *own, unsigned you)
{
    //@lab 10.10 your own container
    snprintf(own->users, sizeof own->users, "1153 %u 1", you);
    snprintf(own->options, sizeof own->options, "size=740k,nr_inodes=190,mode=0724");
    own->attributes = MOUNT_ATTR_NOEXEC;
    //| (void)own;
    //| (void)you;
    //| lab_todo("10.10");
    //@end
}
