/*
 * access.h: how an engine reaches memory, whichever sort of memory the machine has.
 *
 * Flat memory (mem.h) is asked first: that is a compare and a look at the page's permission, and
 * for a user-mode process nearly always the end of it. On a board its span is 0, so it refuses
 * every address, and the MMU (mmu.h) has the word.
 *
 * All answer STOP_COUNT (done), STOP_CHANGE (done, by a device) or STOP_TRAP (hart->trap says why).
 */
#ifndef TRIVIUM_EMU_CPU_ACCESS_H
#define TRIVIUM_EMU_CPU_ACCESS_H

#include "emu/cpu/mmu.h"

/* *value = the width-bit number at gva, zero-extended; width is 8, 16, 32 or 64. */
static inline enum stop access_load(struct machine *machine, struct hart *hart, uint64_t gva,
                                    unsigned width, uint64_t *value)
{
    if (mem_load(&machine->mem, gva, width, value))
        return STOP_COUNT;
    return mmu_load(machine, hart, gva, width, value);
}

/* Stores the low `width` bits of value at gva, or nothing. */
static inline enum stop access_store(struct machine *machine, struct hart *hart, uint64_t gva,
                                     unsigned width, uint64_t value)
{
    if (mem_store(&machine->mem, gva, width, value)) {
        machine_note_store(machine, machine->mem.base + gva, width, value);
        return STOP_COUNT;
    }
    return mmu_store(machine, hart, gva, width, value);
}

/* *word = the instruction at hart->pc: 16 bits of it when it is a compressed one. */
static inline enum stop access_fetch(struct machine *machine, struct hart *hart, uint32_t *word)
{
    uint64_t fault;

    if (mem_fetch(&machine->mem, hart->pc, word, &fault))
        return STOP_COUNT;
    if (!machine_is_board(machine))
        return hart_trap(hart, TRAP_FETCH_PAGE, fault);
    return mmu_fetch(machine, hart, word);
}

/* The hva of an aligned operand: see mmu_atomic(). */
static inline enum stop access_atomic(struct machine *machine, struct hart *hart, uint64_t gva,
                                      unsigned width, enum access access, uint8_t **hva)
{
    if (!mem_may(&machine->mem, gva, width / 8, MEM_READ) ||
        (access == ACCESS_STORE && !mem_may(&machine->mem, gva, width / 8, MEM_WRITE)))
        return mmu_atomic(machine, hart, gva, width, access, hva);
    *hva = machine->mem.base + gva;
    return STOP_COUNT;
}

/* May an sc store there? See mmu_may_store(). */
static inline enum stop access_may_store(struct machine *machine, struct hart *hart, uint64_t gva,
                                         unsigned width)
{
    uint8_t *ignored;

    if (machine_is_board(machine))
        return mmu_may_store(machine, hart, gva, width);
    return access_atomic(machine, hart, gva, width, ACCESS_STORE, &ignored);
}

#endif
