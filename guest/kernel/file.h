/* Open files, as the rest of the kernel sees them.
 *
 * An open file is shared by all descriptors that came from one open (by dup, by fork), counted by
 * references; each kind of file fills in the operations it has. What is behind a file is that
 * kind's own business (`object`).
 */
#ifndef TRIVIUM_GUEST_KERNEL_FILE_H
#define TRIVIUM_GUEST_KERNEL_FILE_H

#include "guest/kernel/kernel.h"

struct file;
struct inode;
struct process;
struct space;

enum { FILES_MAX = 128 };

/* A process's descriptors. All zeros: none. */
struct files {
    struct file *file[FILES_MAX];
    uint64_t close_on_exec[FILES_MAX / 64]; /* bit n % 64 of word n / 64 */
    struct inode *folder;                   /* where relative paths start */
};

/* What a kind of file can do; NULL: it cannot. Buffers are addresses in a space, or kernel pointers
 * if space is NULL (space.h). Each answers with a count of bytes or minus an errno. */
struct file_operations {
    int64_t (*read)(struct file *file, struct space *space, uint64_t buffer, size_t size);
    int64_t (*write)(struct file *file, struct space *space, uint64_t buffer, size_t size);
    /* From an offset, whatever the file's position; into kernel memory. */
    int64_t (*read_at)(struct file *file, void *buffer, size_t size, uint64_t offset);
    /* The page of the file at a page aligned offset, if it lies page aligned in memory, all of it
     * is the file's, and neither its place nor its bytes will ever change. NULL if not. */
    const void *(*resident)(struct file *file, uint64_t offset);
    int64_t (*seek)(struct file *file, int64_t offset, int whence);
    int64_t (*status)(struct file *file, struct space *space, uint64_t stat);
    int64_t (*list)(struct file *file, struct space *space, uint64_t buffer, size_t size);
    int64_t (*control)(struct file *file, uint64_t request, struct space *space, uint64_t argument);
    /* The last reference is gone. */
    void (*close)(struct file *file);
};

struct file {
    const struct file_operations *operations; /* constant */
    void *object;                             /* constant: the inode, the pipe, ... */
    uint32_t references;                      /* atomic */
    uint32_t flags;                           /* O_RDONLY ... O_APPEND of open */
    uint64_t position;                        /* the kind of file says under which lock */
};

/* A reference more, and one less. */
struct file *file_get(struct file *file);
void file_put(struct file *file);

/* What the rest of the kernel calls: */

/* Sets up everything behind files: drivers, the console, the file system from the initrd. Called
 * once, on the first processor, when memory and interrupts are ready and before there is a process.
 */
void files_boot(void);
/* The descriptors of the first process: 0, 1 and 2 are the console. Returns 0 or -errno. */
int files_init(struct files *files);
/* The child's copy; cannot fail: references only. */
void files_fork(struct files *child, const struct files *parent);
/* Closes those marked close-on-exec. */
void files_exec(struct files *files);
/* Closes all. */
void files_exit(struct files *files);

/* Opens a regular file that may be executed, for the current process; path is kernel memory.
 * Returns 0 and *file with a reference for the caller, or -errno. */
int file_open_program(const char *path, struct file **file);
uint64_t file_size(struct file *file);
/* The open file behind a descriptor of the current process, without a reference; NULL if it is not
 * open. */
struct file *file_of_descriptor(int64_t descriptor);

#endif
