/*
 * virtio_block.c: the requests of a disk; see virtio_block.h.
 *
 * A request is a chain of three things, however they are cut into buffers (VIRTIO 1.2, 5.2.6):
 *
 *     to be read                                   to be written
 *     | type 4 | reserved 4 | sector 8 | data ... |  ... data | status 1 |
 */
#include "dev/virtio_block.h"

#include <string.h>

enum { ID_BLOCK = 2, SECTOR = 512, ID_BYTES = 20 };
enum { TYPE_IN = 0, TYPE_OUT = 1, TYPE_FLUSH = 4, TYPE_GET_ID = 8 };
enum { STATUS_OK = 0, STATUS_IO_ERROR = 1, STATUS_UNSUPPORTED = 2 };

#define FEATURE_FLUSH (UINT64_C(1) << 9)

struct header {
    uint32_t type;
    uint32_t reserved;
    uint64_t sector;
};

/* Do `bytes` bytes from that sector on lie on the disk, in whole sectors? */
static bool is_on_disk(const struct disk *disk, uint64_t sector, uint64_t bytes)
{
    uint64_t sectors = disk->size / SECTOR;

    return bytes % SECTOR == 0 && sector <= sectors && bytes / SECTOR <= sectors - sector;
}

/* Disk to guest; `bytes` is known to fit both. */
static bool read_sectors(struct virtio_block *block, const struct virtqueue_chain *chain,
                         uint64_t sector, uint64_t bytes)
{
    uint8_t buffer[DISK_BLOCK];

    for (uint64_t done = 0; done < bytes;) {
        size_t part = bytes - done < sizeof buffer ? (size_t)(bytes - done) : sizeof buffer;

        if (!disk_read(block->disk, sector * SECTOR + done, buffer, part))
            return false;
        virtqueue_write(chain, block->dma, done, buffer, part);
        done += part;
    }
    return true;
}

/* Guest to disk. */
static bool write_sectors(struct virtio_block *block, const struct virtqueue_chain *chain,
                          uint64_t sector, uint64_t bytes)
{
    uint8_t buffer[DISK_BLOCK];

    for (uint64_t done = 0; done < bytes;) {
        size_t part = bytes - done < sizeof buffer ? (size_t)(bytes - done) : sizeof buffer;

        virtqueue_read(chain, block->dma, sizeof(struct header) + done, buffer, part);
        if (!disk_write(block->disk, sector * SECTOR + done, buffer, part))
            return false;
        done += part;
    }
    return true;
}

/* Serves a request whose header has been read. *written: bytes of data given to the guest. */
static uint8_t serve(struct virtio_block *block, const struct virtqueue_chain *chain,
                     const struct header *header, uint64_t *written)
{
    uint64_t in = chain->writable - 1; /* without the status */
    uint64_t out = chain->readable - sizeof *header;
    const char id[ID_BYTES] = "trivium";

    switch (header->type) {
    case TYPE_IN:
        if (!is_on_disk(block->disk, header->sector, in) ||
            !read_sectors(block, chain, header->sector, in))
            return STATUS_IO_ERROR;
        *written = in;
        return STATUS_OK;
    case TYPE_OUT:
        if (!is_on_disk(block->disk, header->sector, out) ||
            !write_sectors(block, chain, header->sector, out))
            return STATUS_IO_ERROR;
        return STATUS_OK;
    case TYPE_FLUSH: return STATUS_OK; /* there is nothing below to be flushed */
    case TYPE_GET_ID:
        *written = in < sizeof id ? in : sizeof id;
        virtqueue_write(chain, block->dma, 0, id, *written);
        return STATUS_OK;
    default: return STATUS_UNSUPPORTED;
    }
}

static int64_t request(void *owner, unsigned queue, const struct virtqueue_chain *chain)
{
    struct virtio_block *block = owner;
    struct header header;
    uint64_t written = 0;
    uint8_t status;

    (void)queue; /* there is one */
    if (chain->readable < sizeof header || chain->writable < 1)
        return -1; /* no header, or no place for the answer */
    virtqueue_read(chain, block->dma, 0, &header, sizeof header);
    status = serve(block, chain, &header, &written);
    virtqueue_write(chain, block->dma, chain->writable - 1, &status, sizeof status);
    return (int64_t)(written + sizeof status);
}

void virtio_block_init(struct virtio_block *block, struct disk *disk, const struct dma *dma)
{
    uint64_t capacity = disk->size / SECTOR;

    *block = (struct virtio_block){.disk = disk, .dma = dma};
    block->device = (struct virtio_device){.name = "virtio-block",
                                           .id = ID_BLOCK,
                                           .queues = 1,
                                           .features = FEATURE_FLUSH,
                                           .request = request,
                                           .owner = block};
    memcpy(block->device.config, &capacity, sizeof capacity);
}
