/*
 * emit_alu.c: host code for arithmetic, logic, shifts and comparisons.
 *
 * The host's instructions have two operands, the guest's three: `d = a op b` is a move and an
 * operation, if d is not a already. An operation of 32 bits is one of 32 bits here, too, and a sign
 * extension.
 */
#include <assert.h>

#include "emu/dbt/emitter.h"

static struct x86_rm reg_rm(enum x86_reg reg)
{
    return x86_reg(reg);
}

static bool is_in(struct x86_rm rm, enum x86_reg reg)
{
    return !rm.is_memory && rm.reg == reg;
}

static void move(struct emitter *e, enum x86_reg to, struct x86_rm from)
{
    if (!is_in(from, to))
        x86_mov(e->x, to, from);
}

/* The result of 32 bits in `reg` becomes one of 64. */
static void extend(struct emitter *e, const struct ir_op *op, enum x86_reg reg)
{
    //@lab 3.6 a result of 32 bits
    if (op->width == 32 && !op->narrow)
        x86_load(e->x, 32, true, reg, reg_rm(reg));
    //| (void)e;
    //| (void)op;
    //| (void)reg;
    //| lab_todo("3.6");
    //@end
}

/* d = a + b by lea, which does not overwrite a. False: it does not fit. */
static bool add_by_lea(struct emitter *e, const struct ir_op *op, enum x86_reg to)
{
    struct x86_rm a = emit_rm(e, op->a);
    struct x86_rm b = ir_has_imm(op) ? reg_rm(X86_RAX) : emit_rm(e, op->b);

    if (op->op != OP_ADD || a.is_memory || b.is_memory || is_in(a, to) ||
        (ir_has_imm(op) && op->imm == 0))
        return false;
    if (ir_has_imm(op))
        x86_lea(e->x, to, x86_at((enum x86_reg)a.reg, (int32_t)op->imm));
    else
        x86_lea(e->x, to, x86_indexed((enum x86_reg)a.reg, (enum x86_reg)b.reg, 1, 0));
    extend(e, op, to);
    return true;
}

/* A register in memory is the first operand and the result: one instruction there. */
static bool in_place(struct emitter *e, const struct ir_op *op, enum x86_alu alu)
{
    struct x86_rm rd = emit_rm(e, op->rd);

    if (!rd.is_memory || op->rd != op->a || op->width != 64)
        return false;
    if (ir_has_imm(op))
        x86_alu_imm(e->x, alu, 64, rd, (int32_t)op->imm);
    else
        x86_alu_to(e->x, alu, 64, rd, emit_in_reg(e, op->b, X86_RCX));
    return true;
}

static void copy(struct emitter *e, const struct ir_op *op)
{
    emit_done(e, op->rd, emit_in_reg(e, op->a, emit_target(e, op->rd, X86_RAX)));
}

/* Operand b is where the result goes, and a is not: the operation has to begin with b. */
static void onto_b(struct emitter *e, const struct ir_op *op, enum x86_alu alu, enum x86_reg to)
{
    if (alu == X86_SUB) { /* a - b is -b + a */
        x86_unary(e->x, X86_NEG, op->width, reg_rm(to));
        alu = X86_ADD;
    }
    x86_alu(e->x, alu, op->width, to, emit_rm(e, op->a));
}

static void two_operands(struct emitter *e, const struct ir_op *op, enum x86_alu alu)
{
    enum x86_reg to = emit_target(e, op->rd, X86_RAX);
    struct x86_rm a = emit_rm(e, op->a);

    if (ir_has_imm(op) && op->imm == 0 && alu != X86_AND && op->width == 64) {
        copy(e, op);
        return;
    }
    if (in_place(e, op, alu))
        return;
    if (add_by_lea(e, op, to)) {
        emit_done(e, op->rd, to);
        return;
    }
    //@lab 3.7 three operands by instructions of two
    if (ir_has_imm(op)) {
        move(e, to, a);
        if (op->imm != 0 || alu == X86_AND)
            x86_alu_imm(e->x, alu, op->width, reg_rm(to), (int32_t)op->imm);
    } else if (is_in(emit_rm(e, op->b), to) && !is_in(a, to)) {
        onto_b(e, op, alu, to);
    } else {
        move(e, to, a);
        x86_alu(e->x, alu, op->width, to, emit_rm(e, op->b));
    }
    //| (void)a;
    //| (void)move;
    //| (void)onto_b;
    //| lab_todo("3.7");
    //@end
    extend(e, op, to);
    emit_done(e, op->rd, to);
}

static void shift(struct emitter *e, const struct ir_op *op, enum x86_shift kind)
{
    enum x86_reg to = emit_target(e, op->rd, X86_RAX);
    struct x86_rm a = emit_rm(e, op->a);

    //@lab 3.8 shifts
    if (ir_has_imm(op)) {
        unsigned count = (unsigned)op->imm & (op->width - 1u);

        move(e, to, a);
        if (count != 0)
            x86_shift(e->x, kind, op->width, reg_rm(to), count);
    } else if (e->env->options->bmi2) {
        x86_shift_by(e->x, kind, op->width, to, a, emit_in_reg(e, op->b, X86_RCX));
    } else {
        x86_mov(e->x, X86_RCX, emit_rm(e, op->b));
        move(e, to, a);
        x86_shift_cl(e->x, kind, op->width, reg_rm(to));
    }
    //| (void)a;
    //| (void)to;
    //| (void)kind;
    //| lab_todo("3.8");
    //@end
    extend(e, op, to);
    emit_done(e, op->rd, to);
}

/* The condition of the host's under which op holds, after a comparison. */
static enum x86_condition condition_of(enum isa_operator op)
{
    //@lab 3.5 which condition of the host?
    switch ((unsigned)op) {
    case OP_EQ: return X86_EQUAL;
    case OP_NE: return X86_NOT_EQUAL;
    case OP_LT: return X86_LESS;
    case OP_GE: return X86_NOT_LESS;
    case OP_LTU: return X86_BELOW;
    default: return X86_NOT_BELOW;
    }
    //| (void)op;
    //| lab_todo("3.5");
    //@end
}

enum x86_condition emit_compare(struct emitter *e, const struct ir_op *op)
{
    struct x86_rm a = emit_rm(e, op->a);
    bool equality = op->op == OP_EQ || op->op == OP_NE;

    if (ir_has_imm(op) && op->imm == 0 && equality && !a.is_memory)
        x86_test(e->x, 64, (enum x86_reg)a.reg, a);
    else if (ir_has_imm(op))
        x86_alu_imm(e->x, X86_CMP, 64, a, (int32_t)op->imm);
    else if (a.is_memory && !emit_rm(e, op->b).is_memory)
        x86_alu_to(e->x, X86_CMP, 64, a, emit_in_reg(e, op->b, X86_RCX));
    else
        x86_alu(e->x, X86_CMP, 64, emit_in_reg(e, op->a, X86_RAX), emit_rm(e, op->b));
    return condition_of((enum isa_operator)op->op);
}

static void set(struct emitter *e, const struct ir_op *op)
{
    enum x86_reg to = emit_target(e, op->rd, X86_RAX);

    x86_set(e->x, emit_compare(e, op), to);
    emit_done(e, op->rd, to);
}

void emit_rotate(struct emitter *e, const struct ir_op *op)
{
    enum x86_reg to = emit_target(e, op->rd, X86_RAX);

    struct x86_rm a = emit_rm(e, op->a);

    if (e->env->options->bmi2 && !is_in(a, to)) {
        x86_rotate_to(e->x, op->width, to, a, (unsigned)op->imm);
    } else {
        move(e, to, a);
        x86_shift(e->x, X86_ROR, op->width, reg_rm(to), (unsigned)op->imm);
    }
    extend(e, op, to);
    emit_done(e, op->rd, to);
}

void emit_scale(struct emitter *e, const struct ir_op *op)
{
    enum x86_reg to = emit_target(e, op->rd, X86_RAX);
    enum x86_reg a = emit_in_reg(e, op->a, X86_RAX);
    enum x86_reg b = emit_in_reg(e, op->b, X86_RCX);

    x86_lea(e->x, to, x86_indexed(b, a, 1U << op->imm, 0));
    emit_done(e, op->rd, to);
}

static void extend_part(struct emitter *e, const struct ir_op *op, bool sign)
{
    enum x86_reg to = emit_target(e, op->rd, X86_RAX);

    x86_load(e->x, op->width, sign, to, emit_rm(e, op->a));
    emit_done(e, op->rd, to);
}

void emit_alu(struct emitter *e, const struct ir_op *op)
{
    switch ((unsigned)op->op) {
    case OP_ADD: two_operands(e, op, X86_ADD); break;
    case OP_SUB: two_operands(e, op, X86_SUB); break;
    case OP_AND: two_operands(e, op, X86_AND); break;
    case OP_OR: two_operands(e, op, X86_OR); break;
    case OP_XOR: two_operands(e, op, X86_XOR); break;
    case OP_SLL: shift(e, op, X86_SHL); break;
    case OP_SRL: shift(e, op, X86_SHR); break;
    case OP_SRA: shift(e, op, X86_SAR); break;
    case OP_SEXT: extend_part(e, op, true); break;
    case OP_ZEXT: extend_part(e, op, false); break;
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_GE:
    case OP_LTU:
    case OP_GEU: set(e, op); break;
    case OP_MUL:
    case OP_MULH:
    case OP_MULHU:
    case OP_MULHSU: emit_multiply(e, op); break;
    case OP_DIV:
    case OP_DIVU:
    case OP_REM:
    case OP_REMU: emit_divide(e, op); break;
    default: assert(false && "an operator that ir_knows()");
    }
}
