/* /dev, and the devices that are no hardware: null and zero. */
#include "guest/kernel/inode.h"
#include "guest/kernel/space.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* /dev, once it is made: constant from then on. */
static struct inode *folder;

/* As Linux numbers them: (major << 8) | minor. */
enum { NUMBER_NULL = 1 << 8 | 3, NUMBER_ZERO = 1 << 8 | 5 };

struct inode *device_add(const char *name, uint32_t mode, uint32_t number,
                         const struct inode_operations *operations)
{
    struct inode *inode = inode_new(operations, mode, name, strlen(name), true);
    if (!inode)
        panic("no memory for /dev/%s", name);
    inode->device = number;
    fs_lock();
    inode_attach(folder, inode);
    fs_unlock();
    return inode;
}

static int64_t null_read(struct file *file, struct space *space, uint64_t buffer, size_t size)
{
    (void)file, (void)space, (void)buffer, (void)size;
    return 0;
}

static int64_t null_write(struct file *file, struct space *space, uint64_t buffer, size_t size)
{
    (void)file, (void)space, (void)buffer;
    return (int64_t)size;
}

static int64_t zero_read(struct file *file, struct space *space, uint64_t buffer, size_t size)
{
    static const uint8_t zeros[256];
    (void)file;
    for (size_t done = 0; done < size;) {
        size_t count = size - done < sizeof(zeros) ? size - done : sizeof(zeros);
        if (copy_to_user(space, buffer + done, zeros, count) < 0)
            return done > 0 ? (int64_t)done : -EFAULT;
        done += count;
    }
    return (int64_t)size;
}

static int64_t no_seek(struct file *file, int64_t offset, int whence)
{
    (void)file, (void)offset, (void)whence;
    return 0;
}

static const struct file_operations null_file = {
    .read = null_read,
    .write = null_write,
    .seek = no_seek,
    .status = inode_file_status,
    .close = inode_file_close,
};

static const struct file_operations zero_file = {
    .read = zero_read,
    .write = null_write,
    .seek = no_seek,
    .status = inode_file_status,
    .close = inode_file_close,
};

static const struct inode_operations null_inode = {.file = &null_file};
static const struct inode_operations zero_inode = {.file = &zero_file};

/* A folder in the root, which the initrd may have brought. */
static struct inode *make_folder(const char *name, uint32_t mode)
{
    struct inode *root = inode_root();
    fs_lock();
    struct inode *inode = root->operations->lookup(root, name, strlen(name));
    if (inode) {
        inode_put(inode); /* the tree has it */
    } else {
        inode = ramfs_new(S_IFDIR | mode, name, strlen(name), true);
        if (!inode)
            panic("no memory for /%s", name);
        inode_attach(root, inode);
    }
    if (!inode_is_folder(inode))
        panic("initrd: /%s is not a folder", name);
    fs_unlock();
    return inode;
}

void devices_boot(void)
{
    make_folder("tmp", 0777);
    folder = make_folder("dev", 0755);
    device_add("null", S_IFCHR | 0666, NUMBER_NULL, &null_inode);
    device_add("zero", S_IFCHR | 0666, NUMBER_ZERO, &zero_inode);
}
