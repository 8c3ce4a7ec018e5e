/*
 * ids.h: which user of the host the container's root is.
 *
 *     ids in the container     0 ... 65535                       0
 *                              |       |                         |
 *     ids on the host          BASE .. BASE+65535                you
 *                              as root: nobody's, and other      without rights: the kernel
 *                              ones for each container           allows a map of oneself only
 *
 * So root in the container is nobody on the host: /proc/sys, which asks for the id of root and not
 * for its rights, does not let it write either.
 *
 * Source: user_namespaces(7).
 */
#ifndef TRIVIUM_CTR_IDS_H
#define TRIVIUM_CTR_IDS_H

#include <stdbool.h>
#include <sys/types.h>

#include "ctr/step.h"
#include "lib/err.h"

#define IDS_RANGE 65536u

struct ids {
    bool range; /* a range of ids, from `base` on; else only our own */
    unsigned base;
    uid_t uid; /* ours, on the host */
    gid_t gid;
};

/* Looks at what this process may. `root`: before /proc of the host, "". `salt`: another base. */
void ids_choose(struct ids *ids, const char *root, bool may_map, unsigned salt);

/* Whether this process may map ids that are not its own. */
bool ids_may_map(void);

/* The maps of the process `pid`, which has a new user namespace. */
int ids_write(const struct ids *ids, pid_t pid, struct steps *steps, struct err *err);

/* In the namespace: become its root, without groups. */
int ids_become_root(const struct ids *ids, struct steps *steps, struct err *err);

/* Without such a namespace, as root: only leave all groups. */
int ids_drop_groups(struct err *err);

#endif
