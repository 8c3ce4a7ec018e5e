/*
 * test_dbt.c: the translator against the interpreter: every arithmetic instruction on the numbers
 * at which arithmetic goes wrong, with registers that have homes and that have none, in all
 * aliasings; where a run stops; code that changes; and what happens on a fork.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emu/dbt/cache.h"
#include "emu/dbt/dbt.h"
#include "emu/dbt/options.h"
#include "emu/isa/decode.h"
#include "emu/isa/encode.h"
#include "tests/unit/system.h"
#include "tests/unit/unit_main.h"

enum { PAGE = 4096, PAGES = 512, DATA = (PAGES - 1) * PAGE };

struct bench {
    struct machine machine;
    struct hart hart;
    uint8_t memory[PAGES * PAGE];
    uint8_t other[PAGES * PAGE]; /* of another program */
    uint8_t perm[PAGES];
    struct row_counts counts;
    uint64_t end; /* gva after the last instruction that was put */
};

static uint64_t fixed_time(void *owner)
{
    (void)owner;
    return 1234;
}

static struct bench *bench_new(const char *switches)
{
    struct bench *bench = calloc(1, sizeof *bench);
    const struct engine_options options = {.switches = switches};
    struct err err = {0};

    ck_assert_ptr_nonnull(bench);
    memset(bench->perm, MEM_MAPPED | MEM_READ | MEM_EXEC, PAGES - 1);
    bench->perm[PAGES - 1] = MEM_MAPPED | MEM_READ | MEM_WRITE;
    bench->machine.mem =
        (struct mem){.base = bench->memory, .perm = bench->perm, .span = PAGES * PAGE};
    bench->machine.read_time = fixed_time;
    ck_assert_msg(engine_attach(&engine_dbt, &bench->machine, &options, &err) == 0, "%s", err.text);
    return bench;
}

static void bench_free(struct bench *bench)
{
    engine_detach(&engine_dbt, &bench->machine);
    free(bench);
}

static void put(struct bench *bench, enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2,
                int64_t imm)
{
    uint32_t word = isa_encode(&isa_rows[row], rd, rs1, rs2, imm);

    if (word == 0)
        ck_abort_msg("%s has no such operands", isa_rows[row].name);
    memcpy(bench->memory + bench->end, &word, isa_length(word));
    bench->end += isa_length(word);
}

/* What both engines make of the code at pc 0, until `until` or a trap. */
static void expect_same(struct bench *bench, const struct hart *start, uint64_t until,
                        const char *what)
{
    struct hart interpreted = *start;
    uint8_t data[PAGE], before[PAGE];
    enum stop stop, wanted;

    memcpy(before, bench->memory + DATA, PAGE);
    wanted = engine_interp.run(&bench->machine, &interpreted, until);
    memcpy(data, bench->memory + DATA, PAGE);
    memcpy(bench->memory + DATA, before, PAGE);
    bench->hart = *start;
    stop = engine_dbt.run(&bench->machine, &bench->hart, until);
    /* Check writes a note of every assertion, which is dear here. */
    if (stop == wanted && memcmp(&bench->hart, &interpreted, HART_STATE_SIZE) == 0 &&
        memcmp(bench->memory + DATA, data, PAGE) == 0)
        return;
    for (unsigned reg = 0; reg < 32; reg++) {
        if (bench->hart.x[reg] != interpreted.x[reg])
            ck_abort_msg("%s: x%u is %llx, not %llx", what, reg,
                         (unsigned long long)bench->hart.x[reg],
                         (unsigned long long)interpreted.x[reg]);
    }
    ck_abort_msg("%s: stop %d, not %d; or the hart or memory differ", what, stop, wanted);
}

static const uint64_t edges[] = {0,          1,
                                 2,          UINT64_MAX,
                                 INT64_MAX,  (uint64_t)INT64_MIN,
                                 INT32_MAX,  UINT64_C(0xffffffff80000000),
                                 UINT32_MAX, UINT64_C(0x80000000),
                                 63,         UINT64_C(0x123456789abcdef0)};
enum { EDGES = sizeof edges / sizeof *edges };

/* x0, two registers that have homes, two that have none. */
static const uint8_t regs[] = {0, 15, 10, 5, 31};
enum { REGS = sizeof regs };

static void try_operands(struct bench *bench, const struct isa_row *row, unsigned rs1, unsigned rs2)
{
    struct hart hart = {.pc = 0};

    for (unsigned i = 0; i < EDGES * EDGES; i++) {
        for (unsigned reg = 1; reg < 32; reg++)
            hart.x[reg] = 1000 + reg;
        hart.x[rs1] = edges[i / EDGES];
        hart.x[rs2] = edges[i % EDGES];
        hart.x[0] = 0;
        expect_same(bench, &hart, 2, row->name);
    }
}

/* The row's instruction with these registers, then an ecall, where a block ends. */
static void try_row(struct bench *bench, const struct isa_row *row, unsigned choice, int64_t imm)
{
    unsigned rd = regs[choice % REGS], rs1 = regs[choice / REGS % REGS],
             rs2 = regs[choice / REGS / REGS];
    uint32_t word = isa_encode(row, rd, rs1, rs2, imm);

    if (word == 0)
        return;
    bench->end = 0;
    memcpy(bench->memory, &word, isa_length(word));
    bench->end = isa_length(word);
    put(bench, ROW_ECALL, 0, 0, 0, 0);
    bench->machine.code_epoch++;
    try_operands(bench, row, rs1, rs2);
}

/* Without the first tier, which would leave what is executed once to the interpreter. */
static const char *const switches[] = {"-tier", "-all", "-tier,-bmi2", "-tier,-regs",
                                       "-tier,-opt,-fuse"};

START_TEST(arithmetic_agrees_on_edges_in_every_aliasing)
{
    static const int64_t imms[] = {0, 1, -1, 31, 2047, -2048};
    struct bench *bench = bench_new(switches[_i]);

    for (unsigned id = 0; id < ROW_COUNT; id++) {
        const struct isa_row *row = &isa_rows[id];

        if (row->base != id)
            continue;
        for (unsigned choice = 0; choice < REGS * REGS * REGS; choice++) {
            if (row->kind == KIND_ALU)
                try_row(bench, row, choice, 0);
            if (row->kind == KIND_ALU_IMM && choice < REGS * REGS)
                try_row(bench, row, choice, imms[choice % 6]);
        }
    }
    ck_assert_uint_gt(dbt_counts(&bench->machine)->blocks, 1000);
    bench_free(bench);
}
END_TEST

START_TEST(memory_agrees_with_every_width_and_register)
{
    struct bench *bench = bench_new(switches[_i]);

    for (unsigned id = 0; id < ROW_COUNT; id++) {
        const struct isa_row *row = &isa_rows[id];

        if (row->base != id ||
            (row->kind != KIND_LOAD && row->kind != KIND_STORE && row->kind != KIND_AMO))
            continue;
        for (unsigned choice = 0; choice < REGS * REGS * REGS; choice++) {
            unsigned rs1 = regs[choice / REGS % REGS];
            struct hart hart = {.pc = 0};

            bench->end = 0;
            put(bench, id, regs[choice % REGS], rs1, regs[choice / REGS / REGS],
                row->kind == KIND_AMO ? 0 : -8);
            put(bench, ROW_ECALL, 0, 0, 0, 0);
            bench->machine.code_epoch++;
            for (unsigned reg = 1; reg < 32; reg++)
                hart.x[reg] = UINT64_C(0x8090a0b0c0d0e0f0) + reg;
            hart.x[rs1] = rs1 != 0 ? DATA + 64 : 0;
            for (unsigned i = 0; i < 128; i++)
                bench->memory[DATA + i] = (uint8_t)(0x83 + 7 * i);
            if (rs1 != 0) /* at 0 it would be a fault of the host's, which nobody takes here */
                expect_same(bench, &hart, 2, row->name);
        }
    }
    bench_free(bench);
}
END_TEST

/* A loop with branches both ways, a call and its return, stores, and a division. */
static void put_program(struct bench *bench)
{
    put(bench, ROW_ADDI, 10, 0, 0, 40);  /*  0: a0 = 40 */
    put(bench, ROW_ADDI, 15, 15, 0, 3);  /*  4: loop: a5 += 3 */
    put(bench, ROW_DIVU, 5, 15, 10, 0);  /*  8 */
    put(bench, ROW_ANDI, 14, 15, 0, 4);  /*  c */
    put(bench, ROW_BEQ, 0, 14, 0, 8);    /* 10: skip the store */
    put(bench, ROW_SD, 0, 2, 15, 8);     /* 14 */
    put(bench, ROW_JAL, 1, 0, 0, 16);    /* 18: call 28 */
    put(bench, ROW_ADDI, 10, 10, 0, -1); /* 1c */
    put(bench, ROW_BNE, 0, 10, 0, -28);  /* 20: loop */
    put(bench, ROW_ECALL, 0, 0, 0, 0);   /* 24 */
    put(bench, ROW_LD, 31, 2, 0, 8);     /* 28 */
    put(bench, ROW_XOR, 18, 18, 31, 0);  /* 2c */
    put(bench, ROW_JALR, 0, 1, 0, 0);    /* 30 */
}

START_TEST(a_run_stops_at_exactly_the_count)
{
    struct bench *bench = bench_new(switches[_i]);
    struct hart hart = {.pc = 0};

    hart.x[2] = DATA + 16;
    put_program(bench);
    for (uint64_t until = 0; until < 450; until++)
        expect_same(bench, &hart, until, "until a count");
    expect_same(bench, &hart, UINT64_MAX, "until the trap");
    ck_assert_uint_eq(bench->hart.pc, 0x24);
    bench_free(bench);
}
END_TEST

START_TEST(each_switch_alone_leaves_the_translator_right)
{
    char text[32];
    struct bench *bench;
    struct hart hart = {.pc = 0};

    snprintf(text, sizeof text, "-tier,-%s", dbt_option_table[_i].name);
    bench = bench_new(text);
    hart.x[2] = DATA + 16;
    put_program(bench);
    expect_same(bench, &hart, UINT64_MAX, text);
    bench_free(bench);
}
END_TEST

START_TEST(counted_rows_are_those_that_were_executed)
{
    struct row_counts wanted;
    struct bench *bench = bench_new("-tier");
    struct hart hart = {.pc = 0};

    hart.x[2] = DATA + 16;
    put_program(bench);
    bench->machine.row_counts = &bench->counts;
    bench->hart = hart;
    ck_assert_int_eq(engine_interp.run(&bench->machine, &bench->hart, UINT64_MAX), STOP_TRAP);
    wanted = bench->counts;
    memset(&bench->counts, 0, sizeof bench->counts);
    bench->hart = hart;
    ck_assert_int_eq(engine_dbt.run(&bench->machine, &bench->hart, UINT64_MAX), STOP_TRAP);
    for (unsigned row = 0; row < ROW_COUNT; row++)
        ck_assert_msg(bench->counts.executed[row] == wanted.executed[row], "%s",
                      isa_rows[row].name);
    bench_free(bench);
}
END_TEST

/* a0 = number; ecall */
static void put_answer(struct bench *bench, int64_t number)
{
    bench->end = 0;
    put(bench, ROW_ADDI, 10, 0, 0, number);
    put(bench, ROW_ECALL, 0, 0, 0, 0);
}

static uint64_t answer(struct bench *bench)
{
    bench->hart = (struct hart){.pc = 0};
    ck_assert_int_eq(engine_dbt.run(&bench->machine, &bench->hart, 100), STOP_TRAP);
    return bench->hart.x[10];
}

START_TEST(code_that_changes_is_translated_again)
{
    struct bench *bench = bench_new("-tier");

    put_answer(bench, 1);
    ck_assert_uint_eq(answer(bench), 1);
    put_answer(bench, 2);
    bench->machine.code_epoch++;
    ck_assert_uint_eq(answer(bench), 2);
    /* Nothing has changed: what is there stays. */
    bench->machine.code_epoch++;
    ck_assert_uint_eq(answer(bench), 2);
    ck_assert_uint_eq(dbt_counts(&bench->machine)->blocks, 2);
    bench_free(bench);
}
END_TEST

START_TEST(a_program_that_changes_itself_and_says_so_sees_it)
{
    struct bench *bench = bench_new("-tier");
    uint32_t word = isa_encode(&isa_rows[ROW_ADDI], 10, 0, 0, 7);

    memset(bench->perm, MEM_MAPPED | MEM_READ | MEM_WRITE | MEM_EXEC, PAGES);
    put(bench, ROW_ADDI, 12, 0, 0, 2);  /* 0 */
    put(bench, ROW_ADDI, 10, 0, 0, 3);  /* 4: becomes a0 = 7 */
    put(bench, ROW_ADD, 11, 11, 10, 0); /* 8 */
    put(bench, ROW_SW, 0, 0, 15, 4);    /* c */
    put(bench, ROW_FENCE_I, 0, 0, 0, 0);
    put(bench, ROW_ADDI, 12, 12, 0, -1);
    put(bench, ROW_BNE, 0, 12, 0, -20);
    put(bench, ROW_ECALL, 0, 0, 0, 0);
    bench->hart.x[15] = word;
    ck_assert_int_eq(engine_dbt.run(&bench->machine, &bench->hart, 100), STOP_TRAP);
    ck_assert_uint_eq(bench->hart.x[11], 10);
    bench_free(bench);
}
END_TEST

START_TEST(parent_and_child_translate_different_code)
{
    struct bench *bench = bench_new("-tier");
    int status = 0;
    pid_t child;

    put_answer(bench, 1);
    ck_assert_uint_eq(answer(bench), 1);
    fflush(stdout);
    child = fork();
    ck_assert_int_ne(child, -1);
    if (child == 0) {
        uint64_t old = answer(bench);

        put_answer(bench, 2);
        bench->machine.code_epoch++;
        _exit(old == 1 && answer(bench) == 2 && dbt_counts(&bench->machine)->blocks > 1 ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_uint_eq(answer(bench), 1);
    ck_assert_uint_eq(dbt_counts(&bench->machine)->blocks, 1);
    bench_free(bench);
}
END_TEST

/* How often the same must be executed until it is translated. */
static unsigned executions_until_translated(struct bench *bench)
{
    uint64_t blocks = dbt_counts(&bench->machine)->blocks;
    unsigned executions = 0;

    do
        answer(bench);
    while (executions++ < 100 && dbt_counts(&bench->machine)->blocks == blocks);
    return executions;
}

START_TEST(code_is_translated_when_it_has_been_entered_often)
{
    struct bench *bench = bench_new(NULL);
    const struct dbt_counts *counts = dbt_counts(&bench->machine);

    put_answer(bench, 1);
    ck_assert_uint_eq(answer(bench), 1);
    ck_assert_uint_eq(counts->cold, 1);
    ck_assert_uint_eq(counts->cold_insns, 1);
    ck_assert_uint_eq(executions_until_translated(bench), COLD_ENTRIES);
    ck_assert_uint_eq(counts->cold, 0);
    ck_assert_uint_eq(counts->cold_insns, COLD_ENTRIES);
    ck_assert_uint_eq(counts->retranslated, 0);
    /* It is known to be hot, and translated again as soon as it has changed. */
    put_answer(bench, 2);
    bench->machine.code_epoch++;
    ck_assert_uint_eq(answer(bench), 2);
    ck_assert_uint_eq(counts->blocks, 2);
    ck_assert_uint_eq(counts->retranslated, 1);
    /* Another program is counted from the start. */
    bench->machine.mem.base = bench->other;
    memcpy(bench->other, bench->memory, sizeof bench->other);
    ck_assert_uint_eq(executions_until_translated(bench), COLD_ENTRIES + 1);
    ck_assert_uint_eq(counts->retranslated, 1);
    bench_free(bench);
}
END_TEST

START_TEST(cold_code_is_interpreted_up_to_where_it_jumps)
{
    struct bench *bench = bench_new("-chain");
    const struct dbt_counts *counts = dbt_counts(&bench->machine);

    put(bench, ROW_ADDI, 10, 0, 0, 100); /*  0 */
    put(bench, ROW_BEQ, 0, 10, 0, 8);    /*  4: loop: not taken 100 times */
    put(bench, ROW_ADDI, 10, 10, 0, -1); /*  8 */
    put(bench, ROW_BNE, 0, 10, 0, -8);   /*  c */
    put(bench, ROW_ECALL, 0, 0, 0, 0);   /* 10 */
    ck_assert_int_eq(engine_dbt.run(&bench->machine, &bench->hart, UINT64_MAX), STOP_TRAP);
    ck_assert_uint_eq(counts->cold_insns, 4 + 3 * COLD_ENTRIES);
    ck_assert_uint_eq(counts->blocks, 1);
    ck_assert_uint_eq(counts->cold, 2); /* what is at 0, and at 10 */
    bench_free(bench);
}
END_TEST

START_TEST(where_it_is_stopped_does_not_change_what_is_translated)
{
    struct bench *bench = bench_new(NULL), *stopped = bench_new(NULL);

    put_program(bench);
    put_program(stopped);
    bench->hart.x[2] = stopped->hart.x[2] = DATA + 16;
    ck_assert_int_eq(engine_dbt.run(&bench->machine, &bench->hart, UINT64_MAX), STOP_TRAP);
    for (uint64_t until = 1; until < bench->hart.instret; until += 1 + until % 3) {
        stopped->machine.observed = true;
        engine_dbt.run(&stopped->machine, &stopped->hart, until);
        ck_assert_uint_eq(stopped->hart.instret, until);
    }
    stopped->machine.observed = false;
    ck_assert_int_eq(engine_dbt.run(&stopped->machine, &stopped->hart, UINT64_MAX), STOP_TRAP);
    ck_assert_uint_gt(dbt_counts(&bench->machine)->blocks, 1);
#define COUNTER(name, meaning)                                                                  \
    if (strcmp(#name, "translate_ns") != 0)                                                     \
        ck_assert_msg(dbt_counts(&bench->machine)->name == dbt_counts(&stopped->machine)->name, \
                      "%s", meaning);
    DBT_COUNTERS(COUNTER)
#undef COUNTER
    bench_free(stopped);
    bench_free(bench);
}
END_TEST

START_TEST(a_cache_that_is_full_begins_again)
{
    /* More blocks than the cache holds, each a jump to the next; then all of them once more. */
    enum { BLOCKS = 70000 };
    struct bench *bench = bench_new("-tier,-trace");

    for (unsigned round = 0; round < 2; round++) {
        bench->end = 0;
        for (unsigned i = 0; i < BLOCKS; i++) {
            put(bench, ROW_C_ADDI, 15, 15, 0, 1);
            put(bench, ROW_C_J, 0, 0, 0, 2);
        }
        put(bench, ROW_ECALL, 0, 0, 0, 0);
        bench->hart = (struct hart){.pc = 0};
        ck_assert_int_eq(engine_dbt.run(&bench->machine, &bench->hart, UINT64_MAX), STOP_TRAP);
        ck_assert_uint_eq(bench->hart.x[15], BLOCKS);
    }
    ck_assert_uint_gt(dbt_counts(&bench->machine)->cleared, 1);
    bench_free(bench);
}
END_TEST

START_TEST(a_switch_that_does_not_exist_is_refused)
{
    static const char *const wrong[] = {"chain", "-", "-chains", "+all,-x", "?"};
    struct machine machine = {.mem = {.span = PAGE}};
    const struct engine_options options = {.switches = wrong[_i]};
    struct err err = {0};

    ck_assert_int_eq(engine_attach(&engine_dbt, &machine, &options, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.text, "chain, ibtc"));
    ck_assert_ptr_null(machine.engine_state);
}
END_TEST

/* A hart in S mode with paging, at a page of code that is mapped to itself. */
static struct system *supervisor(void)
{
    struct system *system = system_new();

    system->hart.mode = MODE_S;
    system_paging(system, 0);
    system_map(system, SYSTEM_CODE, SYSTEM_CODE, 0, PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D);
    return system;
}

/* All six instructions on all registers of S mode that are writable, and rd and rs1 alike. */
static void put_csrs(struct system *system)
{
    static const enum isa_row_id rows[] = {ROW_CSRRW,  ROW_CSRRS,  ROW_CSRRC,
                                           ROW_CSRRWI, ROW_CSRRSI, ROW_CSRRCI};
    static const unsigned csrs[] = {CSR_SSCRATCH, CSR_SEPC,       CSR_SCAUSE,
                                    CSR_STVAL,    CSR_STVEC,      CSR_SENVCFG,
                                    CSR_SSTATUS,  CSR_SCOUNTEREN, CSR_SSCRATCH};
    static const unsigned registers[] = {15, 31, 0, 5};
    unsigned number = 0;

    for (unsigned c = 0; c < sizeof csrs / sizeof *csrs; c++) {
        for (unsigned r = 0; r < 6; r++) {
            for (unsigned i = 0; i < 16; i++, number++)
                system_put(system, rows[r], registers[i % 4], registers[i / 4], 0, csrs[c]);
            system_put(system, ROW_ADDI, 15, 15, 0, (int)(number * 77 % 2048));
            system_put(system, ROW_XORI, 31, 15, 0, -1);
        }
    }
}

START_TEST(registers_of_s_mode_agree_with_the_interpreter)
{
    struct system *expected = supervisor(), *system = supervisor();
    const struct engine_options options = {.switches = switches[_i]};
    struct err err = {0};

    ck_assert(engine_attach(&engine_dbt, &system->machine, &options, &err) == 0);
    put_csrs(expected);
    put_csrs(system);
    for (uint64_t count = 1; count <= (system->end - SYSTEM_CODE) / 4; count++) {
        expected->hart.x[5] = system->hart.x[5] = count * UINT64_C(0x9e3779b97f4a7c15);
        engine_interp.run(&expected->machine, &expected->hart, count);
        engine_dbt.run(&system->machine, &system->hart, count);
        ck_assert_msg(memcmp(&expected->hart, &system->hart, HART_STATE_SIZE) == 0,
                      "after instruction %llu", (unsigned long long)count);
    }
    expected->hart.pc = system->hart.pc = SYSTEM_CODE;
    engine_interp.run(&expected->machine, &expected->hart, 1800);
    ck_assert_int_eq(engine_dbt.run(&system->machine, &system->hart, 1800), STOP_COUNT);
    ck_assert(memcmp(&expected->hart, &system->hart, HART_STATE_SIZE) == 0);
    engine_detach(&engine_dbt, &system->machine);
    system_free(system);
    system_free(expected);
}
END_TEST

START_TEST(behind_a_write_of_satp_code_is_fetched_from_elsewhere)
{
    struct system *system = supervisor();
    const struct engine_options options = {.switches = "-tier"};
    struct err err = {0};

    ck_assert(engine_attach(&engine_dbt, &system->machine, &options, &err) == 0);
    system->hart.x[6] = system->hart.satp;
    system_paging(system, 0);
    system_map(system, SYSTEM_CODE, SYSTEM_DATA, 0, PTE_V | PTE_R | PTE_X | PTE_A);
    system->hart.x[7] = system->hart.satp;
    system->hart.satp = system->hart.x[6];
    system_put(system, ROW_CSRRW, 0, 7, 0, CSR_SATP);
    system_put(system, ROW_ADDI, 5, 5, 0, 1);
    system->end = SYSTEM_DATA + 4;
    system_put(system, ROW_ADDI, 5, 5, 0, 100);
    ck_assert_int_eq(engine_dbt.run(&system->machine, &system->hart, 2), STOP_COUNT);
    ck_assert_uint_eq(system->hart.x[5], 100);
    engine_detach(&engine_dbt, &system->machine);
    system_free(system);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("dbt");
    TCase *cases = tcase_create("the translator");
    int variants = sizeof switches / sizeof *switches;

    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, arithmetic_agrees_on_edges_in_every_aliasing, 0, variants);
    tcase_add_loop_test(cases, memory_agrees_with_every_width_and_register, 0, variants);
    tcase_add_loop_test(cases, a_run_stops_at_exactly_the_count, 0, variants);
    tcase_add_loop_test(cases, each_switch_alone_leaves_the_translator_right, 0,
                        (int)dbt_option_count);
    tcase_add_loop_test(cases, registers_of_s_mode_agree_with_the_interpreter, 0, variants);
    tcase_add_test(cases, behind_a_write_of_satp_code_is_fetched_from_elsewhere);
    tcase_add_test(cases, counted_rows_are_those_that_were_executed);
    tcase_add_test(cases, code_that_changes_is_translated_again);
    tcase_add_test(cases, a_program_that_changes_itself_and_says_so_sees_it);
    tcase_add_test(cases, parent_and_child_translate_different_code);
    tcase_add_test(cases, code_is_translated_when_it_has_been_entered_often);
    tcase_add_test(cases, cold_code_is_interpreted_up_to_where_it_jumps);
    tcase_add_test(cases, where_it_is_stopped_does_not_change_what_is_translated);
    tcase_add_test(cases, a_cache_that_is_full_begins_again);
    tcase_add_loop_test(cases, a_switch_that_does_not_exist_is_refused, 0, 5);
    suite_add_tcase(all, cases);
    return all;
}

int main(void)
{
    return unit_main(suite());
}
