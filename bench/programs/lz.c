/* lz: compresses text by pointing back at what was there before (Lempel, Ziv 1977), and unpacks it.
 *
 *   0lllllll            l + 1 bytes follow as they are
 *   1lllllll oo oo      l + MATCH_MIN bytes are those from o + 1 bytes ago (low byte first)
 */
#include "bench/programs/bench.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT = 32768, MATCH_MIN = 4, MATCH_MAX = 131, LITERALS_MAX = 128, HASHES = 4096, TRIES = 8 };

static uint8_t text[TEXT], packed[TEXT + TEXT / 64 + 16], unpacked[TEXT];
static int32_t heads[HASHES], chain[TEXT]; /* positions with the same hash, newest first; -1 ends */

static uint32_t hash(const uint8_t *p)
{
    uint32_t word = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;

    return word * 2654435761U >> 20;
}

static void remember(int32_t at)
{
    uint32_t slot = hash(text + at);

    chain[at] = heads[slot];
    heads[slot] = at;
}

/* The longest match for what stands at `at`; its length, 0 if none is long enough. */
static int32_t find_match(int32_t at, int32_t *from)
{
    int32_t limit = TEXT - at < MATCH_MAX ? TEXT - at : MATCH_MAX;
    int32_t best = MATCH_MIN - 1;
    int32_t candidate = heads[hash(text + at)];

    for (int i = 0; i < TRIES && candidate >= 0; i++, candidate = chain[candidate]) {
        int32_t length = 0;

        while (length < limit && text[candidate + length] == text[at + length])
            length++;
        if (length > best) {
            best = length;
            *from = candidate;
        }
    }
    return best < MATCH_MIN ? 0 : best;
}

static size_t put_literals(size_t used, int32_t from, int32_t to)
{
    while (from < to) {
        int32_t count = to - from < LITERALS_MAX ? to - from : LITERALS_MAX;

        packed[used++] = (uint8_t)(count - 1);
        for (int32_t i = 0; i < count; i++)
            packed[used++] = text[from++];
    }
    return used;
}

static size_t pack(void)
{
    int32_t at = 0, literals = 0;
    size_t used = 0;

    for (int i = 0; i < HASHES; i++)
        heads[i] = -1;
    while (at + MATCH_MIN <= TEXT) {
        int32_t from = 0, length = find_match(at, &from), end = at + length;

        if (length == 0) {
            remember(at++);
            continue;
        }
        used = put_literals(used, literals, at);
        packed[used++] = (uint8_t)(0x80 | (length - MATCH_MIN));
        packed[used++] = (uint8_t)(at - from - 1);
        packed[used++] = (uint8_t)((at - from - 1) >> 8);
        for (; at < end; at++) {
            if (at + MATCH_MIN <= TEXT)
                remember(at);
        }
        literals = at;
    }
    return put_literals(used, literals, TEXT);
}

static size_t unpack(size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < size;) {
        uint8_t head = packed[i++];

        if (head < 0x80) {
            for (int count = head + 1; count > 0; count--)
                unpacked[used++] = packed[i++];
        } else {
            size_t from = used - 1 - packed[i] - (size_t)packed[i + 1] * 256;

            i += 2;
            for (int count = (head & 0x7f) + MATCH_MIN; count > 0; count--)
                unpacked[used++] = unpacked[from++];
        }
    }
    return used;
}

/* Words from a small vocabulary, the common ones often. */
static void prepare(uint64_t random)
{
    uint8_t words[64][8];

    for (int i = 0; i < 64; i++) {
        for (int j = 0; j < 8; j++)
            words[i][j] = (uint8_t)('a' + bench_random(&random) % 26);
    }
    for (int at = 0; at < TEXT;) {
        uint64_t bits = bench_random(&random);
        const uint8_t *word = words[(bits & bits >> 8) & 63];

        for (uint64_t j = 0; j < 2 + (bits >> 32) % 7 && at < TEXT; j++)
            text[at++] = word[j];
        if (at < TEXT)
            text[at++] = ' ';
    }
}

static uint64_t work(uint64_t rounds, uint64_t seed)
{
    uint64_t sum = seed;

    prepare(seed);
    for (uint64_t round = 0; round < rounds; round++) {
        size_t size = pack();

        if (unpack(size) != TEXT) {
            fputs("lz: the text did not come back\n", stderr);
            exit(1);
        }
        sum = bench_add(sum, size);
        sum = bench_add(sum, unpacked[round * 101 % TEXT]);
        text[round * 211 % TEXT] = (uint8_t)('A' + round % 26);
    }
    return sum;
}

int main(int argc, char **argv)
{
    return bench_main("lz", ROUNDS_lz, work, argc, argv);
}
