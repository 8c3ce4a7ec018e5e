/*
 * dbt.h: the dynamic binary translator, as an engine (emu/cpu/engine.h).
 *
 *     dispatcher (dbt.c):  the block at pc (store.c) -> execute it -> why did it come back?
 *                            not there: translate it, or interpret it if it is seldom executed
 *
 *     guest code --lift.c--> IR --pass_*.c--> IR --emit*.c--> host code --> cache.c
 *
 * Whatever it has no host code for it leaves to the interpreter, one instruction at a time.
 *
 * Read next: ir.h, then dbt.c. Whoever looks on: translate.h, keep.h, inspect.h, save.h, pause.h.
 */
#ifndef TRIVIUM_EMU_DBT_DBT_H
#define TRIVIUM_EMU_DBT_DBT_H

#include "emu/cpu/engine.h"
#include "lib/err.h"

/*
 * What it did, for --stats. What translated code itself has to count, the look-ups that hit and the
 * returns, is counted only in a run that counts rows.
 */
#define DBT_COUNTERS(COUNTER)                                              \
    COUNTER(blocks, "blocks translated")                                   \
    COUNTER(insns, "guest instructions in them")                           \
    COUNTER(host_insns, "host instructions in them")                       \
    COUNTER(code, "bytes of host code in them")                            \
    COUNTER(dropped, "blocks dropped, to be translated again when needed") \
    COUNTER(cleared, "times that all were dropped")                        \
    COUNTER(rehomed, "... as other registers got homes")                   \
    COUNTER(chained, "exits chained to their block")                       \
    COUNTER(lookups, "look-ups by the dispatcher")                         \
    COUNTER(misses, "... as the table of indirect jumps had nothing")      \
    COUNTER(hits, "indirect jumps found in the table")                     \
    COUNTER(returns, "returns to where they were expected")                \
    COUNTER(returns_elsewhere, "returns to elsewhere")                     \
    COUNTER(steps, "instructions left to the interpreter")                 \
    COUNTER(retranslated, "blocks translated that had been dropped")       \
    COUNTER(cold, "blocks that stayed cold, and were not translated")      \
    COUNTER(cold_insns, "... instructions executed by the interpreter")    \
    COUNTER(translate_ns, "time translating")

struct dbt_counts {
#define COUNTER(name, meaning) uint64_t name;
    DBT_COUNTERS(COUNTER)
#undef COUNTER
};

extern const struct engine engine_dbt;

/* -1: this host cannot, the reason says why. */
int dbt_probe(struct err *reason);

/* Those of an attached machine. */
const struct dbt_counts *dbt_counts(const struct machine *machine);

/* All code goes whenever there are so many bytes of it (and some KiB at least), and not only when
 * there is no more room: for those who want to see that. Between two runs. */
void dbt_limit_code(struct machine *machine, uint32_t bytes);

/*
 * From now on these passes are left out, a set of 1 << number in passes[] (passes.h), and no
 * others. All blocks go, and are translated anew when they are executed next. Between two runs of
 * that hart, before a block and not within.
 */
void dbt_leave_out(struct machine *machine, struct hart *hart, unsigned left_out);
unsigned dbt_left_out(const struct machine *machine);

/* Is the pass of that number done where it is not left out? */
bool dbt_has_pass(const struct machine *machine, unsigned pass);

#endif
