/*
 * virtqueue.h: the device's side of a split virtqueue: requests as chains of buffers.
 *
 *     available ring (the driver's)     descriptors               used ring (the device's)
 *       flags | idx | ring[size]          gpa, bytes, flags, next    flags | idx | ring[size]
 *                       |                      ^                                     ^
 *                       +--- head of a chain --+            head, bytes written -----+
 *
 * All three lie in guest memory, and the driver may be hostile, or mistaken: addresses outside RAM,
 * loops, heads and links that do not exist, indices that jump. Each is found before anything is
 * done, and answers VIRTQUEUE_BROKEN; the transport then says "device needs reset". A chain is
 * copied out of guest memory once, and the copy that was checked is the copy that is used.
 *
 * Not offered: indirect descriptors, event indices, packed rings.
 *
 * Source: Virtual I/O Device (VIRTIO) 1.2, section 2.7.
 */
#ifndef TRIVIUM_DEV_VIRTQUEUE_H
#define TRIVIUM_DEV_VIRTQUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "dev/dma.h"

#define VIRTQUEUE_SIZE_MAX 128 /* descriptors */

/* Plain data: part of its device's state. */
struct virtqueue {
    uint32_t size;  /* descriptors: a power of two up to VIRTQUEUE_SIZE_MAX, once `ready` */
    uint32_t ready; /* 0 or 1: the driver has set it up */
    uint64_t descriptors, available, used; /* gpa of each part: whatever the driver said */
    uint16_t next_available;               /* the available index up to which chains were taken */
    uint16_t next_used;
};

/* One buffer of a chain. */
struct virtqueue_part {
    uint64_t gpa; /* [gpa, gpa + bytes) is RAM */
    uint32_t bytes;
    bool writable; /* for the device to write; else to read */
};

/* A request. The parts that are to be read come first. */
struct virtqueue_chain {
    uint16_t head;
    unsigned count;              /* 1 .. VIRTQUEUE_SIZE_MAX */
    uint64_t readable, writable; /* bytes of each sort, all parts together */
    struct virtqueue_part parts[VIRTQUEUE_SIZE_MAX];
};

enum virtqueue_answer { VIRTQUEUE_EMPTY, VIRTQUEUE_CHAIN, VIRTQUEUE_BROKEN };

/* Takes the next chain out of a queue that is ready. *chain is valid after VIRTQUEUE_CHAIN only. */
enum virtqueue_answer virtqueue_pop(struct virtqueue *queue, const struct dma *dma,
                                    struct virtqueue_chain *chain);

/* Gives a chain back, `written` bytes of it having been written. False: the queue is broken. */
bool virtqueue_push(struct virtqueue *queue, const struct dma *dma,
                    const struct virtqueue_chain *chain, uint32_t written);

/* Does the driver want to be interrupted when chains come back? */
bool virtqueue_wants_interrupt(const struct virtqueue *queue, const struct dma *dma);

/*
 * The bytes of a chain that are to be read, or to be written, as one run of bytes: copies `bytes`
 * of them, beginning with byte `offset`. The caller has seen to it that there are so many.
 */
void virtqueue_read(const struct virtqueue_chain *chain, const struct dma *dma, uint64_t offset,
                    void *to, uint64_t bytes);
void virtqueue_write(const struct virtqueue_chain *chain, const struct dma *dma, uint64_t offset,
                     const void *from, uint64_t bytes);

#endif
