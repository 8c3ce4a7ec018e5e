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
 * The cut at which the distances to the level of one's own side are least: levels are
 * medians, and a distance counts no more than the distance of the levels, so that one wild value
 * draws no cut to itself.
 */
static size_t best_cut(const double *values, size_t count, size_t side)
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
        }
    }
    return best;
}

/* How many of a hundred of these values are on the side of `middle` where they should not be. */
static size_t strayed(const double *values, size_t count, double middle, bool above)
{
    size_t strays = 0;

    assert(count > 0);
    for (size_t i = 0; i < count; i++)
        strays += (values[i] > middle) != above;
    return strays * 100 / count;
}

/* Does the step at `cut`, from `left` to `right`, stand out from what is around it? */
static bool stands_out(const double *values, size_t count, size_t cut, double left, double right)
{
    size_t before = cut < DRIFT_NEAR ? cut : DRIFT_NEAR;
    size_t behind = count - cut < DRIFT_NEAR ? count - cut : DRIFT_NEAR;
    const double *near = values + cut - before;
    double middle = (left + right) / 2, noise = noise_of(values, count);
    size_t strays = strayed(near, before, middle, left > right) +
                    strayed(near + before, behind, middle, right > left);
    bool is_short = before < DRIFT_NEAR || behind < DRIFT_NEAR;

    if (!is_short)
        noise = fmin(noise, fmin(noise_of(near, before), noise_of(near + before, behind)));
    return fabs(left - right) > DRIFT_NOISE * noise &&
           strays <= (is_short ? DRIFT_STRAYS_SHORT : DRIFT_STRAYS);
}

/* The cut of the first `count` values, or 0. */
static size_t find_cut(const double *values, size_t count, double least, size_t side)
{
    size_t cut;
    double left, right;

    if (count < 2 * side)
        return 0;
    cut = best_cut(values, count, side);
    if (cut == 0)
        return 0;
    left = stats_summarize(values, cut).median;
    right = stats_summarize(values + cut, count - cut).median;
    if (fabs(left - right) <= least * fmin(left, right))
        return 0;
    return stands_out(values, count, cut, left, right) ? cut : 0;
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
            size_t cut = find_cut(values + from, end - from, least, side);

            if (cut != 0) {
                add_step(drift, from + cut);
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
