/* Time and rates, in integers only. */
#ifndef TRIVIUM_GUEST_BIN_MEASURE_H
#define TRIVIUM_GUEST_BIN_MEASURE_H

#include <stdint.h>

#define NS_PER_SECOND UINT64_C(1000000000)
#define NS_PER_MS     UINT64_C(1000000)

/* Nanoseconds on a clock that never goes back (CLOCK_MONOTONIC), from an unknown start. */
uint64_t measure_now(void);

/* numerator / denominator with that many decimals, as an integer: measure_ratio(1, 8, 3) is 125.
 * The denominator must be in 1..2^60; a zero counts as 1, because a clock may not have moved. */
uint64_t measure_ratio(uint64_t numerator, uint64_t denominator, unsigned int decimals);

/* Events a second, times 100: what "%lu.%02lu" prints with / 100 and % 100. */
uint64_t measure_rate(uint64_t events, uint64_t nanoseconds);

#endif
