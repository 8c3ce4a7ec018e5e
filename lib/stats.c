/* stats.c: medians and bootstrap intervals; see stats.h. */
#include "lib/stats.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

#define RESAMPLES STATS_RESAMPLES
#define SEED      UINT64_C(0x9e3779b97f4a7c15) /* STATS_SEED_TEXT */

static int compare(const void *left, const void *right)
{
    const double *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

static double *new_doubles(size_t count)
{
    double *values = calloc(count, sizeof *values);

    if (values == NULL)
        err_die_oom();
    return values;
}

/* Sorts the values where they are. */
static double median_of(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    if (count % 2 == 1)
        return values[count / 2];
    return (values[count / 2 - 1] + values[count / 2]) / 2;
}

struct stats_summary stats_summarize(const double *samples, size_t count)
{
    struct stats_summary summary;
    double *sorted;

    assert(count >= 1);
    sorted = new_doubles(count);
    memcpy(sorted, samples, count * sizeof *sorted);
    summary.median = median_of(sorted, count);
    summary.min = sorted[0];
    summary.max = sorted[count - 1];
    free(sorted);
    return summary;
}

double stats_quantile(const double *samples, size_t count, double share)
{
    double *sorted, place = share * (double)(count - 1), answer;
    size_t below = (size_t)place;

    assert(count >= 1 && share >= 0 && share <= 1);
    sorted = new_doubles(count);
    memcpy(sorted, samples, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    answer = sorted[below];
    if (below + 1 < count)
        answer += (place - (double)below) * (sorted[below + 1] - sorted[below]);
    free(sorted);
    return answer;
}

/* xorshift64* (S. Vigna, 2016): small, fast, and the same on every host. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(0x2545f4914f6cdd1d);
}

/* The median of `count` values drawn from `samples` with replacement; `drawn` is scratch space. */
static double resampled_median(const double *samples, size_t count, double *drawn, uint64_t *state)
{
    for (size_t i = 0; i < count; i++)
        drawn[i] = samples[(next_random(state) >> 32) % count];
    return median_of(drawn, count);
}

/* Takes over the RESAMPLES values, and leaves out the lowest and the highest 2.5 % of them. */
static void take_interval(double *values, struct stats_interval *interval)
{
    qsort(values, RESAMPLES, sizeof *values, compare);
    interval->low = values[RESAMPLES / 40];
    interval->high = values[RESAMPLES - 1 - RESAMPLES / 40];
    free(values);
}

bool stats_median_interval(const double *samples, size_t count, struct stats_interval *interval)
{
    uint64_t state = SEED;
    double *medians, *drawn;

    if (count < STATS_INTERVAL_SAMPLES)
        return false;
    medians = new_doubles(RESAMPLES);
    drawn = new_doubles(count);
    for (size_t i = 0; i < RESAMPLES; i++)
        medians[i] = resampled_median(samples, count, drawn, &state);
    free(drawn);
    take_interval(medians, interval);
    return true;
}

bool stats_ratio_interval(const double *a, size_t a_count, const double *b, size_t b_count,
                          struct stats_interval *interval)
{
    uint64_t state = SEED;
    double *ratios, *drawn;

    if (a_count < STATS_INTERVAL_SAMPLES || b_count < STATS_INTERVAL_SAMPLES)
        return false;
    ratios = new_doubles(RESAMPLES);
    drawn = new_doubles(a_count > b_count ? a_count : b_count);
    for (size_t i = 0; i < RESAMPLES; i++) {
        double numerator = resampled_median(a, a_count, drawn, &state);

        ratios[i] = numerator / resampled_median(b, b_count, drawn, &state);
    }
    free(drawn);
    take_interval(ratios, interval);
    return true;
}

double stats_geomean(const struct stats_series *series, size_t count)
{
    double logarithms = 0;

    assert(count >= 1);
    for (size_t i = 0; i < count; i++)
        logarithms += log(stats_summarize(series[i].samples, series[i].count).median);
    return exp(logarithms / (double)count);
}

bool stats_geomean_interval(const struct stats_series *series, size_t count,
                            struct stats_interval *interval)
{
    uint64_t state = SEED;
    double *means, *drawn;
    size_t most = STATS_INTERVAL_SAMPLES;

    for (size_t i = 0; i < count; i++) {
        if (series[i].count < STATS_INTERVAL_SAMPLES)
            return false;
        if (series[i].count > most)
            most = series[i].count;
    }
    means = new_doubles(RESAMPLES);
    drawn = new_doubles(most);
    for (size_t resample = 0; resample < RESAMPLES; resample++) {
        double logarithms = 0;

        for (size_t i = 0; i < count; i++)
            logarithms += log(resampled_median(series[i].samples, series[i].count, drawn, &state));
        means[resample] = exp(logarithms / (double)count);
    }
    free(drawn);
    take_interval(means, interval);
    return true;
}
