/*
 * grade.c: the grader of lab 3: from guest code to IR, and from IR to host code. See labs/grade.h.
 *
 * IR is compared with what it should be, operation by operation. Host code is executed: programs of
 * random instructions, from random registers, by the translator and by the interpreter.
 */
#include "labs/grade.h"
#include "emu/dbt/dbt.h"
#include "emu/dbt/ir.h"
#include "emu/dbt/lift.h"
#include "emu/isa/decode.h"
#include "emu/isa/disasm.h"
#include "labs/03-block/own.h"
#include "labs/bench.h"
#include "labs/grade_own.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

enum { PAGE = 4096, PAGES = 4, DATA = 2 * PAGE };

static void lift(struct bench *bench, struct ir_block *block, uint64_t pc)
{
    const struct dbt_options options = {.multi = true};
    const struct code_source source = {.mem = &bench->machine.mem};

    lift_block(block, &source, pc, &options);
}

/* Is operation `at` of the block that one? */
static int op_is(const struct ir_block *block, unsigned at, struct ir_op want, const char *hint,
                 const char *what)
{
    const struct ir_op *got = &block->ops[at];

    if (at < block->op_count && got->kind == want.kind && got->op == want.op &&
        got->width == want.width && got->rd == want.rd && got->a == want.a && got->b == want.b &&
        got->imm == want.imm && got->offset == want.offset && got->target == want.target)
        return GRADE_PASSED;
    printf("%s: operation %u: expected ", what, at);
    ir_print_op(stdout, &want);
    printf(", got ");
    if (at < block->op_count)
        ir_print_op(stdout, got);
    else
        printf("none");
    putchar('\n');
    return grade_hint(hint, "Each field of the operation counts");
}

static int ir_alu(struct grade *grade)
{
    struct bench *bench = bench_new(PAGES);
    unsigned rd = (unsigned)(grade_random(grade) % 31) + 1,
             a = (unsigned)(grade_random(grade) % 32), b = (unsigned)(grade_random(grade) % 32);
    int64_t imm = (int64_t)(grade_random(grade) % 4096) - 2048;
    struct ir_block block;

    bench_put(bench, ROW_SUBW, rd, a, b, 0);
    bench_put(bench, ROW_ADDI, rd, a, 0, imm);
    bench_put(bench, ROW_ECALL, 0, 0, 0, 0);
    lift(bench, &block, 0);
    if (op_is(&block, 0,
              (struct ir_op){.kind = IR_ALU,
                             .op = OP_SUB,
                             .width = 32,
                             .rd = (uint8_t)rd,
                             .a = (uint8_t)a,
                             .b = (uint8_t)b},
              "3.1.1", "subw"))
        return GRADE_WRONG;
    return op_is(&block, 1,
                 (struct ir_op){.kind = IR_ALU,
                                .op = OP_ADD,
                                .width = 64,
                                .rd = (uint8_t)rd,
                                .a = (uint8_t)a,
                                .b = IR_IMM,
                                .imm = imm},
                 "3.1.2", "addi");
}

static int ir_memory(struct grade *grade)
{
    struct bench *bench = bench_new(PAGES);
    unsigned rd = (unsigned)(grade_random(grade) % 31) + 1,
             base = (unsigned)(grade_random(grade) % 32);
    int64_t imm = (int64_t)(grade_random(grade) % 4096) - 2048;
    struct ir_block block;

    bench_put(bench, ROW_LHU, rd, base, 0, imm);
    bench_put(bench, ROW_SW, 0, base, rd, imm);
    bench_put(bench, ROW_ECALL, 0, 0, 0, 0);
    lift(bench, &block, 0);
    if (op_is(&block, 0,
              (struct ir_op){.kind = IR_LOAD,
                             .op = OP_ZEXT,
                             .width = 16,
                             .rd = (uint8_t)rd,
                             .a = (uint8_t)base,
                             .offset = imm},
              "3.2.1", "lhu"))
        return GRADE_WRONG;
    return op_is(
        &block, 1,
        (struct ir_op){
            .kind = IR_STORE, .width = 32, .a = (uint8_t)base, .b = (uint8_t)rd, .offset = imm},
        "3.2.2", "sw");
}

static int ir_branch(struct grade *grade)
{
    struct bench *bench = bench_new(PAGES);
    unsigned a = (unsigned)(grade_random(grade) % 32), b = (unsigned)(grade_random(grade) % 32);
    int64_t imm = (int64_t)(grade_random(grade) % 1000) * 2 + 2;
    struct ir_block block;

    bench->end = 0x100;
    bench_put(bench, ROW_BLTU, 0, a, b, imm);
    lift(bench, &block, 0x100);
    if (op_is(&block, 0,
              (struct ir_op){.kind = IR_EXIT_IF,
                             .op = OP_LTU,
                             .width = 64,
                             .a = (uint8_t)a,
                             .b = (uint8_t)b,
                             .target = 0x100 + (uint64_t)imm},
              "3.3.1", "bltu"))
        return GRADE_WRONG;
    return op_is(&block, 1, (struct ir_op){.kind = IR_EXIT, .target = 0x104}, "3.3.2",
                 "bltu, not taken");
}

static int ir_block(struct grade *grade)
{
    struct bench *bench = bench_new(PAGES);
    unsigned count = 3 + (unsigned)(grade_random(grade) % 20);
    struct ir_block block;

    for (unsigned i = 0; i < count; i++)
        bench_put(bench, ROW_ADDI, 5, 5, 0, 1);
    bench_put(bench, ROW_ECALL, 0, 0, 0, 0);
    lift(bench, &block, 0);
    if (block.insn_count != count + 1 || block.op_count != count + 1 ||
        block.ops[count].kind != IR_EXIT_STEP) {
        grade_wrong(
            "%u times addi, and an ecall: expected %u instructions and a last operation that leaves them to the interpreter, "
            "got %u instructions, %u operations",
            count, count + 1, block.insn_count, block.op_count);
        return grade_hint("3.4.1", "lift_insn() says whether the block goes on");
    }
    if (block.insns[count].pc != 4 * count) {
        grade_wrong("instruction %u: expected its pc to be 0x%x, got 0x%" PRIx64, count, 4 * count,
                    block.insns[count].pc);
        return grade_hint("3.4.1", "Each instruction knows where it stands");
    }
    memset(bench->memory + 8, 0xff, 4); /* no instruction */
    lift(bench, &block, 0);
    if (block.insn_count != 3 || block.op_count != 3 || block.ops[2].kind != IR_EXIT_STEP) {
        grade_wrong(
            "an illegal word: expected 3 instructions, and the last left to the interpreter, got %u, %u operations",
            block.insn_count, block.op_count);
        return grade_hint("3.4.2", "The interpreter knows how to trap");
    }
    for (bench->end = 0; bench->end < 400;)
        bench_put(bench, ROW_ADDI, 5, 5, 0, 1);
    lift(bench, &block, 0);
    if (block.insn_count != IR_INSNS_MAX) {
        grade_wrong("a long piece of code: expected %d instructions, got %u", IR_INSNS_MAX,
                    block.insn_count);
        return grade_hint("3.4.3", "A block is so long at most");
    }
    return op_is(&block, IR_INSNS_MAX, (struct ir_op){.kind = IR_EXIT, .target = 4 * IR_INSNS_MAX},
                 "3.4.3", "a long piece of code");
}

/* Registers with homes and without, and x0. */
static unsigned random_register(struct grade *grade)
{
    static const uint8_t registers[] = {0, 10, 11, 12, 13, 14, 15, 5, 6, 31};

    return registers[grade_random(grade) % LENGTH(registers)];
}

static uint64_t random_value(struct grade *grade)
{
    static const uint64_t edges[] = {
        0, 1, UINT64_MAX, UINT64_C(1) << 63, INT64_MAX, UINT64_C(0x80000000), UINT32_MAX, 63};
    uint64_t random = grade_random(grade);

    return random % 2 == 0 ? edges[random / 2 % LENGTH(edges)] : grade_random(grade);
}

struct choice {
    const enum isa_row_id *rows;
    size_t count;
    const char *hint;
    const char *what;
};

/* Runs what was put by both engines, from the same registers, until the ecall. */
static int same(struct bench *bench, struct grade *grade, const struct choice *choice)
{
    struct hart start = {0}, interpreted;

    for (unsigned reg = 1; reg < 32; reg++)
        start.x[reg] = random_value(grade);
    interpreted = start;
    bench->hart = start;
    bench->machine.code_epoch++;
    engine_interp.run(&bench->machine, &interpreted, 100);
    engine_dbt.run(&bench->machine, &bench->hart, 100);
    for (unsigned reg = 0; reg < 32; reg++) {
        if (bench->hart.x[reg] == interpreted.x[reg])
            continue;
        for (uint64_t pc = 0; pc + 4 < bench->end; pc += 4) {
            struct insn insn;
            char text[64];
            uint32_t word;

            memcpy(&word, bench->memory + pc, 4);
            isa_decode(word, &insn);
            isa_disasm(&insn, pc, text, sizeof text);
            printf("  %s    (x%u = 0x%" PRIx64 ", x%u = 0x%" PRIx64 ")\n", text, insn.rs1,
                   start.x[insn.rs1], insn.rs2, start.x[insn.rs2]);
        }
        grade_wrong("then x%u: expected 0x%" PRIx64 ", got 0x%" PRIx64, reg, interpreted.x[reg],
                    bench->hart.x[reg]);
        return grade_hint(choice->hint, choice->what);
    }
    return GRADE_PASSED;
}

static int random_states(struct grade *grade, const struct choice *choice)
{
    static const char *const switches[] = {"-tier,-hot,-opt,-fuse,-narrow",
                                           "-tier,-hot,-opt,-fuse,-narrow,-bmi2"};

    for (unsigned half = 0; half < LENGTH(switches); half++) {
        const struct engine_options options = {.switches = switches[half]};
        struct bench *bench = bench_new(PAGES);
        struct err err = {0};

        if (engine_attach(&engine_dbt, &bench->machine, &options, &err) < 0) {
            err_print(&err, stdout);
            return GRADE_SKIPPED;
        }
        for (unsigned i = 0; i < 5000; i++) {
            bench->end = 0;
            for (unsigned insn = 0; insn < 1 + i / 1000;
                 insn++) { /* short ones first: they are told */
                const struct isa_row *row =
                    &isa_rows[choice->rows[grade_random(grade) % choice->count]];
                int64_t imm = (int64_t)(grade_random(grade) % 4096) - 2048;

                if (row->format == FORMAT_SHIFT || row->format == FORMAT_SHIFT_W)
                    imm &= row->width - 1;
                bench_put(bench, isa_row_id(row), random_register(grade), random_register(grade),
                          random_register(grade), imm);
            }
            bench_put(bench, ROW_ECALL, 0, 0, 0, 0);
            if (same(bench, grade, choice) != GRADE_PASSED)
                return GRADE_WRONG;
        }
    }
    return GRADE_PASSED;
}

static int arithmetic(struct grade *grade)
{
    static const enum isa_row_id words[] = {ROW_ADDW, ROW_SUBW, ROW_ADDIW};
    static const enum isa_row_id rows[] = {ROW_ADD,  ROW_SUB,  ROW_AND, ROW_OR,  ROW_XOR,
                                           ROW_ADDI, ROW_ANDI, ROW_ORI, ROW_XORI};
    const struct choice choice = {rows, LENGTH(rows), "3.7.2",
                                  "Where is the result, and what was there?"};
    const struct choice narrow = {words, LENGTH(words), "3.6.1", "A result of 32 bits is extended"};

    if (random_states(grade, &choice) != GRADE_PASSED)
        return GRADE_WRONG;
    return random_states(grade, &narrow);
}

static int shifts(struct grade *grade)
{
    static const enum isa_row_id rows[] = {ROW_SLL,  ROW_SRL,   ROW_SRA,   ROW_SLLI,
                                           ROW_SRLI, ROW_SRAI,  ROW_SLLW,  ROW_SRLW,
                                           ROW_SRAW, ROW_SLLIW, ROW_SRLIW, ROW_SRAIW};
    const struct choice choice = {rows, LENGTH(rows), "3.8.2",
                                  "The host wants its count in a place of its own"};

    return random_states(grade, &choice);
}

static int comparisons(struct grade *grade)
{
    static const enum isa_row_id rows[] = {ROW_SLT, ROW_SLTU, ROW_SLTI, ROW_SLTIU};
    const struct choice choice = {rows, LENGTH(rows), "3.5.2", "The host has two sorts of less"};

    return random_states(grade, &choice);
}

static int loop(struct grade *grade)
{
    const struct engine_options options = {.switches = "-tier"};
    struct bench *bench = bench_new(PAGES);
    struct hart interpreted = {0};
    struct err err = {0};
    int64_t step = (int64_t)(grade_random(grade) % 1000) + 1;

    if (engine_attach(&engine_dbt, &bench->machine, &options, &err) < 0)
        return GRADE_SKIPPED;
    bench_put(bench, ROW_LUI, 10, 0, 0, DATA);
    bench_put(bench, ROW_ADDI, 11, 0, 0, 200);
    bench_put(bench, ROW_LD, 12, 10, 0,
              8); /* the loop: each number is the sum of those before it, and a step */
    bench_put(bench, ROW_ADDI, 12, 12, 0, step);
    bench_put(bench, ROW_SD, 0, 10, 12, 16);
    bench_put(bench, ROW_ADDI, 10, 10, 0, 8);
    bench_put(bench, ROW_ADDI, 11, 11, 0, -1);
    bench_put(bench, ROW_BNE, 0, 11, 0, -20);
    bench_put(bench, ROW_ECALL, 0, 0, 0, 0);
    engine_interp.run(&bench->machine, &interpreted, 5000);
    memset(bench->memory + DATA, 0, PAGE);
    engine_dbt.run(&bench->machine, &bench->hart, 5000);
    if (bench->hart.x[12] == interpreted.x[12] && bench->hart.instret == interpreted.instret)
        return GRADE_PASSED;
    return grade_wrong("a loop of 200 rounds: expected x12 = %" PRIu64 " after %" PRIu64
                       " instructions, got %" PRIu64 " after %" PRIu64,
                       interpreted.x[12], interpreted.instret, bench->hart.x[12],
                       bench->hart.instret);
}

/* The student's own operator: ((a << SHIFT) op b) + ADDEND. */

enum { SHIFT, OPERATOR, ADDEND };

static const struct {
    enum x86_reg to, a, b;
} own_places[] = {{X86_RAX, X86_RDX, X86_RSI},
                  {X86_RDX, X86_RDX, X86_RSI},
                  {X86_RSI, X86_RDX, X86_RSI},
                  {X86_RDX, X86_RDX, X86_RDX},
                  {X86_RAX, X86_RDX, X86_RDX}};

static void own_tell(const unsigned *numbers)
{
    static const char *const names[] = {"+", "-", "xor", "or"};

    printf("to = ((a << %u) %s b) + %u", numbers[SHIFT], names[numbers[OPERATOR]], numbers[ADDEND]);
}

static void own_narrow(unsigned i, uint64_t *input)
{
    (void)i;
    input[2] %= 3 * LENGTH(own_places);
}

/* What is looked at afterwards: the result, most of all, and whether a and b are what they were. */
static enum x86_reg looked_at(const uint64_t *input)
{
    unsigned place = (unsigned)(input[2] / 3);

    return input[2] % 3 == 0   ? own_places[place].to
           : input[2] % 3 == 1 ? own_places[place].a
                               : own_places[place].b;
}

static void own_show(const uint64_t *input)
{
    unsigned place = (unsigned)(input[2] / 3);

    printf("to is %s, a (0x%" PRIx64 ") is in %s, b (0x%" PRIx64 ") is in %s; then %s",
           x86_reg_name(own_places[place].to), input[0], x86_reg_name(own_places[place].a),
           own_places[place].a == own_places[place].b ? input[0] : input[1],
           x86_reg_name(own_places[place].b), x86_reg_name(looked_at(input)));
}

static uint64_t own_want(const unsigned *numbers, const uint64_t *input)
{
    unsigned place = (unsigned)(input[2] / 3);
    uint64_t a = input[0], b = own_places[place].a == own_places[place].b ? a : input[1];
    uint64_t shifted = a << numbers[SHIFT];
    const uint64_t results[] = {shifted + b, shifted - b, shifted ^ b, shifted | b};
    enum x86_reg reg = looked_at(input);

    if (reg == own_places[place].to)
        return results[numbers[OPERATOR]] + numbers[ADDEND];
    return reg == own_places[place].a ? a : b;
}

/* Executes what the student emits. */
static uint64_t own_got(const uint64_t *input)
{
    unsigned place = (unsigned)(input[2] / 3);
    uint8_t *code = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct x86 x = {.start = code, .at = code, .end = code + PAGE};
    uint64_t (*run)(const uint64_t *input);
    uint64_t result;

    if (code == MAP_FAILED)
        abort();
    x86_mov(&x, own_places[place].b, x86_at(X86_RDI, 8));
    x86_mov(&x, own_places[place].a, x86_at(X86_RDI, 0));
    own_operator(&x, own_places[place].to, own_places[place].a, own_places[place].b);
    x86_mov(&x, X86_RAX, x86_reg(looked_at(input)));
    x86_ret(&x);
    if (mprotect(code, PAGE, PROT_READ | PROT_EXEC) < 0) {
        puts("This host does not let a program execute code that it made (mprotect)");
        fflush(stdout);
        _exit(GRADE_SKIPPED);
    }
    memcpy(&run, &code, sizeof run);
    result = run(input);
    munmap(code, PAGE);
    return result;
}

static int own(struct grade *grade)
{
    static const struct own_rule rule = {
        .hint = "3.9.1",
        .numbers = {[SHIFT] = {1, 31}, [OPERATOR] = {0, 4}, [ADDEND] = {1, 2047}},
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
        {"ir-alu", ir_alu},
        {"ir-memory", ir_memory},
        {"ir-branch", ir_branch},
        {"ir-block", ir_block},
        {"arithmetic", arithmetic},
        {"shifts", shifts},
        {"comparisons", comparisons},
        {"loop", loop},
        {"own", own},
    };

    return grade_main(argc, argv, tests, LENGTH(tests));
}
