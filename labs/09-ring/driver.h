/*
 * driver.h: the guest's virtio driver on this host, between the grader and a virtio console.
 *
 *     grader --> kernel_...()         the driver, in what looks to it like its kernel:
 *                                     labs/guest/ring/kernel.c
 *       its stores, its barriers  --> driver_...(), which plays memory and the other processor
 *                                     dev/virtio_mmio.c, dev/virtio_console.c, dev/virtqueue.c
 *
 * Memory is there twice: as the driver sees it, and as the device does. What the driver stores the
 * device sees from the next barrier on, and not before. When the doorbell is rung, the device comes
 * some turns later: a turn is whenever the driver orders memory, or waits.
 */
#ifndef TRIVIUM_LABS_09_RING_DRIVER_H
#define TRIVIUM_LABS_09_RING_DRIVER_H

#include "dev/bus.h"
#include "dev/virtio_console.h"
#include "labs/09-ring/kernel.h"
#include "tests/random.h"

#define DRIVER_PAGES 24
#define DRIVER_PAGE  4096U
#define DRIVER_GAP   4 /* only each fourth page is given away, so that who writes on is seen */
#define DRIVER_QUEUE 1
#define DRIVER_SIZE  8 /* entries that the driver's queue has */

struct driver {
    struct bus bus;
    struct dma dma; /* as the device sees memory */
    uint8_t *own;   /* as the driver does */
    struct virtio_console console;
    struct virtio_mmio virtio;
    unsigned given; /* pages */

    struct random random;                   /* the stalls */
    bool deaf;                              /* the device never comes */
    bool lies;                              /* it answers what nobody asked */
    void (*at_turn)(struct driver *driver); /* once, at the next turn */
    unsigned stall; /* turns until the device comes, once it has been rung for */
    bool rung;

    unsigned doorbells, idle;
    uint32_t last_doorbell;
    unsigned ordered; /* points where memory was ordered */
    bool unordered;   /* the index could be visible before what it tells of */
    bool unseen;      /* the doorbell was rung, and the device could not see the new index */
    bool reused;      /* a buffer was written while the device had it */

    char *shown; /* what the device has sent */
    size_t shown_count, shown_max;
};

/* With a device behind it, and the kernel's functions plugged into it. Lives as long as the
 * grader. */
struct driver *driver_new(uint64_t seed);

/* A 16-bit number of memory as the driver sees it; both sides see what is set. */
uint16_t driver_get(const struct driver *driver, uint64_t gpa);
void driver_set(struct driver *driver, uint64_t gpa, uint16_t value);

#endif
