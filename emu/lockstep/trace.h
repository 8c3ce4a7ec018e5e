/*
 * trace.h: the interpreter's side of a lock-step: what it executed, and where it stored.
 *
 * It is run one instruction at a time, and each is looked at before: so the interpreter itself
 * needs to know nothing of this.
 */
#ifndef TRIVIUM_EMU_LOCKSTEP_TRACE_H
#define TRIVIUM_EMU_LOCKSTEP_TRACE_H

#include "emu/cpu/engine.h"
#include "emu/lockstep/shadow.h"

enum { TRACE_MAX = 1280 }; /* instructions */

/* A store, or the attempt of one; one that leaves its page is two. */
struct trace_store {
    uint64_t offset; /* as in shadow.h */
    uint8_t bytes;
    uint8_t before[8]; /* what was there */
};

struct trace {
    unsigned count; /* instructions, with the one that trapped */
    struct trace_insn {
        uint64_t pc;
        uint32_t word;
        bool fetched; /* else there is none at pc */
    } insns[TRACE_MAX + 1];
    unsigned store_count;
    struct trace_store stores[2 * (TRACE_MAX + 1)];
};

/* The interpreter, on a machine whose memory is the shadow's copy: as engine->run(). */
enum stop trace_run(struct trace *trace, struct machine *machine, const struct shadow *shadow,
                    struct hart *hart, uint64_t until);

/* Takes all stores back, in the copy and in the real memory. */
void trace_undo(const struct trace *trace, struct shadow *shadow);

/* Is there the same in both memories where it stored? False: *offset is a place where it is not. */
bool trace_is_same(const struct trace *trace, const struct shadow *shadow, uint64_t *offset);

#endif
