/* The address space of a process: areas, the page table that follows from them, and copying to and
 * from it.
 *
 * An area is a range of addresses with one protection and one origin: zeros, or a file from an
 * offset on. Pages come when they are touched (space_fault()): a page of a file that lies page
 * aligned in memory, as those of the initrd do, is mapped in place and copied only when written;
 * after a fork, so are all pages. Large pages are for those who ask (space_advise_large()). Where
 * only a part of one is given other rights, unmapped or copied, it is cut up before.
 *
 * What a space may ever need is charged when its areas change (page.h): a page for each page of
 * each charged area, and the page tables for all of them. So a fault never fails for want of
 * memory.
 *
 * A space belongs to one process, whose own system calls and faults are all that change it: it
 * needs no lock.
 */
#ifndef TRIVIUM_GUEST_KERNEL_SPACE_H
#define TRIVIUM_GUEST_KERNEL_SPACE_H

#include "guest/kernel/kernel.h"

struct file;

enum { AREAS_MAX = 40 };

/* A program's stack has at most so many bytes, its arguments not counted. */
#define STACK_LIMIT ((uint64_t)8 << 20)
/* So many bytes at the top of user space are for the stack, its arguments, and a gap below them:
 * nothing is mapped there unasked, so that an overflow is a fault. */
#define STACK_ROOM (STACK_LIMIT + ((uint64_t)1 << 20))

enum area_flags {
    AREA_READ = 1,
    AREA_WRITE = 2,
    AREA_EXEC = 4,
    AREA_CHARGED = 16, /* its pages are charged */
    AREA_SHARED = 32,  /* zeros that stay the same pages after a fork; all there from the start */
    AREA_LARGE = 64,   /* zeros that may come as large pages */
};

struct area {
    uint64_t start; /* page aligned */
    uint64_t end;
    uint32_t flags;
    struct file *file;    /* NULL: zeros; else a reference of the area's own */
    uint64_t file_offset; /* of the page at start */
    uint64_t file_end;    /* bytes of the file from here on are zeros in the area */
};

struct space {
    void *root;           /* the top page table */
    uint64_t charge;      /* pages charged for areas and tables */
    uint64_t size;        /* bytes of all areas; atomic, because /proc reads it */
    uint64_t large_count; /* large pages; atomic for the same reason */
    uint64_t break_start; /* where brk's heap starts */
    uint64_t break_end;   /* and ends */
    uint32_t area_count;
    struct area areas[AREAS_MAX]; /* in order of address, without overlap */
};

/* An empty space: a root table and nothing else. Returns 0, or -ENOMEM. */
int space_init(struct space *space);
/* Gives everything back. The space must not be loaded in any processor. */
void space_fini(struct space *space);

/* Lets two spaces change places. */
void space_swap(struct space *a, struct space *b);

/* Makes `child` (not initialised) a copy-on-write copy. Returns 0 or -ENOMEM. */
int space_fork(struct space *child, struct space *parent);

/* The part of it that is not about pages: the areas, their files with a reference more. */
void space_copy_areas(struct space *to, const struct space *from);

/* Maps a range. `area` is copied; its file, if any, gets a reference more. The range must be free.
 * AREA_CHARGED is set as needed. Returns 0, -ENOMEM or -EINVAL. */
int space_map(struct space *space, const struct area *area);
/* Maps one page that is there, for reading and executing; it gets a reference more. The same
 * answers. */
int space_map_page(struct space *space, uint64_t address, const void *page);
int space_unmap(struct space *space, uint64_t start, uint64_t end);
/* protection: AREA_READ, AREA_WRITE, AREA_EXEC. Everything in the range must be mapped, or -ENOMEM.
 */
int space_protect(struct space *space, uint64_t start, uint64_t end, uint32_t protection);

/* Lets pages come as large ones where a program has asked for it: where an area of zeros has room
 * for all of one, nothing of it has been touched, and there is one. Or no longer: then what is
 * there is cut up, too. What cannot have large pages is left as it is. The same answers. */
int space_advise_large(struct space *space, uint64_t start, uint64_t end, bool large);

/* A free range of that size, as high as possible below STACK_ROOM; 0 if there is none. */
uint64_t space_find_free(const struct space *space, uint64_t size);
bool space_is_free(const struct space *space, uint64_t start, uint64_t end);
const struct area *space_area(const struct space *space, uint64_t address);

/* Bytes of all areas, and of the large pages in them. */
uint64_t space_size(const struct space *space);
uint64_t space_large_size(const struct space *space);

/* For those who make or drop large pages: so many more. */
void space_count_large(struct space *space, int64_t more);

/* Makes an access possible that the page table does not allow. access: AREA_READ, AREA_WRITE or
 * AREA_EXEC. Returns the page in the kernel's map, or NULL if the program has no right to that
 * access. Never fails for want of memory. */
void *space_fault(struct space *space, uint64_t address, uint32_t access);

/* The same for any access, NULL for addresses that are no user addresses; with the offset in the
 * page. For those who copy. */
void *space_touch(struct space *space, uint64_t address, uint32_t access);

/* Copies between the kernel and a program. Any address is safe to pass. space NULL: the "address"
 * is a kernel pointer, so that the kernel itself may be the caller of what serves programs. Returns
 * 0, or -EFAULT; then some of it may have been copied. */
int copy_from_user(struct space *space, void *to, uint64_t from, size_t size);
int copy_to_user(struct space *space, uint64_t to, const void *from, size_t size);

/* Copies a text and its NUL, at most size bytes with it. Returns its length without the NUL,
 * -ENAMETOOLONG if there is no NUL so far, or -EFAULT. */
int64_t copy_text_from_user(struct space *space, char *to, uint64_t from, size_t size);

/* The length of such a text, without copying it. */
int64_t text_length_user(struct space *space, uint64_t from, size_t size);

/* Copies from one space to another. */
int copy_between(struct space *to_space, uint64_t to, struct space *from_space, uint64_t from,
                 size_t size);

#endif
