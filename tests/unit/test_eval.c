/*
 * test_eval.c: what each operator computes, against the manual's tables and against a model.
 *
 * The model computes every operator in another way than eval.h does: bit by bit, by repeated
 * addition, by long division, on numbers held as sign and magnitude. It is slow and knows no
 * 128-bit type, no native shift of a signed number and no native division.
 */
#include "emu/isa/eval.h"
#include "tests/random.h"
#include "tests/unit/unit_main.h"

#include <inttypes.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the model ---- */

/* Unsigned numbers of up to 128 bits, as an array of bits; bit 0 first. */
struct wide {
    uint8_t bit[128];
};

static struct wide wide_from(uint64_t x, unsigned width)
{
    struct wide wide = {{0}};

    for (unsigned i = 0; i < width; i++)
        wide.bit[i] = x >> i & 1;
    return wide;
}

/* The `width` bits from `low` on; the bits above them repeat the highest. */
static uint64_t wide_signed(struct wide wide, unsigned low, unsigned width)
{
    uint64_t x = 0;

    for (unsigned i = 0; i < 64; i++) {
        unsigned from = i < width ? i : width - 1;
        x |= (uint64_t)wide.bit[low + from] << i;
    }
    return x;
}

static struct wide wide_add(struct wide a, struct wide b)
{
    unsigned carry = 0;

    for (unsigned i = 0; i < 128; i++) {
        unsigned sum = a.bit[i] + b.bit[i] + carry;
        a.bit[i] = sum & 1;
        carry = sum >> 1;
    }
    return a;
}

static struct wide wide_negate(struct wide a)
{
    for (unsigned i = 0; i < 128; i++)
        a.bit[i] = !a.bit[i];
    return wide_add(a, wide_from(1, 1));
}

/* Up for positive, down for negative `by`; zeros come in. */
static struct wide wide_shift(struct wide a, int by)
{
    struct wide result = {{0}};

    for (int i = 0; i < 128; i++) {
        if (i - by >= 0 && i - by < 128)
            result.bit[i] = a.bit[i - by];
    }
    return result;
}

static bool wide_less(struct wide a, struct wide b)
{
    for (unsigned i = 128; i-- > 0;) {
        if (a.bit[i] != b.bit[i])
            return a.bit[i] < b.bit[i];
    }
    return false;
}

static struct wide wide_product(struct wide a, struct wide b)
{
    struct wide product = {{0}};

    for (int i = 0; i < 128; i++) {
        if (b.bit[i])
            product = wide_add(product, wide_shift(a, i));
    }
    return product;
}

/* Long division; b is not 0. */
static void wide_divide(struct wide a, struct wide b, struct wide *quotient, struct wide *remainder)
{
    *quotient = *remainder = (struct wide){{0}};
    for (unsigned i = 128; i-- > 0;) {
        *remainder = wide_shift(*remainder, 1);
        remainder->bit[0] = a.bit[i];
        if (!wide_less(*remainder, b)) {
            *remainder = wide_add(*remainder, wide_negate(b));
            quotient->bit[i] = 1;
        }
    }
}

/* A number as an operator sees it: its magnitude, and whether it is below zero. */
struct number {
    struct wide magnitude;
    bool is_negative;
};

static struct number number_from(uint64_t x, unsigned width, bool is_signed)
{
    struct number number = {.magnitude = wide_from(x, width)};

    if (is_signed && number.magnitude.bit[width - 1]) {
        number.is_negative = true;
        number.magnitude =
            wide_add(wide_shift(wide_from(1, 1), (int)width), wide_negate(number.magnitude));
    }
    return number;
}

static struct wide number_bits(struct number number)
{
    return number.is_negative ? wide_negate(number.magnitude) : number.magnitude;
}

static bool number_less(struct number a, struct number b)
{
    if (a.is_negative != b.is_negative)
        return a.is_negative;
    return a.is_negative ? wide_less(b.magnitude, a.magnitude)
                         : wide_less(a.magnitude, b.magnitude);
}

static struct wide model_multiply(uint64_t a, bool a_signed, uint64_t b, bool b_signed,
                                  unsigned width)
{
    struct number x = number_from(a, width, a_signed), y = number_from(b, width, b_signed);
    struct number product = {.magnitude = wide_product(x.magnitude, y.magnitude),
                             .is_negative = x.is_negative != y.is_negative};

    return number_bits(product);
}

/* Rounds towards zero, and the remainder has the dividend's sign (unprivileged spec 7.2). */
static struct wide model_divide(uint64_t a, uint64_t b, bool is_signed, bool wants_remainder,
                                unsigned width)
{
    struct number x = number_from(a, width, is_signed), y = number_from(b, width, is_signed);
    struct number quotient = {.is_negative = x.is_negative != y.is_negative};
    struct number remainder = {.is_negative = x.is_negative};

    if (!wide_less((struct wide){{0}}, y.magnitude)) /* by zero */
        return wants_remainder ? wide_from(a, width) : wide_from(UINT64_MAX, 64);
    wide_divide(x.magnitude, y.magnitude, &quotient.magnitude, &remainder.magnitude);
    return number_bits(wants_remainder ? remainder : quotient);
}

static uint64_t model_shift(enum isa_operator op, unsigned width, uint64_t a, uint64_t b)
{
    int amount = (int)(b % width);
    struct wide bits = wide_from(a, width);

    if (op == OP_SLL)
        return wide_signed(wide_shift(bits, amount), 0, width);
    for (unsigned i = width; i < 128 && op == OP_SRA; i++)
        bits.bit[i] = bits.bit[width - 1];
    return wide_signed(wide_shift(bits, -amount), 0, width);
}

/* Bit by bit, from the truth tables: digit 2a+b of `table`. */
static uint64_t model_logic(unsigned table, unsigned width, uint64_t a, uint64_t b)
{
    struct wide result = {{0}};

    for (unsigned i = 0; i < width; i++)
        result.bit[i] = table >> (2 * (a >> i & 1) + (b >> i & 1)) & 1;
    return wide_signed(result, 0, width);
}

static uint64_t model_choose(bool first, unsigned width, uint64_t a, uint64_t b)
{
    return wide_signed(wide_from(first ? a : b, width), 0, width);
}

static uint64_t model(enum isa_operator op, unsigned width, uint64_t a, uint64_t b)
{
    struct wide wa = wide_from(a, width), wb = wide_from(b, width);
    bool less = number_less(number_from(a, width, true), number_from(b, width, true));
    bool less_unsigned = wide_less(wa, wb);
    bool greater = number_less(number_from(b, width, true), number_from(a, width, true));
    bool greater_unsigned = wide_less(wb, wa);
    struct wide result = {{0}};

    switch (op) {
    case OP_ADD: result = wide_add(wa, wb); break;
    case OP_SUB: result = wide_add(wa, wide_negate(wb)); break;
    case OP_SLL:
    case OP_SRL:
    case OP_SRA: return model_shift(op, width, a, b);
    case OP_AND: return model_logic(0x8, width, a, b);
    case OP_OR: return model_logic(0xe, width, a, b);
    case OP_XOR: return model_logic(0x6, width, a, b);
    case OP_ANDN: return model_logic(0x4, width, a, b);
    case OP_SECOND: return model_logic(0xa, width, a, b);
    case OP_EQ: return !less_unsigned && !greater_unsigned;
    case OP_NE: return less_unsigned || greater_unsigned;
    case OP_LT: return less;
    case OP_GE: return !less;
    case OP_LTU: return less_unsigned;
    case OP_GEU: return !less_unsigned;
    case OP_MIN: return model_choose(less, width, a, b);
    case OP_MAX: return model_choose(greater, width, a, b);
    case OP_MINU: return model_choose(less_unsigned, width, a, b);
    case OP_MAXU: return model_choose(greater_unsigned, width, a, b);
    case OP_MUL: result = model_multiply(a, false, b, false, width); break;
    case OP_MULH: return wide_signed(model_multiply(a, true, b, true, width), width, width);
    case OP_MULHSU: return wide_signed(model_multiply(a, true, b, false, width), width, width);
    case OP_MULHU: return wide_signed(model_multiply(a, false, b, false, width), width, width);
    case OP_DIV: result = model_divide(a, b, true, false, width); break;
    case OP_DIVU: result = model_divide(a, b, false, false, width); break;
    case OP_REM: result = model_divide(a, b, true, true, width); break;
    case OP_REMU: result = model_divide(a, b, false, true, width); break;
    case OP_SEXT: result = wa; break;
    case OP_ZEXT: return wide_signed(wa, 0, 64);
    case OP_NONE:
    case OP_COUNT: ck_abort_msg("no operator");
    }
    return wide_signed(result, 0, width);
}

/* ---- the tests ---- */

/* Check notes every assertion, also one that holds, in a file: too slow for 100,000 of them. */
static void check_one(enum isa_operator op, unsigned width, uint64_t a, uint64_t b)
{
    uint64_t got = alu_eval(op, width, a, b), expected = model(op, width, a, b);

    if (got != expected)
        ck_abort_msg("%s at %u bits of 0x%016" PRIx64 " and 0x%016" PRIx64 " is 0x%016" PRIx64
                     ", by the model 0x%016" PRIx64,
                     isa_operator_name(op), width, a, b, got, expected);
}

/* The widths at which an operator is used; 0 ends the list. */
static const unsigned *widths_of(enum isa_operator op)
{
    static const unsigned words[] = {32, 64, 0}, all[] = {8, 16, 32, 64, 0}, longs[] = {64, 0};

    if (op == OP_SEXT || op == OP_ZEXT)
        return all;
    if (op == OP_MULH || op == OP_MULHSU || op == OP_MULHU)
        return longs;
    return words;
}

static const uint64_t edges[] = {
    0,
    1,
    2,
    3,
    7,
    31,
    32,
    33,
    63,
    64,
    65,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x7ffffffe,
    0x7fffffff,
    0x80000000,
    0x80000001,
    0xffffffff,
    0x100000000,
    0x7fffffffffffffff,
    0x8000000000000000,
    0x8000000000000001,
    0xffffffff00000000,
    0xffffffff7fffffff,
    0xffffffff80000000,
    0xfffffffffffffffe,
    0xffffffffffffffff,
    0x0123456789abcdef,
    0xfedcba9876543210,
    0x5555555555555555,
    0xaaaaaaaaaaaaaaaa,
};

START_TEST(every_operator_agrees_with_the_model_on_all_pairs_of_edge_values)
{
    for (int op = OP_NONE + 1; op < OP_COUNT; op++) {
        for (const unsigned *width = widths_of((enum isa_operator)op); *width != 0; width++) {
            for (size_t i = 0; i < LENGTH(edges); i++) {
                for (size_t j = 0; j < LENGTH(edges); j++)
                    check_one((enum isa_operator)op, *width, edges[i], edges[j]);
            }
        }
    }
}
END_TEST

START_TEST(every_operator_agrees_with_the_model_on_random_values)
{
    struct random random = random_begin();

    for (int op = OP_NONE + 1; op < OP_COUNT; op++) {
        for (const unsigned *width = widths_of((enum isa_operator)op); *width != 0; width++) {
            for (int i = 0; i < 200; i++)
                check_one((enum isa_operator)op, *width, random_edge(&random),
                          random_edge(&random));
        }
    }
}
END_TEST

struct example {
    enum isa_operator op;
    unsigned width;
    uint64_t a, b, result;
};

static void check_examples(const struct example *examples, size_t count)
{
    for (const struct example *e = examples; e < examples + count; e++) {
        uint64_t got = alu_eval(e->op, e->width, e->a, e->b);

        ck_assert_msg(got == e->result,
                      "%s at %u bits of 0x%" PRIx64 " and 0x%" PRIx64 ": 0x%" PRIx64
                      " instead of 0x%" PRIx64,
                      isa_operator_name(e->op), e->width, e->a, e->b, got, e->result);
    }
}

#define MIN64 UINT64_C(0x8000000000000000)
#define MIN32 UINT64_C(0xffffffff80000000)
#define ONES  UINT64_MAX

START_TEST(division_by_zero_and_overflow_are_as_table_7_1_says)
{
    static const struct example examples[] = {
        {OP_DIVU, 64, 7, 0, ONES},
        {OP_REMU, 64, 7, 0, 7},
        {OP_DIV, 64, 7, 0, ONES},
        {OP_REM, 64, 7, 0, 7},
        {OP_DIV, 64, MIN64, 0, ONES},
        {OP_REM, 64, MIN64, 0, MIN64},
        {OP_DIV, 64, MIN64, ONES, MIN64},
        {OP_REM, 64, MIN64, ONES, 0},
        {OP_DIVU, 64, MIN64, ONES, 0},
        {OP_REMU, 64, MIN64, ONES, MIN64},
        {OP_DIVU, 32, 7, 0, ONES},
        {OP_REMU, 32, 0x80000000, 0, MIN32},
        {OP_DIV, 32, 7, 0, ONES},
        {OP_REM, 32, 0x80000000, 0, MIN32},
        {OP_DIV, 32, 0x80000000, 0xffffffff, MIN32},
        {OP_REM, 32, 0x80000000, 0xffffffff, 0},
        {OP_DIV, 32, 0x100000008, 0xffffffff00000002, 4}, /* upper halves do not count */
    };

    check_examples(examples, LENGTH(examples));
}
END_TEST

START_TEST(division_rounds_towards_zero_and_the_remainder_has_the_sign_of_the_dividend)
{
    static const struct example examples[] = {
        {OP_DIV, 64, 7, 2, 3},
        {OP_REM, 64, 7, 2, 1},
        {OP_DIV, 64, (uint64_t)-7, 2, (uint64_t)-3},
        {OP_REM, 64, (uint64_t)-7, 2, (uint64_t)-1},
        {OP_DIV, 64, 7, (uint64_t)-2, (uint64_t)-3},
        {OP_REM, 64, 7, (uint64_t)-2, 1},
        {OP_DIV, 64, (uint64_t)-7, (uint64_t)-2, 3},
        {OP_REM, 64, (uint64_t)-7, (uint64_t)-2, (uint64_t)-1},
    };

    check_examples(examples, LENGTH(examples));
}
END_TEST

START_TEST(upper_halves_of_products_know_which_operands_are_signed)
{
    static const struct example examples[] = {
        {OP_MULH, 64, ONES, ONES, 0},                      /* -1 * -1 = 1 */
        {OP_MULHU, 64, ONES, ONES, ONES - 1},              /* (2^64 - 1)^2 */
        {OP_MULHSU, 64, ONES, ONES, ONES},                 /* -1 * (2^64 - 1) */
        {OP_MULH, 64, MIN64, MIN64, UINT64_C(1) << 62},    /* 2^126 */
        {OP_MULHSU, 64, MIN64, MIN64, MIN64 | MIN64 >> 1}, /* -2^126 */
        {OP_MULHSU, 64, 1, ONES, 0},
        {OP_MULHSU, 64, ONES, 1, ONES},
        {OP_MULHSU, 64, MIN64, ONES, MIN64}, /* -2^63 * (2^64 - 1) */
    };

    check_examples(examples, LENGTH(examples));
}
END_TEST

START_TEST(shifts_take_the_amount_modulo_the_width)
{
    static const struct example examples[] = {
        {OP_SLL, 64, 1, 63, MIN64},
        {OP_SLL, 64, 1, 64, 1},
        {OP_SLL, 64, 1, ONES, MIN64},
        {OP_SRL, 64, MIN64, 63, 1},
        {OP_SRA, 64, MIN64, 63, ONES},
        {OP_SRA, 64, MIN64, 64, MIN64},
        {OP_SLL, 32, 1, 31, MIN32},
        {OP_SLL, 32, 1, 32, 1},
        {OP_SRL, 32, 0xffffffff80000000, 31, 1},
        {OP_SRL, 32, 0xffffffff80000000, 0, MIN32},
        {OP_SRA, 32, 0x80000000, 31, ONES},
        {OP_SRA, 32, 0x180000000, 4, 0xfffffffff8000000},
    };

    check_examples(examples, LENGTH(examples));
}
END_TEST

START_TEST(results_of_32_bits_are_sign_extended)
{
    static const struct example examples[] = {
        {OP_ADD, 32, 0x7fffffff, 1, MIN32},
        {OP_ADD, 32, 0xffffffff, 1, 0},
        {OP_SUB, 32, 0, 1, ONES},
        {OP_SUB, 32, 0x80000000, 1, 0x7fffffff},
        {OP_MUL, 32, 0x10000, 0x8000, MIN32},
        {OP_SECOND, 32, 0, 0x80000000, MIN32},
        {OP_MAXU, 32, 1, 0xffffffff, ONES},
        {OP_MINU, 32, MIN32, 1, 1},
        {OP_MAX, 32, 0x80000000, 1, 1}, /* -2^31 and 1 */
        {OP_MIN, 32, 0x80000000, 1, MIN32},
    };

    check_examples(examples, LENGTH(examples));
}
END_TEST

START_TEST(loaded_values_are_extended_from_their_width)
{
    static const struct example examples[] = {
        {OP_SEXT, 8, 0x1234567812345680, 0, 0xffffffffffffff80},
        {OP_ZEXT, 8, 0x1234567812345680, 0, 0x80},
        {OP_SEXT, 16, 0x8000, 0, 0xffffffffffff8000},
        {OP_ZEXT, 16, 0x12348000, 0, 0x8000},
        {OP_SEXT, 32, 0x7fffffff, 0, 0x7fffffff},
        {OP_ZEXT, 32, ONES, 0, 0xffffffff},
        {OP_SEXT, 64, ONES, 0, ONES},
        {OP_ZEXT, 64, MIN64, 0, MIN64},
    };

    check_examples(examples, LENGTH(examples));
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("eval");
    TCase *tests = tcase_create("operators");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, every_operator_agrees_with_the_model_on_all_pairs_of_edge_values);
    tcase_add_test(tests, every_operator_agrees_with_the_model_on_random_values);
    tcase_add_test(tests, division_by_zero_and_overflow_are_as_table_7_1_says);
    tcase_add_test(tests,
                   division_rounds_towards_zero_and_the_remainder_has_the_sign_of_the_dividend);
    tcase_add_test(tests, upper_halves_of_products_know_which_operands_are_signed);
    tcase_add_test(tests, shifts_take_the_amount_modulo_the_width);
    tcase_add_test(tests, results_of_32_bits_are_sign_extended);
    tcase_add_test(tests, loaded_values_are_extended_from_their_width);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
