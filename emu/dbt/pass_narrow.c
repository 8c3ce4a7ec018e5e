/*
 * pass_narrow.c: finds results of 32 bits whose upper half nobody sees, so that it need not be
 * made.
 *
 *     addw t,a,b     t = add32 a, b        the sign of bit 31 goes to the upper half of t: an
 *     xor  u,t,c     u = xor64 t, c        instruction of the host's, which is not needed if u goes
 *     srliw u,u,7    u = srl32 u, 7        where only its lower half is read, and t is overwritten
 *
 * Goes up the block. A register's upper half is wanted where it is read by an operation whose
 * result depends on it, and wherever the block may be left.
 */
#include "emu/dbt/passes.h"

/* Does the lower half of the result depend on the lower halves of the operands only? */
static bool carries_nothing_down(const struct ir_op *op)
{
    if (op->kind == IR_SCALE)
        return true;
    if (op->kind != IR_ALU)
        return false;
    switch ((unsigned)op->op) {
    case OP_ADD:
    case OP_SUB:
    case OP_AND:
    case OP_OR:
    case OP_XOR:
    case OP_MUL: return true;
    case OP_SLL: return ir_has_imm(op);
    default: return false;
    }
}

/* Does the operation read 32 bits of its operands at most? */
static bool reads_lower_halves(const struct ir_op *op)
{
    return (op->kind == IR_ALU || op->kind == IR_ROTATE) && op->width <= 32;
}

/* The registers whose upper halves it reads, if the one of its result is wanted or not. */
static uint32_t reads_upper(const struct ir_op *op, bool is_wanted)
{
    if (reads_lower_halves(op) || (!is_wanted && carries_nothing_down(op)))
        return 0;
    return ir_reads(op);
}

void pass_narrow(struct ir_block *block)
{
    uint32_t wanted = UINT32_MAX; /* registers whose upper halves are */

    for (unsigned i = block->op_count; i-- > 0;) {
        struct ir_op *op = &block->ops[i];
        bool is_wanted = (ir_writes(op) & wanted) != 0;

        if (op->removed != IR_KEPT)
            continue;
        if (ir_may_leave(op)) {
            wanted = UINT32_MAX;
            continue;
        }
        if (!is_wanted && reads_lower_halves(op) && op->width == 32 && op->op != OP_SEXT &&
            op->op != OP_ZEXT && ir_writes(op) != 0) {
            op->narrow = true;
            op->changed = IR_CHANGED_NARROW;
        }
        wanted &= ~ir_writes(op);
        wanted |= reads_upper(op, is_wanted);
    }
}
