/*
 * isa.h: the guest ISA as one table, and what decoding a word yields.
 *
 * Every instruction is one row of rv64.def. The row says how the word looks (pattern), where its
 * operands sit (format), how operands move (kind), what is computed (operator, width) and what it
 * means in one line. The decoder, the disassembler, the interpreters, the translator and
 * docs/isa.md all read that row; nothing about an instruction is written down twice.
 *
 * A compressed (C) instruction is a row too, but only as another *encoding*: it names its base
 * row, from which it takes kind, operator and width. Who executes a decoded instruction cannot
 * tell c.addi from addi, but for its length.
 *
 * Read next: rv64.def, then decode.h, then eval.h.
 * Source: The RISC-V Instruction Set Manual, volumes I and II (20191213 / 20211203).
 */
#ifndef TRIVIUM_EMU_ISA_ISA_H
#define TRIVIUM_EMU_ISA_ISA_H

#include <stdbool.h>
#include <stdint.h>

/* How operands move: one short function in an interpreter, one case in the translator's lifter. */
enum isa_kind {
    KIND_ALU,        /* rd = op(rs1, rs2) */
    KIND_ALU_IMM,    /* rd = op(rs1, imm) */
    KIND_LUI,        /* rd = imm */
    KIND_AUIPC,      /* rd = pc + imm */
    KIND_LOAD,       /* rd = op(memory[rs1 + imm]); op extends the width-bit value */
    KIND_STORE,      /* memory[rs1 + imm] = rs2, width bits */
    KIND_BRANCH,     /* if op(rs1, rs2): pc += imm */
    KIND_JAL,        /* rd = pc + length; pc += imm */
    KIND_JALR,       /* rd = pc + length; pc = (rs1 + imm) & ~1 */
    KIND_LR,         /* rd = memory[rs1]; reserve it */
    KIND_SC,         /* if reserved: memory[rs1] = rs2, rd = 0; else rd = 1 */
    KIND_AMO,        /* rd = memory[rs1]; memory[rs1] = op(rd, rs2); atomically */
    KIND_CSR,        /* rd = csr[imm]; csr[imm] = op(rd, rs1) */
    KIND_CSR_IMM,    /* rd = csr[imm]; csr[imm] = op(rd, the number in the rs1 field) */
    KIND_FENCE,      /* orders memory accesses */
    KIND_FENCE_I,    /* makes stores visible to instruction fetch */
    KIND_ECALL,      /* traps into the execution environment: a system call */
    KIND_EBREAK,     /* traps to a debugger */
    KIND_MRET,       /* returns from an M-mode trap */
    KIND_SRET,       /* returns from an S-mode trap */
    KIND_WFI,        /* waits for an interrupt */
    KIND_SFENCE_VMA, /* orders page-table stores before later translations */
    KIND_COUNT
};

/*
 * What is computed. alu_eval() in eval.h is the one evaluator of each: `a` is the first operand
 * (rs1, the loaded value, the old CSR), `b` the second (rs2, the immediate).
 */
enum isa_operator {
    OP_NONE, /* nothing is computed: the kind says it all */
    OP_ADD,
    OP_SUB,
    OP_SLL,
    OP_SRL,
    OP_SRA,
    OP_AND,
    OP_OR,
    OP_XOR,
    OP_ANDN,   /* a and not b: csrrc */
    OP_SECOND, /* b: amoswap, csrrw */
    OP_EQ,     /* the comparisons answer 0 or 1 */
    OP_NE,
    OP_LT,
    OP_GE,
    OP_LTU,
    OP_GEU,
    OP_MIN,
    OP_MAX,
    OP_MINU,
    OP_MAXU,
    OP_MUL,
    OP_MULH,
    OP_MULHSU,
    OP_MULHU,
    OP_DIV,
    OP_DIVU,
    OP_REM,
    OP_REMU,
    OP_SEXT, /* the low `width` bits of a, sign-extended: lb lh lw ld */
    OP_ZEXT, /* the low `width` bits of a, zero-extended: lbu lhu lwu */
    OP_COUNT
};

/* Where the operands sit in the word: named in formats.def, extracted by decode.c. */
enum isa_format {
#define FORMAT(name, operands, ruler) FORMAT_##name,
#include "emu/isa/formats.def"
#undef FORMAT
    FORMAT_COUNT
};

/* One name for each row: ROW_ADD, ROW_C_ADDI, ... in the order of rv64.def. */
enum isa_row_id {
#define ROW(id, name, pattern, format, regs, kind, op, width, extension, meaning) ROW_##id,
#define ENCODING(id, name, pattern, format, regs, base, constraint, meaning)      ROW_##id,
#include "emu/isa/rv64.def"
#undef ROW
#undef ENCODING
    ROW_COUNT
};

/* Operand values that an encoding excludes: they are reserved, or another encoding's. */
enum isa_constraint {
    CONSTRAINT_NONE,
    CONSTRAINT_RD_NOT_0,
    CONSTRAINT_RS1_NOT_0,
    CONSTRAINT_RS2_NOT_0,
    CONSTRAINT_IMM_NOT_0,
    CONSTRAINT_RD_NOT_2_IMM_NOT_0,
};

struct isa_row {
    const char *name;      /* as objdump -M no-aliases prints it: "addi", "c.addi" */
    const char *meaning;   /* one line for people: "rd = rs1 + imm" */
    const char *extension; /* "I", "M", "A", "C", "Zicsr", "Zifencei", "Priv" */
    const char *regs;      /* classes of rd, rs1, rs2, rs3: 'x' integer, 'f' float, '-' unused */
    uint32_t mask;         /* word & mask == match: the word is of this row, if the constraint */
    uint32_t match;        /* allows its operands */
    uint16_t base;         /* enum isa_row_id: itself, or the base row of a compressed encoding */
    uint8_t format;        /* enum isa_format */
    uint8_t constraint;    /* enum isa_constraint */
    uint8_t kind;          /* enum isa_kind */
    uint8_t op;            /* enum isa_operator */
    uint8_t width;         /* bits that op computes on: 8, 16, 32 or 64; 0 where nothing is */
};

extern const struct isa_row isa_rows[ROW_COUNT];

/* A decoded instruction. Fields that its row does not use are 0: x0, harmless to read and write. */
struct insn {
    const struct isa_row *row; /* NULL: illegal, and only word and length mean something */
    int64_t imm;               /* the immediate, extended to 64 bits, or ... see below */
    uint32_t word;             /* as fetched; a compressed one in the low 16 bits */
    uint8_t length;            /* bytes: 2 or 4 */
    uint8_t rd, rs1, rs2, rs3; /* rs1 holds a number, no register, in KIND_CSR_IMM */
};

/* Whether the decoded operands are among those that the encoding's constraint leaves it. */
static inline bool isa_allows(enum isa_constraint constraint, const struct insn *insn)
{
    switch (constraint) {
    case CONSTRAINT_NONE: return true;
    case CONSTRAINT_RD_NOT_0: return insn->rd != 0;
    case CONSTRAINT_RS1_NOT_0: return insn->rs1 != 0;
    case CONSTRAINT_RS2_NOT_0: return insn->rs2 != 0;
    case CONSTRAINT_IMM_NOT_0: return insn->imm != 0;
    case CONSTRAINT_RD_NOT_2_IMM_NOT_0: return insn->rd != 2 && insn->imm != 0;
    }
    return false;
}

/*
 * What imm holds where no number is computed with: the CSR's number in KIND_CSR and KIND_CSR_IMM;
 * the ordering bits in KIND_LR, KIND_SC and KIND_AMO (no offset!) and in KIND_FENCE.
 */
enum {
    AMO_RELEASE = 1 << 0,
    AMO_ACQUIRE = 1 << 1,
};

/* 11   8 7      4 3      0
 * | fm  |  pred  |  succ  |  where pred and succ have the bits i o r w, w the lowest */
static inline unsigned fence_mode(int64_t imm)
{
    return (unsigned)imm >> 8 & 0xf;
}

static inline unsigned fence_predecessors(int64_t imm)
{
    return (unsigned)imm >> 4 & 0xf;
}

static inline unsigned fence_successors(int64_t imm)
{
    return (unsigned)imm & 0xf;
}

enum { FENCE_MODE_TSO = 8 }; /* fence.tso: orders all but a store before a load */

/* The row's number, for tables indexed by row. */
static inline enum isa_row_id isa_row_id(const struct isa_row *row)
{
    return (enum isa_row_id)(row - isa_rows);
}

const char *isa_kind_name(enum isa_kind kind);       /* "alu", "load", ... */
const char *isa_operator_name(enum isa_operator op); /* "add", ... */

/* The integer registers that it reads or writes; bit N stands for xN, bit 0 (x0) is never set. A
 * word that is no instruction, and so has no row, reads and writes none. */
uint32_t isa_reads(const struct insn *insn);
uint32_t isa_writes(const struct insn *insn);

/* What an instruction may do besides computing on registers. */
enum isa_effect {
    EFFECT_READS_MEMORY = 1 << 0,
    EFFECT_WRITES_MEMORY = 1 << 1,
    EFFECT_CHANGES_PC = 1 << 2, /* may go elsewhere than to the next instruction */
    EFFECT_MAY_TRAP = 1 << 3,   /* in some mode, with some operands */
    EFFECT_USES_CSR = 1 << 4,   /* reads or writes control and status registers */
};

/* A set of enum isa_effect, by the row's kind. */
unsigned isa_effects(const struct isa_row *row);

#endif
