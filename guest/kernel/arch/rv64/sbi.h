/* The firmware: SBI calls, with the legacy ones where a newer extension is missing.
 * Source: RISC-V Supervisor Binary Interface Specification 2.0. */
#ifndef TRIVIUM_GUEST_KERNEL_ARCH_RV64_SBI_H
#define TRIVIUM_GUEST_KERNEL_ARCH_RV64_SBI_H

#include "guest/kernel/kernel.h"

/* Asks what there is. Before any other. */
void sbi_init(void);

void sbi_set_timer(uint64_t ticks);
void sbi_send_ipi(uint64_t hart);

/* Starts a hart at a gpa with a0 = its number and a1 = argument. Returns false if that cannot be.
 */
bool sbi_hart_start(uint64_t hart, uint64_t gpa, uint64_t argument);

void sbi_console_write(const char *text, size_t length);
/* -1: there is nothing. */
int sbi_console_read(void);

/* Ends the machine; returns if the firmware does not do that. failure: say that something is wrong.
 */
void sbi_shutdown(bool failure);

#endif
