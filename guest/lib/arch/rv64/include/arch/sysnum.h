/* The Linux system call numbers of RV64 that this library uses.
 * Source: Linux, include/uapi/asm-generic/unistd.h (RISC-V uses the generic table).
 */
#ifndef TRIVIUM_GUEST_LIB_ARCH_SYSNUM_H
#define TRIVIUM_GUEST_LIB_ARCH_SYSNUM_H

enum {
    SYS_getcwd = 17,
    SYS_dup = 23,
    SYS_dup3 = 24,
    SYS_fcntl = 25,
    SYS_ioctl = 29,
    SYS_mkdirat = 34,
    SYS_unlinkat = 35,
    SYS_ftruncate = 46,
    SYS_chdir = 49,
    SYS_openat = 56,
    SYS_close = 57,
    SYS_pipe2 = 59,
    SYS_getdents64 = 61,
    SYS_lseek = 62,
    SYS_read = 63,
    SYS_write = 64,
    SYS_readv = 65,
    SYS_writev = 66,
    SYS_newfstatat = 79,
    SYS_fstat = 80,
    SYS_exit_group = 94,
    SYS_nanosleep = 101,
    SYS_clock_gettime = 113,
    SYS_sched_yield = 124,
    SYS_kill = 129,
    SYS_rt_sigaction = 134,
    SYS_uname = 160,
    SYS_getpid = 172,
    SYS_getppid = 173,
    SYS_brk = 214,
    SYS_munmap = 215,
    SYS_clone = 220,
    SYS_execve = 221,
    SYS_mmap = 222,
    SYS_mprotect = 226,
    SYS_madvise = 233,
    SYS_wait4 = 260,
    SYS_getrandom = 278,
};

#endif
