/* input.c: the log of everything that is not determined; see input.h. */
#include "emu/board/input.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

void input_init(struct input *input, const struct input_sources *sources, bool recording)
{
    *input = (struct input){.sources = *sources, .recording = recording};
}

void input_fini(struct input *input)
{
    free(input->events);
}

static void append(struct input *input, const struct input_event *event)
{
    if (input->count == input->capacity) {
        input->capacity = input->capacity == 0 ? 256 : 2 * input->capacity;
        input->events = realloc(input->events, input->capacity * sizeof *input->events);
        if (input->events == NULL)
            err_die_oom();
    }
    input->events[input->count++] = *event;
}

static void record(struct input *input, uint64_t step, enum input_kind kind, uint64_t value)
{
    assert(input->next == input->count);
    if (!input->recording)
        return;
    append(input, &(struct input_event){.step = step, .kind = kind, .value = value});
    input->next = input->count;
}

/* Another history has begun: what the log has of the old one is of no use. */
static void diverge(struct input *input)
{
    input->diverged = true;
    input->count = input->next;
    input->known = 0;
}

/*
 * The event that the log has for this question, or NULL when the host is to be asked. Every such
 * question was logged, so the next event must be its answer.
 */
static const struct input_event *replay(struct input *input, uint64_t step, enum input_kind kind)
{
    const struct input_event *event = &input->events[input->next];

    if (input->next == input->count)
        return NULL;
    if (event->step != step || event->kind != kind) {
        diverge(input);
        return NULL;
    }
    input->next++;
    return event;
}

uint64_t input_clock(struct input *input, uint64_t step)
{
    const struct input_event *event = replay(input, step, INPUT_CLOCK);
    uint64_t ticks;

    if (event != NULL)
        return event->value;
    ticks = input->sources.clock(input->sources.owner);
    record(input, step, INPUT_CLOCK, ticks);
    return ticks;
}

/* Only an answer is logged, not the question: a log says nothing of the times nobody typed. */
bool input_console(struct input *input, uint64_t step, uint16_t *typed)
{
    if (input->next < input->count) {
        const struct input_event *event = &input->events[input->next];

        if (event->step < step)
            diverge(input);
        else if (event->kind != INPUT_CONSOLE || event->step != step)
            return false;
        else
            input->next++;
        *typed = (uint16_t)event->value;
        return !input->diverged;
    }
    if (step < input->known)
        return false; /* it was asked then, and there was none */
    if (!input->sources.console(input->sources.owner, typed)) {
        if (input->recording)
            input->known = step + 1;
        return false;
    }
    record(input, step, INPUT_CONSOLE, *typed);
    return true;
}

uint64_t input_entropy(struct input *input, uint64_t step)
{
    const struct input_event *event = replay(input, step, INPUT_ENTROPY);
    uint64_t bits;

    if (event != NULL)
        return event->value;
    bits = input->sources.entropy(input->sources.owner);
    record(input, step, INPUT_ENTROPY, bits);
    return bits;
}

bool input_disk(struct input *input, uint64_t step, bool outcome)
{
    const struct input_event *event = replay(input, step, INPUT_DISK);

    if (event != NULL)
        return event->value != 0;
    record(input, step, INPUT_DISK, outcome);
    return outcome;
}

void input_rewind(struct input *input, size_t next)
{
    assert(next <= input->count);
    input->next = next;
    input->diverged = false;
}

void input_load(struct input *input, const struct input_event *events, size_t count, uint64_t known)
{
    input->count = 0;
    input->next = 0;
    input->diverged = false;
    input->known = known;
    for (size_t i = 0; i < count; i++)
        append(input, &events[i]);
}
