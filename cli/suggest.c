/* suggest.c: edit distance; see suggest.h. */
#include "cli/suggest.h"

#include <string.h>

#define LETTERS_MAX 31
#define FAR         1000

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned suggest_distance(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    unsigned distance[LETTERS_MAX + 1]
                     [LETTERS_MAX + 1]; /* from a's first i letters to b's first j */

    if (a_length > LETTERS_MAX || b_length > LETTERS_MAX)
        return FAR;
    for (size_t i = 0; i <= a_length; i++)
        distance[i][0] = (unsigned)i;
    for (size_t j = 0; j <= b_length; j++)
        distance[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        for (size_t j = 1; j <= b_length; j++) {
            unsigned changed = distance[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            unsigned shifted = 1 + least(distance[i - 1][j], distance[i][j - 1]);

            distance[i][j] = least(changed, shifted);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                distance[i][j] = least(distance[i][j], distance[i - 2][j - 2] + 1);
        }
    }
    return distance[a_length][b_length];
}

const char *suggest_nearest(const char *word, const char *const *names, size_t count)
{
    unsigned nearest = 1 + (unsigned)strlen(word) / 4;
    const char *found = NULL;

    for (size_t i = 0; i < count; i++) {
        unsigned distance = suggest_distance(word, names[i]);

        if (distance <= nearest && (found == NULL || distance < nearest)) {
            nearest = distance;
            found = names[i];
        }
    }
    return found;
}
