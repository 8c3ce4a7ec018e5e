/* How long events took. See latency.h. */
#include "guest/bin/latency.h"

#include <string.h>

void latency_init(struct latency *latency)
{
    memset(latency, 0, sizeof(*latency));
    latency->min = UINT64_MAX;
}

/* Times below 64 have a bucket each. Above, a time is shifted right until it lies in 64..127; the
 * number of shifts chooses a group of 64 buckets, and what is left chooses one of the group. */
static unsigned int bucket_of(uint64_t nanoseconds)
{
    if (nanoseconds < LATENCY_STEPS)
        return (unsigned int)nanoseconds;
    unsigned int shift = 0;
    for (; nanoseconds >= (uint64_t)2 * LATENCY_STEPS; nanoseconds >>= 1)
        shift++;
    return (shift + 1) * LATENCY_STEPS + (unsigned int)(nanoseconds - LATENCY_STEPS);
}

/* The greatest time that belongs to a bucket. */
static uint64_t bucket_edge(unsigned int bucket)
{
    if (bucket < LATENCY_STEPS)
        return bucket;
    unsigned int shift = bucket / LATENCY_STEPS - 1;
    uint64_t next = (uint64_t)LATENCY_STEPS + bucket % LATENCY_STEPS + 1;
    return (next << shift) - 1; /* of the very last bucket 2^64 - 1, as unsigned numbers wrap */
}

void latency_add(struct latency *latency, uint64_t nanoseconds)
{
    latency->events++;
    latency->sum += nanoseconds;
    if (nanoseconds < latency->min)
        latency->min = nanoseconds;
    if (nanoseconds > latency->max)
        latency->max = nanoseconds;
    latency->histogram[bucket_of(nanoseconds)]++;
}

void latency_merge(struct latency *into, const struct latency *from)
{
    into->events += from->events;
    into->sum += from->sum;
    if (from->min < into->min)
        into->min = from->min;
    if (from->max > into->max)
        into->max = from->max;
    for (unsigned int i = 0; i < LATENCY_BUCKETS; i++)
        into->histogram[i] += from->histogram[i];
}

uint64_t latency_percentile(const struct latency *latency, unsigned int percent)
{
    uint64_t above = latency->events * (100 - percent) / 100; /* so many events may be slower */
    uint64_t counted = 0;
    for (unsigned int i = LATENCY_BUCKETS; i > 0; i--) {
        counted += latency->histogram[i - 1];
        if (counted > above) {
            uint64_t edge = bucket_edge(i - 1);
            return edge < latency->max ? edge : latency->max;
        }
    }
    return 0;
}
