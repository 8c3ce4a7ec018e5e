/* priv.c: the privileged instructions; see priv.h. */
#include "emu/cpu/priv.h"

#include "emu/cpu/csr.h"
#include "emu/cpu/mmu.h"
#include "emu/cpu/trap.h"

/* Back to where the trap came from: in `mode`, with mstatus as the trap had found it. */
static enum stop go_back(struct machine *machine, struct hart *hart, enum mode mode,
                         uint64_t status)
{
    if (events_want(&machine->events, EVENT_RETURN))
        events_send(&machine->events,
                    &(struct event){.kind = EVENT_RETURN, .hart = hart, .change = {mode}});
    if (mode != MODE_M)
        status &= ~STATUS_MPRV;
    hart->mstatus = status;
    hart->mode = mode;
    mmu_enter(machine, hart);
    return interrupt_stop(hart);
}

enum stop priv_mret(struct machine *machine, struct hart *hart, uint32_t word, uint64_t *next)
{
    uint64_t status = hart->mstatus & ~(STATUS_MIE | STATUS_MPP);
    enum mode mode = (enum mode)((hart->mstatus & STATUS_MPP) >> STATUS_MPP_SHIFT);

    if (hart->mode != MODE_M)
        return hart_trap(hart, TRAP_ILLEGAL, word);
    if ((hart->mstatus & STATUS_MPIE) != 0)
        status |= STATUS_MIE;
    *next = hart->mepc;
    return go_back(machine, hart, mode, status | STATUS_MPIE);
}

enum stop priv_sret(struct machine *machine, struct hart *hart, uint32_t word, uint64_t *next)
{
    uint64_t status = hart->mstatus & ~(STATUS_SIE | STATUS_SPP);
    enum mode mode = (hart->mstatus & STATUS_SPP) != 0 ? MODE_S : MODE_U;

    if (hart->mode == MODE_U || (hart->mode == MODE_S && (hart->mstatus & STATUS_TSR) != 0))
        return hart_trap(hart, TRAP_ILLEGAL, word);
    if ((hart->mstatus & STATUS_SPIE) != 0)
        status |= STATUS_SIE;
    *next = hart->sepc;
    return go_back(machine, hart, mode, status | STATUS_SPIE);
}

enum stop priv_wfi(struct hart *hart, uint32_t word)
{
    /* A U-mode wfi that lasts is illegal where there is S mode, whatever TW says. */
    if (hart->mode == MODE_U || (hart->mode == MODE_S && (hart->mstatus & STATUS_TW) != 0))
        return hart_trap(hart, TRAP_ILLEGAL, word);
    return STOP_WAIT;
}

enum stop priv_sfence_vma(struct machine *machine, struct hart *hart, uint32_t word,
                          const uint64_t *gva, const uint64_t *asid)
{
    if (hart->mode == MODE_U || (hart->mode == MODE_S && (hart->mstatus & STATUS_TVM) != 0))
        return hart_trap(hart, TRAP_ILLEGAL, word);
    mmu_fence(machine, hart, gva, asid);
    return STOP_COUNT;
}
