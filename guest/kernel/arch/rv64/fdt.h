/* The flattened device tree: what the firmware says there is.
 *
 * A blob in memory, walked from the start for each question: there are few of them. Everything in
 * it is big-endian. Source: Devicetree Specification 0.3, chapter 5.
 *
 *   struct fdt_node uart;
 *   if (fdt_find_compatible(&uart, NULL, "ns16550a")) {
 *       uint64_t base, size;
 *       uint32_t line;
 *       if (fdt_reg(&uart, 0, &base, &size) && fdt_u32(&uart, "interrupts", 0, &line))
 *           ...
 *   }
 */
#ifndef TRIVIUM_GUEST_KERNEL_ARCH_RV64_FDT_H
#define TRIVIUM_GUEST_KERNEL_ARCH_RV64_FDT_H

#include "guest/kernel/kernel.h"

/* A node found. The numbers of cells are those its parent prescribes for its "reg". */
struct fdt_node {
    const char *name;    /* with its unit address: "serial@10000000" */
    const uint8_t *body; /* what follows the name in the blob */
    uint32_t address_cells;
    uint32_t size_cells;
};

/* The blob is used in place and stays where it is. Panics if it is not a device tree. */
void fdt_init(const void *blob);
uint64_t fdt_size(void);

/* The node of this path, unit addresses left out where they are not needed: "/cpus/cpu@0",
 * "/chosen". Returns false if there is none. */
bool fdt_find(struct fdt_node *node, const char *path);

/* The first node after `after` (NULL: from the start; may be the same object as node) that is
 * "compatible" with that text, or has that "device_type", in the order of the blob. A node whose
 * status says that it is not to be used is passed over. */
bool fdt_find_compatible(struct fdt_node *node, const struct fdt_node *after, const char *text);
bool fdt_find_type(struct fdt_node *node, const struct fdt_node *after, const char *text);

/* The first child (which may be the same object as node), and the next node with the same parent.
 */
bool fdt_child(struct fdt_node *child, const struct fdt_node *node);
bool fdt_sibling(struct fdt_node *node);

/* A property's value and its size in bytes; NULL if there is none. */
const uint8_t *fdt_property(const struct fdt_node *node, const char *name, uint32_t *size);
/* A property that is text; NULL if there is none or it is not. */
const char *fdt_text(const struct fdt_node *node, const char *name);
/* Cell number `index` of a property. */
bool fdt_u32(const struct fdt_node *node, const char *name, uint32_t index, uint32_t *value);
/* A property of one or two cells. */
bool fdt_u64(const struct fdt_node *node, const char *name, uint64_t *value);
/* Pair number `index` of "reg": a physical address and a size. */
bool fdt_reg(const struct fdt_node *node, uint32_t index, uint64_t *address, uint64_t *size);

/* The pairs of the memory reservation block, in order. */
bool fdt_reservation(uint32_t index, uint64_t *address, uint64_t *size);

#endif
