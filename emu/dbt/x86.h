/*
 * x86.h: an assembler for the x86-64 instructions that the translator emits. It knows no RISC-V.
 *
 *     x86_alu(&x, X86_ADD, 64, X86_RAX, x86_at(X86_RBP, -16));     add rax, [rbp-16]
 *
 * Most instructions have one operand that is a register and one that is a register or memory, the
 * "r/m" of the manuals: here a struct x86_rm. Sizes are in bits.
 *
 * Code is written at `at`, while it will run elsewhere (the cache maps its memory twice): so all
 * that is relative is relative to other code in the same buffer. What does not fit is not written,
 * and `full` says so.
 *
 * Read next: emit.c, which calls this.
 * Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, chapter 2
 * (instruction format) and the pages of the instructions.
 */
#ifndef TRIVIUM_EMU_DBT_X86_H
#define TRIVIUM_EMU_DBT_X86_H

#include <stdbool.h>
#include <stdint.h>

enum x86_reg {
    X86_RAX,
    X86_RCX,
    X86_RDX,
    X86_RBX,
    X86_RSP,
    X86_RBP,
    X86_RSI,
    X86_RDI,
    X86_R8,
    X86_R9,
    X86_R10,
    X86_R11,
    X86_R12,
    X86_R13,
    X86_R14,
    X86_R15,
    X86_REGS,
    X86_NO_REG = X86_REGS
};

/* "rax" */
const char *x86_reg_name(enum x86_reg reg);

/* A register, or memory at base + index * scale + disp; with `gs`, plus the base of that segment.
 */
struct x86_rm {
    bool is_memory;
    bool gs;
    uint8_t reg;   /* enum x86_reg: the register, or the base; a base may be X86_NO_REG */
    uint8_t index; /* enum x86_reg; X86_NO_REG: none */
    uint8_t scale; /* 1, 2, 4 or 8 */
    int32_t disp;
};

static inline struct x86_rm x86_reg(enum x86_reg reg)
{
    return (struct x86_rm){.reg = (uint8_t)reg, .index = X86_NO_REG, .scale = 1};
}

static inline struct x86_rm x86_at(enum x86_reg base, int32_t disp)
{
    return (struct x86_rm){
        .is_memory = true, .reg = (uint8_t)base, .index = X86_NO_REG, .scale = 1, .disp = disp};
}

static inline struct x86_rm x86_indexed(enum x86_reg base, enum x86_reg index, unsigned scale,
                                        int32_t disp)
{
    struct x86_rm rm = x86_at(base, disp);

    rm.index = (uint8_t)index;
    rm.scale = (uint8_t)scale;
    return rm;
}

static inline struct x86_rm x86_gs(struct x86_rm rm)
{
    rm.gs = true;
    return rm;
}

/* Where code goes. */
struct x86 {
    uint8_t *start;
    uint8_t *at;
    uint8_t *end;
    unsigned insns; /* instructions that were put */
    bool full;
};

/* The offset of what comes next. */
static inline uint32_t x86_here(const struct x86 *x)
{
    return (uint32_t)(x->at - x->start);
}

/* Numbered as in the opcodes, and as in the /digit of their immediate forms. */
enum x86_alu { X86_ADD, X86_OR, X86_ADC, X86_SBB, X86_AND, X86_SUB, X86_XOR, X86_CMP };
enum x86_shift { X86_ROL, X86_ROR, X86_RCL, X86_RCR, X86_SHL, X86_SHR, X86_SAL, X86_SAR };
enum x86_unary { X86_NOT = 2, X86_NEG = 3, X86_MUL = 4, X86_IMUL = 5, X86_DIV = 6, X86_IDIV = 7 };

/* Conditions, numbered as in jcc, setcc and cmovcc; the lowest bit turns one round. */
enum x86_condition {
    X86_BELOW = 2, /* unsigned */
    X86_NOT_BELOW = 3,
    X86_EQUAL = 4,
    X86_NOT_EQUAL = 5,
    X86_NOT_ABOVE = 6,
    X86_ABOVE = 7,
    X86_LESS = 12, /* signed */
    X86_NOT_LESS = 13,
};

/* size: 32 or 64. A 32-bit result clears the upper half of its register. */
void x86_alu(struct x86 *x, enum x86_alu op, unsigned size, enum x86_reg reg, struct x86_rm rm);
void x86_alu_to(struct x86 *x, enum x86_alu op, unsigned size, struct x86_rm rm, enum x86_reg reg);
void x86_alu_imm(struct x86 *x, enum x86_alu op, unsigned size, struct x86_rm rm, int32_t imm);
void x86_test(struct x86 *x, unsigned size, enum x86_reg reg, struct x86_rm rm);
void x86_shift(struct x86 *x, enum x86_shift op, unsigned size, struct x86_rm rm, unsigned count);
void x86_shift_cl(struct x86 *x, enum x86_shift op, unsigned size, struct x86_rm rm);
/* BMI2: reg = rm shifted by count, op is X86_SHL, X86_SHR or X86_SAR; reg = rm rotated right. */
void x86_shift_by(struct x86 *x, enum x86_shift op, unsigned size, enum x86_reg reg,
                  struct x86_rm rm, enum x86_reg count);
void x86_rotate_to(struct x86 *x, unsigned size, enum x86_reg reg, struct x86_rm rm,
                   unsigned count);
void x86_imul(struct x86 *x, unsigned size, enum x86_reg reg, struct x86_rm rm);
void x86_imul_imm(struct x86 *x, unsigned size, enum x86_reg reg, struct x86_rm rm, int32_t imm);
void x86_unary(struct x86 *x, enum x86_unary op, unsigned size, struct x86_rm rm);
void x86_sign_to_rdx(struct x86 *x, unsigned size); /* cdq, cqo */

/* Moves. A load of fewer than 64 bits extends to 64: with the sign, or with zeros. */
void x86_mov(struct x86 *x, enum x86_reg reg, struct x86_rm rm);
void x86_load(struct x86 *x, unsigned size, bool sign, enum x86_reg reg, struct x86_rm rm);
void x86_store(struct x86 *x, unsigned size, struct x86_rm rm, enum x86_reg reg);
void x86_store_imm(struct x86 *x, unsigned size, struct x86_rm rm, int32_t imm);
void x86_mov_imm(struct x86 *x, enum x86_reg reg, uint64_t imm);
void x86_lea(struct x86 *x, enum x86_reg reg, struct x86_rm rm);
void x86_set(struct x86 *x, enum x86_condition condition, enum x86_reg reg); /* 0 or 1, 64 bits */

/* Atomic: the register gets what was in memory, which gets the register's value, or the sum. */
void x86_xchg(struct x86 *x, unsigned size, struct x86_rm memory, enum x86_reg reg);
void x86_lock_xadd(struct x86 *x, unsigned size, struct x86_rm memory, enum x86_reg reg);

void x86_push(struct x86 *x, enum x86_reg reg);
void x86_pop(struct x86 *x, enum x86_reg reg);
void x86_ret(struct x86 *x);
void x86_trap(struct x86 *x); /* int3: SIGTRAP */
void x86_call_reg(struct x86 *x, enum x86_reg reg);
void x86_jump_rm(struct x86 *x, struct x86_rm rm);
void x86_write_gs_base(struct x86 *x, enum x86_reg reg); /* FSGSBASE */

/* Jumps within the buffer: they answer where their 32-bit distance stands, for x86_link(). */
uint32_t x86_jump(struct x86 *x);
uint32_t x86_jump_if(struct x86 *x, enum x86_condition condition);
uint32_t x86_call(struct x86 *x);

/* Lets the jump whose distance stands at `field` go to `target`, both offsets in the buffer. */
void x86_link(struct x86 *x, uint32_t field, uint32_t target);

#endif
