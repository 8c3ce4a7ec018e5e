/* sha256: the hash function of FIPS 180-4, on blocks in memory: shifts, rotations, logic. */
#include "bench/programs/bench.h"

enum { BYTES = 64 * 256 };

static uint8_t message[BYTES];

/* FIPS 180-4, 4.2.2: of the cube roots of the first 64 primes, 32 bits behind the point. */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotate_right(uint32_t value, int count)
{
    return value >> count | value << (32 - count);
}

/* FIPS 180-4, 6.2.2, step 1: the 64 words that a block becomes. */
static void schedule(uint32_t words[64], const uint8_t *block)
{
    for (int i = 0; i < 16; i++) {
        words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
                   (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    }
    for (int i = 16; i < 64; i++) {
        uint32_t x = words[i - 15], y = words[i - 2];
        uint32_t s0 = rotate_right(x, 7) ^ rotate_right(x, 18) ^ x >> 3;
        uint32_t s1 = rotate_right(y, 17) ^ rotate_right(y, 19) ^ y >> 10;

        words[i] = words[i - 16] + s0 + words[i - 7] + s1;
    }
}

/* Step 3, for one word. What the standard moves on from a to b, b to c and so on stays where it is;
 * the caller names it anew instead. */
static inline void step(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f,
                        uint32_t g, uint32_t *h, int i, uint32_t word)
{
    uint32_t s1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
    uint32_t s0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
    uint32_t t1 = *h + s1 + ((e & f) ^ (~e & g)) + constants[i] + word;

    *d += t1;
    *h = t1 + s0 + ((a & b) ^ (a & c) ^ (b & c));
}

/* Steps 2 to 4. */
static void compress(uint32_t state[8], const uint8_t *block)
{
    uint32_t words[64];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];

    schedule(words, block);
    for (int i = 0; i < 64; i += 8) {
        step(a, b, c, &d, e, f, g, &h, i, words[i]);
        step(h, a, b, &c, d, e, f, &g, i + 1, words[i + 1]);
        step(g, h, a, &b, c, d, e, &f, i + 2, words[i + 2]);
        step(f, g, h, &a, b, c, d, &e, i + 3, words[i + 3]);
        step(e, f, g, &h, a, b, c, &d, i + 4, words[i + 4]);
        step(d, e, f, &g, h, a, b, &c, i + 5, words[i + 5]);
        step(c, d, e, &f, g, h, a, &b, i + 6, words[i + 6]);
        step(b, c, d, &e, f, g, h, &a, i + 7, words[i + 7]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

static uint64_t work(uint64_t rounds, uint64_t seed)
{
    uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint64_t random = seed, sum = seed;

    for (int i = 0; i < BYTES; i++)
        message[i] = (uint8_t)(bench_random(&random) >> 32);
    for (uint64_t round = 0; round < rounds; round++) {
        for (int i = 0; i < BYTES; i += 64)
            compress(state, message + i);
    }
    for (int i = 0; i < 8; i++)
        sum = bench_add(sum, state[i]);
    return sum;
}

int main(int argc, char **argv)
{
    return bench_main("sha256", ROUNDS_sha256, work, argc, argv);
}
