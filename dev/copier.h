/*
 * copier.h: a device that copies pages of the guest's memory: one store to its doorbell for a list
 * of them.
 *
 *     store at 0    the gpa of a list: count (8 bytes), then for each page its new place and its
 * old one load at 8     how many pages of the last list were copied; fewer than count: the next
 * pair of the list was not of two whole pages of RAM
 *
 * For guests whose own instructions are dear: a kernel that forks (guest/kernel/batch.h). A device
 * of our own: no standard has one.
 */
#ifndef TRIVIUM_DEV_COPIER_H
#define TRIVIUM_DEV_COPIER_H

#include "dev/bus.h"
#include "dev/dma.h"

#define COPIER_SIZE  0x1000
#define COPIER_PAGES 64 /* of one list, at most */

struct copier {
    uint64_t copied;       /* of the last list */
    const struct dma *dma; /* borrowed */
};

void copier_init(struct copier *copier, const struct dma *dma);
struct bus_range copier_range(struct copier *copier, uint64_t base);

#endif
