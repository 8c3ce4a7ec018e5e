/*
 * drift.h: did the level of a series of measurements change while it was taken?
 *
 * A processor that throttles, or a neighbour who begins to work, makes a step: everything behind it
 * belongs to another experiment, and a median across it describes neither. The series is cut where
 * the medians of both sides differ most; the cut stands when they differ by more than `least` of
 * the smaller one, by more than DRIFT_NOISE times the noise, and when of the values next to it
 * hardly one is nearer to the median of the other side. The noise is the median of how much
 * neighbours differ, which a step moves at one place only, or that of the quieter side next to the
 * cut: that a neighbour's work is unsteady does not hide that there was none before. Then both
 * sides are looked at in the same manner.
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

/* So many values on each side are next to the cut; and in hundredths, those that may stray, of both
 * sides together: fewer where a side is shorter than that. */
#define DRIFT_NEAR         10
#define DRIFT_STRAYS       33
#define DRIFT_STRAYS_SHORT 10

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
