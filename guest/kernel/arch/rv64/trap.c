/* Traps of RV64: what scause says, in the words of the shared kernel. */
#include "guest/kernel/trap.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/arch/rv64/csr.h"
#include "guest/kernel/callers.h"
#include "guest/kernel/cpu.h"
#include "guest/kernel/irq.h"
#include "guest/kernel/sched.h"

#include <machine/frame.h>

#include <signal.h>

enum { SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, REGISTER_A0 = 10, REGISTER_A7 = 17, REGISTER_SP = 2 };

static void handle_interrupt(uint64_t number)
{
    switch (number) {
    case INTERRUPT_SOFTWARE:
        CSR_CLEAR(sip, 1 << INTERRUPT_SOFTWARE);
        sched_called();
        break;
    case INTERRUPT_TIMER: sched_timer(); break;
    case INTERRUPT_EXTERNAL: irq_dispatch(); break;
    default: panic("interrupt %lu", number);
    }
}

void arch_wait(void)
{
    /* Interrupts are off, and wfi ends all the same when one is pending. */
    __asm__ volatile("wfi" ::: "memory");
    uint64_t pending = CSR_READ(sip) & CSR_READ(sie);
    const uint64_t numbers[] = {INTERRUPT_SOFTWARE, INTERRUPT_TIMER, INTERRUPT_EXTERNAL};
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
        if (pending >> numbers[i] & 1)
            handle_interrupt(numbers[i]);
    }
}

static void handle_exception(struct trap_frame *frame, uint64_t cause, uint64_t address)
{
    switch (cause) {
    case CAUSE_ECALL_USER:
        frame->pc += 4;
        frame->x[REGISTER_A0] =
            (uint64_t)trap_syscall(frame->x[REGISTER_A7], &frame->x[REGISTER_A0]);
        break;
    case CAUSE_FETCH_PAGE: trap_page_fault(address, AREA_EXEC); break;
    case CAUSE_LOAD_PAGE: trap_page_fault(address, AREA_READ); break;
    case CAUSE_STORE_PAGE: trap_page_fault(address, AREA_WRITE); break;
    case CAUSE_ILLEGAL: trap_fatal(SIGILL);
    case CAUSE_BREAKPOINT: trap_fatal(SIGTRAP);
    default: trap_fatal(SIGBUS);
    }
}

/* Called by trap.S. */
void trap_from_user(struct trap_frame *frame);

void trap_from_user(struct trap_frame *frame)
{
    uint64_t cause = CSR_READ(scause);
    if (cause & CAUSE_INTERRUPT)
        handle_interrupt(cause & ~CAUSE_INTERRUPT);
    else
        handle_exception(frame, cause, CSR_READ(stval));
    trap_leave();
}

/* Called by trap.S. */
_Noreturn void trap_from_kernel(uint64_t ra, uint64_t s0, uint64_t pc);

void trap_from_kernel(uint64_t ra, uint64_t s0, uint64_t pc)
{
    printk("\nkernel trap at ");
    callers_print_address(pc);
    printk("called from ");
    callers_print_address(ra);
    callers_print(s0);
    panic("scause %lu, stval 0x%lx", CSR_READ(scause), CSR_READ(stval));
}

void arch_frame_init(struct trap_frame *frame, uint64_t entry, uint64_t sp)
{
    *frame = (struct trap_frame){.pc = entry};
    frame->x[REGISTER_SP] = sp;
}

void arch_frame_set_result(struct trap_frame *frame, int64_t value)
{
    frame->x[REGISTER_A0] = (uint64_t)value;
}
