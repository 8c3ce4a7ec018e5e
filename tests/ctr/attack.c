/*
 * attack.c: a program for containers of tests: attack NAME [ARGUMENT] tries one thing that a
 * program in a container shall not be able to do. It exits with 0 when that succeeds, 1 when it is
 * refused, and says which on its standard output.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct attack {
    const char *name;
    /* 0 or more: it succeeded; -1: errno tells why not. */
    long (*try)(const char *argument);
};

/* Not an attack: ends by a signal. */
static long try_raise(const char *argument)
{
    return raise(atoi(argument));
}

/* Uses so many MiB of memory: "eat 64". */
static long try_eat(const char *argument)
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
static long try_eat_in_child(const char *argument)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(try_eat(argument) < 0);
    waitpid(pid, NULL, 0);
    usleep(300000);
    return 0;
}

/* "forks 30": has so many children at a time, which wait until they are killed. */
static long try_forks(const char *argument)
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
static long try_fork_bomb(const char *argument)
{
    (void)argument;
    while (getpid() != 0)
        fork();
    return 0;
}

/* Takes memory for ever. For a throwaway machine only. */
static long try_memory_bomb(const char *argument)
{
    (void)argument;
    while (try_eat("1") == 0)
        continue;
    return -1;
}

/* Not an attack: "cpus" says how many processors it may run on. */
static long try_cpus(const char *argument)
{
    cpu_set_t set;

    (void)argument;
    if (sched_getaffinity(0, sizeof set, &set) < 0)
        return -1;
    printf("processors: %d\n", CPU_COUNT(&set));
    return 0;
}

/* Tries to get all processors back. */
static long try_all_cpus(const char *argument)
{
    cpu_set_t set;

    memset(&set, 0xff, sizeof set);
    if (sched_setaffinity(0, sizeof set, &set) < 0)
        return -1;
    return try_cpus(argument);
}

static const struct attack attacks[] = {
    {"raise", try_raise},
    {"eat", try_eat},
    {"eat-in-child", try_eat_in_child},
    {"forks", try_forks},
    {"cpus", try_cpus},
    {"fork-bomb", try_fork_bomb},
    {"memory-bomb", try_memory_bomb},
    {"all-cpus", try_all_cpus},
};

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        if (strcmp(attacks[i].name, argv[1]) == 0) {
            errno = 0;
            if (attacks[i].try(argc > 2 ? argv[2] : "") >= 0) {
                puts("succeeded");
                return 0;
            }
            printf("refused: %s\n", strerrorname_np(errno));
            return 1;
        }
    }
    fprintf(stderr, "attack: there is no attack called %s\n", argv[1]);
    return 2;
}
