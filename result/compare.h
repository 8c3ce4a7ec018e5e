/*
 * compare.h: is a second measurement like the first?
 *
 * Only like is compared with like: the same processor, the same file, the same kernel, the same
 * answers. Two rows are the same when the bootstrap interval of the ratio of their medians lies
 * within 5 % of 1, or the ratio does and the interval holds 1. A difference that is smaller than
 * that is none that this method can vouch for on another day; an interval so wide that it says
 * nothing is no answer either, and is called one that is not comparable.
 */
#ifndef TRIVIUM_RESULT_COMPARE_H
#define TRIVIUM_RESULT_COMPARE_H

#include "result/result.h"

#define COMPARE_SAME 0.05

enum compare_verdict { COMPARE_ALIKE, COMPARE_FASTER, COMPARE_SLOWER, COMPARE_NOT };

extern const char *const compare_verdict_names[];

struct compare_row {
    const struct result_row *before; /* borrowed */
    const struct result_row *now;    /* borrowed; NULL: there is none */
    enum compare_verdict verdict;
    struct result_ratio ratio; /* of now against before */
    char reason[256];          /* of COMPARE_NOT */
};

/* The answer is how many rows were filled in: one for each of `before`. */
size_t compare_results(const struct result *before, const struct result *now,
                       struct compare_row *rows);

/* Why nothing on this host can be compared with that: an empty text where it can. */
void compare_hosts(const struct result *before, const json_t *host, char reason[256]);

#endif
