/*
 * attack.c: a program for containers of tests: attack NAME [ARGUMENT] tries one thing that a
 * program in a container shall not be able to do. It exits with 0 when that succeeds, 1 when it is
 * refused, and says which on its standard output. `attack --list` names those that need no
 * argument.
 *
 * It does no harm: what it opens for writing it does not write, what it could kill it signals with
 * 0. Only the bombs are bombs. Loads and limits stand in load.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/ctr/load.h"

#define DECOY "trivium-decoy"

/* Files of the host. */

/* The caller has left the host's root open as descriptor 7, or another: out by it. */
static long try_descriptor(const char *argument)
{
    (void)argument;
    for (int fd = 3; fd < 1024; fd++) {
        if (fchdir(fd) == 0)
            return access("tmp/" DECOY, F_OK);
    }
    errno = EBADF;
    return -1;
}

/* The oldest one: a root below the folder that one stands in is no wall. */
static long try_chroot(const char *argument)
{
    (void)argument;
    mkdir("/tmp/below", 0755);
    if (chroot("/tmp/below") < 0)
        return -1;
    for (int i = 0; i < 64; i++) {
        if (chdir("..") < 0)
            return -1;
    }
    if (chroot(".") < 0)
        return -1;
    return access("/tmp/" DECOY, F_OK);
}

static long try_mount(const char *argument)
{
    (void)argument;
    return mount("none", "/tmp", "tmpfs", 0, NULL);
}

static long try_new_mount(const char *argument)
{
    (void)argument;
    return syscall(SYS_fsopen, "tmpfs", 0);
}

/* A file by its number, whatever the root is: "shocker". */
static long try_handle(const char *argument)
{
    char buffer[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    struct file_handle *handle = (struct file_handle *)(void *)buffer;
    int root = open("/", O_RDONLY), id;

    (void)argument;
    handle->handle_bytes = MAX_HANDLE_SZ;
    if (name_to_handle_at(AT_FDCWD, "/", handle, &id, 0) < 0)
        return -1;
    return open_by_handle_at(root, handle, O_RDONLY);
}

static long try_device(const char *argument)
{
    (void)argument;
    unlink("/tmp/mem");
    if (mknod("/tmp/mem", S_IFCHR | 0600, makedev(1, 1)) < 0)
        return -1;
    return open("/tmp/mem", O_RDONLY);
}

/* The kernel's own files. */

static long try_core_pattern(const char *argument)
{
    (void)argument;
    return open("/proc/sys/kernel/core_pattern", O_WRONLY);
}

static long try_sysctl(const char *argument)
{
    (void)argument;
    return open("/proc/sys/vm/overcommit_memory", O_WRONLY);
}

/* That it is empty is as good as that it is not there. */
static long try_interrupts(const char *argument)
{
    char byte;
    int fd = open("/proc/interrupts", O_RDONLY);
    ssize_t got = fd < 0 ? -1 : read(fd, &byte, 1);

    (void)argument;
    errno = got == 0 ? ENODATA : errno;
    return got == 1 ? 0 : -1;
}

/* The file of the program that made the container, or of whatever is process 1 (CVE-2019-5736). */
static long try_exe(const char *argument)
{
    (void)argument;
    return open("/proc/1/exe", O_RDONLY);
}

static long try_log(const char *argument)
{
    char text[64];

    (void)argument;
    return klogctl(3, text, sizeof text);
}

/* Processes of the host, given by their numbers. */

static long try_kill(const char *argument)
{
    return kill(atoi(argument), 0);
}

static long try_ptrace(const char *argument)
{
    return ptrace(PTRACE_SEIZE, atoi(argument), NULL, NULL);
}

/* SIGWINCH to all of one's process group, of which the caller may be one. Who is told by it? */
static long try_group(const char *argument)
{
    (void)argument;
    return kill(0, SIGWINCH);
}

/* An abstract socket of that name: it is the network's, and no file. */
static socklen_t abstract_address(struct sockaddr_un *address, const char *name)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    strncpy(address->sun_path + 1, name, sizeof address->sun_path - 2);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
}

static long try_socket(const char *argument)
{
    struct sockaddr_un address;
    socklen_t length = abstract_address(&address, argument);

    return connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, length);
}

/* Not an attack: what the one before is directed at, until it is killed. */
static long try_serve(const char *argument)
{
    struct sockaddr_un address;
    socklen_t length = abstract_address(&address, argument);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, 8) < 0)
        return -1;
    puts("serving");
    fflush(stdout);
    pause();
    return 0;
}

/* System calls with a past. */

static long try_user(const char *argument)
{
    (void)argument;
    return unshare(CLONE_NEWUSER);
}

static long try_clone_user(const char *argument)
{
    long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

    (void)argument;
    if (pid == 0)
        _exit(0);
    return pid;
}

static long try_clone3_user(const char *argument)
{
    struct clone_args {
        unsigned long long words[8];
    } args = {{CLONE_NEWUSER, 0, 0, 0, SIGCHLD}};
    long pid = syscall(SYS_clone3, &args, sizeof args);

    (void)argument;
    if (pid == 0)
        _exit(0);
    return pid;
}

static long try_setns(const char *argument)
{
    (void)argument;
    return setns(open("/proc/self/ns/uts", O_RDONLY), 0);
}

static long try_bpf(const char *argument)
{
    union bpf_attr attr = {
        .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};

    (void)argument;
    return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr);
}

static long try_perf(const char *argument)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_SOFTWARE, .size = sizeof attr, .config = PERF_COUNT_SW_CPU_CLOCK};

    (void)argument;
    return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static long try_keys(const char *argument)
{
    (void)argument;
    return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1);
}

static long try_ring(const char *argument)
{
    char parameters[256] = {0};

    (void)argument;
    return syscall(SYS_io_uring_setup, 4, parameters);
}

static long try_userfault(const char *argument)
{
    (void)argument;
    return syscall(SYS_userfaultfd, 0);
}

/* Types a letter into a terminal: here one of its own. `high`: a bit that the kernel overlooks. */
static long type_letter(unsigned long high)
{
    char name[32], letter = 'x';
    int unlock = 0, number, master = open("/dev/ptmx", O_RDWR | O_NOCTTY), slave;

    if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock) < 0 ||
        ioctl(master, TIOCGPTN, &number) < 0)
        return -1;
    snprintf(name, sizeof name, "/dev/pts/%d", number);
    slave = open(name, O_RDWR | O_NOCTTY);
    if (slave < 0)
        return -1;
    if (fork() == 0) {
        setsid();
        ioctl(slave, TIOCSCTTY, 0);
        errno = 0;
        _exit(syscall(SYS_ioctl, slave, TIOCSTI | high, &letter) < 0 ? errno : 0);
    }
    wait(&number);
    errno = WEXITSTATUS(number);
    return errno == 0 ? 0 : -1;
}

static long try_type(const char *argument)
{
    (void)argument;
    return type_letter(0);
}

static long try_type_high(const char *argument)
{
    (void)argument;
    return type_letter(1UL << 32);
}

/* getpid() by the door for 32-bit programs, where calls have other numbers. */
static long try_int80(const char *argument)
{
    int answer;

    (void)argument;
    __asm__ volatile("int $0x80" : "=a"(answer) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
    errno = answer < 0 ? -answer : 0;
    return answer;
}

static long try_packet(const char *argument)
{
    (void)argument;
    return socket(AF_PACKET, SOCK_RAW, 0);
}

static long try_raw(const char *argument)
{
    (void)argument;
    return socket(AF_INET, SOCK_RAW, 1);
}

static long try_alg(const char *argument)
{
    (void)argument;
    return socket(AF_ALG, SOCK_SEQPACKET, 0);
}

static long try_name(const char *argument)
{
    char name[65];

    (void)argument;
    gethostname(name, sizeof name);
    return sethostname(name, strlen(name));
}

static long try_clock(const char *argument)
{
    struct timespec now;

    (void)argument;
    clock_gettime(CLOCK_REALTIME, &now);
    return clock_settime(CLOCK_REALTIME, &now);
}

static long try_limit(const char *argument)
{
    struct rlimit limit;

    (void)argument;
    if (getrlimit(RLIMIT_CORE, &limit) < 0)
        return -1;
    limit.rlim_max = RLIM_INFINITY;
    return setrlimit(RLIMIT_CORE, &limit);
}

/* Not an attack: ends by a signal. */
static long try_raise(const char *argument)
{
    return raise(atoi(argument));
}

/* Not attacks: what standard input is, and who we are. */
static long try_terminal(const char *argument)
{
    struct winsize size;
    sigset_t change;
    int number;

    if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0)
        return -1;
    printf("terminal: %s %ux%u, foreground %s\n", ttyname(STDIN_FILENO), size.ws_col, size.ws_row,
           tcgetpgrp(STDIN_FILENO) == getpgrp() ? "yes" : "no");
    if (strcmp(argument, "changes") != 0)
        return 0;
    sigemptyset(&change);
    sigaddset(&change, SIGWINCH);
    sigprocmask(SIG_BLOCK, &change, NULL);
    signal(SIGWINCH, SIG_DFL);
    puts("waiting");
    fflush(stdout);
    while (size.ws_col != 100) {
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
    }
    sigwait(&change, &number);
    puts("it is 100 columns wide");
    return 0;
}

static long try_ids(const char *argument)
{
    (void)argument;
    printf("ids: %u %u, %d groups\n", (unsigned)getuid(), (unsigned)getegid(), getgroups(0, NULL));
    return 0;
}

static const struct attack {
    const char *name;
    long (*try)(const char *argument); /* 0 or more: it succeeded; -1: errno tells why not */
    bool listed;                       /* it needs no argument */
} attacks[] = {
    {"descriptor", try_descriptor, true},
    {"chroot", try_chroot, true},
    {"mount", try_mount, true},
    {"new-mount", try_new_mount, true},
    {"handle", try_handle, true},
    {"device", try_device, true},
    {"core-pattern", try_core_pattern, true},
    {"sysctl", try_sysctl, true},
    {"interrupts", try_interrupts, true},
    {"exe", try_exe, true},
    {"log", try_log, true},
    {"user", try_user, true},
    {"clone-user", try_clone_user, true},
    {"clone3-user", try_clone3_user, true},
    {"setns", try_setns, true},
    {"bpf", try_bpf, true},
    {"perf", try_perf, true},
    {"keys", try_keys, true},
    {"ring", try_ring, true},
    {"userfault", try_userfault, true},
    {"type", try_type, true},
    {"type-high", try_type_high, true},
    {"int80", try_int80, true},
    {"packet", try_packet, true},
    {"raw", try_raw, true},
    {"alg", try_alg, true},
    {"name", try_name, true},
    {"clock", try_clock, true},
    {"limit", try_limit, true},
    {"kill", try_kill, false},
    {"ptrace", try_ptrace, false},
    {"group", try_group, false},
    {"socket", try_socket, false},
    {"serve", try_serve, false},
    {"raise", try_raise, false},
    {"terminal", try_terminal, false},
    {"ids", try_ids, false},
    {"eat", load_eat, false},
    {"eat-in-child", load_eat_in_child, false},
    {"fill", load_fill, false},
    {"fill-here", load_fill_here, false},
    {"forks", load_forks, false},
    {"fork-bomb", load_fork_bomb, false},
    {"memory-bomb", load_memory_bomb, false},
    {"cpus", load_cpus, false},
    {"all-cpus", load_all_cpus, false},
};

int main(int argc, char **argv)
{
    bool list = argc == 2 && strcmp(argv[1], "--list") == 0;

    for (size_t i = 0; i < sizeof attacks / sizeof *attacks && argc > 1; i++) {
        if (list && attacks[i].listed)
            puts(attacks[i].name);
        if (strcmp(attacks[i].name, argv[1]) != 0)
            continue;
        errno = 0;
        if (attacks[i].try(argc > 2 ? argv[2] : "") >= 0) {
            puts("succeeded");
            return 0;
        }
        printf("refused: %s\n", strerrorname_np(errno));
        return 1;
    }
    return list ? 0 : 2;
}
