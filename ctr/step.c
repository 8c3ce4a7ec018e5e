/* step.c: telling the steps; see step.h. */
#include "ctr/step.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

const struct step_row step_rows[STEP_KINDS] = {
#define STEP(kind, phase, title, without) [STEP_##kind] = {PHASE_##phase, title, without},
#include "ctr/steps.def"
#undef STEP
};

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

void step_begin(struct steps *steps, enum step_kind kind, const char *format, ...)
{
    va_list args;

    if (steps->observer == NULL)
        return;
    steps->kind = kind;
    steps->file[0] = '\0';
    va_start(args, format);
    vsnprintf(steps->call, sizeof steps->call, format, args);
    va_end(args);
    steps->begun = steps_now();
}

void step_write(struct steps *steps, enum step_kind kind, const char *path, const char *text)
{
    if (steps->observer == NULL)
        return;
    step_begin(steps, kind, "write(%s, \"%s\")", path, text);
    snprintf(steps->file, sizeof steps->file, "%s", path);
    snprintf(steps->text, sizeof steps->text, "%s", text);
}

void step_end(struct steps *steps, const char *format, ...)
{
    double ended = steps_now();
    bool wrote = steps->file[0] != '\0';
    char effect[STEP_TEXT];
    va_list args;

    if (steps->observer == NULL)
        return;
    va_start(args, format);
    vsnprintf(effect, sizeof effect, format, args);
    va_end(args);
    steps->observer->step(steps->observer->owner, &(struct ctr_step){
                                                      .kind = steps->kind,
                                                      .number = ++*steps->count,
                                                      .who = steps->who,
                                                      .call = steps->call,
                                                      .effect = effect,
                                                      .file = wrote ? steps->file : NULL,
                                                      .text = wrote ? steps->text : NULL,
                                                      .begun = steps->begun,
                                                      .ms = ended - steps->begun,
                                                  });
}
