/* Where programs enter the kernel. Called by the architecture, on the process's kernel stack. */
#ifndef TRIVIUM_GUEST_KERNEL_TRAP_H
#define TRIVIUM_GUEST_KERNEL_TRAP_H

#include "guest/kernel/kernel.h"

/* A system call of the current process; returns what it answers. */
int64_t trap_syscall(uint64_t number, const uint64_t args[6]);

/* An access that its page table does not allow: AREA_READ, AREA_WRITE or AREA_EXEC. Ends the
 * process if it has no right to it. */
void trap_page_fault(uint64_t address, uint32_t access);

/* The program did what no program may: ends it by that signal. */
_Noreturn void trap_fatal(int signal);

/* Last before going back to the program: delivers signals. */
void trap_leave(void);

#endif
