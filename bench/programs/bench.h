/* What the programs of the benchmark have in common: the command line, random numbers, a checksum.
 *
 * Each is called as
 *
 *     NAME [ROUNDS [SEED]]
 *
 * and does the same amount of work ROUNDS times, on data that come from SEED. It prints a checksum
 * that depends on both, so that nothing can be computed beforehand, and nothing left out.
 * programs.def lists them all.
 *
 * Their data are static, and not passed from function to function as elsewhere: a program is one
 * file that does one thing, and an address that is known when it is linked is what is measured.
 */
#ifndef TRIVIUM_BENCH_PROGRAMS_BENCH_H
#define TRIVIUM_BENCH_PROGRAMS_BENCH_H

#include <stdint.h>

/* The default of each program's ROUNDS: ROUNDS_prime, ... */
enum {
#define BENCH(name, group, rounds, less, qemu, summary) ROUNDS_##name = (rounds),
#include "bench/programs/programs.def"
#undef BENCH
};

/* Does the work, `rounds` >= 1 times; `seed` is never 0. Returns the checksum. */
typedef uint64_t bench_work(uint64_t rounds, uint64_t seed);

/* The whole of main(). */
int bench_main(const char *name, uint64_t rounds, bench_work *work, int argc, char **argv);

/* Marsaglia's xorshift generator. The state is never 0. */
static inline uint64_t bench_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* The checksum so far, with one more value; the order of the values matters. */
static inline uint64_t bench_add(uint64_t sum, uint64_t value)
{
    return (sum << 5 | sum >> 59) + (value ^ UINT64_C(0x9e3779b97f4a7c15));
}

#endif
