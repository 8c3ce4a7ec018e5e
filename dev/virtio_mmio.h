/*
 * virtio_mmio.h: how a driver finds a virtio device, agrees with it, and shares its queues: the
 * registers of virtio over MMIO. The devices behind it (virtio_block.h) see queues and features.
 *
 * Two versions of the registers exist, and a transport speaks one of them, as it was made: 2, the
 * standard's, and 1, "legacy", in which a queue is one piece of memory given by a page number.
 *
 * A driver that breaks a queue (virtqueue.h), or does things out of order that would need one,
 * makes the device need a reset: it takes no more requests, says so in its status and by an
 * interrupt, and works again after the driver has reset it.
 *
 * Source: VIRTIO 1.2, sections 2.1, 3.1, 4.2.
 */
#ifndef TRIVIUM_DEV_VIRTIO_MMIO_H
#define TRIVIUM_DEV_VIRTIO_MMIO_H

#include <stdbool.h>
#include <stdint.h>

#include "dev/bus.h"
#include "dev/dma.h"
#include "dev/virtqueue.h"

#define VIRTIO_MMIO_SIZE       0x1000
#define VIRTIO_MMIO_QUEUES_MAX 2
#define VIRTIO_CONFIG_MAX      64 /* bytes of configuration space */

/* The version that says "not legacy": a feature like any other (6.1). */
#define VIRTIO_F_VERSION_1 (UINT64_C(1) << 32)

/* Device status bits (2.1). */
enum {
    VIRTIO_ACKNOWLEDGE = 1,
    VIRTIO_DRIVER = 2,
    VIRTIO_DRIVER_OK = 4,
    VIRTIO_FEATURES_OK = 8,
    VIRTIO_NEEDS_RESET = 64,
    VIRTIO_FAILED = 128,
};

struct virtio_mmio_state {
    uint32_t status;
    uint32_t interrupt; /* bit 0: a queue has moved; bit 1: the configuration (or the status) has */
    uint32_t device_features_select, driver_features_select, queue_select;
    uint32_t page_size;                           /* legacy */
    uint32_t queue_align[VIRTIO_MMIO_QUEUES_MAX]; /* legacy */
    uint32_t queue_page[VIRTIO_MMIO_QUEUES_MAX];  /* legacy */
    uint64_t driver_features;
    struct virtqueue queues[VIRTIO_MMIO_QUEUES_MAX];
};

#define VIRTIO_LATER (-2)

/* What is behind a transport. */
struct virtio_device {
    const char *name; /* of its range on the bus */
    uint32_t id;      /* device type (5) */
    unsigned queues;  /* 1 .. VIRTIO_MMIO_QUEUES_MAX */
    uint64_t features;
    uint8_t config[VIRTIO_CONFIG_MAX]; /* read-only to the driver */
    /*
     * One request. The answer: how many bytes were written into the chain, which is given back
     * then; -1 when the request has no sense, so that the device needs a reset; VIRTIO_LATER: not
     * now, the chain stays where it is.
     */
    int64_t (*request)(void *owner, unsigned queue, const struct virtqueue_chain *chain);
    void *owner;
};

struct virtio_mmio {
    struct virtio_mmio_state state;
    uint32_t version;                   /* 1 or 2 */
    const struct virtio_device *device; /* borrowed */
    const struct dma *dma;              /* borrowed */
};

void virtio_mmio_init(struct virtio_mmio *virtio, uint32_t version,
                      const struct virtio_device *device, const struct dma *dma);

struct bus_range virtio_mmio_range(struct virtio_mmio *virtio, uint64_t base);

/* The level of the interrupt line. */
bool virtio_mmio_interrupts(const struct virtio_mmio *virtio);

#endif
