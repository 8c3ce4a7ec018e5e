/* sieve: the sieve of Eratosthenes, a byte for each odd number: stores with a stride. */
#include "bench/programs/bench.h"

enum { ODDS = 1 << 18 };

static uint8_t composite[ODDS]; /* [i]: is 2 * i + 1 composite? */

/* Returns the number of primes, and by `last` the last one that was looked at before `stop`. */
static uint64_t sieve(uint64_t stop, uint64_t *last)
{
    uint64_t primes = 0;

    for (uint64_t i = 0; i < ODDS; i++)
        composite[i] = 0;
    for (uint64_t i = 1; i < ODDS; i++) {
        uint64_t step = 2 * i + 1;

        if (composite[i])
            continue;
        primes++;
        if (i < stop)
            *last = step;
        for (uint64_t j = (step * step - 1) / 2; j < ODDS; j += step)
            composite[j] = 1;
    }
    return primes;
}

static uint64_t work(uint64_t rounds, uint64_t seed)
{
    uint64_t random = seed, sum = seed;

    for (uint64_t round = 0; round < rounds; round++) {
        uint64_t last = 0;

        sum = bench_add(sum, sieve(bench_random(&random) % ODDS, &last));
        sum = bench_add(sum, last);
    }
    return sum;
}

int main(int argc, char **argv)
{
    return bench_main("sieve", ROUNDS_sieve, work, argc, argv);
}
