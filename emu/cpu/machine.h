/*
 * machine.h: what an engine needs to know of the machine around a hart.
 *
 * The whole machine is one struct that is handed around. An engine reads memory through it, asks it
 * the time, and counts into it; everything else a machine is (devices, a kernel, a process) is its
 * owner's business.
 *
 * There are two sorts. In a user-mode process memory is flat (mem.h), a hart has U mode only, and
 * an owner fills in `mem`. On a board memory is physical (phys.h), harts have all modes and may
 * translate addresses (mmu.h), and an owner fills in `phys` and `tlbs`.
 */
#ifndef TRIVIUM_EMU_CPU_MACHINE_H
#define TRIVIUM_EMU_CPU_MACHINE_H

#include "emu/cpu/events.h"
#include "emu/cpu/mem.h"
#include "emu/cpu/phys.h"
#include "emu/cpu/stores.h"
#include "emu/cpu/tlb.h"
#include "emu/isa/isa.h"

/* Instructions executed, by row of the ISA table: what --stats and docs/isa.md are made from. */
struct row_counts {
    uint64_t executed[ROW_COUNT];
};

struct machine {
    struct mem mem;   /* of a process; on a board span is 0 */
    struct phys phys; /* of a board */
    struct tlb *tlbs; /* of a board: one for each hart, by mhartid; see tlb.h */
    bool planted;     /* of a board: its harts have CSR_PLANTED (csr.h) */

    /* The `time` CSR in ticks of 10 MHz; `clock_owner` is handed back to it. */
    uint64_t (*read_time)(void *clock_owner);
    void *clock_owner;

    /* Where to count executed rows, or NULL: an engine that is not asked to count pays nothing. */
    struct row_counts *row_counts;

    struct store_log *stores; /* where to note stores, or NULL; set before an engine is attached */

    struct events events; /* who wants to know what happens */

    /*
     * The next run()'s `until` is an onlooker's (a stepper, a checkpoint), and not one at which the
     * owner has something to do. An engine that keeps something goes on from there as if it had not
     * stopped: what it keeps is then a matter of what was executed, and not of where anybody
     * looked. Only for a machine whose clock is determined.
     */
    bool observed;

    /*
     * Moves on whenever code may have changed: at a fence.i, and by the owner's doing (a program or
     * a state is loaded, a page is unmapped). What an engine has kept of code may be wrong then.
     */
    uint64_t code_epoch;
    void *engine_state; /* the engine's; see attach in engine.h */
};

static inline bool machine_is_board(const struct machine *machine)
{
    return machine->mem.span == 0;
}

/* A store to there is done, and may have to be noted. */
static inline void machine_note_store(const struct machine *machine, const uint8_t *hva,
                                      unsigned width, uint64_t value)
{
    uint64_t base = (uint64_t)(uintptr_t)machine->mem.base; /* on a board 0 */

    if (machine->stores != NULL)
        stores_note(machine->stores, (uint64_t)(uintptr_t)hva - base, width, value);
}

/* The hart's TLB; NULL: a process has none. */
static inline struct tlb *machine_tlb(const struct machine *machine, const struct hart *hart)
{
    return machine_is_board(machine) ? &machine->tlbs[hart->mhartid] : NULL;
}

#endif
