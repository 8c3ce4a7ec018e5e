/* Opening files. Values: Linux, include/uapi/asm-generic/fcntl.h; the same on RV64 and x86-64. */
#ifndef TRIVIUM_GUEST_LIB_FCNTL_H
#define TRIVIUM_GUEST_LIB_FCNTL_H

#include <sys/types.h>

#define O_RDONLY            0
#define O_WRONLY            1
#define O_RDWR              2
#define O_ACCMODE           3 /* which bits these three are */
#define O_CREAT             00000100
#define O_EXCL              00000200
#define O_TRUNC             00001000
#define O_APPEND            00002000
#define O_NONBLOCK          00004000
#define O_DIRECTORY         00200000
#define O_CLOEXEC           02000000

#define AT_FDCWD            (-100)
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_REMOVEDIR        0x200

/* The third argument, a mode_t, counts only with O_CREAT. */
int open(const char *path, int flags, ...);

#endif
