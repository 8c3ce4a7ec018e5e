/* disk.c: an overlay of blocks on a disk image; see disk.h. */
#include "dev/disk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

void disk_init(struct disk *disk, uint64_t size, disk_read_image *read_image, void *owner)
{
    *disk = (struct disk){.size = size,
                          .block_count = (size + DISK_BLOCK - 1) / DISK_BLOCK,
                          .read_image = read_image,
                          .owner = owner};
    disk->blocks = calloc(disk->block_count + 1, sizeof *disk->blocks);
    if (disk->blocks == NULL)
        err_die_oom();
}

void disk_revert(struct disk *disk)
{
    for (uint64_t i = 0; i < disk->block_count; i++) {
        free(disk->blocks[i]);
        disk->blocks[i] = NULL;
    }
}

void disk_fini(struct disk *disk)
{
    disk_revert(disk);
    free(disk->blocks);
}

static bool is_inside(const struct disk *disk, uint64_t offset, size_t bytes)
{
    return offset <= disk->size && bytes <= disk->size - offset;
}

/* How many of `bytes` bytes from `offset` on lie in the same block. */
static size_t bytes_in_block(uint64_t offset, size_t bytes)
{
    size_t room = (size_t)(DISK_BLOCK - offset % DISK_BLOCK);

    return bytes < room ? bytes : room;
}

bool disk_read(struct disk *disk, uint64_t offset, void *to, size_t bytes)
{
    uint8_t *at = to;

    if (!is_inside(disk, offset, bytes))
        return false;
    while (bytes > 0) {
        size_t part = bytes_in_block(offset, bytes);
        const uint8_t *block = disk->blocks[offset / DISK_BLOCK];

        if (block != NULL)
            memcpy(at, block + offset % DISK_BLOCK, part);
        else if (!disk->read_image(disk->owner, offset, at, part))
            return false;
        at += part;
        offset += part;
        bytes -= part;
    }
    return true;
}

/* The overlay's block number `index`, made from the image if it is not there yet; or NULL. */
static uint8_t *overlay_block(struct disk *disk, uint64_t index)
{
    uint64_t start = index * DISK_BLOCK;
    size_t bytes = disk->size - start < DISK_BLOCK ? (size_t)(disk->size - start) : DISK_BLOCK;
    uint8_t *block = disk->blocks[index];

    if (block != NULL)
        return block;
    block = calloc(1, DISK_BLOCK);
    if (block == NULL)
        err_die_oom();
    if (!disk->read_image(disk->owner, start, block, bytes)) {
        free(block);
        return NULL;
    }
    disk->blocks[index] = block;
    return block;
}

bool disk_write(struct disk *disk, uint64_t offset, const void *from, size_t bytes)
{
    const uint8_t *at = from;

    if (!is_inside(disk, offset, bytes))
        return false;
    while (bytes > 0) {
        size_t part = bytes_in_block(offset, bytes);
        uint8_t *block = overlay_block(disk, offset / DISK_BLOCK);

        if (block == NULL)
            return false;
        memcpy(block + offset % DISK_BLOCK, at, part);
        at += part;
        offset += part;
        bytes -= part;
    }
    return true;
}

void disk_put_block(struct disk *disk, uint64_t number, const uint8_t data[DISK_BLOCK])
{
    assert(number < disk->block_count);
    if (disk->blocks[number] == NULL)
        disk->blocks[number] = malloc(DISK_BLOCK);
    if (disk->blocks[number] == NULL)
        err_die_oom();
    memcpy(disk->blocks[number], data, DISK_BLOCK);
}
