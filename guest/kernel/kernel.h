/* What every part of the kernel needs: messages, panic, and a few constants.
 *
 * Rules of the house, which the other headers build on:
 * - The kernel runs with interrupts off. They are taken in user mode and while a processor idles,
 * so no lock needs to be protected against an interrupt handler of its own processor. Whoever waits
 *   for a device sleeps (wait.h).
 * - A kernel stack is less than one page: no array over 256 bytes lives on it. Take a page instead.
 * - Addresses: `gpa` is physical, `address` is of a user program, a pointer is a kernel address.
 * - A system call answers with a value or with minus an errno (guest/lib/include/errno.h).
 * Read next: main.c (start), process.h, space.h, page.h
 */
#ifndef TRIVIUM_GUEST_KERNEL_KERNEL_H
#define TRIVIUM_GUEST_KERNEL_KERNEL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SIZE     ((uint64_t)4096)

#define NS_PER_SECOND ((uint64_t)1000000000)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static inline uint64_t page_down(uint64_t address)
{
    return address & ~(PAGE_SIZE - 1);
}

/* The caller has checked that address is not in the last page of all. */
static inline uint64_t page_up(uint64_t address)
{
    return page_down(address + PAGE_SIZE - 1);
}

/* Prints a message of the kernel on the console, as printf does. */
void printk(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Sends what printk prints to a console driver; until then it goes to arch_console_write(). */
void printk_to(void (*write)(const char *text, size_t length));

/* A bug of the kernel: says where, and ends the machine with status PANIC_STATUS. */
#define panic(...) panic_in(__func__, __VA_ARGS__)
_Noreturn void panic_in(const char *function, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What must be true. Always checked. */
#define require(condition) ((condition) ? (void)0 : panic_in(__func__, "not so: %s", #condition))

enum { PANIC_STATUS = 124 };

/* What uname says. The release is that of the Linux whose calls these are a part of: C libraries
 * refuse to start on one that they find too old. */
#define KERNEL_RELEASE "6.1.0"
#define KERNEL_VERSION "1"

#endif
