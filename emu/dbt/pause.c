/* pause.c: looking ahead, and undoing it; see pause.h. */
#include "emu/dbt/pause.h"

#include <assert.h>
#include <string.h>

#include "emu/cpu/access.h"
#include "emu/cpu/engine.h"
#include "emu/isa/decode.h"

static const struct next look_up = {.block = NO_BLOCK};

static void remember(struct pause *pause, uint8_t *hva, uint64_t bytes)
{
    struct undo *undo = &pause->undo[pause->undo_count++];

    assert(pause->undo_count <= UNDO_MAX);
    *undo = (struct undo){.hva = hva, .bytes = bytes};
    memcpy(&undo->old, hva, bytes);
}

/* The byte at gva is accessed on a board: its page's entry may be marked, it may be overwritten. */
static void remember_reached(struct pause *pause, const struct machine *machine,
                             const struct hart *hart, uint64_t gva, uint64_t bytes,
                             enum access access)
{
    struct walk walk = mmu_walk(machine, hart, gva, access);
    uint8_t *hva;

    if (!walk.ok)
        return;
    if (walk.levels > 0 && walk.step[walk.levels - 1].pte != walk.leaf_wanted)
        remember(pause, phys_ram(&machine->phys, walk.step[walk.levels - 1].gpa, sizeof walk.gpa),
                 sizeof walk.gpa);
    hva = phys_ram(&machine->phys, walk.gpa, bytes);
    if (access == ACCESS_STORE && hva != NULL)
        remember(pause, hva, bytes);
}

static void remember_access(struct pause *pause, const struct machine *machine,
                            const struct hart *hart, uint64_t gva, uint64_t bytes,
                            enum access access)
{
    uint64_t rest = MEM_PAGE_SIZE - gva % MEM_PAGE_SIZE;

    if (!machine_is_board(machine)) {
        if (access == ACCESS_STORE && mem_may(&machine->mem, gva, bytes, MEM_WRITE))
            remember(pause, machine->mem.base + gva, bytes);
        return;
    }
    remember_reached(pause, machine, hart, gva, bytes < rest ? bytes : rest, access);
    if (bytes > rest)
        remember_reached(pause, machine, hart, gva + rest, bytes - rest, access);
}

/* Whatever the instruction at hart->pc may overwrite. */
static void remember_insn(struct pause *pause, struct machine *machine, struct hart *hart)
{
    struct insn insn;
    uint32_t word;
    uint64_t gva, bytes;

    if (machine_is_board(machine))
        remember_reached(pause, machine, hart, hart->pc, 1, ACCESS_FETCH);
    if (access_fetch(machine, hart, &word) == STOP_TRAP || !isa_decode(word, &insn))
        return;
    gva = hart->x[insn.rs1];
    bytes = insn.row->width / 8;
    switch ((unsigned)insn.row->kind) {
    case KIND_LOAD:
        remember_access(pause, machine, hart, gva + (uint64_t)insn.imm, bytes, ACCESS_LOAD);
        break;
    case KIND_LR: remember_access(pause, machine, hart, gva, bytes, ACCESS_LOAD); break;
    case KIND_STORE:
        remember_access(pause, machine, hart, gva + (uint64_t)insn.imm, bytes, ACCESS_STORE);
        break;
    case KIND_AMO:
    case KIND_SC: remember_access(pause, machine, hart, gva, bytes, ACCESS_STORE); break;
    default: break;
    }
}

/* Devices do not answer: what they do cannot be undone. The trap is one more reason to stop. */
static bool refuse_load(void *owner, uint64_t gpa, unsigned width, uint64_t *value)
{
    (void)owner, (void)gpa, (void)width, (void)value;
    return false;
}

static bool refuse_store(void *owner, uint64_t gpa, unsigned width, uint64_t value)
{
    (void)owner, (void)gpa, (void)width, (void)value;
    return false;
}

static void undo(struct pause *pause, struct machine *machine, struct hart *hart)
{
    while (pause->undo_count > 0) {
        const struct undo *at = &pause->undo[--pause->undo_count];

        memcpy(at->hva, &at->old, at->bytes);
    }
    *hart = pause->hart;
    machine->code_epoch = pause->code_epoch;
    if (machine_is_board(machine))
        machine->tlbs[hart->mhartid] = pause->tlb;
    pause->done = 0;
}

bool pause_look_ahead(struct pause *pause, struct machine *machine, struct hart *hart,
                      const uint64_t *pcs, unsigned count)
{
    struct phys phys = machine->phys;
    struct row_counts *counts = machine->row_counts;
    unsigned wanted = machine->events.wanted;
    bool on_path = true;

    pause->hart = *hart;
    pause->code_epoch = machine->code_epoch;
    pause->undo_count = 0;
    if (machine_is_board(machine))
        pause->tlb = machine->tlbs[hart->mhartid];
    machine->phys.mmio_load = refuse_load;
    machine->phys.mmio_store = refuse_store;
    machine->row_counts = NULL;
    machine->events.wanted = 0;
    for (pause->done = 0; on_path && pause->done < count; pause->done++) {
        remember_insn(pause, machine, hart);
        on_path = engine_interp.run(machine, hart, hart->instret + 1) == STOP_COUNT &&
                  hart->pc == pcs[pause->done + 1];
    }
    machine->phys = phys;
    machine->row_counts = counts;
    machine->events.wanted = wanted;
    if (!on_path)
        undo(pause, machine, hart);
    return on_path;
}

void pause_begin(struct pause *pause, const struct hart *hart, const struct next *next)
{
    pause->is = true;
    pause->next = *next;
    pause->seen = *hart;
}

struct next pause_end(struct pause *pause, struct machine *machine, struct hart *hart)
{
    if (!pause->is)
        return look_up;
    pause->is = false;
    if (memcmp(&pause->seen, hart, HART_STATE_SIZE) != 0) {
        pause->done = 0;
        return look_up; /* somebody else's doing: what was looked at ahead has happened */
    }
    if (pause->done > 0)
        undo(pause, machine, hart);
    return pause->next;
}
