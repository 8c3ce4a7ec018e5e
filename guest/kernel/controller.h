/* The machine's interrupt controller; each architecture has its own kind. */
#ifndef TRIVIUM_GUEST_KERNEL_CONTROLLER_H
#define TRIVIUM_GUEST_KERNEL_CONTROLLER_H

/* Finds it and gives it to irq_set_controller(). Without one, drivers do without interrupts.
 * Implemented in arch/ISA. */
void controller_boot(void);

#endif
