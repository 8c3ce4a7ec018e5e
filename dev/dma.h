/*
 * dma.h: guest memory as a device reaches it: by gpa, in RAM only, checked.
 *
 * Whatever address a driver hands to a device, these functions touch nothing but the guest's RAM:
 * all of [gpa, gpa + bytes) lies there, or they answer false and do nothing. Numbers are
 * little-endian, as every (current) host is.
 *
 * Harts may be running in other threads meanwhile. What a driver and a device agree upon through an
 * index is ordered by the acquire and release below; whatever else races is the driver's mistake,
 * and costs it wrong data only.
 */
#ifndef TRIVIUM_DEV_DMA_H
#define TRIVIUM_DEV_DMA_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct dma {
    uint8_t *ram;  /* hva of gpa `base` */
    uint64_t base; /* gpa */
    uint64_t size; /* bytes */

    /* Told of every write, behind it, for who keeps a copy of RAM; NULL: nobody does. */
    void (*wrote)(void *owner, uint64_t gpa, uint64_t bytes);
    void *owner;
};

static inline void dma_tell(const struct dma *dma, uint64_t gpa, uint64_t bytes)
{
    if (dma->wrote != NULL)
        dma->wrote(dma->owner, gpa, bytes);
}

/* Is all of [gpa, gpa + bytes) RAM? True for no bytes at the end of RAM, too. */
static inline bool dma_is_ram(const struct dma *dma, uint64_t gpa, uint64_t bytes)
{
    return gpa >= dma->base && gpa - dma->base <= dma->size &&
           bytes <= dma->size - (gpa - dma->base);
}

static inline bool dma_read(const struct dma *dma, uint64_t gpa, void *to, uint64_t bytes)
{
    if (!dma_is_ram(dma, gpa, bytes))
        return false;
    memcpy(to, dma->ram + (gpa - dma->base), bytes);
    return true;
}

static inline bool dma_write(const struct dma *dma, uint64_t gpa, const void *from, uint64_t bytes)
{
    if (!dma_is_ram(dma, gpa, bytes))
        return false;
    memcpy(dma->ram + (gpa - dma->base), from, bytes);
    dma_tell(dma, gpa, bytes);
    return true;
}

/* An index that the driver moves on: what it wrote before is seen after. gpa must be even. */
static inline bool dma_read_index(const struct dma *dma, uint64_t gpa, uint16_t *index)
{
    if (gpa % 2 != 0 || !dma_is_ram(dma, gpa, sizeof *index))
        return false;
    *index = __atomic_load_n((const uint16_t *)(const void *)(dma->ram + (gpa - dma->base)),
                             __ATOMIC_ACQUIRE);
    return true;
}

/* An index that the device moves on: what it wrote before is seen by who sees the index. */
static inline bool dma_write_index(const struct dma *dma, uint64_t gpa, uint16_t index)
{
    if (gpa % 2 != 0 || !dma_is_ram(dma, gpa, sizeof index))
        return false;
    __atomic_store_n((uint16_t *)(void *)(dma->ram + (gpa - dma->base)), index, __ATOMIC_RELEASE);
    dma_tell(dma, gpa, sizeof index);
    return true;
}

#endif
