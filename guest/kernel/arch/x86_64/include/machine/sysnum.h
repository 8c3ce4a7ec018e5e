/* Numbers of system calls that the C library has no use for, but programs from elsewhere have.
 * Source: Linux, arch/x86/entry/syscalls/syscall_64.tbl. */
#ifndef TRIVIUM_GUEST_KERNEL_MACHINE_SYSNUM_H
#define TRIVIUM_GUEST_KERNEL_MACHINE_SYSNUM_H

#include <arch/sysnum.h>

enum {
    SYS_exit = 60,
    SYS_getuid = 102,
    SYS_getgid = 104,
    SYS_geteuid = 107,
    SYS_getegid = 108,
    SYS_gettid = 186,
    SYS_set_tid_address = 218,
    SYS_clock_getres = 229,
};

#endif
