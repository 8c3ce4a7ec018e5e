/*
 * random.h: reproducible random numbers for tests. Not for anything that must be unguessable.
 *
 * The generator is splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", 2014). Tests print the seed and take SEED= from the environment.
 */
#ifndef TRIVIUM_TESTS_RANDOM_H
#define TRIVIUM_TESTS_RANDOM_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct random {
    uint64_t state;
};

/* $SEED if it is set, else something that differs from run to run. The caller prints it. */
static inline uint64_t random_seed(void)
{
    const char *given = getenv("SEED");
    struct timespec now;

    if (given != NULL && *given != '\0')
        return strtoull(given, NULL, 0);
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* A generator from that seed, which is printed at once, before the test may crash. */
static inline struct random random_begin(void)
{
    struct random random = {.state = random_seed()};

    printf("# SEED=%llu\n", (unsigned long long)random.state);
    fflush(stdout);
    return random;
}

static inline uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 .. limit - 1; limit > 0. The bias is below limit / 2^64. */
static inline uint64_t random_below(struct random *random, uint64_t limit)
{
    return random_next(random) % limit;
}

/* A number that finds bugs: small, near a power of two, of one repeated bit pattern, or anything.
 */
static inline uint64_t random_edge(struct random *random)
{
    uint64_t any = random_next(random);
    uint64_t bit = UINT64_C(1) << random_below(random, 64);

    switch (random_below(random, 8)) {
    case 0: return any % 4;
    case 1: return UINT64_C(0) - any % 4;
    case 2: return bit;
    case 3: return bit - 1;
    case 4: return UINT64_C(0) - bit;
    case 5: return (uint64_t)(int64_t)(int32_t)any;
    case 6: return any & 0xffffffff;
    default: return any;
    }
}

#endif
