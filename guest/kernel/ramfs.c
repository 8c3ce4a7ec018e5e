/* Files and folders in memory.
 *
 * A file's pages hang in a tree of tables, like a page table:
 *
 *   height 1                 height 2
 *   root -> [0 .. 511]       root -> [0 .. 511]
 *            |    |                   |     |
 *          page  page          [0..511]    [0..511] -> pages 512 * 511 ..
 *
 * A page exists when something was written to it; each page and each table is charged (page.h). See
 * struct contents in inode.h for what stands for the others. Read next: initrd.c
 */
#include "guest/kernel/inode.h"

#include "guest/kernel/page.h"
#include "guest/kernel/space.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

enum { SLOTS = 512, SLOT_BITS = 9 };

static struct inode *root;

struct inode *inode_root(void)
{
    return root;
}

static void *charged_page(void)
{
    return memory_reserve(1) ? page_alloc(PAGE_ZEROED) : NULL;
}

static void free_page(void *page)
{
    page_put(page);
    memory_release(1);
}

/* How many pages a tree of this height has room for. */
static uint64_t room(uint32_t height)
{
    return height == 0 ? 0 : (uint64_t)1 << (SLOT_BITS * height);
}

/* The page of the file with this number; NULL: none was written. */
static uint8_t *find_page(const struct contents *contents, uint64_t number)
{
    if (number >= room(contents->height))
        return NULL;
    void **table = contents->root;
    for (uint32_t level = contents->height - 1; table && level > 0; level--)
        table = table[number >> (SLOT_BITS * level) & (SLOTS - 1)];
    return table ? table[number & (SLOTS - 1)] : NULL;
}

/* Makes the tree high enough for the page. Returns false if there is no memory. */
static bool grow_tree(struct contents *contents, uint64_t number)
{
    while (number >= room(contents->height)) {
        void **table = charged_page();
        if (!table)
            return false;
        table[0] = contents->root;
        contents->root = table;
        contents->height++;
    }
    return true;
}

/* The bytes of the initrd that belong into the page, if any. */
static size_t initial_bytes(const struct contents *contents, uint64_t number)
{
    uint64_t offset = number * PAGE_SIZE;
    if (offset >= contents->initial_size)
        return 0;
    uint64_t left = contents->initial_size - offset;
    return left < PAGE_SIZE ? left : PAGE_SIZE;
}

/* The page of the file with this number, made if need be. NULL: no memory. */
static uint8_t *make_page(struct contents *contents, uint64_t number)
{
    uint8_t *page = find_page(contents, number);
    if (page)
        return page;
    if (!grow_tree(contents, number))
        return NULL;
    void **table = contents->root;
    for (uint32_t level = contents->height - 1; level > 0; level--) {
        void **slot = &table[number >> (SLOT_BITS * level) & (SLOTS - 1)];
        if (!*slot)
            *slot = charged_page();
        if (!*slot)
            return NULL; /* the tables that were made stay for the next try */
        table = *slot;
    }
    page = charged_page();
    if (page && contents->initial)
        memcpy(page, contents->initial + number * PAGE_SIZE, initial_bytes(contents, number));
    table[number & (SLOTS - 1)] = page;
    return page;
}

/* Frees the pages of a table from number `first` on, counted within it; and the table with the last
 * of them. height is the table's. Returns the table, or NULL. */
static void **cut_tree(void **table, uint32_t height, uint64_t first)
{
    if (!table)
        return NULL;
    uint64_t each = room(height - 1); /* pages behind an entry */
    for (uint64_t i = height > 1 ? first / each : first; i < SLOTS; i++) {
        if (height > 1) {
            uint64_t start = i * each;
            table[i] = cut_tree(table[i], height - 1, first > start ? first - start : 0);
        } else if (table[i]) {
            free_page(table[i]);
            table[i] = NULL;
        }
    }
    if (first > 0)
        return table;
    free_page(table);
    return NULL;
}

void ramfs_resize(struct inode *inode, uint64_t size)
{
    struct contents *contents = &inode->contents;
    require(fs_is_locked());
    if (size < contents->size) {
        uint64_t pages = size / PAGE_SIZE + (size % PAGE_SIZE != 0);
        if (pages < room(contents->height))
            contents->root = cut_tree(contents->root, contents->height, pages);
        if (!contents->root)
            contents->height = 0;
        uint8_t *last = find_page(contents, size / PAGE_SIZE);
        if (last)
            memset(last + size % PAGE_SIZE, 0, PAGE_SIZE - size % PAGE_SIZE);
        if (contents->initial_size > size)
            contents->initial_size = size;
    }
    contents->size = size;
}

static void ramfs_free(struct inode *inode)
{
    ramfs_resize(inode, 0);
}

/* How many of `size` bytes at `offset` lie in the same page. */
static size_t within_page(uint64_t offset, size_t size)
{
    size_t left = PAGE_SIZE - offset % PAGE_SIZE;
    return size < left ? size : left;
}

/* Copies bytes out of one page of the file; all of them are before its end. Returns 0 or -EFAULT.
 */
static int copy_out(const struct contents *contents, uint64_t offset, struct space *space,
                    uint64_t to, size_t size)
{
    uint64_t number = offset / PAGE_SIZE;
    const uint8_t *page = find_page(contents, number);
    if (page)
        return copy_to_user(space, to, page + offset % PAGE_SIZE, size);

    size_t initial = 0;
    if (offset < contents->initial_size) {
        uint64_t left = contents->initial_size - offset;
        initial = left < size ? left : size;
        if (copy_to_user(space, to, contents->initial + offset, initial) < 0)
            return -EFAULT;
    }
    static const uint8_t zeros[256];
    for (size_t done = initial; done < size;) {
        size_t count = size - done < sizeof(zeros) ? size - done : sizeof(zeros);
        if (copy_to_user(space, to + done, zeros, count) < 0)
            return -EFAULT;
        done += count;
    }
    return 0;
}

/* Reads from an offset on. Returns how many bytes, or -EFAULT if none. */
static int64_t read_from(const struct contents *contents, uint64_t offset, struct space *space,
                         uint64_t to, size_t size)
{
    size_t done = 0;
    if (offset >= contents->size)
        return 0;
    if (size > contents->size - offset)
        size = contents->size - offset;
    while (done < size) {
        size_t count = within_page(offset + done, size - done);
        if (copy_out(contents, offset + done, space, to + done, count) < 0)
            return done > 0 ? (int64_t)done : -EFAULT;
        done += count;
    }
    return (int64_t)done;
}

/* Copies bytes into one page of the file. Returns 0 or -errno; then the file is as it was, but for
 * bytes that were copied before the buffer ended. */
static int copy_in(struct contents *contents, uint64_t offset, struct space *space, uint64_t from,
                   size_t size)
{
    uint8_t *page = make_page(contents, offset / PAGE_SIZE);
    if (!page)
        return -ENOSPC;
    uint64_t end = offset + size;
    if (copy_from_user(space, page + offset % PAGE_SIZE, from, size) < 0) {
        /* Behind the size everything must be zero. */
        uint64_t wrong = contents->size > offset ? contents->size : offset;
        if (wrong < end)
            memset(page + offset % PAGE_SIZE + (wrong - offset), 0, end - wrong);
        return -EFAULT;
    }
    if (end > contents->size)
        contents->size = end;
    return 0;
}

static int64_t write_to(struct contents *contents, uint64_t offset, struct space *space,
                        uint64_t from, size_t size)
{
    size_t done = 0;
    if (offset > INT64_MAX - size)
        return -EFBIG;
    while (done < size) {
        size_t count = within_page(offset + done, size - done);
        int error = copy_in(contents, offset + done, space, from + done, count);
        if (error)
            return done > 0 ? (int64_t)done : error;
        done += count;
    }
    return (int64_t)done;
}

static int64_t ramfs_read(struct file *file, struct space *space, uint64_t buffer, size_t size)
{
    const struct inode *inode = file->object;
    fs_lock();
    int64_t count = read_from(&inode->contents, file->position, space, buffer, size);
    if (count > 0)
        file->position += (uint64_t)count;
    fs_unlock();
    return count;
}

static int64_t ramfs_write(struct file *file, struct space *space, uint64_t buffer, size_t size)
{
    struct inode *inode = file->object;
    fs_lock();
    if (file->flags & O_APPEND)
        file->position = inode->contents.size;
    int64_t count = write_to(&inode->contents, file->position, space, buffer, size);
    if (count > 0)
        file->position += (uint64_t)count;
    fs_unlock();
    return count;
}

static int64_t ramfs_read_at(struct file *file, void *buffer, size_t size, uint64_t offset)
{
    const struct inode *inode = file->object;
    bool nested = fs_is_locked(); /* a page fault in the middle of a read or write */
    if (!nested)
        fs_lock();
    int64_t count = read_from(&inode->contents, offset, NULL, (uint64_t)(uintptr_t)buffer, size);
    if (!nested)
        fs_unlock();
    return count;
}

/* Only pages of the initrd never change. */
static const void *ramfs_resident(struct file *file, uint64_t offset)
{
    const struct inode *inode = file->object;
    const struct contents *contents = &inode->contents;
    const void *page = NULL;
    bool nested = fs_is_locked();
    if (!nested)
        fs_lock();
    if (offset % PAGE_SIZE == 0 && initial_bytes(contents, offset / PAGE_SIZE) == PAGE_SIZE &&
        (uintptr_t)(contents->initial + offset) % PAGE_SIZE == 0 &&
        !find_page(contents, offset / PAGE_SIZE))
        page = contents->initial + offset;
    if (!nested)
        fs_unlock();
    return page;
}

static struct inode *folder_lookup(struct inode *folder, const char *name, size_t length)
{
    for (struct inode *inode = folder->first; inode; inode = inode->next) {
        /* The first letter decides most of them. */
        if (inode->name[0] == name[0] && strncmp(inode->name, name, length) == 0 &&
            inode->name[length] == '\0')
            return inode_get(inode);
    }
    return NULL;
}

/* Positions are inode numbers: a folder's are in order, and none is used again. */
static bool folder_next(struct inode *folder, uint64_t position, struct entry *entry)
{
    const struct inode *inode = folder->first;
    while (inode && inode->number < position)
        inode = inode->next;
    if (!inode)
        return false;
    *entry = (struct entry){
        .name = inode->name,
        .number = inode->number,
        .mode = inode->mode,
        .next = inode->number + 1,
    };
    return true;
}

static struct inode *folder_make(struct inode *folder, uint32_t mode, const char *name,
                                 size_t length)
{
    struct inode *inode = ramfs_new(mode, name, length, false);
    if (inode)
        inode_attach(folder, inode_get(inode));
    return inode;
}

static const struct file_operations file_file = {
    .read = ramfs_read,
    .write = ramfs_write,
    .read_at = ramfs_read_at,
    .resident = ramfs_resident,
    .seek = inode_file_seek,
    .status = inode_file_status,
    .close = inode_file_close,
};

static const struct file_operations folder_file = {
    .seek = inode_file_seek,
    .status = inode_file_status,
    .list = inode_file_list,
    .close = inode_file_close,
};

static const struct inode_operations file_operations = {.free = ramfs_free, .file = &file_file};

static const struct inode_operations folder_operations = {
    .lookup = folder_lookup,
    .next = folder_next,
    .create = folder_make,
    .file = &folder_file,
};

struct inode *ramfs_new(uint32_t mode, const char *name, size_t length, bool lasting)
{
    bool folder = (mode & S_IFMT) == S_IFDIR;
    return inode_new(folder ? &folder_operations : &file_operations, mode, name, length, lasting);
}

void ramfs_boot(void)
{
    root = ramfs_new(S_IFDIR | 0755, "", 0, true);
    if (!root)
        panic("no memory for the root folder");
}
