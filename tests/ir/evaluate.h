/*
 * evaluate.h: a block of IR, executed as ir.h says what its operations mean, and blocks made of
 * random bytes.
 *
 * What can be seen from outside is hashed: each access with all registers at that moment (it could
 * have faulted), and where and how the block is left. So two blocks do the same if their hashes are
 * equal, for the registers they began with.
 */
#ifndef TRIVIUM_TESTS_IR_EVALUATE_H
#define TRIVIUM_TESTS_IR_EVALUATE_H

#include <stddef.h>

#include "emu/dbt/ir.h"

/* Where bytes come from that decide what a block is: random ones, or a fuzzer's. */
struct ir_source {
    const uint8_t *bytes;
    size_t count, used;
};

/* A block without guest instructions: its operations only, the last of which leaves it. */
void ir_make(struct ir_block *block, struct ir_source *source);

/* Registers to begin with: some of the numbers at which arithmetic goes wrong. */
void ir_make_registers(uint64_t x[32], struct ir_source *source);

uint64_t ir_evaluate(const struct ir_block *block, const uint64_t start[32]);

#endif
