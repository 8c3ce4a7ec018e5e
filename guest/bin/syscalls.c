/* syscalls: what single services of the kernel cost, in nanoseconds.
 *
 * Each service is measured in batches; the median of the batches is printed, because a batch that
 * was interrupted should not count. The cost of a context switch cannot be measured by itself: it
 * is what a message to another process and back costs beyond the four calls it takes, halved.
 */
#include "guest/bin/measure.h"
#include "guest/bin/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_BATCHES = 1000, PAGE = 4096 };

/* The pipes to and from the other process, and one that leads back to ourselves. */
struct pipes {
    int to_peer[2];
    int from_peer[2];
    int own[2];
    pid_t peer;
};

/* One service: run does it times times. Returns 0, or -1 with errno. */
struct service {
    const char *name;
    int times; /* in a batch */
    int (*run)(const struct pipes *pipes, int times);
};

static int run_getppid(const struct pipes *pipes, int times)
{
    (void)pipes;
    for (int i = 0; i < times; i++)
        getppid();
    return 0;
}

/* Sends one byte and receives one. */
static int exchange(int out, int in)
{
    char byte = 'x';
    if (write(out, &byte, 1) != 1)
        return -1;
    ssize_t count = read(in, &byte, 1);
    if (count == 0)
        errno = EPIPE;
    return count == 1 ? 0 : -1;
}

static int run_own_pipe(const struct pipes *pipes, int times)
{
    for (int i = 0; i < times; i++) {
        if (exchange(pipes->own[1], pipes->own[0]) < 0)
            return -1;
    }
    return 0;
}

static int run_round_trip(const struct pipes *pipes, int times)
{
    for (int i = 0; i < times; i++) {
        if (exchange(pipes->to_peer[1], pipes->from_peer[0]) < 0)
            return -1;
    }
    return 0;
}

static int run_map(const struct pipes *pipes, int times)
{
    (void)pipes;
    for (int i = 0; i < times; i++) {
        volatile char *page =
            mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED)
            return -1;
        page[0] = 1;
        if (munmap((void *)(uintptr_t)page, PAGE) < 0)
            return -1;
    }
    return 0;
}

static int compare_times(const void *left, const void *right)
{
    const uint64_t *a = left;
    const uint64_t *b = right;
    return (*a > *b) - (*a < *b);
}

/* Runs batches for so long, at least three. Sets *median to tenths of a nanosecond for one service.
 * Returns 0, or -1 after a message. */
static int measure(const struct service *service, const struct pipes *pipes, uint64_t nanoseconds,
                   uint64_t *median)
{
    static uint64_t batches[MAX_BATCHES];
    size_t count = 0;
    uint64_t start = measure_now();
    while (count < MAX_BATCHES && (count < 3 || measure_now() - start < nanoseconds)) {
        uint64_t before = measure_now();
        if (service->run(pipes, service->times) < 0) {
            fprintf(stderr, "syscalls: %s: %s\n", service->name, strerror(errno));
            return -1;
        }
        batches[count++] = measure_now() - before;
    }
    qsort(batches, count, sizeof(batches[0]), compare_times);
    *median = measure_ratio(batches[count / 2], (uint64_t)service->times, 1);
    return 0;
}

/* The other process: sends back every byte until its pipe is closed. */
static _Noreturn void peer_main(const struct pipes *pipes)
{
    char byte;
    close(pipes->to_peer[1]);
    close(pipes->from_peer[0]);
    while (read(pipes->to_peer[0], &byte, 1) == 1) {
        if (write(pipes->from_peer[1], &byte, 1) != 1)
            break;
    }
    _exit(0);
}

/* Returns 0, or -1 after a message. */
static int pipes_open(struct pipes *pipes)
{
    if (pipe(pipes->to_peer) < 0 || pipe(pipes->from_peer) < 0 || pipe(pipes->own) < 0) {
        perror("syscalls: cannot make a pipe");
        return -1;
    }
    pipes->peer = fork();
    if (pipes->peer < 0) {
        perror("syscalls: cannot make a process");
        return -1;
    }
    if (pipes->peer == 0)
        peer_main(pipes);
    close(pipes->to_peer[0]);
    close(pipes->from_peer[1]);
    return 0;
}

/* The services in the order of their lines. */
enum { GETPPID, OWN_PIPE, ROUND_TRIP, MAP, SERVICES };

int main(int argc, char **argv)
{
    const struct service services[SERVICES] = {
        [GETPPID] = {"getppid", 1000, run_getppid},
        [OWN_PIPE] = {"pipe within one process", 200, run_own_pipe},
        [ROUND_TRIP] = {"pipe to another process and back", 100, run_round_trip},
        [MAP] = {"mmap, touch, munmap", 100, run_map},
    };
    uint64_t ms = 200;
    uint64_t tenths[SERVICES]; /* of a nanosecond */
    struct pipes pipes;
    const struct option options[] = {
        {"time", 0, OPTION_NUMBER, &ms, "MS", "measure each for so many milliseconds (200)", 0,
         86400000},
    };
    const struct program program = {
        .name = "syscalls",
        .operands = "",
        .summary = "Measure what single services of the kernel cost.",
        .notes =
            "A context switch is (pipe to another process and back - 2 * pipe within one process)"
            " / 2.\nIf the two processes have a CPU each, it is the cost of waking one up.",
        .options = options,
        .option_count = sizeof(options) / sizeof(options[0]),
    };
    int operand = options_parse(&program, argc, argv);
    if (operand < argc)
        options_fail(&program, "unexpected argument", argv[operand]);
    if (pipes_open(&pipes) < 0)
        return 1;

    int failed = 0;
    for (int i = 0; i < SERVICES && !failed; i++) {
        failed = measure(&services[i], &pipes, ms * NS_PER_MS, &tenths[i]) < 0;
        if (!failed)
            printf("%s: %" PRIu64 ".%" PRIu64 " ns\n", services[i].name, tenths[i] / 10,
                   tenths[i] % 10);
    }
    close(pipes.to_peer[1]);
    while (waitpid(pipes.peer, NULL, 0) < 0 && errno == EINTR)
        continue;
    if (failed)
        return 1;
    int64_t change = ((int64_t)tenths[ROUND_TRIP] - 2 * (int64_t)tenths[OWN_PIPE]) / 2;
    printf("context switch: %" PRId64 ".%" PRId64 " ns\n", change / 10,
           (change < 0 ? -change : change) % 10);
    return 0;
}
