/* The clock: ticks of the machine's timer as nanoseconds, and back. */
#include "guest/kernel/clock.h"

#include "guest/kernel/boot.h"

#include <machine/cpu.h>

uint64_t clock_ns(uint64_t ticks)
{
    uint64_t rate = boot_get()->ticks_per_second;
    /* In two parts, because ticks times 10^9 would overflow after half an hour. */
    return ticks / rate * NS_PER_SECOND + ticks % rate * NS_PER_SECOND / rate;
}

uint64_t clock_now(void)
{
    return clock_ns(clock_ticks());
}

uint64_t clock_ticks_of(uint64_t nanoseconds)
{
    uint64_t rate = boot_get()->ticks_per_second;
    uint64_t part = nanoseconds % NS_PER_SECOND * rate;
    return nanoseconds / NS_PER_SECOND * rate + (part + NS_PER_SECOND - 1) / NS_PER_SECOND;
}
