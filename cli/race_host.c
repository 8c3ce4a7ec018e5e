/*
 * race_host.c: which CPU a race runs on, and how quick that is at the moment; see race.h.
 *
 * All ways get the same CPUs: natively, `fork` would use every one there is, and a machine with one
 * virtual processor only one.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/race.h"

/* Dependent multiplications: their time is the processor's clock, and no cache's. */
#define LOOP_ROUNDS 5000000

static double clock_seconds(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

double race_now(void)
{
    return clock_seconds(CLOCK_MONOTONIC);
}

void race_loop(double *wall, double *cpu)
{
    double wall_start = clock_seconds(CLOCK_MONOTONIC);
    double cpu_start = clock_seconds(CLOCK_THREAD_CPUTIME_ID);
    volatile uint64_t seed = 3; /* volatile: nothing of it is known to the compiler */
    uint64_t value = seed;

    for (unsigned i = 0; i < LOOP_ROUNDS; i++)
        value = value * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    seed = value;
    *cpu = clock_seconds(CLOCK_THREAD_CPUTIME_ID) - cpu_start;
    *wall = clock_seconds(CLOCK_MONOTONIC) - wall_start;
}

static int bind_to(const int *cpus, size_t count, struct err *err)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    for (size_t i = 0; i < count; i++)
        CPU_SET((unsigned)cpus[i], &set);
    if (sched_setaffinity(0, sizeof set, &set) == 0)
        return 0;
    err_sys(err, errno, "cannot pin the race to CPU %d%s", cpus[0], count > 1 ? " and others" : "");
    return err_hint(err, "choose one of those that `taskset -pc $$' shows, or --pin none");
}

int race_pin(const struct race *race, size_t count, struct err *err)
{
    return race->cpu_count == 0 ? 0 : bind_to(race->cpus, count, err);
}

void race_unpin(const struct race *race)
{
    sched_setaffinity(0, sizeof race->allowed, &race->allowed);
}

/* The CPU of those that we may use on which the loop is quickest right now. */
static int quickest_cpu(const struct race *race)
{
    double best_time = 0;
    int best = -1;

    for (int cpu = 0; cpu < RACE_CPUS_MAX; cpu++) {
        struct err ignored;
        double wall, used;

        if (!CPU_ISSET((unsigned)cpu, &race->allowed) || bind_to(&cpu, 1, &ignored) < 0)
            continue;
        race_loop(&wall, &used);
        race_loop(&wall, &used); /* the first one woke it up */
        if (best < 0 || wall < best_time) {
            best = cpu;
            best_time = wall;
        }
    }
    race_unpin(race);
    return best;
}

/* The quickest, and others up to `count`. */
static void choose_quickest(struct race *race, size_t count)
{
    int quickest = quickest_cpu(race);

    race->cpus[0] = quickest;
    race->cpu_count = quickest >= 0;
    for (int cpu = 0; cpu < RACE_CPUS_MAX && quickest >= 0 && race->cpu_count < count; cpu++) {
        if (cpu != quickest && CPU_ISSET((unsigned)cpu, &race->allowed))
            race->cpus[race->cpu_count++] = cpu;
    }
}

/* "3" or "0-2"; leaves *text behind it. */
static bool read_range(struct race *race, const char **text)
{
    char *end;
    unsigned long first, last;

    first = last = strtoul(*text, &end, 10);
    if (end == *text || **text == '-' || **text == '+')
        return false;
    if (*end == '-') {
        const char *start = end + 1;

        last = strtoul(start, &end, 10);
        if (end == start || *start == '-' || *start == '+')
            return false;
    }
    if (first > last || last >= RACE_CPUS_MAX)
        return false;
    for (unsigned long cpu = first; cpu <= last && race->cpu_count < RACE_CPUS_MAX; cpu++)
        race->cpus[race->cpu_count++] = (int)cpu;
    *text = end;
    return true;
}

int race_choose_cpus(struct race *race, const char *list, size_t count, struct err *err)
{
    const char *text = list;

    race->cpu_count = 0;
    if (sched_getaffinity(0, sizeof race->allowed, &race->allowed) < 0)
        return err_sys(err, errno, "cannot ask which CPUs may be used");
    if (list == NULL) {
        choose_quickest(race, count);
        return 0;
    }
    if (strcmp(list, "none") == 0)
        return 0;
    while (read_range(race, &text)) {
        if (*text == '\0')
            return 0;
        if (*text != ',')
            break;
        text++;
    }
    err_set(err, "--pin needs a list of CPUs, such as 1 or 0-1,3, or none; not '%s'", list);
    return -1;
}
