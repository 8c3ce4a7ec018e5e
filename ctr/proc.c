/* proc.c: /proc and /dev of a container; see proc.h. */
#include "ctr/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "ctr/mounts.h"
#include "ctr/names.h"

#define SAFE (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

/* The files and folders of /proc that are the host's, not the container's. */
static const struct {
    const char *path;
    bool covered; /* else read-only */
    const char *why;
} host_paths[] = {
    {"proc/sys", false, "settings of the kernel; core_pattern names a program it runs as root"},
    {"proc/sysrq-trigger", false, "reboots the host"},
    {"proc/irq", false, "which processor serves an interrupt"},
    {"proc/bus", false, "registers of devices"},
    {"proc/fs", false, "settings of file systems"},
    {"proc/kcore", true, "all memory"},
    {"proc/keys", true, "keys of all users"},
    {"proc/timer_list", true, "timers of all processes, addresses of the kernel"},
    {"proc/sched_debug", true, "all processes"},
    {"proc/interrupts", true, "when keys are pressed, and what else is going on"},
    {"proc/latency_stats", true, "what all processes wait for"},
    {"proc/acpi", true, "the host's hardware"},
    {"proc/scsi", true, "the host's disks"},
    {"proc/asound", true, "the host's sound"},
};

/* The host's devices that a container may use; numbers: devices.txt of Linux. */
static const struct {
    const char *name;
    unsigned major, minor;
} devices[] = {
    {"null", 1, 3},   {"zero", 1, 5},    {"full", 1, 7},
    {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0},
};

static const struct {
    const char *name, *target;
} links[] = {
    {"fd", "/proc/self/fd"},       {"stdin", "/proc/self/fd/0"}, {"stdout", "/proc/self/fd/1"},
    {"stderr", "/proc/self/fd/2"}, {"ptmx", "pts/ptmx"},
};

/* A descriptor of a device of the host's /dev, which is the device that its name says. */
static int open_device(const char *name, unsigned major_number, unsigned minor_number,
                       struct err *err)
{
    char path[32];
    struct stat status;
    int fd;

    snprintf(path, sizeof path, "/dev/%s", name);
    fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return err_sys(err, errno, "cannot open %s", path);
    if (fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) &&
        status.st_rdev == makedev(major_number, minor_number))
        return fd;
    close(fd);
    return err_set(err, "%s of this host is not the device %u, %u", path, major_number,
                   minor_number);
}

/* Covers one path: a file with /dev/null, a folder with an empty one. */
static int cover(int root, const char *path, bool folder, int null, struct err *err)
{
    int mount =
        folder ? mounts_new("tmpfs", "mode=0555,size=4k,nr_inodes=1", MOUNT_ATTR_RDONLY | SAFE, err)
               : mounts_copy(null, "", MOUNT_ATTR_RDONLY, err);

    return mount < 0 ? -1 : mounts_put(mount, root, path, err);
}

static int hide_one(int root, size_t row, int null, struct steps *steps, struct err *err)
{
    const char *path = host_paths[row].path;
    int place = mounts_find(root, path, O_PATH), mount, answer;
    struct stat status;

    if (place < 0)
        return errno == ENOENT ? 0 : err_sys(err, errno, "cannot find /%s (openat2)", path);
    if (host_paths[row].covered && fstat(place, &status) == 0) {
        step_begin(steps, STEP_PROC_HIDE, "%s, move_mount(/%s)",
                   S_ISDIR(status.st_mode) ? "fsmount(tmpfs)" : "open_tree(/dev/null)", path);
        answer = cover(root, path, S_ISDIR(status.st_mode), null, err);
    } else {
        step_begin(steps, STEP_PROC_HIDE,
                   "open_tree(/%s), mount_setattr(read-only), move_mount(/%s)", path, path);
        mount = mounts_copy(place, "", MOUNT_ATTR_RDONLY | SAFE, err);
        answer = mount < 0 ? -1 : mounts_put(mount, root, path, err);
    }
    close(place);
    if (answer == 0)
        step_end(steps, "%s: %s", host_paths[row].covered ? "covered" : "read-only",
                 host_paths[row].why);
    return answer;
}

static int hide_host(int root, struct steps *steps, struct err *err)
{
    int null = open_device("null", 1, 3, err), answer = 0;

    if (null < 0)
        return -1;
    for (size_t i = 0; i < sizeof host_paths / sizeof *host_paths && answer == 0; i++)
        answer = hide_one(root, i, null, steps, err);
    close(null);
    return answer;
}

int proc_mount(int root, bool hide, struct steps *steps, struct err *err)
{
    int mount;

    step_begin(steps, STEP_PROC, "fsmount(proc), move_mount(/proc)");
    mount = mounts_new("proc", NULL, SAFE, err);
    if (mount < 0) {
        err_hint(err, "where /proc is partly covered, as in a Docker container, the kernel lets "
                      "nobody mount it whole: start that one with --security-opt "
                      "systempaths=unconfined");
        return names_refused(err);
    }
    if (mounts_put(mount, root, "proc", err) < 0)
        return -1;
    step_end(steps, "/proc shows the container's processes");
    return hide ? hide_host(root, steps, err) : 0;
}

/* One device: a file for it to cover, and the host's on top. */
static int lend_device(int dev, size_t row, struct err *err)
{
    int device = open_device(devices[row].name, devices[row].major, devices[row].minor, err);
    int place, mount;

    if (device < 0)
        return -1;
    place = openat(dev, devices[row].name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (place >= 0)
        close(place);
    mount = mounts_copy(device, "", MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSUID, err);
    close(device);
    return mount < 0 ? -1 : mounts_put(mount, dev, devices[row].name, err);
}

static int add_terminals(int dev, struct steps *steps, struct err *err)
{
    int mount;

    step_begin(steps, STEP_TERMINALS, "fsmount(devpts), move_mount(/dev/pts)");
    if (mkdirat(dev, "pts", 0755) < 0 || mkdirat(dev, "shm", 01777) < 0 ||
        fchmodat(dev, "shm", 01777, 0) < 0)
        return err_sys(err, errno, "cannot make the folders of /dev");
    mount =
        mounts_new("devpts", "ptmxmode=0666,mode=0620", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, err);
    if (mount < 0 || mounts_put(mount, dev, "pts", err) < 0)
        return -1;
    step_end(steps, "terminals that are not the host's");
    return 0;
}

static int fill_devices(int dev, struct steps *steps, struct err *err)
{
    size_t count = sizeof devices / sizeof *devices;

    step_begin(steps, STEP_DEVICES,
               "open_tree(/dev/null), move_mount(/dev/null), ... of %zu devices", count);
    for (size_t i = 0; i < count; i++) {
        if (lend_device(dev, i, err) < 0)
            return -1;
    }
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (symlinkat(links[i].target, dev, links[i].name) < 0)
            return err_sys(err, errno, "cannot make /dev/%s in the new root", links[i].name);
    }
    step_end(steps, "null zero full random urandom tty; no other is to be had");
    return add_terminals(dev, steps, err);
}

int proc_devices(int root, struct steps *steps, struct err *err)
{
    int mount, dev, answer;

    step_begin(steps, STEP_DEV, "fsmount(tmpfs), move_mount(/dev)");
    mount = mounts_new("tmpfs", "mode=0755,size=16m,nr_inodes=1024",
                       MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, err);
    if (mount < 0 || mounts_put(mount, root, "dev", err) < 0)
        return -1;
    step_end(steps, "an empty /dev");
    dev = mounts_find(root, "dev", O_PATH | O_DIRECTORY);
    if (dev < 0)
        return err_sys(err, errno, "cannot find /dev in the new root (openat2)");
    answer = fill_devices(dev, steps, err);
    close(dev);
    return answer;
}
