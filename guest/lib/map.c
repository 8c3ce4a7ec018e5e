/* System calls on memory: mappings and the end of the heap. */
#include "guest/lib/syscall.h"

#include <stdint.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    return (void *)syscall6(SYS_mmap, (long)address, (long)size, protection, flags, fd, offset);
}

int munmap(void *address, size_t size)
{
    return (int)syscall2(SYS_munmap, (long)address, (long)size);
}

int mprotect(void *address, size_t size, int protection)
{
    return (int)syscall3(SYS_mprotect, (long)address, (long)size, protection);
}

int madvise(void *address, size_t size, int advice)
{
    return (int)syscall3(SYS_madvise, (long)address, (long)size, advice);
}

/* The kernel's brk never fails: it answers with where the heap ends now, moved or not. */
static uintptr_t brk_move(uintptr_t end)
{
    return (uintptr_t)syscall_raw(SYS_brk, (long)end, 0, 0, 0, 0, 0);
}

int brk(void *end)
{
    if (brk_move((uintptr_t)end) == (uintptr_t)end)
        return 0;
    errno = ENOMEM;
    return -1;
}

void *sbrk(ptrdiff_t change)
{
    uintptr_t end = brk_move(0);
    if (change != 0 && brk((void *)(end + (uintptr_t)change)) < 0)
        return (void *)-1;
    return (void *)end;
}

ssize_t getrandom(void *data, size_t size, unsigned int flags)
{
    return syscall3(SYS_getrandom, (long)data, (long)size, (long)flags);
}
