/* unprovided.c: what --user mode does not provide is ENOSYS, each time; that we say so once. */
#include "tests/e2e/user/calls.h"

#include <stdlib.h>

enum { CLONE_THREAD_FLAGS = 0x3d0f00 };

static long handler[4] = {0x12340, 0, 0, 0};

static void try_all(void)
{
    show("socket", CALL(socket, 1, 1, 0));
    show("number 400", call(400, (const long[6]){0}));
    show("number 500", call(500, (const long[6]){0}));
    show("number 5000", call(5000, (const long[6]){0}));
    show("number -1", call(-1, (const long[6]){0}));
    show("a thread", CALL(clone, CLONE_THREAD_FLAGS, 0, 0, 0, 0));
    show("a signal handler", CALL(rt_sigaction, 10, (long)handler, 0, 8));
    show("rseq, which libraries try", CALL(rseq, 0, 0, 0, 0));
}

int main(void)
{
    try_all();
    try_all();
    if (fork() == 0) {
        try_all();
        exit(0);
    }
    wait(NULL);
    return 0;
}
