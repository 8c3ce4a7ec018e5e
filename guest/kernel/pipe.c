/* Pipes.
 *
 * The bytes stand in one page, a ring:
 *
 *        0                                        4095
 *       |......xxxxxxxxxxxxxxxxxxx....................|
 *              ^ start % 4096     ^ (start + used) % 4096
 *
 * A write of up to 4096 bytes (PIPE_BUF) waits until all of it fits, so that it arrives in one
 * piece. The page is charged when the pipe is made and allocated when something is written.
 */
#include "guest/kernel/pipe.h"

#include "guest/kernel/descriptor.h"
#include "guest/kernel/page.h"
#include "guest/kernel/pool.h"
#include "guest/kernel/process.h"
#include "guest/kernel/space.h"
#include "guest/kernel/spinlock.h"
#include "guest/kernel/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

struct pipe {
    struct spinlock lock;
    uint8_t *page;  /* lock; NULL before the first write */
    uint32_t start; /* lock: where the next byte is read */
    uint32_t used;  /* lock: how many there are */
    bool reader;    /* lock: whether the end for reading is open */
    bool writer;
    struct wait_queue readable; /* more bytes, or no writer any more */
    struct wait_queue writable; /* more room, or no reader any more */
};

static struct pool pipes = POOL_INIT("pipe", sizeof(struct pipe));

/* The first part of `size` bytes from ring position `at` on: up to the end of the page. */
static uint32_t first_part(uint32_t at, uint32_t size)
{
    uint32_t left = PAGE_SIZE - at % PAGE_SIZE;
    return size < left ? size : left;
}

/* Takes up to `size` bytes out. Returns how many, or -EFAULT and leaves them. */
static int64_t take(struct pipe *pipe, struct space *space, uint64_t buffer, size_t size)
{
    uint32_t count = size < pipe->used ? (uint32_t)size : pipe->used;
    uint32_t first = first_part(pipe->start, count);
    if (copy_to_user(space, buffer, pipe->page + pipe->start, first) < 0 ||
        copy_to_user(space, buffer + first, pipe->page, count - first) < 0)
        return -EFAULT;
    pipe->start = (pipe->start + count) % PAGE_SIZE;
    pipe->used -= count;
    return count;
}

/* Puts in as much of `size` bytes as there is room for. Returns how many, or -EFAULT and puts none.
 */
static int64_t put(struct pipe *pipe, struct space *space, uint64_t buffer, size_t size)
{
    uint32_t room = (uint32_t)PAGE_SIZE - pipe->used;
    uint32_t count = size < room ? (uint32_t)size : room;
    uint32_t at = (pipe->start + pipe->used) % PAGE_SIZE;
    uint32_t first = first_part(at, count);
    if (!pipe->page)
        pipe->page = page_alloc(PAGE_ZEROED);
    if (copy_from_user(space, pipe->page + at, buffer, first) < 0 ||
        copy_from_user(space, pipe->page, buffer + first, count - first) < 0)
        return -EFAULT;
    pipe->used += count;
    return count;
}

static int64_t pipe_read(struct file *file, struct space *space, uint64_t buffer, size_t size)
{
    struct pipe *pipe = file->object;
    int64_t result = 0;
    if (size == 0)
        return 0;
    spin_lock(&pipe->lock);
    while (pipe->used == 0 && pipe->writer && !result) {
        if (file->flags & O_NONBLOCK)
            result = -EAGAIN;
        else
            result = wait_sleep(&pipe->readable, &pipe->lock);
    }
    if (pipe->used > 0 && !result) {
        result = take(pipe, space, buffer, size);
        wait_wake(&pipe->writable);
    }
    spin_unlock(&pipe->lock);
    return result;
}

/* Waits until so much of a write can be put in as must go in at once. Returns 0 or -errno. */
static int64_t await_room(struct file *file, struct pipe *pipe, size_t size)
{
    uint64_t needed = size <= PAGE_SIZE ? size : 1;
    int64_t result = 0;
    while (pipe->reader && PAGE_SIZE - pipe->used < needed && !result) {
        if (file->flags & O_NONBLOCK)
            result = -EAGAIN;
        else
            result = wait_sleep(&pipe->writable, &pipe->lock);
    }
    return pipe->reader ? result : -EPIPE;
}

static int64_t pipe_write(struct file *file, struct space *space, uint64_t buffer, size_t size)
{
    struct pipe *pipe = file->object;
    size_t done = 0;
    int64_t result = 0;
    spin_lock(&pipe->lock);
    while (done < size && result >= 0) {
        /* What is left of a long write need not stay together. */
        result = await_room(file, pipe, done == 0 ? size : PAGE_SIZE + 1);
        if (result < 0)
            break;
        result = put(pipe, space, buffer + done, size - done);
        if (result > 0) {
            done += (size_t)result;
            wait_wake(&pipe->readable);
        }
    }
    spin_unlock(&pipe->lock);
    if (result == -EPIPE)
        signal_send(process_current()->pid, SIGPIPE);
    return done > 0 ? (int64_t)done : result;
}

static int64_t pipe_status(struct file *file, struct space *space, uint64_t stat)
{
    struct stat status = {
        .st_ino = (ino_t)(uintptr_t)file->object,
        .st_mode = S_IFIFO | 0600,
        .st_nlink = 1,
        .st_blksize = PAGE_SIZE,
    };
    return copy_to_user(space, stat, &status, sizeof(status));
}

/* One end is closed: the other end is told, or the pipe freed if it was the last. */
static void close_end(struct pipe *pipe, bool *end)
{
    spin_lock(&pipe->lock);
    *end = false;
    bool last = !pipe->reader && !pipe->writer;
    wait_wake(&pipe->readable);
    wait_wake(&pipe->writable);
    spin_unlock(&pipe->lock);
    if (!last)
        return;
    if (pipe->page)
        page_put(pipe->page);
    memory_release(1);
    pool_free(&pipes, pipe);
}

static void pipe_close_reader(struct file *file)
{
    struct pipe *pipe = file->object;
    close_end(pipe, &pipe->reader);
}

static void pipe_close_writer(struct file *file)
{
    struct pipe *pipe = file->object;
    close_end(pipe, &pipe->writer);
}

static const struct file_operations reader_operations = {
    .read = pipe_read,
    .status = pipe_status,
    .close = pipe_close_reader,
};

static const struct file_operations writer_operations = {
    .write = pipe_write,
    .status = pipe_status,
    .close = pipe_close_writer,
};

static struct pipe *pipe_new(void)
{
    if (!memory_reserve(1))
        return NULL;
    struct pipe *pipe = pool_alloc(&pipes);
    if (!pipe) {
        memory_release(1);
        return NULL;
    }
    spin_init(&pipe->lock, "pipe");
    pipe->reader = true;
    pipe->writer = true;
    return pipe;
}

int pipe_open(uint32_t flags, struct file *ends[2])
{
    struct pipe *pipe = pipe_new();
    if (!pipe)
        return -ENOMEM;
    ends[0] = file_new(&reader_operations, pipe, O_RDONLY | flags);
    if (!ends[0]) {
        pipe->reader = false;
        close_end(pipe, &pipe->writer);
        return -ENOMEM;
    }
    ends[1] = file_new(&writer_operations, pipe, O_WRONLY | flags);
    if (!ends[1]) {
        pipe->writer = false;
        file_put(ends[0]);
        return -ENOMEM;
    }
    return 0;
}
