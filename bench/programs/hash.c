/* hash: a table from words to counts, open addressing: hashing, comparing, jumping about in memory.
 */
#include "bench/programs/bench.h"

#include <stdbool.h>
#include <stddef.h>

enum { SLOTS = 8192, KEYS = 5000, LENGTH = 16 };

struct slot {
    uint32_t hash; /* 0: free */
    uint32_t count;
    char key[LENGTH];
};

static struct slot slots[SLOTS];
static char keys[KEYS][LENGTH];

/* FNV-1a, 32 bits (Fowler, Noll, Vo); never 0. */
static uint32_t hash(const char *key)
{
    uint32_t value = 2166136261U;

    for (; *key != '\0'; key++)
        value = (value ^ (uint8_t)*key) * 16777619U;
    return value == 0 ? 1 : value;
}

static bool same(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

/* The slot of the key, or the free one where it belongs. */
static struct slot *find(const char *key, uint32_t value)
{
    uint32_t i = value % SLOTS;

    while (slots[i].hash != 0 && (slots[i].hash != value || !same(slots[i].key, key)))
        i = (i + 1) % SLOTS;
    return &slots[i];
}

static void count(const char *key)
{
    uint32_t value = hash(key);
    struct slot *slot = find(key, value);

    if (slot->hash == 0) {
        slot->hash = value;
        slot->count = 0;
        for (int i = 0; i < LENGTH; i++)
            slot->key[i] = key[i];
    }
    slot->count++;
}

static void prepare(uint64_t random)
{
    for (int i = 0; i < KEYS; i++) {
        uint64_t bits = bench_random(&random);
        uint64_t length = 4 + (bits >> 60) % 11;

        for (uint64_t j = 0; j < length; j++, bits = bits >> 5 | bits << 59)
            keys[i][j] = (char)('a' + (bits & 31) % 26);
        keys[i][length] = '\0';
    }
}

static uint64_t work(uint64_t rounds, uint64_t seed)
{
    uint64_t random = seed, sum = seed;

    prepare(seed);
    for (uint64_t round = 0; round < rounds; round++) {
        for (int i = 0; i < SLOTS; i++)
            slots[i].hash = 0;
        for (int i = 0; i < 4 * KEYS; i++) {
            uint64_t bits = bench_random(&random);

            count(keys[(bits & 0xffff) * (bits >> 16 & 0xffff) % KEYS]);
        }
        for (int i = 0; i < SLOTS; i += 37)
            sum = bench_add(sum, slots[i].hash == 0 ? 0 : slots[i].count);
    }
    return sum;
}

int main(int argc, char **argv)
{
    return bench_main("hash", ROUNDS_hash, work, argc, argv);
}
