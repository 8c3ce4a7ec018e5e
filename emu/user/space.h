/*
 * space.h: the address space of a user-mode guest.
 *
 *     gva 0x0000000000  never mapped: a NULL pointer faults
 *         0x0000010000  the program's segments, then the heap (brk), growing up
 *             ...
 *                       mappings (mmap), each below those before it
 *         0x3fff700000  1 MiB that mmap leaves free, so that a stack overflow faults
 *         0x3fff800000  the stack, 8 MiB, growing down
 *         0x4000000000  the end: Linux's user half of Sv39
 *
 * All of it is one reservation in the host's address space, hva = base + gva, and every guest page
 * is a host page. So the host kernel can be handed guest buffers as they are, and answers EFAULT by
 * itself: the host page's protection is what the guest may do with the page. One thing is never
 * passed on: the right to execute. Guest code is data to the host.
 *
 * The guest's own accesses are checked against `perm`, one byte a page (emu/cpu/mem.h), which is
 * kept in step with the host's protections here and nowhere else.
 *
 * Failures of the calls below are the guest's business, so they are answers for the guest: minus a
 * Linux errno. Addresses are not randomised: a program sees the same ones in every run.
 */
#ifndef TRIVIUM_EMU_USER_SPACE_H
#define TRIVIUM_EMU_USER_SPACE_H

#include "emu/cpu/mem.h"
#include "lib/err.h"

#include <stddef.h>

#define SPACE_SPAN         (UINT64_C(1) << 38)
#define SPACE_LOWEST       UINT64_C(0x10000) /* as vm.mmap_min_addr on most hosts */
#define SPACE_STACK_SIZE   (UINT64_C(8) << 20)
#define SPACE_STACK_GAP    (UINT64_C(1) << 20)
#define SPACE_STACK_BOTTOM (SPACE_SPAN - SPACE_STACK_SIZE)
#define SPACE_MAP_TOP      (SPACE_STACK_BOTTOM - SPACE_STACK_GAP)

struct space {
    uint8_t *base;     /* owned: the reservation, SPACE_SPAN bytes and a guard page */
    uint8_t *perm;     /* owned: SPACE_SPAN / MEM_PAGE_SIZE bytes of enum mem_perm */
    uint64_t heap;     /* where the heap starts: page aligned, behind the program's segments */
    uint64_t heap_end; /* the current break */

    /* Nothing was ever mapped between these: so that whoever goes through all pages need not look
     * at the hole in the middle, which is nearly all. Page aligned. */
    uint64_t low_end, high_start;
};

/* What mmap(2) is asked for; prot, flags as Linux numbers them. */
struct space_request {
    uint64_t gva;
    uint64_t length;
    uint64_t prot;
    uint64_t flags;
    int fd;
    uint64_t offset;
};

/* An empty space. Fails when the host does not give that much address space (ulimit -v). */
int space_init(struct space *space, struct err *err);
void space_fini(struct space *space);

/* What an engine sees of it. */
struct mem space_mem(const struct space *space);

/* As mmap(2), munmap(2), mprotect(2) and brk(2) of Linux on rv64. */
int64_t space_map(struct space *space, const struct space_request *request);
int space_unmap(struct space *space, uint64_t gva, uint64_t length);
int space_protect(struct space *space, uint64_t gva, uint64_t length, uint64_t prot);
uint64_t space_brk(struct space *space, uint64_t wanted);

/* Is every page of [gva, gva + length) mapped (with whatever rights)? */
bool space_is_mapped(const struct space *space, uint64_t gva, uint64_t length);

/*
 * A pointer for the host kernel, which will itself find out what is mapped. NULL stays NULL; what
 * is not inside the space becomes an address that no process may use: EFAULT.
 */
void *space_pointer(const struct space *space, uint64_t gva);
void *space_buffer(const struct space *space, uint64_t gva, uint64_t length);

/* For Trivium's own reads and writes of guest memory: 0, or -EFAULT and nothing useful copied. */
int space_read(const struct space *space, uint64_t gva, void *to, size_t size);
int space_write(const struct space *space, uint64_t gva, const void *from, size_t size);

/* The string's length; text then holds it with its NUL. -EFAULT; -ENAMETOOLONG if it does not fit.
 */
int64_t space_string(const struct space *space, uint64_t gva, char *text, size_t size);

#endif
