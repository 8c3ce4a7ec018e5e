/* What the vector says, in the words of the shared kernel. */
#include "guest/kernel/trap.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/arch/x86_64/processor.h"
#include "guest/kernel/callers.h"
#include "guest/kernel/irq.h"
#include "guest/kernel/sched.h"

#include <machine/frame.h>
#include <machine/paging.h>

#include <signal.h>

/* Source: SDM 3A, table 6-1. */
enum {
    VECTOR_DIVIDE = 0,
    VECTOR_DEBUG = 1,
    VECTOR_BREAKPOINT = 3,
    VECTOR_ILLEGAL = 6,
    VECTOR_DOUBLE_FAULT = 8,
    VECTOR_STACK = 12,
    VECTOR_PROTECTION = 13,
    VECTOR_PAGE_FAULT = 14,
    VECTOR_X87 = 16,
    VECTOR_ALIGNMENT = 17,
    VECTOR_MACHINE = 18,
    VECTOR_SIMD = 19,
    EXCEPTIONS = 32,
};

/* Bits of a page fault's error code. Source: SDM 3A, figure 4-12. */
enum { FAULT_PRESENT = 1, FAULT_WRITE = 2, FAULT_USER = 4, FAULT_RESERVED = 8, FAULT_FETCH = 16 };

enum { SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, SIGFPE = 8 };

/* In trap.S. */
void syscall_entry(void);
/* In ring3.S. */
void ring3_syscall(void);

static void handle_interrupt(uint64_t vector)
{
    switch (vector) {
    case VECTOR_TIMER:
        apic_end();
        sched_timer();
        break;
    case VECTOR_WAKE:
        apic_end();
        sched_called();
        break;
    case VECTOR_SPURIOUS: break; /* which is not to be ended */
    default:
        if (vector < VECTOR_IRQ || vector >= VECTOR_IRQ_END)
            panic("interrupt vector %lu", vector);
        processor_this()->claimed = (uint32_t)(vector - VECTOR_IRQ);
        irq_dispatch();
    }
}

static void handle_syscall(struct trap_frame *frame)
{
    const uint64_t args[6] = {frame->rdi, frame->rsi, frame->rdx, frame->r10, frame->r8, frame->r9};
    frame->rax = (uint64_t)trap_syscall(frame->rax, args);
}

/* Where KVM emulates ring 0, `syscall` jumps to the kernel's entry and stays in ring 3: a fault of
 * a fetch there, by a program that has no right to it. What the instruction has left in rcx and r11
 * is where it was and its flags; a program that jumps to the entry itself has chosen them, so they
 * are no better than what it could do anyway. */
static bool is_syscall_in_ring_3(const struct trap_frame *frame, uint64_t address)
{
    const uint64_t fetch = FAULT_PRESENT | FAULT_USER | FAULT_FETCH;
    return (frame->error & fetch) == fetch && address == frame->rip &&
           (address == (uintptr_t)syscall_entry || address == (uintptr_t)ring3_syscall);
}

static void finish_syscall_in_ring_3(struct trap_frame *frame)
{
    /* Carry parity adjust zero sign trap direction overflow alignment id */
    const uint64_t flags_of_programs = 0x240dd5;
    const uint64_t interrupts_on = 1 << 9;
    if (frame->rcx >= USER_END)
        trap_fatal(SIGSEGV);
    frame->rip = frame->rcx;
    frame->rflags = (frame->r11 & flags_of_programs) | interrupts_on | 2;
    handle_syscall(frame);
}

static uint64_t fault_address(void)
{
    uint64_t address;
    if (ring3_is_on())
        return processor_this()->ring3.fault;
    __asm__ volatile("movq %%cr2, %0" : "=r"(address));
    return address;
}

static void handle_page_fault(struct trap_frame *frame)
{
    uint64_t address = fault_address();
    if (is_syscall_in_ring_3(frame, address)) {
        finish_syscall_in_ring_3(frame);
        return;
    }
    if (frame->error & FAULT_RESERVED)
        panic("a page table has a reserved bit set, for 0x%lx", address);
    trap_page_fault(address, frame->error & FAULT_FETCH   ? AREA_EXEC
                             : frame->error & FAULT_WRITE ? AREA_WRITE
                                                          : AREA_READ);
}

static void handle_exception(struct trap_frame *frame)
{
    switch (frame->vector) {
    case VECTOR_PAGE_FAULT: handle_page_fault(frame); break;
    case VECTOR_ILLEGAL: trap_fatal(SIGILL);
    case VECTOR_BREAKPOINT:
        if (!entry_is_at(frame->rip))
            trap_fatal(SIGTRAP);
        handle_syscall(frame);
        break;
    case VECTOR_DEBUG: trap_fatal(SIGTRAP);
    case VECTOR_DIVIDE:
    case VECTOR_X87:
    case VECTOR_SIMD: trap_fatal(SIGFPE);
    case VECTOR_STACK:
    case VECTOR_ALIGNMENT: trap_fatal(SIGBUS);
    case VECTOR_DOUBLE_FAULT:
    case VECTOR_MACHINE: panic("exception %lu, error code 0x%lx", frame->vector, frame->error);
    default: trap_fatal(SIGSEGV);
    }
}

/* Called by trap.S. */
void trap_from_user(struct trap_frame *frame);

void trap_from_user(struct trap_frame *frame)
{
    if (frame->vector == VECTOR_SYSCALL)
        handle_syscall(frame);
    else if (frame->vector >= EXCEPTIONS)
        handle_interrupt(frame->vector);
    else
        handle_exception(frame);
    trap_leave();
}

/* Called by trap.S. */
void trap_from_kernel(struct trap_frame *frame);

void trap_from_kernel(struct trap_frame *frame)
{
    if (frame->vector >= EXCEPTIONS) {
        /* Interrupts are on in arch_wait() only. */
        handle_interrupt(frame->vector);
        return;
    }
    uint64_t address;
    __asm__ volatile("movq %%cr2, %0" : "=r"(address));
    printk("\nkernel trap at ");
    callers_print_address(frame->rip);
    callers_print(frame->rbp);
    panic("exception %lu, error code 0x%lx, cr2 0x%lx", frame->vector, frame->error, address);
}

void arch_wait(void)
{
    if (ring3_is_on()) {
        handle_interrupt(ring3_wait());
        return;
    }
    /* sti takes effect behind the next instruction, so that no interrupt comes between the two. */
    __asm__ volatile("sti; hlt; cli" ::: "memory");
}
