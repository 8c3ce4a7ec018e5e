/*
 * dbt.h: the dynamic binary translator, as an engine (emu/cpu/engine.h).
 *
 *     dispatcher (dbt.c):  the block at pc -> not there: translate it -> execute -> why back?
 *
 *     guest code --lift.c--> IR --pass_*.c--> IR --emit*.c--> host code --> cache.c
 *
 * Whatever it has no host code for it leaves to the interpreter, one instruction at a time.
 *
 * Read next: ir.h, then dbt.c. Whoever looks on: translate.h, keep.h, inspect.h, save.h, pause.h.
 */
#ifndef TRIVIUM_EMU_DBT_DBT_H
#define TRIVIUM_EMU_DBT_DBT_H

#include "emu/cpu/engine.h"
#include "lib/err.h"

/* What it did, for --stats. */
struct dbt_counts {
    uint64_t blocks;       /* translated */
    uint64_t insns;        /* guest instructions in them */
    uint64_t code;         /* bytes of host code of them */
    uint64_t chained;      /* exits linked to their block */
    uint64_t lookups;      /* of blocks, by the dispatcher */
    uint64_t steps;        /* instructions left to the interpreter */
    uint64_t cleared;      /* times that all code was dropped */
    uint64_t rehomed;      /* times that registers got other homes */
    uint64_t translate_ns; /* time that translating took */
};

extern const struct engine engine_dbt;

/* -1: this host cannot, the reason says why. */
int dbt_probe(struct err *reason);

/* Those of an attached machine. */
const struct dbt_counts *dbt_counts(const struct machine *machine);

/* All code goes whenever there are so many bytes of it (and some KiB at least), and not only when
 * there is no more room: for those who want to see that. Between two runs. */
void dbt_limit_code(struct machine *machine, uint32_t bytes);

#endif
