/* malloc, free, realloc: a first-fit allocator on brk.
 *
 * The heap is one row of blocks in address order, each with a header in front:
 *
 *   +--------+-----------+--------+------+--------+----------------+
 *   | header | caller's  | header | free | header | caller's bytes |
 *   +--------+-----------+--------+------+--------+----------------+
 *
 * malloc walks the row for the first free block that is large enough and splits it; free only marks
 * the block, and the walk joins free neighbours as it passes them. Simple rather than fast: it
 * costs a walk of the whole row when nothing fits. Memory never goes back to the kernel.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct block {
    size_t size; /* bytes after this header, a multiple of 16 */
    bool used;
};

/* Sizes are multiples of this, so every address handed out is aligned for any type. */
#define UNIT 16
/* The heap grows by at least this much, to make few system calls. */
#define GROWTH ((size_t)64 * 1024)

_Static_assert(sizeof(struct block) == UNIT, "the header must keep the alignment");

static struct block *heap_first;
static struct block *heap_end; /* just past the last block */

static struct block *block_next(struct block *block)
{
    return (struct block *)(void *)((char *)(block + 1) + block->size);
}

/* Joins the free blocks that follow a free block to it. */
static void block_join(struct block *block)
{
    for (struct block *next = block_next(block); next < heap_end && !next->used;
         next = block_next(block))
        block->size += sizeof(*next) + next->size;
}

/* Marks a block as used, and makes what it has beyond size a free block of its own. */
static void block_take(struct block *block, size_t size)
{
    if (block->size >= size + sizeof(*block) + UNIT) {
        size_t rest = block->size - size - sizeof(*block);
        block->size = size;
        *block_next(block) = (struct block){.size = rest};
    }
    block->used = true;
}

static struct block *heap_find(size_t size)
{
    for (struct block *block = heap_first; block < heap_end; block = block_next(block)) {
        if (block->used)
            continue;
        block_join(block);
        if (block->size >= size)
            return block;
    }
    return NULL;
}

/* Adds one free block of at least size bytes at the end of the heap. */
static struct block *heap_grow(size_t size)
{
    size_t bytes = sizeof(struct block) + (size > GROWTH ? size : GROWTH);
    if (!heap_first) {
        uintptr_t skew = (uintptr_t)sbrk(0) % UNIT;
        if (sbrk(skew ? (ptrdiff_t)(UNIT - skew) : 0) == (void *)-1)
            return NULL;
    }
    struct block *block = sbrk((ptrdiff_t)bytes);
    if (block == (void *)-1)
        return NULL;
    if (!heap_first)
        heap_first = block;
    heap_end = (struct block *)(void *)((char *)block + bytes);
    *block = (struct block){.size = bytes - sizeof(*block)};
    return block;
}

void *malloc(size_t size)
{
    if (size > PTRDIFF_MAX - GROWTH) {
        errno = ENOMEM;
        return NULL;
    }
    size = size ? (size + UNIT - 1) / UNIT * UNIT : UNIT;
    struct block *block = heap_find(size);
    if (!block)
        block = heap_grow(size);
    if (!block)
        return NULL;
    block_take(block, size);
    return block + 1;
}

void free(void *memory)
{
    if (memory)
        ((struct block *)memory - 1)->used = false;
}

void *calloc(size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        errno = ENOMEM;
        return NULL;
    }
    void *memory = malloc(count * size);
    return memory ? memset(memory, 0, count * size) : NULL;
}

void *realloc(void *memory, size_t size)
{
    void *larger = malloc(size);
    if (larger && memory) {
        size_t old = ((struct block *)memory - 1)->size;
        memcpy(larger, memory, old < size ? old : size);
        free(memory);
    }
    return larger;
}
