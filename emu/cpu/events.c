/* events.c: the readers of a machine's events; see events.h. */
#include "emu/cpu/events.h"

#include <assert.h>
#include <inttypes.h>

void events_add(struct events *events, const struct event_reader *reader)
{
    assert(events->count < EVENT_READERS_MAX);
    events->readers[events->count++] = *reader;
    events->wanted |= reader->kinds;
}

void events_remove(struct events *events, const void *owner)
{
    unsigned kept = 0;

    events->wanted = 0;
    for (unsigned i = 0; i < events->count; i++) {
        if (events->readers[i].owner == owner)
            continue;
        events->readers[kept++] = events->readers[i];
        events->wanted |= events->readers[i].kinds;
    }
    events->count = kept;
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
    case EVENT_SYSCALL:
    case EVENT_BLOCK:
    case EVENT_CHAIN:
    case EVENT_JUMP:
    case EVENT_FORGET:
    case EVENT_DROP:
    case EVENT_CLEAR:
    case EVENT_HOMES:
    case EVENT_COLD:
    case EVENT_INTERPRETED:
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

static const char *const names[EVENT_KIND_COUNT] = {
    [EVENT_TRAP] = "trap",         [EVENT_INTERRUPT] = "interrupt",
    [EVENT_RETURN] = "return",     [EVENT_WALK] = "walk",
    [EVENT_TLB_FILL] = "tlb-fill", [EVENT_TLB_FLUSH] = "tlb-flush",
    [EVENT_SWITCH] = "switch",     [EVENT_DEVICE] = "device",
    [EVENT_DMA] = "dma",           [EVENT_SYSCALL] = "syscall",
    [EVENT_BLOCK] = "block",       [EVENT_CHAIN] = "chain",
    [EVENT_JUMP] = "jump",         [EVENT_FORGET] = "forget",
    [EVENT_DROP] = "drop",         [EVENT_CLEAR] = "clear",
    [EVENT_HOMES] = "homes",       [EVENT_INTERPRETED] = "interpreted",
    [EVENT_COLD] = "cold",
};

const char *event_name(enum event_kind kind)
{
    return names[kind];
}

const char *drop_reason_name(enum drop_reason reason)
{
    switch (reason) {
    case DROP_FULL: return "no room for more";
    case DROP_CHANGED: return "code has changed";
    case DROP_PROGRAM: return "another program";
    case DROP_HOMES: return "other registers get homes";
    case DROP_PASSES: return "other passes are left out";
    }
    return "?";
}

static void print_drop(FILE *file, const struct event *event)
{
    fprintf(file, ", %u block%s: %s", event->drop.blocks, event->drop.blocks == 1 ? "" : "s",
            drop_reason_name(event->drop.reason));
}

static void print_walk(FILE *file, const struct event *event)
{
    static const char *const accesses[ACCESS_COUNT] = {"fetch", "load", "store"};

    fprintf(file, " for a %s at 0x%" PRIx64 ", %u tables%s", accesses[event->walk.access],
            event->walk.gva, event->walk.levels, event->walk.failed ? ", failed" : "");
}

void event_print(FILE *file, const struct event *event)
{
    fputs(event_name(event->kind), file);
    switch (event->kind) {
    case EVENT_TRAP:
        fprintf(file, " %s, 0x%" PRIx64 ", to mode %c", trap_name(event->trap.cause),
                event->trap.value, mode_letter(event->trap.to));
        break;
    case EVENT_INTERRUPT:
        fprintf(file, " %s, to mode %c", interrupt_name(event->interrupt.interrupt),
                mode_letter(event->interrupt.to));
        break;
    case EVENT_RETURN: fprintf(file, " to mode %c", mode_letter(event->change.to)); break;
    case EVENT_WALK:
    case EVENT_TLB_FILL: print_walk(file, event); break;
    case EVENT_TLB_FLUSH:
    case EVENT_FORGET:
        if (event->flush.page)
            fprintf(file, " the page of 0x%" PRIx64, event->flush.gva);
        break;
    case EVENT_DEVICE:
        fprintf(file, " %s at 0x%" PRIx64 ": 0x%" PRIx64,
                event->device.access == ACCESS_LOAD ? "load" : "store", event->device.gpa,
                event->device.value);
        break;
    case EVENT_SYSCALL:
        fprintf(file, " %" PRIu64 " = %" PRId64, event->syscall.number,
                (int64_t)event->syscall.answer);
        break;
    case EVENT_BLOCK:
        fprintf(file, " %u at 0x%" PRIx64 ": %u instructions, %u bytes", event->block.number,
                event->block.pc, event->block.insns, event->block.bytes);
        break;
    case EVENT_CHAIN:
        fprintf(file, " 0x%" PRIx64 " -> 0x%" PRIx64, event->link.from, event->link.to);
        break;
    case EVENT_COLD: fprintf(file, ", entered %u times", event->cold.entered); break;
    case EVENT_JUMP: fprintf(file, " to 0x%" PRIx64, event->link.to); break;
    case EVENT_DROP:
    case EVENT_CLEAR: print_drop(file, event); break;
    case EVENT_DMA:
        fprintf(file, " %" PRIu64 " bytes at 0x%" PRIx64, event->dma.bytes, event->dma.gpa);
        break;
    case EVENT_SWITCH:
    case EVENT_HOMES:
    case EVENT_INTERPRETED:
    case EVENT_KIND_COUNT: break;
    }
}
