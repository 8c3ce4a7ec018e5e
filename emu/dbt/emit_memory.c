/*
 * emit_memory.c: host code for loads and stores, with two back ends.
 *
 * In a process the base of gs is that of the guest's memory, so an access is one instruction: what
 * the guest may not do, the host's page tables forbid, and a signal leads to the interpreter, which
 * looks again and traps.
 *
 * On a board the base of gs is the hart's TLB. It is probed as tlb_find() does:
 *
 *     tag of the entry == (page of the gva | its low bits that must be 0) + context ?
 *
 * An access that is not aligned never matches, so one that leaves the page does not, either. When
 * the probe fails the interpreter does the access and fills the TLB.
 */
#include "emu/cpu/tlb.h"
#include "emu/dbt/emitter.h"

_Static_assert(sizeof(struct tlb_entry) == 16, "the index is shifted by 4");
_Static_assert(sizeof(struct logged_store) == 4 * 8 && offsetof(struct logged_store, value) == 8 &&
                   offsetof(struct logged_store, width) == 16,
               "as note_store() writes it");

/* The address as a base and an offset. rax is used, if anything. */
static struct x86_rm address_of(struct emitter *e, const struct ir_op *op)
{
    if (op->a != 0)
        return x86_at(emit_in_reg(e, op->a, X86_RAX), (int32_t)op->offset);
    return x86_at(X86_NO_REG, (int32_t)op->offset);
}

/* rcx = the offset of the TLB's entry for the page of `gva`. */
static void entry_of(struct emitter *e, enum x86_reg gva)
{
    if (e->env->options->bmi2) {
        x86_rotate_to(e->x, 32, X86_RCX, x86_reg(gva), MEM_PAGE_SHIFT - 4);
    } else {
        x86_load(e->x, 32, false, X86_RCX, x86_reg(gva));
        x86_shift(e->x, X86_SHR, 32, x86_reg(X86_RCX), MEM_PAGE_SHIFT - 4);
    }
    x86_alu_imm(e->x, X86_AND, 32, x86_reg(X86_RCX), (TLB_ENTRIES - 1) << 4);
}

/*
 * Looks at the entry at rcx. What it must have as its tag is made of rdx. Answers the jump to be
 * taken if it has not.
 */
static uint32_t probe(struct emitter *e, enum access access)
{
    int32_t context = (int32_t)(offsetof(struct tlb, context) + (size_t)access * sizeof(uint64_t));

    x86_alu(e->x, X86_ADD, 64, X86_RDX, x86_gs(x86_at(X86_NO_REG, context)));
    x86_alu(e->x, X86_CMP, 64, X86_RDX,
            x86_gs(x86_at(X86_RCX, (int32_t)(offsetof(struct tlb, entries[access])))));
    return x86_jump_if(e->x, X86_NOT_EQUAL);
}

static struct x86_rm addend_at(enum access access)
{
    return x86_gs(x86_at(X86_RCX, (int32_t)(offsetof(struct tlb, entries[access]) +
                                            offsetof(struct tlb_entry, addend))));
}

/* Where the operand is, as far as the TLB knows: gva + rcx. Else the interpreter does it. */
static struct x86_rm probe_one(struct emitter *e, const struct ir_op *op, enum access access,
                               struct cold **cold)
{
    struct x86_rm gva = address_of(e, op);

    x86_lea(e->x, X86_RDX, gva);
    entry_of(e, X86_RDX);
    x86_alu_imm(e->x, X86_AND, 64, x86_reg(X86_RDX),
                (int32_t)(-(int32_t)MEM_PAGE_SIZE | (op->width / 8 - 1)));
    *cold = emit_cold(e, COLD_STEP, probe(e, access), op);
    x86_mov(e->x, X86_RCX, addend_at(access));
    if (gva.reg == X86_NO_REG)
        return x86_at(X86_RCX, gva.disp);
    return x86_indexed((enum x86_reg)gva.reg, X86_RCX, 1, gva.disp);
}

/* May the operation stand between accesses of a window: does it leave rdx and the flow alone? */
static bool may_be_between(const struct ir_op *op)
{
    switch ((enum ir_kind)op->kind) {
    case IR_CONST:
    case IR_ROTATE:
    case IR_SCALE:
    case IR_EXIT_IF: return true; /* it is not taken, as a rule */
    case IR_ALU: return op->op < OP_MULH || op->op > OP_REMU;
    case IR_LOAD:
    case IR_STORE:
    case IR_AMO:
    case IR_CSR:
    case IR_STEP:
    case IR_GUESS:
    case IR_EXIT:
    case IR_EXIT_REG:
    case IR_EXIT_STEP: break;
    }
    return false;
}

/* What the accesses of a window span, from their base. */
struct span {
    int64_t low, high;
    unsigned accesses, end;
    bool stores;
};

/* Is it base = base + a number? What was added to the base is the same for guest and host. */
static bool moves_base(const struct ir_op *op, unsigned base)
{
    return op->kind == IR_ALU && op->op == OP_ADD && op->width == 64 && op->rd == base &&
           op->a == base && ir_has_imm(op);
}

static struct span span_from(const struct emitter *e, unsigned first)
{
    const struct ir_op *ops = e->block->ops;
    struct span span = {.low = INT64_MAX, .high = INT64_MIN, .end = first};
    int64_t moved = 0; /* by how much the base is not what it was */

    for (unsigned i = first; i < e->block->op_count; i++) {
        const struct ir_op *op = &ops[i];
        int64_t low = op->offset + moved;
        int64_t high = low + op->width / 8;

        if (op->removed != IR_KEPT)
            continue;
        if (ir_is_access(op) && op->a == ops[first].a) {
            low = low < span.low ? low : span.low;
            high = high > span.high ? high : span.high;
            if (high - low > (int64_t)MEM_PAGE_SIZE / 4)
                break; /* it would often not be in one page */
            span.low = low;
            span.high = high;
            span.stores |= op->kind == IR_STORE;
            span.accesses++;
            span.end = i + 1;
        } else if (!may_be_between(op)) {
            break;
        }
        if (moves_base(op, ops[first].a))
            moved += op->imm;
        else if ((ir_writes(op) >> ops[first].a & 1) != 0)
            break;
    }
    return span;
}

/*
 * As for one access, but that the tag is made of the address of the last byte: it is right if first
 * and last byte are in the same page. Who may store there may load.
 */
void emit_open_window(struct emitter *e, unsigned first)
{
    const struct ir_op *op = &e->block->ops[first];
    struct cold *cold;
    struct span span;
    enum access access;
    enum x86_reg base;

    if (!e->env->is_board || !e->env->options->window || !e->env->options->inlined_tlb ||
        e->env->counts != NULL || op->removed != IR_KEPT || op->a == 0)
        return;
    span = span_from(e, first);
    if (span.accesses < 2)
        return;
    access = span.stores ? ACCESS_STORE : ACCESS_LOAD;
    base = emit_in_reg(e, op->a, X86_RAX);
    x86_lea(e->x, X86_RDX, x86_at(base, (int32_t)(span.high - 1)));
    if (span.low != 0)
        x86_lea(e->x, X86_RAX, x86_at(base, (int32_t)span.low));
    entry_of(e, span.low != 0 ? X86_RAX : base);
    x86_alu_imm(e->x, X86_AND, 64, x86_reg(X86_RDX), -(int32_t)MEM_PAGE_SIZE);
    cold = emit_cold(e, COLD_WINDOW, probe(e, access), op);
    cold->number = span.end;
    x86_mov(e->x, X86_RDX, addend_at(access));
    e->window = (struct window){.cold = cold, .end = span.end, .open = true};
}

void emit_close_window(struct emitter *e, unsigned done)
{
    if (done + 1 < e->window.end)
        return;
    e->window.open = false;
    e->window.cold->back = x86_here(e->x);
}

/* Where the operand of a load or store is; *cold: the slow way to it, or NULL. */
static struct x86_rm operand_of(struct emitter *e, const struct ir_op *op, struct cold **cold)
{
    *cold = NULL;
    if (!e->env->is_board)
        return x86_gs(address_of(e, op));
    if (e->window.open)
        return x86_indexed(emit_in_reg(e, op->a, X86_RAX), X86_RDX, 1, (int32_t)op->offset);
    return probe_one(e, op, op->kind == IR_LOAD ? ACCESS_LOAD : ACCESS_STORE, cold);
}

/* The interpreter counts what it does; so its way back is behind the counting. */
static void emit_access_done(struct emitter *e, const struct ir_op *op, struct cold *cold)
{
    if (e->env->counts != NULL)
        emit_count(e, op->insn);
    if (cold != NULL)
        cold->back = x86_here(e->x);
}

/* The whole access is a step: the TLB is not to be probed here. */
static void step_only(struct emitter *e, const struct ir_op *op)
{
    struct cold *cold = emit_cold(e, COLD_STEP, x86_jump(e->x), op);

    cold->back = x86_here(e->x);
}

/*
 * As stores_note() does, if stores are to be noted (emu/cpu/stores.h): what the code has stored to,
 * and what is there now. No register is another one afterwards; flags, nobody keeps.
 */
static void note_store(struct emitter *e, unsigned width, struct x86_rm at)
{
    static const enum x86_reg used[] = {X86_RAX, X86_RBX, X86_RCX, X86_RDX};
    enum { USED = sizeof used / sizeof *used };
    const int32_t entries = (int32_t)offsetof(struct store_log, entries);
    struct x86_rm there = x86_at(X86_RAX, 0);

    if (e->env->stores == NULL)
        return;
    there.gs = at.gs;
    for (unsigned i = 0; i < USED; i++)
        x86_push(e->x, used[i]);
    x86_lea(e->x, X86_RAX, at);
    x86_load(e->x, width, false, X86_RCX, there);
    x86_mov_imm(e->x, X86_RDX, (uint64_t)(uintptr_t)e->env->stores);
    x86_mov(e->x, X86_RBX, x86_at(X86_RDX, (int32_t)offsetof(struct store_log, count)));
    x86_alu_imm(e->x, X86_ADD, 64, x86_at(X86_RDX, (int32_t)offsetof(struct store_log, count)), 1);
    x86_alu_imm(e->x, X86_AND, 32, x86_reg(X86_RBX), STORES_MAX - 1);
    x86_shift(e->x, X86_SHL, 32, x86_reg(X86_RBX), 2); /* words of 8 bytes */
    x86_store(e->x, 64, x86_indexed(X86_RDX, X86_RBX, 8, entries), X86_RAX);
    x86_store(e->x, 64, x86_indexed(X86_RDX, X86_RBX, 8, entries + 8), X86_RCX);
    x86_store_imm(e->x, 64, x86_indexed(X86_RDX, X86_RBX, 8, entries + 16), (int32_t)width);
    for (unsigned i = USED; i-- > 0;)
        x86_pop(e->x, used[i]);
}

void emit_load(struct emitter *e, const struct ir_op *op)
{
    enum x86_reg to = emit_target(e, op->rd, X86_RAX);
    struct cold *cold;
    struct x86_rm at;

    if (e->env->is_board && !e->env->options->inlined_tlb) {
        step_only(e, op);
        return;
    }
    at = operand_of(e, op, &cold);
    x86_load(e->x, op->width, op->op == OP_SEXT, to, at);
    emit_done(e, op->rd, to);
    emit_access_done(e, op, cold);
}

void emit_store(struct emitter *e, const struct ir_op *op)
{
    struct cold *cold;
    struct x86_rm at;

    if (e->env->is_board && !e->env->options->inlined_tlb) {
        step_only(e, op);
        return;
    }
    at = operand_of(e, op, &cold);
    if (ir_has_imm(op))
        x86_store_imm(e->x, op->width, at, (int32_t)op->imm);
    else
        x86_store(e->x, op->width, at, emit_in_reg(e, op->b, e->window.open ? X86_RCX : X86_RDX));
    note_store(e, op->width, at);
    emit_access_done(e, op, cold);
}

/* In a process: an operand that is not aligned is left to the interpreter, which traps. */
static struct x86_rm aligned_operand(struct emitter *e, const struct ir_op *op, struct cold **cold)
{
    x86_lea(e->x, X86_RAX, address_of(e, op));
    x86_load(e->x, 32, false, X86_RCX, x86_reg(X86_RAX));
    x86_alu_imm(e->x, X86_AND, 32, x86_reg(X86_RCX), op->width / 8 - 1);
    *cold = emit_cold(e, COLD_STEP, x86_jump_if(e->x, X86_NOT_EQUAL), op);
    return x86_gs(x86_at(X86_RAX, 0));
}

/* rd gets what was in memory, out of the instruction that changes it. */
void emit_amo(struct emitter *e, const struct ir_op *op)
{
    struct cold *cold;
    struct x86_rm at;

    if (e->env->is_board && !e->env->options->inlined_tlb) {
        step_only(e, op);
        return;
    }
    at = e->env->is_board ? probe_one(e, op, ACCESS_STORE, &cold) : aligned_operand(e, op, &cold);
    x86_mov(e->x, X86_RDX, emit_rm(e, op->b));
    if (op->op == OP_ADD)
        x86_lock_xadd(e->x, op->width, at, X86_RDX);
    else
        x86_xchg(e->x, op->width, at, X86_RDX);
    note_store(e, op->width, at);
    if (op->width == 32)
        x86_load(e->x, 32, true, X86_RDX, x86_reg(X86_RDX));
    emit_done(e, op->rd, X86_RDX);
    emit_access_done(e, op, cold);
}
