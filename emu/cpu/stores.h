/*
 * stores.h: what an engine has stored, store by store: the log by which emu/lockstep compares two
 * of them. Memory at the end of some instructions does not tell in which order it became so, nor
 * what was stored first and then overwritten.
 *
 * Whoever wants it puts it into machine->stores before an engine is attached. Each store is noted
 * when it is done, by what has done it; for translated code that is emitted code
 * (emu/dbt/emit_memory.c).
 */
#ifndef TRIVIUM_EMU_CPU_STORES_H
#define TRIVIUM_EMU_CPU_STORES_H

#include <stdint.h>

enum { STORES_MAX = 1 << 12 }; /* then the oldest are overwritten */

struct logged_store {
    uint64_t at;    /* in a process gva, on a board hva */
    uint64_t value; /* of `width` bits */
    uint64_t width;
    uint64_t unused; /* a store takes four words */
};

struct store_log {
    uint64_t count; /* all that were noted: the next one is entries[count % STORES_MAX] */
    struct logged_store entries[STORES_MAX];
};

static inline void stores_note(struct store_log *log, uint64_t at, unsigned width, uint64_t value)
{
    if (width < 64)
        value &= ~(UINT64_MAX << width);
    log->entries[log->count++ % STORES_MAX] =
        (struct logged_store){.at = at, .value = value, .width = width};
}

#endif
