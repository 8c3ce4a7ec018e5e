/*
 * save.h: the translator's state, kept to go back to; and a hash of it, to compare two.
 *
 * All of it: blocks, the bytes of their code with the jumps that chain them, the tables of indirect
 * jumps, the pages they were read from, counters, homes, passes that are left out, a pause
 * (pause.h). It is loaded into the translator that it was saved from: code and tables are where
 * they were, so the addresses in them are right. What is not in it is the time that translating
 * took.
 *
 * It stands for the translator alone. Its owner saves the machine at the same time, the TLBs and
 * code_epoch included.
 */
#ifndef TRIVIUM_EMU_DBT_SAVE_H
#define TRIVIUM_EMU_DBT_SAVE_H

#include <stddef.h>

#include "emu/cpu/machine.h"
#include "emu/cpu/pages.h"

struct dbt_saved;

/* Between two runs. Pages are shared with those of an older one (pages.h); pool, like: may be NULL.
 * Out of memory ends the program. */
struct dbt_saved *dbt_save(const struct machine *machine, struct page_pool *pool,
                           const struct dbt_saved *like);
void dbt_saved_free(struct dbt_saved *saved);

/* The machine's translator as it was then. */
void dbt_load(const struct dbt_saved *saved, struct machine *machine);

/* What it takes, without copies of pages, which the pool counts. */
size_t dbt_saved_bytes(const struct dbt_saved *saved);

/* Equal for equal states. */
uint64_t dbt_hash(const struct machine *machine);

#endif
