/* trap.c: taking exceptions and interrupts; see trap.h. */
#include "emu/cpu/trap.h"

#include "emu/cpu/csr.h"

#define CAUSE_INTERRUPT (UINT64_C(1) << 63) /* set in xcause for interrupts */
#define TVEC_VECTORED   UINT64_C(1)         /* in xtvec: interrupt N goes to base + 4 * N */
#define TVEC_MODE       UINT64_C(3)

/* Where a handler begins (Priv. spec 3.1.7). */
static uint64_t handler(uint64_t tvec, uint64_t cause)
{
    uint64_t base = tvec & ~TVEC_MODE;

    if ((tvec & TVEC_MODE) == TVEC_VECTORED && (cause & CAUSE_INTERRUPT) != 0)
        return base + 4 * (cause & ~CAUSE_INTERRUPT);
    return base;
}

static void enter_s(struct hart *hart, uint64_t cause, uint64_t value)
{
    uint64_t status = hart->mstatus & ~(STATUS_SIE | STATUS_SPIE | STATUS_SPP);

    if ((hart->mstatus & STATUS_SIE) != 0)
        status |= STATUS_SPIE;
    if (hart->mode == MODE_S)
        status |= STATUS_SPP;
    hart->mstatus = status;
    hart->sepc = hart->pc;
    hart->scause = cause;
    hart->stval = value;
    hart->pc = handler(hart->stvec, cause);
    hart->mode = MODE_S;
}

static void enter_m(struct hart *hart, uint64_t cause, uint64_t value)
{
    uint64_t status = hart->mstatus & ~(STATUS_MIE | STATUS_MPIE | STATUS_MPP);

    if ((hart->mstatus & STATUS_MIE) != 0)
        status |= STATUS_MPIE;
    hart->mstatus = status | hart->mode << STATUS_MPP_SHIFT;
    hart->mepc = hart->pc;
    hart->mcause = cause;
    hart->mtval = value;
    hart->pc = handler(hart->mtvec, cause);
    hart->mode = MODE_M;
}

/* A trap never goes to a mode below the one it comes from (Priv. spec 3.1.8). */
static enum mode target(const struct hart *hart, uint64_t delegated, unsigned code)
{
    return hart->mode != MODE_M && (delegated >> code & 1) != 0 ? MODE_S : MODE_M;
}

static void enter(struct hart *hart, enum mode to, uint64_t cause, uint64_t value)
{
    if (to == MODE_S)
        enter_s(hart, cause, value);
    else
        enter_m(hart, cause, value);
    /* What was reserved is another program's business, if the handler switches to one. */
    hart->reservation.valid = 0;
}

void trap_take(struct machine *machine, struct hart *hart)
{
    struct trap trap = hart->trap;
    enum mode to = target(hart, hart->medeleg, trap.cause);

    if (events_want(&machine->events, EVENT_TRAP))
        events_send(&machine->events, &(struct event){.kind = EVENT_TRAP,
                                                      .hart = hart,
                                                      .trap = {trap.cause, trap.value, to}});
    enter(hart, to, trap.cause, trap.value);
}

void interrupt_take(struct machine *machine, struct hart *hart, enum interrupt interrupt)
{
    enum mode to = target(hart, hart->mideleg, interrupt);

    if (events_want(&machine->events, EVENT_INTERRUPT))
        events_send(
            &machine->events,
            &(struct event){.kind = EVENT_INTERRUPT, .hart = hart, .interrupt = {interrupt, to}});
    enter(hart, to, CAUSE_INTERRUPT | interrupt, 0);
}

/* The one of highest priority among those bits (Priv. spec 3.1.9). */
static enum interrupt first(uint64_t pending)
{
    static const enum interrupt order[] = {
        INTERRUPT_M_EXTERNAL, INTERRUPT_M_SOFTWARE, INTERRUPT_M_TIMER,
        INTERRUPT_S_EXTERNAL, INTERRUPT_S_SOFTWARE, INTERRUPT_S_TIMER,
    };

    for (unsigned i = 0; i < sizeof order / sizeof order[0]; i++) {
        if ((pending & INTERRUPT_BIT(order[i])) != 0)
            return order[i];
    }
    return INTERRUPT_NONE;
}

/* A mode's own interrupts wait for its xIE; those of a higher mode do not, those of a lower do. */
enum interrupt interrupt_pending(const struct hart *hart)
{
    uint64_t pending = (hart->lines | hart->mip) & hart->mie;
    bool m_enabled = hart->mode != MODE_M || (hart->mstatus & STATUS_MIE) != 0;
    bool s_enabled =
        hart->mode == MODE_U || (hart->mode == MODE_S && (hart->mstatus & STATUS_SIE) != 0);
    enum interrupt interrupt = INTERRUPT_NONE;

    if (m_enabled)
        interrupt = first(pending & ~hart->mideleg);
    if (interrupt == INTERRUPT_NONE && s_enabled)
        interrupt = first(pending & hart->mideleg);
    return interrupt;
}

bool interrupt_wakes(const struct hart *hart)
{
    return ((hart->lines | hart->mip) & hart->mie) != 0;
}
