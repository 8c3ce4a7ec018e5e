/* files.c: files, folders, links, pipes and what the kernel tells about them. */
#include "tests/e2e/user/calls.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { EM_X86_64 = 62, EM_RISCV = 243 };

struct statx_start {
    unsigned int mask, blksize;
    unsigned long attributes;
    unsigned int nlink, uid, gid;
    unsigned short mode, spare;
    unsigned long ino, size;
    char rest[256];
};

static int compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void show_folder(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    char *names[100];
    int count = 0;

    while (count < 100 && (entry = readdir(dir)) != NULL) {
        names[count] = malloc(300);
        snprintf(names[count++], 300, "%s (type %d)", entry->d_name, entry->d_type);
    }
    closedir(dir);
    qsort(names, (size_t)count, sizeof names[0], compare);
    for (int i = 0; i < count; i++)
        printf("  %s\n", names[i]);
}

static void show_stat(const char *what, const char *path, int flags)
{
    struct stat file;
    struct statx_start more;
    long result = CALL(newfstatat, AT_FDCWD, (long)path, (long)&file, flags);

    memset(&more, 0, sizeof more);
    show(what, result);
    if (result < 0)
        return;
    printf("  mode %o, links %u, size %ld, block size %ld, blocks %ld\n", file.st_mode,
           (unsigned)file.st_nlink, (long)file.st_size, (long)file.st_blksize,
           (long)file.st_blocks);
    CALL(statx, AT_FDCWD, (long)path, flags, 0xfff, (long)&more);
    printf("  statx agrees: %d\n", more.mode == file.st_mode && more.ino == file.st_ino &&
                                       more.size == (unsigned long)file.st_size &&
                                       more.uid == file.st_uid && more.nlink == file.st_nlink);
}

static void show_vectors(void)
{
    char a[4] = "", b[8] = "", nothing;
    struct {
        void *base;
        size_t size;
    } out[3] = {{"one ", 4}, {NULL, 0}, {"two", 3}}, in[3] = {{a, 3}, {&nothing, 0}, {b, 7}};
    long fd = CALL(openat, AT_FDCWD, (long)"file", O_RDWR | O_CREAT | O_TRUNC, 0644);

    show("writev", CALL(writev, fd, (long)out, 3));
    show("lseek", CALL(lseek, fd, 0, 0));
    show("readv", CALL(readv, fd, (long)in, 3));
    printf("  '%s' '%s'\n", a, b);
    show("pwritev", CALL(pwritev, fd, (long)out, 3, 100));
    show("preadv", CALL(preadv, fd, (long)in, 1, 101));
    printf("  '%s'\n", a);
    show("lseek to the end", CALL(lseek, fd, 0, 2));
    show("lseek to data", CALL(lseek, fd, -200, 1));
    show("ftruncate", CALL(ftruncate, fd, 5));
    show("fallocate", CALL(fallocate, fd, 0, 0, 10));
    show("fsync", CALL(fsync, fd));
    show("fchmod", CALL(fchmod, fd, 0640));
    CALL(close, fd);
}

static void show_descriptors(void)
{
    long fd = CALL(openat, AT_FDCWD, (long)"file", O_RDONLY | O_CLOEXEC);
    int bytes = -1, fds[2];

    show("F_GETFD", CALL(fcntl, fd, 1, 0));
    show("F_SETFD", CALL(fcntl, fd, 2, 0));
    show("F_GETFD", CALL(fcntl, fd, 1, 0));
    show("F_DUPFD_CLOEXEC", CALL(fcntl, fd, 1030, 200));
    show("F_GETFD of that", CALL(fcntl, 200, 1, 0));
    show("F_GETFL", CALL(fcntl, fd, 3, 0) & 0xfff);
    show("F_SETFL", CALL(fcntl, fd, 4, 02000));
    show("F_GETFL", CALL(fcntl, fd, 3, 0) & 0xfff);
    show("write to it", CALL(write, fd, (long)"x", 1));
    pipe(fds);
    CALL(write, fds[1], (long)"12345", 5);
    show("FIONREAD", CALL(ioctl, fds[0], 0x541b, (long)&bytes));
    printf("  %d bytes\n", bytes);
    show("TCGETS", CALL(ioctl, fds[0], 0x5401, (long)&fds));
    show("some ioctl", CALL(ioctl, fds[0], 0x1234, 0));
    show("dup to the lowest", CALL(close, 0) | CALL(dup, fds[0]));
    show("close_range", CALL(close_range, 100, 300, 0));
    show("closed", CALL(fcntl, 200, 1, 0));
}

static void show_names(void)
{
    char path[300] = "", here[300];

    show("mkdirat", CALL(mkdirat, AT_FDCWD, (long)"folder", 0755));
    show("mkdirat again", CALL(mkdirat, AT_FDCWD, (long)"folder", 0755));
    show("symlinkat", CALL(symlinkat, (long)"../file", AT_FDCWD, (long)"folder/link"));
    show("linkat", CALL(linkat, AT_FDCWD, (long)"file", AT_FDCWD, (long)"folder/hard", 0));
    show("readlinkat", CALL(readlinkat, AT_FDCWD, (long)"folder/link", (long)path, 299));
    printf("  '%s'\n", path);
    show("readlinkat, cut off", CALL(readlinkat, AT_FDCWD, (long)"folder/link", (long)path, 3));
    show_stat("stat of a file", "file", 0);
    show_stat("stat through a link", "folder/link", 0);
    show_stat("stat of a link", "folder/link", AT_SYMLINK_NOFOLLOW);
    show_stat("stat of a device", "/dev/null", 0);
    show_stat("stat of nothing", "nothing", 0);
    show_folder("folder");
    getcwd(here, sizeof here);
    show("chdir", CALL(chdir, (long)"folder"));
    getcwd(path, sizeof path);
    printf("  in %s\n", strcmp(path + strlen(here), "/folder") == 0 ? "folder" : path);
    show("openat from there", CALL(openat, AT_FDCWD, (long)"link", O_RDONLY) > 0);
    show("renameat2", CALL(renameat2, AT_FDCWD, (long)"hard", AT_FDCWD, (long)"harder", 0));
    show("faccessat", CALL(faccessat, AT_FDCWD, (long)"harder", 4));
    show("faccessat of nothing", CALL(faccessat, AT_FDCWD, (long)"hard", 4));
    show("umask", CALL(umask, 077) >= 0);
    show("new file", CALL(openat, AT_FDCWD, (long)"new", O_WRONLY | O_CREAT | O_EXCL, 0666) > 0);
    show("new file again", CALL(openat, AT_FDCWD, (long)"new", O_WRONLY | O_CREAT | O_EXCL, 0666));
    show_stat("under the umask", "new", 0);
    show("unlinkat of a full folder", CALL(unlinkat, AT_FDCWD, (long)"../folder", AT_REMOVEDIR));
    show_folder(".");
    CALL(unlinkat, AT_FDCWD, (long)"new", 0);
    CALL(unlinkat, AT_FDCWD, (long)"harder", 0);
    CALL(unlinkat, AT_FDCWD, (long)"link", 0);
    CALL(chdir, (long)"..");
    show("unlinkat", CALL(unlinkat, AT_FDCWD, (long)"file", 0));
    show("rmdir", CALL(unlinkat, AT_FDCWD, (long)"folder", AT_REMOVEDIR));
}

/* The program itself, by the name that everybody has for it. */
static void show_self(const char *argv0)
{
    char path[300] = "";
    unsigned char machine = 0;
    long fd = CALL(openat, AT_FDCWD, (long)"/proc/self/exe", O_RDONLY);

    CALL(readlinkat, AT_FDCWD, (long)"/proc/self/exe", (long)path, 299);
    printf("I am %s\n", strcmp(path, argv0) == 0 ? "argv[0]" : path);
    CALL(pread64, fd, (long)&machine, 1, 18);
    printf("e_machine is right: %d\n",
           machine == (sizeof(struct stat) == 128 ? EM_RISCV : EM_X86_64));
}

int main(int argc, char **argv)
{
    show_vectors();
    show_descriptors();
    show_names();
    show_self(argv[0]);
    return argc - 1;
}
