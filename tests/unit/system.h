/*
 * system.h: a small board for unit tests: one hart, some RAM, one device that remembers.
 *
 *     gpa 0x10000000   the device: 4 KiB; a load answers what was stored last, plus the offset
 *         0x80000000   RAM: 64 pages
 *
 * Code is put at SYSTEM_CODE, page tables are made page by page from SYSTEM_TABLES on.
 */
#ifndef TRIVIUM_TESTS_UNIT_SYSTEM_H
#define TRIVIUM_TESTS_UNIT_SYSTEM_H

#include "emu/cpu/access.h"
#include "emu/cpu/csr.h"
#include "emu/cpu/engine.h"
#include "emu/cpu/trap.h"
#include "emu/isa/csr.h"
#include "emu/isa/decode.h"
#include "emu/isa/encode.h"
#include "emu/isa/eval.h"

#include <check.h>
#include <stdlib.h>

#define SYSTEM_RAM    UINT64_C(0x80000000)
#define SYSTEM_SIZE   (64 * MEM_PAGE_SIZE)
#define SYSTEM_DEVICE UINT64_C(0x10000000)
#define SYSTEM_CODE   SYSTEM_RAM
#define SYSTEM_TABLES (SYSTEM_RAM + 0x10000)
#define SYSTEM_DATA   (SYSTEM_RAM + 0x20000)

struct system {
    struct machine machine;
    struct hart hart;
    struct tlb tlb;
    struct event_counts counts;
    uint64_t end;    /* gpa after the last instruction that was put */
    uint64_t tables; /* gpa of the next page for a table */
    unsigned loads, stores;
    uint64_t stored;
    uint8_t *ram; /* owned */
};

static inline bool system_mmio_load(void *owner, uint64_t gpa, unsigned width, uint64_t *value)
{
    struct system *system = owner;

    (void)width;
    if (gpa - SYSTEM_DEVICE >= MEM_PAGE_SIZE)
        return false;
    system->loads++;
    *value = system->stored + gpa - SYSTEM_DEVICE;
    return true;
}

static inline bool system_mmio_store(void *owner, uint64_t gpa, unsigned width, uint64_t value)
{
    struct system *system = owner;

    (void)width;
    if (gpa - SYSTEM_DEVICE >= MEM_PAGE_SIZE)
        return false;
    system->stores++;
    system->stored = value;
    return true;
}

static inline uint64_t system_time(void *owner)
{
    (void)owner;
    return 1234;
}

/* A hart out of reset, in M mode, at SYSTEM_CODE. */
static inline struct system *system_new(void)
{
    struct system *system = calloc(1, sizeof *system);
    struct event_reader reader;

    ck_assert_ptr_nonnull(system);
    system->ram = aligned_alloc(MEM_PAGE_SIZE, SYSTEM_SIZE);
    ck_assert_ptr_nonnull(system->ram);
    memset(system->ram, 0, SYSTEM_SIZE);
    system->machine = (struct machine){
        .phys = {.ram = system->ram,
                 .base = SYSTEM_RAM,
                 .size = SYSTEM_SIZE,
                 .mmio_load = system_mmio_load,
                 .mmio_store = system_mmio_store,
                 .owner = system},
        .tlbs = &system->tlb,
        .read_time = system_time,
    };
    reader = event_counts_reader(&system->counts);
    events_add(&system->machine.events, &reader);
    hart_reset(&system->hart, 0, SYSTEM_CODE);
    system->end = SYSTEM_CODE;
    system->tables = SYSTEM_TABLES;
    return system;
}

static inline void system_free(struct system *system)
{
    free(system->ram);
    free(system);
}

/* RAM as the host sees it. */
static inline uint64_t system_peek(const struct system *system, uint64_t gpa)
{
    return host_load(phys_ram(&system->machine.phys, gpa, 8), 64);
}

static inline void system_poke(struct system *system, uint64_t gpa, uint64_t value)
{
    host_store(phys_ram(&system->machine.phys, gpa, 8), 64, value);
}

static inline void system_put_word(struct system *system, uint32_t word)
{
    host_store(phys_ram(&system->machine.phys, system->end, 4), isa_length(word) * 8, word);
    system->end += isa_length(word);
}

static inline void system_put(struct system *system, enum isa_row_id row, unsigned rd, unsigned rs1,
                              unsigned rs2, int64_t imm)
{
    uint32_t word = isa_encode(&isa_rows[row], rd, rs1, rs2, imm);

    ck_assert_uint_ne(word, 0);
    system_put_word(system, word);
}

/* From SYSTEM_CODE on, one instruction. */
static inline enum stop system_step(struct system *system)
{
    return engine_interp.run(&system->machine, &system->hart, system->hart.instret + 1);
}

/* Executes that instruction alone, wherever the hart is; it is put at pc, which must be RAM. */
static inline enum stop system_do(struct system *system, enum isa_row_id row, unsigned rd,
                                  unsigned rs1, unsigned rs2, int64_t imm)
{
    system->end = SYSTEM_CODE;
    system->hart.pc = SYSTEM_CODE;
    system_put(system, row, rd, rs1, rs2, imm);
    return system_step(system);
}

static inline uint64_t system_new_table(struct system *system)
{
    uint64_t table = system->tables;

    ck_assert_uint_lt(table, SYSTEM_DATA);
    system->tables += MEM_PAGE_SIZE;
    return table;
}

static inline uint64_t pte_of(uint64_t gpa, uint64_t flags)
{
    return gpa >> MEM_PAGE_SHIFT << PTE_PPN_SHIFT | flags;
}

/* The gpa of the entry for gva in the table of that level (2: root); makes what lies between. */
static inline uint64_t system_entry(struct system *system, uint64_t gva, unsigned level)
{
    uint64_t table = satp_root(system->hart.satp);
    unsigned at = MMU_LEVELS - 1;

    for (;;) {
        uint64_t entry = table + (gva >> (MEM_PAGE_SHIFT + 9 * at)) % 512 * 8;

        if (at == level)
            return entry;
        if (system_peek(system, entry) == 0)
            system_poke(system, entry, pte_of(system_new_table(system), PTE_V));
        table = system_peek(system, entry) >> PTE_PPN_SHIFT << MEM_PAGE_SHIFT;
        at--;
    }
}

/* Sv39 with an empty root table, and that address space number. */
static inline void system_paging(struct system *system, uint64_t asid)
{
    system->hart.satp = SATP_SV39 << SATP_MODE_SHIFT | asid << SATP_ASID_SHIFT |
                        system_new_table(system) >> MEM_PAGE_SHIFT;
}

/* Maps a page of that level: 0 is 4 KiB, 1 is 2 MiB, 2 is 1 GiB. */
static inline void system_map(struct system *system, uint64_t gva, uint64_t gpa, unsigned level,
                              uint64_t flags)
{
    system_poke(system, system_entry(system, gva, level), pte_of(gpa, flags));
}

#endif
