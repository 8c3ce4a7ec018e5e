/* The kernels of mix: small pieces of work, each bound by one kind of instruction.
 *
 * A batch always starts from the same state, so it always has the same answer, on every ISA and
 * under every way of running it.
 */
#ifndef TRIVIUM_GUEST_BIN_KERNELS_H
#define TRIVIUM_GUEST_BIN_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* The pages in which a kernel wants its work memory. */
enum kernel_pages {
    PAGES_ANY,
    PAGES_SMALL, /* of 4 KiB; and as much memory as the user says */
    PAGES_LARGE, /* of 2 MiB; the same */
};

struct kernel {
    const char *name;
    const char *operation; /* what one operation is, for --list */
    uint64_t operations;   /* in one batch */
    char unit;             /* of the printed rate: 'M' or 'k' operations a second */
    size_t memory;         /* bytes of work memory that prepare and batch need, or 0 */
    void (*prepare)(void *memory, size_t size);   /* fills it before the first batch; may be NULL */
    int (*batch)(void *memory, uint64_t *answer); /* 0, or -1 with errno */
    enum kernel_pages pages;                      /* PAGES_ANY: `memory` bytes of any */
};

/* Those of paging.c. */
void chase_prepare(void *memory, size_t size);
int chase_batch(void *memory, uint64_t *answer);
int touch_batch(void *memory, uint64_t *answer);
enum { CHASE_LOADS = 65536, TOUCH_PAGES = 256 };

/* All kernels, in the order in which mix runs them. */
extern const struct kernel kernels[];
extern const size_t kernel_count;

#endif
