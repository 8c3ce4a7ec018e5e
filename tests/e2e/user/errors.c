/*
 * errors.c: bad pointers and bad arguments to every system call that takes any: the kernel's answer
 * is an errno, never a crash. What is compared is that the answers are those of the host.
 */
#include "tests/e2e/user/calls.h"

#include <fcntl.h>
#include <sys/mman.h>

enum { BAD = 999 }; /* no descriptor of that number is open */

/* One more bad pointer for each call: unmapped, past the end of any address space, read-only. */
static long unmapped, wild = -4096, read_only;
static long zero_time[2] = {0, 0};

static void show_files(const char *kind, long bad)
{
    printf("-- files, %s\n", kind);
    show("openat", CALL(openat, AT_FDCWD, bad, O_RDONLY));
    show("mkdirat", CALL(mkdirat, AT_FDCWD, bad, 0700));
    show("unlinkat", CALL(unlinkat, AT_FDCWD, bad, 0));
    show("linkat from", CALL(linkat, AT_FDCWD, bad, AT_FDCWD, (long)"x", 0));
    show("linkat to", CALL(linkat, AT_FDCWD, (long)"/", AT_FDCWD, bad, 0));
    show("symlinkat", CALL(symlinkat, bad, AT_FDCWD, (long)"x"));
    show("renameat2", CALL(renameat2, AT_FDCWD, bad, AT_FDCWD, (long)"x", 0));
    show("faccessat", CALL(faccessat, AT_FDCWD, bad, 0));
    show("faccessat2", CALL(faccessat2, AT_FDCWD, bad, 0, 0));
    show("fchmodat", CALL(fchmodat, AT_FDCWD, bad, 0));
    show("fchownat", CALL(fchownat, AT_FDCWD, bad, 0, 0, 0));
    show("truncate", CALL(truncate, bad, 0));
    show("chdir", CALL(chdir, bad));
    show("utimensat", CALL(utimensat, AT_FDCWD, bad, 0, 0));
    show("newfstatat path", CALL(newfstatat, AT_FDCWD, bad, unmapped, 0));
    show("statfs", CALL(statfs, bad, bad));
    show("readlinkat path", CALL(readlinkat, AT_FDCWD, bad, bad, 10));
    show("execve path", CALL(execve, bad, 0, 0));
    show("memfd_create", CALL(memfd_create, bad, 0));
    if (bad != 0) { /* NULL stands for "none": the call would succeed */
        show("execve argv", CALL(execve, (long)"/proc/self/exe", bad, 0));
        show("execve envp", CALL(execve, (long)"/proc/self/exe", 0, bad));
    }
}

static void show_outputs(const char *kind, long bad)
{
    printf("-- outputs, %s\n", kind);
    show("newfstatat", CALL(newfstatat, AT_FDCWD, (long)"/", bad, 0));
    show("fstat", CALL(fstat, 0, bad));
    show("statx", CALL(statx, AT_FDCWD, (long)"/", 0, 0xfff, bad));
    show("fstatfs", CALL(fstatfs, 0, bad));
    show("getcwd", CALL(getcwd, bad, 100));
    show("pipe2", CALL(pipe2, bad, 0));
    show("readlinkat", CALL(readlinkat, AT_FDCWD, (long)"/proc/self/cwd", bad, 10));
    show("readlinkat of the program", CALL(readlinkat, AT_FDCWD, (long)"/proc/self/exe", bad, 10));
    show("clock_gettime", CALL(clock_gettime, 0, bad));
    show("clock_getres", CALL(clock_getres, 0, bad));
    show("gettimeofday", CALL(gettimeofday, bad, 0));
    show("times", CALL(times, bad));
    show("getrusage", CALL(getrusage, 0, bad));
    show("getitimer", CALL(getitimer, 0, bad));
    show("uname", CALL(uname, bad));
    show("sysinfo", CALL(sysinfo, bad));
    show("getcpu", CALL(getcpu, bad, 0, 0));
    show("getresuid", CALL(getresuid, bad, bad, bad));
    show("getrandom", CALL(getrandom, bad, 10, 0));
    show("prlimit64", CALL(prlimit64, 0, 7, 0, bad));
    show("sched_getaffinity", CALL(sched_getaffinity, 0, 128, bad));
    show("rt_sigaction", CALL(rt_sigaction, 10, 0, bad, 8));
    show("rt_sigprocmask", CALL(rt_sigprocmask, 0, 0, bad, 8));
    show("rt_sigpending", CALL(rt_sigpending, bad, 8));
    show("prctl", CALL(prctl, 16, bad));
    show("pselect6", CALL(pselect6, 1, bad, 0, 0, (long)zero_time, 0));
}

/* A pipe with something in it, so that read gets as far as the buffer. */
static void show_transfers(const char *kind, long bad, long bad_input)
{
    long vector[2] = {bad, 10};
    int fds[2];
    long folder = CALL(openat, AT_FDCWD, (long)"/", O_RDONLY | O_DIRECTORY);
    long zeros = CALL(openat, AT_FDCWD, (long)"/dev/zero", O_RDONLY);

    printf("-- transfers, %s\n", kind);
    pipe(fds);
    show("write", CALL(write, fds[1], bad_input, 10));
    show("write nothing", CALL(write, fds[1], bad_input, 0));
    show("fill", CALL(write, fds[1], (long)"0123456789", 10));
    show("read", CALL(read, fds[0], bad, 10));
    show("read nothing", CALL(read, fds[0], bad, 0));
    show("readv", CALL(readv, fds[0], (long)vector, 1));
    show("readv vector", CALL(readv, fds[0], bad_input, 1));
    show("writev vector", CALL(writev, fds[1], bad_input, 1));
    show("pread64", CALL(pread64, zeros, bad, 10, 0));
    show("preadv", CALL(preadv, zeros, (long)vector, 1, 0));
    show("getdents64", CALL(getdents64, folder, bad, 1000));
    show("ioctl FIONREAD", CALL(ioctl, fds[0], 0x541b, bad));
    show("ioctl TCGETS", CALL(ioctl, fds[0], 0x5401, bad));
    for (int i = 0; i < 2; i++)
        close(fds[i]);
    close((int)folder);
    close((int)zeros);
}

static void show_inputs(const char *kind, long bad)
{
    printf("-- inputs, %s\n", kind);
    show("nanosleep", CALL(nanosleep, bad, 0));
    show("clock_nanosleep", CALL(clock_nanosleep, 1, 0, bad, 0));
    show("setitimer", CALL(setitimer, 0, bad, 0));
    show("rt_sigaction", CALL(rt_sigaction, 10, bad, 0, 8));
    show("rt_sigprocmask", CALL(rt_sigprocmask, 0, bad, 0, 8));
    show("rt_sigsuspend", CALL(rt_sigsuspend, bad, 8));
    show("rt_sigtimedwait", CALL(rt_sigtimedwait, bad, 0, 0, 8));
    show("ppoll", CALL(ppoll, bad, 1, (long)zero_time, 0, 8));
    show("futex", CALL(futex, bad, 0, 0, 0, 0, 0));
    show("fcntl F_GETLK", CALL(fcntl, 0, 5, bad));
    show("prctl name", CALL(prctl, 15, bad));
    show("sched_setaffinity", CALL(sched_setaffinity, 0, 8, bad));
    show("prlimit64", CALL(prlimit64, 0, 7, bad, 0));
    show("pselect6 mask", CALL(pselect6, 0, 0, 0, 0, (long)zero_time, bad));
}

static void show_bad_descriptors(void)
{
    printf("-- descriptors\n");
    show("close", CALL(close, BAD));
    show("read", CALL(read, BAD, (long)zero_time, 1));
    show("write", CALL(write, BAD, (long)zero_time, 1));
    show("readv", CALL(readv, BAD, (long)zero_time, 1));
    show("lseek", CALL(lseek, BAD, 0, 0));
    show("fstat", CALL(fstat, BAD, (long)zero_time));
    show("dup", CALL(dup, BAD));
    show("dup3", CALL(dup3, BAD, 3, 0));
    show("dup3 to itself", CALL(dup3, 1, 1, 0));
    show("fcntl", CALL(fcntl, BAD, 1, 0));
    show("fcntl unknown", CALL(fcntl, 0, 999, 0));
    show("ioctl", CALL(ioctl, BAD, 0x5401, (long)zero_time));
    show("ftruncate", CALL(ftruncate, BAD, 0));
    show("fsync", CALL(fsync, BAD));
    show("fchdir", CALL(fchdir, BAD));
    show("getdents64", CALL(getdents64, BAD, (long)zero_time, 16));
    show("mmap", CALL(mmap, 0, 4096, PROT_READ, MAP_PRIVATE, BAD, 0));
    show("openat at", CALL(openat, BAD, (long)"x", 0));
    show("wait4", CALL(wait4, -1, 0, 0, 0));
    show("kill", CALL(kill, 1 << 22, 0));
    show("kill signal", CALL(kill, CALL(getpid, 0), 65));
    show("setpgid", CALL(setpgid, -1, 0));
    show("lseek of a pipe", CALL(lseek, 0, 0, 9));
    show("readlinkat size", CALL(readlinkat, AT_FDCWD, (long)"/proc/self/exe", unmapped, 0));
    show("readv count", CALL(readv, 0, (long)zero_time, 1025));
    show("readv negative", CALL(readv, 0, (long)zero_time, -1));
    show("sigaction of SIGKILL", CALL(rt_sigaction, 9, (long)zero_time, 0, 8));
    show("sigaction size", CALL(rt_sigaction, 10, 0, 0, 16));
    show("clock", CALL(clock_gettime, 77, (long)zero_time));
    show("getcwd size", CALL(getcwd, (long)zero_time, 1));
}

int main(void)
{
    unmapped = (long)mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    read_only = (long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap((void *)unmapped, 8192);

    show_files("NULL", 0);
    show_files("unmapped", unmapped);
    show_files("wild", wild);
    show_outputs("unmapped", unmapped);
    show_outputs("wild", wild);
    show_outputs("read-only", read_only);
    show_transfers("unmapped", unmapped, unmapped);
    show_transfers("wild", wild, wild);
    show_transfers("read-only", read_only, unmapped);
    show_inputs("unmapped", unmapped);
    show_inputs("wild", wild);
    show_bad_descriptors();
    return 0;
}
