/* Registers of one byte: those of old devices are ports, an address space of its own with 65536
 * bytes. What is above is memory. */
#ifndef TRIVIUM_GUEST_KERNEL_MACHINE_IO_H
#define TRIVIUM_GUEST_KERNEL_MACHINE_IO_H

#include "guest/kernel/arch.h"
#include "guest/kernel/mmio.h"

#define PORTS_END 0x10000

static inline uint8_t port_read8(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %w1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void port_write8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %w1" : : "a"(value), "Nd"(port));
}

static inline void port_write16(uint16_t port, uint16_t value)
{
    __asm__ volatile("outw %0, %w1" : : "a"(value), "Nd"(port));
}

static inline uint8_t io_read8(uint64_t gpa)
{
    return gpa < PORTS_END ? port_read8((uint16_t)gpa) : mmio_read8(arch_map(gpa));
}

static inline void io_write8(uint64_t gpa, uint8_t value)
{
    if (gpa < PORTS_END)
        port_write8((uint16_t)gpa, value);
    else
        mmio_write8(arch_map(gpa), value);
}

#endif
