/* Bad arguments: pointers to nowhere for every system call, descriptors and numbers that are none.
 * The kernel must refuse them and live.
 */
#include "guest/bin/stress/stress.h"
#include "guest/lib/syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* Stand-ins in the table's arguments, replaced before each call. */
enum {
    BAD = -1000,   /* the bad pointer */
    GOOD = -1001,  /* room that can be read and written, full of zeros */
    INPUT = -1002, /* a descriptor with something to read */
    FOLDER = -1003,
};

/* What the kernel would do through the pointer. */
enum access { READS = 1, WRITES = 2 };

struct call {
    const char *name;
    long number;
    long arguments[4];
    enum access access;
};

static const struct call calls[] = {
    {"read", SYS_read, {INPUT, BAD, 16}, WRITES},
    {"write", SYS_write, {INPUT, BAD, 16}, READS},
    {"readv", SYS_readv, {INPUT, BAD, 1}, READS},
    {"writev", SYS_writev, {INPUT, BAD, 1}, READS},
    {"openat", SYS_openat, {AT_FDCWD, BAD, O_RDONLY}, READS},
    {"newfstatat path", SYS_newfstatat, {AT_FDCWD, BAD, GOOD, 0}, READS},
    {"fstat", SYS_fstat, {INPUT, BAD}, WRITES},
    {"getdents64", SYS_getdents64, {FOLDER, BAD, 1000}, WRITES},
    {"pipe2", SYS_pipe2, {BAD, 0}, WRITES},
    {"chdir", SYS_chdir, {BAD}, READS},
    {"getcwd", SYS_getcwd, {BAD, 100}, WRITES},
    {"unlinkat", SYS_unlinkat, {AT_FDCWD, BAD, 0}, READS},
    {"mkdirat", SYS_mkdirat, {AT_FDCWD, BAD, 0755}, READS},
    {"execve", SYS_execve, {BAD, GOOD, GOOD}, READS},
    {"nanosleep", SYS_nanosleep, {BAD, 0}, READS},
    {"clock_gettime", SYS_clock_gettime, {CLOCK_MONOTONIC, BAD}, WRITES},
    {"uname", SYS_uname, {BAD}, WRITES},
    {"getrandom", SYS_getrandom, {BAD, 16, 0}, WRITES},
    {"rt_sigaction new", SYS_rt_sigaction, {SIGTERM, BAD, 0, 8}, READS},
    {"rt_sigaction old", SYS_rt_sigaction, {SIGTERM, 0, BAD, 8}, WRITES},
};

/* What the stand-ins mean, while a table is worked through. */
struct stand_ins {
    long bad;
    long good;
    long input;
    long folder;
};

static long resolve(const struct stand_ins *with, long argument)
{
    switch (argument) {
    case BAD: return with->bad;
    case GOOD: return with->good;
    case INPUT: return with->input;
    case FOLDER: return with->folder;
    default: return argument;
    }
}

static void check_call(const struct call *call, const struct stand_ins *with)
{
    long a[4];
    for (int i = 0; i < 4; i++)
        a[i] = resolve(with, call->arguments[i]);
    long result = syscall_raw(call->number, a[0], a[1], a[2], a[3], 0, 0);
    if (result == -EFAULT)
        return;
    printf("# %s with pointer 0x%lx returned %ld\n", call->name, (unsigned long)with->bad, result);
    TEST_FAIL("a bad pointer is EFAULT");
}

static void bad_pointers(void)
{
    static char good[256];
    int fds[2];
    char *page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *hidden = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *gone = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED && hidden != MAP_FAILED && gone != MAP_FAILED);
    CHECK(munmap(gone, PAGE) == 0);
    /* The first address of the upper half, some where kernels live, the last bytes of all. */
    const unsigned long bad[] = {
        8,
        (unsigned long)gone,
        (unsigned long)hidden,
        0xffffffc000000000,
        0xffffffff80000000,
        0x0000008000600000,
        0x0000010000600000,
        0x0000800000000000,
        0x8000000000000000,
        0xfffffffffffffff0,
        0x0000004000000000 - 8,
    };
    test_enter_folder();
    CHECK(pipe(fds) == 0);
    test_write(fds[1], "something to read", 17);
    struct stand_ins with = {.good = (long)good, .folder = open("/", O_RDONLY | O_DIRECTORY)};
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        with.input = fds[calls[i].number == SYS_write || calls[i].number == SYS_writev];
        for (size_t j = 0; j < sizeof(bad) / sizeof(bad[0]); j++) {
            with.bad = (long)bad[j];
            check_call(&calls[i], &with);
        }
        with.bad = (long)page;
        if (calls[i].access == WRITES)
            check_call(&calls[i], &with);
    }
    CHECK(read(fds[0], good, sizeof(good)) == 17); /* none of the failed reads took it away */
    test_leave_folder();
}

/* The buffer begins in a page that is there and ends in one that is not. */
static void bad_ends(void)
{
    int fds[2];
    char *memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED && munmap(memory + PAGE, PAGE) == 0);
    char *end = memory + PAGE;
    memset(memory, 'x', PAGE);
    CHECK(pipe(fds) == 0);
    CHECK_ERROR(open(end - 10, O_RDONLY), EFAULT);
    CHECK_ERROR(chdir(end - 1), EFAULT);
    CHECK_ERROR(syscall2(SYS_fstat, 0, (long)(end - 8)), EFAULT);
    CHECK_ERROR(syscall2(SYS_clock_gettime, CLOCK_MONOTONIC, (long)(end - 8)), EFAULT);
    CHECK_ERROR(syscall2(SYS_pipe2, (long)(end - 4), 0), EFAULT);
    CHECK_ERROR(syscall1(SYS_uname, (long)(end - 100)), EFAULT);
    /* Whether the part that is there is written is up to the kernel. */
    ssize_t count = write(fds[1], end - 10, 20);
    CHECK((count < 0 && errno == EFAULT) || count == 10);
    strcpy(end - 5, "/tmp");
    CHECK(chdir(end - 5) == 0); /* up to the last byte all is well */
}

static void bad_vectors(void)
{
    static char text[8];
    int fds[2];
    const struct {
        char *start;
        size_t size;
    } parts[2] = {{text, 8}, {(char *)(uintptr_t)8, 8}};
    char *const argv[] = {(char *)(uintptr_t)8, NULL};
    char *const none[] = {NULL};
    CHECK(pipe(fds) == 0);
    ssize_t count = syscall3(SYS_writev, fds[1], (long)parts, 2);
    CHECK((count < 0 && errno == EFAULT) || count == 8);
    CHECK_ERROR(syscall3(SYS_execve, (long)"/bin/sh", (long)argv, (long)none), EFAULT);
    CHECK_ERROR(syscall3(SYS_execve, (long)"/bin/sh", (long)none, 8), EFAULT);
}

static void bad_status(void)
{
    pid_t child = test_fork();
    if (child == 0)
        _exit(0);
    CHECK_ERROR(syscall4(SYS_wait4, child, 8, 0, 0), EFAULT);
}

static void bad_descriptors(void)
{
    const int bad[] = {-1, 999, INT_MAX, INT_MIN, 1 << 20};
    static char buffer[256];
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK_ERROR(read(bad[i], buffer, 1), EBADF);
        CHECK_ERROR(write(bad[i], buffer, 1), EBADF);
        CHECK_ERROR(close(bad[i]), EBADF);
        CHECK_ERROR(lseek(bad[i], 0, SEEK_SET), EBADF);
        CHECK_ERROR(syscall2(SYS_fstat, bad[i], (long)buffer), EBADF);
        CHECK_ERROR(syscall3(SYS_getdents64, bad[i], (long)buffer, 256), EBADF);
        CHECK_ERROR(syscall3(SYS_ioctl, bad[i], 0x5401, (long)buffer), EBADF);
        CHECK_ERROR(dup2(bad[i], 20), EBADF);
        CHECK_ERROR(syscall4(SYS_openat, bad[i], (long)"f", O_RDONLY, 0), EBADF);
        CHECK_ERROR(syscall3(SYS_readv, bad[i], (long)buffer, 1), EBADF);
    }
    CHECK_ERROR(syscall4(SYS_openat, 0, (long)"f", O_RDONLY, 0), ENOTDIR);
}

static void bad_numbers(void)
{
    const long bad[] = {-1, 10000, INT_MAX};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK_ERROR(syscall6(bad[i], 0, 0, 0, 0, 0, 0), ENOSYS);
}

/* Sizes beyond all memory from a buffer that is good at its start. */
static void bad_sizes(void)
{
    static char buffer[2 * PAGE];
    int fds[2];
    CHECK(pipe(fds) == 0);
    test_write(fds[1], "abc", 3);
    CHECK(read(fds[0], buffer, (size_t)LONG_MAX) == 3 || errno == EFAULT);
    CHECK_ERROR(syscall3(SYS_getdents64, 0, (long)buffer, LONG_MAX), ENOTDIR);
    CHECK_ERROR(syscall2(SYS_getcwd, (long)buffer, 0), ERANGE);
    CHECK_ERROR(syscall2(SYS_clock_gettime, 12345, (long)buffer), EINVAL);
    struct timespec wrong = {.tv_sec = 0, .tv_nsec = 1000000000};
    CHECK_ERROR(nanosleep(&wrong, NULL), EINVAL);
    wrong = (struct timespec){.tv_sec = -1};
    CHECK_ERROR(nanosleep(&wrong, NULL), EINVAL);
}

static const struct test tests[] = {
    {"bad_pointers", "a pointer to nowhere is EFAULT in every system call", bad_pointers},
    {"bad_ends", "so is one that begins well and ends badly", bad_ends},
    {"bad_vectors", "so are pointers in arrays of pointers", bad_vectors},
    {"bad_status", "so is the place for a child's status", bad_status},
    {"bad_descriptors", "a number that is no descriptor is EBADF", bad_descriptors},
    {"bad_numbers", "a number that is no system call is ENOSYS", bad_numbers},
    {"bad_sizes", "sizes and times without sense are refused", bad_sizes},
};

const struct test_group pointer_tests = {tests, sizeof(tests) / sizeof(tests[0])};
