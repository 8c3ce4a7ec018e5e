/*
 * sys_file.c: system calls on files that cannot just be passed on: structs that hold addresses or
 * are laid out differently, requests whose arguments depend on another argument, and
 * /proc/self/exe.
 */
#include "emu/user/syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* struct stat of rv64 Linux (asm-generic/stat.h): 128 bytes, the fields in another order than
 * x86-64's. */
struct guest_stat {
    uint64_t dev;
    uint64_t ino;
    uint32_t mode;
    uint32_t nlink;
    uint32_t uid;
    uint32_t gid;
    uint64_t rdev;
    uint64_t pad1;
    int64_t size;
    int32_t blksize;
    int32_t pad2;
    int64_t blocks;
    int64_t atime_sec;
    uint64_t atime_nsec;
    int64_t mtime_sec;
    uint64_t mtime_nsec;
    int64_t ctime_sec;
    uint64_t ctime_nsec;
    uint32_t unused[2];
};

_Static_assert(sizeof(struct guest_stat) == 128, "rv64's struct stat");

static int64_t write_stat(const struct process *process, uint64_t gva, const struct stat *host)
{
    const struct guest_stat guest = {
        .dev = host->st_dev,
        .ino = host->st_ino,
        .mode = host->st_mode,
        .nlink = (uint32_t)host->st_nlink,
        .uid = host->st_uid,
        .gid = host->st_gid,
        .rdev = host->st_rdev,
        .size = host->st_size,
        .blksize = (int32_t)host->st_blksize,
        .blocks = host->st_blocks,
        .atime_sec = host->st_atim.tv_sec,
        .atime_nsec = (uint64_t)host->st_atim.tv_nsec,
        .mtime_sec = host->st_mtim.tv_sec,
        .mtime_nsec = (uint64_t)host->st_mtim.tv_nsec,
        .ctime_sec = host->st_ctim.tv_sec,
        .ctime_nsec = (uint64_t)host->st_ctim.tv_nsec,
    };

    return space_write(&process->program.space, gva, &guest, sizeof guest);
}

/* fstat(fd, status) */
int64_t sys_fstat(struct process *process, const uint64_t a[6])
{
    struct stat status;

    if (fstat((int)a[0], &status) == -1)
        return -errno;
    return write_stat(process, a[1], &status);
}

/* newfstatat(dirfd, path, status, flags) */
int64_t sys_newfstatat(struct process *process, const uint64_t a[6])
{
    const char *path = space_pointer(&process->program.space, a[1]);
    struct stat status;

    if (syscall(SYS_newfstatat, (int)a[0], path, &status, (int)a[3]) == -1)
        return -errno;
    return write_stat(process, a[2], &status);
}

/* openat(dirfd, path, flags, mode) */
int64_t sys_openat(struct process *process, const uint64_t a[6])
{
    const struct space *space = &process->program.space;
    const char *host_path = space_pointer(space, a[1]);
    char path[PATH_MAX];
    long fd;

    if (space_string(space, a[1], path, sizeof path) > 0)
        host_path = process_path(process, path);
    fd = syscall(SYS_openat, (int)a[0], host_path, (int)a[2], (mode_t)a[3]);
    return fd == -1 ? -errno : fd;
}

/* readlinkat(dirfd, path, buffer, size) */
int64_t sys_readlinkat(struct process *process, const uint64_t a[6])
{
    const struct space *space = &process->program.space;
    int size = (int)a[3];
    char path[PATH_MAX];
    const char *own;
    size_t length;
    long got;

    if (size <= 0)
        return -EINVAL;
    if (space_string(space, a[1], path, sizeof path) > 0) {
        own = process_path(process, path);
        length = strlen(own) < (size_t)size ? strlen(own) : (size_t)size;
        if (own != path)
            return space_write(space, a[2], own, length) < 0 ? -EFAULT : (int64_t)length;
    }
    got = syscall(SYS_readlinkat, (int)a[0], space_pointer(space, a[1]),
                  space_buffer(space, a[2], (uint64_t)size), size);
    return got == -1 ? -errno : got;
}

/* The guest's array of buffers, as the host's. */
static int64_t read_vector(const struct process *process, uint64_t gva, uint64_t count,
                           struct iovec vector[IOV_MAX])
{
    const struct space *space = &process->program.space;

    if (count > IOV_MAX)
        return -EINVAL;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t guest[2]; /* address, length */

        if (space_read(space, gva + i * sizeof guest, guest, sizeof guest) < 0)
            return -EFAULT;
        vector[i] = (struct iovec){space_buffer(space, guest[0], guest[1]), guest[1]};
    }
    return 0;
}

/* readv(fd, vector, count), writev(...), and the same with an offset as the fourth argument */
static int64_t transfer(const struct process *process, long host_number, const uint64_t a[6])
{
    struct iovec vector[IOV_MAX];
    int64_t result = read_vector(process, a[1], a[2], vector);

    if (result < 0)
        return result;
    result = syscall(host_number, (int)a[0], vector, a[2], a[3], UINT64_C(0));
    return result == -1 ? -errno : result;
}

int64_t sys_readv(struct process *process, const uint64_t a[6])
{
    return transfer(process, SYS_readv, a);
}

int64_t sys_writev(struct process *process, const uint64_t a[6])
{
    return transfer(process, SYS_writev, a);
}

int64_t sys_preadv(struct process *process, const uint64_t a[6])
{
    return transfer(process, SYS_preadv, a);
}

int64_t sys_pwritev(struct process *process, const uint64_t a[6])
{
    return transfer(process, SYS_pwritev, a);
}

/* fcntl(fd, command, argument): what the argument is depends on the command */
int64_t sys_fcntl(struct process *process, const uint64_t a[6])
{
    int64_t result;

    switch ((int)a[1]) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
    case F_GETFD:
    case F_SETFD:
    case F_GETFL:
    case F_SETFL:
    case F_GETPIPE_SZ:
    case F_SETPIPE_SZ: result = syscall(SYS_fcntl, (int)a[0], (int)a[1], a[2]); break;
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
        result =
            syscall(SYS_fcntl, (int)a[0], (int)a[1], space_pointer(&process->program.space, a[2]));
        break;
    default: return fcntl((int)a[0], F_GETFD) == -1 ? -errno : -EINVAL;
    }
    return result == -1 ? -errno : result;
}

/* ioctl(fd, request, argument): only requests that ask; whatever else is "not a terminal" */
int64_t sys_ioctl(struct process *process, const uint64_t a[6])
{
    switch ((uint32_t)a[1]) {
    case TCGETS:
    case TIOCGWINSZ:
    case FIONREAD:
        if (syscall(SYS_ioctl, (int)a[0], a[1], space_pointer(&process->program.space, a[2])) == -1)
            return -errno;
        return 0;
    default: return fcntl((int)a[0], F_GETFD) == -1 ? -errno : -ENOTTY;
    }
}

/* pselect6(count, read, write, except, timeout, {mask, its size}): the last holds an address */
int64_t sys_pselect6(struct process *process, const uint64_t a[6])
{
    const struct space *space = &process->program.space;
    uint64_t guest[2] = {0, 0};
    struct {
        void *mask;
        uint64_t size;
    } mask;
    long result;

    if (a[5] != 0 && space_read(space, a[5], guest, sizeof guest) < 0)
        return -EFAULT;
    mask.mask = space_pointer(space, guest[0]);
    mask.size = guest[1];
    result =
        syscall(SYS_pselect6, (int)a[0], space_pointer(space, a[1]), space_pointer(space, a[2]),
                space_pointer(space, a[3]), space_pointer(space, a[4]), &mask);
    return result == -1 ? -errno : result;
}
