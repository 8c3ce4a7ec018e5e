/*
 * blocks.h: the blocks that there are, and what they were made of.
 *
 *     arena   blocks with their records, one behind the other
 *     buckets to find a block by its pc
 *     pages   copies of the guest pages that code was read from, to see whether they have changed
 *     jumps   to find a block quickly: what handlers look at
 *
 * A block is known by its pc and, on a board, the page that it was read from: so processes of a
 * guest that share a page share its blocks. All blocks are dropped when one of the parts is full.
 *
 * It is plain memory: the child of a host fork() has blocks of its own that are as good.
 *
 * Read next: threaded.c.
 */
#ifndef TRIVIUM_EMU_THREADED_BLOCKS_H
#define TRIVIUM_EMU_THREADED_BLOCKS_H

#include "emu/threaded/build.h"
#include "emu/threaded/record.h"

enum {
    BLOCKS_RECORDS = 1 << 19, /* of 32 bytes: memory is used only as far as there are blocks */
    BLOCKS_MAX = 1 << 16,
    BLOCKS_BUCKETS = 1 << 15,
};

struct blocks {
    uint32_t record_count, block_count;
    struct block *buckets[BLOCKS_BUCKETS];
    struct block *list[BLOCKS_MAX]; /* in the order of their records */
    struct jump_table jumps[CODE_SPACES];
    struct code_pages pages;
    struct record records[BLOCKS_RECORDS]; /* the arena: a block's head is as long as a record */
};

/* An empty one, to be freed by free(). */
struct blocks *blocks_new(void);

/* Drops all blocks. */
void blocks_clear(struct blocks *blocks);

/* Forgets where jumps go; needed when gvas may have another meaning. */
void blocks_clear_jumps(struct blocks *blocks);
void blocks_clear_jumps_of(struct blocks *blocks, enum code_space space);
void blocks_clear_jumps_to(struct blocks *blocks, uint64_t page); /* into the page of that gva */

/* Lets jumps in that space find the block. */
void blocks_enter_jump(struct blocks *blocks, enum code_space space, const struct block *block);

/* The block of that code; NULL: there is none. */
const struct block *blocks_find(const struct blocks *blocks, uint64_t pc, const uint8_t *page);

/* Is there room for a block of any size? */
bool blocks_has_room(const struct blocks *blocks);

/* Where the next block is to be made. */
struct block *blocks_next(struct blocks *blocks);

/* Enters the block that was made there, of that many records. */
void blocks_enter(struct blocks *blocks, unsigned record_count);

/* Drops the blocks that were read from the page, to which no others are linked: on a board. */
unsigned blocks_drop_page(struct blocks *blocks, unsigned page);

/* The block that a record is of. */
const struct block *blocks_block_of(const struct blocks *blocks, const struct record *record);

#endif
