/* System calls on time. */
#include "guest/kernel/clock.h"
#include "guest/kernel/process.h"
#include "guest/kernel/sched.h"
#include "guest/kernel/syscall.h"

#include <machine/cpu.h>

#include <errno.h>
#include <time.h>

/* Clocks that the C library has no name for. Source: Linux, include/uapi/linux/time.h. */
enum {
    CLOCK_THREAD_CPUTIME_ID = 3,
    CLOCK_MONOTONIC_RAW = 4,
    CLOCK_REALTIME_COARSE = 5,
    CLOCK_MONOTONIC_COARSE = 6,
    CLOCK_BOOTTIME = 7,
};

static int put_time(uint64_t address, uint64_t nanoseconds)
{
    const struct timespec time = {
        .tv_sec = (time_t)(nanoseconds / NS_PER_SECOND),
        .tv_nsec = (long)(nanoseconds % NS_PER_SECOND),
    };
    return copy_to_user(&process_current()->space, address, &time, sizeof(time));
}

/* Reads a clock. There is no calendar: the real time is that since the start. */
static int read_clock(uint64_t clock, uint64_t *nanoseconds)
{
    const struct process *self = process_current();
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME: *nanoseconds = clock_now(); return 0;
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID:
        *nanoseconds = clock_ns(self->run_ticks + clock_ticks() - self->run_since);
        return 0;
    default: return -EINVAL;
    }
}

/* clock_gettime(clock, time) */
int64_t sys_clock_gettime(const uint64_t args[6])
{
    uint64_t nanoseconds;
    int result = read_clock(args[0], &nanoseconds);
    return result < 0 ? result : put_time(args[1], nanoseconds);
}

/* clock_getres(clock, resolution) */
int64_t sys_clock_getres(const uint64_t args[6])
{
    uint64_t nanoseconds;
    int result = read_clock(args[0], &nanoseconds);
    if (result < 0 || args[1] == 0)
        return result;
    return put_time(args[1], clock_ns(1) > 0 ? clock_ns(1) : 1);
}

/* nanosleep(wanted, left): only what ends the process, or stops it, interrupts a sleep; after a
 * stop the call is made again, and the sleep goes on until it was to end. */
int64_t sys_nanosleep(const uint64_t args[6])
{
    struct process *self = process_current();
    struct timespec wanted;
    if (copy_from_user(&self->space, &wanted, args[0], sizeof(wanted)) < 0)
        return -EFAULT;
    if (wanted.tv_sec < 0 || wanted.tv_nsec < 0 || (uint64_t)wanted.tv_nsec >= NS_PER_SECOND)
        return -EINVAL;
    if (self->sleep_until == 0) {
        const uint64_t a_century = (uint64_t)100 * 366 * 24 * 3600;
        uint64_t seconds =
            (uint64_t)wanted.tv_sec < a_century ? (uint64_t)wanted.tv_sec : a_century;
        self->sleep_until =
            clock_ticks() + clock_ticks_of(seconds * NS_PER_SECOND + (uint64_t)wanted.tv_nsec);
    }
    int result = 0;
    sched_lock();
    while (result == 0 && clock_ticks() < self->sleep_until)
        result = sched_sleep_until(self->sleep_until);
    sched_unlock();
    if (result == 0)
        self->sleep_until = 0;
    return result;
}
