/*
 * tree.h: the device tree: what a guest is told of the board it runs on.
 *
 * Source: Devicetree Specification 0.4; the bindings of Linux for each `compatible`; the same nodes
 * as QEMU's virt board has, so that a guest finds its way on both.
 */
#ifndef TRIVIUM_EMU_BOARD_TREE_H
#define TRIVIUM_EMU_BOARD_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

#define TREE_SIZE_MAX   16384
#define TREE_SEED_WORDS 4

struct tree_config {
    unsigned harts;
    uint64_t ram_size;     /* bytes */
    unsigned virtio_count; /* slots from MAP_VIRTIO on that have a device */
    const char *bootargs;
    uint64_t initrd_start, initrd_end; /* gpa; equal when there is none */
    uint64_t seed[TREE_SEED_WORDS];    /* random bits, for the guest to begin its own with */
};

/* Writes the tree into `blob`, and into *size how long it is. -1: the bootargs are too long. */
int tree_build(const struct tree_config *config, uint8_t blob[TREE_SIZE_MAX], size_t *size,
               struct err *err);

#endif
