/* kernel.c: what the student's virtio driver finds around it in the grader of lab 9, in the place
 * of the guest kernel: pages, registers, one processor. See labs/09-ring/kernel.h. */
#include "labs/09-ring/kernel.h"
#include "guest/kernel/mmio.h"
#include "guest/kernel/page.h"
#include "guest/kernel/spinlock.h"
#include "guest/kernel/virtio_console.h"
#include "guest/kernel/virtio_mmio.h"

#include <stdio.h>
#include <stdlib.h>

enum { KIND_CONSOLE = 3, QUEUE_TRANSMIT = 1 };

static struct {
    struct driver *driver;
    uint8_t *memory, *registers;
    struct virtio_device device;
} kernel;

void kernel_plug(struct driver *driver, uint8_t *memory, uint8_t *registers)
{
    kernel.driver = driver;
    kernel.memory = memory;
    kernel.registers = registers;
}

bool kernel_start(void)
{
    struct place place;

    if (!place_find(DEVICE_VIRTIO, 0, &place) ||
        !virtio_probe(&kernel.device, &place, KIND_CONSOLE))
        return false;
    kernel.device.queue_number = QUEUE_TRANSMIT;
    return virtio_start(&kernel.device, 0);
}

void kernel_answered_so_far(uint16_t count)
{
    kernel.device.used = count;
    kernel.device.broken = false;
}

void kernel_submit(const struct kernel_buffer *buffers, size_t count)
{
    struct virtio_buffer copy[VIRTIO_BUFFERS_MAX] = {{0}};

    for (size_t i = 0; i < count; i++)
        copy[i] = (struct virtio_buffer){arch_map(buffers[i].gpa), buffers[i].size,
                                         buffers[i].device_writes};
    virtio_submit(&kernel.device, copy, count);
}

bool kernel_answered(void)
{
    return virtio_answered(&kernel.device);
}

bool kernel_says_broken(void)
{
    return kernel.device.broken;
}

bool kernel_console(void)
{
    return virtio_console_find();
}

void kernel_write(const char *text, size_t length)
{
    virtio_console_write(text, length);
}

/* What the driver calls. */

uint32_t ring_load(const volatile void *address)
{
    return driver_load(kernel.driver,
                       (uint64_t)((const volatile uint8_t *)address - kernel.registers));
}

void ring_store(volatile void *address, uint32_t value)
{
    driver_store(kernel.driver, (uint64_t)((volatile uint8_t *)address - kernel.registers), value);
}

void ring_order(int order)
{
    if (order != __ATOMIC_RELAXED)
        driver_barrier(kernel.driver);
}

void ring_order_load(int order)
{
    driver_turn(kernel.driver, order != __ATOMIC_RELAXED);
}

void cpu_relax(void)
{
    driver_turn(kernel.driver, false);
}

struct cpu *cpu_this(void)
{
    return (struct cpu *)(void *)&kernel;
}

void *arch_map(uint64_t gpa)
{
    return gpa == DRIVER_REGISTERS ? kernel.registers : kernel.memory + (gpa - DRIVER_RAM);
}

uint64_t arch_gpa(const void *address)
{
    return DRIVER_RAM + (uint64_t)((const uint8_t *)address - kernel.memory);
}

bool place_find(enum device_kind kind, uint32_t index, struct place *place)
{
    *place = (struct place){.gpa = DRIVER_REGISTERS, .size = 0x1000};
    return kind == DEVICE_VIRTIO && index == 0;
}

bool memory_reserve(uint64_t pages)
{
    (void)pages;
    return true;
}

void memory_release(uint64_t pages)
{
    (void)pages;
}

void *page_alloc(enum page_fill fill)
{
    (void)fill;
    return driver_page(kernel.driver);
}

void page_put(const void *page)
{
    (void)page;
}

void spin_wait(struct spinlock *lock)
{
    panic("%s is never free", lock->name);
}

void spin_misused(const struct spinlock *lock, const char *how)
{
    panic("%s %s", lock->name, how);
}

void panic_in(const char *function, const char *format, ...)
{
    va_list arguments;

    printf("the kernel panics in %s: ", function);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    exit(1);
}
