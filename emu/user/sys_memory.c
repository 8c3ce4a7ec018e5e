/* sys_memory.c: system calls on the address space; the work is done in space.c. */
#include "emu/user/syscall.h"

#include <errno.h>
#include <sys/mman.h>

/* brk(end) */
int64_t sys_brk(struct process *process, const uint64_t a[6])
{
    return (int64_t)space_brk(&process->program.space, a[0]);
}

/* mmap(address, length, prot, flags, fd, offset) */
int64_t sys_mmap(struct process *process, const uint64_t a[6])
{
    const struct space_request request = {
        .gva = a[0],
        .length = a[1],
        .prot = a[2],
        .flags = a[3],
        .fd = (int)a[4],
        .offset = a[5],
    };

    process_code_changed(process);
    return space_map(&process->program.space, &request);
}

/* munmap(address, length) */
int64_t sys_munmap(struct process *process, const uint64_t a[6])
{
    process_code_changed(process);
    return space_unmap(&process->program.space, a[0], a[1]);
}

/* mprotect(address, length, prot) */
int64_t sys_mprotect(struct process *process, const uint64_t a[6])
{
    process_code_changed(process);
    return space_protect(&process->program.space, a[0], a[1], a[2]);
}

/* The range of an madvise() or msync() on the host, NULL with an errno when it is not mapped. */
static void *checked_range(const struct space *space, uint64_t gva, uint64_t length, int *error)
{
    *error = 0;
    if ((gva & (MEM_PAGE_SIZE - 1)) != 0)
        *error = -EINVAL;
    else if (!space_is_mapped(space, gva, length))
        *error = -ENOMEM;
    return *error == 0 ? space_pointer(space, gva) : NULL;
}

/* madvise(address, length, advice) */
int64_t sys_madvise(struct process *process, const uint64_t a[6])
{
    int error;
    void *hva = checked_range(&process->program.space, a[0], a[1], &error);

    if (error != 0)
        return error;
    switch ((int)a[2]) {
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_WILLNEED:
    case MADV_DONTNEED:
    case MADV_FREE:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE: return madvise(hva, a[1], (int)a[2]) == -1 ? -errno : 0;
    default: return -EINVAL; /* others would change what the range is after a fork */
    }
}

/* msync(address, length, flags) */
int64_t sys_msync(struct process *process, const uint64_t a[6])
{
    int error;
    void *hva = checked_range(&process->program.space, a[0], a[1], &error);

    if (error != 0)
        return error;
    return msync(hva, a[1], (int)a[2]) == -1 ? -errno : 0;
}

/*
 * riscv_flush_icache(start, end, flags): the guest has written code. An engine that has kept some
 * looks at it again, wherever it lies.
 */
int64_t sys_riscv_flush_icache(struct process *process, const uint64_t a[6])
{
    process_code_changed(process);
    (void)a;
    return 0;
}
