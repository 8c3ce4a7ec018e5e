/*
 * emit_multiply.c: host code for multiplications and divisions.
 *
 * The host's wide forms have their operands in rax and rdx, which no guest register lives in. Its
 * division traps where the guest's has a result (by 0, and the lowest number by -1): both are
 * looked for first, and done in cold code.
 */
#include "emu/dbt/emitter.h"

/* Operand b as an r/m; a number goes to rcx first. */
static struct x86_rm second(struct emitter *e, const struct ir_op *op)
{
    if (!ir_has_imm(op))
        return emit_rm(e, op->b);
    x86_mov_imm(e->x, X86_RCX, (uint64_t)op->imm);
    return x86_reg(X86_RCX);
}

static void multiply_low(struct emitter *e, const struct ir_op *op)
{
    enum x86_reg to = emit_target(e, op->rd, X86_RAX);
    struct x86_rm a = emit_rm(e, op->a);
    struct x86_rm b = ir_has_imm(op) ? a : emit_rm(e, op->b);

    if (ir_has_imm(op)) {
        x86_imul_imm(e->x, op->width, to, a, (int32_t)op->imm);
    } else if (!b.is_memory && b.reg == to) {
        x86_imul(e->x, op->width, to, a);
    } else {
        if (a.is_memory || a.reg != to)
            x86_mov(e->x, to, a);
        x86_imul(e->x, op->width, to, b);
    }
    if (op->width == 32 && !op->narrow)
        x86_load(e->x, 32, true, to, x86_reg(to));
    emit_done(e, op->rd, to);
}

/* A signed by an unsigned number: the unsigned product, less b in its upper half if a < 0. */
static void correct_sign(struct emitter *e, const struct ir_op *op)
{
    x86_mov(e->x, X86_RAX, emit_rm(e, op->a));
    x86_shift(e->x, X86_SAR, 64, x86_reg(X86_RAX), 63);
    x86_alu(e->x, X86_AND, 64, X86_RAX, x86_reg(X86_RCX));
    x86_alu(e->x, X86_SUB, 64, X86_RDX, x86_reg(X86_RAX));
}

void emit_multiply(struct emitter *e, const struct ir_op *op)
{
    if (op->op == OP_MUL) {
        multiply_low(e, op);
        return;
    }
    if (ir_has_imm(op))
        x86_mov_imm(e->x, X86_RCX, (uint64_t)op->imm);
    else
        x86_mov(e->x, X86_RCX, emit_rm(e, op->b));
    x86_mov(e->x, X86_RAX, emit_rm(e, op->a));
    x86_unary(e->x, op->op == OP_MULH ? X86_IMUL : X86_MUL, 64, x86_reg(X86_RCX));
    if (op->op == OP_MULHSU)
        correct_sign(e, op);
    emit_done(e, op->rd, X86_RDX);
}

static bool is_signed(const struct ir_op *op)
{
    return op->op == OP_DIV || op->op == OP_REM;
}

static enum x86_reg divide_result(const struct ir_op *op)
{
    return op->op == OP_DIV || op->op == OP_DIVU ? X86_RAX : X86_RDX;
}

/* Jumps away if the divisor in rcx is 0, or signed and -1: rcx + 1 is then 1 or 0. */
static struct cold *look_for_trap(struct emitter *e, const struct ir_op *op)
{
    if (is_signed(op)) {
        x86_lea(e->x, X86_RDX, x86_at(X86_RCX, 1));
        x86_alu_imm(e->x, X86_CMP, op->width, x86_reg(X86_RDX), 1);
        return emit_cold(e, COLD_DIVIDE_BY_0, x86_jump_if(e->x, X86_NOT_ABOVE), op);
    }
    x86_test(e->x, op->width, X86_RCX, x86_reg(X86_RCX));
    return emit_cold(e, COLD_DIVIDE_BY_0, x86_jump_if(e->x, X86_EQUAL), op);
}

void emit_divide(struct emitter *e, const struct ir_op *op)
{
    struct x86_rm b = second(e, op);
    enum x86_reg result = divide_result(op);
    struct cold *cold;

    if (b.is_memory || b.reg != X86_RCX)
        x86_mov(e->x, X86_RCX, b);
    x86_mov(e->x, X86_RAX, emit_rm(e, op->a));
    cold = look_for_trap(e, op);
    if (is_signed(op))
        x86_sign_to_rdx(e->x, op->width);
    else
        x86_alu(e->x, X86_XOR, 32, X86_RDX, x86_reg(X86_RDX));
    x86_unary(e->x, is_signed(op) ? X86_IDIV : X86_DIV, op->width, x86_reg(X86_RCX));
    cold->back = x86_here(e->x);
    if (op->width == 32 && !op->narrow)
        x86_load(e->x, 32, true, result, x86_reg(result));
    emit_done(e, op->rd, result);
}

/* rax: the dividend, rcx: 0 or -1 (unprivileged spec, table 7.1). */
void emit_cold_divide(struct emitter *e, const struct cold *cold)
{
    const struct ir_op *op = cold->op;
    bool quotient = divide_result(op) == X86_RAX;
    uint32_t not_zero = 0;

    if (is_signed(op)) {
        x86_test(e->x, op->width, X86_RCX, x86_reg(X86_RCX));
        not_zero = x86_jump_if(e->x, X86_NOT_EQUAL);
    }
    if (quotient)
        x86_mov_imm(e->x, X86_RAX, UINT64_MAX);
    else
        x86_mov(e->x, X86_RDX, x86_reg(X86_RAX));
    x86_link(e->x, x86_jump(e->x), cold->back);
    if (!is_signed(op))
        return;
    x86_link(e->x, not_zero, x86_here(e->x));
    if (quotient)
        x86_unary(e->x, X86_NEG, op->width, x86_reg(X86_RAX));
    else
        x86_alu(e->x, X86_XOR, 32, X86_RDX, x86_reg(X86_RDX));
    x86_link(e->x, x86_jump(e->x), cold->back);
}
