/*
 * passes.h: what is done to a block of IR between lifting and emitting. Each pass is right by
 * itself, in any order; each leaves a removed operation in its place, with the reason.
 */
#ifndef TRIVIUM_EMU_DBT_PASSES_H
#define TRIVIUM_EMU_DBT_PASSES_H

#include "emu/dbt/ir.h"
#include "emu/dbt/options.h"

struct pass {
    const char *name;
    const char *meaning;
    void (*run)(struct ir_block *block);
    size_t option; /* the offset in struct dbt_options of the switch it stands under */
};

extern const struct pass passes[];
extern const size_t pass_count;

/* Its switch is, and it is not left out: a pass of the table. */
bool pass_is_on(const struct pass *pass, const struct dbt_options *options);

void pass_fold(struct ir_block *block);
void pass_fuse(struct ir_block *block);
void pass_dead(struct ir_block *block);
void pass_narrow(struct ir_block *block);

#endif
