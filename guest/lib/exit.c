/* The ways a program ends. */
#include "guest/lib/start.h"
#include "guest/lib/stream.h"
#include "guest/lib/syscall.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void _exit(int status)
{
    for (;;)
        syscall1(SYS_exit_group, status);
}

void exit(int status)
{
    fflush(stdout);
    if (stdout->error) {
        fprintf(stderr, "%s: standard output: %s\n", start_program_name(), strerror(stdout->error));
        if (status == EXIT_SUCCESS)
            status = EXIT_FAILURE;
    }
    _exit(status);
}

void abort(void)
{
    kill(getpid(), SIGABRT);
    _exit(128 + SIGABRT); /* if that was ignored: the status that a shell shows for it */
}

void assert_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s: %s:%d: assertion failed: %s\n", start_program_name(), file, line,
            condition);
    abort();
}
