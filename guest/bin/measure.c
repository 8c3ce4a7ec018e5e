/* Time and rates, in integers only. See measure.h. */
#include "guest/bin/measure.h"

#include <time.h>

uint64_t measure_now(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

uint64_t measure_ratio(uint64_t numerator, uint64_t denominator, unsigned int decimals)
{
    if (denominator == 0)
        denominator = 1;
    /* Long division as on paper: no product can overflow, because the rest stays small. */
    uint64_t quotient = numerator / denominator;
    uint64_t rest = numerator % denominator;
    for (; decimals > 0; decimals--) {
        rest *= 10;
        quotient = quotient * 10 + rest / denominator;
        rest %= denominator;
    }
    return quotient;
}

uint64_t measure_rate(uint64_t events, uint64_t nanoseconds)
{
    return measure_ratio(events, nanoseconds, 9 + 2);
}
