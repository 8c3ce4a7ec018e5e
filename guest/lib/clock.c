/* System calls on time. */
#include "guest/lib/syscall.h"

#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
    return (int)syscall2(SYS_clock_gettime, clock, (long)now);
}

int nanosleep(const struct timespec *wanted, struct timespec *left)
{
    return (int)syscall2(SYS_nanosleep, (long)wanted, (long)left);
}
