/*
 * eval.h: what each operator computes. The one place where RISC-V arithmetic is written down.
 *
 * Interpreters call alu_eval(), the translator calls it for what it has no machine code for, and
 * tests hold it against the manual. Nothing here knows registers, memory or instructions.
 *
 * The idea in two lines: bring both operands to the width of the operator, as signed and as
 * unsigned numbers; compute in 64 bits; keep `width` bits of the result and sign-extend them. So
 * `addw` is `add` at width 32, and when op and width are constants the compiler leaves one
 * instruction.
 *
 * Read next: emu/cpu/interp.c.
 * Source: unprivileged spec, chapters 2, 5 (RV64I), 7 (M) and 8 (A).
 */
#ifndef TRIVIUM_EMU_ISA_EVAL_H
#define TRIVIUM_EMU_ISA_EVAL_H

#include "emu/isa/isa.h"

#include <assert.h>

/* The low `width` bits of x, as a signed and as an unsigned number; width is 8, 16, 32 or 64. */
static inline int64_t sign_extend(uint64_t x, unsigned width)
{
    return (int64_t)(x << (64 - width)) >> (64 - width);
}

static inline uint64_t zero_extend(uint64_t x, unsigned width)
{
    return x << (64 - width) >> (64 - width);
}

/* Products of two 64-bit numbers need 128 bits; no combination of signs overflows them. */
__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

static inline uint64_t upper_half(uint128 product)
{
    return (uint64_t)(product >> 64);
}

/*
 * Division never traps (spec, table 7.1). By zero: the quotient has all bits set, the remainder is
 * the dividend. The most negative number by -1: it is its own quotient, the remainder is 0; as
 * dividing by -1 is negating, and C overflows only there, that is how it is computed.
 */
static inline uint64_t quotient_signed(int64_t a, int64_t b)
{
    //@lab 2.8 divide; RISC-V never traps here, C may
    if (b == 0)
        return UINT64_MAX;
    if (b == -1)
        return 0 - (uint64_t)a;
    return (uint64_t)(a / b);
    //| (void)a;
    //| (void)b;
    //| lab_todo("2.8");
    //& return shipped_eval(OP_DIV, 64, (uint64_t)a, (uint64_t)b);
    //@end
}

static inline uint64_t remainder_signed(int64_t a, int64_t b)
{
    if (b == 0)
        return (uint64_t)a;
    if (b == -1)
        return 0;
    return (uint64_t)(a % b);
}

static inline uint64_t quotient_unsigned(uint64_t a, uint64_t b)
{
    return b == 0 ? UINT64_MAX : a / b;
}

static inline uint64_t remainder_unsigned(uint64_t a, uint64_t b)
{
    return b == 0 ? a : a % b;
}

/* alu_eval() for a width that is a constant where it is called: see there. */
static inline __attribute__((always_inline)) uint64_t eval_at(unsigned width, enum isa_operator op,
                                                              uint64_t a, uint64_t b)
{
    int64_t as = sign_extend(a, width), bs = sign_extend(b, width);  /* as signed */
    uint64_t au = zero_extend(a, width), bu = zero_extend(b, width); /* as unsigned */
    unsigned amount = (unsigned)b & (width - 1); /* of a shift: modulo the width */
    uint64_t result;

    switch (op) {
    case OP_ADD: result = a + b; break;
    //@lab 2.6 subtract, and shift: left, right, right with the sign
    case OP_SUB: result = a - b; break;
    case OP_SLL: result = a << amount; break;
    case OP_SRL: result = au >> amount; break;
    case OP_SRA: result = (uint64_t)(as >> amount); break;
    //| case OP_SUB:
    //| case OP_SLL:
    //| case OP_SRL:
    //| case OP_SRA: (void)amount; lab_todo("2.6");
    //& case OP_SUB:
    //& case OP_SLL:
    //& case OP_SRL:
    //& case OP_SRA: (void)amount; return shipped_eval(op, width, a, b);
    //@end
    case OP_AND: result = a & b; break;
    case OP_OR: result = a | b; break;
    case OP_XOR: result = a ^ b; break;
    case OP_ANDN: result = a & ~b; break;
    case OP_SECOND: result = b; break;

    case OP_EQ: return au == bu;
    case OP_NE: return au != bu;
    //@lab 2.7 compare, as signed and as unsigned numbers
    case OP_LT: return as < bs;
    case OP_GE: return as >= bs;
    case OP_LTU: return au < bu;
    case OP_GEU:
        return au >= bu;
        //| case OP_LT:
        //| case OP_GE:
        //| case OP_LTU:
        //| case OP_GEU: lab_todo("2.7");
        //& case OP_LT:
        //& case OP_GE:
        //& case OP_LTU:
        //& case OP_GEU: return shipped_eval(op, width, a, b);
        //@end

    case OP_MIN: result = as < bs ? a : b; break;
    case OP_MAX: result = as > bs ? a : b; break;
    case OP_MINU: result = au < bu ? a : b; break;
    case OP_MAXU: result = au > bu ? a : b; break;

    case OP_MUL: result = a * b; break;
    case OP_MULH: return upper_half((uint128)((int128)as * bs));
    case OP_MULHSU: return upper_half((uint128)((int128)as * (int128)bu));
    case OP_MULHU: return upper_half((uint128)au * bu);
    case OP_DIV: result = quotient_signed(as, bs); break;
    case OP_DIVU: result = quotient_unsigned(au, bu); break;
    case OP_REM: result = remainder_signed(as, bs); break;
    case OP_REMU: result = remainder_unsigned(au, bu); break;

    case OP_SEXT: result = a; break;
    case OP_ZEXT: return au;

    case OP_NONE:
    case OP_COUNT:
    default: assert(false && "an operator that computes"); return 0;
    }
    return (uint64_t)sign_extend(result, width);
}

/*
 * The value of `op` on the low `width` bits of a and b, sign-extended to 64 bits. Width is 32 or
 * 64; also 8 and 16 for OP_SEXT and OP_ZEXT, which take no b. The comparisons answer 0 or 1.
 * OP_ZEXT alone extends with zeros. Not for OP_NONE.
 */
static inline uint64_t alu_eval(enum isa_operator op, unsigned width, uint64_t a, uint64_t b)
{
    /* One copy of the evaluator for each width: nothing is then left of the extensions at 64. */
    switch (width) {
    case 8: return eval_at(8, op, a, b);
    case 16: return eval_at(16, op, a, b);
    case 32: return eval_at(32, op, a, b);
    default: return eval_at(64, op, a, b);
    }
}

#endif
