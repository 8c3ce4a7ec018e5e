/* Interrupts of devices: the controller's lines and their handlers. All of it is set up by the
 * first processor while booting, and constant from then on. */
#include "guest/kernel/irq.h"

struct irq_line {
    void (*handler)(void *argument);
    void *argument;
};

static struct {
    const struct irq_controller *controller;
    struct irq_line lines[IRQ_LINES];
} irq;

void irq_set_controller(const struct irq_controller *controller)
{
    irq.controller = controller;
}

bool irq_register(uint32_t line, void (*handler)(void *argument), void *argument)
{
    if (!irq.controller || line == 0 || line >= IRQ_LINES || irq.lines[line].handler)
        return false;
    irq.lines[line] = (struct irq_line){handler, argument};
    irq.controller->enable(line);
    return true;
}

void irq_dispatch(void)
{
    if (!irq.controller)
        return;
    for (uint32_t line; (line = irq.controller->claim()) != 0;) {
        if (line < IRQ_LINES && irq.lines[line].handler)
            irq.lines[line].handler(irq.lines[line].argument);
        irq.controller->complete(line);
    }
}

void irq_cpu_start(void)
{
    if (irq.controller)
        irq.controller->cpu_start();
}
