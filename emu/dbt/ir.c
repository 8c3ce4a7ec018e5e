/* ir.c: what an operation reads and writes, and the IR as text; see ir.h. */
#include "emu/dbt/ir.h"

#include "emu/isa/csr.h"
#include "emu/isa/disasm.h"

/* "a0" */
static const char *name_of(unsigned reg)
{
    return isa_register_name('x', reg, NAMES_ABI);
}

static uint32_t bit(unsigned reg)
{
    return reg < 32 ? (UINT32_C(1) << reg) & ~UINT32_C(1) : 0;
}

uint32_t ir_reads(const struct ir_op *op)
{
    switch ((enum ir_kind)op->kind) {
    case IR_CONST: return 0;
    case IR_ROTATE:
    case IR_LOAD: return bit(op->a);
    case IR_CSR: return bit(op->b);
    case IR_ALU:
    case IR_SCALE:
    case IR_AMO:
    case IR_STORE: return bit(op->a) | bit(op->b);
    case IR_STEP:
    case IR_EXIT_IF:
    case IR_GUESS:
    case IR_EXIT:
    case IR_EXIT_REG:
    case IR_EXIT_STEP: break;
    }
    return UINT32_MAX & ~UINT32_C(1);
}

uint32_t ir_writes(const struct ir_op *op)
{
    switch ((enum ir_kind)op->kind) {
    case IR_CONST:
    case IR_ALU:
    case IR_ROTATE:
    case IR_SCALE:
    case IR_LOAD:
    case IR_AMO:
    case IR_CSR:
    case IR_EXIT_REG: return bit(op->rd);
    case IR_STEP: return UINT32_MAX & ~UINT32_C(1); /* it does not say which */
    case IR_STORE:
    case IR_EXIT_IF:
    case IR_GUESS:
    case IR_EXIT:
    case IR_EXIT_STEP: break;
    }
    return 0;
}

bool ir_knows(enum isa_operator op)
{
    switch (op) {
    case OP_ADD:
    case OP_SUB:
    case OP_SLL:
    case OP_SRL:
    case OP_SRA:
    case OP_AND:
    case OP_OR:
    case OP_XOR:
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_GE:
    case OP_LTU:
    case OP_GEU:
    case OP_MUL:
    case OP_MULH:
    case OP_MULHSU:
    case OP_MULHU:
    case OP_DIV:
    case OP_DIVU:
    case OP_REM:
    case OP_REMU:
    case OP_SEXT:
    case OP_ZEXT: return true;
    case OP_NONE:
    case OP_ANDN:
    case OP_SECOND:
    case OP_MIN:
    case OP_MAX:
    case OP_MINU:
    case OP_MAXU:
    case OP_COUNT: break;
    }
    return false;
}

bool ir_may_leave(const struct ir_op *op)
{
    switch ((enum ir_kind)op->kind) {
    case IR_CONST:
    case IR_ALU:
    case IR_ROTATE:
    case IR_SCALE:
    case IR_CSR: return false;
    case IR_LOAD: /* they may fault */
    case IR_STORE:
    case IR_AMO:
    case IR_STEP:
    case IR_EXIT_IF:
    case IR_GUESS:
    case IR_EXIT:
    case IR_EXIT_REG:
    case IR_EXIT_STEP: break;
    }
    return true;
}

bool ir_is_same_op(const struct ir_op *a, const struct ir_op *b)
{
    return a->kind == b->kind && a->op == b->op && a->width == b->width &&
           a->removed == b->removed && a->rd == b->rd && a->a == b->a && a->b == b->b &&
           a->narrow == b->narrow && a->insn == b->insn && a->imm == b->imm &&
           a->offset == b->offset && a->target == b->target;
}

bool ir_is_same(const struct ir_block *a, const struct ir_block *b)
{
    if (a->op_count != b->op_count)
        return false;
    for (unsigned i = 0; i < a->op_count; i++) {
        if (!ir_is_same_op(&a->ops[i], &b->ops[i]))
            return false;
    }
    return true;
}

static const char *changed_reason(enum ir_changed changed)
{
    switch (changed) {
    case IR_UNCHANGED: return "";
    case IR_CHANGED_CONST: return "fold: its operands are known";
    case IR_CHANGED_IMM: return "fold: an operand is known";
    case IR_CHANGED_ADDRESS: return "fold: its base is known";
    case IR_CHANGED_ALWAYS: return "fold: always true";
    case IR_CHANGED_TARGET: return "fold: its target is known";
    case IR_CHANGED_ROTATE: return "fuse: two shifts and this rotate";
    case IR_CHANGED_SCALE: return "fuse: a shift and this add a multiple";
    case IR_CHANGED_NARROW: return "narrow: nobody sees its upper half";
    case IR_CHANGED_EXTEND: return "fuse: a shift and this extend";
    }
    return "?";
}

const char *ir_reason(const struct ir_op *op)
{
    switch ((enum ir_removed)op->removed) {
    case IR_KEPT: return changed_reason((enum ir_changed)op->changed);
    case IR_REMOVED_X0: return "dead: writes x0 only";
    case IR_REMOVED_COPY: return "fold: a register onto itself";
    case IR_REMOVED_NEVER: return "fold: never true";
    case IR_REMOVED_DEAD: return "dead: overwritten before it is seen";
    }
    return "?";
}

static void print_b(FILE *file, const struct ir_op *op)
{
    if (ir_has_imm(op))
        fprintf(file, "%lld", (long long)op->imm);
    else
        fputs(name_of(op->b), file);
}

static void print_address(FILE *file, const struct ir_op *op)
{
    fprintf(file, "[%s", name_of(op->a));
    if (op->offset != 0)
        fprintf(file, " %c %lld", op->offset < 0 ? '-' : '+',
                (long long)(op->offset < 0 ? -op->offset : op->offset));
    fputc(']', file);
}

static void print_csr(FILE *file, const struct ir_op *op)
{
    char csr[16];

    isa_csr_name((unsigned)op->offset, csr, sizeof csr);
    fprintf(file, "%s = %s", name_of(op->rd), csr);
    if (op->op == OP_NONE)
        return;
    fprintf(file, "; %s = %s64 %s, ", csr, isa_operator_name((enum isa_operator)op->op), csr);
    print_b(file, op);
}

void ir_print_op(FILE *file, const struct ir_op *op)
{
    const char *rd = name_of(op->rd);
    const char *a = name_of(op->a);
    const char *name = isa_operator_name((enum isa_operator)op->op);

    switch ((enum ir_kind)op->kind) {
    case IR_CONST: fprintf(file, "%s = 0x%llx", rd, (unsigned long long)op->imm); break;
    case IR_ALU:
        fprintf(file, "%s = %s%u %s, ", rd, name, op->width, a);
        print_b(file, op);
        break;
    case IR_ROTATE:
        fprintf(file, "%s = ror%u %s, %lld", rd, op->width, a, (long long)op->imm);
        break;
    case IR_SCALE:
        fprintf(file, "%s = (%s << %lld) + %s", rd, a, (long long)op->imm, name_of(op->b));
        break;
    case IR_LOAD:
        fprintf(file, "%s = %s%u ", rd, name, op->width);
        print_address(file, op);
        break;
    case IR_STORE:
        fprintf(file, "store%u ", op->width);
        print_address(file, op);
        fputs(", ", file);
        print_b(file, op);
        break;
    case IR_AMO:
        fprintf(file, "%s = atomic %s%u ", rd, name, op->width);
        print_address(file, op);
        fputs(", ", file);
        print_b(file, op);
        break;
    case IR_CSR: print_csr(file, op); break;
    case IR_STEP: fputs("interpret", file); break;
    case IR_EXIT_IF:
        fprintf(file, "if %s%u %s, ", name, op->width, a);
        print_b(file, op);
        fprintf(file, " leave to 0x%llx", (unsigned long long)op->target);
        break;
    case IR_GUESS:
        fprintf(file, "unless %s is 0x%llx leave to %s", a, (unsigned long long)op->target, a);
        break;
    case IR_EXIT: fprintf(file, "leave to 0x%llx", (unsigned long long)op->target); break;
    case IR_EXIT_REG:
        fprintf(file, "leave to %s + %lld", a, (long long)op->offset);
        if (op->rd != 0)
            fprintf(file, ", %s = 0x%llx", rd, (unsigned long long)op->imm);
        break;
    case IR_EXIT_STEP: fputs("leave, to be interpreted", file); break;
    }
}

void ir_print(FILE *file, const struct ir_block *block)
{
    unsigned next = 0;

    for (unsigned i = 0; i < block->insn_count; i++) {
        char text[64];

        isa_disasm_abi(&block->insns[i].insn, block->insns[i].pc, text, sizeof text);
        fprintf(file, "0x%llx  %s\n", (unsigned long long)block->insns[i].pc, text);
        for (; next < block->op_count && block->ops[next].insn == i; next++) {
            const struct ir_op *op = &block->ops[next];

            const char *reason = ir_reason(op);

            fputs(op->removed != IR_KEPT ? "    - " : "      ", file);
            ir_print_op(file, op);
            fprintf(file, reason[0] != '\0' ? "   (%s)\n" : "%s\n", reason);
        }
    }
}
