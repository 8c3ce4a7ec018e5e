/*
 * exit.c: the guest came back; why? See guest.h.
 *
 * Start reading here. This is the monitor's `switch`, as KVM's, and as that of lab 8's loop.
 */
#include "guest/monitor/guest.h"

/* Carries out one privileged instruction on the virtual processor. False: there it is illegal. */
static bool emulate(struct guest *guest, const struct operation *operation)
{
    uint64_t old, operand;

    if (operation->kind == EXIT_CSR) {
        operand = operation->immediate ? operation->source : guest->x[operation->source];
        if (!guest_csr(guest, operation, operand, &old))
            return false;
        if (operation->rd != 0)
            guest->x[operation->rd] = old;
        guest->pc += 4;
        return true;
    }
    if (guest->mode != VIRTUAL_S)
        return false;
    if (operation->kind == EXIT_SRET) {
        guest_sret(guest);
        return true;
    }
    if (operation->kind == EXIT_FENCE)
        guest_drop(guest); /* whatever it names: to forget too much is right */
    else if ((guest->sip & guest->sie) == 0)
        host_wait();
    guest->pc += 4;
    return true;
}

/* An illegal instruction, or one that is patched: `word`. */
static void instruction(struct guest *guest, uint32_t word, bool patched)
{
    struct operation operation;

    if (guest_decode(word, &operation) && emulate(guest, &operation)) {
        guest->exits[patched ? EXIT_PATCHED : operation.kind]++;
        return;
    }
    guest->exits[EXIT_TRAP]++;
    guest_trap(guest, CAUSE_ILLEGAL, word);
}

static void breakpoint(struct guest *guest)
{
    uint32_t word;

    if (!guest_instruction(guest, &word))
        return;
    if (guest_was_patched(guest, word)) {
        instruction(guest, word, true);
        return;
    }
    guest->exits[EXIT_TRAP]++;
    guest_trap(guest, CAUSE_BREAKPOINT, guest->pc);
}

void guest_exit(struct guest *guest, uint64_t cause, uint64_t value)
{
    uint32_t word;

    if (cause == (CAUSE_INTERRUPT | 5)) {
        guest->exits[EXIT_TIMER]++;
        guest->sip |= TIMER_BIT;
        host_timer(UINT64_MAX);
    } else if (cause == CAUSE_ECALL_U && guest->mode == VIRTUAL_S) {
        guest->exits[EXIT_SBI]++;
        guest_firmware(guest);
    } else if (cause == CAUSE_ILLEGAL) {
        if (guest_instruction(guest, &word))
            instruction(guest, word, false);
    } else if (cause == CAUSE_BREAKPOINT) {
        breakpoint(guest);
    } else if (cause == CAUSE_FETCH_PAGE) {
        guest_fault(guest, GUEST_FETCH, value);
    } else if (cause == CAUSE_LOAD_PAGE) {
        guest_fault(guest, GUEST_LOAD, value);
    } else if (cause == CAUSE_STORE_PAGE) {
        guest_fault(guest, GUEST_STORE, value);
    } else {
        guest->exits[EXIT_TRAP]++;
        guest_trap(guest, cause, value);
    }
    guest_interrupt(guest);
}
