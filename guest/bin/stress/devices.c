/* Devices and what the kernel tells of itself: /dev, /proc, uname, random numbers. */
#include "guest/bin/stress/stress.h"
#include "guest/lib/syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { SECTOR = 512 };

static void null_device(void)
{
    char byte;
    struct stat file;
    int fd = open("/dev/null", O_RDWR);
    CHECK(fd >= 0);
    CHECK(read(fd, &byte, 1) == 0);
    CHECK(write(fd, "lost", 4) == 4);
    CHECK(fstat(fd, &file) == 0 && (file.st_mode & S_IFMT) == S_IFCHR);
    CHECK(!isatty(fd) && errno == ENOTTY);
}

static void zero_device(void)
{
    static char data[2 * PAGE];
    int fd = open("/dev/zero", O_RDONLY);
    CHECK(fd >= 0);
    memset(data, 'x', sizeof(data));
    CHECK(read(fd, data, sizeof(data)) == sizeof(data));
    for (size_t i = 0; i < sizeof(data); i++)
        CHECK(data[i] == 0);
}

static void console_device(void)
{
    struct stat file;
    if (!test_own_kernel())
        test_skip("the host's console is not ours");
    int fd = open("/dev/console", O_RDWR);
    CHECK(fd >= 0);
    CHECK(fstat(fd, &file) == 0 && (file.st_mode & S_IFMT) == S_IFCHR);
    CHECK(write(fd, "", 0) == 0);
    CHECK_ERROR(lseek(fd, 0, SEEK_SET), ESPIPE);
}

/* Opens the disk, or skips the test. */
static int open_disk(void)
{
    if (!test_own_kernel())
        test_skip("would write to the host's disk");
    int fd = open("/dev/vda", O_RDWR);
    if (fd < 0 && errno == ENOENT)
        test_skip("no device: the machine has no disk");
    CHECK(fd >= 0);
    return fd;
}

static void read_disk(int fd, off_t offset, void *data, size_t size)
{
    CHECK(lseek(fd, offset, SEEK_SET) == offset);
    test_read(fd, data, size);
}

static void write_disk(int fd, off_t offset, const void *data, size_t size)
{
    CHECK(lseek(fd, offset, SEEK_SET) == offset);
    test_write(fd, data, size);
}

/* Whole sectors, parts of them, and ranges over their borders keep what was written. */
static void disk_bytes(void)
{
    const struct {
        off_t offset;
        size_t size;
    } ranges[] = {
        {0, SECTOR}, {SECTOR, 3 * SECTOR}, {5, 10}, {SECTOR - 3, 6}, {1000, 5000}, {PAGE - 1, 2},
    };
    static unsigned char before[16 * SECTOR];
    static unsigned char model[16 * SECTOR];
    static unsigned char after[16 * SECTOR];
    int fd = open_disk();
    read_disk(fd, 0, before, sizeof(before));
    memcpy(model, before, sizeof(model));
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        unsigned char *part = model + ranges[i].offset;
        for (size_t j = 0; j < ranges[i].size; j++)
            part[j] = (unsigned char)(test_byte(j) + i);
        write_disk(fd, ranges[i].offset, part, ranges[i].size);
        read_disk(fd, 0, after, sizeof(after));
        CHECK(memcmp(after, model, sizeof(model)) == 0);
    }
    write_disk(fd, 0, before, sizeof(before));
}

static void disk_end(void)
{
    char data[2 * SECTOR] = {0};
    int fd = open_disk();
    struct stat file;
    off_t end = lseek(fd, 0, SEEK_END);
    CHECK(end > 0 && end % SECTOR == 0);
    CHECK(read(fd, data, 1) == 0);
    CHECK_ERROR(write(fd, data, 1), ENOSPC);
    CHECK(lseek(fd, end - 7, SEEK_SET) == end - 7);
    CHECK(read(fd, data, sizeof(data)) == 7);
    CHECK(lseek(fd, end - 7, SEEK_SET) == end - 7);
    CHECK(write(fd, data, sizeof(data)) == 7);
    CHECK(fstat(fd, &file) == 0 && (file.st_mode & S_IFMT) == S_IFBLK);
}

/* Four processes write and read sectors of their own at the same time. */
static void disk_shared(void)
{
    enum { WORKERS = 4, TURNS = 30 };
    pid_t workers[WORKERS];
    static unsigned char before[WORKERS * SECTOR];
    int fd = open_disk();
    read_disk(fd, 0, before, sizeof(before));
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = test_fork();
        if (workers[i] == 0) {
            unsigned char out[SECTOR];
            unsigned char in[SECTOR];
            int own = open("/dev/vda", O_RDWR); /* with an offset of its own */
            for (int j = 0; j < TURNS; j++) {
                memset(out, i * TURNS + j, sizeof(out));
                write_disk(own, i * SECTOR, out, sizeof(out));
                read_disk(own, i * SECTOR, in, sizeof(in));
                CHECK(memcmp(in, out, sizeof(in)) == 0);
            }
            _exit(0);
        }
    }
    for (int i = 0; i < WORKERS; i++)
        test_wait_exit(workers[i], 0);
    write_disk(fd, 0, before, sizeof(before));
}

/* The state letter of a process, as /proc tells it; 0: it is not there. */
static char process_state(pid_t pid, pid_t *parent)
{
    char path[32];
    char text[512];
    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY);
    if (fd < 0) {
        CHECK(errno == ENOENT);
        return 0;
    }
    ssize_t count = read(fd, text, sizeof(text) - 1);
    CHECK(count > 0);
    close(fd);
    text[count] = '\0';
    CHECK(atoi(text) == pid);
    const char *end = strrchr(text, ')');
    CHECK(end && end[1] == ' ' && end[3] == ' ');
    *parent = atoi(end + 4);
    return end[2];
}

static void proc_states(void)
{
    int gate[2];
    char byte;
    pid_t parent;
    CHECK(process_state(getpid(), &parent) == 'R' && parent == getppid());
    CHECK(pipe(gate) == 0);
    pid_t child = test_fork();
    if (child == 0) {
        close(gate[1]);
        _exit(read(gate[0], &byte, 1) == 0 ? 0 : STATUS_FAILED);
    }
    for (int tries = 0; tries < 1000 && process_state(child, &parent) != 'S'; tries++)
        test_sleep_ms(1);
    CHECK(process_state(child, &parent) == 'S' && parent == getpid());
    close(gate[1]);
    for (int tries = 0; tries < 1000 && process_state(child, &parent) != 'Z'; tries++)
        test_sleep_ms(1);
    CHECK(process_state(child, &parent) == 'Z' && parent == getpid());
    test_wait_exit(child, 0);
    CHECK(process_state(child, &parent) == 0);
    CHECK_ERROR(open("/proc/0/stat", O_RDONLY), ENOENT);
    CHECK_ERROR(open("/proc/99999999999/stat", O_RDONLY), ENOENT);
}

static void names(void)
{
    struct utsname names;
    CHECK(uname(&names) == 0);
    CHECK(names.sysname[0] && names.release[0] && names.machine[0]);
}

static void random_bytes(void)
{
    unsigned char first[64] = {0};
    unsigned char second[64] = {0};
    int zeros = 0;
    CHECK(getrandom(first, sizeof(first), 0) == sizeof(first));
    CHECK(getrandom(second, sizeof(second), 0) == sizeof(second));
    CHECK(memcmp(first, second, sizeof(first)) != 0);
    for (size_t i = 0; i < sizeof(first); i++)
        zeros += first[i] == 0;
    CHECK(zeros < 16);
}

static const struct test tests[] = {
    {"null_device", "/dev/null is empty and takes everything", null_device},
    {"zero_device", "/dev/zero is zeros", zero_device},
    {"console_device", "/dev/console can be opened, and has no place", console_device},
    {"disk_bytes", "a disk keeps what was written, in sectors and across them", disk_bytes},
    {"disk_end", "a disk has an end", disk_end},
    {"disk_shared", "four processes use the disk at the same time", disk_shared},
    {"proc_states", "/proc tells the state and the parent of a process", proc_states},
    {"names", "uname knows what this is", names},
    {"random_bytes", "random numbers are not all the same", random_bytes},
};

const struct test_group device_tests = {tests, sizeof(tests) / sizeof(tests[0])};
