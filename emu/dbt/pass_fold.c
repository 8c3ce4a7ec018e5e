/*
 * pass_fold.c: computes what is known already.
 *
 * Going down the block, it keeps which registers hold a known number. An operation on known numbers
 * becomes a constant (lui and addi, auipc and addi); one known number becomes an immediate operand,
 * or part of an address; a branch that is known not to be taken goes.
 */
#include "emu/dbt/passes.h"
#include "emu/isa/eval.h"

struct known {
    uint32_t registers; /* bit N: xN holds value[N] */
    uint64_t value[32];
};

static bool is_known(const struct known *known, unsigned reg)
{
    return reg < 32 && (known->registers >> reg & 1) != 0;
}

static bool fits(int64_t value)
{
    return value == (int32_t)value;
}

/* Does op(a, b) equal op(b, a)? */
static bool commutes(enum isa_operator op)
{
    return op == OP_ADD || op == OP_AND || op == OP_OR || op == OP_XOR || op == OP_EQ ||
           op == OP_NE || op == OP_MUL;
}

/* Operand b becomes an immediate where its value is known, and a too where they can change places.
 */
static void use_known(struct ir_op *op, const struct known *known)
{
    //@lab 5.3 one of two operands is known
    if (!ir_has_imm(op) && is_known(known, op->a) && !is_known(known, op->b) &&
        commutes((enum isa_operator)op->op)) {
        uint8_t a = op->a;

        op->a = op->b;
        op->b = a;
        op->changed = IR_CHANGED_IMM;
    }
    if (is_known(known, op->b) && fits((int64_t)known->value[op->b])) {
        op->imm = (int64_t)known->value[op->b];
        op->b = IR_IMM;
        op->changed = IR_CHANGED_IMM;
    }
    //| (void)op;
    //| (void)known;
    //| (void)commutes;
    //| lab_todo("5.3");
    //@end
}

/* The value of the second operand, if it is known. */
static bool second(const struct ir_op *op, const struct known *known, uint64_t *value)
{
    *value = (uint64_t)op->imm;
    if (ir_has_imm(op))
        return true;
    if (!is_known(known, op->b))
        return false;
    *value = known->value[op->b];
    return true;
}

/* Is it rd = a, as c.mv is after its x0 has become an immediate? */
static bool is_copy(const struct ir_op *op)
{
    return ir_has_imm(op) && op->imm == 0 && op->width == 64 &&
           (op->op == OP_ADD || op->op == OP_SUB || op->op == OP_OR || op->op == OP_XOR ||
            op->op == OP_SLL || op->op == OP_SRL || op->op == OP_SRA);
}

static void fold_alu(struct ir_op *op, const struct known *known)
{
    uint64_t b;

    //@lab 5.2 an operation on numbers that are known
    if (is_known(known, op->a) && second(op, known, &b)) {
        op->imm = (int64_t)alu_eval((enum isa_operator)op->op, op->width, known->value[op->a], b);
        op->kind = IR_CONST;
        op->changed = IR_CHANGED_CONST;
        return;
    }
    use_known(op, known);
    if (is_copy(op) && op->rd == op->a)
        op->removed = IR_REMOVED_COPY;
    //| (void)op;
    //| (void)known;
    //| (void)b;
    //| (void)second;
    //| (void)use_known;
    //| (void)is_copy;
    //| lab_todo("5.2");
    //@end
}

/* A known base goes into the offset, so that the address is a number. */
static void fold_address(struct ir_op *op, const struct known *known)
{
    if (op->a != 0 && is_known(known, op->a) &&
        fits((int64_t)(known->value[op->a] + (uint64_t)op->offset))) {
        op->offset = (int64_t)(known->value[op->a] + (uint64_t)op->offset);
        op->a = 0;
        op->changed = IR_CHANGED_ADDRESS;
    }
}

static void fold_exit(struct ir_op *op, const struct known *known)
{
    uint64_t b;

    //@lab 5.4 a branch that is known
    if (!is_known(known, op->a) || !second(op, known, &b)) {
        use_known(op, known);
        return;
    }
    if (alu_eval((enum isa_operator)op->op, op->width, known->value[op->a], b) != 0) {
        op->kind = IR_EXIT; /* what follows is never reached, and does no harm */
        op->changed = IR_CHANGED_ALWAYS;
    } else {
        op->removed = IR_REMOVED_NEVER;
    }
    //| (void)op;
    //| (void)known;
    //| (void)b;
    //| lab_todo("5.4");
    //@end
}

static void fold(struct ir_op *op, const struct known *known)
{
    switch ((enum ir_kind)op->kind) {
    case IR_ALU: fold_alu(op, known); break;
    case IR_LOAD: fold_address(op, known); break;
    case IR_STORE:
        fold_address(op, known);
        if (is_known(known, op->b) && fits((int64_t)known->value[op->b])) {
            op->imm = (int64_t)known->value[op->b];
            op->b = IR_IMM;
            op->changed = IR_CHANGED_IMM;
        }
        break;
    case IR_EXIT_IF: fold_exit(op, known); break;
    case IR_EXIT_REG:
        if (op->rd == 0 && is_known(known, op->a)) {
            op->target = (known->value[op->a] + (uint64_t)op->offset) & ~UINT64_C(1);
            op->kind = IR_EXIT;
            op->changed = IR_CHANGED_TARGET;
        }
        break;
    case IR_CONST:
    case IR_ROTATE:
    case IR_SCALE:
    case IR_AMO:
    case IR_CSR:
    case IR_STEP:
    case IR_GUESS:
    case IR_EXIT:
    case IR_EXIT_STEP: break;
    }
}

/* What is known behind the operation. */
static void learn(struct known *known, const struct ir_op *op)
{
    //@lab 5.5 what is known behind an operation
    known->registers &= ~ir_writes(op);
    if (op->kind == IR_CONST && op->rd != 0) {
        known->registers |= UINT32_C(1) << op->rd;
        known->value[op->rd] = (uint64_t)op->imm;
    }
    if (op->kind == IR_GUESS && op->a != 0) {
        known->registers |= UINT32_C(1) << op->a;
        known->value[op->a] = op->target;
    }
    //| (void)known;
    //| (void)op;
    //| lab_todo("5.5");
    //@end
}

void pass_fold(struct ir_block *block)
{
    struct known known = {.registers = 1}; /* x0 is 0 */

    for (unsigned i = 0; i < block->op_count; i++) {
        struct ir_op *op = &block->ops[i];

        if (op->removed != IR_KEPT)
            continue;
        fold(op, &known);
        if (op->removed == IR_KEPT)
            learn(&known, op);
    }
}
