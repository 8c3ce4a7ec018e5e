/* blocks.c: see blocks.h. */
#include "emu/threaded/blocks.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

_Static_assert(sizeof(struct block) == sizeof(struct record), "a block's head takes one record");

/* What a table has where it knows nothing: no instruction is at an odd address. */
static const struct block nowhere = {.pc = 1};

struct blocks *blocks_new(void)
{
    struct blocks *blocks = calloc(1, sizeof *blocks);

    if (blocks == NULL)
        err_die_oom();
    blocks_clear_jumps(blocks);
    return blocks;
}

void blocks_clear(struct blocks *blocks)
{
    memset(blocks->buckets, 0, sizeof blocks->buckets);
    blocks->record_count = 0;
    blocks->block_count = 0;
    blocks->pages.count = 0;
    blocks_clear_jumps(blocks);
}

void blocks_clear_jumps_of(struct blocks *blocks, enum code_space space)
{
    for (unsigned i = 0; i < JUMP_ENTRIES; i++)
        blocks->jumps[space].entries[i] = &nowhere;
}

void blocks_clear_jumps(struct blocks *blocks)
{
    for (unsigned space = 0; space < CODE_SPACES; space++)
        blocks_clear_jumps_of(blocks, (enum code_space)space);
}

/* Entries stand in the order of their pc: those of a page are neighbours. */
void blocks_clear_jumps_to(struct blocks *blocks, uint64_t page)
{
    for (unsigned space = 0; space < CODE_SPACES; space++) {
        for (unsigned i = 0; i < MEM_PAGE_SIZE / 2; i++) {
            const struct block **entry =
                &blocks->jumps[space].entries[(page / 2 + i) % JUMP_ENTRIES];

            if ((*entry)->pc - page < MEM_PAGE_SIZE)
                *entry = &nowhere;
        }
    }
}

void blocks_enter_jump(struct blocks *blocks, enum code_space space, const struct block *block)
{
    blocks->jumps[space].entries[(block->pc >> 1) % JUMP_ENTRIES] = block;
}

static unsigned bucket_of(uint64_t pc)
{
    return (unsigned)((pc >> 1 ^ pc >> 16) % BLOCKS_BUCKETS);
}

const struct block *blocks_find(const struct blocks *blocks, uint64_t pc, const uint8_t *page)
{
    const struct block *block = blocks->buckets[bucket_of(pc)];

    while (block != NULL && (block->pc != pc || block->page != page || block->dropped))
        block = block->next;
    return block;
}

bool blocks_has_room(const struct blocks *blocks)
{
    return blocks->block_count < BLOCKS_MAX &&
           blocks->record_count <= BLOCKS_RECORDS - 1 - BLOCK_RECORDS_MAX;
}

struct block *blocks_next(struct blocks *blocks)
{
    return (struct block *)(void *)&blocks->records[blocks->record_count];
}

void blocks_enter(struct blocks *blocks, unsigned record_count)
{
    struct block *block = blocks_next(blocks);
    struct block **bucket = &blocks->buckets[bucket_of(block->pc)];

    block->next = *bucket;
    *bucket = block;
    blocks->list[blocks->block_count++] = block;
    blocks->record_count += 1 + record_count;
}

unsigned blocks_drop_page(struct blocks *blocks, unsigned page)
{
    const uint8_t *hva = blocks->pages.pages[page].hva;
    unsigned dropped = 0;

    for (unsigned i = 0; i < blocks->block_count; i++) {
        if (blocks->list[i]->page == hva && !blocks->list[i]->dropped) {
            blocks->list[i]->dropped = true;
            dropped++;
        }
    }
    code_pages_forget(&blocks->pages, page);
    blocks_clear_jumps(blocks);
    return dropped;
}

const struct block *blocks_block_of(const struct blocks *blocks, const struct record *record)
{
    unsigned first = 0, end = blocks->block_count;

    while (end - first > 1) {
        unsigned middle = first + (end - first) / 2;

        if (blocks->list[middle]->records <= record)
            first = middle;
        else
            end = middle;
    }
    return blocks->list[first];
}
