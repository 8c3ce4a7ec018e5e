/* space.c: mapping, unmapping and protecting guest pages; see space.h for the picture. */
#include "emu/user/space.h"

#include <assert.h>
#include <errno.h>
#include <sys/mman.h>

#define PAGE_COUNT (SPACE_SPAN >> MEM_PAGE_SHIFT)

/* Address space that is taken, but is no memory until somebody uses it. */
#define RESERVED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

/* The guest's numbers are Linux's, which are this host's; and PROT_* are MEM_*. */
_Static_assert(MEM_READ == PROT_READ && MEM_WRITE == PROT_WRITE && MEM_EXEC == PROT_EXEC,
               "page permissions are numbered like PROT_*");

static uint64_t page_up(uint64_t gva)
{
    return (gva + MEM_PAGE_SIZE - 1) & ~(MEM_PAGE_SIZE - 1);
}

static bool is_page_aligned(uint64_t value)
{
    return (value & (MEM_PAGE_SIZE - 1)) == 0;
}

/* Is [gva, gva + length) inside the space? Written so that nothing can overflow. */
static bool is_inside(uint64_t gva, uint64_t length)
{
    return length <= SPACE_SPAN && gva <= SPACE_SPAN - length;
}

/* Writable implies readable, as in the page tables of Linux on RISC-V (and of x86). */
static uint8_t perm_from_prot(uint64_t prot)
{
    uint64_t perm = prot & (MEM_READ | MEM_WRITE | MEM_EXEC);

    if (perm & MEM_WRITE)
        perm |= MEM_READ;
    return (uint8_t)(perm | MEM_MAPPED);
}

/* Never PROT_EXEC; but what the guest may execute, the interpreter must be able to read. */
static int host_prot(uint8_t perm)
{
    int prot = perm & (MEM_READ | MEM_WRITE);

    if (perm & MEM_EXEC)
        prot |= PROT_READ;
    return prot;
}

static void set_perm(struct space *space, uint64_t gva, uint64_t length, uint8_t perm)
{
    if (perm != 0 && gva < SPACE_SPAN / 2 && gva + length > space->low_end)
        space->low_end = gva + length;
    if (perm != 0 && gva + length > SPACE_SPAN / 2 && gva < space->high_start)
        space->high_start = gva < SPACE_SPAN / 2 ? SPACE_SPAN / 2 : gva;
    memset(space->perm + (gva >> MEM_PAGE_SHIFT), perm, length >> MEM_PAGE_SHIFT);
}

int space_init(struct space *space, struct err *err)
{
    *space = (struct space){.heap = SPACE_LOWEST,
                            .heap_end = SPACE_LOWEST,
                            .low_end = SPACE_LOWEST,
                            .high_start = SPACE_SPAN};
    space->base = mmap(NULL, SPACE_SPAN + MEM_PAGE_SIZE, PROT_NONE, RESERVED, -1, 0);
    if (space->base == MAP_FAILED) {
        err_sys(err, errno, "reserving %llu GiB of address space for the guest",
                (unsigned long long)(SPACE_SPAN >> 30));
        goto out;
    }
    space->perm = mmap(NULL, PAGE_COUNT, PROT_READ | PROT_WRITE, RESERVED, -1, 0);
    if (space->perm == MAP_FAILED) {
        err_sys(err, errno, "reserving %llu MiB for page permissions",
                (unsigned long long)(PAGE_COUNT >> 20));
        goto out_base;
    }
    /* A huge page for the few bytes that most programs use would have to be zeroed at each exec. */
    madvise(space->perm, PAGE_COUNT, MADV_NOHUGEPAGE);
    return 0;

out_base:
    munmap(space->base, SPACE_SPAN + MEM_PAGE_SIZE);
out:
    return err_hint(err, "ulimit -v unlimited (the space is only reserved, memory is not used)");
}

void space_fini(struct space *space)
{
    munmap(space->base, SPACE_SPAN + MEM_PAGE_SIZE);
    munmap(space->perm, PAGE_COUNT);
    *space = (struct space){0};
}

struct mem space_mem(const struct space *space)
{
    return (struct mem){.base = space->base, .perm = space->perm, .span = SPACE_SPAN};
}

/* The gva behind the last page of [gva, gva + length) that is mapped; gva if none is. */
static uint64_t end_of_last_mapped(const struct space *space, uint64_t gva, uint64_t length)
{
    uint64_t first = gva >> MEM_PAGE_SHIFT;
    uint64_t page = first + (length >> MEM_PAGE_SHIFT);

    while (page > first && space->perm[page - 1] == 0)
        page--;
    return page << MEM_PAGE_SHIFT;
}

static bool is_free(const struct space *space, uint64_t gva, uint64_t length)
{
    return end_of_last_mapped(space, gva, length) == gva;
}

/* How many bytes from gva on, up to length, are mapped without a hole. Both page aligned. */
static uint64_t mapped_prefix(const struct space *space, uint64_t gva, uint64_t length)
{
    uint64_t done = 0;

    while (done < length && space->perm[(gva + done) >> MEM_PAGE_SHIFT] != 0)
        done += MEM_PAGE_SIZE;
    return done;
}

bool space_is_mapped(const struct space *space, uint64_t gva, uint64_t length)
{
    uint64_t first = gva & ~(MEM_PAGE_SIZE - 1);

    if (!is_inside(gva, length))
        return false;
    return mapped_prefix(space, first, page_up(gva + length) - first) ==
           page_up(gva + length) - first;
}

/*
 * The highest free range below SPACE_MAP_TOP: 0 when there is none. A linear search, one byte a
 * page that is in the way; a list of ranges would be faster and would be one more truth to keep.
 */
static uint64_t find_free(const struct space *space, uint64_t length)
{
    uint64_t end = SPACE_MAP_TOP;

    while (end >= SPACE_LOWEST + length) {
        uint64_t used = end_of_last_mapped(space, end - length, length);

        if (used == end - length)
            return used;
        end = used - MEM_PAGE_SIZE;
    }
    return 0;
}

/* Where the request goes, or -errno. */
static int64_t place(const struct space *space, const struct space_request *request,
                     uint64_t length)
{
    uint64_t gva = request->gva;

    if (request->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
        if (!is_page_aligned(gva))
            return -EINVAL;
        if (!is_inside(gva, length))
            return -ENOMEM;
        if (gva < SPACE_LOWEST)
            return -EPERM;
        if ((request->flags & MAP_FIXED_NOREPLACE) && !is_free(space, gva, length))
            return -EEXIST;
        return (int64_t)gva;
    }
    /* Without MAP_FIXED the address is a wish, granted when nothing is in the way. */
    gva &= ~(MEM_PAGE_SIZE - 1);
    if (gva >= SPACE_LOWEST && gva < SPACE_MAP_TOP && length <= SPACE_MAP_TOP - gva &&
        is_free(space, gva, length))
        return (int64_t)gva;
    gva = length <= SPACE_SPAN ? find_free(space, length) : 0;
    return gva != 0 ? (int64_t)gva : -ENOMEM;
}

/*
 * Some hosts, when a file will not be mapped, have by then removed what lay there before. Then the
 * reservation is put back; if the range is still taken, nothing was removed.
 */
static void repair(struct space *space, uint64_t gva, uint64_t length)
{
    if (mmap(space->base + gva, length, PROT_NONE, RESERVED | MAP_FIXED_NOREPLACE, -1, 0) !=
        MAP_FAILED)
        set_perm(space, gva, length, 0);
}

int64_t space_map(struct space *space, const struct space_request *request)
{
    /* What we cannot give is refused; what does not change the meaning is ignored, as in Linux. */
    const uint64_t refused = MAP_GROWSDOWN | MAP_HUGETLB;
    const uint64_t passed = MAP_TYPE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_POPULATE | MAP_LOCKED;
    uint64_t length = page_up(request->length);
    uint8_t perm = perm_from_prot(request->prot);
    int64_t gva;

    if (request->length == 0 || !is_page_aligned(request->offset) || (request->flags & refused))
        return -EINVAL;
    if (length < request->length)
        return -ENOMEM;
    gva = place(space, request, length);
    if (gva < 0)
        return gva;
    if (mmap(space->base + gva, length, host_prot(perm), (int)(request->flags & passed) | MAP_FIXED,
             request->fd, (off_t)request->offset) == MAP_FAILED) {
        int error = errno;

        repair(space, (uint64_t)gva, length);
        return -error;
    }
    set_perm(space, (uint64_t)gva, length, perm);
    return gva;
}

int space_unmap(struct space *space, uint64_t gva, uint64_t length)
{
    uint64_t bytes = page_up(length);

    if (length == 0 || !is_page_aligned(gva) || bytes < length || !is_inside(gva, bytes))
        return -EINVAL;
    /* The reservation is put back: nothing else of the host may ever come to lie there. */
    if (mmap(space->base + gva, bytes, PROT_NONE, RESERVED | MAP_FIXED, -1, 0) == MAP_FAILED)
        return -errno;
    set_perm(space, gva, bytes, 0);
    return 0;
}

int space_protect(struct space *space, uint64_t gva, uint64_t length, uint64_t prot)
{
    uint8_t perm = perm_from_prot(prot);
    uint64_t bytes = page_up(length);
    uint64_t mapped;

    if (!is_page_aligned(gva) || (prot & ~(uint64_t)(PROT_READ | PROT_WRITE | PROT_EXEC)))
        return -EINVAL;
    if (bytes < length || !is_inside(gva, bytes))
        return -ENOMEM;
    mapped = mapped_prefix(space, gva, bytes);
    if (mapped != 0 && mprotect(space->base + gva, mapped, host_prot(perm)) == -1)
        return -errno;
    set_perm(space, gva, mapped, perm);
    return mapped == bytes ? 0 : -ENOMEM; /* as Linux: what comes before a hole is changed */
}

uint64_t space_brk(struct space *space, uint64_t wanted)
{
    uint64_t old_end = page_up(space->heap_end);
    uint64_t new_end = page_up(wanted);

    if (wanted < space->heap || wanted > SPACE_MAP_TOP)
        return space->heap_end;
    if (new_end < old_end && space_unmap(space, new_end, old_end - new_end) < 0)
        return space->heap_end;
    if (new_end > old_end) {
        const struct space_request more = {
            .gva = old_end,
            .length = new_end - old_end,
            .prot = PROT_READ | PROT_WRITE,
            .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
            .fd = -1,
        };

        /* One page stays free between the heap and what follows it. */
        if (!is_free(space, old_end, more.length + MEM_PAGE_SIZE) || space_map(space, &more) < 0)
            return space->heap_end;
    }
    space->heap_end = wanted;
    return wanted;
}

/* The last page of the host's 64-bit space: in the kernel's half on every architecture. */
static void *nowhere(void)
{
    return (void *)(UINTPTR_MAX - (MEM_PAGE_SIZE - 1));
}

void *space_pointer(const struct space *space, uint64_t gva)
{
    return space_buffer(space, gva, 1);
}

void *space_buffer(const struct space *space, uint64_t gva, uint64_t length)
{
    if (gva == 0)
        return NULL;
    return is_inside(gva, length) ? space->base + gva : nowhere();
}

/* May all of [gva, gva + size) be accessed that way? */
static bool may(const struct space *space, uint64_t gva, uint64_t size, enum mem_perm perm)
{
    if (!is_inside(gva, size))
        return false;
    for (uint64_t page = gva >> MEM_PAGE_SHIFT; page << MEM_PAGE_SHIFT < gva + size; page++) {
        if (!(space->perm[page] & perm))
            return false;
    }
    return true;
}

int space_read(const struct space *space, uint64_t gva, void *to, size_t size)
{
    if (!may(space, gva, size, MEM_READ))
        return -EFAULT;
    memcpy(to, space->base + gva, size);
    return 0;
}

int space_write(const struct space *space, uint64_t gva, const void *from, size_t size)
{
    if (!may(space, gva, size, MEM_WRITE))
        return -EFAULT;
    memcpy(space->base + gva, from, size);
    return 0;
}

int64_t space_string(const struct space *space, uint64_t gva, char *text, size_t size)
{
    assert(size > 0);
    for (size_t length = 0; length < size; length++) {
        if (space_read(space, gva + length, &text[length], 1) < 0)
            return -EFAULT;
        if (text[length] == '\0')
            return (int64_t)length;
    }
    return -ENAMETOOLONG;
}
