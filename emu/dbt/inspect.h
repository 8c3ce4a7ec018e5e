/*
 * inspect.h: the translator, looked at from outside between two runs. Changes nothing.
 */
#ifndef TRIVIUM_EMU_DBT_INSPECT_H
#define TRIVIUM_EMU_DBT_INSPECT_H

#include "emu/dbt/dbt.h"
#include "emu/dbt/keep.h"

/* Where a run has paused (pause.h). */
struct dbt_place {
    bool in_block;  /* at a block, or within it; else the next one is still to be looked up */
    bool in_cold;   /* within cold code, which is interpreted up to where it jumps */
    uint32_t block; /* its number */
    unsigned done;  /* how many instructions of the block, or the cold code, were executed */
};

struct dbt_place dbt_place(const struct machine *machine);

/* The block at hart->pc. False: there is none yet. */
bool dbt_find(const struct machine *machine, const struct hart *hart, uint32_t *number);

/* How often the code at hart->pc will still be entered without a block being made of it. */
unsigned dbt_entries_left(const struct machine *machine, const struct hart *hart);

struct dbt_cache_view {
    uint32_t blocks, dropped;
    uint32_t code_used, fixed; /* bytes, and how many at the start all blocks share */
    uint32_t exits, chained;
    uint32_t jumps; /* entries in the tables of indirect jumps */
    uint32_t pages; /* of guest code */
};

struct dbt_cache_view dbt_cache_view(const struct machine *machine);

struct dbt_exit_view {
    uint64_t target; /* pc */
    bool chained;
    uint32_t to; /* number of the block that it is chained to */
};

struct dbt_block_view {
    uint64_t pc;
    uint32_t insns;
    uint32_t code, code_end; /* offsets in the cache */
    bool dropped;
    unsigned exit_count;
    struct dbt_exit_view exits[CACHE_BLOCK_EXITS_MAX];
};

/* The block of that number; false: there is none. */
bool dbt_block_view(const struct machine *machine, uint32_t number, struct dbt_block_view *view);

/*
 * The block's translation, done once more to see its phases. False: it does not come to the code
 * that is in the cache (but for the jumps that were linked), as the guest's code is another now.
 */
bool dbt_block_kept(const struct machine *machine, uint32_t number, struct kept *kept);

/* The phases of the block that would be made at hart->pc now. False: it cannot be fetched. */
bool dbt_preview(const struct machine *machine, const struct hart *hart, struct kept *kept);

/* Prints the blocks of that pc as they are in the cache; an old one may be among them. */
void dbt_show(const struct machine *machine, uint64_t pc, FILE *file);

/*
 * The code as it is executed. What is between `leave` and `step` ends a stay in translated code;
 * what is between `step` and `blocks` calls the interpreter for one instruction, and comes back.
 */
struct dbt_code_view {
    const uint8_t *bytes;         /* CACHE_CODE of them, at the address where they are executed */
    uint32_t leave, step, blocks; /* offsets */
};

struct dbt_code_view dbt_code_view(const struct machine *machine);

/* The index within the block of the guest instruction whose code is at that offset. */
unsigned dbt_insn_at(const struct machine *machine, uint32_t number, uint32_t offset);

/* In the child of a fork: code memory where the parent's was, to be loaded (save.h) before it runs.
 */
int dbt_renew(struct machine *machine, struct err *err);

/* In such a child, when it is loaded: SIGTRAP wherever translated code is entered. For whoever
 * traces it, and wants to begin there. */
void dbt_trap_at_entry(struct machine *machine);

#endif
