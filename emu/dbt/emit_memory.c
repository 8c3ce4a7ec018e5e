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

/* The address as a base and an offset. rax is used, if anything. */
static struct x86_rm address_of(struct emitter *e, const struct ir_op *op)
{
    if (op->a != 0)
        return x86_at(emit_in_reg(e, op->a, X86_RAX), (int32_t)op->offset);
    x86_mov_imm(e->x, X86_RAX, (uint64_t)op->offset);
    return x86_at(X86_RAX, 0);
}

/* Where the operand is, as far as the TLB knows: rcx + rax. Else the interpreter does it. */
static struct x86_rm probe(struct emitter *e, const struct ir_op *op, enum access access,
                           struct cold **cold)
{
    int32_t entries = (int32_t)(offsetof(struct tlb, entries) +
                                (size_t)access * TLB_ENTRIES * sizeof(struct tlb_entry));
    int32_t context = (int32_t)(offsetof(struct tlb, context) + (size_t)access * sizeof(uint64_t));
    struct x86_rm entry = x86_gs(x86_at(X86_RCX, entries));
    int32_t tag_bits = (int32_t)(-(int32_t)MEM_PAGE_SIZE | (op->width / 8 - 1));

    x86_lea(e->x, X86_RAX, address_of(e, op));
    x86_load(e->x, 32, false, X86_RCX, x86_reg(X86_RAX));
    x86_shift(e->x, X86_SHR, 32, x86_reg(X86_RCX), MEM_PAGE_SHIFT - 4);
    x86_alu_imm(e->x, X86_AND, 32, x86_reg(X86_RCX), (TLB_ENTRIES - 1) << 4);
    x86_mov(e->x, X86_RDX, x86_reg(X86_RAX));
    x86_alu_imm(e->x, X86_AND, 64, x86_reg(X86_RDX), tag_bits);
    x86_alu(e->x, X86_ADD, 64, X86_RDX, x86_gs(x86_indexed(X86_NO_REG, X86_NO_REG, 1, context)));
    x86_alu(e->x, X86_CMP, 64, X86_RDX, entry);
    *cold = emit_cold(e, COLD_STEP, x86_jump_if(e->x, X86_NOT_EQUAL), op);
    entry.disp += (int32_t)offsetof(struct tlb_entry, addend);
    x86_mov(e->x, X86_RCX, entry);
    return x86_indexed(X86_RCX, X86_RAX, 1, 0);
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

void emit_load(struct emitter *e, const struct ir_op *op)
{
    enum x86_reg to = emit_target(e, op->rd, X86_RAX);
    struct cold *cold = NULL;
    struct x86_rm at;

    if (e->env->is_board && !e->env->options->inlined_tlb) {
        step_only(e, op);
        return;
    }
    at = e->env->is_board ? probe(e, op, ACCESS_LOAD, &cold) : x86_gs(address_of(e, op));
    x86_load(e->x, op->width, op->op == OP_SEXT, to, at);
    emit_done(e, op->rd, to);
    emit_access_done(e, op, cold);
}

void emit_store(struct emitter *e, const struct ir_op *op)
{
    struct cold *cold = NULL;
    struct x86_rm at;

    if (e->env->is_board && !e->env->options->inlined_tlb) {
        step_only(e, op);
        return;
    }
    at = e->env->is_board ? probe(e, op, ACCESS_STORE, &cold) : x86_gs(address_of(e, op));
    if (ir_has_imm(op))
        x86_store_imm(e->x, op->width, at, (int32_t)op->imm);
    else
        x86_store(e->x, op->width, at, emit_in_reg(e, op->b, X86_RDX));
    emit_access_done(e, op, cold);
}
