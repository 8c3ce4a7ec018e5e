/* The console: the terminal that a person or a host program is at, however it is attached. */
#ifndef TRIVIUM_GUEST_KERNEL_CONSOLE_H
#define TRIVIUM_GUEST_KERNEL_CONSOLE_H

#include "guest/kernel/kernel.h"

/* What a driver does for the console. */
struct console_driver {
    /* Sends all of it. */
    void (*write)(const char *text, size_t length);
    /* Hands over what has come, by tty_input(), as long as there is room; called by whoever waits
     * for input. */
    void (*poll)(void);
    /* Whether poll() must be called again and again, because nothing interrupts. */
    bool silent;
};

/* Finds the console's driver, starts the terminal on it, makes /dev/console and /dev/tty. */
void console_boot(void);

/* The driver for a 16550 UART (uart.c), or NULL if the device tree has none. It may
 * interrupt as soon as this processor does. */
const struct console_driver *uart_find(void);

#endif
