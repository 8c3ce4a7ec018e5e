/* struct stat as the x86-64 kernel fills it in.
 * Source: Linux, arch/x86/include/uapi/asm/stat.h. Include <sys/stat.h>, never this file.
 */
#ifndef TRIVIUM_GUEST_LIB_ARCH_STAT_H
#define TRIVIUM_GUEST_LIB_ARCH_STAT_H

#include <sys/types.h>
#include <time.h>

struct stat {
    dev_t st_dev;
    ino_t st_ino;
    unsigned long st_nlink;
    mode_t st_mode;
    uid_t st_uid;
    gid_t st_gid;
    unsigned int reserved0;
    dev_t st_rdev;
    off_t st_size;
    long st_blksize;
    long st_blocks; /* of 512 bytes */
    struct timespec st_atim;
    struct timespec st_mtim;
    struct timespec st_ctim;
    long reserved1[3];
};

_Static_assert(sizeof(struct stat) == 144, "the kernel writes 144 bytes");

#endif
