/*
 * lift.h: from guest code to IR: where a block begins and ends, and one case for each kind of
 * instruction.
 */
#ifndef TRIVIUM_EMU_DBT_LIFT_H
#define TRIVIUM_EMU_DBT_LIFT_H

#include "emu/cpu/code.h"
#include "emu/dbt/ir.h"
#include "emu/dbt/options.h"

/*
 * The block that begins at pc. It has no instruction if the first one cannot be fetched from the
 * source: then the interpreter has to look, and trap.
 */
void lift_block(struct ir_block *block, const struct code_source *source, uint64_t pc,
                const struct dbt_options *options);

#endif
