/*
 * drift.h: did the level of a series of measurements change while it was taken?
 *
 * A processor that throttles, or a neighbour who begins to work, makes a step: everything behind it
 * belongs to another experiment, and a median across it describes neither. The series is cut where
 * the medians of both sides differ most; the cut stands when they differ by more than `least` of
 * the smaller one *and* by more than DRIFT_NOISE times the noise. The noise is the median of how
 * much neighbours differ, which a step moves at one place only. Then both sides are looked at in
 * the same manner.
 *
 * Plain on purpose: no distribution is assumed, nothing is random, and it can be checked by hand.
 * The idea of cutting in two again and again is from A. Scott, M. Knott, A Cluster Analysis Method
 * for Grouping Means in the Analysis of Variance (1974).
 */
#ifndef TRIVIUM_RESULT_DRIFT_H
#define TRIVIUM_RESULT_DRIFT_H

#include <stddef.h>

#define DRIFT_STEPS_MAX 16
#define DRIFT_NOISE     5.0

struct drift {
    size_t at[DRIFT_STEPS_MAX]; /* ascending: the first value of each new level */
    size_t count;
};

/*
 * Looks for steps in `count` positive values. `least` is the smallest that matters: 0.1 is 10 %;
 * `side` >= 2 is how many values there have to be on either side.
 */
void drift_find(struct drift *drift, const double *values, size_t count, double least, size_t side);

#endif
