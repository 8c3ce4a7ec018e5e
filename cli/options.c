/* options.c: numbers on the command line; see options.h. */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define SECONDS_MAX 1e6

double option_seconds(struct argp_state *state, const char *name, const char *text)
{
    char *end;
    double seconds = strtod(text, &end);

    /* strtod() also takes "inf", "nan", "0x1p3" and leading blanks; a number of seconds is none. */
    if (!isdigit((unsigned char)text[0]) && text[0] != '.')
        end = NULL;
    if (end == NULL || end == text || *end != '\0' || !(seconds > 0) || seconds > SECONDS_MAX)
        argp_error(state, "%s needs a number of seconds above 0, such as 2 or 0.5, not '%s'", name,
                   text);
    return seconds;
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
