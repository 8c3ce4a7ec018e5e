/* /proc: the processes, and how much memory there is, as Linux shows them to ps and others.
 *
 *   /proc/meminfo     MemTotal, MemFree, Committed_AS, in KiB
 *   /proc/N/stat      one line about process N: number, (name), state, parent, ...
 *   /proc/N/smaps_rollup   AnonHugePages: KiB of its memory in large pages
 *
 * Folders and files of a process are made when somebody looks them up, and exist as long as
 * somebody uses them; the text of a file is made when it is read. Source: proc(5).
 */
#include "guest/kernel/boot.h"
#include "guest/kernel/inode.h"
#include "guest/kernel/page.h"
#include "guest/kernel/process.h"
#include "guest/kernel/spare.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { TEXT_MAX = 256, TICKS_PER_SECOND = 100 };

/* Copies what a read at the file's position gets of a text. */
static int64_t read_text(struct file *file, struct space *space, uint64_t buffer, size_t size,
                         const char *text)
{
    size_t length = strlen(text);
    fs_lock();
    int64_t count = 0;
    if (file->position < length) {
        size_t left = length - file->position;
        count = (int64_t)(left < size ? left : size);
        if (copy_to_user(space, buffer, text + file->position, (size_t)count) < 0)
            count = -EFAULT;
        else
            file->position += (uint64_t)count;
    }
    fs_unlock();
    return count;
}

static int64_t stat_read(struct file *file, struct space *space, uint64_t buffer, size_t size)
{
    const struct inode *inode = file->object;
    struct process_info info;
    char text[TEXT_MAX];
    if (!process_info(inode->pid, &info) || info.pid != inode->pid)
        return -ESRCH;
    uint64_t ticks = info.ticks / (boot_get()->ticks_per_second / TICKS_PER_SECOND + 1);
    /* Fields 5 to 13: group, session, terminal, ..., faults; 16 to 22: times, priorities, start. */
    snprintf(text, sizeof(text), "%d (%s) %c %d 1 1 0 0 0 0 0 0 0 %lu 0 0 0 20 0 1 0 0 %lu 0\n",
             info.pid, info.name, info.state, info.parent, ticks, info.bytes);
    return read_text(file, space, buffer, size, text);
}

static int64_t rollup_read(struct file *file, struct space *space, uint64_t buffer, size_t size)
{
    const struct inode *inode = file->object;
    struct process_info info;
    char text[TEXT_MAX];
    if (!process_info(inode->pid, &info) || info.pid != inode->pid)
        return -ESRCH;
    snprintf(text, sizeof(text), "AnonHugePages: %9lu kB\n", info.large / 1024);
    return read_text(file, space, buffer, size, text);
}

static int64_t meminfo_read(struct file *file, struct space *space, uint64_t buffer, size_t size)
{
    const uint64_t kib = PAGE_SIZE / 1024;
    spare_drop_all(); /* they are as good as free */
    struct memory_state memory = memory_state();
    char text[TEXT_MAX];
    snprintf(text, sizeof(text),
             "MemTotal: %11lu kB\nMemFree: %12lu kB\nCommitLimit: %8lu kB\nCommitted_AS: %7lu kB\n",
             memory.total * kib, memory.free * kib, memory.total * kib, memory.charged * kib);
    return read_text(file, space, buffer, size, text);
}

/* Makes an inode of a process's, in a folder to which it refers. */
static struct inode *process_inode(const struct inode_operations *operations, uint32_t mode,
                                   const char *name, size_t length, struct inode *folder)
{
    struct inode *inode = inode_new(operations, mode, name, length, false);
    if (inode)
        inode->parent = inode_get(folder);
    return inode;
}

static void process_free(struct inode *inode)
{
    inode_put(inode->parent);
}

static const struct file_operations stat_file = {
    .read = stat_read,
    .seek = inode_file_seek,
    .status = inode_file_status,
    .close = inode_file_close,
};

static const struct file_operations rollup_file = {
    .read = rollup_read,
    .seek = inode_file_seek,
    .status = inode_file_status,
    .close = inode_file_close,
};

/* What there is of each process. */
static const struct {
    const char *name;
    struct inode_operations operations;
} process_files[] = {
    {"stat", {.free = process_free, .file = &stat_file}},
    {"smaps_rollup", {.free = process_free, .file = &rollup_file}},
};

static struct inode *process_lookup(struct inode *folder, const char *name, size_t length)
{
    for (size_t i = 0; i < ARRAY_SIZE(process_files); i++) {
        if (strlen(process_files[i].name) != length ||
            memcmp(name, process_files[i].name, length) != 0)
            continue;
        struct inode *inode =
            process_inode(&process_files[i].operations, S_IFREG | 0444, name, length, folder);
        if (inode)
            inode->pid = folder->pid;
        return inode;
    }
    return NULL;
}

static bool process_next(struct inode *folder, uint64_t position, struct entry *entry)
{
    if (position >= ARRAY_SIZE(process_files))
        return false;
    *entry = (struct entry){
        .name = process_files[position].name,
        .number = folder->number,
        .mode = S_IFREG,
        .next = position + 1,
    };
    return true;
}

static const struct file_operations folder_file = {
    .seek = inode_file_seek,
    .status = inode_file_status,
    .list = inode_file_list,
    .close = inode_file_close,
};

static const struct inode_operations process_operations = {
    .lookup = process_lookup,
    .next = process_next,
    .free = process_free,
    .file = &folder_file,
};

static const struct file_operations meminfo_file = {
    .read = meminfo_read,
    .seek = inode_file_seek,
    .status = inode_file_status,
    .close = inode_file_close,
};

static const struct inode_operations meminfo_operations = {.file = &meminfo_file};

/* The number that a name is, as the kernel would write it; 0: none. */
static int32_t parse_pid(const char *name, size_t length)
{
    int32_t pid = 0;
    if (length == 0 || length > 9 || name[0] == '0')
        return 0;
    for (size_t i = 0; i < length; i++) {
        if (name[i] < '0' || name[i] > '9')
            return 0;
        pid = pid * 10 + (name[i] - '0');
    }
    return pid;
}

/* /proc itself: "meminfo", "self", and the processes. */
static struct inode *root_lookup(struct inode *folder, const char *name, size_t length)
{
    struct process_info info;
    if (length == 7 && memcmp(name, "meminfo", 7) == 0)
        return inode_get(folder->first);
    bool self = length == 4 && memcmp(name, "self", 4) == 0;
    int32_t pid = self ? process_current()->pid : parse_pid(name, length);
    if (pid == 0 || !process_info(pid, &info) || info.pid != pid)
        return NULL;
    struct inode *inode = process_inode(&process_operations, S_IFDIR | 0555, name, length, folder);
    if (inode)
        inode->pid = pid;
    return inode;
}

/* meminfo is at position 0, process N at N. */
static bool root_next(struct inode *folder, uint64_t position, struct entry *entry)
{
    struct process_info info;
    if (position == 0) {
        *entry = (struct entry){
            .name = "meminfo", .number = folder->first->number, .mode = S_IFREG, .next = 1};
        return true;
    }
    if (position > INT32_MAX || !process_info((int32_t)position, &info))
        return false;
    *entry = (struct entry){
        .number = (uint64_t)info.pid << 32, /* no inode of the file system has such a number */
        .mode = S_IFDIR,
        .next = (uint64_t)info.pid + 1,
    };
    snprintf(entry->text, sizeof(entry->text), "%d", info.pid);
    entry->name = entry->text;
    return true;
}

static const struct inode_operations root_operations = {
    .lookup = root_lookup,
    .next = root_next,
    .file = &folder_file,
};

void procfs_boot(void)
{
    struct inode *proc = inode_new(&root_operations, S_IFDIR | 0555, "proc", 4, true);
    struct inode *meminfo = inode_new(&meminfo_operations, S_IFREG | 0444, "meminfo", 7, true);
    if (!proc || !meminfo)
        panic("no memory for /proc");
    fs_lock();
    struct inode *older = inode_root()->operations->lookup(inode_root(), "proc", 4);
    if (older) { /* whatever the initrd has there, as a mount would hide it */
        inode_detach(older);
        inode_put(older);
    }
    inode_attach(inode_root(), proc);
    inode_attach(proc, meminfo);
    fs_unlock();
}
