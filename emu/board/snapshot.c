/* snapshot.c: copying the state of a board, and hashing it; see snapshot.h. */
#include "emu/board/snapshot.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "emu/board/ram.h"
#include "emu/cpu/hash.h"
#include "emu/cpu/pages.h"
#include "lib/err.h"

/* A piece of plain data that belongs to the state. */
struct part {
    void *data;
    size_t bytes;
};

#define PARTS 9

/* All of them: what is not in this list, in RAM or on the disk is not the guest's to see. */
static void list_parts(struct board *board, struct part parts[PARTS])
{
    const struct part list[PARTS] = {
        {board->harts, sizeof board->harts},
        {&board->schedule, sizeof board->schedule},
        {&board->sbi, sizeof board->sbi},
        {&board->uart.state, sizeof board->uart.state},
        {&board->clint.state, sizeof board->clint.state},
        {&board->plic.state, sizeof board->plic.state},
        {&board->syscon.state, sizeof board->syscon.state},
        {&board->virtio.state, sizeof board->virtio.state},
        {&board->ring_virtio.state, sizeof board->ring_virtio.state},
    };

    memcpy(parts, list, sizeof list);
}

_Static_assert(DISK_BLOCK == MEM_PAGE_SIZE, "a block is kept as a page");

struct snapshot {
    uint8_t *data; /* owned: all parts, one after the other */
    size_t bytes;  /* of data */
    struct pages ram, disk;
    size_t input_next;
    uint64_t trace;
};

/* The first block at or after `number` that was written, or the number of blocks. */
static uint64_t next_block(const struct disk *disk, uint64_t number)
{
    while (number < disk->block_count && disk->blocks[number] == NULL)
        number++;
    return number;
}

/* The parts' data, in one piece. */
static void copy_parts(struct snapshot *snapshot, struct board *board)
{
    struct part parts[PARTS];
    uint8_t *data;

    list_parts(board, parts);
    for (unsigned i = 0; i < PARTS; i++)
        snapshot->bytes += parts[i].bytes;
    snapshot->data = data = malloc(snapshot->bytes);
    if (data == NULL)
        err_die_oom();
    for (unsigned i = 0; i < PARTS; i++) {
        memcpy(data, parts[i].data, parts[i].bytes);
        data += parts[i].bytes;
    }
}

static void copy_ram(struct pages *pages, const struct dma *dma)
{
    struct ram_walk walk;

    ram_walk_begin(&walk, dma);
    for (uint64_t i; ram_walk_next(&walk, &i);)
        pages_add(pages, i, dma->ram + i * MEM_PAGE_SIZE, MEM_PAGE_SIZE);
    ram_walk_end(&walk);
    pages_end(pages);
}

struct snapshot *snapshot_new_like(struct board *board, struct page_pool *pool,
                                   const struct snapshot *like)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);

    assert(!board->running);
    if (snapshot == NULL)
        err_die_oom();
    copy_parts(snapshot, board);
    pages_begin(&snapshot->ram, pool, like != NULL ? &like->ram : NULL);
    copy_ram(&snapshot->ram, &board->dma);
    pages_begin(&snapshot->disk, pool, like != NULL ? &like->disk : NULL);
    if (board->has_disk) {
        const struct disk *disk = &board->disk;

        for (uint64_t i = next_block(disk, 0); i < disk->block_count; i = next_block(disk, i + 1))
            pages_add(&snapshot->disk, i, disk->blocks[i], DISK_BLOCK);
    }
    pages_end(&snapshot->disk);
    snapshot->input_next = board->input.next;
    snapshot->trace = board->trace;
    return snapshot;
}

struct snapshot *snapshot_new(struct board *board)
{
    return snapshot_new_like(board, NULL, NULL);
}

void snapshot_free(struct snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    free(snapshot->data);
    pages_fini(&snapshot->ram);
    pages_fini(&snapshot->disk);
    free(snapshot);
}

size_t snapshot_bytes(const struct snapshot *snapshot)
{
    return sizeof *snapshot + snapshot->bytes + pages_bytes(&snapshot->ram) +
           pages_bytes(&snapshot->disk);
}

/* Only what is another page now is written: as a rule that is little. */
static void load_ram(const struct pages *pages, struct board *board)
{
    uint8_t *ram = board->dma.ram;
    const struct page_ref *at = pages->list, *end = at + pages->count;
    struct ram_walk walk;

    ram_walk_begin(&walk, &board->dma);
    for (uint64_t i; ram_walk_next(&walk, &i);) {
        for (; at < end && at->number < i; at++) /* where there is nothing now */
            memcpy(ram + at->number * MEM_PAGE_SIZE, at->copy->data, MEM_PAGE_SIZE);
        if (at == end || at->number > i) {
            memset(ram + i * MEM_PAGE_SIZE, 0, MEM_PAGE_SIZE);
            continue;
        }
        if (memcmp(ram + i * MEM_PAGE_SIZE, at->copy->data, MEM_PAGE_SIZE) != 0)
            memcpy(ram + i * MEM_PAGE_SIZE, at->copy->data, MEM_PAGE_SIZE);
        at++;
    }
    ram_walk_end(&walk);
    for (; at < end; at++)
        memcpy(ram + at->number * MEM_PAGE_SIZE, at->copy->data, MEM_PAGE_SIZE);
    dma_tell(&board->dma, board->dma.base, board->dma.size);
}

/* The overlay's blocks, whatever the image below has. */
static void load_disk(const struct pages *pages, struct disk *disk)
{
    disk_revert(disk);
    for (size_t i = 0; i < pages->count; i++)
        disk_put_block(disk, pages->list[i].number, pages->list[i].copy->data);
}

void snapshot_load(const struct snapshot *snapshot, struct board *board)
{
    const uint8_t *data = snapshot->data;
    struct part parts[PARTS];

    assert(!board->running);
    list_parts(board, parts);
    for (unsigned i = 0; i < PARTS; i++) {
        memcpy(parts[i].data, data, parts[i].bytes);
        data += parts[i].bytes;
    }
    load_ram(&snapshot->ram, board);
    if (board->has_disk)
        load_disk(&snapshot->disk, &board->disk);
    for (unsigned i = 0; i < board->hart_count; i++)
        tlb_flush(&board->tlbs[i]);
    board->machine.code_epoch++;
    input_rewind(&board->input, snapshot->input_next);
    board->trace = snapshot->trace;
    /* Nothing to replay: the guest's clock goes on from where it stood, not from the host's now. */
    if (!board->deterministic && board->input.next == board->input.count)
        board->schedule.clock_offset =
            board->schedule.last_time - board->host.sources.clock(board->host.sources.owner);
}

uint64_t snapshot_hash(struct board *board)
{
    uint64_t hash = HASH_START;
    struct part parts[PARTS];
    struct ram_walk walk;

    for (unsigned i = 0; i < board->hart_count; i++)
        hash = hash_bytes(hash, &board->harts[i], HART_STATE_SIZE);
    list_parts(board, parts);
    for (unsigned i = 1; i < PARTS; i++) /* the harts are hashed, without what is not state */
        hash = hash_bytes(hash, parts[i].data, parts[i].bytes);
    ram_walk_begin(&walk, &board->dma);
    for (uint64_t i; ram_walk_next(&walk, &i);) {
        hash = hash_word(hash, i);
        hash = hash_bytes(hash, board->dma.ram + i * MEM_PAGE_SIZE, MEM_PAGE_SIZE);
    }
    ram_walk_end(&walk);
    if (board->has_disk) {
        const struct disk *disk = &board->disk;

        for (uint64_t i = next_block(disk, 0); i < disk->block_count; i = next_block(disk, i + 1)) {
            hash = hash_word(hash, i);
            hash = hash_bytes(hash, disk->blocks[i], DISK_BLOCK);
        }
    }
    return hash;
}
