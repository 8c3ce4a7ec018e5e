/* measure_test: are the rates and percentiles that the programs print true? Speaks TAP.
 *
 * SEED=N in the environment repeats a run.
 */
#include "guest/bin/latency.h"
#include "guest/bin/measure.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { EVENTS = 1000 };

/* Marsaglia's xorshift; never 0. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static int compare_times(const void *left, const void *right)
{
    const uint64_t *a = left;
    const uint64_t *b = right;
    return (*a > *b) - (*a < *b);
}

/* Fills times with count random times below a random power of two. */
static void random_times(uint64_t *times, size_t count, uint64_t *state)
{
    uint64_t mask = (UINT64_C(1) << (1 + next_random(state) % 45)) - 1;
    for (size_t i = 0; i < count; i++)
        times[i] = next_random(state) & mask;
}

/* Against the definition: sort, and take the first time that 95% do not exceed. */
static bool test_percentile(uint64_t *state)
{
    static struct latency latency;
    static uint64_t times[EVENTS];
    for (int round = 0; round < 500; round++) {
        size_t count = 1 + next_random(state) % EVENTS;
        random_times(times, count, state);
        latency_init(&latency);
        for (size_t i = 0; i < count; i++)
            latency_add(&latency, times[i]);
        qsort(times, count, sizeof(times[0]), compare_times);
        uint64_t exact = times[(count * 95 + 99) / 100 - 1];
        uint64_t answer = latency_percentile(&latency, 95);
        if (answer < exact || answer > times[count - 1] || (answer - exact) * 64 > exact) {
            printf("# of %zu times: exactly %" PRIu64 ", answered %" PRIu64 "\n", count, exact,
                   answer);
            return false;
        }
    }
    return true;
}

/* Whether the times are counted in one summary or in two that are merged. */
static bool test_merge(uint64_t *state)
{
    static struct latency whole;
    static struct latency parts[2];
    static uint64_t times[EVENTS];
    random_times(times, EVENTS, state);
    latency_init(&whole);
    latency_init(&parts[0]);
    latency_init(&parts[1]);
    for (size_t i = 0; i < EVENTS; i++) {
        latency_add(&whole, times[i]);
        latency_add(&parts[i % 3 == 0], times[i]);
    }
    latency_merge(&parts[0], &parts[1]);
    return parts[0].events == whole.events && parts[0].sum == whole.sum &&
           parts[0].min == whole.min && parts[0].max == whole.max &&
           latency_percentile(&parts[0], 95) == latency_percentile(&whole, 95);
}

static bool test_extremes(uint64_t *state)
{
    static struct latency latency;
    (void)state;
    latency_init(&latency);
    latency_add(&latency, 0);
    if (latency_percentile(&latency, 95) != 0)
        return false;
    latency_add(&latency, UINT64_MAX / 2);
    return latency.min == 0 && latency_percentile(&latency, 95) == UINT64_MAX / 2;
}

/* The last one would need 81 bits if it were multiplied before it is divided. */
static bool test_ratio(uint64_t *state)
{
    (void)state;
    return measure_ratio(1, 8, 3) == 125 && measure_ratio(2, 3, 4) == 6666 &&
           measure_ratio(7, 0, 0) == 7 && measure_rate(1998, 123456789) == 1618380 &&
           measure_rate(UINT64_C(12345678901234), 1000000007) == UINT64_C(1234567881481424);
}

static bool test_clock(uint64_t *state)
{
    (void)state;
    uint64_t before = measure_now();
    for (int i = 0; i < 1000; i++) {
        uint64_t now = measure_now();
        if (now < before)
            return false;
        before = now;
    }
    return true;
}

int main(void)
{
    static const struct {
        const char *name;
        bool (*run)(uint64_t *state);
    } all[] = {
        {"a percentile is never too low and at most 1/64 too high", test_percentile},
        {"merged summaries are the summary of all", test_merge},
        {"the shortest and the longest times are counted", test_extremes},
        {"rates are exact to the last decimal, without overflow", test_ratio},
        {"the clock never goes back", test_clock},
    };
    const int count = (int)(sizeof(all) / sizeof(all[0]));
    const char *seed = getenv("SEED");
    uint64_t state = seed ? strtoul(seed, NULL, 0) : measure_now();
    state |= 1;
    int failed = 0;
    printf("1..%d\n# SEED=%" PRIu64 "\n", count, state);
    for (int i = 0; i < count; i++) {
        bool good = all[i].run(&state);
        failed += !good;
        printf("%sok %d - %s\n", good ? "" : "not ", i + 1, all[i].name);
    }
    return failed > 0;
}
