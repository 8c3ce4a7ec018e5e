/*
 * bench.h: a guest in flat memory, for graders that let code be executed: from address 0 on,
 * everything is allowed.
 */
#ifndef TRIVIUM_LABS_BENCH_H
#define TRIVIUM_LABS_BENCH_H

#include "emu/cpu/machine.h"
#include "emu/isa/isa.h"

struct bench {
    struct machine machine;
    struct hart hart;
    uint8_t *memory; /* so many pages */
    uint64_t end;    /* where bench_put() writes next */
};

/* Lives as long as the grader, which is one test. */
struct bench *bench_new(unsigned pages);

/* Writes that instruction behind the last one. */
void bench_put(struct bench *bench, enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2,
               int64_t imm);

#endif
