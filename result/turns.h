/*
 * turns.h: in which order the ways of a race have their turns.
 *
 *     round 0    A B C    to warm up: as in the table
 *     round 1    A B C
 *     round 2    C B A
 *     round 3    B C A
 *     round 4    A C B
 *     round 5    C A B
 *     round 6    B A C
 *
 * Each round of an even number is the one before backwards: after both, nobody was earlier than
 * another, so what drifts steadily favours nobody. After two rounds for each way everybody had
 * every place equally often, and everybody else right before it equally often.
 *
 * The rounds of odd numbers are a Williams design (E. J. Williams, Experimental designs balanced
 * for the estimation of residual effects of treatments, 1949): who runs before leaves caches,
 * deferred work of the kernel and a warm processor behind, and in A B C A B C leaves them always to
 * the same.
 */
#ifndef TRIVIUM_RESULT_TURNS_H
#define TRIVIUM_RESULT_TURNS_H

#include <stddef.h>

/* Which of `lanes` (from 0) has its turn at `place` (from 0) of that round. */
size_t result_turn(size_t lanes, size_t round, size_t place);

#endif
