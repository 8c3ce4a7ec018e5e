/* trap.c: traps of the virtual processor; see guest.h. */
#include "guest/monitor/guest.h"

/* What S mode may see, U mode may not: other shadows are right in another mode. */
static void enter_mode(struct guest *guest, enum guest_mode mode)
{
    if (guest->mode != mode)
        guest_drop(guest);
    guest->mode = mode;
}

/* A trap changes nothing any more: it happens for ever. (An x86 would have a triple fault.) */
struct before {
    uint64_t pc, mode, sstatus, sepc, scause, stval;
};

static struct before look(const struct guest *guest)
{
    return (struct before){guest->pc,   guest->mode,   guest->sstatus,
                           guest->sepc, guest->scause, guest->stval};
}

static bool is_same(const struct before *a, const struct before *b)
{
    return a->pc == b->pc && a->mode == b->mode && a->sstatus == b->sstatus && a->sepc == b->sepc &&
           a->scause == b->scause && a->stval == b->stval;
}

/* What the real processor would do with a trap into S mode (Priv. spec 3.1.6.1, 4.1.1 to 4.1.9). */
static void take(struct guest *guest, uint64_t cause, uint64_t value)
{
    //@lab 7.3 hand a trap on to the guest's kernel
    uint64_t status = guest->sstatus & ~(SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP);

    if ((guest->sstatus & SSTATUS_SIE) != 0)
        status |= SSTATUS_SPIE;
    if (guest->mode == VIRTUAL_S)
        status |= SSTATUS_SPP;
    guest->sstatus = status;
    guest->sepc = guest->pc;
    guest->scause = cause;
    guest->stval = value;
    guest->pc = guest->stvec & ~UINT64_C(3);
    if ((guest->stvec & 1) != 0 && (cause & CAUSE_INTERRUPT) != 0)
        guest->pc += 4 * (cause & ~CAUSE_INTERRUPT);
    enter_mode(guest, VIRTUAL_S);
    //| (void)guest;
    //| (void)cause;
    //| (void)value;
    //| (void)enter_mode;
    //| lab_todo("7.3");
    //@end
}

void guest_trap(struct guest *guest, uint64_t cause, uint64_t value)
{
    struct before before = look(guest), after;

    take(guest, cause, value);
    after = look(guest);
    if (is_same(&before, &after)) {
        guest->death = "its trap handler traps for ever";
        guest->ended = true;
        guest->status = 1;
    }
}

void guest_interrupt(struct guest *guest)
{
    static const unsigned order[] = {9, 1, 5}; /* external, software, timer: Priv. spec 3.1.9 */
    uint64_t pending = guest->sip & guest->sie;

    if (guest->mode == VIRTUAL_S && (guest->sstatus & SSTATUS_SIE) == 0)
        return;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if ((pending >> order[i] & 1) != 0) {
            guest_trap(guest, CAUSE_INTERRUPT | order[i], 0);
            return;
        }
    }
}

void guest_sret(struct guest *guest)
{
    //@lab 7.4 return from a trap
    uint64_t status = guest->sstatus & ~(SSTATUS_SIE | SSTATUS_SPP);

    enter_mode(guest, (guest->sstatus & SSTATUS_SPP) != 0 ? VIRTUAL_S : VIRTUAL_U);
    if ((guest->sstatus & SSTATUS_SPIE) != 0)
        status |= SSTATUS_SIE;
    guest->sstatus = status | SSTATUS_SPIE;
    guest->pc = guest->sepc;
    //| (void)guest;
    //| lab_todo("7.4");
    //@end
}
