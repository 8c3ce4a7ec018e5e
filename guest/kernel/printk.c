/* Messages of the kernel, and the last one. */
#include "guest/kernel/kernel.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/callers.h"
#include "guest/kernel/cpu.h"
#include "guest/kernel/process.h"
#include "guest/lib/format.h"

#include <string.h>

static struct {
    void (*write)(const char *text, size_t length); /* set once, while booting */
    uint32_t panicking;                             /* atomic */
} console = {.write = arch_console_write};

static void console_put(struct sink *sink, const char *text, size_t length)
{
    (void)sink;
    console.write(text, length);
}

void printk_to(void (*write)(const char *text, size_t length))
{
    console.write = write;
}

static void print(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

static void print(const char *format, va_list args)
{
    struct sink sink = {.put = console_put};
    format_text(&sink, format, args);
}

void printk(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print(format, args);
    va_end(args);
}

void panic_in(const char *function, const char *format, ...)
{
    /* A panic on the way, here or on another processor, must not start over; and a driver that
     * waits for a lock could wait for ever. */
    if (__atomic_exchange_n(&console.panicking, 1, __ATOMIC_RELAXED))
        arch_power_off(PANIC_STATUS);
    console.write = arch_console_write;

    const struct cpu *cpu = cpu_this();
    printk("\nkernel panic in %s: ", function);
    va_list args;
    va_start(args, format);
    print(format, args);
    va_end(args);
    printk("\nprocessor %u, ", cpu->index);
    if (cpu->current)
        printk("process %d (%s)\n", cpu->current->pid, cpu->current->name);
    else
        printk("no process\n");
    callers_print((uintptr_t)__builtin_frame_address(0));
    arch_power_off(PANIC_STATUS);
}
