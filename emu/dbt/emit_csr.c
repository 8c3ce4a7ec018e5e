/*
 * emit_csr.c: host code for the control and status registers that only store: those that a trap
 * handler saves and restores. All others the interpreter reads and writes.
 */
#include <assert.h>

#include "emu/cpu/csr.h"
#include "emu/dbt/emitter.h"

/* rax: what was in it; rdx: what will be. */
void emit_csr(struct emitter *e, const struct ir_op *op)
{
    struct csr_plain plain = {0};
    struct x86_rm at;
    bool is_plain = csr_is_plain_in_s((unsigned)op->offset, &plain);

    assert(is_plain && plain.writable == (uint64_t)(int32_t)plain.writable);
    (void)is_plain;
    at = emit_hart_at(plain.member);
    if (op->op != OP_NONE && ir_has_imm(op))
        x86_mov_imm(e->x, X86_RDX, (uint64_t)op->imm);
    else if (op->op != OP_NONE)
        x86_mov(e->x, X86_RDX, emit_rm(e, op->b));
    x86_mov(e->x, X86_RAX, at);
    if (op->op == OP_OR) {
        x86_alu(e->x, X86_OR, 64, X86_RDX, x86_reg(X86_RAX));
    } else if (op->op == OP_ANDN) {
        x86_unary(e->x, X86_NOT, 64, x86_reg(X86_RDX));
        x86_alu(e->x, X86_AND, 64, X86_RDX, x86_reg(X86_RAX));
    }
    if (op->op != OP_NONE) {
        if (plain.writable != UINT64_MAX) { /* the other bits stay */
            x86_alu(e->x, X86_XOR, 64, X86_RDX, x86_reg(X86_RAX));
            x86_alu_imm(e->x, X86_AND, 64, x86_reg(X86_RDX), (int32_t)plain.writable);
            x86_alu(e->x, X86_XOR, 64, X86_RDX, x86_reg(X86_RAX));
        }
        x86_store(e->x, 64, at, X86_RDX);
    }
    emit_done(e, op->rd, X86_RAX);
}
