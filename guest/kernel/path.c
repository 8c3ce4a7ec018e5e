/* From a path to an inode. See inode.h. */
#include "guest/kernel/inode.h"

#include <errno.h>
#include <sys/stat.h>

/* The inode that a folder has under a name, with a reference; NULL: none. */
static struct inode *look_up(struct inode *folder, const char *name, size_t length)
{
    if (length == 1 && name[0] == '.')
        return inode_get(folder);
    if (length == 2 && name[0] == '.' && name[1] == '.') {
        if (folder == inode_root())
            return inode_get(folder);
        return folder->parent ? inode_get(folder->parent) : NULL;
    }
    return folder->operations->lookup(folder, name, length);
}

int path_walk(struct walk *walk, struct inode *start, const char *path)
{
    if (!*path)
        return -ENOENT;
    struct inode *folder = inode_get(*path == '/' ? inode_root() : start);
    while (*path == '/')
        path++;
    for (;;) {
        size_t length = 0;
        while (path[length] && path[length] != '/')
            length++;
        const char *rest = path + length;
        while (*rest == '/')
            rest++;
        int error = length > NAME_LONGEST ? -ENAMETOOLONG : inode_is_folder(folder) ? 0 : -ENOTDIR;
        if (!error && !*rest) {
            *walk = (struct walk){folder, path, length, path[length] == '/'};
            return 0;
        }
        struct inode *next = error ? NULL : look_up(folder, path, length);
        inode_put(folder);
        if (!next)
            return error ? error : -ENOENT;
        folder = next;
        path = rest;
    }
}

int walk_finish(struct walk *walk, struct inode **found)
{
    struct inode *inode = walk->length == 0 ? inode_get(walk->folder)
                                            : look_up(walk->folder, walk->name, walk->length);
    inode_put(walk->folder);
    if (!inode)
        return -ENOENT;
    if (walk->folder_wanted && !inode_is_folder(inode)) {
        inode_put(inode);
        return -ENOTDIR;
    }
    *found = inode;
    return 0;
}

int folder_create(struct inode *folder, const struct walk *walk, uint32_t mode, struct inode **made)
{
    bool removed = !folder->parent && folder != inode_root();
    if (removed)
        return -ENOENT;
    if (walk->folder_wanted && !S_ISDIR(mode))
        return -EISDIR;
    if (!folder->operations->create)
        return -EPERM;
    *made = folder->operations->create(folder, mode, walk->name, walk->length);
    return *made ? 0 : -ENOSPC;
}

int path_find(struct inode *start, const char *path, struct inode **found)
{
    struct walk walk;
    int error = path_walk(&walk, start, path);
    return error ? error : walk_finish(&walk, found);
}
