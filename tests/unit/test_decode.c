/*
 * test_decode.c: decoding and encoding, and what the table says about a decoded instruction.
 *
 * The decoder is held against three others: words that an assembler made, a search through all rows
 * without the index, and the rulers of formats.def, from which the encoder works.
 */
#include "emu/isa/decode.h"
#include "emu/isa/encode.h"
#include "emu/isa/ruler.h"
#include "tests/random.h"
#include "tests/unit/unit_main.h"

#include <inttypes.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static bool is_encoding(const struct isa_row *row)
{
    return &isa_rows[row->base] != row;
}

/* The rulers of all rows: reading one takes longer than decoding a thousand words. */
struct rulers {
    struct ruler of[ROW_COUNT];
};

static struct rulers read_rulers(void)
{
    struct rulers rulers;

    for (size_t row = 0; row < ROW_COUNT; row++)
        ck_assert(ruler_parse(isa_formats[isa_rows[row].format].ruler, &rulers.of[row]));
    return rulers;
}

/* What the row's ruler says the word is: false when its operands are not allowed. */
static bool read_word(const struct rulers *rulers, const struct isa_row *row, uint32_t word,
                      struct insn *insn)
{
    ruler_extract(&rulers->of[isa_row_id(row)], word, insn);
    return isa_allows(row->constraint, insn);
}

/* A word of that row: any operands, but allowed ones. */
static uint32_t random_word(struct random *random, const struct rulers *rulers,
                            const struct isa_row *row, struct insn *insn)
{
    uint32_t used = is_encoding(row) ? 0xffff : UINT32_MAX;
    uint32_t word;

    do {
        word = row->match | ((uint32_t)random_next(random) & ~row->mask & used);
    } while (!read_word(rulers, row, word, insn));
    return word;
}

static bool same_operands(const struct insn *a, const struct insn *b)
{
    return a->rd == b->rd && a->rs1 == b->rs1 && a->rs2 == b->rs2 && a->rs3 == b->rs3 &&
           a->imm == b->imm;
}

/*
 * Decodes a word that has to be of that row, with those operands. (Check notes every assertion,
 * also one that holds, in a file; that is too slow for the many calls of this.)
 */
static struct insn decode_as(uint32_t word, const struct isa_row *row, const struct insn *expected)
{
    struct insn got;

    if (!isa_decode(word, &got))
        ck_abort_msg("0x%08" PRIx32 " is illegal, not %s", word, row->name);
    if (got.row != row)
        ck_abort_msg("0x%08" PRIx32 " is %s, not %s", word, got.row->name, row->name);
    if (!same_operands(&got, expected))
        ck_abort_msg("0x%08" PRIx32 " %s: x%u x%u x%u %" PRId64 " instead of x%u x%u x%u %" PRId64,
                     word, row->name, got.rd, got.rs1, got.rs2, got.imm, expected->rd,
                     expected->rs1, expected->rs2, expected->imm);
    return got;
}

static const struct example {
    uint32_t word;
    enum isa_row_id row;
    uint8_t rd, rs1, rs2;
    int64_t imm;
} assembled[] = {
    {0xfffff2b7, ROW_LUI, 5, 0, 0, -4096},
    {0x12345f97, ROW_AUIPC, 31, 0, 0, 0x12345000},
    {0x000000ef, ROW_JAL, 1, 0, 0, 0},
    {0x800000ef, ROW_JAL, 1, 0, 0, -0x100000},
    {0x7ffff06f, ROW_JAL, 0, 0, 0, 0xffffe},
    {0x800100e7, ROW_JALR, 1, 2, 0, -2048},
    {0x80418063, ROW_BEQ, 0, 3, 4, -4096},
    {0x7fff7fe3, ROW_BGEU, 0, 30, 31, 4094},
    {0xfff38303, ROW_LB, 6, 7, 0, -1},
    {0x8084b023, ROW_SD, 0, 9, 8, -2048},
    {0x7e848fa3, ROW_SB, 0, 9, 8, 2047},
    {0x80058513, ROW_ADDI, 10, 11, 0, -2048},
    {0x7ff58513, ROW_ADDI, 10, 11, 0, 2047},
    {0x03f11093, ROW_SLLI, 1, 2, 0, 63},
    {0x42015093, ROW_SRAI, 1, 2, 0, 32},
    {0x41f1509b, ROW_SRAIW, 1, 2, 0, 31},
    {0x003100b3, ROW_ADD, 1, 2, 3, 0},
    {0x0310000f, ROW_FENCE, 0, 0, 0, 0x031},
    {0x180110f3, ROW_CSRRW, 1, 2, 0, 0x180},
    {0xc00fe1f3, ROW_CSRRSI, 3, 31, 0, 0xc00},
    {0xe621b0af, ROW_AMOMAXU_D, 1, 3, 2, AMO_ACQUIRE | AMO_RELEASE},
    {0x1402a22f, ROW_LR_W, 4, 5, 0, AMO_ACQUIRE},
    {0x1a74332f, ROW_SC_D, 6, 8, 7, AMO_RELEASE},
    {0x12b50073, ROW_SFENCE_VMA, 0, 10, 11, 0},
    {0x02e6d63b, ROW_DIVUW, 12, 13, 14, 0},
    {0x1fe0, ROW_C_ADDI4SPN, 8, 2, 0, 1020},
    {0x7101, ROW_C_ADDI16SP, 2, 2, 0, -512},
    {0x617d, ROW_C_ADDI16SP, 2, 2, 0, 496},
    {0x7181, ROW_C_LUI, 3, 0, 0, -0x20000},
    {0x61fd, ROW_C_LUI, 3, 0, 0, 0x1f000},
    {0x5f81, ROW_C_LI, 31, 0, 0, -32},
    {0x10fd, ROW_C_ADDI, 1, 1, 0, -1},
    {0x20fd, ROW_C_ADDIW, 1, 1, 0, 31},
    {0x5fe4, ROW_C_LW, 9, 15, 0, 124},
    {0x7fe4, ROW_C_LD, 9, 15, 0, 248},
    {0xc03c, ROW_C_SW, 0, 8, 15, 64},
    {0xe07c, ROW_C_SD, 0, 8, 15, 192},
    {0x50fe, ROW_C_LWSP, 1, 2, 0, 252},
    {0x70fe, ROW_C_LDSP, 1, 2, 0, 504},
    {0xdffe, ROW_C_SWSP, 0, 2, 31, 252},
    {0xfffe, ROW_C_SDSP, 0, 2, 31, 504},
    {0xb001, ROW_C_J, 0, 0, 0, -2048},
    {0xaffd, ROW_C_J, 0, 0, 0, 2046},
    {0xd001, ROW_C_BEQZ, 0, 8, 0, -256},
    {0xeffd, ROW_C_BNEZ, 0, 15, 0, 254},
    {0x12fe, ROW_C_SLLI, 5, 5, 0, 63},
    {0x9405, ROW_C_SRAI, 8, 8, 0, 33},
    {0x9b81, ROW_C_ANDI, 15, 15, 0, -32},
    {0x8192, ROW_C_MV, 3, 0, 4, 0},
    {0x9192, ROW_C_ADD, 3, 3, 4, 0},
    {0x8282, ROW_C_JR, 0, 5, 0, 0},
    {0x9282, ROW_C_JALR, 1, 5, 0, 0},
    {0x9002, ROW_C_EBREAK, 0, 0, 0, 0},
    {0x9c1d, ROW_C_SUBW, 8, 8, 15, 0},
};

START_TEST(words_that_an_assembler_made_have_the_operands_that_it_was_given)
{
    for (const struct example *e = assembled; e < assembled + LENGTH(assembled); e++) {
        struct insn expected = {.rd = e->rd, .rs1 = e->rs1, .rs2 = e->rs2, .imm = e->imm};
        struct insn insn = decode_as(e->word, &isa_rows[e->row], &expected);

        ck_assert_uint_eq(insn.word, e->word);
        ck_assert_uint_eq(insn.length, (e->word & 3) == 3 ? 4 : 2);
        ck_assert_uint_eq(isa_encode(insn.row, e->rd, e->rs1, e->rs2, e->imm), e->word);
    }
}
END_TEST

START_TEST(every_row_has_its_random_words_decoded_to_the_operands_that_its_ruler_reads)
{
    struct random random = random_begin();
    struct rulers rulers = read_rulers();

    for (const struct isa_row *row = isa_rows; row < isa_rows + ROW_COUNT; row++) {
        for (int i = 0; i < 500; i++) {
            struct insn expected;
            uint32_t word = random_word(&random, &rulers, row, &expected);

            decode_as(word, row, &expected);
        }
    }
}
END_TEST

/* Bits that a row ignores come back as 0: the encoder leaves them so. */
static uint32_t ignored_bits(const struct isa_row *row)
{
    switch ((int)row->format) {
    case FORMAT_FENCE: return 0x000f8f80;
    case FORMAT_FENCE_I: return 0xffff8f80;
    default: return 0;
    }
}

START_TEST(encoding_what_was_decoded_gives_the_word_again)
{
    struct random random = random_begin();
    struct rulers rulers = read_rulers();

    for (const struct isa_row *row = isa_rows; row < isa_rows + ROW_COUNT; row++) {
        for (int i = 0; i < 100; i++) {
            struct insn insn;
            uint32_t word = random_word(&random, &rulers, row, &insn) & ~ignored_bits(row);
            uint32_t encoded = isa_encode(row, insn.rd, insn.rs1, insn.rs2, insn.imm);

            if (encoded != word)
                ck_abort_msg("0x%08" PRIx32 " %s became 0x%08" PRIx32, word, row->name, encoded);
        }
    }
}
END_TEST

/* Another value for one of the operands; it may fit or not. */
static void change_one(struct random *random, struct insn *insn)
{
    switch (random_below(random, 4)) {
    case 0: insn->rd = (uint8_t)random_below(random, 40); break;
    case 1: insn->rs1 = (uint8_t)random_below(random, 40); break;
    case 2: insn->rs2 = (uint8_t)random_below(random, 40); break;
    default: insn->imm += (int64_t)random_edge(random) % 10000; break;
    }
}

/* The operands that the ruler does not have are 0 in a decoded instruction. */
static void drop_unused(const struct ruler *ruler, struct insn *insn)
{
    insn->rd = ruler_has(ruler, SLOT_RD) ? insn->rd : 0;
    insn->rs1 = ruler_has(ruler, SLOT_RS1) ? insn->rs1 : 0;
    insn->rs2 = ruler_has(ruler, SLOT_RS2) ? insn->rs2 : 0;
    insn->imm = ruler_has(ruler, SLOT_IMM) ? insn->imm : 0;
}

START_TEST(what_was_encoded_decodes_to_the_operands_that_were_given)
{
    struct random random = random_begin();
    struct rulers rulers = read_rulers();
    unsigned long encoded = 0, refused = 0;

    for (const struct isa_row *row = isa_rows; row < isa_rows + ROW_COUNT; row++) {
        for (int i = 0; i < 200; i++) {
            struct insn given;
            uint32_t word;

            random_word(&random, &rulers, row, &given);
            change_one(&random, &given);
            word = isa_encode(row, given.rd, given.rs1, given.rs2, given.imm);
            encoded += word != 0;
            refused += word == 0;
            drop_unused(&rulers.of[isa_row_id(row)], &given);
            if (word != 0)
                decode_as(word, row, &given);
        }
    }
    ck_assert_uint_gt(encoded, 5000);
    ck_assert_uint_gt(refused, 1000);
}
END_TEST

START_TEST(operands_that_do_not_fit_are_not_encoded)
{
    static const struct example misfits[] = {
        {0, ROW_ADDI, 1, 1, 0, 2048},    {0, ROW_ADDI, 1, 1, 0, -2049},
        {0, ROW_ADDI, 32, 1, 0, 0},      {0, ROW_ADD, 1, 32, 0, 0},
        {0, ROW_SLLI, 1, 1, 0, 64},      {0, ROW_SLLI, 1, 1, 0, -1},
        {0, ROW_SLLIW, 1, 1, 0, 32},     {0, ROW_SD, 0, 1, 1, 2048},
        {0, ROW_BEQ, 0, 1, 1, 1},        {0, ROW_BEQ, 0, 1, 1, 4096},
        {0, ROW_JAL, 1, 0, 0, 3},        {0, ROW_JAL, 1, 0, 0, 0x100000},
        {0, ROW_LUI, 1, 0, 0, 1},        {0, ROW_LUI, 1, 0, 0, INT64_C(1) << 31},
        {0, ROW_CSRRW, 1, 1, 0, 4096},   {0, ROW_CSRRW, 1, 1, 0, -1},
        {0, ROW_C_LW, 7, 8, 0, 0},   /* x7 is not one of the eight */
        {0, ROW_C_LW, 16, 8, 0, 0},  /* nor is x16 */
        {0, ROW_C_LW, 8, 8, 0, 2},   /* misaligned */
        {0, ROW_C_LW, 8, 8, 0, 128}, /* too far */
        {0, ROW_C_LW, 8, 8, 0, -4},  /* unsigned */
        {0, ROW_C_LWSP, 1, 3, 0, 0}, /* x3 is not sp */
        {0, ROW_C_LWSP, 0, 2, 0, 0}, /* reserved */
        {0, ROW_C_ADDI, 1, 2, 0, 1}, /* rd and rs1 are one */
        {0, ROW_C_ADDI16SP, 2, 2, 0, 0}, {0, ROW_C_LUI, 2, 0, 0, 4096}, /* would be c.addi16sp */
        {0, ROW_C_JR, 1, 1, 0, 0},                                      /* links to x0 only */
        {0, ROW_C_MV, 1, 0, 0, 0},                                      /* would be c.jr */
        {0, ROW_C_BEQZ, 0, 8, 1, 0},                                    /* compares with x0 only */
    };

    for (const struct example *e = misfits; e < misfits + LENGTH(misfits); e++)
        ck_assert_msg(isa_encode(&isa_rows[e->row], e->rd, e->rs1, e->rs2, e->imm) == 0,
                      "%s x%u x%u x%u %" PRId64 " was encoded", isa_rows[e->row].name, e->rd,
                      e->rs1, e->rs2, e->imm);
}
END_TEST

START_TEST(the_index_finds_what_a_search_through_all_rows_finds)
{
    struct random random = random_begin();
    struct rulers rulers = read_rulers();

    for (int i = 0; i < 60000; i++) {
        uint32_t word = (uint32_t)random_next(&random);
        const struct isa_row *found = NULL;
        struct insn insn, expected;

        if (i % 2 == 0) { /* every other word is of a row, or one bit away from it */
            const struct isa_row *row = &isa_rows[random_below(&random, ROW_COUNT)];
            uint32_t flip = UINT32_C(1) << random_below(&random, 32) & row->mask;
            word = (row->match | (word & ~row->mask)) ^ flip;
        }
        if (isa_length(word) == 2)
            word &= 0xffff;
        for (const struct isa_row *row = isa_rows; row < isa_rows + ROW_COUNT; row++) {
            if ((word & row->mask) != row->match || !read_word(&rulers, row, word, &expected))
                continue;
            if (found)
                ck_abort_msg("0x%08" PRIx32 " is %s and %s", word, found->name, row->name);
            found = row;
        }
        if (isa_decode(word, &insn) != (found != NULL) || insn.row != found)
            ck_abort_msg("0x%08" PRIx32 " should be %s", word, found ? found->name : "illegal");
    }
}
END_TEST

START_TEST(reserved_words_are_illegal)
{
    static const uint32_t words[] = {
        0x00000000, /* all zeros, which is c.addi4spn with the immediate 0 */
        0xffffffff, /* all ones */
        0x0004,     /* c.addi4spn with the immediate 0 */
        0x2000,     /* c.fld */
        0xa000,     /* c.fsd */
        0x2002,     /* c.fldsp */
        0xa002,     /* c.fsdsp */
        0x8000,     /* the reserved place of quadrant 0 */
        0x2001,     /* c.addiw to x0 */
        0x6101,     /* c.addi16sp with the immediate 0 */
        0x6081,     /* c.lui with the immediate 0 */
        0x9c41,     /* a place after c.addw */
        0x9c61,     /* the other one */
        0x4002,     /* c.lwsp to x0 */
        0x6002,     /* c.ldsp to x0 */
        0x8002,     /* c.jr to x0 */
        0x06000033, /* add with another bit in funct7 */
        0x06051513, /* slli with a bit above the amount */
        0x0205151b, /* slliw by 32 */
        0x00007003, /* a load with funct3 7 */
        0x00004023, /* a store with funct3 4 */
        0x00002063, /* a branch with funct3 2 */
        0x00001067, /* a jalr with funct3 1 */
        0x0000005b, /* an opcode for custom use */
        0x00200073, /* uret */
        0x1010202f, /* lr.w with an rs2 */
        0x302000f3, /* mret with an rd */
        0x0000401f, /* the beginning of 48 bits */
        0x0000003f, /* the beginning of 64 bits */
    };

    for (size_t i = 0; i < LENGTH(words); i++) {
        struct insn insn;

        ck_assert_msg(!isa_decode(words[i], &insn), "0x%08" PRIx32 " is %s", words[i],
                      insn.row->name);
        ck_assert_ptr_null(insn.row);
        ck_assert_uint_eq(insn.length, isa_length(words[i]));
    }
}
END_TEST

START_TEST(words_of_more_than_32_bits_are_illegal)
{
    struct random random = random_begin();

    for (int i = 0; i < 100000; i++) {
        uint32_t word = (uint32_t)random_next(&random) | 0x1f;
        struct insn insn;

        if (isa_decode(word, &insn))
            ck_abort_msg("0x%08" PRIx32 " is %s", word, insn.row->name);
    }
}
END_TEST

START_TEST(hints_decode_as_the_harmless_instruction_that_they_encode)
{
    static const struct example hints[] = {
        {0x0001, ROW_C_ADDI, 0, 0, 0, 0},   /* c.nop */
        {0x1001, ROW_C_ADDI, 0, 0, 0, -32}, /* c.nop with an immediate */
        {0x0081, ROW_C_ADDI, 1, 1, 0, 0},   /* adds nothing */
        {0x4005, ROW_C_LI, 0, 0, 0, 1},
        {0x6005, ROW_C_LUI, 0, 0, 0, 0x1000},
        {0x0502, ROW_C_SLLI, 10, 10, 0, 0}, /* shifts by nothing */
        {0x1002, ROW_C_SLLI, 0, 0, 0, 32},
        {0x8001, ROW_C_SRLI, 8, 8, 0, 0},
        {0x8401, ROW_C_SRAI, 8, 8, 0, 0},
        {0x800a, ROW_C_MV, 0, 0, 2, 0},
        {0x900a, ROW_C_ADD, 0, 0, 2, 0},
        {0x00000013, ROW_ADDI, 0, 0, 0, 0}, /* nop */
        {0x00001037, ROW_LUI, 0, 0, 0, 0x1000},
        {0x0100000f, ROW_FENCE, 0, 0, 0, 0x010}, /* pause */
        {0x8330000f, ROW_FENCE, 0, 0, 0, 0x833}, /* fence.tso */
        {0x1230000f, ROW_FENCE, 0, 0, 0, 0x123}, /* a mode that is not there yet */
        {0x0ff50f8f, ROW_FENCE, 0, 0, 0, 0x0ff}, /* with rd and rs1: ignored */
        {0xfff51f8f, ROW_FENCE_I, 0, 0, 0, 0},   /* with all its fields: ignored */
    };

    for (const struct example *e = hints; e < hints + LENGTH(hints); e++) {
        struct insn expected = {.rd = e->rd, .rs1 = e->rs1, .rs2 = e->rs2, .imm = e->imm};
        struct insn insn = decode_as(e->word, &isa_rows[e->row], &expected);

        ck_assert_uint_eq(isa_writes(&insn), insn.rd == 0 ? 0 : UINT32_C(1) << insn.rd);
    }
}
END_TEST

START_TEST(of_a_short_instruction_the_upper_half_is_not_looked_at)
{
    struct insn alone, followed;

    for (uint32_t half = 0; half <= 0xffff; half++) {
        if (isa_length(half) == 4)
            continue;
        isa_decode(half, &alone);
        isa_decode(half | 0xabcd0000, &followed);
        if (alone.row != followed.row || !same_operands(&alone, &followed) ||
            followed.word != half || followed.length != 2)
            ck_abort_msg("0x%04" PRIx32 " is another instruction when 0xabcd follows", half);
    }
}
END_TEST

START_TEST(an_encoding_does_what_its_base_does)
{
    unsigned encodings = 0;

    for (const struct isa_row *row = isa_rows; row < isa_rows + ROW_COUNT; row++) {
        const struct isa_row *base = &isa_rows[row->base];

        ck_assert_msg(&isa_rows[base->base] == base, "the base of %s has a base", row->name);
        ck_assert_int_eq(row->kind, base->kind);
        ck_assert_int_eq(row->op, base->op);
        ck_assert_int_eq(row->width, base->width);
        ck_assert_str_eq(row->regs, base->regs);
        encodings += is_encoding(row);
        ck_assert(is_encoding(row) == (strcmp(row->extension, "C") == 0));
    }
    ck_assert_uint_gt(encodings, 0);
}
END_TEST

static struct insn decode(uint32_t word)
{
    struct insn insn;

    ck_assert(isa_decode(word, &insn));
    return insn;
}

START_TEST(register_use_counts_integer_registers_but_not_x0)
{
    static const struct {
        uint32_t word, reads, writes;
    } uses[] = {
        {0x003100b3, 1 << 2 | 1 << 3, 1 << 1},   /* add x1,x2,x3 */
        {0x00000013, 0, 0},                      /* addi x0,x0,0 */
        {0x80418063, 1 << 3 | 1 << 4, 0},        /* beq x3,x4 */
        {0x8084b023, 1 << 8 | 1 << 9, 0},        /* sd x8,(x9) */
        {0xc00fe1f3, 0, 1 << 3},                 /* csrrsi x3,cycle,31 */
        {0x180110f3, 1 << 2, 1 << 1},            /* csrrw x1,satp,x2 */
        {0x9282, 1 << 5, 1 << 1},                /* c.jalr x5, which links to x1 */
        {0xfffe, UINT32_C(1) << 31 | 1 << 2, 0}, /* c.sdsp x31,504(x2) */
        {0x8192, 1 << 4, 1 << 3},                /* c.mv x3,x4 */
        {0x00000073, 0, 0},                      /* ecall */
    };

    for (size_t i = 0; i < LENGTH(uses); i++) {
        struct insn insn = decode(uses[i].word);

        ck_assert_msg(isa_reads(&insn) == uses[i].reads, "%s reads", insn.row->name);
        ck_assert_msg(isa_writes(&insn) == uses[i].writes, "%s writes", insn.row->name);
    }
}
END_TEST

START_TEST(a_word_that_is_no_instruction_uses_no_register)
{
    static const uint32_t words[] = {0, 0xffffffff, 0xfffffffb, 0x8000}; /* one of them is short */

    for (size_t i = 0; i < LENGTH(words); i++) {
        struct insn insn;

        ck_assert(!isa_decode(words[i], &insn));
        ck_assert_uint_eq(isa_reads(&insn), 0);
        ck_assert_uint_eq(isa_writes(&insn), 0);
    }
}
END_TEST

START_TEST(effects_are_those_of_the_kind)
{
    static const struct {
        enum isa_row_id row;
        unsigned effects;
    } rows[] = {
        {ROW_ADD, 0},
        {ROW_LUI, 0},
        {ROW_LW, EFFECT_READS_MEMORY | EFFECT_MAY_TRAP},
        {ROW_C_SDSP, EFFECT_WRITES_MEMORY | EFFECT_MAY_TRAP},
        {ROW_AMOADD_W, EFFECT_READS_MEMORY | EFFECT_WRITES_MEMORY | EFFECT_MAY_TRAP},
        {ROW_BEQ, EFFECT_CHANGES_PC},
        {ROW_C_J, EFFECT_CHANGES_PC},
        {ROW_ECALL, EFFECT_CHANGES_PC | EFFECT_MAY_TRAP},
        {ROW_CSRRS, EFFECT_USES_CSR | EFFECT_MAY_TRAP},
        {ROW_MRET, EFFECT_CHANGES_PC | EFFECT_MAY_TRAP | EFFECT_USES_CSR},
        {ROW_FENCE, 0},
    };

    for (size_t i = 0; i < LENGTH(rows); i++)
        ck_assert_uint_eq(isa_effects(&isa_rows[rows[i].row]), rows[i].effects);
}
END_TEST

START_TEST(kinds_and_operators_have_names_of_their_own)
{
    for (int i = 0; i < KIND_COUNT; i++) {
        ck_assert_ptr_nonnull(isa_kind_name((enum isa_kind)i));
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(isa_kind_name((enum isa_kind)i), isa_kind_name((enum isa_kind)j));
    }
    for (int i = 0; i < OP_COUNT; i++) {
        ck_assert_ptr_nonnull(isa_operator_name((enum isa_operator)i));
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(isa_operator_name((enum isa_operator)i),
                             isa_operator_name((enum isa_operator)j));
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("decode");
    TCase *tests = tcase_create("words");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, words_that_an_assembler_made_have_the_operands_that_it_was_given);
    tcase_add_test(tests,
                   every_row_has_its_random_words_decoded_to_the_operands_that_its_ruler_reads);
    tcase_add_test(tests, encoding_what_was_decoded_gives_the_word_again);
    tcase_add_test(tests, what_was_encoded_decodes_to_the_operands_that_were_given);
    tcase_add_test(tests, operands_that_do_not_fit_are_not_encoded);
    tcase_add_test(tests, the_index_finds_what_a_search_through_all_rows_finds);
    tcase_add_test(tests, reserved_words_are_illegal);
    tcase_add_test(tests, words_of_more_than_32_bits_are_illegal);
    tcase_add_test(tests, hints_decode_as_the_harmless_instruction_that_they_encode);
    tcase_add_test(tests, of_a_short_instruction_the_upper_half_is_not_looked_at);
    tcase_add_test(tests, an_encoding_does_what_its_base_does);
    tcase_add_test(tests, register_use_counts_integer_registers_but_not_x0);
    tcase_add_test(tests, a_word_that_is_no_instruction_uses_no_register);
    tcase_add_test(tests, effects_are_those_of_the_kind);
    tcase_add_test(tests, kinds_and_operators_have_names_of_their_own);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
