/* System calls on open files. Those that take a path are in sys_path.c. */
#include "guest/kernel/descriptor.h"
#include "guest/kernel/inode.h"
#include "guest/kernel/pipe.h"
#include "guest/kernel/process.h"
#include "guest/kernel/syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

/* What of the flags of fcntl(2) the C library has no name for.
 * Source: Linux, include/uapi/asm-generic/fcntl.h. */
enum {
    F_DUPFD = 0,
    F_GETFD = 1,
    F_SETFD = 2,
    F_GETFL = 3,
    F_SETFL = 4,
    F_DUPFD_CLOEXEC = 1030,
    FD_CLOEXEC = 1,
};

/* A descriptor as it comes in a register: the lower half counts, as an int. */
static struct file *file_argument(uint64_t argument)
{
    return file_of_descriptor((int32_t)argument);
}

static bool may_read(const struct file *file)
{
    return (file->flags & O_ACCMODE) != O_WRONLY;
}

static bool may_write(const struct file *file)
{
    return (file->flags & O_ACCMODE) != O_RDONLY;
}

static int64_t read_file(struct file *file, uint64_t buffer, uint64_t size)
{
    if (!file || !may_read(file))
        return -EBADF;
    if (!file->operations->read)
        return file->operations->list ? -EISDIR : -EINVAL;
    return file->operations->read(file, &process_current()->space, buffer, size);
}

static int64_t write_file(struct file *file, uint64_t buffer, uint64_t size)
{
    if (!file || !may_write(file))
        return -EBADF;
    if (!file->operations->write)
        return -EINVAL;
    return file->operations->write(file, &process_current()->space, buffer, size);
}

/* No single transfer is longer, so that its count is no errno, as in Linux. */
static uint64_t limited(uint64_t size)
{
    const uint64_t most = INT_MAX & ~(PAGE_SIZE - 1);
    return size < most ? size : most;
}

int64_t sys_read(const uint64_t args[6])
{
    return read_file(file_argument(args[0]), args[1], limited(args[2]));
}

int64_t sys_write(const uint64_t args[6])
{
    return write_file(file_argument(args[0]), args[1], limited(args[2]));
}

/* struct iovec: Linux, include/uapi/linux/uio.h. */
struct part {
    uint64_t start;
    uint64_t size;
};

/* Reads or writes the parts one after the other, up to the first that is not transferred whole. */
static int64_t transfer_parts(const uint64_t args[6],
                              int64_t (*transfer)(struct file *file, uint64_t buffer,
                                                  uint64_t size))
{
    enum { PARTS_MAX = 1024 };
    struct file *file = file_argument(args[0]);
    struct space *space = &process_current()->space;
    struct part part;
    uint64_t total = 0;
    int64_t done = 0;
    if (!file)
        return -EBADF;
    if (args[2] > PARTS_MAX)
        return -EINVAL;
    for (uint64_t i = 0; i < args[2]; i++) {
        if (copy_from_user(space, &part, args[1] + i * sizeof(part), sizeof(part)) < 0)
            return -EFAULT;
        if (part.size > INT64_MAX || total > INT64_MAX - part.size)
            return -EINVAL;
        total += part.size;
    }
    for (uint64_t i = 0; i < args[2]; i++) {
        int64_t count = copy_from_user(space, &part, args[1] + i * sizeof(part), sizeof(part));
        if (count == 0)
            count = transfer(file, part.start, limited(part.size));
        if (count < 0)
            return done > 0 ? done : count;
        done += count;
        if ((uint64_t)count < part.size)
            break;
    }
    return done;
}

int64_t sys_readv(const uint64_t args[6])
{
    return transfer_parts(args, read_file);
}

int64_t sys_writev(const uint64_t args[6])
{
    return transfer_parts(args, write_file);
}

int64_t sys_lseek(const uint64_t args[6])
{
    struct file *file = file_argument(args[0]);
    if (!file)
        return -EBADF;
    if (!file->operations->seek)
        return -ESPIPE;
    return file->operations->seek(file, (int64_t)args[1], (int32_t)args[2]);
}

int64_t sys_fstat(const uint64_t args[6])
{
    struct file *file = file_argument(args[0]);
    if (!file)
        return -EBADF;
    return file->operations->status(file, &process_current()->space, args[1]);
}

int64_t sys_getdents64(const uint64_t args[6])
{
    struct file *file = file_argument(args[0]);
    if (!file)
        return -EBADF;
    if (!file->operations->list)
        return -ENOTDIR;
    return file->operations->list(file, &process_current()->space, args[1], (uint32_t)args[2]);
}

int64_t sys_ioctl(const uint64_t args[6])
{
    struct file *file = file_argument(args[0]);
    if (!file)
        return -EBADF;
    if (!file->operations->control)
        return -ENOTTY;
    return file->operations->control(file, (uint32_t)args[1], &process_current()->space, args[2]);
}

int64_t sys_ftruncate(const uint64_t args[6])
{
    struct file *file = file_argument(args[0]);
    if (!file)
        return -EBADF;
    if (!may_write(file) || !file->operations->resident || (int64_t)args[1] < 0)
        return -EINVAL;
    fs_lock();
    ramfs_resize(file->object, args[1]);
    fs_unlock();
    return 0;
}

int64_t sys_close(const uint64_t args[6])
{
    struct file *file = file_argument(args[0]);
    if (!file)
        return -EBADF;
    descriptor_replace((int32_t)args[0], NULL);
    file_put(file);
    return 0;
}

/* Another descriptor for the same file. */
static int64_t duplicate(struct file *file, int64_t least, bool close_on_exec)
{
    int64_t descriptor = descriptor_new(file_get(file), least, close_on_exec);
    if (descriptor < 0)
        file_put(file);
    return descriptor;
}

int64_t sys_dup(const uint64_t args[6])
{
    struct file *file = file_argument(args[0]);
    return file ? duplicate(file, 0, false) : -EBADF;
}

int64_t sys_dup3(const uint64_t args[6])
{
    struct file *file = file_argument(args[0]);
    int32_t to = (int32_t)args[1];
    uint32_t flags = (uint32_t)args[2];
    if ((int32_t)args[0] == to || flags & ~(uint32_t)O_CLOEXEC)
        return -EINVAL;
    if (!file || to < 0 || to >= FILES_MAX)
        return -EBADF;
    struct file *before = descriptor_replace(to, file_get(file));
    descriptor_mark(to, flags & O_CLOEXEC);
    if (before)
        file_put(before);
    return to;
}

int64_t sys_fcntl(const uint64_t args[6])
{
    const uint32_t changeable = O_APPEND | O_NONBLOCK;
    struct file *file = file_argument(args[0]);
    int32_t descriptor = (int32_t)args[0];
    if (!file)
        return -EBADF;
    switch (args[1]) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        if (args[2] >= FILES_MAX)
            return -EINVAL;
        return duplicate(file, (int64_t)args[2], args[1] == F_DUPFD_CLOEXEC);
    case F_GETFD: return descriptor_is_marked(descriptor) ? FD_CLOEXEC : 0;
    case F_SETFD: descriptor_mark(descriptor, args[2] & FD_CLOEXEC); return 0;
    case F_GETFL: return file->flags;
    case F_SETFL:
        file->flags = (file->flags & ~changeable) | ((uint32_t)args[2] & changeable);
        return 0;
    default: return -EINVAL;
    }
}

int64_t sys_pipe2(const uint64_t args[6])
{
    uint32_t flags = (uint32_t)args[1];
    struct file *ends[2];
    int32_t descriptors[2];
    if (flags & ~(uint32_t)(O_CLOEXEC | O_NONBLOCK))
        return -EINVAL;
    int64_t error = pipe_open(flags & O_NONBLOCK, ends);
    if (error)
        return error;
    int64_t reader = descriptor_new(ends[0], 0, flags & O_CLOEXEC);
    int64_t writer = reader < 0 ? -EMFILE : descriptor_new(ends[1], 0, flags & O_CLOEXEC);
    error = writer < 0 ? writer : 0;
    if (!error) {
        descriptors[0] = (int32_t)reader;
        descriptors[1] = (int32_t)writer;
        error = copy_to_user(&process_current()->space, args[0], descriptors, sizeof(descriptors));
    }
    if (!error)
        return 0;
    if (reader >= 0)
        descriptor_replace(reader, NULL);
    if (writer >= 0)
        descriptor_replace(writer, NULL);
    file_put(ends[0]);
    file_put(ends[1]);
    return error;
}
