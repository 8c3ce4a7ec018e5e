/* root.c: making and entering a container's root; see root.h. */
#include "ctr/root.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ctr/mounts.h"
#include "ctr/proc.h"

#define COPY_MOST    (1u << 24) /* at a time */
#define ROOT_OPTIONS "mode=0755,size=64m,nr_inodes=16384"

/*
 * Up to where the file is loaded from; UINT64_MAX: it is no ELF file. Source: elf(5). Not by
 * elf_open_fd(): its checks, of every program at each start, show in the time that a container
 * takes, and headers that are wrong only spoil the copy of that program.
 */
static uint64_t loaded_size(int fd)
{
    Elf64_Phdr rows[16];
    Elf64_Ehdr header;
    uint64_t size = sizeof header;

    if (pread(fd, &header, sizeof header, 0) != (ssize_t)sizeof header ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phentsize != sizeof *rows ||
        header.e_phnum > sizeof rows / sizeof *rows ||
        pread(fd, rows, header.e_phnum * sizeof *rows, (off_t)header.e_phoff) !=
            (ssize_t)(header.e_phnum * sizeof *rows))
        return UINT64_MAX;
    if (size < header.e_phoff + header.e_phnum * sizeof *rows)
        size = header.e_phoff + header.e_phnum * sizeof *rows;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        if (rows[i].p_filesz > 0 && size < rows[i].p_offset + rows[i].p_filesz)
            size = rows[i].p_offset + rows[i].p_filesz;
    }
    return size;
}

static void add_file(struct root_source *source, int fd, uint64_t size, const char *folder,
                     const char *name)
{
    struct root_file *files = reallocarray(source->files, source->count + 1, sizeof *files);

    if (files == NULL)
        err_die_oom();
    source->files = files;
    files[source->count].fd = fd;
    files[source->count].size = size;
    snprintf(files[source->count].path, sizeof files->path, "%s%s", folder, name);
    source->count++;
}

static bool is_program(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 0111) != 0;
}

/* The programs of a folder. One that cannot be read is left out. */
static int add_folder(struct root_source *source, const char *path, const char *inside,
                      struct err *err)
{
    DIR *folder = opendir(path);

    if (folder == NULL)
        return err_sys(err, errno, "cannot read the folder of the bundled programs, %s", path);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        bool known = strncmp(inside, "bin/", 4) == 0 && strcmp(inside + 4, entry->d_name) == 0;
        int fd;

        /* Programs have plain names; a kernel for a machine is none. */
        if (known || strchr(entry->d_name, '.') != NULL || strlen(entry->d_name) > 64 ||
            strncmp(entry->d_name, "kernel", 6) == 0)
            continue;
        fd = openat(dirfd(folder), entry->d_name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
        if (fd >= 0 && is_program(fd))
            add_file(source, fd, loaded_size(fd), "bin/", entry->d_name);
        else if (fd >= 0)
            close(fd);
    }
    closedir(folder);
    return 0;
}

int root_source_open(struct root_source *source, const char *program, const char *inside,
                     const char *folder, struct err *err)
{
    int fd = open(program, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    *source = (struct root_source){0};
    if (fd < 0)
        return err_sys(err, errno, "cannot open %s", program);
    add_file(source, fd, UINT64_MAX, "", inside);
    if (folder == NULL || add_folder(source, folder, inside, err) == 0)
        return 0;
    root_source_close(source);
    return -1;
}

void root_source_close(struct root_source *source)
{
    for (size_t i = 0; i < source->count; i++)
        close(source->files[i].fd);
    free(source->files);
    *source = (struct root_source){0};
}

static int copy_file(int root, const struct root_file *file, struct err *err)
{
    int fd = openat(root, file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    off_t offset = 0; /* other containers share the descriptor's own */
    uint64_t left = file->size;
    ssize_t copied = 1;

    if (fd < 0)
        return err_sys(err, errno, "cannot make /%s in the new root", file->path);
    while (copied > 0 && left > 0) {
        copied = sendfile(fd, file->fd, &offset, left < COPY_MOST ? left : COPY_MOST);
        left -= copied > 0 ? (uint64_t)copied : 0;
    }
    if (copied < 0) {
        err_sys(err, errno, "cannot copy a program to /%s in the new root (sendfile)", file->path);
        err_hint(err, "the root holds 64 MiB, and counts as memory of the container");
        close(fd);
        return -1;
    }
    close(fd);
    return 0;
}

int root_make(const struct root_source *source, struct steps *steps, struct err *err)
{
    static const char *const folders[] = {"bin", "dev", "etc", "opt", "proc", "tmp"};
    int root;

    step_begin(steps, STEP_ROOT_MAKE, "fsopen(\"tmpfs\"), fsconfig(%s), fsmount()", ROOT_OPTIONS);
    root = mounts_new("tmpfs", ROOT_OPTIONS, MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID, err);
    if (root < 0)
        return -1;
    step_end(steps, "an empty file system in memory, mounted nowhere");
    step_begin(steps, STEP_ROOT_FILL, "sendfile(...) of %zu files", source->count);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (mkdirat(root, folders[i], 0755) < 0) {
            err_sys(err, errno, "cannot make /%s in the new root (mkdirat)", folders[i]);
            close(root);
            return -1;
        }
    }
    for (size_t i = 0; i < source->count; i++) {
        if (copy_file(root, &source->files[i], err) < 0) {
            close(root);
            return -1;
        }
    }
    step_end(steps, "the programs are in it, as copies");
    return root;
}

/* Changes to our mounts shall not reach the host's, nor the host's us. */
int root_part(struct steps *steps, struct err *err)
{
    //@lab 10.3 mounts of its own
    step_begin(steps, STEP_PRIVATE, "mount(/, MS_REC|MS_PRIVATE)");
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return err_sys(err, errno, "cannot part the mounts from the host's (MS_PRIVATE)");
    //| (void)err;
    //| lab_todo("10.3");
    //@end
    step_end(steps, "what is mounted from now on is seen in here only");
    return 0;
}

static int attach(int root, struct steps *steps, struct err *err)
{
    step_begin(steps, STEP_ROOT_PLACE, "move_mount(the new root, %s)", ROOT_STAGE);
    if (move_mount(root, "", AT_FDCWD, ROOT_STAGE, MOVE_MOUNT_F_EMPTY_PATH) < 0)
        return err_sys(err, errno, "cannot mount the new root on %s (move_mount)", ROOT_STAGE);
    step_end(steps, "it has a place, beneath the old one");
    return 0;
}

static int add_tmp(int root, struct steps *steps, struct err *err)
{
    int mount;

    step_begin(steps, STEP_TMP, "fsmount(tmpfs), move_mount(/tmp)");
    mount = mounts_new("tmpfs", "mode=1777,size=64m", MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID, err);
    if (mount < 0 || mounts_put(mount, root, "tmp", err) < 0)
        return -1;
    step_end(steps, "/tmp is the container's own, 64 MiB");
    return 0;
}

/* How many mounts this process sees; only somebody who listens wants to know. */
static unsigned count_mounts(const struct steps *steps)
{
    FILE *file = steps->observer == NULL ? NULL : fopen("/proc/self/mountinfo", "re");
    unsigned count = 0;

    if (file == NULL)
        return 0;
    for (int c = fgetc(file); c != EOF; c = fgetc(file))
        count += c == '\n';
    fclose(file);
    return count;
}

/*
 * The old root goes on top of the new one, and is taken off again: no folder for it is needed.
 * Source: pivot_root(2), "pivot_root(".", ".")".
 */
static int pivot(int root, struct steps *steps, struct err *err)
{
    unsigned before = count_mounts(steps);

    //@lab 10.4 another root
    step_begin(steps, STEP_PIVOT, "fchdir(the new root), pivot_root(\".\", \".\")");
    if (fchdir(root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0)
        return err_sys(err, errno, "cannot make the new root the root (pivot_root)");
    step_end(steps, "/ is the new root; the host's lies on top of it");
    step_begin(steps, STEP_UNMOUNT, "umount2(\".\", MNT_DETACH), chdir(\"/\")");
    if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
        return err_sys(err, errno, "cannot drop the host's root (umount2)");
    //| (void)root;
    //| (void)err;
    //| lab_todo("10.4");
    //@end
    step_end(steps,
             "no name leads to a file of the host any more: %u mounts were seen, %u are left",
             before, count_mounts(steps));
    return 0;
}

int root_enter(int root, bool hide, struct steps *steps, struct err *err)
{
    int answer = -1;

    if (attach(root, steps, err) < 0 || proc_mount(root, hide, steps, err) < 0 ||
        proc_devices(root, steps, err) < 0 || add_tmp(root, steps, err) < 0)
        goto out;
    answer = pivot(root, steps, err);
out:
    close(root);
    return answer;
}
