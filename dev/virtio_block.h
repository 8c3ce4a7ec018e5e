/*
 * virtio_block.h: a disk as a virtio device.
 *
 * Requests are served while the driver notifies, so they complete in order and at once. The device
 * has no state of its own: all of it is the transport's (virtio_mmio.h) and the disk's.
 *
 * Source: VIRTIO 1.2, section 5.2.
 */
#ifndef TRIVIUM_DEV_VIRTIO_BLOCK_H
#define TRIVIUM_DEV_VIRTIO_BLOCK_H

#include "dev/disk.h"
#include "dev/dma.h"
#include "dev/virtio_mmio.h"

struct virtio_block {
    struct virtio_device device; /* for virtio_mmio_init() */
    struct disk *disk;           /* borrowed */
    const struct dma *dma;       /* borrowed */
};

void virtio_block_init(struct virtio_block *block, struct disk *disk, const struct dma *dma);

#endif
