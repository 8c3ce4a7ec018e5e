/*
 * mounts.h: mounts that are made first and put into place afterwards.
 *
 * Both happen through descriptors: what is mounted is one, and so is the place, which is looked for
 * beneath the new root without following any link. So a name that leads elsewhere by the time it is
 * used, the way out of many a container, leads nowhere here.
 *
 * Source: mount_setattr(2), open_tree(2), fsopen(2), openat2(2); CVE-2021-30465, CVE-2025-31133.
 */
#ifndef TRIVIUM_CTR_MOUNTS_H
#define TRIVIUM_CTR_MOUNTS_H

#include <stdint.h>

#include "lib/err.h"

/*
 * A new file system of that type with the options "KEY=VALUE,KEY,..." (NULL: none) and the
 * attributes MOUNT_ATTR_*: a mount that is nowhere yet. Answers its descriptor.
 */
int mounts_new(const char *type, const char *options, unsigned attributes, struct err *err);

/* A second mount of what `path` from `folder` names (empty: of `folder` itself), with attributes.
 */
int mounts_copy(int folder, const char *path, uint64_t attributes, struct err *err);

/* Opens what is called `path` beneath `root`, without following links. -1: errno tells why. */
int mounts_find(int root, const char *path, int flags);

/* Puts the mount (which it closes, also when that fails) at `path` beneath `root`. */
int mounts_put(int mount, int root, const char *path, struct err *err);

#endif
