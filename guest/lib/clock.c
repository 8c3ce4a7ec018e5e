/* System calls on time. */
#include "guest/lib/shared_page.h"
#include "guest/lib/start.h"
#include "guest/lib/syscall.h"

#include <arch/ticks.h>
#include <time.h>

/* Where the kernel shows its clock, asking for the time is no system call. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (start_shared_page && (clock == CLOCK_MONOTONIC || clock == CLOCK_REALTIME)) {
        uint64_t ns = shared_page_ns(clock_ticks(), start_shared_page->multiplier);
        now->tv_sec = (time_t)(ns / 1000000000);
        now->tv_nsec = (long)(ns % 1000000000);
        return 0;
    }
    return (int)syscall2(SYS_clock_gettime, clock, (long)now);
}

int nanosleep(const struct timespec *wanted, struct timespec *left)
{
    return (int)syscall2(SYS_nanosleep, (long)wanted, (long)left);
}
