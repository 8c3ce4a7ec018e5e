/* report.h: what to tell the user when the guest program is killed by a fault of its own. */
#ifndef TRIVIUM_EMU_USER_REPORT_H
#define TRIVIUM_EMU_USER_REPORT_H

#include "emu/user/process.h"

/* The signal with which Linux answers such a trap. */
int report_signal(enum trap_cause cause);

/*
 * One line on standard error: which process, which trap, where, in which function, and the
 * instruction:
 *
 *     trivium: prime (process 12): load page fault at 0x0, pc 0x10128 <main+0x28>: ld a0, 0(a5)
 */
void report_fatal_trap(const struct process *process);

#endif
