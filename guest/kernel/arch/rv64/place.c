/* Devices by the device tree. */
#include "guest/kernel/place.h"

#include "guest/kernel/arch/rv64/fdt.h"

/* What a node is "compatible" with, by enum device_kind. */
static const char *const compatible[] = {
    [DEVICE_UART] = "ns16550a",
    [DEVICE_VIRTIO] = "virtio,mmio",
    [DEVICE_COPIER] = "trivium,copier",
};

bool place_find(enum device_kind kind, uint32_t index, struct place *place)
{
    struct fdt_node node;
    bool found = fdt_find_compatible(&node, NULL, compatible[kind]);
    for (; found && index > 0; index--)
        found = fdt_find_compatible(&node, &node, compatible[kind]);
    *place = (struct place){0};
    if (!found || !fdt_reg(&node, 0, &place->gpa, &place->size))
        return false;
    if (!fdt_u32(&node, "interrupts", 0, &place->line))
        place->line = 0;
    if (!fdt_u32(&node, "reg-shift", 0, &place->shift))
        place->shift = 0;
    return true;
}
