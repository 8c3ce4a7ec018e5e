/* drift.c: see drift.h. */
#include "result/drift.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "lib/err.h"
#include "lib/stats.h"

#define BLOCKS_MAX 512

/* The median of how much neighbours differ. */
static double noise_of(const double *values, size_t count)
{
    double *differences = calloc(count, sizeof *differences);
    double noise;

    if (differences == NULL)
        err_die_oom();
    for (size_t i = 0; i + 1 < count; i++)
        differences[i] = fabs(values[i + 1] - values[i]);
    noise = stats_summarize(differences, count - 1).median;
    free(differences);
    return noise;
}

/*
 * The cut at which the squared distances to the level of one's own side are least: levels are
 * medians, and a distance counts no more than the distance of the levels, so that one wild value
 * draws no cut to itself.
 */
static size_t best_cut(const double *values, size_t count, size_t side, double *distance)
{
    size_t best = 0;
    double best_gain = 0;

    for (size_t cut = side; cut + side <= count; cut++) {
        double left = stats_summarize(values, cut).median;
        double right = stats_summarize(values + cut, count - cut).median;
        double gap = fabs(left - right), gain = 0;

        for (size_t i = 0; i < count; i++) {
            double own = fabs(values[i] - (i < cut ? left : right));
            double other = fabs(values[i] - (i < cut ? right : left));

            gain += fmin(other, gap) - fmin(own, gap);
        }
        if (gain > best_gain) {
            best = cut;
            best_gain = gain;
            *distance = gap;
        }
    }
    return best;
}

/* The cut of values[from] to values[end - 1], or 0. */
static size_t find_cut(const double *values, size_t from, size_t end, double least, size_t side)
{
    size_t count = end - from, cut;
    double distance = 0, left, right;

    if (count < 2 * side)
        return 0;
    cut = best_cut(values + from, count, side, &distance);
    if (cut == 0)
        return 0;
    left = stats_summarize(values + from, cut).median;
    right = stats_summarize(values + from + cut, count - cut).median;
    if (distance <= least * fmin(left, right) ||
        distance <= DRIFT_NOISE * noise_of(values + from, count))
        return 0;
    return from + cut;
}

static void add_step(struct drift *drift, size_t at)
{
    size_t place = drift->count++;

    for (; place > 0 && drift->at[place - 1] > at; place--)
        drift->at[place] = drift->at[place - 1];
    drift->at[place] = at;
}

/* `drift_find` for a series that is short enough to try every cut. */
static void find_steps(struct drift *drift, const double *values, size_t count, double least,
                       size_t side)
{
    bool found = true;

    drift->count = 0;
    while (found && drift->count < DRIFT_STEPS_MAX) {
        size_t from = 0;

        found = false;
        for (size_t i = 0; i <= drift->count && !found; i++) {
            size_t end = i < drift->count ? drift->at[i] : count;
            size_t cut = find_cut(values, from, end, least, side);

            if (cut != 0) {
                add_step(drift, cut);
                found = true;
            }
            from = end;
        }
    }
}

/* Of a long series the medians of blocks are looked at: trying every cut takes the square. */
static void find_in_blocks(struct drift *drift, const double *values, size_t count, double least,
                           size_t side)
{
    size_t block = (count + BLOCKS_MAX - 1) / BLOCKS_MAX, blocks = 0;
    double medians[BLOCKS_MAX] = {0};

    for (size_t from = 0; from < count; from += block)
        medians[blocks++] =
            stats_summarize(values + from, from + block < count ? block : count - from).median;
    find_steps(drift, medians, blocks, least, side);
    for (size_t i = 0; i < drift->count; i++)
        drift->at[i] *= block;
}

void drift_find(struct drift *drift, const double *values, size_t count, double least, size_t side)
{
    assert(side >= 2);
    if (count <= BLOCKS_MAX)
        find_steps(drift, values, count, least, side);
    else
        find_in_blocks(drift, values, count, least, side);
}
