/*
 * grade.c: the grader of lab 2: immediates, operators, x0, jumps. See labs/grade.h.
 *
 * What is expected is computed here in another way than in the source that is graded: words are
 * made by the encoder, which reads the rulers of the table; quotients have 128 bits; shifts double.
 */
#include "labs/grade.h"
#include "emu/cpu/engine.h"
#include "emu/isa/decode.h"
#include "emu/isa/disasm.h"
#include "emu/isa/encode.h"
#include "emu/isa/eval.h"
#include "labs/02-decode/own.h"
#include "labs/grade_own.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* Immediates. A mistake that many make is told by the number it gives. */

struct immediate {
    enum isa_row_id row;
    unsigned bits; /* of the number, with its sign */
    unsigned unit; /* what it is a multiple of */
    const char *task;
};

static int immediate_is(const struct immediate *what, uint64_t random, int64_t imm)
{
    const struct isa_row *row = &isa_rows[what->row];
    unsigned fields = (unsigned)random & 0xffffff;
    unsigned rd = fields % 31 + 1, rs1 = fields >> 8 & 31, rs2 = fields >> 16 & 31;
    uint32_t word = isa_encode(row, rd, rs1, rs2, imm);
    struct insn insn = {.row = row, .length = 4, .word = word, .imm = imm};
    int64_t mask = (INT64_C(1) << what->bits) - 1;
    char text[64], hint[16];
    int64_t got;

    insn.rd = (uint8_t)rd;
    insn.rs1 = (uint8_t)rs1;
    insn.rs2 = (uint8_t)rs2;
    isa_disasm(&insn, 0, text, sizeof text);
    isa_decode(word, &insn);
    got = insn.imm;
    if (got == imm)
        return GRADE_PASSED;
    grade_wrong("%s at address 0 is the word 0x%08" PRIx32 ": expected the immediate %" PRId64
                ", got %" PRId64,
                text, word, imm, got);
    snprintf(hint, sizeof hint, "%s.2", what->task);
    if (got == (imm & mask) && got != imm)
        grade_hint(hint, "All its bits are there, but the sign is not repeated above them");
    snprintf(hint, sizeof hint, "%s.3", what->task);
    if (what->unit == 2 && (got * 2 == imm || got * 2 == (imm & mask)))
        grade_hint(hint, "It is half of what it should be: bit 0 is not in the word");
    else if (((got ^ imm) & (mask >> 1)) != 0)
        grade_hint(hint, "Bits are in the wrong places");
    return GRADE_WRONG;
}

static int immediates_are(struct grade *grade, const struct immediate *what)
{
    int64_t low = -(INT64_C(1) << (what->bits - 1)), unit = what->unit;
    const int64_t edges[] = {0, unit, -unit, low, -low - unit, low / 2, -low / 2, 12 * unit};

    for (size_t i = 0; i < LENGTH(edges); i++)
        if (immediate_is(what, grade_random(grade), edges[i]) != GRADE_PASSED)
            return GRADE_WRONG;
    for (unsigned i = 0; i < 1000; i++) {
        int64_t imm = (int64_t)(grade_random(grade) << (64 - what->bits)) >> (64 - what->bits);

        if (immediate_is(what, grade_random(grade), imm / unit * unit) != GRADE_PASSED)
            return GRADE_WRONG;
    }
    return GRADE_PASSED;
}

static int immediate_i(struct grade *grade)
{
    static const struct immediate load = {ROW_LD, 12, 1, "2.1"}, add = {ROW_ADDI, 12, 1, "2.1"};

    return immediates_are(grade, grade->seed % 2 == 0 ? &load : &add);
}

static int immediate_s(struct grade *grade)
{
    static const struct immediate store = {ROW_SD, 12, 1, "2.2"}, byte = {ROW_SB, 12, 1, "2.2"};

    return immediates_are(grade, grade->seed % 2 == 0 ? &store : &byte);
}

static int immediate_b(struct grade *grade)
{
    static const struct immediate equal = {ROW_BEQ, 13, 2, "2.3"}, less = {ROW_BLT, 13, 2, "2.3"};

    return immediates_are(grade, grade->seed % 2 == 0 ? &equal : &less);
}

static int immediate_j(struct grade *grade)
{
    return immediates_are(grade, &(struct immediate){ROW_JAL, 21, 2, "2.4"});
}

/* Operators. */

/* a * 2^amount, modulo 2^64. */
static uint64_t doubled(uint64_t a, unsigned amount)
{
    for (; amount > 0; amount--)
        a += a;
    return a;
}

static uint64_t expected_value(enum isa_operator op, unsigned width, uint64_t a, uint64_t b)
{
    uint64_t top = UINT64_C(1) << 63 >> (64 - width), mask = top | (top - 1);
    unsigned amount = (unsigned)(b % width);
    bool negative = (a & top) != 0, b_negative = (b & top) != 0;
    uint64_t low_a = a & mask, low_b = b & mask, result = 0;

    switch ((unsigned)op) {
    case OP_SUB: result = a + ~b + 1; break;
    case OP_SLL: result = doubled(a, amount); break;
    case OP_SRL: result = amount == 0 ? low_a : low_a / doubled(1, amount); break;
    case OP_SRA:
        result = low_a / doubled(1, amount);
        if (negative && amount > 0)
            result |= ~(mask / doubled(1, amount));
        break;
    case OP_LTU: return low_a < low_b;
    case OP_GEU: return low_a >= low_b;
    case OP_LT: return negative != b_negative ? negative : low_a < low_b;
    case OP_GE: return negative != b_negative ? b_negative : low_a >= low_b;
    case OP_DIV: {
        int128 wide_a = negative ? (int128)low_a - mask - 1 : (int128)low_a;
        int128 wide_b = b_negative ? (int128)low_b - mask - 1 : (int128)low_b;

        result = wide_b == 0 ? UINT64_MAX : (uint64_t)(wide_a / wide_b);
        break;
    }
    default: break;
    }
    return (result & top) != 0 ? result | ~mask : result & mask;
}

struct operands {
    uint64_t a, b;
};

static const struct operands edges[] = {
    {UINT64_C(0x5555555590abcdef), 4},
    {0, 0},
    {1, 0},
    {7, UINT64_MAX},
    {UINT64_MAX, 1},
    {UINT64_MAX - 7, 3},
    {UINT64_C(1) << 63, UINT64_MAX},
    {UINT64_C(1) << 31, 1},
    {UINT64_C(0xffffffff80000000), UINT64_MAX},
    {INT64_MAX, UINT64_C(1) << 63},
    {UINT64_C(0x1234567890abcdef), 63},
};

/* What may have been confused with the operator: 0 if it does not look so. */
static void recognise(enum isa_operator op, unsigned width, const struct operands *x, uint64_t got)
{
    enum isa_operator twin = op == OP_SRA   ? OP_SRL
                             : op == OP_SRL ? OP_SRA
                             : op == OP_LT  ? OP_LTU
                             : op == OP_LTU ? OP_LT
                             : op == OP_GE  ? OP_GEU
                             : op == OP_GEU ? OP_GE
                                            : OP_NONE;

    if (op == OP_SUB && got == expected_value(OP_SUB, width, x->b, x->a))
        grade_hint("2.6.1", "That is b - a");
    else if (op == OP_DIV)
        grade_hint(x->b == 0 ? "2.8.1" : "2.8.2", "Division has cases of its own");
    else if (twin != OP_NONE && got == expected_value(twin, width, x->a, x->b))
        grade_hint(op == OP_SRA || op == OP_SRL ? "2.6.2" : "2.7.2",
                   "Signed and unsigned are confused");
    else if (op == OP_SRL && width == 32)
        grade_hint("2.6.3", "What is above bit 31 came down into the result");
}

static int operator_is(enum isa_operator op, unsigned width, const struct operands *x)
{
    uint64_t want = expected_value(op, width, x->a, x->b);
    uint64_t got = alu_eval(op, width, x->a, x->b);

    if (got == want)
        return GRADE_PASSED;
    grade_wrong("%s at width %u of 0x%" PRIx64 " and 0x%" PRIx64 ": expected 0x%" PRIx64
                ", got 0x%" PRIx64,
                isa_operator_name(op), width, x->a, x->b, want, got);
    recognise(op, width, x, got);
    return GRADE_WRONG;
}

static int operators_are(struct grade *grade, const enum isa_operator *ops, size_t count)
{
    for (unsigned i = 0; i < LENGTH(edges) + 500; i++) {
        struct operands x = {grade_random(grade), grade_random(grade) >> grade_random(grade) % 64};

        if (i < LENGTH(edges))
            x = edges[i];
        for (size_t op = 0; op < count; op++)
            if (operator_is(ops[op], 64, &x) != GRADE_PASSED ||
                operator_is(ops[op], 32, &x) != GRADE_PASSED)
                return GRADE_WRONG;
    }
    return GRADE_PASSED;
}

static int shifts(struct grade *grade)
{
    static const enum isa_operator ops[] = {OP_SUB, OP_SLL, OP_SRL, OP_SRA};

    return operators_are(grade, ops, LENGTH(ops));
}

static int comparisons(struct grade *grade)
{
    static const enum isa_operator ops[] = {OP_LT, OP_GE, OP_LTU, OP_GEU};

    return operators_are(grade, ops, LENGTH(ops));
}

static void division_trapped(int signal)
{
    static const char text[] =
        "The host's own division trapped, so the emulator died with its guest: make hint H=2.8.3\n";

    (void)signal;
    if (write(STDOUT_FILENO, text, sizeof text - 1) < 0)
        _exit(2); /* nobody reads */
    _exit(GRADE_WRONG);
}

static int division(struct grade *grade)
{
    static const enum isa_operator ops[] = {OP_DIV};

    signal(SIGFPE, division_trapped);
    return operators_are(grade, ops, LENGTH(ops));
}

/* Instructions, given to the interpreter decoded: so what is wrong is not the decoder. */

struct bench {
    struct machine machine;
    struct hart hart;
    struct insn insn;
};

static void bench_step(struct bench *bench, enum isa_row_id row, unsigned rd, unsigned rs1,
                       unsigned rs2, int64_t imm)
{
    bench->insn = (struct insn){.row = &isa_rows[row], .length = 4, .imm = imm};
    bench->insn.rd = (uint8_t)rd;
    bench->insn.rs1 = (uint8_t)rs1;
    bench->insn.rs2 = (uint8_t)rs2;
    bench->machine.mem.span = 4096; /* a process: it has no TLB */
    interp_step(&bench->machine, &bench->hart, &bench->insn);
}

static int zero(struct grade *grade)
{
    uint64_t number = grade_random(grade) | 1;
    struct bench bench = {.hart.x[6] = number};

    bench_step(&bench, ROW_ADD, 5, 6, 0, 0);
    if (bench.hart.x[5] != number)
        return grade_wrong("add x5, x6, x0: expected x5 = 0x%" PRIx64 ", got 0x%" PRIx64, number,
                           bench.hart.x[5]);
    bench_step(&bench, ROW_ADD, 0, 6, 0, 0);
    if (bench.hart.x[0] != 0) {
        grade_wrong("add x0, x6, x0: expected x0 = 0, got 0x%" PRIx64, bench.hart.x[0]);
        return grade_hint("2.5.2", "x0 can be written to, and stays 0");
    }
    return GRADE_PASSED;
}

static int pc_is(const struct bench *bench, const char *task, uint64_t pc, uint64_t want)
{
    char text[64], hint[16];

    if (bench->hart.pc == want)
        return GRADE_PASSED;
    isa_disasm(&bench->insn, pc, text, sizeof text);
    grade_wrong("%s at 0x%" PRIx64 ": expected pc = 0x%" PRIx64 ", got 0x%" PRIx64, text, pc, want,
                bench->hart.pc);
    snprintf(hint, sizeof hint, "%s.2", task);
    if (bench->hart.pc == want + 4)
        grade_hint(hint, "The offset is added to the wrong address");
    else if (bench->hart.pc == (want | 1))
        grade_hint(hint, "An instruction never stands at an odd address");
    else if (bench->insn.row->kind == KIND_BRANCH && want == pc + 4)
        grade_hint("2.9.1", "This branch is not taken");
    else if (bench->insn.row->kind == KIND_JALR && bench->insn.rd == bench->insn.rs1)
        grade_hint("2.10.3", "rd and rs1 are the same register here");
    return GRADE_WRONG;
}

static int branches(struct grade *grade)
{
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t pc = grade_random(grade) >> 32 << 2, a = grade_random(grade);
        struct bench bench = {.hart = {.pc = pc, .x = {[6] = a, [7] = i % 2 == 0 ? a : ~a}}};
        int64_t imm = (int64_t)(grade_random(grade) % 2048 * 4) - 4096;
        bool taken = (i % 2 == 0) == (i % 3 == 0);

        bench_step(&bench, i % 3 == 0 ? ROW_BEQ : ROW_BNE, 0, 6, 7, imm);
        if (pc_is(&bench, "2.9", pc, taken ? pc + (uint64_t)imm : pc + 4) != GRADE_PASSED)
            return GRADE_WRONG;
    }
    return GRADE_PASSED;
}

static int jump_register(struct grade *grade)
{
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t pc = grade_random(grade) >> 32 << 2, base = grade_random(grade);
        struct bench bench = {.hart = {.pc = pc, .x[6] = base}};
        int64_t imm = (int64_t)(grade_random(grade) % 4096) - 2048;
        unsigned rd = i % 2 == 0 ? 1 : 6;

        bench_step(&bench, ROW_JALR, rd, 6, 0, imm);
        if (pc_is(&bench, "2.10", pc, (base + (uint64_t)imm) & ~UINT64_C(1)) != GRADE_PASSED)
            return GRADE_WRONG;
        if (bench.hart.x[rd] != pc + 4) {
            grade_wrong("jalr x%u, %" PRId64 "(x6) at 0x%" PRIx64 ": expected x%u = 0x%" PRIx64
                        ", got 0x%" PRIx64,
                        rd, imm, pc, rd, pc + 4, bench.hart.x[rd]);
            return grade_hint("2.10.3", "rd is where to come back to");
        }
    }
    return GRADE_PASSED;
}

/* The student's own instruction: rotated by numbers[0]; numbers[1] is added; numbers[2]: xor or
 * plus.
 */

static void own_tell(const unsigned *numbers)
{
    printf("rd = ((rs1 rotated right by %u) %s rs2) + %u", numbers[0],
           numbers[2] == 0 ? "plus" : "xor", numbers[1]);
}

static void own_show(const uint64_t *input)
{
    printf("rs1 = 0x%" PRIx64 ", rs2 = 0x%" PRIx64, input[0], input[1]);
}

static uint64_t own_want(const unsigned *numbers, const uint64_t *input)
{
    uint64_t turned = input[0] / doubled(1, numbers[0]) + doubled(input[0], 64 - numbers[0]);

    return (numbers[2] == 0 ? turned + input[1] : turned ^ input[1]) + numbers[1];
}

static uint64_t own_got(const uint64_t *input)
{
    return own_instruction(input[0], input[1]);
}

static int own(struct grade *grade)
{
    static const struct own_rule rule = {
        .hint = "2.11.1",
        .numbers = {{1, 63}, {1, 2047}, {0, 2}},
        .tell = own_tell,
        .show = own_show,
        .want = own_want,
        .got = own_got,
    };

    return own_grade(grade, &rule);
}

int main(int argc, char **argv)
{
    static const struct grade_test tests[] = {
        {"immediate-i", immediate_i},
        {"immediate-s", immediate_s},
        {"immediate-b", immediate_b},
        {"immediate-j", immediate_j},
        {"zero", zero},
        {"shifts", shifts},
        {"comparisons", comparisons},
        {"division", division},
        {"branches", branches},
        {"jalr", jump_register},
        {"own", own},
    };

    return grade_main(argc, argv, tests, LENGTH(tests));
}
