/* The tree of names: folders, files and devices, and the way from a path to one of them.
 *
 * An inode is a file, whatever it is called or whether it still has a name. Ours have exactly one
 * name at most: there are no links and no renaming, so the name stands in the inode and never
 * changes.
 *
 *   ramfs.c    folders and files in memory    initrd.c   which start as what the initrd holds
 *   devices.c  /dev                           procfs.c   /proc, made up when it is looked at
 *
 * One lock, fs_lock(), protects the whole tree, the bytes of its files and the positions of what is
 * opened in it. That is plain on purpose. It may be held while memory of a program is copied; the
 * page fault that this may cause comes back for a page of a file, which is why file_read_at() in
 * ramfs.c works on under a lock that is already this processor's.
 */
#ifndef TRIVIUM_GUEST_KERNEL_INODE_H
#define TRIVIUM_GUEST_KERNEL_INODE_H

#include "guest/kernel/file.h"

struct inode;

enum { NAME_LONGEST = 255, NAME_INLINE = 24, PATH_LONGEST = 4095 };

/* One name of a folder, as getdents64 shows it. */
struct entry {
    const char *name; /* constant as long as the lock is held, or `text` below */
    uint64_t number;
    uint32_t mode;
    uint64_t next; /* the position of the entry after this one */
    char text[NAME_INLINE];
};

/* What a kind of inode can do; NULL: it cannot. All of it with the lock held. */
struct inode_operations {
    /* Folders: the inode of that name with a reference for the caller, or NULL. "." and ".." are
     * known to path_walk() already. */
    struct inode *(*lookup)(struct inode *folder, const char *name, size_t length);
    /* Folders: the first entry at or behind a position (0 is the start). False: no more. */
    bool (*next)(struct inode *folder, uint64_t position, struct entry *entry);
    /* Folders: makes a file or a folder (by its mode) and gives it the name. Returns it with a
     * reference for the caller; NULL: no memory. Without it names come and go as the kernel likes.
     */
    struct inode *(*create)(struct inode *folder, uint32_t mode, const char *name, size_t length);
    /* Files: gives up all that lies behind it, at the end. */
    void (*free)(struct inode *inode);
    /* What one can do with it when it is open. */
    const struct file_operations *file;
};

/* The bytes of a file in memory (ramfs.c). Page n is the tree's, if it has one; or else the
 * initrd's, as far as that goes; or else zeros. All bytes behind the size are zero. */
struct contents {
    uint64_t size;
    const uint8_t *initial; /* in the initrd, never written */
    uint64_t initial_size;
    void **root;     /* of a tree of tables, each with as many pointers as fit a page */
    uint32_t height; /* 0: there is none; 1: its entries are pages of the file */
};

/* Fields without a remark are constant; `lock` ones change under fs_lock(). */
struct inode {
    const struct inode_operations *operations;
    uint64_t number;     /* unique */
    uint32_t mode;       /* S_IF... and rights, as in struct stat */
    uint32_t device;     /* of a device: its number */
    uint32_t references; /* lock; the tree's own is one of them */
    int32_t pid;         /* /proc/N and what is in it: the process */
    const char *name;    /* "" for the root */
    char *long_name;     /* owned: where name is, if own_name is too short for it; or NULL */
    char own_name[NAME_INLINE];
    struct inode *parent; /* lock; NULL for the root and for what was removed */
    struct inode *next;   /* lock: in the same folder, in order of number */
    struct inode *previous;
    struct inode *first; /* lock: of a folder's inodes */
    struct inode *last;
    struct contents contents; /* lock; of a file */
};

void fs_lock(void);
void fs_unlock(void);
/* Whether this processor holds it. */
bool fs_is_locked(void);

/* The top folder. */
struct inode *inode_root(void);

/* A new inode without a name in any folder, with one reference, the caller's. The name is copied,
 * unless it is `lasting`, which promises that it stays where it is. NULL: no memory. */
struct inode *inode_new(const struct inode_operations *operations, uint32_t mode, const char *name,
                        size_t length, bool lasting);

/* Puts it into a folder, which takes over the caller's reference; and out again, and drops that
 * reference. */
void inode_attach(struct inode *folder, struct inode *inode);
void inode_detach(struct inode *inode);

/* A reference more, and one less; the last one frees it. With the lock held. */
struct inode *inode_get(struct inode *inode);
void inode_put(struct inode *inode);

bool inode_is_folder(const struct inode *inode);

/* Opens an inode: a file with a reference of its own to it. NULL: no memory. */
struct file *inode_open(struct inode *inode, uint32_t flags);

/* For struct file_operations of whatever is opened from the tree. */
int64_t inode_file_seek(struct file *file, int64_t offset, int whence);
int64_t inode_file_status(struct file *file, struct space *space, uint64_t stat);
int64_t inode_file_list(struct file *file, struct space *space, uint64_t buffer, size_t size);
void inode_file_close(struct file *file);

/* Fills in a program's struct stat. Returns 0 or -EFAULT. */
int64_t inode_status(const struct inode *inode, struct space *space, uint64_t stat);

/* Where a path leads: the last name, in the folder it should be in. "a/b/c" is c in a/b. */
struct walk {
    struct inode *folder; /* with a reference; the caller puts it */
    const char *name;     /* in the path; empty if the path leads to the folder itself */
    size_t length;
    bool folder_wanted; /* the path ended in a slash */
};

/* Goes along a path up to its last name; from `start`, or from the root if it begins with a slash.
 * With the lock held. Returns 0, or -errno without a reference. */
int path_walk(struct walk *walk, struct inode *start, const char *path);

/* The inode that the walk has led to, with a reference, in *found; the walk is over. Returns 0 or
 * -errno. */
int walk_finish(struct walk *walk, struct inode **found);

/* Makes what a walk has led to but not found, in its folder. walk->folder is not looked at: its
 * reference may be gone. Returns 0 and *made with a reference, or -errno. */
int folder_create(struct inode *folder, const struct walk *walk, uint32_t mode,
                  struct inode **made);

/* path_walk() and walk_finish(). */
int path_find(struct inode *start, const char *path, struct inode **found);

/* What is behind files, set up once while booting. */
void ramfs_boot(void);
void initrd_boot(void);
void devices_boot(void);
void procfs_boot(void);

/* A file or folder in memory; see inode_new(). */
struct inode *ramfs_new(uint32_t mode, const char *name, size_t length, bool lasting);
/* Sets the size; what is cut off is lost, what is added is zero. */
void ramfs_resize(struct inode *inode, uint64_t size);

/* Makes a device's file in /dev. The name lasts. Returns it without a reference; it stays as long
 * as nobody removes its name. */
struct inode *device_add(const char *name, uint32_t mode, uint32_t number,
                         const struct inode_operations *operations);

#endif
