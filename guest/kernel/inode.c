/* Inodes: their life, their place in the tree, and what all open files of the tree have in common.
 * See inode.h. Read next: path.c, ramfs.c */
#include "guest/kernel/inode.h"

#include "guest/kernel/descriptor.h"
#include "guest/kernel/pool.h"
#include "guest/kernel/space.h"
#include "guest/kernel/spinlock.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    struct spinlock lock;
    struct pool inodes;
    struct pool long_names;
    uint64_t last_number; /* atomic */
} fs = {
    .lock = SPINLOCK_INIT("fs"),
    .inodes = POOL_INIT("inode", sizeof(struct inode)),
    .long_names = POOL_INIT("name", NAME_LONGEST + 1),
};

void fs_lock(void)
{
    spin_lock(&fs.lock);
}

void fs_unlock(void)
{
    spin_unlock(&fs.lock);
}

bool fs_is_locked(void)
{
    return spin_held(&fs.lock);
}

/* Gives the inode its name. Returns false if there is no memory. */
static bool set_name(struct inode *inode, const char *name, size_t length, bool lasting)
{
    if (lasting) {
        inode->name = name;
        return true;
    }
    char *copy = inode->own_name;
    if (length >= sizeof(inode->own_name)) {
        copy = inode->long_name = pool_alloc(&fs.long_names);
        if (!copy)
            return false;
    }
    memcpy(copy, name, length);
    copy[length] = '\0';
    inode->name = copy;
    return true;
}

struct inode *inode_new(const struct inode_operations *operations, uint32_t mode, const char *name,
                        size_t length, bool lasting)
{
    require(length <= NAME_LONGEST);
    struct inode *inode = pool_alloc(&fs.inodes);
    if (!inode)
        return NULL;
    if (!set_name(inode, name, length, lasting)) {
        pool_free(&fs.inodes, inode);
        return NULL;
    }
    inode->operations = operations;
    inode->mode = mode;
    inode->references = 1;
    inode->number = __atomic_add_fetch(&fs.last_number, 1, __ATOMIC_RELAXED);
    return inode;
}

struct inode *inode_get(struct inode *inode)
{
    require(fs_is_locked() && inode->references > 0);
    inode->references++;
    return inode;
}

void inode_put(struct inode *inode)
{
    require(fs_is_locked() && inode->references > 0);
    if (--inode->references > 0)
        return;
    require(!inode->first);
    if (inode->operations->free)
        inode->operations->free(inode);
    if (inode->long_name)
        pool_free(&fs.long_names, inode->long_name);
    pool_free(&fs.inodes, inode);
}

void inode_attach(struct inode *folder, struct inode *inode)
{
    require(fs_is_locked() && !inode->parent);
    inode->parent = folder;
    inode->previous = folder->last;
    if (folder->last)
        folder->last->next = inode;
    else
        folder->first = inode;
    folder->last = inode;
}

void inode_detach(struct inode *inode)
{
    struct inode *folder = inode->parent;
    require(fs_is_locked() && folder);
    if (inode->previous)
        inode->previous->next = inode->next;
    else
        folder->first = inode->next;
    if (inode->next)
        inode->next->previous = inode->previous;
    else
        folder->last = inode->previous;
    inode->next = inode->previous = inode->parent = NULL;
    inode_put(inode);
}

bool inode_is_folder(const struct inode *inode)
{
    return (inode->mode & S_IFMT) == S_IFDIR;
}

struct file *inode_open(struct inode *inode, uint32_t flags)
{
    struct file *file = file_new(inode->operations->file, inode, flags);
    if (file)
        inode_get(inode);
    return file;
}

void inode_file_close(struct file *file)
{
    fs_lock();
    inode_put(file->object);
    fs_unlock();
}

int64_t inode_file_seek(struct file *file, int64_t offset, int whence)
{
    const struct inode *inode = file->object;
    int64_t from = 0;
    int64_t position;
    fs_lock();
    if (whence == SEEK_CUR)
        from = (int64_t)file->position;
    else if (whence == SEEK_END)
        from = (int64_t)inode->contents.size;
    if (whence < SEEK_SET || whence > SEEK_END || __builtin_add_overflow(from, offset, &position) ||
        position < 0)
        position = -EINVAL;
    else
        file->position = (uint64_t)position;
    fs_unlock();
    return position;
}

int64_t inode_status(const struct inode *inode, struct space *space, uint64_t stat)
{
    enum { SECTOR = 512, LINKS_OF_A_FOLDER = 2 };
    fs_lock();
    bool gone = !inode->parent && inode != inode_root();
    struct stat status = {
        .st_dev = 1,
        .st_ino = inode->number,
        .st_mode = inode->mode,
        .st_nlink = gone                     ? 0
                    : inode_is_folder(inode) ? LINKS_OF_A_FOLDER
                                             : 1,
        .st_rdev = inode->device,
        .st_size = (off_t)inode->contents.size,
        .st_blksize = PAGE_SIZE,
        .st_blocks = (long)((inode->contents.size + SECTOR - 1) / SECTOR),
    };
    fs_unlock();
    return copy_to_user(space, stat, &status, sizeof(status));
}

int64_t inode_file_status(struct file *file, struct space *space, uint64_t stat)
{
    return inode_status(file->object, space, stat);
}

/* Writes one record of getdents64. Returns its length, 0 if it does not fit, or -EFAULT.
 * Source: Linux, include/linux/dirent.h, struct linux_dirent64. */
static int64_t put_entry(const struct entry *entry, struct space *space, uint64_t buffer,
                         size_t room)
{
    struct {
        uint64_t number;
        uint64_t next;
        uint16_t length;
        uint8_t kind;
    } head = {.number = entry->number, .next = entry->next, .kind = (uint8_t)(entry->mode >> 12)};
    const size_t name_at = 19; /* right behind kind */
    size_t name_size = strlen(entry->name) + 1;
    size_t length = (name_at + name_size + 7) / 8 * 8;
    if (length > room)
        return 0;
    head.length = (uint16_t)length;
    if (copy_to_user(space, buffer, &head, name_at) < 0 ||
        copy_to_user(space, buffer + name_at, entry->name, name_size) < 0)
        return -EFAULT;
    return (int64_t)length;
}

/* The first entry at or behind a position: "." is at 0, ".." at 1, the folder's own from 2 on. */
static bool next_entry(struct inode *folder, uint64_t position, struct entry *entry)
{
    if (position < 2) {
        const struct inode *shown = position == 1 && folder->parent ? folder->parent : folder;
        *entry = (struct entry){
            .name = position == 0 ? "." : "..",
            .number = shown->number,
            .mode = shown->mode,
            .next = position + 1,
        };
        return true;
    }
    if (!folder->operations->next(folder, position - 2, entry))
        return false;
    entry->next += 2;
    return true;
}

int64_t inode_file_list(struct file *file, struct space *space, uint64_t buffer, size_t size)
{
    struct inode *folder = file->object;
    struct entry entry;
    size_t used = 0;
    int64_t length = 0;
    fs_lock();
    while (next_entry(folder, file->position, &entry)) {
        length = put_entry(&entry, space, buffer + used, size - used);
        if (length <= 0)
            break;
        used += (size_t)length;
        file->position = entry.next;
        length = 0;
    }
    /* Not even one fits: -EINVAL. (length is 0 at the end of the folder, too, but so is used.) */
    bool more = length == 0 && used == 0 && next_entry(folder, file->position, &entry);
    fs_unlock();
    if (used > 0)
        return (int64_t)used;
    return more ? -EINVAL : length;
}
