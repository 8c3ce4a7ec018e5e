/*
 * test_mkisa.c: the check that runs while Trivium is built finds what can be wrong with a row.
 *
 * Each wrong row joins a few right ones; the check has to complain, and about the right thing. That
 * a complaint stops the build is tests/e2e/isa_table.sh.
 */
#include "emu/isa/mkisa.h"
#include "tests/unit/unit_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* The columns in the order of rv64.def. */
#define ROW(id_, name_, pattern_, format_, regs_, op_, width_)                                   \
    {                                                                                            \
        .id = id_, .name = name_, .pattern = pattern_, .format = format_, .regs = regs_,         \
        .kind = "ALU", .op = op_, .width = width_, .extension = "I", .meaning = "rd = something" \
    }
#define ENCODING(id_, name_, pattern_, format_, regs_, base_, constraint_)               \
    {                                                                                    \
        .id = id_, .name = name_, .pattern = pattern_, .format = format_, .regs = regs_, \
        .base = base_, .constraint = CONSTRAINT_##constraint_, .extension = "C",         \
        .meaning = "rd = something"                                                      \
    }

#define ADD  ROW("ADD", "add", "0000000 ..... ..... 000 ..... 0110011", "R", "xxx-", "ADD", 64)
#define ADDI ROW("ADDI", "addi", "............ ..... 000 ..... 0010011", "I", "xx--", "ADD", 64)
#define JALR ROW("JALR", "jalr", "............ ..... 000 ..... 1100111", "I_MEM", "xx--", "NONE", 0)
#define C_JR ENCODING("C_JR", "c.jr", "100 0 ..... 00000 10", "CR_JR", "xx--", "JALR", RS1_NOT_0)
#define C_MV ENCODING("C_MV", "c.mv", "100 0 ..... ..... 10", "CR_MV", "xxx-", "ADD", RS2_NOT_0)

enum { RIGHT_ROWS = 5 };

/* Checks the right rows and, unless it is NULL, a wrong one. The caller frees *complaints. */
static int check_with(const struct source_row *wrong, char **complaints)
{
    struct source_row rows[RIGHT_ROWS + 1] = {ADD, ADDI, JALR, C_JR, C_MV};
    size_t size;
    FILE *out = open_memstream(complaints, &size);
    int count;

    ck_assert_ptr_nonnull(out);
    if (wrong)
        rows[RIGHT_ROWS] = *wrong;
    count = mkisa_check(rows, wrong ? RIGHT_ROWS + 1 : RIGHT_ROWS, out);
    fclose(out);
    return count;
}

START_TEST(right_rows_are_not_complained_about)
{
    char *complaints;

    ck_assert_msg(check_with(NULL, &complaints) == 0, "%s", complaints);
    ck_assert_str_eq(complaints, "");
    free(complaints);
}
END_TEST

static const struct wrong_row {
    struct source_row row;
    const char *complaint;
} wrong_rows[] = {
    /* the pattern alone */
    {ROW("X", "x", "0000001 ..... ..... 000 ..... 011011", "R", "xxx-", "ADD", 64),
     "row X: a pattern of 31 bits instead of 32"},
    {ROW("X", "x", "0000001 ..... ..... 000 ..... 01100011", "R", "xxx-", "ADD", 64),
     "row X: a pattern of 33 bits instead of 32"},
    {ROW("X", "x", "000000x ..... ..... 000 ..... 0110011", "R", "xxx-", "ADD", 64),
     "row X: character 'x' in the pattern"},
    {ROW("X", "x", "0000001 ..... ..... 000 ..... 0110001", "R", "xxx-", "ADD", 64),
     "row X: the pattern's low bits are not those of a 32-bit word"},
    {ROW("X", "x", "0000001 ..... ..... 000 ..... 0111111", "R", "xxx-", "ADD", 64),
     "row X: the pattern's low bits are not those of a 32-bit word"},
    {ROW("X", "x", "0000001 ..... ..... 000 ..... 011001.", "R", "xxx-", "ADD", 64),
     "row X: the pattern's low bits are not those of a 32-bit word"},
    {ENCODING("X", "x", "101 0 ..... ..... 11", "CR_ADD", "xxx-", "ADD", NONE),
     "row X: the pattern's low bits are not those of a 16-bit word"},
    {ENCODING("X", "x", "101 0 ..... ..... 1", "CR_ADD", "xxx-", "ADD", NONE),
     "row X: a pattern of 15 bits instead of 16"},

    /* the pattern and the format */
    {ROW("X", "x", "0000001 ..... ..... 000 ..... 0110011", "Q", "xxx-", "ADD", 64),
     "row X: unknown format Q"},
    {ROW("X", "x", "0000001 ..... ..... 000 ..... 0110011", "CR_ADD", "xxx-", "ADD", 64),
     "row X: format CR_ADD has 16 bits"},
    {ROW("X", "x", "000000. ..... ..... 001 ..... 0110011", "R", "xxx-", "ADD", 64),
     "row X: bit 25 is free, but no operand's in format R"},
    {ROW("X", "x", "0000001 ..... 0.... 000 ..... 0110011", "R", "xxx-", "ADD", 64),
     "row X: bit 19 is fixed, but an operand's in format R"},

    /* the register classes */
    {ROW("X", "x", "0000001 ..... ..... 000 ..... 0110011", "R", "xxx", "ADD", 64),
     "row X: register classes \"xxx\""},
    {ROW("X", "x", "0000001 ..... ..... 000 ..... 0110011", "R", "xyx-", "ADD", 64),
     "row X: register classes \"xyx-\""},
    {ROW("X", "x", "0000001 ..... ..... 000 ..... 0110011", "R", "xx--", "ADD", 64),
     "row X: regs say that rs2 is unused, format R says the opposite"},
    {ROW("X", "x", "0000001 ..... ..... 000 ..... 0110011", "R", "xxxx", "ADD", 64),
     "row X: regs say that rs3 is a register, format R says the opposite"},
    {ROW("X", "x", "............ ..... 101 ..... 1110011", "CSR_IMM", "xx--", "OR", 64),
     "row X: regs say that rs1 is a register, format CSR_IMM says the opposite"},

    /* the other columns */
    {ROW("X", "x", "0000001 ..... ..... 000 ..... 0110011", "R", "xxx-", "ADD", 24),
     "row X: width 24"},
    {ROW("X", "x", "0000001 ..... ..... 000 ..... 0110011", "R", "xxx-", "ADD", 0),
     "row X: operator ADD has no width"},
    {ROW("X", "", "0000001 ..... ..... 000 ..... 0110011", "R", "xxx-", "ADD", 64),
     "row X: no name or no meaning"},

    /* the rows among themselves */
    {ROW("ADD", "x", "0000001 ..... ..... 000 ..... 0110011", "R", "xxx-", "ADD", 64),
     "row ADD: the id is already taken"},
    {ROW("X", "add", "0000001 ..... ..... 000 ..... 0110011", "R", "xxx-", "ADD", 64),
     "row X: the name \"add\" is already that of ADD"},
    {ROW("X", "x", "0000000 ..... ..... 000 ..... 0110011", "R", "xxx-", "ADD", 64),
     "row X: the pattern overlaps that of ADD"},
    {ROW("X", "x", "000000000000 00000 000 00000 0110011", "NONE", "----", "NONE", 0),
     "row X: the pattern overlaps that of ADD"},

    /* the encodings and their bases */
    {ENCODING("X", "x", "101 0 ..... ..... 10", "CR_ADD", "xxx-", "SUB", NONE),
     "row X: its base SUB is not a ROW"},
    {ENCODING("X", "x", "101 0 ..... ..... 10", "CR_ADD", "xxx-", "C_MV", NONE),
     "row X: its base C_MV is not a ROW"},
    {ENCODING("X", "x", "101 0 ..... ..... 10", "CR_ADD", "xxx-", "ADDI", NONE),
     "row X: regs \"xxx-\" are not its base's \"xx--\""},
    {ENCODING("X", "x", "100 0 00000 ..... 10", "CR_NONE", "----", "ADD", NONE), "row X: bit 2 is"},
    {ENCODING("X", "x", "100 0 ..... ..... 10", "CR_ADD", "xxx-", "ADD", RD_NOT_0),
     "row X: word 0x8082 is also that of C_JR"},
    {ENCODING("X", "x", "100 0 ..... ..... 10", "CR_ADD", "xxx-", "ADD", RS2_NOT_0),
     "row X: word 0x8006 is also that of C_MV"},
};

START_TEST(a_wrong_row_is_complained_about)
{
    const struct wrong_row *wrong = &wrong_rows[_i];
    char *complaints;
    int count = check_with(&wrong->row, &complaints);

    ck_assert_msg(count > 0, "no complaint, instead of \"%s\"", wrong->complaint);
    ck_assert_msg(strstr(complaints, wrong->complaint) != NULL, "\"%s\" is not among: %s",
                  wrong->complaint, complaints);
    free(complaints);
}
END_TEST

START_TEST(a_malformed_ruler_is_not_read)
{
    static const char *const malformed[] = {
        "",
        "funct7 rs2 rs1 funct3 rd",               /* 25 bits */
        "funct7 rs2 rs1 funct3 rd opcode op",     /* 34 bits */
        "funct7 rs2 rs1 funct3 rd opcodes",       /* no such token */
        "funct rs2 rs1 funct10 rd opcode",        /* funct of how many bits? */
        "funct0 funct7 rs2 rs1 funct3 rd opcode", /* none */
        "funct7 rs4 rs1 funct3 rd opcode",
        "imm[11:0 rs1 funct3 rd opcode",
        "imm[0:11] rs1 funct3 rd opcode",
        "imm[] rs1 funct3 rd opcode",
        "imm[11-0] rs1 funct3 rd opcode",
        "imm[99:88] rs1 funct3 rd opcode",
        "imm[11:0]x rs1 funct3 rd opcode",
        "funct7 rs2 rs1 funct3 rd opcode rs3=",
        "funct7 rs2 rs1 funct3 rd opcode rs3=x2",
        "funct7 rs2 rs1 funct3 rd opcode imm=2 fm=1 x=3",
    };
    struct ruler ruler;

    for (size_t i = 0; i < LENGTH(malformed); i++)
        ck_assert_msg(!ruler_parse(malformed[i], &ruler), "\"%s\" was read", malformed[i]);
}
END_TEST

START_TEST(a_ruler_moves_operands_in_and_out_of_a_word)
{
    const struct insn given = {.rd = 9, .rs1 = 9, .imm = -6};
    struct insn got = {0};
    uint32_t word = 0x8001;
    struct ruler ruler;

    ck_assert(ruler_parse("funct3 imm[5] funct2 rd'/rs1' imm[2|0|4:3|1] op", &ruler));
    ck_assert_uint_eq(ruler.width, 16);
    ck_assert_uint_eq(ruler.fixed, 0xec03);
    ck_assert_uint_eq(ruler.imm_width, 6);
    ck_assert(ruler.imm_signed);
    ck_assert(ruler_insert(&ruler, &given, &word));
    /* -6 is 111010: [5] 1, [2] 0, [0] 0, [4:3] 11, [1] 1 */
    ck_assert_uint_eq(word, 0x8001 | 1 << 12 | 1 << 7 | 7 << 2);
    ruler_extract(&ruler, word, &got);
    ck_assert(got.rd == 9 && got.rs1 == 9 && got.rs2 == 0 && got.imm == -6);
}
END_TEST

START_TEST(a_ruler_says_how_many_bits_each_of_its_words_stands_for)
{
    static const struct {
        const char *token;
        unsigned width;
    } tokens[] = {
        {"funct7", 7}, {"opcode", 7},       {"op", 2},      {"rd", 5},    {"rd'/rs1'", 3},
        {"csr", 12},   {"imm[12|10:5]", 7}, {"unused5", 5}, {"rs1=2", 0}, {"nonsense", 0},
    };

    for (size_t i = 0; i < LENGTH(tokens); i++)
        ck_assert_uint_eq(ruler_token_width(tokens[i].token), tokens[i].width);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("mkisa");
    TCase *tests = tcase_create("table");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, right_rows_are_not_complained_about);
    tcase_add_loop_test(tests, a_wrong_row_is_complained_about, 0, (int)LENGTH(wrong_rows));
    tcase_add_test(tests, a_malformed_ruler_is_not_read);
    tcase_add_test(tests, a_ruler_moves_operands_in_and_out_of_a_word);
    tcase_add_test(tests, a_ruler_says_how_many_bits_each_of_its_words_stands_for);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
