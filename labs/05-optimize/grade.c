/*
 * grade.c: the grader of lab 5: two passes over IR, and which registers get a home. See
 * labs/grade.h.
 *
 * A pass must not change what a block does: random blocks are executed before and after it by
 * tests/ir/evaluate.c. And it has to do something: small blocks, of which one knows what becomes.
 */
#include "labs/grade.h"
#include "emu/dbt/homes.h"
#include "emu/dbt/passes.h"
#include "emu/isa/encode.h"
#include "labs/05-optimize/own.h"
#include "labs/grade_own.h"
#include "tests/ir/evaluate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

enum { BYTES = 1024 };

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

static struct ir_op constant(unsigned rd, int64_t imm)
{
    return (struct ir_op){.kind = IR_CONST, .rd = (uint8_t)rd, .imm = imm};
}

static struct ir_op load(unsigned rd, unsigned a)
{
    return (struct ir_op){
        .kind = IR_LOAD, .op = OP_SEXT, .width = 64, .rd = (uint8_t)rd, .a = (uint8_t)a};
}

static struct ir_op leave_if(enum isa_operator op, unsigned a, unsigned b)
{
    return (struct ir_op){.kind = IR_EXIT_IF,
                          .op = (uint8_t)op,
                          .width = 64,
                          .a = (uint8_t)a,
                          .b = (uint8_t)b,
                          .target = 64};
}

/* These operations and an exit, after the pass. */
static struct ir_block after(void (*pass)(struct ir_block *block), const struct ir_op *ops,
                             unsigned count)
{
    struct ir_block block = {.op_count = count + 1, .insn_count = count + 1};

    memcpy(block.ops, ops, count * sizeof *ops);
    block.ops[count] = (struct ir_op){.kind = IR_EXIT, .target = 4};
    pass(&block);
    return block;
}

static void print_block(const struct ir_block *before, const struct ir_block *block)
{
    for (unsigned i = 0; i < before->op_count; i++) {
        fputs("  ", stdout);
        ir_print_op(stdout, &before->ops[i]);
        fputs(block->ops[i].removed != IR_KEPT ? "   became nothing: " : "   became ", stdout);
        ir_print_op(stdout, &block->ops[i]);
        putchar('\n');
    }
}

/* Random blocks, from random registers. */
static int same(struct grade *grade, void (*pass)(struct ir_block *block), const char *name,
                const char *hint)
{
    for (unsigned i = 0; i < 10000; i++) {
        struct ir_block block, changed;
        uint8_t bytes[2][BYTES];
        struct ir_source source = {.bytes = bytes[0], .count = BYTES},
                         values = {.bytes = bytes[1], .count = BYTES};
        uint64_t x[32];

        for (unsigned at = 0; at < sizeof bytes; at += 8) {
            uint64_t random = grade_random(grade);

            memcpy(&bytes[0][0] + at, &random, 8);
        }
        ir_make(&block, &source);
        ir_make_registers(x, &values);
        changed = block;
        pass(&changed);
        if (ir_evaluate(&block, x) == ir_evaluate(&changed, x))
            continue;
        grade_wrong("after %s, this block does something else (number %u of the seed):", name, i);
        print_block(&block, &changed);
        return grade_hint(hint, "Somebody could see it");
    }
    return GRADE_PASSED;
}

/* Is the operation removed for that reason? */
static int removed_is(const struct ir_block *block, unsigned op, enum ir_removed want,
                      const char *what, const char *hint)
{
    if (block->ops[op].removed == want)
        return GRADE_PASSED;
    grade_wrong("operation %u, %s: expected it %s (%d), got it %s (%d)", op, what,
                want == IR_KEPT ? "kept" : "removed", (int)want,
                block->ops[op].removed == IR_KEPT ? "kept" : "removed", block->ops[op].removed);
    return grade_hint(hint, "Go up the block, and keep who will be read");
}

static int dead(struct grade *grade)
{
    unsigned a = 5 + (unsigned)(grade_random(grade) % 8),
             b = 14 + (unsigned)(grade_random(grade) % 8);
    const struct ir_op ops[] = {constant(a, 1),
                                constant(0, 2),
                                alu(OP_ADD, 64, b, a, IR_IMM, 1),
                                constant(a, 3),
                                load(b, a),
                                constant(a, 5),
                                constant(a, 6),
                                alu(OP_ADD, 64, a, a, IR_IMM, 1)};
    struct ir_block block = after(pass_dead, ops, LENGTH(ops));

    if (removed_is(&block, 1, IR_REMOVED_X0, "which writes x0", "5.1.1") ||
        removed_is(&block, 5, IR_REMOVED_DEAD, "which is overwritten at once", "5.1.1") ||
        removed_is(&block, 4, IR_KEPT, "a load, which does not only compute", "5.1.2") ||
        removed_is(&block, 7, IR_KEPT, "which the exit sees", "5.1.1") ||
        removed_is(&block, 6, IR_KEPT, "which the next one reads, before it overwrites it",
                   "5.1.2") ||
        removed_is(&block, 2, IR_KEPT, "which is to be seen if the load faults", "5.1.3") ||
        removed_is(&block, 0, IR_KEPT, "which is read by one that is kept", "5.1.2"))
        return GRADE_WRONG;
    return GRADE_PASSED;
}

static int dead_random(struct grade *grade)
{
    return same(grade, pass_dead, "dead", "5.1.3");
}

static int fold_random(struct grade *grade)
{
    return same(grade, pass_fold, "fold", "5.5.2");
}

static int op_is(const struct ir_block *block, unsigned at, const struct ir_op *want,
                 const char *hint, const char *what)
{
    const struct ir_op *got = &block->ops[at];

    if (got->removed == want->removed && got->kind == want->kind && got->a == want->a &&
        got->b == want->b && got->imm == want->imm)
        return GRADE_PASSED;
    printf("%s: operation %u: expected ", what, at);
    ir_print_op(stdout, want);
    printf(", got%s ", got->removed != IR_KEPT ? " (removed)" : "");
    ir_print_op(stdout, got);
    putchar('\n');
    return grade_hint(hint, "It is known while translating");
}

static int constants(struct grade *grade)
{
    int64_t upper = (int64_t)(grade_random(grade) % 0x7ffff) << 12,
            lower = (int64_t)(grade_random(grade) % 2048);
    const struct ir_op ops[] = {constant(10, upper),
                                alu(OP_ADD, 32, 10, 10, IR_IMM, lower),
                                constant(11, -1),
                                alu(OP_MUL, 64, 12, 10, 11, 0),
                                load(11, 10),
                                alu(OP_ADD, 64, 13, 11, IR_IMM, 1),
                                alu(OP_ADD, 64, 7, 7, IR_IMM, 0)};
    struct ir_block block = after(pass_fold, ops, LENGTH(ops));
    struct ir_op sum = constant(10, upper + lower), product = constant(12, -(upper + lower)),
                 copy = ops[6];

    sum.b = IR_IMM;
    sum.a = 10;
    product.a = 10;
    product.b = 11;
    copy.removed = IR_REMOVED_COPY;
    if (op_is(&block, 1, &sum, "5.2.1", "a number and a number") ||
        op_is(&block, 3, &product, "5.2.1", "two known registers") ||
        op_is(&block, 5, &ops[5], "5.5.2", "a register that was loaded since it was known") ||
        op_is(&block, 6, &copy, "5.2.3", "a register copied to itself"))
        return GRADE_WRONG;
    return GRADE_PASSED;
}

static int operands(struct grade *grade)
{
    int64_t number = (int64_t)(grade_random(grade) % 1000) + 1;
    const struct ir_op ops[] = {constant(10, number),           alu(OP_SUB, 64, 12, 11, 10, 0),
                                alu(OP_ADD, 64, 13, 10, 11, 0), alu(OP_SUB, 64, 14, 10, 11, 0),
                                constant(15, number << 40),     alu(OP_XOR, 64, 16, 11, 15, 0)};
    struct ir_block block = after(pass_fold, ops, LENGTH(ops));
    struct ir_op difference = alu(OP_SUB, 64, 12, 11, IR_IMM, number),
                 sum = alu(OP_ADD, 64, 13, 11, IR_IMM, number);

    if (op_is(&block, 1, &difference, "5.3.1", "the second operand is known") ||
        op_is(&block, 2, &sum, "5.3.2", "the first operand is known, and they may change places") ||
        op_is(&block, 3, &ops[3], "5.3.2", "the first operand is known, but a - b is not b - a") ||
        op_is(&block, 5, &ops[5], "5.3.3", "a number that does not fit 32 bits"))
        return GRADE_WRONG;
    return GRADE_PASSED;
}

static int branches(struct grade *grade)
{
    int64_t number = (int64_t)(grade_random(grade) % 1000) + 1;
    const struct ir_op ops[] = {constant(10, number), constant(11, number + 1),
                                leave_if(OP_GE, 10, 11), leave_if(OP_LT, 10, 11)};
    struct ir_block block = after(pass_fold, ops, LENGTH(ops));

    if (block.ops[2].removed != IR_REMOVED_NEVER) {
        grade_wrong("a branch that is never taken: expected it removed, got it kept");
        return grade_hint("5.4.1", "alu_eval() says what the branch will do");
    }
    if (block.ops[3].kind == IR_EXIT && block.ops[3].removed == IR_KEPT &&
        block.ops[3].target == 64)
        return GRADE_PASSED;
    grade_wrong(
        "a branch that is always taken: expected an exit to its target, got another operation");
    return grade_hint("5.4.2", "Always taken, it is no branch any more");
}

/* Samples a block in which the registers from `first` on are used more than all others. */
static bool sample(struct homes *homes, unsigned first)
{
    uint32_t words[40];

    homes_init(homes);
    for (unsigned i = 0; i < LENGTH(words); i++) {
        unsigned reg = first + i % HOMES;

        words[i] = isa_encode(&isa_rows[ROW_ADD], reg, reg, first + (i + 1) % HOMES, 0);
    }
    words[0] =
        isa_encode(&isa_rows[ROW_ADD], 0, 0, 0, 0); /* x0 needs no home, however often it is used */
    for (unsigned i = 0; i < 20; i++)
        homes_sample(homes, words, LENGTH(words));
    return homes_choose(homes);
}

static int heat(struct grade *grade)
{
    unsigned first = 18 + (unsigned)(grade_random(grade) % 4);
    struct homes homes;

    if (!sample(&homes, first)) {
        grade_wrong(
            "x%u to x%u were used most by far: expected them to get the homes, got the usual ones",
            first, first + HOMES - 1);
        if (homes.heat[first] > homes.heat[first - 1])
            return grade_hint("5.6.1", "The hottest come first");
        return grade_hint("5.7.1", "A register that is read or written is used");
    }
    for (unsigned i = 0; i < HOMES; i++) {
        if (homes.guest[i] >= first && homes.guest[i] < first + HOMES)
            continue;
        grade_wrong("x%u to x%u were used most: expected them to have the homes, got x%u", first,
                    first + HOMES - 1, homes.guest[i]);
        return grade_hint("5.6.1", "The hottest come first");
    }
    return GRADE_PASSED;
}

static int distinct(struct grade *grade)
{
    unsigned first = 18 + (unsigned)(grade_random(grade) % 4);
    uint32_t seen = 0;
    struct homes homes;

    sample(&homes, first);
    for (unsigned i = 0; i < HOMES; i++) {
        if (homes.guest[i] != 0 && homes.guest[i] < 32 && (seen >> homes.guest[i] & 1) == 0) {
            seen |= UINT32_C(1) << homes.guest[i];
            continue;
        }
        grade_wrong("home %u: expected a register that has none yet, got x%u", i, homes.guest[i]);
        return grade_hint(homes.guest[i] == 0 ? "5.6.3" : "5.6.2", "Each home is for one register");
    }
    return GRADE_PASSED;
}

/* The student's own allocator: so many homes, what a read and a write save, and who gets none. */

enum { COUNT, PER_READ, PER_WRITE, HIGHER_FIRST, NEVER };

enum { COUNT_MAX = 12, NONE = 0xff };

static void own_tell(const unsigned *numbers)
{
    printf("%u homes; a read is worth %u, a write %u; of two that are worth the same, the one of "
           "the %s number is first; x%u never gets one, nor x0",
           numbers[COUNT], numbers[PER_READ], numbers[PER_WRITE],
           numbers[HIGHER_FIRST] != 0 ? "higher" : "lower", numbers[NEVER]);
}

static void own_narrow(unsigned i, uint64_t *input)
{
    (void)i;
    input[1] %= COUNT_MAX + 1;
}

/* How often each was read and written; small numbers, so that some are worth the same. */
static void own_counts(const uint64_t *input, uint32_t *reads, uint32_t *writes)
{
    struct random random = {.state = input[0]};

    for (unsigned reg = 0; reg < 32; reg++) {
        reads[reg] = (uint32_t)(random_next(&random) % 12);
        writes[reg] = (uint32_t)(random_next(&random) % 12);
    }
}

static void own_show(const uint64_t *input)
{
    uint32_t reads[32], writes[32];

    own_counts(input, reads, writes);
    fputs("reads/writes of x0, x1, ...:", stdout);
    for (unsigned reg = 0; reg < 32; reg++)
        printf(" %u/%u", reads[reg], writes[reg]);
    printf("; homes[%" PRIu64 "] (0x%x: untouched)", input[1], NONE);
}

static uint64_t own_want(const unsigned *numbers, const uint64_t *input)
{
    uint32_t reads[32], writes[32], taken = 1 | UINT32_C(1) << numbers[NEVER];
    unsigned best = 0;

    if (input[1] >= numbers[COUNT])
        return NONE;
    own_counts(input, reads, writes);
    for (unsigned home = 0; home <= input[1]; home++) {
        best = 0;
        for (unsigned reg = 1; reg < 32; reg++) {
            uint32_t worth = reads[reg] * numbers[PER_READ] + writes[reg] * numbers[PER_WRITE];
            uint32_t most = reads[best] * numbers[PER_READ] + writes[best] * numbers[PER_WRITE];

            if ((taken >> reg & 1) == 0 &&
                (best == 0 || worth > most || (worth == most && numbers[HIGHER_FIRST] != 0)))
                best = reg;
        }
        taken |= UINT32_C(1) << best;
    }
    return best;
}

static uint64_t own_got(const uint64_t *input)
{
    uint32_t reads[32], writes[32];
    uint8_t chosen[64];

    memset(chosen, NONE, sizeof chosen);
    own_counts(input, reads, writes);
    own_homes(reads, writes, chosen);
    return chosen[input[1]];
}

static int own(struct grade *grade)
{
    static const struct own_rule rule = {
        .hint = "5.8.1",
        .numbers = {[COUNT] = {4, COUNT_MAX - 3},
                    [PER_READ] = {1, 5},
                    [PER_WRITE] = {1, 5},
                    [HIGHER_FIRST] = {0, 2},
                    [NEVER] = {1, 31}},
        .tell = own_tell,
        .show = own_show,
        .narrow = own_narrow,
        .want = own_want,
        .got = own_got,
    };

    return own_grade(grade, &rule);
}

int main(int argc, char **argv)
{
    static const struct grade_test tests[] = {
        {"dead", dead},         {"dead-random", dead_random}, {"constants", constants},
        {"operands", operands}, {"branches", branches},       {"fold-random", fold_random},
        {"heat", heat},         {"homes", distinct},          {"own", own},
    };

    return grade_main(argc, argv, tests, LENGTH(tests));
}
