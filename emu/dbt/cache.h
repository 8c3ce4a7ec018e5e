/*
 * cache.h: translated code and what is known about it.
 *
 *     code    one memfd, mapped twice: to be written, and to be executed. No page is both
 *     places  where the dispatcher has come to, how often, and which block is there
 *     blocks  where each begins and ends, of which guest code it is made
 *     insns   the guest instructions of each block, for the interpreter, and where the host code of
 *             each begins: to find the one that a fault of the host belongs to
 *     exits   the places where a block jumps to a fixed address, to be linked (chained)
 *     pages   copies of the guest pages that code was read from, to see whether they have changed
 *
 * All but the code is one piece of memory, whose parts refer to each other by index or offset; of
 * addresses there are those of guest pages, and of code for indirect jumps. So it can be copied as
 * it is, and back to where it was (save.h).
 *
 * All blocks are dropped when one of the parts is full. Places stay, and so what is hot is known,
 * until it is they that are too many, or another program comes.
 *
 * After a host fork() the child has an empty cache of its own: the code is not mapped there
 * (MADV_DONTFORK), the rest reads as zero (MADV_WIPEONFORK).
 *
 * Read next: store.c, who fills it; dbt.c, who runs what is in it.
 */
#ifndef TRIVIUM_EMU_DBT_CACHE_H
#define TRIVIUM_EMU_DBT_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/cpu/code.h"
#include "emu/dbt/ir.h"
#include "lib/err.h"

enum {
    CACHE_CODE = 32 << 20, /* bytes of host code */
    CACHE_BLOCKS = 1 << 16,
    CACHE_INSNS = 1 << 20,
    CACHE_EXITS = 1 << 17,
    CACHE_PLACES = 1 << 16,
    CACHE_BUCKETS = 1 << 15,
    CACHE_BLOCK_EXITS_MAX = 2 * IR_OPS_MAX,
    CACHE_BLOCK_CODE_MAX = 32 << 10, /* no block's code is longer */
    COLD_ENTRIES = 16, /* times that code is entered before it is translated: decisions/0035 */
    CACHE_CODE_MIN = 40 << 10, /* room for what is fixed, and a block */

    JUMP_ENTRIES = 1 << 12,
    JUMP_PAGES = 1 << 8,
};

/* Where the code of a gva is, for indirect jumps: the one structure that translated code reads. */
struct jump_entry {
    uint64_t pc;
    uint64_t code; /* address */
};

struct jump_table {
    struct jump_entry entries[JUMP_ENTRIES]; /* by bits 1 to 12 of pc */
    bool pages[JUMP_PAGES];                  /* may any be of a page whose number ends so? */
    uint32_t used_count;                     /* entries that are not empty: they are few */
    uint16_t used[JUMP_ENTRIES];
};

/* Code that was looked for: a pc, the page it is in, and what addresses mean there. */
struct cache_place {
    uint64_t pc;
    const uint8_t *page; /* hva of the guest page that the code is in; in a process NULL */
    uint32_t space;      /* below CODE_SPACES */
    uint16_t entered;    /* times that it was, up to those after which there is a block */
    uint16_t made;       /* 1: there was a block before; else 0 */
    uint32_t block;      /* index + 1; 0: none */
    uint32_t next;       /* in its bucket: index + 1; 0: none */
};

struct block {
    uint64_t pc;
    uint32_t place;
    uint32_t code, code_end;
    uint32_t body; /* behind the check of the budget */
    uint32_t first_insn, insn_count;
    uint32_t first_exit, exit_count;
};

struct cache_insn {
    uint64_t pc;
    struct insn insn;
    uint32_t code; /* where its host code begins */
};

struct cache_exit {
    uint64_t target; /* pc */
    uint32_t field;  /* the distance to be linked: x86_link() */
    uint32_t block;
};

/* The part that is plain memory; zeroed, it is empty. */
struct cache_tables {
    uint32_t alive; /* 1; 0: this is the child of a fork, and the cache has to be made anew */
    uint32_t code_used;
    uint32_t place_count, block_count, insn_count, exit_count;
    uint32_t buckets[CACHE_BUCKETS]; /* of places: index + 1 */
    struct jump_table jumps[CODE_SPACES];
    struct cache_place places[CACHE_PLACES];
    struct block blocks[CACHE_BLOCKS];
    struct cache_insn insns[CACHE_INSNS];
    struct cache_exit exits[CACHE_EXITS];
    struct code_pages pages;
};

struct cache {
    struct cache_tables *tables; /* owned */
    uint8_t *write;              /* owned: the code, CACHE_CODE bytes */
    const uint8_t *execute;      /* owned: the same */
    uint32_t fixed;              /* bytes at the start that are no blocks, and stay */
    uint32_t limit;              /* of the code, bytes: CACHE_CODE, or less */
};

int cache_init(struct cache *cache, struct err *err);
void cache_fini(struct cache *cache);

/* In the child of a fork: maps code memory of its own where the parent's was. */
int cache_renew(struct cache *cache, struct err *err);

/* Is the block still there? */
bool cache_is_dropped(const struct cache *cache, const struct block *block);

/* Drops all blocks. */
void cache_clear(struct cache *cache);

/* Forgets all places; when there are no blocks. */
void cache_forget_places(struct cache *cache);

/* Forgets where indirect jumps go; needed when gvas may have another meaning. */
void cache_clear_jumps(struct cache *cache);
void cache_clear_jumps_of(struct cache *cache, enum code_space space);
void cache_clear_jumps_to(struct cache *cache, uint64_t page); /* into the page of that gva */

/* Lets indirect jumps in that space find the block. False: they did already. */
bool cache_enter_jump(struct cache *cache, uint32_t space, const struct block *block);

/* The place of that code; NULL: it was never looked for. */
struct cache_place *cache_find_place(struct cache *cache, uint64_t pc, const uint8_t *page,
                                     uint32_t space);

/* The block of that code; NULL: there is none. */
struct block *cache_find(struct cache *cache, uint64_t pc, const uint8_t *page, uint32_t space);

/* Is there room for a block of any size? */
bool cache_has_room(const struct cache *cache);

/* Enters a place that is not there yet. NULL: there is no room. */
struct cache_place *cache_enter(struct cache *cache, uint64_t pc, const uint8_t *page,
                                uint32_t space);

/* The block that is there; NULL: none is. */
struct block *cache_block_of(struct cache *cache, const struct cache_place *place);

/* Where the block is. */
const struct cache_place *cache_place_of(const struct cache *cache, const struct block *block);

/* Lets that exit jump to the block. */
void cache_link(struct cache *cache, uint32_t exit, const struct block *to);

/* Drops the blocks that were read from the page, and says how many. Code that may be chained to
 * them has to go, too. */
uint32_t cache_drop_page(struct cache *cache, unsigned page);

/* The block whose code is at that address; NULL: none is. */
const struct block *cache_block_at(const struct cache *cache, uint64_t address);

/* The index within the block of the guest instruction whose code is at that offset. */
unsigned cache_insn_at(const struct cache *cache, const struct block *block, uint32_t offset);

#endif
