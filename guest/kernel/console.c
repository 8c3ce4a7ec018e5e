/* The console: a UART if there is one, or else the firmware; for output a virtio console before
 * both, unless "console=uart" says otherwise. See console.h. */
#include "guest/kernel/console.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/boot.h"
#include "guest/kernel/spinlock.h"
#include "guest/kernel/tty.h"
#include "guest/kernel/virtio_console.h"

#include <string.h>
#include <sys/stat.h>

enum { NUMBER_TTY = 5 << 8 | 0, NUMBER_CONSOLE = 5 << 8 | 1 };

/* So that characters come in order when two processes wait for them. */
static struct spinlock firmware_lock = SPINLOCK_INIT("console");

static void firmware_poll(void)
{
    spin_lock(&firmware_lock);
    while (tty_has_room()) {
        int c = arch_console_read();
        if (c < 0)
            break;
        tty_input((char)c);
    }
    spin_unlock(&firmware_lock);
}

static const struct console_driver firmware_driver = {
    .write = arch_console_write,
    .poll = firmware_poll,
    .silent = true,
};

/* Another driver's input, and the ring for output: written while booting, then constant. */
static struct console_driver ring_driver;

void console_boot(void)
{
    const char *wanted = boot_word("console=");
    const struct console_driver *driver = NULL;
    if (!wanted || strcmp(wanted, "sbi") != 0)
        driver = uart_find();
    if (!driver)
        driver = &firmware_driver;
    if (!wanted && virtio_console_find()) {
        ring_driver = *driver;
        ring_driver.write = virtio_console_write;
        driver = &ring_driver;
    }
    tty_boot(driver);
    printk_to(driver->write);
    device_add("console", S_IFCHR | 0600, NUMBER_CONSOLE, &tty_operations);
    device_add("tty", S_IFCHR | 0666, NUMBER_TTY, &tty_operations);
}
