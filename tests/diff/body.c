/* body.c: the random choices of a body; see body.h. */
#include "tests/diff/body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/isa/encode.h"

enum { A0 = 10, A7 = 17 };

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(2);
}

/* Adds an instruction if its encoding exists and it leaves the reserved registers alone. */
static bool add(struct body *body, enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2,
                int64_t imm)
{
    struct insn *insn = &body->items[body->count];
    uint32_t word = isa_encode(&isa_rows[row], rd, rs1, rs2, imm);

    if (body->count == BODY_MAX || word == 0 || !isa_decode(word, insn))
        return false;
    if (insn->row != &isa_rows[row] || (isa_writes(insn) & body->reserved) != 0)
        return false;
    body->count++;
    return true;
}

bool body_random_operands(struct random *random, enum isa_row_id row, struct insn *insn)
{
    const struct isa_row *wanted = &isa_rows[row];

    for (unsigned tries = 0; tries < 64; tries++) {
        uint32_t word = wanted->match | ((uint32_t)random_next(random) & ~wanted->mask);

        if (isa_decode(word, insn) && insn->row == wanted)
            return true;
    }
    return false;
}

unsigned body_free_register(struct random *random, uint32_t reserved)
{
    for (;;) {
        unsigned reg = 1 + (unsigned)random_below(random, 31);

        if ((reserved >> reg & 1) == 0)
            return reg;
    }
}

/* A register that the body may write, and not x0: for addresses and jump targets. */
static unsigned free_register(struct random *random, const struct body *body)
{
    return body_free_register(random, body->reserved);
}

/* One of the registers that the body prefers. */
static unsigned one_of_few(struct random *random, const struct body *body)
{
    return body->few[random_below(random, BODY_FEW)];
}

/* Any operands; half of the time registers that others use, too. */
static bool add_computation(struct random *random, struct body *body, enum isa_row_id row)
{
    struct insn any;

    if (!body_random_operands(random, row, &any))
        return false;
    if (random_below(random, 2) == 0)
        return add(body, row, any.rd, any.rs1, any.rs2, any.imm);
    return add(body, row, one_of_few(random, body), one_of_few(random, body),
               one_of_few(random, body), any.imm);
}

/* An operation that is not symmetric, into its second operand. */
static bool add_backwards(struct random *random, struct body *body)
{
    static const enum isa_row_id rows[] = {ROW_SUB,  ROW_SUBW, ROW_SLL, ROW_SRLW, ROW_SRA,
                                           ROW_SLTU, ROW_SLT,  ROW_DIV, ROW_REMU, ROW_MULHSU};
    unsigned d = one_of_few(random, body);

    return add(body, rows[random_below(random, 10)], d, (unsigned)random_below(random, 32), d, 0);
}

/* A value that is overwritten before it is read, but where a branch goes over that. */
static bool add_overwritten(struct random *random, struct body *body)
{
    static const enum isa_row_id branches[] = {ROW_BEQ, ROW_BNE, ROW_BLT, ROW_BGEU};
    unsigned d = one_of_few(random, body);
    unsigned a = one_of_few(random, body), b = one_of_few(random, body);
    int64_t over = 8; /* the branch itself, and the next instruction */

    return add(body, ROW_XORI, d, a, 0, (int64_t)random_below(random, 2048)) &&
           add(body, branches[random_below(random, 4)], 0, a, b, over) &&
           add(body, ROW_ADDI, d, b, 0, (int64_t)random_below(random, 2048));
}

/*
 * What compilers write for a rotation, an extension, an index: a shift whose result another shift
 * or an addition takes up. Sometimes something comes between them.
 */
static bool add_idiom(struct random *random, struct body *body)
{
    static const unsigned extensions[] = {32, 48, 56};
    static const enum isa_row_id joins[] = {ROW_OR, ROW_XOR, ROW_ADD};
    unsigned a = one_of_few(random, body), t = one_of_few(random, body);
    unsigned u = one_of_few(random, body), d = one_of_few(random, body);
    unsigned kind = (unsigned)random_below(random, 3);
    int64_t n = 1 + (int64_t)random_below(random, 63);

    if (kind == 0)
        n = extensions[random_below(random, 3)];
    else if (kind == 1)
        n = 1 + (int64_t)random_below(random, 3);
    if (!add(body, ROW_SLLI, t, a, 0, n))
        return false;
    if (random_below(random, 4) == 0 && !add(body, ROW_ADDI, one_of_few(random, body), a, 0, n))
        return false;
    switch (kind) {
    case 0: return add(body, random_below(random, 2) == 0 ? ROW_SRLI : ROW_SRAI, d, t, 0, n);
    case 1: return add(body, ROW_ADD, d, t, u, 0);
    default:
        return add(body, ROW_SRLI, u, a, 0, 64 - n) &&
               add(body, joins[random_below(random, 3)], d, t, u, 0);
    }
}

/* In one of four the address is in another register, and known only when it is executed; in another
 * it is so near to the base, which often is between two pages, that it may be in both. */
static bool add_memory_access(struct random *random, struct body *body, enum isa_row_id row)
{
    const int64_t any_offset = 0x3ff; /* with the 12 bits of the access less than BODY_REACH */
    unsigned address = body->base;
    struct insn any;

    if (!body_random_operands(random, row, &any))
        return false;
    if (random_below(random, 4) == 0) {
        address = free_register(random, body);
        if (!add(body, ROW_ANDI, address, (unsigned)random_below(random, 32), 0, any_offset) ||
            !add(body, ROW_ADD, address, address, body->base, 0))
            return false;
    }
    if (random_below(random, 4) == 0)
        any.imm = (int64_t)random_below(random, 16) - 8;
    return add(body, row, any.rd, address, any.rs2, any.imm);
}

/* Atomics take no offset: another register gets an aligned address in the scratch memory. */
static bool add_atomic(struct random *random, struct body *body, enum isa_row_id row)
{
    unsigned address = free_register(random, body);
    unsigned bytes = isa_rows[row].width / 8u;
    int64_t offset = ((int64_t)random_below(random, 4096 / bytes) - 2048 / bytes) * bytes;
    bool pair = isa_rows[row].kind == KIND_LR;
    enum isa_row_id conditional = isa_rows[row].width == 32 ? ROW_SC_W : ROW_SC_D;
    unsigned rd = (unsigned)random_below(random, 32);
    unsigned rs2 = (unsigned)random_below(random, 32);

    if (pair && rd == address)
        rd = 0;
    if (!add(body, ROW_ADDI, address, body->base, 0, offset) ||
        !add(body, row, rd, address, pair ? 0 : rs2, 0))
        return false;
    if (!pair)
        return true;
    /* Every reservation is used up, with a store in between that may or may not break it. */
    if (random_below(random, 4) == 0 &&
        !add(body, ROW_SB, 0, body->base, rs2, offset + (int64_t)random_below(random, 8)))
        return false;
    return add(body, conditional, free_register(random, body), address, rs2, 0);
}

/* The jump is added with offset 0 and patched when the places of all slots are known. */
static bool add_jump(struct random *random, struct body *body, enum isa_row_id row)
{
    struct body_jump *jump = &body->jumps[body->jump_count];
    bool indirect = isa_rows[row].kind == KIND_JALR;
    unsigned target = free_register(random, body);
    struct insn any;

    if (!body_random_operands(random, row, &any))
        return false;
    jump->from = body->count;
    if (indirect) {
        /* The addi carries the offset, because c.jr and c.jalr have none. */
        jump->item = body->count + 1;
        if (!add(body, ROW_AUIPC, target, 0, 0, 0) || !add(body, ROW_ADDI, target, target, 0, 0) ||
            !add(body, row, any.rd, target, 0, 0))
            return false;
    } else {
        jump->item = body->count;
        /* 2 and not 0: an offset of 0 has no encoding in some formats, and would be a loop. */
        if (!add(body, row, any.rd, any.rs1, any.rs2, 2))
            return false;
    }
    body->jump_count++;
    return true;
}

/* A counter is read, and what it answered is wiped out again. */
static bool add_csr_read(struct random *random, struct body *body, enum isa_row_id row)
{
    unsigned rd = free_register(random, body);

    return add(body, row, rd, 0, 0, (int64_t)(0xc00 + random_below(random, 3))) &&
           add(body, ROW_ANDI, rd, rd, 0, 0);
}

static bool add_system_call(struct body *body)
{
    const int64_t sched_yield_number = 124; /* answers 0 everywhere */

    return (body->reserved & (1u << A0 | 1u << A7)) == 0 &&
           add(body, ROW_ADDI, A7, 0, 0, sched_yield_number) && add(body, ROW_ECALL, 0, 0, 0, 0);
}

bool body_can_have(const struct isa_row *row)
{
    bool csr = row->kind == KIND_CSR || row->kind == KIND_CSR_IMM;

    return strcmp(row->extension, "Priv") != 0 && row->kind != KIND_EBREAK &&
           !(csr && row->op == OP_SECOND); /* csrrw writes, and no CSR can be written */
}

/* One random choice: an instruction of `row` with what it needs around it. */
static bool add_slot(struct random *random, struct body *body, enum isa_row_id row)
{
    switch ((enum isa_kind)isa_rows[row].kind) {
    case KIND_LOAD:
    case KIND_STORE: return add_memory_access(random, body, row);
    case KIND_LR:
    case KIND_SC:
    case KIND_AMO: return add_atomic(random, body, row);
    case KIND_BRANCH:
    case KIND_JAL:
    case KIND_JALR: return add_jump(random, body, row);
    case KIND_CSR:
    case KIND_CSR_IMM: return add_csr_read(random, body, row);
    case KIND_ECALL: return add_system_call(body);
    case KIND_ALU:
    case KIND_ALU_IMM:
    case KIND_LUI:
    case KIND_AUIPC:
    case KIND_FENCE:
    case KIND_FENCE_I: return add_computation(random, body, row);
    case KIND_EBREAK:
    case KIND_MRET:
    case KIND_SRET:
    case KIND_WFI:
    case KIND_SFENCE_VMA:
    case KIND_COUNT: break;
    }
    return false;
}

/* What uniformly chosen rows would rarely come to. */
static bool add_pattern(struct random *random, struct body *body)
{
    switch (random_below(random, 4)) {
    case 0: return add_backwards(random, body);
    case 1: return add_overwritten(random, body);
    default: return add_idiom(random, body);
    }
}

static void fill_slot(struct random *random, struct body *body, uint64_t *row_used)
{
    for (;;) {
        struct body before = *body;
        enum isa_row_id row = (enum isa_row_id)random_below(random, ROW_COUNT);

        if (random_below(random, 8) == 0) {
            if (add_pattern(random, body))
                return;
            *body = before;
        }
        if (body_can_have(&isa_rows[row]) && add_slot(random, body, row)) {
            row_used[row]++;
            return;
        }
        *body = before;
    }
}

/* Byte offset of an item from the start of the body. */
static int64_t item_offset(const struct body *body, unsigned item)
{
    int64_t offset = 0;

    for (unsigned i = 0; i < item; i++)
        offset += body->items[i].length;
    return offset;
}

static void patch_jumps(struct body *body)
{
    for (unsigned i = 0; i < body->jump_count; i++) {
        const struct body_jump *jump = &body->jumps[i];
        struct insn *insn = &body->items[jump->item];
        int64_t offset =
            item_offset(body, body->slot_start[jump->to_slot]) - item_offset(body, jump->from);
        uint32_t word = isa_encode(insn->row, insn->rd, insn->rs1, insn->rs2, offset);

        if (word == 0 || !isa_decode(word, insn))
            die("a jump of a body cannot be encoded");
    }
}

/* The end of the body's loop, in one of the ways of asking whether to go on. */
static void add_loop_end(struct random *random, struct body *body, unsigned counter,
                         unsigned loop_start)
{
    static const struct {
        enum isa_row_id row;
        bool counter_second;
    } ways[] = {{ROW_BNE, false}, {ROW_BLT, true}, {ROW_BLTU, true}, {ROW_BGE, false}};
    unsigned way = (unsigned)random_below(random, 4);
    bool second = ways[way].counter_second;

    add(body, ROW_ADDI, counter, counter, 0, -1);
    add(body, ways[way].row, 0, second ? 0 : counter, second ? counter : 0,
        item_offset(body, loop_start) - item_offset(body, body->count));
}

void body_make(struct body *body, struct random *random, const struct body_wish *wish,
               uint64_t *row_used)
{
    bool loops = random_below(random, 4) == 0;
    unsigned counter = 0, loop_start;

    *body = (struct body){.base = wish->base, .reserved = wish->reserved | 1u << wish->base};
    for (unsigned i = 0; i < BODY_FEW; i++)
        body->few[i] = free_register(random, body);
    if (loops) {
        counter = free_register(random, body);
        add(body, ROW_ADDI, counter, 0, 0, 1 + (int64_t)random_below(random, wish->rounds));
        body->reserved |= 1u << counter;
    }
    loop_start = body->count;
    for (unsigned slot = 0; slot < wish->slots; slot++) {
        unsigned jumps = body->jump_count;

        body->slot_start[slot] = body->count;
        fill_slot(random, body, row_used);
        if (body->jump_count > jumps)
            body->jumps[jumps].to_slot =
                slot + 1 + (unsigned)random_below(random, wish->slots - slot);
    }
    body->slot_start[wish->slots] = body->count;
    if (loops) {
        body->reserved &= ~(1u << counter);
        add_loop_end(random, body, counter, loop_start);
    }
    patch_jumps(body);
}
