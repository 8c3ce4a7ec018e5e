/*
 * explained.h: what a row's counters say of its slowdown, and how much of it they leave over.
 *
 * The counters are of the run to warm up, which counts; the times are of those that do not (shares
 * of the processor's time too, but for that of translating, which only the translator knows). So a
 * count explains a time by a unit cost, and each unit cost is measured in the same race:
 *
 *     computing    the same instructions: x1. Translated: from x1, as instructions can hide behind
 *                  each other, up to x(host instructions for one of the guest), in code as it was
 *                  translated. Interpreted: instructions x the least that one takes on another
 *                  program of the race; without others it is not known
 *     kernel       the share of the processor's time in the host's kernel, measured; or, where that
 *                  is more and the race has `syscalls`, page faults x what `map` takes, and on a
 *                  virtual machine also system calls x what `getppid` takes
 *     translating  its share of the counted run
 *     exits        of a virtual machine: theirs
 *
 * Their sum is a range: shares are of the whole run, and a program that has a clock of its own may
 * not have had it run then, so they count for its upper end only. What of the slowdown lies outside
 * it is left over. More than a fifth of the slowdown is called not explained, and so is what cannot
 * be estimated. A slowdown inside a wide range is only called consistent with it. It is no proof:
 * causes that nobody counts may cancel out. Events without a measured cost (TLB misses, jumps
 * without a chain) are cited but explain nothing.
 */
#ifndef TRIVIUM_RESULT_EXPLAINED_H
#define TRIVIUM_RESULT_EXPLAINED_H

#include <stdbool.h>
#include <stddef.h>

struct result;
struct result_ratio;
struct result_row;

/* More than this share of the slowdown left over is told. */
#define EXPLAINED_ENOUGH   0.2

#define EXPLAINED_SENTENCE 400

struct explained {
    bool has_ratio;                    /* there is a slowdown, and so the rest but the sentence */
    size_t to;                         /* index of the row that it is against */
    double slowdown;                   /* 2.0: half as fast */
    bool estimated;                    /* low, high and left_over are known */
    double low, high;                  /* the slowdown that the counters account for */
    double left_over;                  /* share of the slowdown outside these; may be above 1 */
    char sentence[EXPLAINED_SENTENCE]; /* empty: the row has no counters */
};

/* How often its counted run came out of a virtual machine; 0: it has none. */
double result_exits(const struct result_row *row);

/* The ratio of that row that is explained. */
const struct result_ratio *result_explained_ratio(const struct result *result, size_t row);

/* Of all rows, whose other derived numbers are there; part of result_derive(). */
void result_explain(struct result *result);

#endif
