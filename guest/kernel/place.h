/* Where the machine's devices are, as the architecture knows: by a device tree, or by the boot
 * arguments. */
#ifndef TRIVIUM_GUEST_KERNEL_PLACE_H
#define TRIVIUM_GUEST_KERNEL_PLACE_H

#include "guest/kernel/kernel.h"

enum device_kind {
    DEVICE_UART,   /* a 16550 */
    DEVICE_VIRTIO, /* a virtio-mmio transport, whatever is behind it */
    DEVICE_COPIER, /* copies pages: batch.h */
};

struct place {
    uint64_t gpa;   /* of its registers; on an architecture that has ports, one of them */
    uint64_t size;  /* bytes of registers */
    uint32_t shift; /* register n is at n << shift */
    uint32_t line;  /* its interrupt (irq.h); 0: none */
};

/* Device number `index` (0, 1, ...) of a kind. Returns false if there are not so many. In arch/ISA.
 */
bool place_find(enum device_kind kind, uint32_t index, struct place *place);

#endif
