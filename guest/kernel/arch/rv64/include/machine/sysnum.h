/* Numbers of system calls that the C library has no use for, but programs from elsewhere have.
 * Source: Linux, include/uapi/asm-generic/unistd.h. */
#ifndef TRIVIUM_GUEST_KERNEL_MACHINE_SYSNUM_H
#define TRIVIUM_GUEST_KERNEL_MACHINE_SYSNUM_H

#include <arch/sysnum.h>

enum {
    SYS_exit = 93,
    SYS_set_tid_address = 96,
    SYS_clock_getres = 114,
    SYS_getuid = 174,
    SYS_geteuid = 175,
    SYS_getgid = 176,
    SYS_getegid = 177,
    SYS_gettid = 178,
};

#endif
