/* events.c: the readers of a machine's events; see events.h. */
#include "emu/cpu/events.h"

#include <assert.h>

void events_add(struct events *events, const struct event_reader *reader)
{
    assert(events->count < EVENT_READERS_MAX);
    events->readers[events->count++] = *reader;
    events->wanted |= reader->kinds;
}

void events_send(const struct events *events, const struct event *event)
{
    for (unsigned i = 0; i < events->count; i++) {
        const struct event_reader *reader = &events->readers[i];

        if ((reader->kinds >> event->kind & 1) != 0)
            reader->notify(reader->owner, event);
    }
}

static void count(void *owner, const struct event *event)
{
    struct event_counts *counts = owner;

    counts->kinds[event->kind]++;
    switch (event->kind) {
    case EVENT_TRAP: counts->traps[event->trap.cause]++; break;
    case EVENT_INTERRUPT: counts->interrupts[event->interrupt.interrupt]++; break;
    case EVENT_WALK:
        counts->walks[event->walk.access]++;
        counts->levels += event->walk.levels;
        break;
    case EVENT_RETURN:
    case EVENT_TLB_FILL:
    case EVENT_TLB_FLUSH:
    case EVENT_SWITCH:
    case EVENT_DEVICE:
    case EVENT_DMA:
    case EVENT_KIND_COUNT: break;
    }
}

struct event_reader event_counts_reader(struct event_counts *counts)
{
    return (struct event_reader){
        .kinds = (1U << EVENT_KIND_COUNT) - 1,
        .notify = count,
        .owner = counts,
    };
}
