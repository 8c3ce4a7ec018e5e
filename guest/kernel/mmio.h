/* Registers of devices in memory: accesses of exactly that width, in program order. */
#ifndef TRIVIUM_GUEST_KERNEL_MMIO_H
#define TRIVIUM_GUEST_KERNEL_MMIO_H

#include <stdint.h>

static inline uint8_t mmio_read8(const volatile void *address)
{
    return *(const volatile uint8_t *)address;
}

static inline void mmio_write8(volatile void *address, uint8_t value)
{
    *(volatile uint8_t *)address = value;
}

static inline uint32_t mmio_read32(const volatile void *address)
{
    return *(const volatile uint32_t *)address;
}

static inline void mmio_write32(volatile void *address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

static inline void mmio_write64(volatile void *address, uint64_t value)
{
    *(volatile uint64_t *)address = value;
}

/* Everything written to memory or to a device before is seen before what follows, by devices, too.
 */
static inline void mmio_barrier(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#endif
