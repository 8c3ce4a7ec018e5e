/* The Linux system call numbers of x86-64 that this library uses.
 * Source: Linux, arch/x86/entry/syscalls/syscall_64.tbl.
 */
#ifndef TRIVIUM_GUEST_LIB_ARCH_SYSNUM_H
#define TRIVIUM_GUEST_LIB_ARCH_SYSNUM_H

enum {
    SYS_read = 0,
    SYS_write = 1,
    SYS_close = 3,
    SYS_fstat = 5,
    SYS_lseek = 8,
    SYS_mmap = 9,
    SYS_mprotect = 10,
    SYS_munmap = 11,
    SYS_brk = 12,
    SYS_rt_sigaction = 13,
    SYS_ioctl = 16,
    SYS_readv = 19,
    SYS_writev = 20,
    SYS_sched_yield = 24,
    SYS_madvise = 28,
    SYS_dup = 32,
    SYS_nanosleep = 35,
    SYS_getpid = 39,
    SYS_clone = 56,
    SYS_execve = 59,
    SYS_wait4 = 61,
    SYS_kill = 62,
    SYS_uname = 63,
    SYS_fcntl = 72,
    SYS_ftruncate = 77,
    SYS_getcwd = 79,
    SYS_chdir = 80,
    SYS_getppid = 110,
    SYS_getdents64 = 217,
    SYS_clock_gettime = 228,
    SYS_exit_group = 231,
    SYS_openat = 257,
    SYS_mkdirat = 258,
    SYS_newfstatat = 262,
    SYS_unlinkat = 263,
    SYS_dup3 = 292,
    SYS_pipe2 = 293,
    SYS_getrandom = 318,
};

#endif
