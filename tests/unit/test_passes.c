/*
 * test_passes.c: no pass changes what a block does, for random blocks; and each finds what it is
 * for.
 */
#include <string.h>

#include "emu/dbt/translate.h"
#include "tests/ir/evaluate.h"
#include "tests/random.h"
#include "tests/unit/unit_main.h"

enum { BLOCKS = 30000, STARTS = 4, BYTES = 1024 };

static struct ir_source random_source(struct random *random, uint8_t bytes[BYTES])
{
    for (unsigned i = 0; i < BYTES; i += 8) {
        uint64_t number = random_next(random);

        memcpy(bytes + i, &number, 8);
    }
    return (struct ir_source){.bytes = bytes, .count = BYTES};
}

static void expect_same(const struct ir_block *before, const struct ir_block *after,
                        const uint64_t x[32], const char *pass)
{
    if (ir_evaluate(before, x) == ir_evaluate(after, x))
        return;
    for (unsigned i = 0; i < before->op_count; i++) {
        ir_print_op(stdout, &before->ops[i]);
        fputs(after->ops[i].removed != IR_KEPT ? "\t-" : "\t", stdout);
        ir_print_op(stdout, &after->ops[i]);
        putchar('\n');
    }
    fflush(stdout);
    ck_abort_msg("the pass %s changes what the block does", pass);
}

START_TEST(no_pass_changes_what_a_block_does)
{
    struct random random = random_begin();
    unsigned changed = 0;

    for (unsigned i = 0; i < BLOCKS; i++) {
        uint8_t bytes[BYTES];
        struct ir_source source = random_source(&random, bytes);
        struct ir_block block, after;
        uint64_t x[STARTS][32];

        ir_make(&block, &source);
        for (unsigned start = 0; start < STARTS; start++) {
            source = random_source(&random, bytes);
            ir_make_registers(x[start], &source);
        }
        for (size_t pass = 0; pass < pass_count; pass++) {
            after = block;
            passes[pass].run(&after);
            changed += ir_is_same(&after, &block) ? 0 : 1;
            for (unsigned start = 0; start < STARTS; start++)
                expect_same(&block, &after, x[start], passes[pass].name);
            block = after;
        }
    }
    ck_assert_uint_gt(changed, BLOCKS); /* or nothing was tested */
}
END_TEST

static struct ir_op alu(enum isa_operator op, unsigned width, unsigned rd, unsigned a, unsigned b,
                        int64_t imm)
{
    return (struct ir_op){.kind = IR_ALU,
                          .op = (uint8_t)op,
                          .width = (uint8_t)width,
                          .rd = (uint8_t)rd,
                          .a = (uint8_t)a,
                          .b = (uint8_t)b,
                          .imm = imm};
}

/* All passes on these operations and an exit. */
static struct ir_block passed(const struct ir_op *ops, unsigned count)
{
    const struct dbt_options options = dbt_options_all();
    struct translation translation = {.options = &options,
                                      .block = {.op_count = count + 1, .insn_count = count + 1}};

    memcpy(translation.block.ops, ops, count * sizeof *ops);
    translation.block.ops[count] = (struct ir_op){.kind = IR_EXIT, .target = 4};
    translation_passes(&translation);
    return translation.block;
}

START_TEST(two_halves_of_a_constant_become_one)
{
    const struct ir_op ops[] = {{.kind = IR_CONST, .rd = 10, .imm = 0x12345000},
                                alu(OP_ADD, 32, 10, 10, IR_IMM, 0x678)};
    struct ir_block block = passed(ops, 2);

    ck_assert_int_eq(block.ops[0].removed, IR_REMOVED_DEAD);
    ck_assert_int_eq(block.ops[1].kind, IR_CONST);
    ck_assert_int_eq(block.ops[1].imm, 0x12345678);
}
END_TEST

START_TEST(shifts_and_an_or_become_a_rotation)
{
    const struct ir_op ops[] = {alu(OP_SLL, 32, 5, 10, IR_IMM, 25),
                                alu(OP_SRL, 32, 6, 10, IR_IMM, 7), alu(OP_OR, 64, 5, 5, 6, 0),
                                alu(OP_ADD, 64, 6, 5, IR_IMM, 1)};
    struct ir_block block = passed(ops, 4);

    ck_assert_int_eq(block.ops[0].removed, IR_REMOVED_DEAD);
    ck_assert_int_eq(block.ops[1].removed, IR_REMOVED_DEAD);
    ck_assert_int_eq(block.ops[2].kind, IR_ROTATE);
    ck_assert_int_eq(block.ops[2].imm, 7);
    ck_assert_int_eq(block.ops[2].a, 10);
}
END_TEST

START_TEST(a_scaled_sum_and_an_extension_are_found)
{
    const struct ir_op ops[] = {alu(OP_SLL, 64, 5, 10, IR_IMM, 3), alu(OP_ADD, 64, 5, 11, 5, 0),
                                alu(OP_SLL, 64, 12, 12, IR_IMM, 48),
                                alu(OP_SRL, 64, 12, 12, IR_IMM, 48)};
    struct ir_block block = passed(ops, 4);

    ck_assert_int_eq(block.ops[1].kind, IR_SCALE);
    ck_assert_int_eq(block.ops[1].a, 10);
    ck_assert_int_eq(block.ops[1].b, 11);
    /* The second shift's source is overwritten by the first: it is no extension any more. */
    ck_assert_int_eq(block.ops[3].op, OP_SRL);
}
END_TEST

START_TEST(what_an_exit_may_see_stays)
{
    const struct ir_op ops[] = {
        {.kind = IR_CONST, .rd = 10, .imm = 1},
        {.kind = IR_EXIT_IF, .op = OP_EQ, .width = 64, .a = 11, .b = 12, .target = 8},
        {.kind = IR_CONST, .rd = 10, .imm = 2},
        {.kind = IR_CONST, .rd = 0, .imm = 3},
        {.kind = IR_EXIT_IF, .op = OP_NE, .width = 64, .a = 0, .b = 0, .target = 8}};
    struct ir_block block = passed(ops, 5);

    ck_assert_int_eq(block.ops[0].removed, IR_KEPT);
    ck_assert_int_eq(block.ops[3].removed, IR_REMOVED_X0);
    ck_assert_int_eq(block.ops[4].removed, IR_REMOVED_NEVER);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("passes");
    TCase *cases = tcase_create("the passes");

    tcase_add_test(cases, no_pass_changes_what_a_block_does);
    tcase_add_test(cases, two_halves_of_a_constant_become_one);
    tcase_add_test(cases, shifts_and_an_or_become_a_rotation);
    tcase_add_test(cases, a_scaled_sum_and_an_extension_are_found);
    tcase_add_test(cases, what_an_exit_may_see_stays);
    suite_add_tcase(all, cases);
    return all;
}

int main(void)
{
    return unit_main(suite());
}
