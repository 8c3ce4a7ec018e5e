/* Open files, and the descriptors that stand for them. See file.h.
 *
 * A process's descriptors are its own: only its system calls use them, one at a time. So the table
 * needs no lock; what it refers to may be shared with other processes, and counts its references.
 * Read next: sys_file.c (system calls), inode.h (files by name), pipe.c, tty.c
 */
#include "guest/kernel/inode.h"

#include "guest/kernel/console.h"
#include "guest/kernel/controller.h"
#include "guest/kernel/descriptor.h"
#include "guest/kernel/pool.h"
#include "guest/kernel/process.h"
#include "guest/kernel/virtio_blk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static struct pool file_pool = POOL_INIT("file", sizeof(struct file));

struct file *file_new(const struct file_operations *operations, void *object, uint32_t flags)
{
    struct file *file = pool_alloc(&file_pool);
    if (file)
        *file = (struct file){
            .operations = operations, .object = object, .references = 1, .flags = flags};
    return file;
}

struct file *file_get(struct file *file)
{
    __atomic_add_fetch(&file->references, 1, __ATOMIC_RELAXED);
    return file;
}

void file_put(struct file *file)
{
    uint32_t left = __atomic_sub_fetch(&file->references, 1, __ATOMIC_ACQ_REL);
    require(left != UINT32_MAX);
    if (left > 0)
        return;
    if (file->operations->close)
        file->operations->close(file);
    pool_free(&file_pool, file);
}

static uint64_t bit(int64_t descriptor)
{
    return (uint64_t)1 << (descriptor % 64);
}

struct file *file_of_descriptor(int64_t descriptor)
{
    if (descriptor < 0 || descriptor >= FILES_MAX)
        return NULL;
    return process_current()->files.file[descriptor];
}

int64_t descriptor_new(struct file *file, int64_t least, bool close_on_exec)
{
    struct files *files = &process_current()->files;
    for (int64_t i = least; i < FILES_MAX; i++) {
        if (!files->file[i]) {
            files->file[i] = file;
            descriptor_mark(i, close_on_exec);
            return i;
        }
    }
    return -EMFILE;
}

void descriptor_mark(int64_t descriptor, bool close_on_exec)
{
    uint64_t *word = &process_current()->files.close_on_exec[descriptor / 64];
    *word = close_on_exec ? *word | bit(descriptor) : *word & ~bit(descriptor);
}

bool descriptor_is_marked(int64_t descriptor)
{
    return process_current()->files.close_on_exec[descriptor / 64] & bit(descriptor);
}

struct file *descriptor_replace(int64_t descriptor, struct file *file)
{
    struct files *files = &process_current()->files;
    struct file *before = files->file[descriptor];
    files->file[descriptor] = file;
    descriptor_mark(descriptor, false);
    return before;
}

void files_boot(void)
{
    ramfs_boot();
    initrd_boot();
    devices_boot();
    procfs_boot();
    controller_boot();
    console_boot();
    virtio_blk_boot();
}

int files_init(struct files *files)
{
    struct inode *inode;
    fs_lock();
    int error = path_find(inode_root(), "/dev/console", &inode);
    require(!error);
    struct file *console = inode_open(inode, O_RDWR);
    inode_put(inode);
    if (console)
        files->folder = inode_get(inode_root());
    fs_unlock();
    if (!console)
        return -ENOMEM;
    files->file[0] = console;
    files->file[1] = file_get(console);
    files->file[2] = file_get(console);
    return 0;
}

void files_fork(struct files *child, const struct files *parent)
{
    *child = *parent;
    for (int i = 0; i < FILES_MAX; i++) {
        if (child->file[i])
            file_get(child->file[i]);
    }
    if (child->folder) {
        fs_lock();
        inode_get(child->folder);
        fs_unlock();
    }
}

void files_exec(struct files *files)
{
    for (int64_t i = 0; i < FILES_MAX; i++) {
        if (files->file[i] && files->close_on_exec[i / 64] & bit(i)) {
            file_put(files->file[i]);
            files->file[i] = NULL;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(files->close_on_exec); i++)
        files->close_on_exec[i] = 0;
}

void files_exit(struct files *files)
{
    for (int i = 0; i < FILES_MAX; i++) {
        if (files->file[i])
            file_put(files->file[i]);
    }
    if (files->folder) {
        fs_lock();
        inode_put(files->folder);
        fs_unlock();
    }
    *files = (struct files){0};
}

int file_open_program(const char *path, struct file **file)
{
    struct inode *inode;
    fs_lock();
    int error = path_find(process_current()->files.folder, path, &inode);
    if (!error) {
        bool program =
            S_ISREG(inode->mode) && (inode->mode & 0111) && inode->operations->file->read_at;
        *file = program ? inode_open(inode, O_RDONLY) : NULL;
        error = !program ? -EACCES : *file ? 0 : -ENOMEM;
        inode_put(inode);
    }
    fs_unlock();
    return error;
}

uint64_t file_size(struct file *file)
{
    const struct inode *inode = file->object;
    require(file->operations->read_at);
    fs_lock();
    uint64_t size = inode->contents.size;
    fs_unlock();
    return size;
}
