/* System calls that take a path. */
#include "guest/kernel/descriptor.h"
#include "guest/kernel/inode.h"
#include "guest/kernel/page.h"
#include "guest/kernel/process.h"
#include "guest/kernel/syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { SHORT_PATH = 160 };

/* A path from the program. Ended by path_done(). A short one needs no memory, so that a file can be
 * removed when there is none left. */
struct path {
    const char *text;
    struct inode *start; /* where it starts, unless at the root; with a reference */
    char *page;          /* owned: where a long one is; or NULL */
    char short_text[SHORT_PATH];
};

static void free_text(const struct path *path)
{
    if (path->page) {
        page_put(path->page);
        memory_release(1);
    }
}

/* Copies the text. Returns its length or -errno. */
static int64_t get_text(struct path *path, uint64_t text)
{
    struct space *space = &process_current()->space;
    path->page = NULL;
    path->text = path->short_text;
    int64_t length = copy_text_from_user(space, path->short_text, text, SHORT_PATH);
    if (length != -ENAMETOOLONG)
        return length;
    if (!memory_reserve(1))
        return -ENOMEM;
    path->text = path->page = page_alloc(PAGE_AS_IS);
    length = copy_text_from_user(space, path->page, text, PATH_LONGEST + 1);
    if (length < 0)
        free_text(path);
    return length;
}

/* Gets a path argument. `folder` is the descriptor of the folder it starts in, or AT_FDCWD.
 * Returns 0, and then the lock is held, or -errno. */
static int64_t path_begin(struct path *path, uint64_t folder, uint64_t text)
{
    struct inode *start = process_current()->files.folder;
    int64_t length = get_text(path, text);
    if (length < 0)
        return length;
    if (length > 0 && path->text[0] != '/' && (int32_t)folder != AT_FDCWD) {
        const struct file *file = file_of_descriptor((int32_t)folder);
        start = file && file->operations->list ? file->object : NULL;
        if (!start) {
            free_text(path);
            return file ? -ENOTDIR : -EBADF;
        }
    }
    fs_lock();
    path->start = inode_get(start);
    return 0;
}

/* Ends what path_begin() began. Returns `result`. */
static int64_t path_done(const struct path *path, int64_t result)
{
    inode_put(path->start);
    fs_unlock();
    free_text(path);
    return result;
}

/* Makes the file that the walk leads to, or finds the one that is there. Ends the walk. */
static int64_t create(struct walk *walk, uint32_t flags, uint32_t mode, struct inode **inode)
{
    struct inode *folder = inode_get(walk->folder);
    struct walk name = *walk; /* its texts outlive the walk */
    int64_t error = walk_finish(walk, inode);
    if (!error && flags & O_EXCL) {
        inode_put(*inode);
        error = -EEXIST;
    } else if (error == -ENOENT) {
        error = folder_create(folder, &name, S_IFREG | (mode & 0777), inode);
    }
    inode_put(folder);
    return error;
}

/* Whether an inode may be opened so. */
static int64_t check_open(const struct inode *inode, uint32_t flags)
{
    bool writes = (flags & O_ACCMODE) != O_RDONLY;
    if (inode_is_folder(inode))
        return writes || flags & O_CREAT ? -EISDIR : 0;
    if (flags & O_DIRECTORY)
        return -ENOTDIR;
    if (writes && !inode->operations->file->write)
        return -EACCES;
    return 0;
}

int64_t sys_openat(const uint64_t args[6])
{
    const uint32_t kept = O_ACCMODE | O_APPEND | O_NONBLOCK;
    uint32_t flags = (uint32_t)args[2];
    struct path path;
    struct walk walk;
    struct inode *inode;
    struct file *file = NULL;
    int64_t error = path_begin(&path, args[0], args[1]);
    if (error)
        return error;
    error = path_walk(&walk, path.start, path.text);
    if (!error)
        error = flags & O_CREAT ? create(&walk, flags, (uint32_t)args[3], &inode)
                                : walk_finish(&walk, &inode);
    if (!error) {
        error = check_open(inode, flags);
        if (!error) {
            file = inode_open(inode, flags & kept);
            error = file ? 0 : -ENOMEM;
        }
        if (file && flags & O_TRUNC && S_ISREG(inode->mode) && inode->operations->file->resident)
            ramfs_resize(inode, 0);
        inode_put(inode);
    }
    path_done(&path, 0);
    if (error)
        return error;
    int64_t descriptor = descriptor_new(file, 0, flags & O_CLOEXEC);
    if (descriptor < 0)
        file_put(file);
    return descriptor;
}

int64_t sys_mkdirat(const uint64_t args[6])
{
    struct path path;
    struct walk walk;
    struct inode *inode;
    int64_t error = path_begin(&path, args[0], args[1]);
    if (error)
        return error;
    error = path_walk(&walk, path.start, path.text);
    if (!error) {
        struct inode *folder = inode_get(walk.folder);
        struct walk name = walk;
        name.folder_wanted = false;
        error = walk_finish(&walk, &inode);
        if (!error || error == -ENOTDIR) {
            if (!error)
                inode_put(inode);
            error = -EEXIST;
        } else if (error == -ENOENT) {
            error = folder_create(folder, &name, S_IFDIR | ((uint32_t)args[2] & 0777), &inode);
            if (!error)
                inode_put(inode);
        }
        inode_put(folder);
    }
    return path_done(&path, error);
}

/* Whether the inode may lose its name by unlink (or, if `folder`, by rmdir). */
static int64_t check_unlink(const struct inode *inode, bool folder)
{
    if (inode == inode_root())
        return folder ? -EBUSY : -EISDIR;
    if (folder && !inode_is_folder(inode))
        return -ENOTDIR;
    if (!folder && inode_is_folder(inode))
        return -EISDIR;
    /* /proc, and what the kernel itself holds on to. */
    if (!inode->parent->operations->create || (folder && !inode->operations->create))
        return -EPERM;
    return inode->first ? -ENOTEMPTY : 0;
}

int64_t sys_unlinkat(const uint64_t args[6])
{
    struct path path;
    struct walk walk;
    struct inode *inode;
    bool folder = args[2] & AT_REMOVEDIR;
    if (args[2] & ~(uint64_t)AT_REMOVEDIR)
        return -EINVAL;
    int64_t error = path_begin(&path, args[0], args[1]);
    if (error)
        return error;
    error = path_walk(&walk, path.start, path.text);
    if (!error) {
        bool dot = walk.length == 1 && walk.name[0] == '.';
        bool dots = walk.length == 2 && walk.name[0] == '.' && walk.name[1] == '.';
        error = walk_finish(&walk, &inode);
        if (!error) {
            if (folder && dot)
                error = -EINVAL;
            else if (folder && dots)
                error = -ENOTEMPTY;
            else
                error = check_unlink(inode, folder);
            if (!error)
                inode_detach(inode);
            inode_put(inode);
        }
    }
    return path_done(&path, error);
}

int64_t sys_chdir(const uint64_t args[6])
{
    struct files *files = &process_current()->files;
    struct path path;
    struct inode *inode;
    int64_t error = path_begin(&path, (uint64_t)AT_FDCWD, args[0]);
    if (error)
        return error;
    error = path_find(path.start, path.text, &inode);
    if (!error && !inode_is_folder(inode)) {
        inode_put(inode);
        error = -ENOTDIR;
    }
    if (!error) {
        inode_put(files->folder);
        files->folder = inode;
    }
    return path_done(&path, error);
}

/* Writes the path of a folder to the end of a buffer. Returns where it starts; NULL: it has none.
 */
static char *write_path(const struct inode *folder, char *buffer, size_t size)
{
    char *start = buffer + size - 1;
    *start = '\0';
    for (; folder != inode_root(); folder = folder->parent) {
        size_t length = strlen(folder->name);
        if (!folder->parent || length + 1 > (size_t)(start - buffer))
            return NULL;
        start -= length;
        memcpy(start, folder->name, length);
        *--start = '/';
    }
    if (!*start)
        *--start = '/';
    return start;
}

int64_t sys_getcwd(const uint64_t args[6])
{
    struct process *process = process_current();
    if (!memory_reserve(1))
        return -ENOMEM;
    char *page = page_alloc(PAGE_AS_IS);
    fs_lock();
    const char *path = write_path(process->files.folder, page, PAGE_SIZE);
    fs_unlock();
    int64_t length = path ? (int64_t)strlen(path) + 1 : -ENOENT;
    if (path && (uint64_t)length > args[1])
        length = -ERANGE;
    else if (path && copy_to_user(&process->space, args[0], path, (size_t)length) < 0)
        length = -EFAULT;
    page_put(page);
    memory_release(1);
    return length;
}

int64_t sys_newfstatat(const uint64_t args[6])
{
    struct path path;
    struct inode *inode;
    if (args[3] & ~(uint64_t)AT_SYMLINK_NOFOLLOW)
        return -EINVAL;
    int64_t error = path_begin(&path, args[0], args[1]);
    if (error)
        return error;
    error = path_find(path.start, path.text, &inode);
    path_done(&path, 0);
    if (error)
        return error;
    error = inode_status(inode, &process_current()->space, args[2]);
    fs_lock();
    inode_put(inode);
    fs_unlock();
    return error;
}
