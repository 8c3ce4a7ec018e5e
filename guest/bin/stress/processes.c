/* Processes: fork, exit and wait. */
#include "guest/bin/stress/stress.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void fork_numbers(void)
{
    int fds[2];
    pid_t seen[3];
    pid_t self = getpid();
    CHECK(pipe(fds) == 0);
    pid_t child = fork();
    if (child == 0) {
        const pid_t numbers[3] = {child, getpid(), getppid()};
        test_write(fds[1], numbers, sizeof(numbers));
        _exit(0);
    }
    test_wait_exit(child, 0);
    test_read(fds[0], seen, sizeof(seen));
    CHECK(seen[0] == 0);
    CHECK(seen[1] == child && child != self);
    CHECK(seen[2] == self);
    CHECK(getpid() == self);
}

static void exit_status(void)
{
    const int statuses[] = {0, 1, 42, 127, 128, 255, 256, 300, -1};
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        pid_t child = test_fork();
        if (child == 0)
            _exit(statuses[i]);
        test_wait_exit(child, statuses[i] & 0xff);
    }
}

static void wait_nothing(void)
{
    int status = 12345;
    CHECK_ERROR(waitpid(-1, &status, 0), ECHILD);
    CHECK_ERROR(waitpid(getpid(), &status, 0), ECHILD);
    CHECK_ERROR(waitpid(-1, &status, WNOHANG), ECHILD);
    CHECK(status == 12345);
    pid_t child = test_fork();
    if (child == 0)
        _exit(0);
    test_wait_exit(child, 0);
    CHECK_ERROR(waitpid(child, &status, 0), ECHILD);
}

static void wait_nohang(void)
{
    int gate[2];
    int status;
    char byte;
    CHECK(pipe(gate) == 0);
    pid_t child = test_fork();
    if (child == 0) {
        close(gate[1]);
        _exit(read(gate[0], &byte, 1) == 0 ? 5 : STATUS_FAILED);
    }
    CHECK(waitpid(child, &status, WNOHANG) == 0);
    close(gate[1]);
    while ((child = waitpid(-1, &status, WNOHANG)) == 0)
        sched_yield();
    CHECK(child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 5);
}

static void wait_for_one(void)
{
    pid_t children[5];
    for (int i = 0; i < 5; i++) {
        children[i] = test_fork();
        if (children[i] == 0)
            _exit(10 + i);
    }
    for (int i = 4; i >= 0; i--)
        test_wait_exit(children[i], 10 + i);
    CHECK_ERROR(waitpid(-1, NULL, 0), ECHILD);
}

static void wait_without_status(void)
{
    pid_t child = test_fork();
    if (child == 0)
        _exit(3);
    CHECK(waitpid(-1, NULL, 0) == child);
}

static void many_in_turn(void)
{
    for (int i = 0; i < 300; i++) {
        pid_t child = test_fork();
        if (child == 0)
            _exit(i & 0xff);
        test_wait_exit(child, i & 0xff);
    }
}

static void many_at_once(void)
{
    enum { CHILDREN = 60 };
    int gate[2];
    pid_t children[CHILDREN];
    bool ended[CHILDREN] = {false};
    char byte;
    CHECK(pipe(gate) == 0);
    for (int i = 0; i < CHILDREN; i++) {
        children[i] = test_fork();
        if (children[i] == 0) {
            close(gate[1]);
            _exit(read(gate[0], &byte, 1) == 0 ? 0 : STATUS_FAILED);
        }
        for (int j = 0; j < i; j++)
            CHECK(children[i] != children[j]);
    }
    close(gate[1]);
    for (int count = 0; count < CHILDREN; count++) {
        int status;
        pid_t pid = wait(&status);
        CHECK(pid > 0 && status == 0);
        int i = 0;
        while (i < CHILDREN && children[i] != pid)
            i++;
        CHECK(i < CHILDREN && !ended[i]);
        ended[i] = true;
    }
    CHECK_ERROR(wait(NULL), ECHILD);
}

/* A tree of so many levels; each process waits for the two below it. Returns how many there are. */
static int grow(int levels)
{
    int count = 1;
    for (int i = 0; i < 2 && levels > 1; i++) {
        int status;
        pid_t child = test_fork();
        if (child == 0)
            _exit(grow(levels - 1));
        CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
        count += WEXITSTATUS(status);
    }
    return count;
}

static void fork_tree(void)
{
    CHECK(grow(6) == 63);
}

/* The grandchild lives on when its parent has ended, and gets another parent. */
static void orphan(void)
{
    int fds[2];
    pid_t parents[2];
    CHECK(pipe(fds) == 0);
    pid_t child = test_fork();
    if (child == 0) {
        if (test_fork() > 0)
            _exit(0);
        parents[0] = child = getppid();
        for (int tries = 0; tries < 1000 && getppid() == child; tries++)
            test_sleep_ms(1);
        parents[1] = getppid();
        test_write(fds[1], parents, sizeof(parents));
        _exit(0);
    }
    close(fds[1]);
    test_wait_exit(child, 0);
    test_read(fds[0], parents, sizeof(parents));
    CHECK(parents[1] != child && parents[1] > 0);
    CHECK(read(fds[0], parents, 1) == 0); /* the grandchild ends */
}

static void orphans_end(void)
{
    int fds[2];
    char byte;
    CHECK(pipe(fds) == 0);
    for (int i = 0; i < 40; i++) {
        pid_t child = test_fork();
        if (child == 0) {
            test_fork();
            _exit(0);
        }
        test_wait_exit(child, 0);
    }
    close(fds[1]);
    CHECK(read(fds[0], &byte, 1) == 0); /* none of them is left that holds the other end */
}

/* Parent and child have one file offset. */
static void shared_offset(void)
{
    char text[8];
    test_enter_folder();
    int fd = open("f", O_RDWR | O_CREAT, 0644);
    CHECK(fd >= 0);
    pid_t child = test_fork();
    if (child == 0) {
        test_write(fd, "abc", 3);
        _exit(0);
    }
    test_wait_exit(child, 0);
    CHECK(lseek(fd, 0, SEEK_CUR) == 3);
    test_write(fd, "def", 3);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    test_read(fd, text, 6);
    CHECK(memcmp(text, "abcdef", 6) == 0);
    close(fd);
    CHECK(unlink("f") == 0);
    test_leave_folder();
}

/* What a child closes stays open in its parent. */
static void own_descriptors(void)
{
    int fds[2];
    CHECK(pipe(fds) == 0);
    pid_t child = test_fork();
    if (child == 0) {
        close(fds[0]);
        close(fds[1]);
        _exit(0);
    }
    test_wait_exit(child, 0);
    test_write(fds[1], "x", 1);
    char byte;
    test_read(fds[0], &byte, 1);
    CHECK(byte == 'x');
}

static const struct test tests[] = {
    {"fork_numbers", "fork tells the parent its child, the child 0; getppid the parent",
     fork_numbers},
    {"exit_status", "wait tells the low 8 bits of the exit status", exit_status},
    {"wait_nothing", "wait without a child is ECHILD", wait_nothing},
    {"wait_nohang", "wait with WNOHANG does not wait", wait_nohang},
    {"wait_for_one", "waitpid waits for the child it names", wait_for_one},
    {"wait_without_status", "wait works without a place for the status", wait_without_status},
    {"many_in_turn", "300 children one after the other", many_in_turn},
    {"many_at_once", "60 children at once have different numbers, each is waited for once",
     many_at_once},
    {"fork_tree", "children have children, six levels deep", fork_tree},
    {"orphan", "a process whose parent has ended lives on under another", orphan},
    {"orphans_end", "processes nobody waits for end all the same", orphans_end},
    {"shared_offset", "a file that was open at fork has one offset for both", shared_offset},
    {"own_descriptors", "a child that closes a file does not close its parent's", own_descriptors},
};

const struct test_group process_tests = {tests, sizeof(tests) / sizeof(tests[0])};
