/*
 * store.h: which blocks there are: the cache, and what keeps it right. For the dispatcher (dbt.c).
 */
#ifndef TRIVIUM_EMU_DBT_STORE_H
#define TRIVIUM_EMU_DBT_STORE_H

#include "emu/dbt/state.h"

/* Drops all of them. */
void store_clear(struct dbt *dbt, enum drop_reason reason);

/* Code may have changed, or another program be there: what we have is held against it. */
void store_see_code(struct dbt *dbt);

/* The hart's TLB may have forgotten pages: so do the tables of indirect jumps into them. */
void store_see_tlb(struct dbt *dbt);

/*
 * The block at the hart's pc, found or made. STOP_TRAP: its first instruction cannot be fetched. A
 * NULL *block: the interpreter has to go on.
 */
enum stop store_get(struct dbt *dbt, struct block **block);

/* Lets the exit of that number jump to the block from now on, if it may. */
void store_chain(struct dbt *dbt, uint32_t exit, const struct block *to);

#endif
