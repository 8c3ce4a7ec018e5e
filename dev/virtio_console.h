/*
 * virtio_console.h: a console as a virtio device: the guest hands over as many bytes as it has, in
 * memory, with one store to a doorbell; a UART takes a store for each.
 *
 * Only its output: what is typed is little, and comes by the UART. The queue that a driver may give
 * for it is taken, and stays as it is.
 *
 * Source: VIRTIO 1.2, section 5.3.
 */
#ifndef TRIVIUM_DEV_VIRTIO_CONSOLE_H
#define TRIVIUM_DEV_VIRTIO_CONSOLE_H

#include "dev/dma.h"
#include "dev/virtio_mmio.h"

/*
 * Bytes that it takes at once: whoever hands over more has no good driver. Else a guest could keep
 * the machine busy, and its user out, with all of its memory again and again by one store.
 */
#define VIRTIO_CONSOLE_MAX 0x10000

struct virtio_console {
    struct virtio_device device;             /* for virtio_mmio_init() */
    const struct dma *dma;                   /* borrowed */
    void (*send)(void *owner, uint8_t byte); /* where the guest's bytes go */
    void *owner;
};

void virtio_console_init(struct virtio_console *console, const struct dma *dma,
                         void (*send)(void *owner, uint8_t byte), void *owner);

#endif
