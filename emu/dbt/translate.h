/*
 * translate.h: one translation, phase by phase. Each phase is a function, and whoever wants to see
 * what it has made of the block is told when it is done: `trivium explain`, -d and the stepper.
 *
 *     translation_lift     guest code to IR
 *     translation_passes   each pass that is on, in order
 *     translation_homes    which of the block's registers live in host registers
 *     translation_emit     IR to host code
 *
 * What comes behind it, linking blocks to each other, is cache.h's; it is told as an event.
 *
 * Read next: lift.h, passes.h, homes.h, emit.h; keep.h for the one reader that keeps it all.
 */
#ifndef TRIVIUM_EMU_DBT_TRANSLATE_H
#define TRIVIUM_EMU_DBT_TRANSLATE_H

#include "emu/dbt/emit.h"
#include "emu/dbt/lift.h"
#include "emu/dbt/passes.h"

enum phase_kind { PHASE_LIFT, PHASE_PASS, PHASE_HOMES, PHASE_EMIT };

/* A phase that is done. */
struct phase {
    enum phase_kind kind;
    const struct pass *pass; /* of a PHASE_PASS */
};

struct translation;

/* Who is told after each phase. Zeroed: nobody. */
struct phase_reader {
    void (*done)(void *owner, const struct translation *translation, const struct phase *phase);
    void *owner;
};

/* All that is there after a phase: what later ones make is not. */
struct translation {
    struct phase_reader reader;
    const struct dbt_options *options;
    struct ir_block block;     /* as the last phase has left it */
    const struct homes *homes; /* NULL: all registers stay in the hart */
    const uint8_t *code;       /* the buffer that host code is in, */
    uint32_t code_end;         /* from result.code to here */
    struct emit_result result;
};

/* False: the instruction at pc cannot be fetched, there is no block. */
bool translation_lift(struct translation *translation, const struct code_source *source,
                      uint64_t pc);
void translation_passes(struct translation *translation);
void translation_homes(struct translation *translation, const struct homes *homes);

/* Appends to x. `env` has the options and homes of before. */
void translation_emit(struct translation *translation, struct x86 *x, const struct emit_env *env);

#endif
