/* evaluate.c: see evaluate.h. */
#include "tests/ir/evaluate.h"

#include <string.h>

#include "emu/isa/eval.h"

static uint8_t next_byte(struct ir_source *source)
{
    return source->used < source->count ? source->bytes[source->used++] : 0;
}

static uint64_t next_number(struct ir_source *source)
{
    static const uint64_t edges[] = {0,
                                     1,
                                     UINT64_MAX,
                                     INT64_MAX,
                                     (uint64_t)INT64_MIN,
                                     INT32_MAX,
                                     UINT64_C(0xffffffff80000000),
                                     UINT32_MAX,
                                     UINT64_C(0x80000000),
                                     31,
                                     32,
                                     63};
    uint8_t choice = next_byte(source);
    uint64_t number = 0;

    if (choice % 16 < sizeof edges / sizeof *edges)
        return edges[choice % 16];
    for (unsigned i = 0; i < (choice >> 4 & 7) + 1U; i++)
        number = number << 8 | next_byte(source);
    return number;
}

/* Few registers, so that operations have to do with each other; x0 is one of them. */
static uint8_t next_register(struct ir_source *source)
{
    static const uint8_t registers[] = {0, 1, 5, 10, 14, 15, 18, 31};

    return registers[next_byte(source) % sizeof registers];
}

/* b: a register, or a number that fits an immediate. */
static void make_second(struct ir_op *op, struct ir_source *source)
{
    if (next_byte(source) % 2 == 0) {
        op->b = next_register(source);
    } else {
        op->b = IR_IMM;
        op->imm = (int32_t)next_number(source);
    }
}

static void make_alu(struct ir_op *op, struct ir_source *source)
{
    static const uint8_t narrow[] = {OP_ADD, OP_SUB, OP_SLL,  OP_SRL, OP_SRA,
                                     OP_MUL, OP_DIV, OP_DIVU, OP_REM, OP_REMU};
    uint8_t choice = next_byte(source);

    op->kind = IR_ALU;
    op->rd = next_register(source);
    op->a = next_register(source);
    make_second(op, source);
    op->width = choice % 4 == 0 ? 32 : 64;
    if (choice % 4 == 0) {
        op->op = narrow[choice / 4 % sizeof narrow];
    } else {
        do {
            op->op = (uint8_t)(OP_ADD + choice++ % (OP_SEXT - OP_ADD));
        } while (!ir_knows((enum isa_operator)op->op));
    }
    if (ir_has_imm(op) && (op->op == OP_SLL || op->op == OP_SRL || op->op == OP_SRA))
        op->imm &= op->width - 1;
}

/* Pairs of shifts of one register, which passes look for. */
static void make_shift(struct ir_op *op, struct ir_source *source)
{
    static const uint8_t amounts[] = {1, 2, 3, 7, 25, 31, 32, 33, 48, 56, 57};
    static const uint8_t shifts[] = {OP_SLL, OP_SRL, OP_SRA};
    uint8_t choice = next_byte(source);

    *op = (struct ir_op){.kind = IR_ALU,
                         .op = shifts[choice % 3],
                         .width = choice % 8 < 2 ? 32 : 64,
                         .rd = next_register(source),
                         .a = next_register(source),
                         .b = IR_IMM,
                         .imm = amounts[next_byte(source) % sizeof amounts]};
    op->imm &= op->width - 1;
}

static void make_other(struct ir_op *op, struct ir_source *source)
{
    uint8_t choice = next_byte(source);

    op->rd = next_register(source);
    op->a = next_register(source);
    op->width = (uint8_t)(8U << choice % 4);
    op->offset = next_byte(source) - 128;
    switch (choice / 4 % 5) {
    case 0:
        op->kind = IR_LOAD;
        op->op = op->width == 64 || choice >= 128 ? OP_SEXT : OP_ZEXT;
        break;
    case 1:
        op->kind = IR_STORE;
        op->b = next_register(source);
        break;
    case 2:
        op->kind = IR_EXIT_IF;
        op->op = (uint8_t)(OP_EQ + choice % 6);
        op->width = 64;
        op->b = next_register(source);
        op->target = choice * 2U;
        break;
    case 3:
        op->kind = IR_GUESS;
        op->target = choice * 2U;
        break;
    default:
        op->kind = IR_CONST;
        op->imm = (int64_t)next_number(source);
        break;
    }
}

void ir_make(struct ir_block *block, struct ir_source *source)
{
    unsigned count = 1 + next_byte(source) % (IR_INSNS_MAX - 1);

    block->insn_count = count;
    block->op_count = count;
    for (unsigned i = 0; i < count; i++) {
        struct ir_op *op = &block->ops[i];
        uint8_t choice = next_byte(source) % 8;

        *op = (struct ir_op){0};
        if (i + 1 == count)
            *op = (struct ir_op){.kind = choice < 4 ? IR_EXIT : IR_EXIT_REG,
                                 .a = next_register(source),
                                 .rd = next_register(source),
                                 .imm = 4,
                                 .target = 2};
        else if (choice < 4)
            make_alu(op, source);
        else if (choice < 6)
            make_shift(op, source);
        else
            make_other(op, source);
        op->insn = (uint16_t)i;
    }
}

void ir_make_registers(uint64_t x[32], struct ir_source *source)
{
    x[0] = 0;
    for (unsigned i = 1; i < 32; i++)
        x[i] = next_number(source);
}

static uint64_t hash(uint64_t so_far, uint64_t value)
{
    so_far = (so_far ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return so_far ^ so_far >> 29;
}

static uint64_t hash_registers(uint64_t so_far, const uint64_t x[32])
{
    for (unsigned i = 0; i < 32; i++)
        so_far = hash(so_far, x[i]);
    return so_far;
}

static uint64_t rotate(const struct ir_op *op, uint64_t a)
{
    unsigned n = (unsigned)op->imm;

    return op->width == 64 ? a >> n | a << (64 - n)
                           : (uint64_t)(int32_t)((uint32_t)a >> n | (uint32_t)a << (32 - n));
}

/* True: the block is left. */
static bool execute(const struct ir_op *op, uint64_t x[32], uint64_t *seen)
{
    uint64_t a = x[op->a], b = ir_has_imm(op) ? (uint64_t)op->imm : x[op->b % 32];

    if (ir_is_access(op))
        *seen = hash_registers(*seen, x);
    switch ((enum ir_kind)op->kind) {
    case IR_CONST: x[op->rd] = (uint64_t)op->imm; break;
    case IR_ALU: x[op->rd] = alu_eval((enum isa_operator)op->op, op->width, a, b); break;
    case IR_ROTATE: x[op->rd] = rotate(op, a); break;
    case IR_SCALE: x[op->rd] = (a << op->imm) + b; break;
    case IR_LOAD: /* memory is a function of the address and of what was seen before */
        *seen = hash(*seen, a + (uint64_t)op->offset);
        x[op->rd] = alu_eval((enum isa_operator)op->op, op->width, *seen, 0);
        break;
    case IR_STORE:
        *seen = hash(hash(*seen, a + (uint64_t)op->offset), zero_extend(b, op->width));
        break;
    case IR_EXIT_IF:
        if (alu_eval((enum isa_operator)op->op, op->width, a, b) == 0)
            break;
        *seen = hash(hash_registers(*seen, x), op->target);
        return true;
    case IR_GUESS:
        if (a == op->target)
            break;
        *seen = hash(hash_registers(*seen, x), a & ~UINT64_C(1));
        return true;
    case IR_EXIT: *seen = hash(hash_registers(*seen, x), op->target); return true;
    case IR_EXIT_REG:
        x[op->rd] = (uint64_t)op->imm;
        x[0] = 0;
        *seen = hash(hash_registers(*seen, x), (a + (uint64_t)op->offset) & ~UINT64_C(1));
        return true;
    case IR_AMO:
    case IR_CSR:
    case IR_STEP:
    case IR_EXIT_STEP: return true; /* none is made */
    }
    if (op->narrow) /* as the host has it */
        x[op->rd] = (uint32_t)x[op->rd];
    x[0] = 0;
    return false;
}

uint64_t ir_evaluate(const struct ir_block *block, const uint64_t start[32])
{
    uint64_t x[32], seen = 1;

    memcpy(x, start, sizeof x);
    for (unsigned i = 0; i < block->op_count; i++) {
        const struct ir_op *op = &block->ops[i];

        if (op->removed == IR_KEPT && execute(op, x, &seen))
            break;
    }
    return seen;
}
