/* Signals: their default actions, ignoring them, and whom they reach. */
#include "guest/bin/stress/stress.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Starts a child that says that it lives and then runs the function, for ever. */
static pid_t start(void (*run)(void))
{
    int ready[2];
    char byte;
    CHECK(pipe(ready) == 0);
    pid_t child = test_fork();
    if (child == 0) {
        test_write(ready[1], "r", 1);
        close(ready[0]);
        close(ready[1]);
        run();
        _exit(STATUS_FAILED);
    }
    test_read(ready[0], &byte, 1);
    close(ready[0]);
    close(ready[1]);
    return child;
}

static void spin(void)
{
    for (volatile int i = 0;; i = i + 1)
        continue;
}

static void sleep_long(void)
{
    test_sleep_ms(1000 * 1000);
}

static void read_nothing(void)
{
    int fds[2];
    char byte;
    CHECK(pipe(fds) == 0);
    CHECK(read(fds[0], &byte, 1) == 1);
}

static void write_too_much(void)
{
    int fds[2];
    static char data[PAGE];
    CHECK(pipe(fds) == 0);
    for (;;)
        CHECK(write(fds[1], data, sizeof(data)) > 0);
}

/* Waits for a child of its own, which its death then sets free. */
static void wait_long(void)
{
    int gate[2];
    char byte;
    CHECK(pipe(gate) == 0);
    if (test_fork() == 0) {
        close(gate[1]);
        CHECK(read(gate[0], &byte, 1) == 0);
        _exit(0);
    }
    wait(NULL);
}

static void kill_running(void)
{
    const int numbers[] = {SIGHUP, SIGINT, SIGTERM, SIGKILL};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        pid_t child = start(spin);
        CHECK(kill(child, numbers[i]) == 0);
        test_wait_signal(child, numbers[i]);
    }
}

static void kill_blocked(void)
{
    void (*const waits[])(void) = {sleep_long, read_nothing, write_too_much, wait_long};
    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
        pid_t child = start(waits[i]);
        test_sleep_ms(20); /* so that it has most likely come to wait */
        CHECK(kill(child, SIGTERM) == 0);
        test_wait_signal(child, SIGTERM);
    }
}

static void kill_at_once(void)
{
    for (int i = 0; i < 50; i++) {
        pid_t child = test_fork();
        if (child == 0)
            spin();
        CHECK(kill(child, SIGKILL) == 0);
        test_wait_signal(child, SIGKILL);
    }
}

static void kill_self(void)
{
    kill(getpid(), SIGTERM);
}

static void kill_oneself(void)
{
    test_dies(kill_self, SIGTERM);
}

static void kill_nobody(void)
{
    pid_t child = test_fork();
    if (child == 0)
        _exit(0);
    test_wait_exit(child, 0);
    CHECK_ERROR(kill(child, SIGTERM), ESRCH);
    CHECK_ERROR(kill(child, 0), ESRCH);
}

static void kill_wrong(void)
{
    CHECK_ERROR(kill(getpid(), -1), EINVAL);
    CHECK_ERROR(kill(getpid(), 65), EINVAL);
    CHECK_ERROR(kill(getpid(), 1 << 30), EINVAL);
    CHECK(kill(getpid(), 0) == 0);
}

/* A process that has ended but was not waited for can still be signalled. */
static void kill_ended(void)
{
    pid_t child = start(kill_self);
    test_sleep_ms(20);
    CHECK(kill(child, 0) == 0);
    CHECK(kill(child, SIGKILL) == 0);
    test_wait_signal(child, SIGTERM);
}

static void ignore(void)
{
    CHECK(signal(SIGTERM, SIG_IGN) == SIG_DFL);
    CHECK(kill(getpid(), SIGTERM) == 0);
    CHECK(signal(SIGTERM, SIG_DFL) == SIG_IGN);
    test_dies(kill_self, SIGTERM);
}

static void ignore_inherited(void)
{
    CHECK(signal(SIGTERM, SIG_IGN) != SIG_ERR);
    pid_t child = test_fork();
    if (child == 0) {
        kill_self();
        _exit(6);
    }
    test_wait_exit(child, 6);
    CHECK(signal(SIGTERM, SIG_DFL) == SIG_IGN);
}

static void ignore_forbidden(void)
{
    CHECK(signal(SIGKILL, SIG_IGN) == SIG_ERR && errno == EINVAL);
    CHECK(signal(0, SIG_IGN) == SIG_ERR && errno == EINVAL);
    CHECK(signal(65, SIG_IGN) == SIG_ERR && errno == EINVAL);
    CHECK(signal(-1, SIG_IGN) == SIG_ERR && errno == EINVAL);
}

static void child_signal(void)
{
    CHECK(kill(getpid(), SIGCHLD) == 0); /* its default action is to do nothing */
}

/* Two signals while it cannot run: one of them ends it, and it is told which. */
static void pending(void)
{
    pid_t child = start(sleep_long);
    kill(child, SIGTERM);
    kill(child, SIGKILL);
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGTERM || WTERMSIG(status) == SIGKILL);
}

static const struct test tests[] = {
    {"kill_running", "a process that computes is ended by a signal", kill_running},
    {"kill_blocked", "one that sleeps, reads, writes or waits is too", kill_blocked},
    {"kill_at_once", "so is a child that has hardly begun", kill_at_once},
    {"kill_oneself", "a process can end itself by a signal", kill_oneself},
    {"kill_nobody", "a signal to nobody is ESRCH", kill_nobody},
    {"kill_wrong", "a signal that does not exist is EINVAL, signal 0 only asks", kill_wrong},
    {"kill_ended", "a signal to a process that has ended is no error, and changes nothing",
     kill_ended},
    {"ignore", "an ignored signal does nothing, and then again something", ignore},
    {"ignore_inherited", "what a parent ignores, its child ignores", ignore_inherited},
    {"ignore_forbidden", "SIGKILL cannot be ignored", ignore_forbidden},
    {"child_signal", "SIGCHLD does nothing by default", child_signal},
    {"pending", "two signals at once end a process once", pending},
};

const struct test_group signal_tests = {tests, sizeof(tests) / sizeof(tests[0])};
