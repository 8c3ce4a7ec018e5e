/*
 * disk.h: a disk image that is never written to: what the guest writes lies over it, in memory.
 *
 * So a run can be undone: disk_revert() shows the image again, and whoever saves a machine saves
 * the blocks that differ. Where the image comes from is the owner's business.
 */
#ifndef TRIVIUM_DEV_DISK_H
#define TRIVIUM_DEV_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISK_BLOCK 4096 /* bytes: what is overlaid at a time */

/* Reads [offset, offset + bytes) of the image, which lies inside of it. False: the host failed. */
typedef bool disk_read_image(void *owner, uint64_t offset, void *to, size_t bytes);

struct disk {
    uint64_t size; /* bytes */
    uint64_t block_count;
    uint8_t **blocks; /* owned: the overlay; NULL where the image shows */
    disk_read_image *read_image;
    void *owner;
};

/* Of `size` bytes. Memory is taken as blocks are written; without any, this ends the program. */
void disk_init(struct disk *disk, uint64_t size, disk_read_image *read_image, void *owner);
void disk_fini(struct disk *disk);

/* False: not all of it lies on the disk, or the host failed; what was read is undefined then. */
bool disk_read(struct disk *disk, uint64_t offset, void *to, size_t bytes);
bool disk_write(struct disk *disk, uint64_t offset, const void *from, size_t bytes);

/* Lays a whole block over the image: what a saved overlay is loaded with. */
void disk_put_block(struct disk *disk, uint64_t number, const uint8_t data[DISK_BLOCK]);

/* The image again, as if nothing had been written. */
void disk_revert(struct disk *disk);

#endif
