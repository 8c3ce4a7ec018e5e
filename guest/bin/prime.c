/* prime: sysbench's cpu test, in integers.
 *
 * One event counts the primes from 3 to a limit by trial division, exactly the loop of sysbench but
 * for its bound: sysbench compares l with a floating-point square root, here l * l is compared with
 * c. Events repeat until the time is over or their number is reached; the result is events a second
 * and how long single events took.
 *
 * --threads starts worker processes (there are no threads in this library); each counts on its own
 * and sends a report through a pipe at the end. All start when the last one has been made.
 * Read next: latency.h, measure.h
 */
#include "guest/bin/latency.h"
#include "guest/bin/measure.h"
#include "guest/bin/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_WORKERS = 256 };

struct plan {
    uint64_t limit;       /* primes are looked for up to here */
    uint64_t events;      /* of all workers together; 0: no limit */
    uint64_t nanoseconds; /* no event starts after so long; 0: no limit */
    uint64_t workers;
    uint64_t width; /* bits of the integers, 32 or 64 */
};

/* What a worker has to tell. */
struct report {
    uint64_t primes; /* found by each event */
    uint64_t wrong;  /* events that found another number than the first */
    struct latency latency;
};

struct worker {
    pid_t pid;
    int pipe; /* the end to read its report from */
};

static uint64_t count_primes_64(uint64_t limit)
{
    uint64_t found = 0;
    for (uint64_t c = 3; c <= limit; c++) {
        uint64_t l;
        for (l = 2; l * l <= c; l++) {
            if (c % l == 0)
                break;
        }
        if (l * l > c)
            found++;
    }
    return found;
}

/* The same in 32 bits: a division of 32 bits is much faster on many processors. */
static uint32_t count_primes_32(uint32_t limit)
{
    uint32_t found = 0;
    for (uint32_t c = 3; c <= limit; c++) {
        uint32_t l;
        for (l = 2; l * l <= c; l++) {
            if (c % l == 0)
                break;
        }
        if (l * l > c)
            found++;
    }
    return found;
}

/* Runs one worker's share of the events. The end of an event is the start of the next, so there is
 * one look at the clock an event. */
static void run_events(const struct plan *plan, uint64_t events, struct report *report)
{
    /* Read anew for every event, or the compiler could see that all have one answer. */
    volatile uint64_t limit = plan->limit;
    uint64_t start = measure_now();
    uint64_t before = start;

    memset(report, 0, sizeof(*report));
    latency_init(&report->latency);
    while ((events == 0 || report->latency.events < events) &&
           (plan->nanoseconds == 0 || before - start < plan->nanoseconds)) {
        uint64_t found =
            plan->width == 32 ? count_primes_32((uint32_t)limit) : count_primes_64(limit);
        uint64_t now = measure_now();
        if (report->latency.events == 0)
            report->primes = found;
        else if (found != report->primes)
            report->wrong++;
        latency_add(&report->latency, now - before);
        before = now;
    }
}

/* Reads or writes all of size bytes. Returns 0, or -1 with errno (0 when the other end was closed).
 */
static int read_all(int fd, void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t count = read(fd, (char *)data + done, size - done);
        if (count == 0)
            errno = 0;
        if (count == 0 || (count < 0 && errno != EINTR))
            return -1;
        if (count > 0)
            done += (size_t)count;
    }
    return 0;
}

static int write_all(int fd, const void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t count = write(fd, (const char *)data + done, size - done);
        if (count < 0 && errno != EINTR)
            return -1;
        if (count > 0)
            done += (size_t)count;
    }
    return 0;
}

/* How many of the events are for worker i; the first ones take what does not divide. */
static uint64_t share(const struct plan *plan, uint64_t i)
{
    return plan->events / plan->workers + (i < plan->events % plan->workers ? 1 : 0);
}

/* A worker's life: wait at the gate for a byte, work, report. The gate closes without a byte when
 * the parent could not start all workers. */
static _Noreturn void worker_main(const struct plan *plan, uint64_t events, const int gate[2],
                                  const int answer[2])
{
    static struct report report; /* zeroed pages, not 15 KiB of stack */
    char go;
    close(gate[1]);
    close(answer[0]);
    if (read_all(gate[0], &go, 1) < 0)
        _exit(1);
    if (plan->events == 0 || events > 0)
        run_events(plan, events, &report);
    else
        latency_init(&report.latency);
    _exit(write_all(answer[1], &report, sizeof(report)) < 0 ? 1 : 0);
}

/* Returns 0, or -1 with errno. */
static int worker_start(const struct plan *plan, uint64_t i, const int gate[2],
                        struct worker *worker)
{
    int answer[2];
    if (pipe(answer) < 0)
        return -1;
    worker->pid = fork();
    if (worker->pid == 0)
        worker_main(plan, share(plan, i), gate, answer);
    int error = errno;
    close(answer[1]);
    worker->pipe = answer[0];
    if (worker->pid < 0) {
        close(answer[0]);
        errno = error;
        return -1;
    }
    return 0;
}

/* Reads one worker's report into the whole. Returns 0, or -1 if the worker did not deliver it. */
static int worker_collect(struct worker *worker, struct report *total)
{
    static struct report report;
    int status = 0;
    int result = read_all(worker->pipe, &report, sizeof(report));
    close(worker->pipe);
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (result < 0 || status != 0)
        return -1;
    if (report.latency.events == 0)
        return 0;
    if (total->latency.events == 0)
        total->primes = report.primes;
    else if (report.primes != total->primes)
        total->wrong++;
    total->wrong += report.wrong;
    latency_merge(&total->latency, &report.latency);
    return 0;
}

/* Runs the plan in worker processes. Returns the time it took, or exits after a message. */
static uint64_t run_workers(const struct plan *plan, struct report *total)
{
    struct worker workers[MAX_WORKERS];
    int gate[2];
    uint64_t started = 0;
    int error = 0;
    uint64_t missing = 0;

    latency_init(&total->latency);
    if (pipe(gate) < 0) {
        perror("prime: cannot make a pipe");
        exit(1);
    }
    while (started < plan->workers && !error) {
        if (worker_start(plan, started, gate, &workers[started]) < 0)
            error = errno;
        else
            started++;
    }
    close(gate[0]);

    uint64_t start = measure_now();
    for (uint64_t i = 0; i < started && !error; i++) {
        if (write_all(gate[1], "g", 1) < 0)
            error = errno;
    }
    close(gate[1]);
    for (uint64_t i = 0; i < started; i++)
        missing += worker_collect(&workers[i], total) < 0;
    uint64_t elapsed = measure_now() - start;

    if (error) {
        fprintf(stderr, "prime: cannot start worker process %" PRIu64 " of %" PRIu64 ": %s\n",
                started + 1, plan->workers, strerror(error));
        exit(1);
    }
    if (missing) {
        fprintf(stderr,
                "prime: %" PRIu64 " of %" PRIu64 " worker processes ended without a report\n",
                missing, plan->workers);
        exit(1);
    }
    return elapsed;
}

static void print_ms(const char *label, uint64_t nanoseconds)
{
    uint64_t hundredths = nanoseconds / (NS_PER_MS / 100);
    char text[32];
    snprintf(text, sizeof(text), "%" PRIu64 ".%02" PRIu64, hundredths / 100, hundredths % 100);
    printf("         %-27s%17s\n", label, text);
}

/* The fields and their order are sysbench's. */
static void print_results(const struct report *report, uint64_t elapsed)
{
    const struct latency *latency = &report->latency;
    uint64_t rate = measure_rate(latency->events, elapsed);
    printf("Primes found: %" PRIu64 "\n\n", report->primes);
    printf("CPU speed:\n");
    printf("    events per second: %5" PRIu64 ".%02" PRIu64 "\n\n", rate / 100, rate % 100);
    printf("General statistics:\n");
    printf("    total time:                          %" PRIu64 ".%04" PRIu64 "s\n",
           elapsed / NS_PER_SECOND, elapsed % NS_PER_SECOND / 100000);
    printf("    total number of events:              %" PRIu64 "\n\n", latency->events);
    printf("Latency (ms):\n");
    print_ms("min:", latency->min);
    print_ms("avg:", latency->sum / latency->events);
    print_ms("max:", latency->max);
    print_ms("95th percentile:", latency_percentile(latency, 95));
    print_ms("sum:", latency->sum);
}

/* Reads the command line into the plan. */
static void parse_plan(struct plan *plan, int argc, char **argv)
{
    const uint64_t unset = UINT64_MAX;
    *plan = (struct plan){.limit = 10000, .nanoseconds = unset, .workers = 1, .width = 64};
    const struct option options[] = {
        {"max-prime", 0, OPTION_NUMBER, &plan->limit, "N", "look for primes up to N (10000)", 3,
         INT32_MAX},
        {"events", 0, OPTION_NUMBER, &plan->events, "N", "stop after N events (0: no limit)", 0,
         UINT32_MAX},
        {"time", 0, OPTION_SECONDS, &plan->nanoseconds, "SECONDS",
         "start no event later (0: no limit; 10 without --events)", 0, 0},
        {"threads", 0, OPTION_NUMBER, &plan->workers, "N", "use N worker processes (1)", 1,
         MAX_WORKERS},
        {"width", 0, OPTION_NUMBER, &plan->width, "BITS", "use integers of 32 or 64 bits (64)", 32,
         64},
    };
    const struct program program = {
        .name = "prime",
        .operands = "",
        .summary =
            "Count primes by trial division, again and again: sysbench's cpu test in integers.",
        .notes = "The 95th percentile is at most 1.6% too high; the other numbers are exact.",
        .options = options,
        .option_count = sizeof(options) / sizeof(options[0]),
    };
    int operand = options_parse(&program, argc, argv);
    if (operand < argc)
        options_fail(&program, "unexpected argument", argv[operand]);
    if (plan->width != 32 && plan->width != 64)
        options_fail(&program, "--width must be", "32 or 64");
    if (plan->nanoseconds == unset)
        plan->nanoseconds = plan->events ? 0 : 10 * NS_PER_SECOND;
    if (plan->nanoseconds == 0 && plan->events == 0)
        options_fail(&program, "this would never end", "--time 0 without --events");
}

int main(int argc, char **argv)
{
    static struct report report;
    struct plan plan;
    uint64_t elapsed;

    parse_plan(&plan, argc, argv);
    printf("Running prime: limit %" PRIu64 ", %" PRIu64 " worker process%s, %" PRIu64
           "-bit integers\n",
           plan.limit, plan.workers, plan.workers == 1 ? "" : "es", plan.width);
    fflush(stdout);
    if (plan.workers == 1) {
        uint64_t start = measure_now();
        run_events(&plan, plan.events, &report);
        elapsed = measure_now() - start;
    } else {
        elapsed = run_workers(&plan, &report);
    }
    if (report.wrong) {
        fprintf(stderr, "prime: WRONG: %" PRIu64 " events found another number of primes\n",
                report.wrong);
        return 1;
    }
    print_results(&report, elapsed);
    return 0;
}
