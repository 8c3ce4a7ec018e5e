/*
 * pass_dead.c: removes operations whose result nobody can see: it goes to x0, or is overwritten
 * before it is read and before the block can be left. Goes up the block.
 */
#include "emu/dbt/passes.h"

/* Does it do nothing but write a register? */
static bool only_computes(const struct ir_op *op)
{
    return op->kind == IR_CONST || op->kind == IR_ALU || op->kind == IR_ROTATE ||
           op->kind == IR_SCALE;
}

void pass_dead(struct ir_block *block)
{
    //@lab 5.1 remove what nobody can see
    uint32_t live = UINT32_MAX;

    for (unsigned i = block->op_count; i-- > 0;) {
        struct ir_op *op = &block->ops[i];

        if (op->removed != IR_KEPT)
            continue;
        if (only_computes(op) && (ir_writes(op) & live) == 0) {
            op->removed = op->rd == 0 ? IR_REMOVED_X0 : IR_REMOVED_DEAD;
            continue;
        }
        live &= ~ir_writes(op);
        live |= ir_may_leave(op) ? UINT32_MAX : ir_reads(op);
    }
    //| /* What is removed stays, with IR_REMOVED_X0 or IR_REMOVED_DEAD as the reason. */
    //| (void)block;
    //| (void)only_computes;
    //| lab_todo("5.1");
    //@end
}
