/* prime: primes by trial division, each a division of 64 bits. The loop is that of guest/bin/prime.
 */
#include "bench/programs/bench.h"

enum { NUMBERS = 600 };

static uint64_t count_primes(uint64_t from, uint64_t to)
{
    uint64_t found = 0;

    for (uint64_t c = from; c < to; c++) {
        uint64_t l;

        for (l = 2; l * l <= c; l++) {
            if (c % l == 0)
                break;
        }
        if (l * l > c)
            found++;
    }
    return found;
}

static uint64_t work(uint64_t rounds, uint64_t seed)
{
    uint64_t from = 1000000 + seed % 1000;
    uint64_t sum = seed;

    for (uint64_t round = 0; round < rounds; round++) {
        sum = bench_add(sum, count_primes(from, from + NUMBERS));
        from += 2;
    }
    return sum;
}

int main(int argc, char **argv)
{
    return bench_main("prime", ROUNDS_prime, work, argc, argv);
}
