/*
 * ir.h: the intermediate representation: what a block of guest code does, one operation a line.
 *
 *     0x10436  lbu a4,0(a3)       a4 = zext8 [a3]
 *     0x1043a  c.addi a3,1        a3 = add64 a3, 1
 *     0x1043c  bne a4,a5,...      if ne64 a4, a5 leave to 0x10436
 *
 * Its variables are the guest's registers: there are no others, so a block can be left before or
 * after any operation with nothing to be worked out. Memory, exits and whatever only the
 * interpreter can do are operations of their own. Each operation knows the guest instruction it
 * comes from, and one that a pass has removed stays in its place with the reason.
 *
 *     guest code --lift.c--> IR --pass_*.c--> IR --emit.c--> host code
 *
 * Read next: lift.c.
 */
#ifndef TRIVIUM_EMU_DBT_IR_H
#define TRIVIUM_EMU_DBT_IR_H

#include <stdio.h>

#include "emu/isa/isa.h"

enum ir_kind {
    IR_CONST,  /* rd = imm */
    IR_ALU,    /* rd = op(a, b) on `width` bits, as alu_eval() has it */
    IR_ROTATE, /* rd = a rotated right by imm, on `width` bits, sign-extended */
    IR_SCALE,  /* rd = (a << imm) + b; imm is 1, 2 or 3 */
    IR_LOAD,   /* rd = op(memory[a + offset]), of width bits */
    IR_STORE,  /* memory[a + offset] = b, width bits */
    IR_AMO,    /* rd = memory[a], sign-extended; memory[a] = op(rd, b); atomically, of width bits */
    IR_CSR,    /* rd = csr number offset; csr = op(csr, b), unless op is OP_NONE */
    IR_STEP,   /* the interpreter does it; the block goes on behind it */
    IR_EXIT_IF,  /* if op(a, b): leave to target */
    IR_GUESS,    /* if a is not target: leave to a & ~1. Goes on where a return is expected to */
    IR_EXIT,     /* leave to target */
    IR_EXIT_REG, /* leave to (a + offset) & ~1, having put imm into rd */
    IR_EXIT_STEP /* leave; the interpreter does the instruction, and it may go anywhere */
};

/* Why an operation was removed. */
enum ir_removed {
    IR_KEPT,
    IR_REMOVED_X0,    /* it only writes x0 */
    IR_REMOVED_COPY,  /* it copies a register to itself */
    IR_REMOVED_NEVER, /* its condition never holds */
    IR_REMOVED_DEAD,  /* what it computes is overwritten before anybody can see it */
};

/* Why a pass has made it another operation than the one that was lifted: the last reason. */
enum ir_changed {
    IR_UNCHANGED,
    IR_CHANGED_CONST,   /* all that it computes from is known */
    IR_CHANGED_IMM,     /* one operand is known */
    IR_CHANGED_ADDRESS, /* the base of its address is known */
    IR_CHANGED_ALWAYS,  /* its condition always holds */
    IR_CHANGED_TARGET,  /* where it leads is known */
    IR_CHANGED_ROTATE,  /* with two shifts before it, it rotates */
    IR_CHANGED_SCALE,   /* with a shift before it, it adds a multiple */
    IR_CHANGED_EXTEND,  /* with a shift before it, it extends */
    IR_CHANGED_NARROW,  /* nobody sees the upper half of its result */
};

#define IR_IMM 0xff /* as operand b: the number imm */

struct ir_op {
    uint8_t kind;    /* enum ir_kind */
    uint8_t op;      /* enum isa_operator */
    uint8_t width;   /* bits */
    uint8_t removed; /* enum ir_removed */
    uint8_t rd, a, b;
    uint8_t changed; /* enum ir_changed */
    bool narrow;     /* of 32 bits: the upper half of rd may be anything */
    uint16_t insn;   /* of the block's: the one that it comes from */
    int64_t imm;     /* a constant operand */
    int64_t offset;  /* of an address or of a jump */
    uint64_t target; /* gva */
};

struct ir_insn {
    uint64_t pc;
    struct insn insn;
};

enum {
    IR_INSNS_MAX = 64, /* guest instructions of a block */
    IR_OPS_MAX = IR_INSNS_MAX + 2,
};

/* A block of IR. Control enters at the top only. */
struct ir_block {
    unsigned insn_count, op_count;
    struct ir_insn insns[IR_INSNS_MAX];
    struct ir_op ops[IR_OPS_MAX];
};

/* Is operand b a number? */
static inline bool ir_has_imm(const struct ir_op *op)
{
    return op->b == IR_IMM;
}

/* The guest registers that it reads and writes, as in isa_reads(); an exit reads them all. */
uint32_t ir_reads(const struct ir_op *op);
uint32_t ir_writes(const struct ir_op *op);

/* Is there host code for the operator? For another, the interpreter does the instruction. */
bool ir_knows(enum isa_operator op);

/* Does the host do that operation on memory in one instruction? */
static inline bool ir_knows_amo(enum isa_operator op)
{
    return op == OP_SECOND || op == OP_ADD;
}

/* A load or a store. */
static inline bool ir_is_access(const struct ir_op *op)
{
    return op->kind == IR_LOAD || op->kind == IR_STORE;
}

/* Can the block be left at this operation, with all that came before it to be seen? */
bool ir_may_leave(const struct ir_op *op);

/* Have both the same operations? */
bool ir_is_same_op(const struct ir_op *a, const struct ir_op *b);
bool ir_is_same(const struct ir_block *a, const struct ir_block *b);

/* The pass that has removed or changed the operation, and why: "dead: overwritten ..."; "" if none.
 */
const char *ir_reason(const struct ir_op *op);

/* One line, without its end. */
void ir_print_op(FILE *file, const struct ir_op *op);

/* The whole block: each guest instruction, and below it what became of it. */
void ir_print(FILE *file, const struct ir_block *block);

#endif
