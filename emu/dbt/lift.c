/*
 * lift.c: guest code becomes IR. See lift.h.
 *
 * A block follows the path that execution most likely takes: on beyond a branch forward (as if it
 * were never taken), to where a jump or a call goes, and back from a call that is in the block,
 * where the return address is checked. A short loop that is all of the block is unrolled. The block
 * ends at another branch backward (the end of a loop), at an
 * indirect jump, where it comes to itself, where the interpreter has to do something that may lead
 * anywhere, or when it is long enough. The way out of the path is an exit.
 */
#include "emu/dbt/lift.h"

#include <string.h>

#include "emu/cpu/csr.h"
#include "emu/isa/csr.h"
#include "emu/isa/decode.h"

enum {
    REGISTER_RA = 1,
    CALLS_MAX = 8, /* calls within a block whose returns are awaited */
};

struct lifter {
    struct ir_block *block;
    const struct code_source *source;
    const struct dbt_options *options;
    uint64_t next;  /* where the block goes on */
    unsigned round; /* the instruction with which this round of a loop begins */
    uint64_t calls[CALLS_MAX];
    unsigned call_count;
};

/* Appends an operation of the current instruction. */
static struct ir_op *add(struct lifter *lifter, enum ir_kind kind)
{
    struct ir_op *op = &lifter->block->ops[lifter->block->op_count++];

    *op = (struct ir_op){.kind = (uint8_t)kind, .insn = (uint16_t)(lifter->block->insn_count - 1)};
    return op;
}

static bool is_in_block(const struct ir_block *block, uint64_t pc)
{
    for (unsigned i = 0; i < block->insn_count; i++) {
        if (block->insns[i].pc == pc)
            return true;
    }
    return false;
}

/* May the block go on at `target`? True: it will. */
static bool follow(struct lifter *lifter, uint64_t target)
{
    uint32_t word;

    if (!lifter->options->trace || is_in_block(lifter->block, target) ||
        !code_fetch(lifter->source, target, &word))
        return false;
    lifter->next = target;
    return true;
}

static void add_const(struct lifter *lifter, unsigned rd, uint64_t value)
{
    struct ir_op *op = add(lifter, IR_CONST);

    op->rd = (uint8_t)rd;
    op->imm = (int64_t)value;
}

static void add_exit(struct lifter *lifter, uint64_t target)
{
    add(lifter, IR_EXIT)->target = target;
}

/* rd = op(rs1, b) */
static void lift_alu(struct lifter *lifter, const struct insn *insn, bool imm)
{
    //@lab 3.1 an operation of registers, or of a register and a number
    bool known = ir_knows((enum isa_operator)insn->row->op);
    struct ir_op *op = add(lifter, known ? IR_ALU : IR_STEP);

    op->op = insn->row->op;
    op->width = insn->row->width;
    op->rd = insn->rd;
    op->a = insn->rs1;
    op->b = imm ? IR_IMM : insn->rs2;
    op->imm = insn->imm;
    //| /* What there is no host code for is the interpreter's: IR_STEP. */
    //| (void)lifter;
    //| (void)insn;
    //| (void)imm;
    //| lab_todo("3.1");
    //@end
}

static void lift_memory(struct lifter *lifter, const struct insn *insn, enum ir_kind kind)
{
    //@lab 3.2 a load or a store
    struct ir_op *op = add(lifter, kind);

    op->op = insn->row->op;
    op->width = insn->row->width;
    op->rd = insn->rd;
    op->a = insn->rs1;
    op->b = insn->rs2;
    op->offset = insn->imm;
    //| (void)lifter;
    //| (void)insn;
    //| (void)kind;
    //| lab_todo("3.2");
    //@end
}

/* Does a jump to `target` end a round of the block's loop, and is there room for another? */
static bool another_round(const struct lifter *lifter, uint64_t target)
{
    const struct ir_block *block = lifter->block;
    unsigned length = block->insn_count - lifter->round;

    return lifter->options->unroll && target == block->insns[0].pc && lifter->options->multi &&
           block->insn_count + length <= IR_INSNS_MAX;
}

/* The block goes on at its beginning: a loop is unrolled. */
static void begin_round(struct lifter *lifter)
{
    lifter->next = lifter->block->insns[0].pc;
    lifter->round = lifter->block->insn_count;
}

/* The branch that is taken when `op` is not. */
static enum isa_operator opposite(enum isa_operator op)
{
    switch ((unsigned)op) {
    case OP_EQ: return OP_NE;
    case OP_NE: return OP_EQ;
    case OP_LT: return OP_GE;
    case OP_GE: return OP_LT;
    case OP_LTU: return OP_GEU;
    default: return OP_LTU;
    }
}

/* True: the block goes on behind it, or with another round. */
static bool lift_branch(struct lifter *lifter, const struct insn *insn, uint64_t pc)
{
    uint64_t target = pc + (uint64_t)insn->imm;
    struct ir_op *op = add(lifter, IR_EXIT_IF);

    //@lab 3.3 a branch leaves the block
    op->op = insn->row->op;
    op->width = 64;
    op->a = insn->rs1;
    op->b = insn->rs2;
    op->target = target;
    //| (void)op;
    //| lab_todo("3.3");
    //@end
    if (another_round(lifter, target)) {
        op->op = (uint8_t)opposite((enum isa_operator)insn->row->op);
        op->target = lifter->next;
        begin_round(lifter);
        return true;
    }
    if (insn->imm > 0 && lifter->options->trace)
        return true;
    add_exit(lifter, lifter->next);
    return false;
}

static bool lift_jal(struct lifter *lifter, const struct insn *insn, uint64_t pc)
{
    uint64_t link = lifter->next;
    uint64_t target = pc + (uint64_t)insn->imm;

    if (insn->rd != 0)
        add_const(lifter, insn->rd, link);
    if (insn->rd == 0 && another_round(lifter, target)) {
        begin_round(lifter);
        return true;
    }
    if (!follow(lifter, target)) {
        add_exit(lifter, target);
        return false;
    }
    if (insn->rd == REGISTER_RA && lifter->call_count < CALLS_MAX)
        lifter->calls[lifter->call_count++] = link;
    return true;
}

static bool lift_jalr(struct lifter *lifter, const struct insn *insn)
{
    bool is_return = insn->rd == 0 && insn->rs1 == REGISTER_RA && insn->imm == 0;
    struct ir_op *op;

    if (is_return && lifter->call_count > 0 && lifter->options->ret) {
        uint64_t expected = lifter->calls[--lifter->call_count];

        if (follow(lifter, expected)) {
            op = add(lifter, IR_GUESS);
            op->a = insn->rs1;
            op->target = expected;
            return true;
        }
    }
    op = add(lifter, IR_EXIT_REG);
    op->a = insn->rs1;
    op->offset = insn->imm;
    op->rd = insn->rd;
    op->imm = (int64_t)lifter->next;
    return false;
}

static void lift_amo(struct lifter *lifter, const struct insn *insn)
{
    if (ir_knows_amo((enum isa_operator)insn->row->op)) {
        lift_memory(lifter, insn, IR_AMO);
        lifter->block->ops[lifter->block->op_count - 1].offset = 0; /* imm is its ordering */
    } else {
        add(lifter, IR_STEP);
    }
}

/* True: the block goes on behind it. */
static bool lift_csr(struct lifter *lifter, const struct insn *insn)
{
    bool is_imm = insn->row->kind == KIND_CSR_IMM;
    bool writes = insn->row->op == OP_SECOND || insn->rs1 != 0;
    struct csr_plain plain;
    struct ir_op *op;

    if (insn->imm == CSR_SATP) { /* what follows is fetched from elsewhere */
        add(lifter, IR_EXIT_STEP);
        return false;
    }
    if (lifter->source->space != SPACE_S || !csr_is_plain_in_s((unsigned)insn->imm, &plain)) {
        add(lifter, IR_STEP);
        return true;
    }
    op = add(lifter, IR_CSR);
    op->op = writes ? insn->row->op : OP_NONE;
    op->width = 64;
    op->rd = insn->rd;
    op->b = is_imm ? IR_IMM : insn->rs1;
    op->imm = is_imm ? insn->rs1 : 0;
    op->offset = insn->imm;
    return true;
}

/* Harts take turns, and a host orders more than a guest asks for; but a pause gives the turn away.
 */
static void lift_fence(struct lifter *lifter, const struct insn *insn)
{
    enum { PAUSE = 0x0100000f };

    if (insn->word == PAUSE && lifter->source->page != NULL)
        add(lifter, IR_STEP);
}

/* One instruction. True: the block goes on behind it, at lifter->next. */
static bool lift_insn(struct lifter *lifter, const struct insn *insn, uint64_t pc)
{
    uint64_t imm = (uint64_t)insn->imm;

    switch ((enum isa_kind)insn->row->kind) {
    case KIND_ALU: lift_alu(lifter, insn, false); return true;
    case KIND_ALU_IMM: lift_alu(lifter, insn, true); return true;
    case KIND_LUI: add_const(lifter, insn->rd, imm); return true;
    case KIND_AUIPC: add_const(lifter, insn->rd, pc + imm); return true;
    case KIND_LOAD: lift_memory(lifter, insn, IR_LOAD); return true;
    case KIND_STORE: lift_memory(lifter, insn, IR_STORE); return true;
    case KIND_BRANCH: return lift_branch(lifter, insn, pc);
    case KIND_JAL: return lift_jal(lifter, insn, pc);
    case KIND_JALR: return lift_jalr(lifter, insn);
    case KIND_AMO: lift_amo(lifter, insn); return true;
    case KIND_LR:
    case KIND_SC: add(lifter, IR_STEP); return true;
    case KIND_CSR:
    case KIND_CSR_IMM: return lift_csr(lifter, insn);
    case KIND_FENCE: lift_fence(lifter, insn); return true;
    case KIND_FENCE_I:
    case KIND_ECALL:
    case KIND_EBREAK:
    case KIND_MRET:
    case KIND_SRET:
    case KIND_WFI:
    case KIND_SFENCE_VMA:
    case KIND_COUNT: break;
    }
    add(lifter, IR_EXIT_STEP);
    return false;
}

void lift_block(struct ir_block *block, const struct code_source *source, uint64_t pc,
                const struct dbt_options *options)
{
    struct lifter lifter = {.block = block, .source = source, .options = options, .next = pc};
    unsigned most = options->multi ? IR_INSNS_MAX : 1;
    bool goes_on = true;

    block->insn_count = 0;
    block->op_count = 0;
    //@lab 3.4 one instruction after the other, and where the block ends
    while (goes_on && block->insn_count < most) {
        struct ir_insn *at = &block->insns[block->insn_count];
        uint32_t word;

        if (!code_fetch(source, lifter.next, &word))
            break;
        at->pc = lifter.next;
        block->insn_count++;
        if (!isa_decode(word, &at->insn)) {
            add(&lifter, IR_EXIT_STEP);
            return;
        }
        lifter.next = at->pc + at->insn.length;
        goes_on = lift_insn(&lifter, &at->insn, at->pc);
    }
    if (goes_on && block->insn_count > 0)
        add_exit(&lifter, lifter.next);
    //| (void)most;
    //| (void)goes_on;
    //| (void)lifter;
    //| (void)lift_insn;
    //| lab_todo("3.4");
    //@end
}
