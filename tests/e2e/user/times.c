/* times.c: clocks, sleeping, limits, and other facts that the system tells. */
#include "tests/e2e/user/calls.h"

#include <sys/utsname.h>
#include <time.h>

static long nanoseconds(int clock)
{
    struct timespec now = {0, 0};

    clock_gettime(clock, &now);
    return now.tv_sec * 1000000000 + now.tv_nsec;
}

int main(void)
{
    struct timespec wanted = {0, 20000000}, wrong = {0, 1000000000};
    struct utsname names;
    unsigned long limit[2] = {0, 0}, old[2] = {0, 0};
    long day[2] = {0, 0}, before, after;
    char random[64];
    int bits = 0;

    before = nanoseconds(CLOCK_MONOTONIC);
    show("nanosleep", nanosleep(&wanted, NULL));
    after = nanoseconds(CLOCK_MONOTONIC);
    printf("slept at least that long: %d, and not for ever: %d\n", after - before >= 20000000,
           after - before < 2000000000);
    show("nanosleep of a wrong time", CALL(nanosleep, (long)&wrong, 0));
    show("clock_nanosleep", CALL(clock_nanosleep, 1, 0, (long)&wanted, 0));
    CALL(gettimeofday, (long)day, 0);
    printf("two clocks agree: %d\n", nanoseconds(CLOCK_REALTIME) / 1000000000 - day[0] <= 1);
    printf("CPU time passes: %d\n", nanoseconds(CLOCK_PROCESS_CPUTIME_ID) > 0);
    show("uname", uname(&names));
    printf("  %s\n", names.sysname);
    show("getrandom", CALL(getrandom, (long)random, sizeof random, 0));
    for (unsigned i = 0; i < sizeof random; i++)
        bits |= random[i];
    printf("  random: %d\n", bits != 0);
    show("limit of open files", CALL(prlimit64, 0, 7, 0, (long)limit));
    limit[0] = 50;
    show("set it", CALL(prlimit64, 0, 7, (long)limit, 0));
    CALL(prlimit64, 0, 7, 0, (long)old);
    printf("  now %lu\n", old[0]);
    show("dup beyond it", CALL(dup3, 1, 50, 0));
    show("sched_yield", CALL(sched_yield, 0));
    show("prctl: name", CALL(prctl, 15, (long)"other"));
    CALL(prctl, 16, (long)random);
    printf("  '%s'\n", random);
    return 0;
}
