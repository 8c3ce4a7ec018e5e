/* The disk: a virtio block device as /dev/vda. Bytes at any offset, by way of one page.
 *
 * There is no cache: what is read comes from the device, what is written is on it when write
 * returns. Requests are made one at a time. Who wants to make one takes the disk first (`taken`),
 * and sleeps until it is free; meanwhile the page, the position of the file and the device are his.
 * Source: VIRTIO 1.1, chapter 5.2.
 */
#include "guest/kernel/virtio_blk.h"

#include "guest/kernel/inode.h"
#include "guest/kernel/irq.h"
#include "guest/kernel/page.h"
#include "guest/kernel/space.h"
#include "guest/kernel/spinlock.h"
#include "guest/kernel/virtio_mmio.h"
#include "guest/kernel/wait.h"

#include <errno.h>
#include <machine/cpu.h>
#include <sys/stat.h>

enum { KIND_BLOCK = 2, NUMBER_VDA = 254 << 8, SECTOR = 512, FEATURE_READ_ONLY = 1 << 5 };
enum { REQUEST_READ = 0, REQUEST_WRITE = 1 };
enum { STATUS_OK = 0, STATUS_PENDING = 255 };

/* The parts of a request besides its data. */
struct request {
    uint32_t kind;
    uint32_t reserved;
    uint64_t sector;
    uint8_t status; /* the device writes it */
};

static struct {
    struct spinlock lock;
    struct virtio_device device; /* lock, or taken */
    struct inode *inode;         /* constant */
    bool interrupts;             /* constant */
    bool taken;                  /* lock: somebody makes a request */
    bool waiting;                /* lock: and the device has not answered it yet */
    struct wait_queue free;      /* lock: who wants to take it */
    struct wait_queue answer;    /* lock: who has taken it */
    struct request *request;     /* taken; in a page of its own */
    uint8_t *data;               /* taken: a page */
} disk = {.lock = SPINLOCK_INIT("disk")};

static void disk_take(void)
{
    spin_lock(&disk.lock);
    while (disk.taken)
        wait_sleep_surely(&disk.free, &disk.lock);
    disk.taken = true;
    spin_unlock(&disk.lock);
}

static void disk_release(void)
{
    spin_lock(&disk.lock);
    disk.taken = false;
    wait_wake(&disk.free);
    spin_unlock(&disk.lock);
}

/* With the lock held. */
static void look_for_answer(void)
{
    if (disk.waiting && virtio_answered(&disk.device)) {
        disk.waiting = false;
        wait_wake(&disk.answer);
    }
}

static void disk_interrupt(void *argument)
{
    (void)argument;
    spin_lock(&disk.lock);
    virtio_acknowledge(&disk.device);
    look_for_answer();
    spin_unlock(&disk.lock);
}

/* Moves `sectors` between the page and the disk. The caller has taken it. Returns 0 or -EIO. */
static int transfer(uint32_t kind, uint64_t sector, uint32_t sectors)
{
    if (disk.device.broken)
        return -EIO;
    *disk.request = (struct request){.kind = kind, .sector = sector, .status = STATUS_PENDING};
    const struct virtio_buffer buffers[] = {
        {disk.request, offsetof(struct request, status), false},
        {disk.data, sectors * SECTOR, kind == REQUEST_READ},
        {&disk.request->status, 1, true},
    };
    spin_lock(&disk.lock);
    disk.waiting = true;
    virtio_submit(&disk.device, buffers, ARRAY_SIZE(buffers));
    while (disk.waiting) {
        if (disk.interrupts) {
            wait_sleep_surely(&disk.answer, &disk.lock);
        } else {
            cpu_relax();
            look_for_answer();
        }
    }
    spin_unlock(&disk.lock);
    return disk.device.broken || disk.request->status != STATUS_OK ? -EIO : 0;
}

/* A piece of a read or write: the bytes of it that lie within one page of the disk. */
struct piece {
    uint64_t sector;  /* the first it touches */
    uint32_t sectors; /* how many it touches */
    uint32_t start;   /* where its bytes start in them */
    size_t size;      /* how many bytes */
};

/* The next piece of `size` bytes at an offset, of which all lie on the disk. */
static struct piece next_piece(uint64_t offset, size_t size)
{
    uint64_t in_page = PAGE_SIZE - offset % PAGE_SIZE;
    size_t count = size < in_page ? size : in_page;
    uint32_t start = (uint32_t)(offset % SECTOR);
    return (struct piece){
        .sector = offset / SECTOR,
        .sectors = (uint32_t)((start + count + SECTOR - 1) / SECTOR),
        .start = start,
        .size = count,
    };
}

static int read_piece(const struct piece *piece, struct space *space, uint64_t to)
{
    int error = transfer(REQUEST_READ, piece->sector, piece->sectors);
    return error ? error : copy_to_user(space, to, disk.data + piece->start, piece->size);
}

static int write_piece(const struct piece *piece, struct space *space, uint64_t from)
{
    /* Sectors of which only a part is written must be read first. */
    int error = 0;
    if (piece->start != 0 || (piece->start + piece->size) % SECTOR != 0)
        error = transfer(REQUEST_READ, piece->sector, piece->sectors);
    if (!error)
        error = copy_from_user(space, disk.data + piece->start, from, piece->size);
    return error ? error : transfer(REQUEST_WRITE, piece->sector, piece->sectors);
}

/* Reads or writes from the file's position on, up to the end of the disk. */
static int64_t move(struct file *file, struct space *space, uint64_t buffer, size_t size,
                    int (*move_piece)(const struct piece *, struct space *, uint64_t))
{
    uint64_t end = disk.inode->contents.size;
    size_t done = 0;
    int error = 0;
    disk_take();
    uint64_t left = file->position < end ? end - file->position : 0;
    if (size > left)
        size = left;
    while (done < size && !error) {
        struct piece piece = next_piece(file->position, size - done);
        error = move_piece(&piece, space, buffer + done);
        if (!error) {
            done += piece.size;
            file->position += piece.size;
        }
    }
    disk_release();
    return done > 0 ? (int64_t)done : error;
}

static int64_t disk_read(struct file *file, struct space *space, uint64_t buffer, size_t size)
{
    return move(file, space, buffer, size, read_piece);
}

static int64_t disk_write(struct file *file, struct space *space, uint64_t buffer, size_t size)
{
    int64_t count = move(file, space, buffer, size, write_piece);
    return count == 0 && size > 0 ? -ENOSPC : count;
}

static const struct file_operations disk_file = {
    .read = disk_read,
    .write = disk_write,
    .seek = inode_file_seek,
    .status = inode_file_status,
    .close = inode_file_close,
};

static const struct inode_operations disk_inode = {.file = &disk_file};

/* Finds the device and starts it. Returns false if there is none that works. */
static bool find_device(void)
{
    struct place place;
    uint32_t index = 0;
    bool found = place_find(DEVICE_VIRTIO, index, &place);
    while (found && !virtio_probe(&disk.device, &place, KIND_BLOCK))
        found = place_find(DEVICE_VIRTIO, ++index, &place);
    if (!found)
        return false;
    if (!virtio_start(&disk.device, 0)) {
        printk("disk: the device does not agree with its driver\n");
        return false;
    }
    return true;
}

void virtio_blk_boot(void)
{
    if (!find_device())
        return;
    if (!memory_reserve(2))
        panic("no memory for the disk");
    disk.request = page_alloc(PAGE_ZEROED);
    disk.data = page_alloc(PAGE_ZEROED);
    disk.interrupts = irq_register(disk.device.line, disk_interrupt, NULL);
    disk.inode = device_add("vda", S_IFBLK | 0600, NUMBER_VDA, &disk_inode);
    uint64_t sectors = virtio_config(&disk.device, 0) | (uint64_t)virtio_config(&disk.device, 4)
                                                            << 32;
    disk.inode->contents.size = sectors < INT64_MAX / SECTOR ? sectors * SECTOR : 0;
}
