/* fib: Fibonacci numbers by the double recursion: calls and returns, and hardly anything else. */
#include "bench/programs/bench.h"

static uint32_t fib(uint32_t n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

/* n changes from round to round, or a compiler could see that one round is enough. */
static uint64_t work(uint64_t rounds, uint64_t seed)
{
    uint64_t sum = seed;

    for (uint64_t round = 0; round < rounds; round++)
        sum = bench_add(sum, fib((uint32_t)(22 + (seed + round) % 4)));
    return sum;
}

int main(int argc, char **argv)
{
    return bench_main("fib", ROUNDS_fib, work, argc, argv);
}
