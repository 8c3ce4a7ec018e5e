/* explain.h: one block through every stage of its translation, as text. Nothing is executed. */
#ifndef TRIVIUM_EMU_DBT_EXPLAIN_H
#define TRIVIUM_EMU_DBT_EXPLAIN_H

#include <stdint.h>
#include <stdio.h>

#include "emu/cpu/mem.h"
#include "emu/dbt/options.h"
#include "lib/err.h"
#include "lib/listing.h"

/* The block that begins at pc, with its source lines, if `listing` (or NULL) has some. -1: there is
 * no code. */
int dbt_explain(FILE *file, const struct mem *mem, uint64_t pc, const struct dbt_options *options,
                struct listing *listing, struct err *err);

#endif
