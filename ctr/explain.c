/* explain.c: printing steps; see explain.h. */
#include "ctr/explain.h"

/*
 *   4   0.312 ms  runner   clone3(CLONE_NEWUSER|...)
 *                          process 4711 here is the first of new namespaces
 */
static void print_step(void *owner, const struct ctr_step *step)
{
    FILE *file = owner;
    char line[3 * STEP_TEXT];

    /* At once, as the other processes write there, too. */
    snprintf(line, sizeof line, "%3u %8.3f ms  %-7s  %s\n%26s%s\n", step->number, step->ms,
             step->who, step->call, "", step->effect);
    fputs(line, file);
    fflush(file);
}

struct ctr_observer ctr_explain(FILE *file)
{
    return (struct ctr_observer){.step = print_step, .owner = file};
}
