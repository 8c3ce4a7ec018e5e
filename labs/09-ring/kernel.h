/*
 * kernel.h: between the grader of lab 9 (driver.h) and the driver's surroundings
 * (labs/guest/ring/kernel.c). Apart, because guest/ and dev/ have names in common.
 */
#ifndef TRIVIUM_LABS_09_RING_KERNEL_H
#define TRIVIUM_LABS_09_RING_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DRIVER_REGISTERS UINT64_C(0x10001000) /* gpa */
#define DRIVER_RAM       UINT64_C(0x80000000)

struct driver;

/* What the surroundings call: an access to a register, a point where memory is ordered, a turn of
 * the device's, a page for the driver. */
uint32_t driver_load(struct driver *driver, uint64_t offset);
void driver_store(struct driver *driver, uint64_t offset, uint32_t value);
void driver_barrier(struct driver *driver);
void driver_turn(struct driver *driver, bool ordered);
void *driver_page(struct driver *driver);

/* Says whose driver it is: its memory, which is that from DRIVER_RAM on, and its registers. */
void kernel_plug(struct driver *driver, uint8_t *memory, uint8_t *registers);

/* virtio_probe() and virtio_start(). */
bool kernel_start(void);

/* virtio_submit(). */
struct kernel_buffer {
    uint64_t gpa;
    uint32_t size;
    bool device_writes;
};
void kernel_submit(const struct kernel_buffer *buffers, size_t count);

/* virtio_answered(); what it says of the device; and how many answers it is to have seen. */
bool kernel_answered(void);
bool kernel_says_broken(void);
void kernel_answered_so_far(uint16_t count);

/* virtio_console_find() and virtio_console_write(). */
bool kernel_console(void);
void kernel_write(const char *text, size_t length);

#endif
