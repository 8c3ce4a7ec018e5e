/* names.c: the table of namespaces, and what the new ones need; see names.h. */
#include "ctr/names.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct name_row name_rows[NAME_COUNT] = {
    [NAME_USER] = {"user", "user", "CLONE_NEWUSER", CLONE_NEWUSER, "user ids, and what root may"},
    [NAME_MOUNT] = {"mount", "mnt", "CLONE_NEWNS", CLONE_NEWNS, "file names"},
    [NAME_PID] = {"pid", "pid", "CLONE_NEWPID", CLONE_NEWPID, "process numbers"},
    [NAME_NET] = {"net", "net", "CLONE_NEWNET", CLONE_NEWNET, "network devices and addresses"},
    [NAME_UTS] = {"uts", "uts", "CLONE_NEWUTS", CLONE_NEWUTS, "the host's name"},
    [NAME_IPC] = {"ipc", "ipc", "CLONE_NEWIPC", CLONE_NEWIPC, "shared memory, message queues"},
    [NAME_CGROUP] = {"cgroup", "cgroup", "CLONE_NEWCGROUP", CLONE_NEWCGROUP, "control groups"},
    [NAME_TIME] = {"time", "time", "CLONE_NEWTIME", CLONE_NEWTIME, "monotonic clock, uptime"},
};

enum ctr_name names_find(const char *name, size_t length)
{
    for (unsigned i = 0; i < NAME_COUNT; i++) {
        if (strlen(name_rows[i].name) == length && memcmp(name_rows[i].name, name, length) == 0)
            return (enum ctr_name)i;
    }
    return NAME_COUNT;
}

/* Those of clone3. */
static bool is_cloned(enum ctr_name name)
{
    return name != NAME_CGROUP && name != NAME_TIME;
}

uint64_t names_flags(unsigned set)
{
    uint64_t flags = 0;

    //@lab 10.1 which names are new
    for (unsigned i = 0; i < NAME_COUNT; i++) {
        if (is_cloned((enum ctr_name)i) && names_has(set, (enum ctr_name)i))
            flags |= name_rows[i].flag;
    }
    //| (void)set;
    //| lab_todo("10.1");
    //@end
    return flags;
}

void names_text(char *text, size_t size, unsigned set)
{
    size_t used = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < NAME_COUNT && used < size; i++) {
        if (is_cloned((enum ctr_name)i) && names_has(set, (enum ctr_name)i))
            used += (size_t)snprintf(text + used, size - used, "%s%s", used == 0 ? "" : "|",
                                     name_rows[i].constant);
    }
}

void names_read(uint64_t numbers[NAME_COUNT])
{
    names_read_of("self", numbers);
}

void names_read_of(const char *who, uint64_t numbers[NAME_COUNT])
{
    char path[64];
    struct stat status;

    for (unsigned i = 0; i < NAME_COUNT; i++) {
        snprintf(path, sizeof path, "/proc/%s/ns/%s", who, name_rows[i].link);
        numbers[i] = stat(path, &status) == 0 ? status.st_ino : 0;
    }
}

/* The number that a file of /proc/sys holds; -1: there is no such file. */
static long read_number(const char *path)
{
    FILE *file = fopen(path, "re");
    long number = -1;

    if (file == NULL)
        return -1;
    if (fscanf(file, "%ld", &number) != 1)
        number = -1;
    fclose(file);
    return number;
}

/* The profile by which AppArmor would let this very program, and no other, make user namespaces. */
static void hint_profile(struct err *err)
{
    char exe[128];
    ssize_t length = readlink("/proc/self/exe", exe, sizeof exe - 1);

    exe[length > 0 ? length : 0] = '\0';
    err_hint(
        err,
        "printf 'abi <abi/4.0>,\\nprofile trivium \"%s\" flags=(unconfined) { userns, }\\n' | sudo "
        "tee /etc/apparmor.d/trivium && sudo apparmor_parser -r /etc/apparmor.d/trivium; or run "
        "trivium with sudo; or, at the price that every program may again, sudo sysctl -w "
        "kernel.apparmor_restrict_unprivileged_userns=0",
        exe);
}

int names_refused(struct err *err)
{
    if (read_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1) {
        err_wrap(err, "this host's AppArmor lets only programs that it knows use a user namespace");
        hint_profile(err);
    } else if (read_number("/proc/sys/kernel/unprivileged_userns_clone") == 0) {
        err_wrap(err, "this host lets only root make user namespaces");
        err_hint(err, "run trivium with sudo; or sysctl -w kernel.unprivileged_userns_clone=1");
    } else if (read_number("/proc/sys/user/max_user_namespaces") == 0) {
        err_wrap(err, "this host allows no user namespaces");
        err_hint(err, "sudo sysctl -w user.max_user_namespaces=10000");
    } else if (access("/.dockerenv", F_OK) == 0) {
        err_wrap(err, "we are in a Docker container, which forbids containers in it");
        err_hint(err, "start that one with --privileged, or run trivium outside of it");
    } else {
        err_hint(err, "trivium doctor says what this host lacks");
    }
    return -1;
}

/*
 * Only now, in its control group, and not with clone3: what a group is called in the new namespace
 * counts from the one that its maker is in.
 */
int names_cgroup(struct steps *steps, struct err *err)
{
    step_begin(steps, STEP_CGROUP_NAMES, "unshare(CLONE_NEWCGROUP)");
    if (unshare(CLONE_NEWCGROUP) < 0)
        return err_sys(err, errno, "cannot make a namespace of control groups (unshare)");
    step_end(steps, "the group that it is in is called / from now on");
    return 0;
}

/* The maker stays in the old one, and sets the new one's clocks. Source: time_namespaces(7). */
int names_clocks(struct steps *steps, int64_t offset, struct err *err)
{
    char text[96];
    int fd, error = 0;

    step_begin(steps, STEP_CLOCKS, "unshare(CLONE_NEWTIME)");
    if (unshare(CLONE_NEWTIME) < 0)
        return err_sys(err, errno, "cannot make a namespace of clocks (unshare)");
    step_end(steps, "who is started from now on has clocks of its own");
    snprintf(text, sizeof text, "monotonic %lld 0\nboottime %lld 0\n", (long long)offset,
             (long long)offset);
    step_begin(steps, STEP_CLOCKS_SET,
               "write(/proc/self/timens_offsets, \"monotonic %lld 0, boottime %lld 0\")",
               (long long)offset, (long long)offset);
    fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        error = errno;
    if (fd >= 0)
        close(fd);
    if (error == ERANGE)
        return err_set(err, "with %lld seconds more the clocks would be below 0, or too far ahead",
                       (long long)offset);
    if (error != 0)
        return err_sys(err, error, "cannot set the clocks (timens_offsets)");
    step_end(steps, "the monotonic clock and the uptime are %lld s ahead", (long long)offset);
    return 0;
}

int names_host(struct steps *steps, const char *hostname, struct err *err)
{
    char before[65] = "";

    gethostname(before, sizeof before - 1);
    step_begin(steps, STEP_HOSTNAME, "sethostname(\"%s\")", hostname);
    if (sethostname(hostname, strlen(hostname)) < 0)
        return err_sys(err, errno, "cannot set the host name to '%s' (sethostname)", hostname);
    step_end(steps, "the host's name was %s and is %s", before, hostname);
    return 0;
}

int names_loopback(struct steps *steps, struct err *err)
{
    struct ifreq request = {.ifr_name = "lo"};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    step_begin(steps, STEP_LOOPBACK, "ioctl(SIOCSIFFLAGS, lo, IFF_UP)");
    if (fd < 0)
        return err_sys(err, errno, "cannot make a socket for the loopback device");
    request.ifr_flags = IFF_UP;
    if (ioctl(fd, SIOCSIFFLAGS, &request) < 0) {
        err_sys(err, errno, "cannot bring up the loopback device (SIOCSIFFLAGS)");
        close(fd);
        return -1;
    }
    close(fd);
    step_end(steps, "127.0.0.1 is there, and no other network");
    return 0;
}

/* Keys are no namespace's: without this the container would possess those of the session. */
int names_keyring(struct steps *steps, struct err *err)
{
    step_begin(steps, STEP_KEYRING, "keyctl(KEYCTL_JOIN_SESSION_KEYRING)");
    /* A kernel without keys has none to protect. */
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS)
        return err_sys(err, errno, "cannot make a session keyring (keyctl)");
    step_end(steps, "an empty session keyring instead of yours");
    return 0;
}
