/* own.h: a container that each student has for himself; see README.md#10.10. */
#ifndef TRIVIUM_LABS_10_CONTAINER_OWN_H
#define TRIVIUM_LABS_10_CONTAINER_OWN_H

#include <stdint.h>

struct own_container {
    char users[64];      /* its /proc/PID/uid_map */
    char options[96];    /* of a tmpfs in it, as mounts_new() takes them: "size=64k,..." */
    unsigned attributes; /* of its mount: a set of MOUNT_ATTR_... (mount_setattr(2)) */
};

/* What it has to be, `make grade LAB=10` tells each student. `you`: the user of the host that runs
 * this, and the only one that it may map. */
void own_container(struct own_container *own, unsigned you);

#endif
