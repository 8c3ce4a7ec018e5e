/* Small objects of one size, cut out of pages: open files, inodes, pipes.
 *
 * A pool charges a page when it needs one and gives it back when the last object in it is freed.
 *
 *   static struct pool file_pool = POOL_INIT("file", sizeof(struct file));
 */
#ifndef TRIVIUM_GUEST_KERNEL_POOL_H
#define TRIVIUM_GUEST_KERNEL_POOL_H

#include "guest/kernel/spinlock.h"

#include <stddef.h>

struct pool_page;

struct pool {
    struct spinlock lock;
    size_t size;               /* of an object, a multiple of 16 */
    struct pool_page *partial; /* under lock: pages with a free object */
};

#define POOL_INIT(text, bytes)                                        \
    {                                                                 \
        .lock = SPINLOCK_INIT(text), .size = ((bytes) + 15) / 16 * 16 \
    }

/* A zeroed object, or NULL when there is no memory. */
void *pool_alloc(struct pool *pool);
void pool_free(struct pool *pool, void *object);

#endif
