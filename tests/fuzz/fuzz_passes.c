/*
 * fuzz_passes.c: a block of IR made of the input, and what it does before and after each pass. The
 * first 16 bytes say with which registers.
 */
#include <stdlib.h>
#include <string.h>

#include "emu/dbt/passes.h"
#include "tests/ir/evaluate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t head = size < 16 ? size : 16;
    struct ir_source registers = {.bytes = data, .count = head};
    struct ir_source source = {.bytes = data + head, .count = size - head};
    struct ir_block block, after;
    uint64_t x[32];

    ir_make_registers(x, &registers);
    ir_make(&block, &source);
    for (size_t pass = 0; pass < pass_count; pass++) {
        after = block;
        passes[pass].run(&after);
        if (ir_evaluate(&after, x) != ir_evaluate(&block, x))
            abort();
        block = after;
    }
    return 0;
}
