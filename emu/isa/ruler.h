/*
 * ruler.h: the rulers of formats.def, taken apart.
 *
 * A ruler says in the manual's words which bits of a word hold which bits of which operand. Read
 * here it becomes a list of pieces that can move operands into a word and out of it: slowly, and in
 * one way for all formats. The encoder, the build-time checks and docs/isa.md work from it. The
 * decoder does not (decode.c is written by hand, for speed), so each can be tested against the
 * other.
 *
 * Read next: formats.def, then encode.c.
 */
#ifndef TRIVIUM_EMU_ISA_RULER_H
#define TRIVIUM_EMU_ISA_RULER_H

#include "emu/isa/isa.h"

struct isa_format_info {
    const char *name;     /* "R" */
    const char *operands; /* "d,s,t" */
    const char *ruler;    /* "funct7 rs2 rs1 funct3 rd opcode" */
};

extern const struct isa_format_info isa_formats[FORMAT_COUNT];

enum ruler_slot {
    SLOT_NONE,
    SLOT_RD,
    SLOT_RS1,
    SLOT_RS2,
    SLOT_RS3,
    SLOT_IMM,
};

/* One run of bits in the word that is one run of bits of an operand. */
struct ruler_piece {
    enum ruler_slot slot;
    unsigned width;     /* in bits; 0 for an implied operand, which is then `base` */
    unsigned word_low;  /* its lowest bit in the word ... */
    unsigned value_low; /* ... and in the operand */
    unsigned base;      /* added to the operand: 8 for the three-bit registers */
};

enum { RULER_MAX_PIECES = 16 };

struct ruler {
    struct ruler_piece pieces[RULER_MAX_PIECES];
    unsigned count;
    unsigned width;     /* of the word: 16 or 32 */
    uint32_t fixed;     /* the bits that belong to the pattern, not to operands */
    bool imm_signed;    /* imm, and not uimm or shamt */
    unsigned imm_width; /* its highest bit, plus one; 0 when there is none */
};

enum { RULER_TOKEN_SIZE = 40 };

/* Copies the next token of a ruler, "imm[11:5]", and moves *cursor past it; false at the end. */
bool ruler_next(const char **cursor, char token[RULER_TOKEN_SIZE]);

/* How many bits of the word a token stands for; 0 for "rs1=2" and for what is no token. */
unsigned ruler_token_width(const char *token);

/* False when the text is not a ruler of 16 or 32 bits. */
bool ruler_parse(const char *text, struct ruler *ruler);

/* Whether the ruler places or implies that operand. */
bool ruler_has(const struct ruler *ruler, enum ruler_slot slot);

/* Sets rd, rs1, rs2, rs3 and imm of `insn` to what `word` holds; those the ruler lacks, to 0. */
void ruler_extract(const struct ruler *ruler, uint32_t word, struct insn *insn);

/*
 * Sets the operand bits of *word from rd, rs1, rs2, rs3 and imm of `insn`; operands that the ruler
 * lacks are ignored. False when one does not fit: too large, misaligned, or not the implied one.
 */
bool ruler_insert(const struct ruler *ruler, const struct insn *insn, uint32_t *word);

#endif
