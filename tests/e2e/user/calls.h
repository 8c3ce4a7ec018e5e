/*
 * calls.h: for test programs that make system calls which the guest library has no function for.
 *
 * The numbers come from the kernel's headers, which tests/e2e/user_programs.sh includes before
 * everything else: asm-generic/unistd.h for rv64, asm/unistd_64.h for x86-64.
 */
#ifndef TRIVIUM_TESTS_E2E_USER_CALLS_H
#define TRIVIUM_TESTS_E2E_USER_CALLS_H

#include "guest/lib/syscall.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* CALL(close, fd): the kernel's answer, minus an errno if it failed. */
#define CALL(name, ...) call(__NR_##name, (const long[6]){__VA_ARGS__})

static inline long call(long number, const long a[6])
{
    return syscall_raw(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* "what: 3" or "what: Bad address" */
static inline void show(const char *what, long result)
{
    if (result < 0 && result > -4096)
        printf("%s: %s\n", what, strerror((int)-result));
    else
        printf("%s: %ld\n", what, result);
}

/* For answers that are a number of their own in each run: only whether it worked. */
static inline void show_success(const char *what, long result)
{
    show(what, result >= 0 || result <= -4096 ? 0 : result);
}

/* How a child that runs `body` ends. */
static inline void show_child(const char *what, void (*body)(void))
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        body();
        _exit(0);
    }
    if (waitpid(child, &status, 0) != child)
        printf("%s: no child\n", what);
    else if (WIFSIGNALED(status))
        printf("%s: killed by signal %d\n", what, WTERMSIG(status));
    else
        printf("%s: exit %d\n", what, WEXITSTATUS(status));
}

#endif
