/* ruler.c: takes the rulers of formats.def apart. See ruler.h. */
#include "emu/isa/ruler.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

const struct isa_format_info isa_formats[FORMAT_COUNT] = {
#define FORMAT(name, operands, ruler) {#name, operands, ruler},
#include "emu/isa/formats.def"
#undef FORMAT
};

/* The operands that a ruler can name. */
static const struct named_operand {
    const char *name;
    enum ruler_slot slots[2];
    unsigned width, value_low, base;
} named_operands[] = {
    {"rd", {SLOT_RD}, 5, 0, 0},
    {"rs1", {SLOT_RS1}, 5, 0, 0},
    {"rs2", {SLOT_RS2}, 5, 0, 0},
    {"rs3", {SLOT_RS3}, 5, 0, 0},
    {"rd/rs1", {SLOT_RD, SLOT_RS1}, 5, 0, 0},
    {"rd'", {SLOT_RD}, 3, 0, 8},
    {"rs1'", {SLOT_RS1}, 3, 0, 8},
    {"rs2'", {SLOT_RS2}, 3, 0, 8},
    {"rd'/rs1'", {SLOT_RD, SLOT_RS1}, 3, 0, 8},
    {"zimm", {SLOT_RS1}, 5, 0, 0},
    {"csr", {SLOT_IMM}, 12, 0, 0},
    {"fm", {SLOT_IMM}, 4, 8, 0},
    {"pred", {SLOT_IMM}, 4, 4, 0},
    {"succ", {SLOT_IMM}, 4, 0, 0},
    {"aq", {SLOT_IMM}, 1, 1, 0},
    {"rl", {SLOT_IMM}, 1, 0, 0},
};

/* Names of immediates, of which a bracket says the bits. */
static const struct named_immediate {
    const char *name;
    bool is_signed;
} named_immediates[] = {{"imm[", true}, {"uimm[", false}, {"shamt[", false}};

/* Names of the bits that are no operands; a width of 0 means that a number follows the name. */
static const struct named_bits {
    const char *name;
    unsigned width;
    bool fixed; /* by the pattern; otherwise ignored */
} named_bits[] = {{"opcode", 7, true}, {"op", 2, true}, {"funct", 0, true}, {"unused", 0, false}};

/* A ruler that is being read, from the word's highest bit down. */
struct reader {
    struct ruler *ruler;
    unsigned low; /* the bits below this one are still to be given out */
};

/* Text after the prefix, or NULL when it does not begin with it. */
static const char *after(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

/* A number at *text, which moves past it; false when there is none, or one above 32. */
static bool take_number(const char **text, unsigned *number)
{
    const char *start = *text;

    *number = 0;
    while (isdigit((unsigned char)**text) && *number <= 32)
        *number = *number * 10 + (unsigned)(*(*text)++ - '0');
    return *text > start && *number <= 32;
}

/* Takes the next `width` bits of the word. */
static bool take_bits(struct reader *reader, unsigned width)
{
    if (width > reader->low)
        return false;
    reader->low -= width;
    return true;
}

static bool add_piece(struct reader *reader, struct ruler_piece piece)
{
    struct ruler *ruler = reader->ruler;

    if (ruler->count == RULER_MAX_PIECES)
        return false;
    piece.word_low = reader->low;
    ruler->pieces[ruler->count++] = piece;
    if (piece.slot == SLOT_IMM && piece.value_low + piece.width > ruler->imm_width)
        ruler->imm_width = piece.value_low + piece.width;
    return true;
}

/* Each read_ function knows one kind of token. False: it is not of that kind, or does not fit. */

/* rd, rs1', csr */
static bool read_operand(struct reader *reader, const char *token)
{
    for (size_t i = 0; i < LENGTH(named_operands); i++) {
        const struct named_operand *named = &named_operands[i];

        if (strcmp(token, named->name) != 0)
            continue;
        if (!take_bits(reader, named->width))
            return false;
        for (size_t j = 0; j < LENGTH(named->slots) && named->slots[j] != SLOT_NONE; j++) {
            struct ruler_piece piece = {.slot = named->slots[j],
                                        .width = named->width,
                                        .value_low = named->value_low,
                                        .base = named->base};
            if (!add_piece(reader, piece))
                return false;
        }
        return true;
    }
    return false;
}

/* rs1=2: takes no bits of the word. */
static bool read_implied(struct reader *reader, const char *token)
{
    for (size_t i = 0; i < LENGTH(named_operands); i++) {
        const char *rest = after(token, named_operands[i].name);
        struct ruler_piece piece = {.slot = named_operands[i].slots[0]};

        if (rest && *rest == '=') {
            rest++;
            return take_number(&rest, &piece.base) && *rest == '\0' && add_piece(reader, piece);
        }
    }
    return false;
}

/* The inside of a bracket, "12|10:5]": bits of the immediate, in the order of the word. */
static bool read_immediate_bits(struct reader *reader, const char *text)
{
    unsigned high, low;

    for (;;) {
        if (!take_number(&text, &high))
            return false;
        low = high;
        if (*text == ':') {
            text++;
            if (!take_number(&text, &low) || low > high)
                return false;
        }
        if (!take_bits(reader, high - low + 1) ||
            !add_piece(reader, (struct ruler_piece){
                                   .slot = SLOT_IMM, .width = high - low + 1, .value_low = low}))
            return false;
        if (*text != '|')
            return strcmp(text, "]") == 0;
        text++;
    }
}

/* imm[12|10:5] */
static bool read_immediate(struct reader *reader, const char *token)
{
    for (size_t i = 0; i < LENGTH(named_immediates); i++) {
        const char *bits = after(token, named_immediates[i].name);

        if (bits) {
            reader->ruler->imm_signed = named_immediates[i].is_signed;
            return read_immediate_bits(reader, bits);
        }
    }
    return false;
}

/* opcode, funct7, unused5 */
static bool read_bits(struct reader *reader, const char *token)
{
    for (size_t i = 0; i < LENGTH(named_bits); i++) {
        unsigned width = named_bits[i].width;
        const char *rest = after(token, named_bits[i].name);

        if (!rest || (width == 0 && !take_number(&rest, &width)) || *rest != '\0')
            continue;
        if (width == 0 || !take_bits(reader, width))
            return false;
        if (named_bits[i].fixed)
            reader->ruler->fixed |= UINT32_MAX >> (32 - width) << reader->low;
        return true;
    }
    return false;
}

static bool read_token(struct reader *reader, const char *token)
{
    return read_operand(reader, token) || read_implied(reader, token) ||
           read_immediate(reader, token) || read_bits(reader, token);
}

bool ruler_next(const char **cursor, char token[RULER_TOKEN_SIZE])
{
    const char *start = *cursor + strspn(*cursor, " ");
    size_t length = strcspn(start, " ");

    *cursor = start + length;
    snprintf(token, RULER_TOKEN_SIZE, "%.*s", (int)length, start);
    return length > 0;
}

unsigned ruler_token_width(const char *token)
{
    struct ruler ruler = {0};
    struct reader reader = {.ruler = &ruler, .low = 32};

    return read_token(&reader, token) ? 32 - reader.low : 0;
}

bool ruler_parse(const char *text, struct ruler *ruler)
{
    struct reader reader = {.ruler = ruler, .low = 32};
    char token[RULER_TOKEN_SIZE];

    *ruler = (struct ruler){0};
    while (ruler_next(&text, token)) {
        if (!read_token(&reader, token))
            return false;
    }
    ruler->width = 32 - reader.low;
    if (ruler->width != 16 && ruler->width != 32)
        return false;

    /* The bits that were not given out are below, where those of a 16-bit word belong. */
    ruler->fixed >>= reader.low;
    for (unsigned i = 0; i < ruler->count; i++)
        ruler->pieces[i].word_low -= reader.low;
    return true;
}

bool ruler_has(const struct ruler *ruler, enum ruler_slot slot)
{
    for (unsigned i = 0; i < ruler->count; i++) {
        if (ruler->pieces[i].slot == slot)
            return true;
    }
    return false;
}

/* `width` ones. */
static uint64_t ones(unsigned width)
{
    return (UINT64_C(1) << width) - 1;
}

/* The operand in that slot, as the word's pieces make it. */
static uint64_t extract(const struct ruler *ruler, uint32_t word, enum ruler_slot slot)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < ruler->count; i++) {
        const struct ruler_piece *piece = &ruler->pieces[i];

        if (piece->slot == slot)
            value |=
                (word >> piece->word_low & ones(piece->width)) << piece->value_low | piece->base;
    }
    return value;
}

void ruler_extract(const struct ruler *ruler, uint32_t word, struct insn *insn)
{
    uint64_t imm = extract(ruler, word, SLOT_IMM);

    if (ruler->imm_signed && imm >> (ruler->imm_width - 1) != 0)
        imm |= ~ones(ruler->imm_width);
    insn->rd = (uint8_t)extract(ruler, word, SLOT_RD);
    insn->rs1 = (uint8_t)extract(ruler, word, SLOT_RS1);
    insn->rs2 = (uint8_t)extract(ruler, word, SLOT_RS2);
    insn->rs3 = (uint8_t)extract(ruler, word, SLOT_RS3);
    insn->imm = (int64_t)imm;
}

static uint64_t operand(const struct insn *insn, enum ruler_slot slot)
{
    switch (slot) {
    case SLOT_RD: return insn->rd;
    case SLOT_RS1: return insn->rs1;
    case SLOT_RS2: return insn->rs2;
    case SLOT_RS3: return insn->rs3;
    case SLOT_IMM: return (uint64_t)insn->imm;
    case SLOT_NONE: break;
    }
    return 0;
}

bool ruler_insert(const struct ruler *ruler, const struct insn *insn, uint32_t *word)
{
    struct insn back;

    for (unsigned i = 0; i < ruler->count; i++) {
        const struct ruler_piece *piece = &ruler->pieces[i];
        uint32_t mask = (uint32_t)ones(piece->width) << piece->word_low;
        uint32_t value = (uint32_t)(operand(insn, piece->slot) >> piece->value_low);

        *word = (*word & ~mask) | (value << piece->word_low & mask);
    }

    /* Each operand fits if it can be read back. */
    ruler_extract(ruler, *word, &back);
    for (unsigned i = 0; i < ruler->count; i++) {
        enum ruler_slot slot = ruler->pieces[i].slot;

        if (operand(&back, slot) != operand(insn, slot))
            return false;
    }
    return true;
}
