/* struct stat as the RV64 kernel fills it in.
 * Source: Linux, include/uapi/asm-generic/stat.h. Include <sys/stat.h>, never this file.
 */
#ifndef TRIVIUM_GUEST_LIB_ARCH_STAT_H
#define TRIVIUM_GUEST_LIB_ARCH_STAT_H

#include <sys/types.h>
#include <time.h>

struct stat {
    dev_t st_dev;
    ino_t st_ino;
    mode_t st_mode;
    unsigned int st_nlink;
    uid_t st_uid;
    gid_t st_gid;
    dev_t st_rdev;
    unsigned long reserved0;
    off_t st_size;
    int st_blksize;
    int reserved1;
    long st_blocks; /* of 512 bytes */
    struct timespec st_atim;
    struct timespec st_mtim;
    struct timespec st_ctim;
    unsigned int reserved2[2];
};

_Static_assert(sizeof(struct stat) == 128, "the kernel writes 128 bytes");

#endif
