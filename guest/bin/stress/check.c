/* What the tests are written with. See stress.h. */
#include "guest/bin/measure.h"
#include "guest/bin/proc.h"
#include "guest/bin/stress/report.h"
#include "guest/bin/stress/stress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void test_failed(const char *condition, const char *file, int line)
{
    int number = errno;
    printf("# %s:%d: expected: %s (errno %d, %s)\n", file, line, condition, number,
           strerror(number));
    fflush(stdout);
    _exit(STATUS_FAILED);
}

void test_skip(const char *reason)
{
    struct report report = {0};
    snprintf(report.reason, sizeof(report.reason), "%s", reason);
    test_write(REPORT_FD, &report, sizeof(report));
    _exit(STATUS_SKIPPED);
}

void test_keep(void)
{
    fflush(stdout);
    _exit(STATUS_KEPT);
}

void test_error(bool failed, int number, const char *call, const char *file, int line)
{
    char expected[160];
    if (failed && errno == number)
        return;
    snprintf(expected, sizeof(expected), "%s fails with %s", call, strerror(number));
    if (!failed)
        errno = 0;
    test_failed(expected, file, line);
}

pid_t test_fork(void)
{
    pid_t pid = fork();
    CHECK(pid >= 0);
    return pid;
}

static int wait_for(pid_t child)
{
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    return status;
}

void test_wait_exit(pid_t child, int status)
{
    int ended = wait_for(child);
    if (ended == status << 8)
        return;
    printf("# child %d ended with wait status 0x%x, not by exit(%d)\n", child, (unsigned int)ended,
           status);
    TEST_FAIL("the child ends as expected");
}

void test_wait_signal(pid_t child, int number)
{
    int ended = wait_for(child);
    if (WIFSIGNALED(ended) && WTERMSIG(ended) == number)
        return;
    printf("# child %d ended with wait status 0x%x, not by signal %d\n", child, (unsigned int)ended,
           number);
    TEST_FAIL("the child ends as expected");
}

void test_dies(void (*run)(void), int number)
{
    pid_t child = test_fork();
    if (child == 0) {
        run();
        _exit(0);
    }
    test_wait_signal(child, number);
}

static void folder_name(char *path, size_t size)
{
    snprintf(path, size, "/tmp/stress.%d", getpid());
}

void test_enter_folder(void)
{
    char path[32];
    folder_name(path, sizeof(path));
    CHECK(mkdir(path, 0700) == 0);
    CHECK(chdir(path) == 0);
}

void test_leave_folder(void)
{
    char path[32];
    folder_name(path, sizeof(path));
    CHECK(chdir("/") == 0);
    CHECK(rmdir(path) == 0);
}

unsigned char test_byte(size_t place)
{
    return (unsigned char)(place * 7 + place / 251 + place / PAGE * 13);
}

void test_make_file(const char *path, size_t size)
{
    unsigned char data[512];
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    CHECK(fd >= 0);
    for (size_t done = 0; done < size;) {
        size_t count = size - done < sizeof(data) ? size - done : sizeof(data);
        for (size_t i = 0; i < count; i++)
            data[i] = test_byte(done + i);
        test_write(fd, data, count);
        done += count;
    }
    CHECK(close(fd) == 0);
}

void test_write(int fd, const void *data, size_t size)
{
    const char *bytes = data;
    for (size_t done = 0; done < size;) {
        ssize_t count = write(fd, bytes + done, size - done);
        CHECK(count > 0);
        done += (size_t)count;
    }
}

void test_read(int fd, void *data, size_t size)
{
    char *bytes = data;
    for (size_t done = 0; done < size;) {
        ssize_t count = read(fd, bytes + done, size - done);
        CHECK(count > 0);
        done += (size_t)count;
    }
}

void test_sleep_ms(uint64_t ms)
{
    struct timespec wanted = {
        .tv_sec = (time_t)(ms / 1000),
        .tv_nsec = (long)(ms % 1000 * NS_PER_MS),
    };
    CHECK(nanosleep(&wanted, NULL) == 0);
}

bool test_own_kernel(void)
{
    struct utsname names;
    CHECK(uname(&names) == 0);
    return strcmp(names.sysname, "Linux") != 0;
}

uint64_t test_memory_kib(const char *name)
{
    int64_t kib = proc_kib("/proc/meminfo", name);
    if (kib >= 0)
        return (uint64_t)kib;
    printf("# /proc/meminfo has no line %s\n", name);
    TEST_FAIL("the kernel tells how much memory there is");
}
