/*
 * weak.h: the memory of own.h, as the grader plays it: with stores that wait, loads that find old
 * values, and another end that acts in the middle. All of it follows from a random series, so that
 * the same seed has the same schedule.
 *
 * What it cannot play: a load that is done after a store that follows it. (Real processors do so;
 * that is what the second barrier of a good own_take() is for.)
 */
#ifndef TRIVIUM_LABS_09_RING_WEAK_H
#define TRIVIUM_LABS_09_RING_WEAK_H

#include <stdbool.h>

#include "labs/09-ring/own.h"
#include "tests/random.h"

/* Which word is what, and how many entries there are: a power of two. */
struct own_layout {
    unsigned size, put, taken, asleep, first;
};

enum weak_side { WEAK_PUTS, WEAK_TAKES };

struct own_ring {
    struct own_layout layout;
    uint16_t words[OWN_WORDS]; /* what both ends see */

    bool weak;                            /* else nothing waits, and nobody acts in between */
    struct random random;                 /* the schedule */
    void (*other)(struct own_ring *ring); /* the other end acts; called in the middle of ours */
    enum weak_side side;                  /* who acts */
    bool nested;                          /* within the other's turn */
    struct {
        uint16_t stored[OWN_WORDS];
        bool waits[OWN_WORDS];   /* stored, and not in `words` yet */
        uint16_t old[OWN_WORDS]; /* what a load may still find */
    } sides[2];

    /* What the ends did, to tell what is wrong. */
    uint16_t value;       /* that is being put, as number `count` */
    uint16_t count;       /* of the end that puts, before it */
    bool published_early; /* the count was visible before its entry */
    bool ordered;         /* a barrier stood behind the "asleep" of this own_take(), */
    bool looked_again;    /* and a look for a value behind it */
};

/* The layout that a seed has. */
struct own_layout weak_layout(uint64_t seed);

/* Prints it. */
void weak_tell(const struct own_layout *layout);

/* An empty ring whose counts both stand at `count`. */
struct own_ring weak_new(uint64_t seed, uint16_t count);

/* All that was stored so far becomes visible, and loads find it. */
void weak_settle(struct own_ring *ring);

#endif
