/* How long events took: a summary of bounded size, however many events there were.
 *
 * Minimum, maximum and sum are exact. For percentiles the times are counted in a histogram whose
 * buckets grow with the time: 64 of them for each power of two, so a bucket's upper edge is at most
 * 1/64 (1.6%) above any time in it. sysbench's own histogram is as coarse (1.8%).
 */
#ifndef TRIVIUM_GUEST_BIN_LATENCY_H
#define TRIVIUM_GUEST_BIN_LATENCY_H

#include <stdint.h>

enum {
    LATENCY_STEPS = 64,  /* buckets for each power of two */
    LATENCY_POWERS = 59, /* 0..63, then 64..127, 128..255 and so on up to 2^64 - 1 */
    LATENCY_BUCKETS = LATENCY_STEPS * LATENCY_POWERS,
};

struct latency {
    uint64_t events;
    uint64_t sum; /* all times in nanoseconds */
    uint64_t min; /* UINT64_MAX when there was no event */
    uint64_t max;
    uint32_t histogram[LATENCY_BUCKETS];
};

void latency_init(struct latency *latency);

void latency_add(struct latency *latency, uint64_t nanoseconds);

/* Adds what another process counted. */
void latency_merge(struct latency *into, const struct latency *from);

/* A time that at least percent of the events did not exceed, at most 1.6% too high. */
uint64_t latency_percentile(const struct latency *latency, unsigned int percent);

#endif
