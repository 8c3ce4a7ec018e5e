/* Interrupts of devices: who handles which line.
 *
 * A controller (the PLIC, ...) registers itself with its three operations; a driver registers its
 * handler for a line. Handlers run with interrupts off, on any processor, on the stack of whatever
 * was interrupted: they are short and do not sleep.
 */
#ifndef TRIVIUM_GUEST_KERNEL_IRQ_H
#define TRIVIUM_GUEST_KERNEL_IRQ_H

#include "guest/kernel/kernel.h"

enum { IRQ_LINES = 96 };

struct irq_controller {
    /* Lets a line interrupt. */
    void (*enable)(uint32_t line);
    /* The line that interrupts this processor, or 0 if none does (any more). */
    uint32_t (*claim)(void);
    void (*complete)(uint32_t line);
    /* Makes this processor receive interrupts; called once on each. */
    void (*cpu_start)(void);
};

/* Before any irq_register(). */
void irq_set_controller(const struct irq_controller *controller);

/* Returns false if there is no controller or the line is out of range or taken. */
bool irq_register(uint32_t line, void (*handler)(void *argument), void *argument);

/* Called by the architecture: handles everything that is pending. */
void irq_dispatch(void);
void irq_cpu_start(void);

#endif
