/* What is known about a file. */
#ifndef TRIVIUM_GUEST_LIB_SYS_STAT_H
#define TRIVIUM_GUEST_LIB_SYS_STAT_H

#include <arch/stat.h>
#include <sys/types.h>

#define S_IFMT        0170000
#define S_IFSOCK      0140000
#define S_IFLNK       0120000
#define S_IFREG       0100000
#define S_IFBLK       0060000
#define S_IFDIR       0040000
#define S_IFCHR       0020000
#define S_IFIFO       0010000

#define S_ISDIR(mode) (((mode)&S_IFMT) == S_IFDIR)
#define S_ISREG(mode) (((mode)&S_IFMT) == S_IFREG)

int fstat(int fd, struct stat *file);
int stat(const char *path, struct stat *file);
int fstatat(int folder, const char *path, struct stat *file, int flags);
int mkdir(const char *path, mode_t mode);

#endif
