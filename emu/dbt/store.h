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

/* What was found at the hart's pc. */
enum found {
    FOUND_BLOCK,
    FOUND_COLD, /* code that was hardly executed yet: the interpreter is quicker */
    FOUND_NONE, /* one instruction that is for the interpreter */
    FOUND_TRAP, /* one that cannot be fetched */
};

/* Looks, and makes the block if it is worth that. */
enum found store_get(struct dbt *dbt, struct block **block);

/* Lets the exit of that number jump to the block from now on, if it may. */
void store_chain(struct dbt *dbt, uint32_t exit, const struct block *to);

#endif
