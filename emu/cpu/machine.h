/*
 * machine.h: what an engine needs to know of the machine around a hart.
 *
 * The whole machine is one struct that is handed around. An engine reads memory through it, asks it
 * the time, and counts into it; everything else a machine is (devices, a kernel, a process) is its
 * owner's business.
 */
#ifndef TRIVIUM_EMU_CPU_MACHINE_H
#define TRIVIUM_EMU_CPU_MACHINE_H

#include "emu/cpu/mem.h"
#include "emu/isa/isa.h"

/* Instructions executed, by row of the ISA table: what --stats and docs/isa.md are made from. */
struct row_counts {
    uint64_t executed[ROW_COUNT];
};

struct machine {
    struct mem mem;

    /* The `time` CSR in ticks of 10 MHz; `clock_owner` is handed back to it. */
    uint64_t (*read_time)(void *clock_owner);
    void *clock_owner;

    /* Where to count executed rows, or NULL: an engine that is not asked to count pays nothing. */
    struct row_counts *row_counts;
};

#endif
