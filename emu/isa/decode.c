/*
 * decode.c: from a word to an instruction. See decode.h.
 *
 * Two steps. Which row is it? The index answers (index.h). Where are its operands? The row's format
 * answers: registers sit in the same places nearly everywhere, and each layout of an immediate has
 * one small function here. The manual scatters the bits of immediates so that each stays, as far as
 * possible, in one place from format to format: that spares hardware wires and costs us shifts.
 *
 * Read next: emu/cpu/interp.c.
 * Source: unprivileged spec, chapters 2.3 and 16.2 to 16.8.
 */
#include "emu/isa/decode.h"

#include "emu/isa/index.h"

#include <stddef.h>

/* The bits high..low of a word, shifted down to 0. */
static inline uint32_t bits(uint32_t word, unsigned high, unsigned low)
{
    return word >> low & UINT32_MAX >> (31 - high + low);
}

/* One bit of a word, shifted down to 0. */
static inline uint32_t bit(uint32_t word, unsigned number)
{
    return word >> number & 1;
}

/* A number whose bit `sign` is its sign, to be repeated above. */
static inline int64_t with_sign(uint32_t value, unsigned sign)
{
    return (int32_t)(value << (31 - sign)) >> (31 - sign);
}

/* 32-bit words. Registers, where a format has them, are always here:
 *    31  25   24 20   19 15   14  12   11 7   6    0
 *  | funct7 |  rs2  |  rs1  | funct3 |  rd  | opcode |
 */
static inline uint32_t rd_of(uint32_t word)
{
    return bits(word, 11, 7);
}

static inline uint32_t rs1_of(uint32_t word)
{
    return bits(word, 19, 15);
}

static inline uint32_t rs2_of(uint32_t word)
{
    return bits(word, 24, 20);
}

/*    31     20   19 15   14  12   11 7   6    0
 *  | imm[11:0] |  rs1  | funct3 |  rd  | opcode | */
static inline int64_t imm_i(uint32_t word)
{
    //@lab 2.1 the immediate of addi, ld, jalr
    return with_sign(bits(word, 31, 20), 11);
    //| (void)word;
    //| lab_todo("2.1");
    //@end
}

/*    31     25   24 20   19 15   14  12   11     7   6    0
 *  | imm[11:5] |  rs2  |  rs1  | funct3 | imm[4:0] | opcode | */
static inline int64_t imm_s(uint32_t word)
{
    //@lab 2.2 the immediate of a store
    return with_sign(bits(word, 31, 25) << 5 | bits(word, 11, 7), 11);
    //| (void)word;
    //| lab_todo("2.2");
    //@end
}

/*    31        25   24 20   19 15   14  12   11        7   6    0
 *  | imm[12|10:5] |  rs2  |  rs1  | funct3 | imm[4:1|11] | opcode | */
static inline int64_t imm_b(uint32_t word)
{
    //@lab 2.3 the offset of a branch
    return with_sign(bit(word, 31) << 12 | bit(word, 7) << 11 | bits(word, 30, 25) << 5 |
                         bits(word, 11, 8) << 1,
                     12);
    //| (void)word;
    //| lab_todo("2.3");
    //@end
}

/*    31      12   11 7   6    0
 *  | imm[31:12] |  rd  | opcode | */
static inline int64_t imm_u(uint32_t word)
{
    return with_sign(bits(word, 31, 12) << 12, 31);
}

/*    31                 12   11 7   6    0
 *  | imm[20|10:1|11|19:12] |  rd  | opcode | */
static inline int64_t imm_j(uint32_t word)
{
    //@lab 2.4 the offset of jal
    return with_sign(bit(word, 31) << 20 | bits(word, 19, 12) << 12 | bit(word, 20) << 11 |
                         bits(word, 30, 21) << 1,
                     20);
    //| (void)word;
    //| lab_todo("2.4");
    //@end
}

/* In 32 bits the amount is one bit shorter, and shamt[5] a 0 of the pattern.
 *    31  26   25      20   19 15   14  12   11 7   6    0
 *  | funct6 | shamt[5:0] |  rs1  | funct3 |  rd  | opcode |
 */
static inline int64_t shift_amount(uint32_t word)
{
    return bits(word, 25, 20);
}

/* Also the sets of a fence, which are taken apart only by who needs them.
 *    31 20   19 15   14  12   11 7   6    0
 *  |  csr  |  rs1  | funct3 |  rd  | opcode |
 */
static inline int64_t csr_number(uint32_t word)
{
    return bits(word, 31, 20);
}

/*    31  27   26   25   24 20   19 15   14  12   11 7   6    0
 *  | funct5 | aq | rl |  rs2  |  rs1  | funct3 |  rd  | opcode | */
static inline int64_t ordering(uint32_t word)
{
    return bits(word, 26, 25);
}

/* 16-bit words. Registers are in four places, two of which have room for x8 to x15 only:
 *    15  12   11   7   6 2   1 0
 *  | funct4 | rd/rs1 | rs2 |  op |
 *    15  10   9      7   6    5   4  2   1 0
 *  | funct6 | rd'/rs1' | funct2 | rs2' |  op |
 */
static inline uint32_t c_high(uint32_t word)
{
    return bits(word, 11, 7);
}

static inline uint32_t c_low(uint32_t word)
{
    return bits(word, 6, 2);
}

static inline uint32_t c_short_high(uint32_t word)
{
    return 8 + bits(word, 9, 7);
}

static inline uint32_t c_short_low(uint32_t word)
{
    return 8 + bits(word, 4, 2);
}

/*    15  13     12     11   7   6      2   1 0
 *  | funct3 | imm[5] | rd/rs1 | imm[4:0] |  op | */
static inline int64_t imm_ci(uint32_t word)
{
    return with_sign(bit(word, 12) << 5 | bits(word, 6, 2), 5);
}

/*    15  13      12     11 7   6        2   1 0
 *  | funct3 | imm[17] |  rd  | imm[16:12] |  op | */
static inline int64_t imm_lui(uint32_t word)
{
    return with_sign(bit(word, 12) << 17 | bits(word, 6, 2) << 12, 17);
}

/*    15  13     12     11   7   6            2   1 0
 *  | funct3 | imm[9] | funct5 | imm[4|6|8:7|5] |  op | */
static inline int64_t imm_addi16sp(uint32_t word)
{
    return with_sign(bit(word, 12) << 9 | bits(word, 4, 3) << 7 | bit(word, 5) << 6 |
                         bit(word, 2) << 5 | bit(word, 6) << 4,
                     9);
}

/*    15  13      12      11   7   6        2   1 0
 *  | funct3 | shamt[5] | rd/rs1 | shamt[4:0] |  op | */
static inline int64_t c_shift_amount(uint32_t word)
{
    return bit(word, 12) << 5 | bits(word, 6, 2);
}

/*    15  13      12     11 7   6           2   1 0
 *  | funct3 | uimm[5] |  rd  | uimm[4:2|7:6] |  op | */
static inline int64_t offset_lwsp(uint32_t word)
{
    return bits(word, 3, 2) << 6 | bit(word, 12) << 5 | bits(word, 6, 4) << 2;
}

/*    15  13      12     11 7   6           2   1 0
 *  | funct3 | uimm[5] |  rd  | uimm[4:3|8:6] |  op | */
static inline int64_t offset_ldsp(uint32_t word)
{
    return bits(word, 4, 2) << 6 | bit(word, 12) << 5 | bits(word, 6, 5) << 3;
}

/*    15  13   12          7   6 2   1 0
 *  | funct3 | uimm[5:2|7:6] | rs2 |  op | */
static inline int64_t offset_swsp(uint32_t word)
{
    return bits(word, 8, 7) << 6 | bits(word, 12, 9) << 2;
}

/*    15  13   12          7   6 2   1 0
 *  | funct3 | uimm[5:3|8:6] | rs2 |  op | */
static inline int64_t offset_sdsp(uint32_t word)
{
    return bits(word, 9, 7) << 6 | bits(word, 12, 10) << 3;
}

/*    15  13   12              5   4 2   1 0
 *  | funct3 | uimm[5:4|9:6|2|3] | rd' |  op | */
static inline int64_t imm_addi4spn(uint32_t word)
{
    return bits(word, 10, 7) << 6 | bits(word, 12, 11) << 4 | bit(word, 5) << 3 | bit(word, 6) << 2;
}

/* The same for c.sw, with rs2' in the place of rd'.
 *    15  13   12     10   9  7   6       5   4 2   1 0
 *  | funct3 | uimm[5:3] | rs1' | uimm[2|6] | rd' |  op |
 */
static inline int64_t offset_lw(uint32_t word)
{
    return bit(word, 5) << 6 | bits(word, 12, 10) << 3 | bit(word, 6) << 2;
}

/* The same for c.sd, with rs2' in the place of rd'.
 *    15  13   12     10   9  7   6       5   4 2   1 0
 *  | funct3 | uimm[5:3] | rs1' | uimm[7:6] | rd' |  op |
 */
static inline int64_t offset_ld(uint32_t word)
{
    return bits(word, 6, 5) << 6 | bits(word, 12, 10) << 3;
}

/*    15  13   12      10   9  7   6            2   1 0
 *  | funct3 | imm[8|4:3] | rs1' | imm[7:6|2:1|5] |  op | */
static inline int64_t imm_cb(uint32_t word)
{
    return with_sign(bit(word, 12) << 8 | bits(word, 6, 5) << 6 | bit(word, 2) << 5 |
                         bits(word, 11, 10) << 3 | bits(word, 4, 3) << 1,
                     8);
}

/*    15  13   12                       2   1 0
 *  | funct3 | imm[11|4|9:8|10|6|7|3:1|5] |  op | */
static inline int64_t imm_cj(uint32_t word)
{
    return with_sign(bit(word, 12) << 11 | bit(word, 8) << 10 | bits(word, 10, 9) << 8 |
                         bit(word, 6) << 7 | bit(word, 7) << 6 | bit(word, 2) << 5 |
                         bit(word, 11) << 4 | bits(word, 5, 3) << 1,
                     11);
}

static inline void set(struct insn *insn, uint32_t rd, uint32_t rs1, uint32_t rs2, int64_t imm)
{
    insn->rd = (uint8_t)rd;
    insn->rs1 = (uint8_t)rs1;
    insn->rs2 = (uint8_t)rs2;
    insn->rs3 = 0;
    insn->imm = imm;
}

/*
 * Sets the operands: one line a format. A 16-bit word also implies some: the jumps link to x0 or
 * x1, c.li and c.mv add x0, the branches compare with it, and ...sp means x2, the stack pointer.
 */
static inline void extract(enum isa_format format, uint32_t w, struct insn *insn)
{
    switch (format) {
    case FORMAT_R: set(insn, rd_of(w), rs1_of(w), rs2_of(w), 0); break;
    case FORMAT_I:
    case FORMAT_I_MEM: set(insn, rd_of(w), rs1_of(w), 0, imm_i(w)); break;
    case FORMAT_SHIFT:
    case FORMAT_SHIFT_W: set(insn, rd_of(w), rs1_of(w), 0, shift_amount(w)); break;
    case FORMAT_S: set(insn, 0, rs1_of(w), rs2_of(w), imm_s(w)); break;
    case FORMAT_B: set(insn, 0, rs1_of(w), rs2_of(w), imm_b(w)); break;
    case FORMAT_U: set(insn, rd_of(w), 0, 0, imm_u(w)); break;
    case FORMAT_J: set(insn, rd_of(w), 0, 0, imm_j(w)); break;
    case FORMAT_CSR:
    case FORMAT_CSR_IMM: set(insn, rd_of(w), rs1_of(w), 0, csr_number(w)); break;
    case FORMAT_AMO: set(insn, rd_of(w), rs1_of(w), rs2_of(w), ordering(w)); break;
    case FORMAT_LR: set(insn, rd_of(w), rs1_of(w), 0, ordering(w)); break;
    case FORMAT_FENCE: set(insn, 0, 0, 0, csr_number(w)); break;
    case FORMAT_SFENCE: set(insn, 0, rs1_of(w), rs2_of(w), 0); break;
    case FORMAT_FENCE_I:
    case FORMAT_NONE: set(insn, 0, 0, 0, 0); break;

    case FORMAT_CR_ADD: set(insn, c_high(w), c_high(w), c_low(w), 0); break;
    case FORMAT_CR_MV: set(insn, c_high(w), 0, c_low(w), 0); break;
    case FORMAT_CR_JR: set(insn, 0, c_high(w), 0, 0); break;
    case FORMAT_CR_JALR: set(insn, 1, c_high(w), 0, 0); break;
    case FORMAT_CI: set(insn, c_high(w), c_high(w), 0, imm_ci(w)); break;
    case FORMAT_CI_LI: set(insn, c_high(w), 0, 0, imm_ci(w)); break;
    case FORMAT_CI_LUI: set(insn, c_high(w), 0, 0, imm_lui(w)); break;
    case FORMAT_CI_SP16: set(insn, 2, 2, 0, imm_addi16sp(w)); break;
    case FORMAT_CI_SHIFT: set(insn, c_high(w), c_high(w), 0, c_shift_amount(w)); break;
    case FORMAT_CI_LWSP: set(insn, c_high(w), 2, 0, offset_lwsp(w)); break;
    case FORMAT_CI_LDSP: set(insn, c_high(w), 2, 0, offset_ldsp(w)); break;
    case FORMAT_CSS_W: set(insn, 0, 2, c_low(w), offset_swsp(w)); break;
    case FORMAT_CSS_D: set(insn, 0, 2, c_low(w), offset_sdsp(w)); break;
    case FORMAT_CIW: set(insn, c_short_low(w), 2, 0, imm_addi4spn(w)); break;
    case FORMAT_CL_W: set(insn, c_short_low(w), c_short_high(w), 0, offset_lw(w)); break;
    case FORMAT_CL_D: set(insn, c_short_low(w), c_short_high(w), 0, offset_ld(w)); break;
    case FORMAT_CS_W: set(insn, 0, c_short_high(w), c_short_low(w), offset_lw(w)); break;
    case FORMAT_CS_D: set(insn, 0, c_short_high(w), c_short_low(w), offset_ld(w)); break;
    case FORMAT_CA: set(insn, c_short_high(w), c_short_high(w), c_short_low(w), 0); break;
    case FORMAT_CB: set(insn, 0, c_short_high(w), 0, imm_cb(w)); break;
    case FORMAT_CB_SHIFT: set(insn, c_short_high(w), c_short_high(w), 0, c_shift_amount(w)); break;
    case FORMAT_CB_IMM: set(insn, c_short_high(w), c_short_high(w), 0, imm_ci(w)); break;
    case FORMAT_CJ: set(insn, 0, 0, 0, imm_cj(w)); break;
    case FORMAT_CR_NONE:
    case FORMAT_COUNT: set(insn, 0, 0, 0, 0); break;
    }
}

/* The row of a word, or NULL when it is no instruction of ours. */
static inline const struct isa_row *find_row(uint32_t word)
{
    const struct isa_entry *entry;

    if (isa_length(word) == 2) {
        enum isa_row_id row = isa_index_16[word & 0xffff];

        return row == 0 ? NULL : &isa_rows[row];
    }
    entry = &isa_index_32[isa_head(word)];
    while ((word & entry->mask) != entry->match) {
        if (entry->next == 0)
            return NULL;
        entry = &isa_index_32[entry->next];
    }
    return &isa_rows[entry->row];
}

bool isa_decode(uint32_t word, struct insn *insn)
{
    const struct isa_row *row = find_row(word);

    insn->row = row;
    insn->length = (uint8_t)isa_length(word);
    insn->word = insn->length == 2 ? word & 0xffff : word;
    if (row == NULL) {
        set(insn, 0, 0, 0, 0);
        return false;
    }
    extract(row->format, word, insn);
    return true;
}
