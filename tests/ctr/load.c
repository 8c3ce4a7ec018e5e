/* load.c: taking memory, processes and processors; see load.h. */
#include "tests/ctr/load.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Uses so many MiB of memory: "eat 64". */
long load_eat(const char *argument)
{
    size_t size = (size_t)atoi(argument) << 20;
    volatile char *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return -1;
    for (size_t i = 0; i < size; i += 4096)
        memory[i] = 1;
    return 0;
}

/* A child does, and the parent is well: is it killed, too? */
long load_eat_in_child(const char *argument)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(load_eat(argument) < 0);
    waitpid(pid, NULL, 0);
    usleep(300000);
    return 0;
}

/* "fill 80": writes so many MiB to a file in /tmp. */
static long fill(const char *path, const char *argument)
{
    static const char block[65536];
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    for (int i = 0; i < atoi(argument) * 16; i++) {
        if (write(fd, block, sizeof block) < 0)
            return -1;
    }
    return 0;
}

long load_fill(const char *argument)
{
    return fill("/tmp/fill", argument);
}

long load_fill_here(const char *argument)
{
    return fill("fill", argument);
}

/* "forks 30": has so many children at a time, which wait until they are killed. */
long load_forks(const char *argument)
{
    int wanted = atoi(argument), count = 0, error = 0;
    pid_t pids[4096];

    for (; count < wanted && count < 4096 && error == 0; count++) {
        pids[count] = fork();
        if (pids[count] == 0) {
            pause();
            _exit(0);
        }
        if (pids[count] < 0)
            error = errno;
    }
    count -= error != 0;
    printf("children: %d\n", count);
    for (int i = 0; i < count; i++) {
        kill(pids[i], SIGKILL);
        waitpid(pids[i], NULL, 0);
    }
    errno = error;
    return error == 0 ? 0 : -1;
}

/* Forks as fast as it can, for ever. For a throwaway machine only. */
long load_fork_bomb(const char *argument)
{
    (void)argument;
    while (getpid() != 0)
        fork();
    return 0;
}

/* Takes memory for ever. For a throwaway machine only. */
long load_memory_bomb(const char *argument)
{
    (void)argument;
    while (load_eat("1") == 0)
        continue;
    return -1;
}

/* Not an attack: "cpus" says how many processors it may run on. */
long load_cpus(const char *argument)
{
    cpu_set_t set;

    (void)argument;
    if (sched_getaffinity(0, sizeof set, &set) < 0)
        return -1;
    printf("processors: %d\n", CPU_COUNT(&set));
    return 0;
}

/* Tries to get all processors back. */
long load_all_cpus(const char *argument)
{
    cpu_set_t set;

    memset(&set, 0xff, sizeof set);
    if (sched_setaffinity(0, sizeof set, &set) < 0)
        return -1;
    return load_cpus(argument);
}
