/* Using up what there is: descriptors, processes, memory, room for files. The kernel must refuse,
 * and have everything back afterwards.
 */
#include "guest/bin/stress/stress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_DESCRIPTORS = 2000, MOST_PROCESSES = 1000 };

/* Opens as often as possible; returns how often. The descriptors stand in fds. */
static int open_all(int *fds)
{
    int count = 0;
    while (count < MOST_DESCRIPTORS && (fds[count] = open("/dev/null", O_RDONLY)) >= 0)
        count++;
    return count;
}

static void descriptors(void)
{
    static int fds[MOST_DESCRIPTORS];
    int pipes[2];
    int count = open_all(fds);
    if (count == MOST_DESCRIPTORS)
        test_skip("this kernel allows a process more than 2000 descriptors");
    CHECK(count > 16 && errno == EMFILE);
    CHECK_ERROR(pipe(pipes), EMFILE);
    close(fds[0]);
    CHECK_ERROR(pipe(pipes), EMFILE); /* needs two; and keeps none */
    CHECK(open("/dev/null", O_RDONLY) == fds[0]);
    pid_t child = test_fork(); /* with all of them open */
    if (child == 0)
        _exit(open("/dev/null", O_RDONLY) < 0 && errno == EMFILE ? 0 : STATUS_FAILED);
    test_wait_exit(child, 0);
    for (int i = 0; i < count; i++)
        CHECK(close(fds[i]) == 0);
    CHECK(open_all(fds) == count);
}

/* Forks as often as possible. Each child waits until the gate is closed. Returns how many. */
static int fork_all(int gate[2])
{
    int count = 0;
    char byte;
    for (; count < MOST_PROCESSES; count++) {
        pid_t child = fork();
        if (child == 0) {
            close(gate[1]);
            _exit(read(gate[0], &byte, 1) == 0 ? 0 : STATUS_FAILED);
        }
        if (child < 0)
            break;
    }
    return count;
}

/* Waits for all children: so many, each with status 0. */
static void wait_all(int count)
{
    int status;
    for (int i = 0; i < count; i++) {
        CHECK(wait(&status) > 0);
        CHECK(status == 0);
    }
    CHECK_ERROR(wait(&status), ECHILD);
}

static void processes(void)
{
    for (int round = 0; round < 2; round++) {
        int gate[2];
        CHECK(pipe(gate) == 0);
        int count = fork_all(gate);
        CHECK(count == MOST_PROCESSES || errno == ENOMEM || errno == EAGAIN);
        CHECK(count > 30);
        close(gate[0]);
        close(gate[1]);
        wait_all(count);
    }
}

/* Maps and touches memory, 1 MiB at a time, until there is no more. Returns how many MiB. */
static size_t map_all(void)
{
    enum { MIB = 1024 * 1024 };
    size_t count = 0;
    for (;;) {
        volatile char *memory =
            mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            return count;
        for (size_t i = 0; i < MIB; i += PAGE)
            memory[i] = (char)i;
        count++;
    }
}

/* A child takes all memory; whoever else asks is refused, and nobody dies of it. */
static void memory_all(void)
{
    size_t counts[2];
    int fds[2];
    if (!test_own_kernel())
        test_skip("Linux promises more memory than it has, and then kills");
    CHECK(pipe(fds) == 0);
    for (int round = 0; round < 2; round++) {
        pid_t child = test_fork();
        if (child == 0) {
            size_t count = map_all();
            CHECK(errno == ENOMEM);
            test_write(fds[1], &count, sizeof(count));
            CHECK(fork() < 0 && (errno == ENOMEM || errno == EAGAIN));
            char small[64];
            CHECK(getcwd(small, sizeof(small)) || errno == ENOMEM);
            _exit(0);
        }
        test_wait_exit(child, 0);
        test_read(fds[0], &counts[round], sizeof(counts[round]));
    }
    CHECK(counts[0] > 2 && counts[0] == counts[1]);
}

/* What fork promises a child counts: memory that is only shared is promised twice. */
static void fork_promises(void)
{
    enum { MIB = 1024 * 1024 };
    if (!test_own_kernel())
        test_skip("Linux promises more memory than it has, and then kills");
    size_t half = (size_t)test_memory_kib("MemFree") * 1024 / 2 + (size_t)8 * MIB;
    char *memory = mmap(NULL, half, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    memory[0] = 1;
    CHECK_ERROR(fork(), ENOMEM);
    CHECK(mprotect(memory, half, PROT_READ) == 0);
    CHECK(munmap(memory, half) == 0);
    pid_t child = test_fork();
    if (child == 0)
        _exit(0);
    test_wait_exit(child, 0);
}

/* Fills the file system. */
static void files_all(void)
{
    static char data[16 * PAGE];
    off_t sizes[2];
    if (!test_own_kernel())
        test_skip("would fill the host's disk");
    test_enter_folder();
    for (int round = 0; round < 2; round++) {
        int fd = open("f", O_WRONLY | O_CREAT, 0644);
        CHECK(fd >= 0);
        ssize_t count;
        while ((count = write(fd, data, sizeof(data))) > 0)
            continue;
        CHECK(count < 0 && errno == ENOSPC);
        sizes[round] = lseek(fd, 0, SEEK_CUR);
        close(fd);
        CHECK(unlink("f") == 0);
    }
    CHECK(sizes[0] == sizes[1] && sizes[0] > (off_t)sizeof(data));
    test_leave_folder();
}

static void pipes_many(void)
{
    static int fds[MOST_DESCRIPTORS][2];
    int count = 0;
    while (count < MOST_DESCRIPTORS && pipe(fds[count]) == 0) {
        test_write(fds[count][1], &count, sizeof(count));
        count++;
    }
    CHECK(count > 8 && (count == MOST_DESCRIPTORS || errno == EMFILE || errno == ENFILE));
    for (int i = 0; i < count; i++) {
        int number;
        test_read(fds[i][0], &number, sizeof(number));
        CHECK(number == i);
    }
}

static const struct test tests[] = {
    {"descriptors", "descriptors run out with EMFILE, and come back", descriptors},
    {"pipes_many", "so do pipes", pipes_many},
    {"processes", "processes, up to 1000, and all of them end", processes},
    {"memory_all", "memory runs out with ENOMEM, and comes back", memory_all},
    {"fork_promises", "fork is refused when a child might need more than there is", fork_promises},
    {"files_all", "room for files runs out with ENOSPC, and comes back", files_all},
};

const struct test_group limit_tests = {tests, sizeof(tests) / sizeof(tests[0])};
