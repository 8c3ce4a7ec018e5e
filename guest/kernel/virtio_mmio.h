/* Virtio devices on the virtio-mmio transport, version 1 (legacy) and 2; one queue, one request at
 * a time. Source: Virtual I/O Device (VIRTIO) 1.1, chapters 2.6 and 4.2.
 */
#ifndef TRIVIUM_GUEST_KERNEL_VIRTIO_MMIO_H
#define TRIVIUM_GUEST_KERNEL_VIRTIO_MMIO_H

#include "guest/kernel/place.h"

enum { VIRTIO_BUFFERS_MAX = 3 };

struct virtio_queue;

struct virtio_device {
    uint8_t *registers;
    uint32_t version;           /* 1 or 2 */
    uint32_t line;              /* interrupt; 0: none */
    struct virtio_queue *queue; /* owned: a page, shared with the device */
    uint32_t queue_number;      /* which of the device's it is; 0 unless the driver says so before
                                   virtio_start() */
    bool quiet;                 /* likewise: its answers are to cause no interrupts */
    uint16_t used;              /* how many answers have been seen */
    bool broken;                /* it has answered what cannot be: it is not asked any more */
};

/* A part of a request: memory that the device reads, or writes. */
struct virtio_buffer {
    void *memory; /* does not cross a page */
    uint32_t size;
    bool device_writes;
};

/* Whether there is a device of that kind (2: block) at the place. Fills in registers, version and
 * line. */
bool virtio_probe(struct virtio_device *device, const struct place *place, uint32_t kind);

/* Resets the device and agrees with it on the features that both sides know, besides VERSION_1
 * which version 2 needs: `wanted` are of the first 32. Makes its queue. Returns false if the device
 * will not. After it the device may be asked. */
bool virtio_start(struct virtio_device *device, uint32_t wanted);

/* A 32-bit number of the configuration space. */
uint32_t virtio_config(const struct virtio_device *device, uint32_t offset);

/* Hands a request over; the one before must have been answered. */
void virtio_submit(struct virtio_device *device, const struct virtio_buffer *buffers, size_t count);

/* Whether the request has been answered; then it says so once. */
bool virtio_answered(struct virtio_device *device);

/* Tells the device that its interrupt has been seen. */
void virtio_acknowledge(const struct virtio_device *device);

#endif
