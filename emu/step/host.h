/*
 * host.h: the host instructions of a block, as they are really executed, one by one.
 *
 * A helper process does it: a fork, whose memory is a copy and whose code cache is loaded from a
 * checkpoint to the same addresses. There the block is run in single steps (ptrace(2)), registers
 * are read before each, and then the helper is killed. Nothing is changed here.
 */
#ifndef TRIVIUM_EMU_STEP_HOST_H
#define TRIVIUM_EMU_STEP_HOST_H

#include "emu/dbt/inspect.h"
#include "emu/step/history.h"
#include "lib/host_arch.h"

enum { HOST_STEPS_MAX = 4096 };

/* Zeroed: none. To be ended by host_trace_fini(). */
struct host_trace {
    struct host_state *states; /* owned: count + 1 of them; pc is an offset in the code cache */
    unsigned count;            /* instructions of the block that were executed */
    unsigned stops;            /* of the helper process: what it cost */
    bool left;                 /* the last of them led out of the block; else it was cut short */
    struct hart hart; /* there: as it is in memory, so without the registers that live in the
                         host's; pc is not kept while blocks follow each other */
};

void host_trace_fini(struct host_trace *trace);

/*
 * Of that block, which the subject, now at its beginning, executes next: it may still have to be
 * made, and will be made just so. -1: the host does not let a process be traced, or the block is
 * not executed as a whole here.
 */
int host_trace_make(struct host_trace *trace, struct history *history,
                    const struct dbt_block_view *block, struct err *err);

#endif
