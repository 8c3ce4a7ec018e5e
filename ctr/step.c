/* step.c: telling the steps; see step.h. */
#include "ctr/step.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

double steps_now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

void steps_init(struct steps *steps, const struct ctr_observer *observer, const char *who,
                unsigned *count)
{
    *steps = (struct steps){.observer = observer, .who = who, .count = count};
}

void step_begin(struct steps *steps, const char *format, ...)
{
    va_list args;

    if (steps->observer == NULL)
        return;
    va_start(args, format);
    vsnprintf(steps->call, sizeof steps->call, format, args);
    va_end(args);
    steps->begun = steps_now();
}

void step_end(struct steps *steps, const char *format, ...)
{
    double ended = steps_now();
    char effect[STEP_TEXT];
    va_list args;

    if (steps->observer == NULL)
        return;
    va_start(args, format);
    vsnprintf(effect, sizeof effect, format, args);
    va_end(args);
    steps->observer->step(steps->observer->owner, &(struct ctr_step){
                                                      .number = ++*steps->count,
                                                      .who = steps->who,
                                                      .call = steps->call,
                                                      .effect = effect,
                                                      .ms = ended - steps->begun,
                                                  });
}
