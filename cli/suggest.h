/* suggest.h: "did you mean ...?" for a mistyped name. */
#ifndef TRIVIUM_CLI_SUGGEST_H
#define TRIVIUM_CLI_SUGGEST_H

#include <stddef.h>

/*
 * How many letters have to be put in, left out, changed or swapped with their neighbour to make `b`
 * of `a` (Damerau's distance, in its simple form). More than 31 letters are far from everything.
 */
unsigned suggest_distance(const char *a, const char *b);

/* The nearest of the names, or NULL when none is near enough to be meant. */
const char *suggest_nearest(const char *word, const char *const *names, size_t count);

#endif
