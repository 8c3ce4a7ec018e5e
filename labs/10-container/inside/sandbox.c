/*
 * sandbox.c: sandbox [--one] [--as UID] COMMAND...: the command, kept from harming this computer.
 *
 * Your Trivium makes mounts, moves roots and signals processes, and it may do all that wrong. So it
 * runs among names of its own (users, mounts, processes, network, host name, IPC), where every file
 * system but the control groups and /proc is read-only, and where root's rights are worth nothing
 * outside. Its mounts are shared, as systemd has them: what a container mounts without care comes
 * back here.
 *
 * --one: there is one user only, root, who is whoever calls. It is so for who is not root.
 * --as UID: the command runs as that user.
 *
 * The status is the command's; 99: the command has changed the sandbox, and it is said what; 77:
 * this computer lets nobody make one.
 *
 * Source: user_namespaces(7), mount_namespaces(7). What it is not: a wall for hostile programs.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANNOT = 77, CHANGED = 99 };

static _Noreturn void cannot(const char *what)
{
    printf("no sandbox can be made here: %s: %s\n", what, strerror(errno));
    puts("try: build/trivium doctor, which says what this computer lacks for containers");
    exit(CANNOT);
}

static void write_file(pid_t pid, const char *name, const char *text)
{
    char path[64];
    int fd;

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        cannot(path);
    close(fd);
}

/* All ids that there are here, each as itself. */
static void map_all(pid_t pid, const char *name)
{
    char path[64], text[4096] = "";
    unsigned first, ignored, count;
    size_t used = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/self/%s", name);
    file = fopen(path, "re");
    while (file != NULL && used < sizeof text - 64 &&
           fscanf(file, "%u %u %u", &first, &ignored, &count) == 3)
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%u %u %u\n", first, first, count);
    if (file != NULL)
        fclose(file);
    write_file(pid, name, text);
}

/* Only root, who is whoever calls. */
static void map_one(pid_t pid, const char *name, unsigned id)
{
    char text[64];

    snprintf(text, sizeof text, "0 %u 1", id);
    write_file(pid, name, text);
}

/* How many mounts this process sees. */
static unsigned count_mounts(void)
{
    FILE *file = fopen("/proc/self/mountinfo", "re");
    unsigned count = 0;

    if (file == NULL)
        cannot("/proc/self/mountinfo");
    for (int c = fgetc(file); c != EOF; c = fgetc(file))
        count += c == '\n';
    fclose(file);
    return count;
}

static void make_mounts(void)
{
    struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
    struct mount_attr writable = {.attr_clr = MOUNT_ATTR_RDONLY};

    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        cannot("MS_PRIVATE");
    /* Trivium puts a root there for a moment; as a mount, it is shared for itself. */
    if (mount("/tmp", "/tmp", NULL, MS_BIND | MS_REC, NULL) < 0)
        cannot("a mount on /tmp");
    if (mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &read_only, sizeof read_only) < 0)
        cannot("read-only mounts");
    /* Only where one is seen whole and writable does the kernel let a container have its own. */
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        cannot("a mount on /proc");
    /* Where there are none, no limit can be tested. */
    mount_setattr(AT_FDCWD, "/sys/fs/cgroup", AT_RECURSIVE, &writable, sizeof writable);
    if (mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) < 0)
        cannot("MS_SHARED");
}

static _Noreturn void run(char **command, unsigned as)
{
    if (as != 0 &&
        (setgroups(0, NULL) < 0 || setresgid(as, as, as) < 0 || setresuid(as, as, as) < 0))
        cannot("another user");
    if (access(command[0], X_OK) < 0)
        cannot(command[0]);
    execv(command[0], command);
    cannot(command[0]);
}

/* The first process of the new names: waits for the command, reaps, and looks what has changed. */
static int watch(char **command, unsigned as)
{
    char name[65] = "";
    unsigned mounts;
    int status = 0, ended;
    pid_t pid;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    make_mounts();
    mounts = count_mounts();
    if (sethostname("sandbox", 7) < 0)
        cannot("a host name");
    pid = fork();
    if (pid < 0)
        cannot("a process");
    if (pid == 0)
        run(command, as);
    for (pid_t each = wait(&ended); each > 0; each = each == pid ? -1 : wait(&ended))
        status = each == pid ? ended : status;
    gethostname(name, sizeof name - 1);
    if (strcmp(name, "sandbox") != 0) {
        printf("the host's name was changed to %s\n", name);
        return CHANGED;
    }
    if (count_mounts() != mounts) {
        printf("mounts of the container came out of it: there were %u here, now there are %u\n",
               mounts, count_mounts());
        return CHANGED;
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* In a process that still has the caller's names: two children, as user and process numbers need.
 */
static int make(char **command, bool one, unsigned as)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    int ready[2], go[2], status;
    char byte = 0;
    pid_t pid;

    if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(go, O_CLOEXEC) < 0)
        cannot("a pipe");
    pid = fork();
    if (pid < 0)
        cannot("a process");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (unshare(CLONE_NEWUSER) < 0)
            cannot("a user namespace");
        close(go[1]);
        if (write(ready[1], "r", 1) != 1 || read(go[0], &byte, 1) != 1)
            _exit(CANNOT);
        if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET) < 0)
            cannot("namespaces");
        pid = fork();
        if (pid < 0)
            cannot("a process");
        if (pid == 0)
            exit(watch(command, as));
    } else {
        close(ready[1]);
        if (read(ready[0], &byte, 1) == 1) {
            if (uid != 0)
                write_file(pid, "setgroups", "deny");
            if (one || uid != 0) {
                map_one(pid, "gid_map", gid);
                map_one(pid, "uid_map", uid);
            } else {
                map_all(pid, "gid_map");
                map_all(pid, "uid_map");
            }
            if (write(go[1], "g", 1) != 1)
                cannot("a pipe");
        }
    }
    if (waitpid(pid, &status, 0) < 0)
        cannot("a child");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
    bool one = false;
    unsigned as = 0;

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (argc--, argv++; argc > 0 && argv[0][0] == '-'; argc--, argv++) {
        if (strcmp(argv[0], "--one") == 0) {
            one = true;
        } else if (strcmp(argv[0], "--as") == 0 && argc > 1) {
            as = (unsigned)atoi(argv[1]);
            argc--, argv++;
        }
    }
    if (argc == 0) {
        fputs("usage: sandbox [--one] [--as UID] COMMAND...\n", stderr);
        return 2;
    }
    return make(argv, one, as);
}
