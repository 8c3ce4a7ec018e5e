/* isa.c: what follows from a row alone: names, register use, effects. See isa.h. */
#include "emu/isa/isa.h"

#include <assert.h>
#include <stddef.h>

const char *isa_kind_name(enum isa_kind kind)
{
    static const char *const names[KIND_COUNT] = {
        [KIND_ALU] = "alu",       [KIND_ALU_IMM] = "alu-imm",
        [KIND_LUI] = "lui",       [KIND_AUIPC] = "auipc",
        [KIND_LOAD] = "load",     [KIND_STORE] = "store",
        [KIND_BRANCH] = "branch", [KIND_JAL] = "jal",
        [KIND_JALR] = "jalr",     [KIND_LR] = "lr",
        [KIND_SC] = "sc",         [KIND_AMO] = "amo",
        [KIND_CSR] = "csr",       [KIND_CSR_IMM] = "csr-imm",
        [KIND_FENCE] = "fence",   [KIND_FENCE_I] = "fence.i",
        [KIND_ECALL] = "ecall",   [KIND_EBREAK] = "ebreak",
        [KIND_MRET] = "mret",     [KIND_SRET] = "sret",
        [KIND_WFI] = "wfi",       [KIND_SFENCE_VMA] = "sfence.vma",
    };

    assert(kind < KIND_COUNT);
    return names[kind];
}

const char *isa_operator_name(enum isa_operator op)
{
    static const char *const names[OP_COUNT] = {
        [OP_NONE] = "none",   [OP_ADD] = "add",   [OP_SUB] = "sub",       [OP_SLL] = "sll",
        [OP_SRL] = "srl",     [OP_SRA] = "sra",   [OP_AND] = "and",       [OP_OR] = "or",
        [OP_XOR] = "xor",     [OP_ANDN] = "andn", [OP_SECOND] = "second", [OP_EQ] = "eq",
        [OP_NE] = "ne",       [OP_LT] = "lt",     [OP_GE] = "ge",         [OP_LTU] = "ltu",
        [OP_GEU] = "geu",     [OP_MIN] = "min",   [OP_MAX] = "max",       [OP_MINU] = "minu",
        [OP_MAXU] = "maxu",   [OP_MUL] = "mul",   [OP_MULH] = "mulh",     [OP_MULHSU] = "mulhsu",
        [OP_MULHU] = "mulhu", [OP_DIV] = "div",   [OP_DIVU] = "divu",     [OP_REM] = "rem",
        [OP_REMU] = "remu",   [OP_SEXT] = "sext", [OP_ZEXT] = "zext",
    };

    assert(op < OP_COUNT);
    return names[op];
}

/* The bit of register `number`, if it is an integer register that can hold something. */
static uint32_t integer_bit(char class, unsigned number)
{
    return class == 'x' && number != 0 ? UINT32_C(1) << number : 0;
}

uint32_t isa_writes(const struct insn *insn)
{
    return insn->row != NULL ? integer_bit(insn->row->regs[0], insn->rd) : 0;
}

uint32_t isa_reads(const struct insn *insn)
{
    const char *regs = insn->row != NULL ? insn->row->regs : "----";

    return integer_bit(regs[1], insn->rs1) | integer_bit(regs[2], insn->rs2) |
           integer_bit(regs[3], insn->rs3);
}

unsigned isa_effects(const struct isa_row *row)
{
    enum { reads = EFFECT_READS_MEMORY, writes = EFFECT_WRITES_MEMORY, jumps = EFFECT_CHANGES_PC };
    enum { traps = EFFECT_MAY_TRAP, csr = EFFECT_USES_CSR };

    static const uint8_t effects[KIND_COUNT] = {
        [KIND_LOAD] = reads | traps,
        [KIND_STORE] = writes | traps,
        [KIND_BRANCH] = jumps, /* no target is misaligned: with C, an even address is aligned */
        [KIND_JAL] = jumps,
        [KIND_JALR] = jumps,
        [KIND_LR] = reads | traps,
        [KIND_SC] = writes | traps,
        [KIND_AMO] = reads | writes | traps,
        [KIND_CSR] = csr | traps,
        [KIND_CSR_IMM] = csr | traps,
        [KIND_ECALL] = jumps | traps,
        [KIND_EBREAK] = jumps | traps,
        [KIND_MRET] = jumps | traps | csr,
        [KIND_SRET] = jumps | traps | csr,
        [KIND_WFI] = traps,
        [KIND_SFENCE_VMA] = traps,
    };

    return effects[row->kind];
}
