/*
 * stats.h: what is said about repeated measurements: the middle, the ends, and how sure a ratio is.
 *
 * No mean and no standard deviation: one throttled run out of five moves a mean anywhere, and the
 * median hardly at all.
 */
#ifndef TRIVIUM_LIB_STATS_H
#define TRIVIUM_LIB_STATS_H

#include <stdbool.h>
#include <stddef.h>

struct stats_summary {
    double median, min, max;
};

/* Of count >= 1 samples, in any order. An even count has the mean of the middle two as median. */
struct stats_summary stats_summarize(const double *samples, size_t count);

/* The value below which a share of 0 to 1 of count >= 1 samples lies, between two of them by their
 * distance: type 7 of R. Hyndman, Y. Fan, Sample Quantiles in Statistical Packages (1996). */
double stats_quantile(const double *samples, size_t count, double share);

struct stats_interval {
    double low, high;
};

/* How often the bootstrap draws, and where its generator starts. */
#define STATS_RESAMPLES 2000
#define STATS_SEED_TEXT "0x9e3779b97f4a7c15"

/* With fewer samples than this on either side, nothing honest can be said about the spread. */
#define STATS_INTERVAL_SAMPLES 3

/* The 95 % bootstrap interval of the median, in the manner of stats_ratio_interval(). */
bool stats_median_interval(const double *samples, size_t count, struct stats_interval *interval);

/*
 * The 95 % bootstrap interval of median(a) / median(b): both sides are drawn again from their own
 * samples, with replacement, 2,000 times; the interval leaves out the lowest and the highest 2.5 %
 * of the ratios. The generator starts from a fixed seed, so the same samples always give the same
 * interval. False, and nothing is written, with fewer than STATS_INTERVAL_SAMPLES on a side.
 *
 * Source: B. Efron, R. Tibshirani, An Introduction to the Bootstrap, chapter 13 (percentiles).
 */
bool stats_ratio_interval(const double *a, size_t a_count, const double *b, size_t b_count,
                          struct stats_interval *interval);

/* The samples of one thing that was measured: count >= 1, none of them 0 or less. */
struct stats_series {
    const double *samples; /* borrowed */
    size_t count;
};

/* The geometric mean of the medians of count >= 1 series; of one series, its median. */
double stats_geomean(const struct stats_series *series, size_t count);

/* The 95 % bootstrap interval of that, each series drawn again from its own samples. The rest is as
 * for stats_ratio_interval(): false with fewer than STATS_INTERVAL_SAMPLES in any series. */
bool stats_geomean_interval(const struct stats_series *series, size_t count,
                            struct stats_interval *interval);

#endif
