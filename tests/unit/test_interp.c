/* test_interp.c: the interpreter and the contract between engines and machines (engine.h). */
#include "emu/cpu/engine.h"
#include "emu/isa/decode.h"
#include "emu/isa/encode.h"
#include "tests/unit/unit_main.h"

#include <stdlib.h>
#include <string.h>

/* Four pages: code, data, data without write permission, nothing mapped. */
enum { PAGE = 4096, CODE = 0, DATA = PAGE, READ_ONLY = 2 * PAGE, NOTHING = 3 * PAGE };
enum { SPAN = 4 * PAGE };

struct bench {
    struct machine machine;
    struct hart hart;
    uint8_t memory[SPAN];
    uint8_t perm[4];
    struct row_counts counts;
    uint64_t end; /* gva after the last instruction that was put */
};

static uint64_t fixed_time(void *owner)
{
    (void)owner;
    return 1234;
}

static struct bench *bench_new(void)
{
    struct bench *bench = calloc(1, sizeof *bench);

    ck_assert_ptr_nonnull(bench);
    bench->perm[0] = MEM_MAPPED | MEM_READ | MEM_EXEC;
    bench->perm[1] = MEM_MAPPED | MEM_READ | MEM_WRITE;
    bench->perm[2] = MEM_MAPPED | MEM_READ;
    bench->machine.mem = (struct mem){.base = bench->memory, .perm = bench->perm, .span = SPAN};
    bench->machine.read_time = fixed_time;
    return bench;
}

static void put_word(struct bench *bench, uint32_t word, unsigned length)
{
    memcpy(bench->memory + bench->end, &word, length);
    bench->end += length;
}

static void put(struct bench *bench, enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2,
                int64_t imm)
{
    uint32_t word = isa_encode(&isa_rows[row], rd, rs1, rs2, imm);

    ck_assert_uint_ne(word, 0);
    put_word(bench, word, isa_length(word));
}

static enum stop run(struct bench *bench, uint64_t until)
{
    return engine_interp.run(&bench->machine, &bench->hart, until);
}

/* Runs into a trap and checks which, at which pc, after how many instructions. */
static void expect_trap(struct bench *bench, enum trap_cause cause, uint64_t value, uint64_t pc,
                        uint64_t instret)
{
    ck_assert_int_eq(run(bench, 1000), STOP_TRAP);
    ck_assert_int_eq(bench->hart.trap.cause, cause);
    ck_assert_uint_eq(bench->hart.trap.value, value);
    ck_assert_uint_eq(bench->hart.pc, pc);
    ck_assert_uint_eq(bench->hart.instret, instret);
}

START_TEST(run_stops_at_exactly_the_count_that_was_asked_for)
{
    struct bench *bench = bench_new();

    put(bench, ROW_ADDI, 5, 5, 0, 1);
    put(bench, ROW_JAL, 0, 0, 0, -4);
    for (uint64_t until = 1; until < 100; until += 1 + until % 7) {
        ck_assert_int_eq(run(bench, until), STOP_COUNT);
        ck_assert_uint_eq(bench->hart.instret, until);
        ck_assert_uint_eq(bench->hart.x[5], (until + 1) / 2);
        ck_assert_uint_eq(bench->hart.pc, until % 2 == 0 ? 0 : 4);
    }
    free(bench);
}
END_TEST

START_TEST(running_until_the_present_count_does_nothing)
{
    struct bench *bench = bench_new();

    bench->hart.pc = NOTHING; /* would trap */
    bench->hart.instret = 42;
    ck_assert_int_eq(run(bench, 42), STOP_COUNT);
    ck_assert_uint_eq(bench->hart.pc, NOTHING);
    free(bench);
}
END_TEST

START_TEST(an_instruction_that_traps_has_no_effect_and_does_not_retire)
{
    struct bench *bench = bench_new();

    put(bench, ROW_ADDI, 6, 0, 0, 7);
    put(bench, ROW_LUI, 5, 0, 0, NOTHING);
    put(bench, ROW_LD, 6, 5, 0, 8);
    expect_trap(bench, TRAP_LOAD_PAGE, NOTHING + 8, 8, 2);
    ck_assert_uint_eq(bench->hart.x[6], 7);
    /* Asked again, it traps again. */
    expect_trap(bench, TRAP_LOAD_PAGE, NOTHING + 8, 8, 2);
    free(bench);
}
END_TEST

START_TEST(a_system_call_stops_at_the_ecall)
{
    struct bench *bench = bench_new();

    put(bench, ROW_ECALL, 0, 0, 0, 0);
    expect_trap(bench, TRAP_ECALL_U, 0, 0, 0);
    free(bench);
}
END_TEST

START_TEST(an_illegal_word_is_the_trap_value)
{
    struct bench *bench = bench_new();

    put_word(bench, 0xffffffff, 4);
    expect_trap(bench, TRAP_ILLEGAL, 0xffffffff, 0, 0);
    memset(bench->memory, 0, 4);
    expect_trap(bench, TRAP_ILLEGAL, 0, 0, 0);
    free(bench);
}
END_TEST

START_TEST(a_word_over_two_pages_faults_at_the_half_that_is_missing)
{
    struct bench *bench = bench_new();

    bench->end = PAGE - 2;
    bench->hart.pc = PAGE - 2;
    put(bench, ROW_ADDI, 5, 0, 0, 1);
    expect_trap(bench, TRAP_FETCH_PAGE, PAGE, PAGE - 2, 0);
    bench->perm[1] |= MEM_EXEC;
    ck_assert_int_eq(run(bench, 1), STOP_COUNT);
    ck_assert_uint_eq(bench->hart.x[5], 1);
    free(bench);
}
END_TEST

START_TEST(a_compressed_instruction_may_end_a_page)
{
    struct bench *bench = bench_new();

    bench->end = PAGE - 2;
    bench->hart.pc = PAGE - 2;
    put(bench, ROW_C_LI, 5, 0, 0, -3);
    ck_assert_int_eq(run(bench, 1), STOP_COUNT);
    ck_assert_int_eq((int64_t)bench->hart.x[5], -3);
    expect_trap(bench, TRAP_FETCH_PAGE, PAGE, PAGE, 1);
    free(bench);
}
END_TEST

START_TEST(data_is_not_executable)
{
    struct bench *bench = bench_new();

    bench->hart.pc = DATA;
    expect_trap(bench, TRAP_FETCH_PAGE, DATA, DATA, 0);
    free(bench);
}
END_TEST

START_TEST(a_store_needs_write_permission_on_every_page_it_touches)
{
    struct bench *bench = bench_new();

    put(bench, ROW_SD, 0, 5, 6, 0);
    bench->hart.x[5] = READ_ONLY - 4;
    bench->hart.x[6] = UINT64_MAX;
    expect_trap(bench, TRAP_STORE_PAGE, READ_ONLY - 4, 0, 0);
    for (unsigned i = 0; i < 8; i++)
        ck_assert_uint_eq(bench->memory[READ_ONLY - 4 + i], 0);
    free(bench);
}
END_TEST

START_TEST(no_address_reaches_beyond_the_span)
{
    static const uint64_t beyond[] = {
        SPAN, SPAN - 1, UINT64_MAX, UINT64_MAX - 7, UINT64_C(1) << 63, SPAN + 1, SPAN - 7};

    for (unsigned i = 0; i < sizeof beyond / sizeof beyond[0]; i++) {
        struct bench *bench = bench_new();

        memset(bench->perm, 0xff, sizeof bench->perm);
        put(bench, ROW_LD, 6, 5, 0, 0);
        bench->hart.x[5] = beyond[i];
        expect_trap(bench, TRAP_LOAD_PAGE, beyond[i], 0, 0);
        free(bench);
    }
}
END_TEST

START_TEST(misaligned_accesses_work_across_a_page)
{
    struct bench *bench = bench_new();

    bench->perm[2] |= MEM_WRITE;
    put(bench, ROW_SD, 0, 5, 6, 0);
    put(bench, ROW_LD, 7, 5, 0, 0);
    put(bench, ROW_LH, 8, 5, 0, 2);
    bench->hart.x[5] = READ_ONLY - 3;
    bench->hart.x[6] = UINT64_C(0x0102030485868788);
    ck_assert_int_eq(run(bench, 3), STOP_COUNT);
    ck_assert_uint_eq(bench->hart.x[7], UINT64_C(0x0102030485868788));
    ck_assert_uint_eq(bench->hart.x[8], UINT64_C(0xffffffffffff8586));
    free(bench);
}
END_TEST

START_TEST(x0_stays_zero_whatever_writes_it)
{
    struct bench *bench = bench_new();

    bench->hart.x[5] = DATA;
    bench->memory[DATA] = 0x55;
    put(bench, ROW_ADDI, 0, 0, 0, 5);
    put(bench, ROW_LUI, 0, 0, 0, 0x1000);
    put(bench, ROW_LD, 0, 5, 0, 0);
    put(bench, ROW_AMOADD_D, 0, 5, 5, 0);
    put(bench, ROW_JAL, 0, 0, 0, 4);
    ck_assert_int_eq(run(bench, 5), STOP_COUNT);
    ck_assert_uint_eq(bench->hart.x[0], 0);
    free(bench);
}
END_TEST

START_TEST(jalr_reads_its_register_before_it_writes_the_link)
{
    struct bench *bench = bench_new();

    put(bench, ROW_JALR, 5, 5, 0, 5);
    bench->hart.x[5] = 0x100;
    ck_assert_int_eq(run(bench, 1), STOP_COUNT);
    ck_assert_uint_eq(bench->hart.pc, 0x104); /* bit 0 is dropped */
    ck_assert_uint_eq(bench->hart.x[5], 4);
    free(bench);
}
END_TEST

/* lr.d t0, (a0); [sd a1, (a0)]; sc.d a2, a3, (a0) */
static uint64_t try_lr_sc(bool store_between, uint64_t stored)
{
    struct bench *bench = bench_new();
    uint64_t failed;

    bench->hart.x[10] = DATA;
    bench->hart.x[11] = stored;
    bench->hart.x[13] = 99;
    put(bench, ROW_LR_D, 5, 10, 0, 0);
    if (store_between)
        put(bench, ROW_SD, 0, 10, 11, 0);
    put(bench, ROW_SC_D, 12, 10, 13, 0);
    put(bench, ROW_SC_D, 14, 10, 13, 0);
    ck_assert_int_eq(run(bench, store_between ? 4 : 3), STOP_COUNT);
    failed = bench->hart.x[12];
    ck_assert_uint_eq(bench->memory[DATA], failed ? stored : 99);
    ck_assert_uint_eq(bench->hart.x[14], 1); /* a reservation serves once */
    free(bench);
    return failed;
}

START_TEST(sc_succeeds_once_after_lr)
{
    ck_assert_uint_eq(try_lr_sc(false, 0), 0);
}
END_TEST

START_TEST(sc_fails_when_the_value_has_changed)
{
    ck_assert_uint_eq(try_lr_sc(true, 7), 1);
}
END_TEST

START_TEST(misaligned_atomics_trap_and_say_where)
{
    static const struct {
        enum isa_row_id row;
        enum trap_cause cause;
        uint64_t offset;
    } cases[] = {
        {ROW_LR_W, TRAP_LOAD_MISALIGNED, 2},      {ROW_LR_D, TRAP_LOAD_MISALIGNED, 4},
        {ROW_SC_W, TRAP_STORE_MISALIGNED, 1},     {ROW_SC_D, TRAP_STORE_MISALIGNED, 4},
        {ROW_AMOADD_W, TRAP_STORE_MISALIGNED, 2}, {ROW_AMOSWAP_D, TRAP_STORE_MISALIGNED, 4},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench *bench = bench_new();

        bench->hart.x[10] = DATA + cases[i].offset;
        put(bench, cases[i].row, 5, 10, 0, 0);
        expect_trap(bench, cases[i].cause, DATA + cases[i].offset, 0, 0);
        free(bench);
    }
}
END_TEST

START_TEST(atomics_fault_as_stores_and_lr_as_a_load)
{
    struct bench *bench = bench_new();

    bench->hart.x[10] = READ_ONLY;
    put(bench, ROW_LR_D, 5, 10, 0, 0);
    put(bench, ROW_SC_D, 5, 10, 0, 0);
    expect_trap(bench, TRAP_STORE_PAGE, READ_ONLY, 4, 1);
    bench->end = 4;
    put(bench, ROW_AMOOR_W, 5, 10, 0, 0);
    expect_trap(bench, TRAP_STORE_PAGE, READ_ONLY, 4, 1);
    bench->end = 4;
    bench->hart.x[10] = NOTHING;
    put(bench, ROW_LR_W, 5, 10, 0, 0);
    expect_trap(bench, TRAP_LOAD_PAGE, NOTHING, 4, 1);
    free(bench);
}
END_TEST

START_TEST(user_mode_reads_three_counters_and_no_more)
{
    struct bench *bench = bench_new();

    put(bench, ROW_CSRRS, 5, 0, 0, 0xc02); /* instret, before this instruction */
    put(bench, ROW_CSRRS, 6, 0, 0, 0xc01); /* time */
    put(bench, ROW_CSRRS, 7, 0, 0, 0xc00); /* cycle */
    put(bench, ROW_CSRRS, 8, 0, 0, 0x100); /* sstatus */
    ck_assert_int_eq(run(bench, 3), STOP_COUNT);
    ck_assert_uint_eq(bench->hart.x[5], 0);
    ck_assert_uint_eq(bench->hart.x[6], 1234);
    ck_assert_uint_eq(bench->hart.x[7], 2);
    ck_assert_int_eq(run(bench, 4), STOP_TRAP);
    ck_assert_int_eq(bench->hart.trap.cause, TRAP_ILLEGAL);
    free(bench);
}
END_TEST

START_TEST(writing_a_counter_is_illegal_even_when_nothing_would_change)
{
    static const enum isa_row_id rows[] = {ROW_CSRRW,  ROW_CSRRS,  ROW_CSRRC,
                                           ROW_CSRRWI, ROW_CSRRSI, ROW_CSRRCI};

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench *bench = bench_new();

        put(bench, rows[i], 5, 6, 0, 0xc00); /* x6 holds 0 */
        ck_assert_int_eq(run(bench, 1), STOP_TRAP);
        ck_assert_int_eq(bench->hart.trap.cause, TRAP_ILLEGAL);
        free(bench);
    }
}
END_TEST

START_TEST(rows_are_counted_where_they_are_asked_for)
{
    struct bench *bench = bench_new();

    bench->machine.row_counts = &bench->counts;
    put(bench, ROW_ADDI, 5, 5, 0, 1);
    put(bench, ROW_C_LI, 6, 0, 0, 2);
    put(bench, ROW_JAL, 0, 0, 0, -6);
    ck_assert_int_eq(run(bench, 30), STOP_COUNT);
    ck_assert_uint_eq(bench->counts.executed[ROW_ADDI], 10);
    ck_assert_uint_eq(bench->counts.executed[ROW_C_LI], 10);
    ck_assert_uint_eq(bench->counts.executed[ROW_JAL], 10);
    free(bench);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("interp");
    TCase *contract = tcase_create("contract");
    TCase *memory = tcase_create("memory");
    TCase *instructions = tcase_create("instructions");

    tcase_add_test(contract, run_stops_at_exactly_the_count_that_was_asked_for);
    tcase_add_test(contract, running_until_the_present_count_does_nothing);
    tcase_add_test(contract, an_instruction_that_traps_has_no_effect_and_does_not_retire);
    tcase_add_test(contract, a_system_call_stops_at_the_ecall);
    tcase_add_test(contract, an_illegal_word_is_the_trap_value);
    tcase_add_test(contract, rows_are_counted_where_they_are_asked_for);
    tcase_add_test(memory, a_word_over_two_pages_faults_at_the_half_that_is_missing);
    tcase_add_test(memory, a_compressed_instruction_may_end_a_page);
    tcase_add_test(memory, data_is_not_executable);
    tcase_add_test(memory, a_store_needs_write_permission_on_every_page_it_touches);
    tcase_add_test(memory, no_address_reaches_beyond_the_span);
    tcase_add_test(memory, misaligned_accesses_work_across_a_page);
    tcase_add_test(memory, misaligned_atomics_trap_and_say_where);
    tcase_add_test(memory, atomics_fault_as_stores_and_lr_as_a_load);
    tcase_add_test(instructions, x0_stays_zero_whatever_writes_it);
    tcase_add_test(instructions, jalr_reads_its_register_before_it_writes_the_link);
    tcase_add_test(instructions, sc_succeeds_once_after_lr);
    tcase_add_test(instructions, sc_fails_when_the_value_has_changed);
    tcase_add_test(instructions, user_mode_reads_three_counters_and_no_more);
    tcase_add_test(instructions, writing_a_counter_is_illegal_even_when_nothing_would_change);
    suite_add_tcase(suite, contract);
    suite_add_tcase(suite, memory);
    suite_add_tcase(suite, instructions);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
