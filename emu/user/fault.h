/*
 * fault.h: turns a SIGBUS or SIGSEGV of the host into a fault of the guest.
 *
 * Nearly every bad access of the guest is found by looking at the page's permissions (mem.h). One
 * cannot be: a page of a mapped file that lies beyond the file's end, which may have been cut off
 * only just now. The host says so with SIGBUS, in the middle of the engine; the guard takes that
 * signal and jumps back to where the process was about to run.
 *
 * An engine may leave all of it to the host, and is asked first (engine.h, fault): it lets its code
 * go on elsewhere.
 *
 * The handler finds the guard through the alternate signal stack, whose first bytes point to it:
 * so no global variable is needed. A host fork() copies all of it.
 *
 * Not for faults outside the guest's space: those are bugs of Trivium, and end it.
 */
#ifndef TRIVIUM_EMU_USER_FAULT_H
#define TRIVIUM_EMU_USER_FAULT_H

#include "emu/cpu/engine.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

struct fault_guard {
    sigjmp_buf back;      /* set by the process's loop: sigsetjmp(guard->back, 1) */
    uint64_t offset;      /* after a jump back: the address that faulted, from start */
    const uint8_t *start; /* faults in [start, end) are the guest's */
    const uint8_t *end;
    uint64_t
        ignored; /* bit n: the guest has set signal n to SIG_IGN: one that is sent is nothing */
    void *stack; /* owned: the alternate signal stack; begins with a pointer to this */
    /* Who may know better, or NULL: the engine, asked first, about this machine. */
    const struct engine *engine;
    const struct machine *machine;
};

/* Is it one of the signals that the guard takes? */
bool fault_guard_takes(int signal);

/* Takes SIGBUS, SIGSEGV and the thread's alternate signal stack. The guard must stay where it is.
 */
int fault_guard_init(struct fault_guard *guard, struct err *err);
void fault_guard_fini(struct fault_guard *guard);

#endif
