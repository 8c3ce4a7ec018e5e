/* SplitMix64: a counter in large steps, and a mix of its bits. Source: Steele, Lea, Flood, "Fast
 * splittable pseudorandom number generators", 2014. */
#include "guest/kernel/random.h"

static struct {
    uint64_t counter; /* atomic */
} generator;

void random_init(uint64_t seed)
{
    generator.counter = seed;
}

uint64_t random_next(void)
{
    const uint64_t step = 0x9e3779b97f4a7c15;
    uint64_t z = __atomic_add_fetch(&generator.counter, step, __ATOMIC_RELAXED);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}
