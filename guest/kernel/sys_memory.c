/* System calls on memory. */
#include "guest/kernel/file.h"
#include "guest/kernel/process.h"
#include "guest/kernel/random.h"
#include "guest/kernel/syscall.h"

#include <machine/paging.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

/* Rounds a length up to pages. Returns false if that is more than user space. */
static bool round_length(uint64_t *length)
{
    if (*length > USER_LIMIT)
        return false;
    *length = page_up(*length);
    return true;
}

/* PROT_* as area flags; false for a bit that means nothing here. */
static bool protection_flags(uint64_t protection, uint32_t *flags)
{
    *flags = (protection & PROT_READ ? AREA_READ : 0U) |
             (protection & PROT_WRITE ? AREA_WRITE : 0U) |
             (protection & PROT_EXEC ? AREA_EXEC : 0U);
    return !(protection & ~(uint64_t)(PROT_READ | PROT_WRITE | PROT_EXEC));
}

/* Moves the end of the heap. Returns whether that could be done. */
static bool break_move(struct space *space, uint64_t end)
{
    uint64_t old_pages = page_up(space->break_end);
    if (end < space->break_start || end > USER_LIMIT)
        return false;
    uint64_t new_pages = page_up(end);
    if (new_pages > old_pages) {
        const struct area more = {
            .start = old_pages, .end = new_pages, .flags = AREA_READ | AREA_WRITE};
        if (space_map(space, &more) < 0)
            return false;
    } else if (new_pages < old_pages && space_unmap(space, new_pages, old_pages) < 0) {
        return false;
    }
    space->break_end = end;
    return true;
}

/* brk(end): answers with where the heap ends now, moved or not. */
int64_t sys_brk(const uint64_t args[6])
{
    struct space *space = &process_current()->space;
    break_move(space, args[0]);
    return (int64_t)space->break_end;
}

/* Where a mapping goes: at the address asked for, if it must, or if that is free and not the
 * stack's room. Returns 0 if there is no room. */
static uint64_t choose_start(const struct space *space, uint64_t wanted, uint64_t length,
                             bool fixed)
{
    if (fixed)
        return wanted;
    wanted = page_down(wanted);
    const uint64_t top = USER_LIMIT - STACK_ROOM;
    if (wanted >= PAGE_SIZE && wanted <= top && length <= top - wanted &&
        space_is_free(space, wanted, wanted + length))
        return wanted;
    return space_find_free(space, length);
}

/* Finds the file for a mapping that is to have these flags. Returns 0 or -errno. */
static int file_for_mapping(int64_t descriptor, struct file **file)
{
    *file = file_of_descriptor(descriptor);
    if (!*file)
        return -EBADF;
    if (((*file)->flags & O_ACCMODE) == O_WRONLY)
        return -EACCES;
    return (*file)->operations->read_at ? 0 : -ENODEV;
}

/* Whether a mapping is of a kind that there is: a private one, or shared memory without a file. */
static bool flags_are_good(uint64_t flags)
{
    if (flags & MAP_SHARED)
        return flags & MAP_ANONYMOUS && !(flags & MAP_PRIVATE);
    return flags & MAP_PRIVATE;
}

/* mmap(address, length, protection, flags, descriptor, offset) */
int64_t sys_mmap(const uint64_t args[6])
{
    struct space *space = &process_current()->space;
    uint64_t length = args[1];
    uint64_t offset = args[5];
    bool fixed = args[3] & MAP_FIXED;
    struct area area = {.file_end = UINT64_MAX};
    if (length == 0 || !flags_are_good(args[3]) || !protection_flags(args[2], &area.flags))
        return -EINVAL;
    if (args[3] & MAP_SHARED)
        area.flags |= AREA_SHARED;
    if (!round_length(&length))
        return -ENOMEM;
    if (!(args[3] & MAP_ANONYMOUS)) {
        if (offset % PAGE_SIZE != 0 || offset > INT64_MAX - length)
            return -EINVAL;
        int result = file_for_mapping((int32_t)args[4], &area.file);
        if (result < 0)
            return result;
        area.file_offset = offset;
    }
    if (fixed && (args[0] % PAGE_SIZE != 0 || args[0] < PAGE_SIZE))
        return -EINVAL;
    if (fixed && (args[0] > USER_LIMIT || length > USER_LIMIT - args[0]))
        return -ENOMEM;

    area.start = choose_start(space, args[0], length, fixed);
    if (area.start == 0)
        return -ENOMEM;
    area.end = area.start + length;
    int result = fixed ? space_unmap(space, area.start, area.end) : 0;
    if (result == 0)
        result = space_map(space, &area);
    return result < 0 ? result : (int64_t)area.start;
}

/* munmap(address, length) */
int64_t sys_munmap(const uint64_t args[6])
{
    uint64_t length = args[1];
    if (args[0] % PAGE_SIZE != 0 || length == 0 || !round_length(&length) ||
        args[0] > USER_LIMIT - length)
        return -EINVAL;
    return space_unmap(&process_current()->space, args[0], args[0] + length);
}

/* mprotect(address, length, protection) */
int64_t sys_mprotect(const uint64_t args[6])
{
    uint64_t length = args[1];
    uint32_t flags;
    if (args[0] % PAGE_SIZE != 0 || !protection_flags(args[2], &flags))
        return -EINVAL;
    if (!round_length(&length) || args[0] > USER_LIMIT - length)
        return -ENOMEM;
    if (length == 0)
        return 0;
    return space_protect(&process_current()->space, args[0], args[0] + length, flags);
}

/* madvise(address, length, advice): what is advised about large pages. There is nothing to be
 * gained here by other advice. */
int64_t sys_madvise(const uint64_t args[6])
{
    uint64_t length = args[1];
    if (args[0] % PAGE_SIZE != 0 || (args[2] != MADV_HUGEPAGE && args[2] != MADV_NOHUGEPAGE))
        return -EINVAL;
    if (!round_length(&length) || args[0] > USER_LIMIT - length)
        return -ENOMEM;
    if (length == 0)
        return 0;
    return space_advise_large(&process_current()->space, args[0], args[0] + length,
                              args[2] == MADV_HUGEPAGE);
}

/* getrandom(buffer, size, flags) */
int64_t sys_getrandom(const uint64_t args[6])
{
    enum { FLAGS_KNOWN = 7, SIZE_MAX_AT_ONCE = 1 << 20 };
    if (args[2] & ~(uint64_t)FLAGS_KNOWN)
        return -EINVAL;
    uint64_t size = args[1] < SIZE_MAX_AT_ONCE ? args[1] : SIZE_MAX_AT_ONCE;
    for (uint64_t done = 0; done < size;) {
        uint64_t word = random_next();
        uint64_t piece = size - done < sizeof(word) ? size - done : sizeof(word);
        if (copy_to_user(&process_current()->space, args[0] + done, &word, piece) < 0)
            return -EFAULT;
        done += piece;
    }
    return (int64_t)size;
}
