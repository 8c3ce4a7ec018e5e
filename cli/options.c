/* options.c: numbers on the command line; see options.h. */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/grid.h"

#define SECONDS_MAX 1e6

/* strtod() also takes "inf", "nan", "0x1p3" and leading blanks, which are no numbers of anything.
 */
static bool is_number(const char *text, double *number)
{
    char *end;

    *number = strtod(text, &end);
    return (isdigit((unsigned char)text[0]) || text[0] == '.') && end != text && *end == '\0' &&
           strpbrk(text, "xX") == NULL;
}

double option_seconds(struct argp_state *state, const char *name, const char *text)
{
    double seconds;

    if (!is_number(text, &seconds) || !(seconds > 0) || seconds > SECONDS_MAX)
        argp_error(state, "%s needs a number of seconds above 0, such as 2 or 0.5, not '%s'", name,
                   text);
    return seconds;
}

double option_number(struct argp_state *state, const char *name, const char *text, double most)
{
    double number;

    if (!is_number(text, &number) || !(number >= 0.01) || number > most)
        argp_error(state, "%s needs a number from 0.01 to %g, such as 2 or 1.5, not '%s'", name,
                   most, text);
    return number;
}

unsigned option_count(struct argp_state *state, const char *name, const char *text, unsigned most)
{
    char *end;
    unsigned long count;

    errno = 0;
    count = strtoul(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0 || count < 1 || count > most)
        argp_error(state, "%s needs a number from 1 to %u, not '%s'", name, most, text);
    return (unsigned)count;
}

/* How far the letter behind a size shifts it: K, M, G; 64: it is none of them. */
static unsigned unit_shift(const char *unit)
{
    static const char letters[] = "KMG";
    const char *letter = unit[0] == '\0' ? NULL : strchr(letters, toupper((unsigned char)unit[0]));

    if (unit[0] == '\0')
        return 0;
    return letter != NULL && unit[1] == '\0' ? 10 * (unsigned)(letter - letters + 1) : 64;
}

uint64_t option_bytes(struct argp_state *state, const char *name, const char *text, uint64_t least,
                      uint64_t most)
{
    char *end;
    unsigned long long number;
    unsigned shift;

    errno = 0;
    number = strtoull(text, &end, 10);
    shift = unit_shift(end);
    if (!isdigit((unsigned char)text[0]) || errno != 0 || shift == 64 ||
        number > UINT64_MAX >> shift || number << shift < least || number << shift > most)
        argp_error(state, "%s needs a size from %lluM to %lluM, such as 256M or 1G, not '%s'", name,
                   (unsigned long long)(least >> 20), (unsigned long long)(most >> 20), text);
    return (uint64_t)number << shift;
}

void option_cells(struct argp_state *state, const char *name, const char *text, int *width,
                  int *height)
{
    char behind;

    if (sscanf(text, "%4dx%4d%c", width, height, &behind) != 2 || *width < 1 ||
        *width > GRID_WIDTH_MAX || *height < 1 || *height > GRID_HEIGHT_MAX)
        argp_error(state, "%s needs columns and lines, such as 120x40, at most %dx%d, not '%s'",
                   name, GRID_WIDTH_MAX, GRID_HEIGHT_MAX, text);
}
