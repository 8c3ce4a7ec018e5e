/* explain.c: see explain.h. */
#include "emu/dbt/explain.h"

#include <stdlib.h>

#include "emu/dbt/emit.h"
#include "emu/dbt/lift.h"
#include "emu/dbt/log.h"
#include "emu/dbt/passes.h"

/* Each pass that changes something, with what it has made of the block. */
static void explain_passes(FILE *file, struct ir_block *block, const struct dbt_options *options)
{
    for (size_t i = 0; i < pass_count; i++) {
        struct ir_block before = *block;

        if (!pass_is_on(&passes[i], options))
            continue;
        passes[i].run(block);
        if (ir_is_same(&before, block)) {
            fprintf(file, "\npass %s: %s; nothing here\n", passes[i].name, passes[i].meaning);
            continue;
        }
        fprintf(file, "\npass %s: %s\n", passes[i].name, passes[i].meaning);
        ir_print(file, block);
    }
}

int dbt_explain(FILE *file, const struct mem *mem, uint64_t pc, const struct dbt_options *options,
                struct err *err)
{
    const struct code_source source = {.mem = mem};
    struct emit_result *result = calloc(1, sizeof *result);
    struct ir_block *block = calloc(1, sizeof *block);
    uint8_t *code = malloc(CACHE_BLOCK_CODE_MAX);
    struct emit_fixed fixed = {0};
    struct homes homes;
    struct x86 x;
    int answer = -1;

    if (result == NULL || block == NULL || code == NULL)
        err_die_oom();
    x = (struct x86){.start = code, .at = code, .end = code + CACHE_BLOCK_CODE_MAX};
    lift_block(block, &source, pc, options);
    if (block->insn_count == 0) {
        err_set(err, "there is no code at 0x%llx", (unsigned long long)pc);
        goto out;
    }
    fprintf(file, "guest code and its IR\n");
    ir_print(file, block);
    explain_passes(file, block, options);
    homes_init(&homes);
    emit_block(&x, block,
               &(struct emit_env){
                   .options = options, .homes = options->regs ? &homes : NULL, .fixed = &fixed},
               result);
    fputs("\nhost code (what all blocks share, and tables, are at 0 here)\n", file);
    dbt_log_host(file, block, code, result->code, x86_here(&x), result->insn_code);
    answer = 0;

out:
    free(code);
    free(block);
    free(result);
    return answer;
}
