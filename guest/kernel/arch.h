/* What the shared kernel asks of an architecture, all of it. Implemented in arch/ISA; small things
 * that must be inline stand in arch/ISA/include/machine:
 *
 *   machine/cpu.h      cpu_this(), cpu_relax(), clock_ticks()
 *   machine/context.h  struct context: what a switch between kernel stacks keeps; the shape of a
 *                      function's frame
 *   machine/memory.h   arch_map(), arch_gpa(): the kernel's map of all memory
 *   machine/io.h       io_read8(), io_write8(): registers of simple devices
 *   machine/frame.h    struct trap_frame: the registers of an interrupted program
 *   machine/paging.h   the shape of page tables and of their entries; where user space ends
 *   machine/sysnum.h   numbers of system calls that the C library has no use for
 *
 * Also implemented there: place.h (where devices are) and controller.h (who interrupts).
 *
 * The architecture enters the kernel at kernel_main() (main.c) on the first processor and at
 * kernel_secondary() on each other; at trap_* (trap.h) from programs.
 */
#ifndef TRIVIUM_GUEST_KERNEL_ARCH_H
#define TRIVIUM_GUEST_KERNEL_ARCH_H

#include <machine/memory.h>

#include "guest/kernel/kernel.h"

struct boot;
struct context;
struct cpu;
struct process;
struct space;
struct trap_frame;

/* Prints through the firmware, before and without a driver. */
void arch_console_write(const char *text, size_t length);
/* A character that the firmware has for us, or -1. */
int arch_console_read(void);

/* Switches from one kernel stack to another; returns when somebody switches back. */
void arch_switch(struct context *from, const struct context *to);
/* Makes a context that starts in function(), on a stack that ends at stack_top. */
void arch_context_init(struct context *context, void *stack_top, void (*function)(void));
/* Lets the current process go on in user mode with its frame, from a stack with nothing on it. */
_Noreturn void arch_return_to_user(struct trap_frame *frame);

/* A fresh frame for a program that starts at entry with its stack at sp. */
void arch_frame_init(struct trap_frame *frame, uint64_t entry, uint64_t sp);
/* What a system call answers; also how a forked child is told that it is one. */
void arch_frame_set_result(struct trap_frame *frame, int64_t value);

/* Uses a space's page table from now on; NULL: the kernel's own, in which no program is mapped. */
void arch_space_load(const struct space *space);
/* Puts the kernel's part into a new top table, all zeros so far. */
void arch_root_init(void *root);
/* Forgets what was remembered of the loaded space: of a page, of all. */
void arch_flush_page(uint64_t address);
void arch_flush_all(void);

/* Whether the machine makes changes of page tables dear: then tables are used again (spare.h). */
bool arch_tables_are_dear(void);

/* Adds the architecture's part to the page of guest/lib/shared_page.h; what AT_SYSINFO is for a
 * program that has it at that address, 0: nothing. */
void arch_shared_page_init(void *page);
uint64_t arch_system_entry(uint64_t page);

/* Makes this processor see code that was written to memory. */
void arch_code_changed(void);

/* The next timer interrupt of this processor, in clock ticks; UINT64_MAX: none. */
void arch_timer_set(uint64_t ticks);
/* Waits until an interrupt is pending, then handles it. */
void arch_wait(void);
/* Interrupts another processor: it returns from arch_wait(), and calls sched_called(). */
void arch_wake(struct cpu *cpu);
/* Starts the other processors; each calls kernel_secondary(). */
void arch_start_secondaries(void);
/* What AT_HWCAP tells a program, and uname's machine. */
uint64_t arch_hwcap(void);
const char *arch_name(void);
/* A seed for random numbers from the firmware, as far as there is one, mixed with the time. */
uint64_t arch_seed(void);

/* Ends the machine. */
_Noreturn void arch_power_off(int status);

#endif
