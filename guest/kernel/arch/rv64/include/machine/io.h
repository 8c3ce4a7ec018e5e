/* Registers of one byte, wherever this architecture has them: all of them are in memory here. */
#ifndef TRIVIUM_GUEST_KERNEL_MACHINE_IO_H
#define TRIVIUM_GUEST_KERNEL_MACHINE_IO_H

#include "guest/kernel/arch.h"
#include "guest/kernel/mmio.h"

static inline uint8_t io_read8(uint64_t gpa)
{
    return mmio_read8(arch_map(gpa));
}

static inline void io_write8(uint64_t gpa, uint8_t value)
{
    mmio_write8(arch_map(gpa), value);
}

#endif
