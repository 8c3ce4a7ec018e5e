/* The types of system call arguments, the same on RV64 and x86-64 (both LP64). */
#ifndef TRIVIUM_GUEST_LIB_SYS_TYPES_H
#define TRIVIUM_GUEST_LIB_SYS_TYPES_H

#include <stddef.h>

typedef long ssize_t;
typedef long off_t;
typedef unsigned long dev_t;
typedef unsigned long ino_t;
typedef unsigned int mode_t;
typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef int pid_t;

#endif
