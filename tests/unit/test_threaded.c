/*
 * test_threaded.c: the threaded interpreter against the contract of engines (engine.h), and against
 * the interpreter: two machines with the same code, one for each, have to agree wherever they stop.
 */
#include "emu/threaded/threaded.h"

#include <string.h>

#include "tests/random.h"
#include "tests/unit/system.h"
#include "tests/unit/unit_main.h"

enum { PAGE = 4096, CODE_PAGES = 600, DATA = CODE_PAGES * PAGE, PAGES = CODE_PAGES + 2 };

/* A process: pages of code, which it may write, one of data, one that may only be read. */
struct process {
    struct machine machine;
    struct hart hart;
    uint8_t perm[PAGES];
    uint8_t memory[PAGES * PAGE];
};

/* The same twice. */
struct twins {
    struct process *threaded, *interp;
    uint64_t end; /* gva after the last instruction that was put */
};

static uint64_t fixed_time(void *owner)
{
    (void)owner;
    return 1234;
}

static void attach(struct machine *machine)
{
    struct err err = {0};

    ck_assert_int_eq(engine_attach(&engine_threaded, machine, &(struct engine_options){0}, &err),
                     0);
}

static struct process *process_new(void)
{
    struct process *process = calloc(1, sizeof *process);

    ck_assert_ptr_nonnull(process);
    memset(process->perm, MEM_MAPPED | MEM_READ | MEM_WRITE | MEM_EXEC, CODE_PAGES);
    process->perm[CODE_PAGES] = MEM_MAPPED | MEM_READ | MEM_WRITE;
    process->perm[CODE_PAGES + 1] = MEM_MAPPED | MEM_READ;
    process->machine.mem =
        (struct mem){.base = process->memory, .perm = process->perm, .span = PAGES * PAGE};
    process->machine.read_time = fixed_time;
    return process;
}

static struct twins twins_new(void)
{
    struct twins twins = {.threaded = process_new(), .interp = process_new()};

    attach(&twins.threaded->machine);
    return twins;
}

static void twins_free(struct twins *twins)
{
    engine_detach(&engine_threaded, &twins->threaded->machine);
    free(twins->threaded);
    free(twins->interp);
}

static void put_word(struct twins *twins, uint32_t word, unsigned length)
{
    memcpy(twins->threaded->memory + twins->end, &word, length);
    memcpy(twins->interp->memory + twins->end, &word, length);
    twins->end += length;
}

static void put(struct twins *twins, enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2,
                int64_t imm)
{
    uint32_t word = isa_encode(&isa_rows[row], rd, rs1, rs2, imm);

    ck_assert_uint_ne(word, 0);
    put_word(twins, word, isa_length(word));
}

static void set(struct twins *twins, unsigned number, uint64_t value)
{
    twins->threaded->hart.x[number] = value;
    twins->interp->hart.x[number] = value;
}

static void go_to(struct twins *twins, uint64_t pc)
{
    twins->threaded->hart.pc = pc;
    twins->interp->hart.pc = pc;
}

/* Runs both, which have to stop in the same manner, in the same state. */
static enum stop run(struct twins *twins, uint64_t until)
{
    struct process *a = twins->threaded, *b = twins->interp;
    enum stop stop = engine_threaded.run(&a->machine, &a->hart, until);

    ck_assert_int_eq(stop, engine_interp.run(&b->machine, &b->hart, until));
    ck_assert_mem_eq(&a->hart, &b->hart, HART_STATE_SIZE);
    if (stop == STOP_TRAP) {
        ck_assert_int_eq(a->hart.trap.cause, b->hart.trap.cause);
        ck_assert_uint_eq(a->hart.trap.value, b->hart.trap.value);
    }
    ck_assert_mem_eq(a->memory + DATA, b->memory + DATA, 2 * PAGE);
    return stop;
}

START_TEST(run_stops_at_exactly_the_count_that_was_asked_for)
{
    for (uint64_t step = 1; step < 50; step++) {
        struct twins twins = twins_new();

        put(&twins, ROW_ADDI, 5, 5, 0, 1);
        put(&twins, ROW_ADDI, 6, 6, 0, 2);
        put(&twins, ROW_ADDI, 0, 0, 0, 0);
        put(&twins, ROW_BNE, 0, 5, 7, -12);
        put(&twins, ROW_JAL, 0, 0, 0, -16);
        set(&twins, 7, 40);
        for (uint64_t until = step; until < 500; until += step) {
            ck_assert_int_eq(run(&twins, until), STOP_COUNT);
            ck_assert_uint_eq(twins.threaded->hart.instret, until);
        }
        twins_free(&twins);
    }
}
END_TEST

START_TEST(a_block_is_cut_where_the_count_says)
{
    for (uint64_t until = 1; until < 300; until++) {
        struct twins twins = twins_new();

        for (unsigned i = 0; i < 300; i++)
            put(&twins, ROW_ADDI, 5 + i % 3, 5, 0, 1);
        ck_assert_int_eq(run(&twins, until), STOP_COUNT);
        ck_assert_uint_eq(twins.threaded->hart.pc, 4 * until);
        ck_assert_int_eq(run(&twins, until), STOP_COUNT); /* there it is already */
        twins_free(&twins);
    }
}
END_TEST

/* So a compiler made jumps of the calls between handlers, or the engine returned in time. */
START_TEST(a_long_run_needs_no_more_stack_than_a_short_one)
{
    struct twins twins = twins_new();
    uint64_t rounds = 3000000;

    put(&twins, ROW_ADDI, 5, 5, 0, -1);
    put(&twins, ROW_ADD, 6, 6, 5, 0);
    put(&twins, ROW_LD, 8, 7, 0, 0);
    put(&twins, ROW_BEQ, 0, 8, 5, 8);
    put(&twins, ROW_BNE, 0, 5, 0, -16);
    put(&twins, ROW_ECALL, 0, 0, 0, 0);
    set(&twins, 5, rounds);
    set(&twins, 7, DATA);
    ck_assert_int_eq(run(&twins, UINT64_MAX), STOP_TRAP);
    ck_assert_uint_eq(twins.threaded->hart.instret, 5 * rounds - 1); /* beq is taken in the last */
    twins_free(&twins);
}
END_TEST

START_TEST(a_trap_in_the_middle_of_a_block_is_precise)
{
    static const struct {
        enum isa_row_id row;
        enum trap_cause cause;
        uint64_t address;
    } cases[] = {
        {ROW_LD, TRAP_LOAD_PAGE, PAGES * PAGE},
        {ROW_LBU, TRAP_LOAD_PAGE, UINT64_MAX},
        {ROW_SD, TRAP_STORE_PAGE, DATA + PAGE},
        {ROW_SW, TRAP_STORE_PAGE, DATA + PAGE - 2},
        {ROW_SC_D, TRAP_STORE_MISALIGNED, DATA + 4},
        {ROW_AMOADD_W, TRAP_STORE_PAGE, DATA + PAGE},
        {ROW_EBREAK, TRAP_BREAKPOINT, 0},
        {ROW_ECALL, TRAP_ECALL_U, 0},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        /* Between instructions that could be fused with it, at each place among them. */
        for (unsigned before = 0; before < 4; before++) {
            struct twins twins = twins_new();

            for (unsigned k = 0; k < before; k++)
                put(&twins, k % 2 == 0 ? ROW_LD : ROW_SD, 5, 6, 5, 8 * k);
            put(&twins, cases[i].row, 5, 7, 5, 0);
            put(&twins, ROW_LD, 8, 6, 0, 0);
            put(&twins, ROW_SD, 0, 6, 8, 0);
            set(&twins, 6, DATA);
            set(&twins, 7, cases[i].address);
            for (unsigned again = 0; again < 2; again++) {
                ck_assert_int_eq(run(&twins, 100), STOP_TRAP);
                ck_assert_int_eq(twins.threaded->hart.trap.cause, cases[i].cause);
                ck_assert_uint_eq(twins.threaded->hart.pc, 4 * before);
                ck_assert_uint_eq(twins.threaded->hart.instret, before);
            }
            twins_free(&twins);
        }
    }
}
END_TEST

START_TEST(changed_code_is_seen_after_fence_i)
{
    struct twins twins = twins_new();
    uint32_t other = isa_encode(&isa_rows[ROW_ADDI], 6, 6, 0, 100);

    /* 8: x6 += 1, three times; then that instruction becomes another, and again. */
    put(&twins, ROW_ADDI, 5, 0, 0, 3);
    put(&twins, ROW_ADDI, 9, 9, 0, 1);
    put(&twins, ROW_ADDI, 6, 6, 0, 1);
    put(&twins, ROW_ADDI, 5, 5, 0, -1);
    put(&twins, ROW_BNE, 0, 5, 0, -8);
    put(&twins, ROW_SW, 0, 0, 7, 8);
    put(&twins, ROW_FENCE_I, 0, 0, 0, 0);
    put(&twins, ROW_BNE, 0, 9, 8, -28);
    put(&twins, ROW_ECALL, 0, 0, 0, 0);
    set(&twins, 7, other);
    set(&twins, 8, 3);
    ck_assert_int_eq(run(&twins, 1000), STOP_TRAP);
    ck_assert_uint_eq(twins.threaded->hart.x[6], 3 + 300 + 300);
    twins_free(&twins);
}
END_TEST

START_TEST(code_that_the_owner_changed_is_seen_when_it_says_so)
{
    struct twins twins = twins_new();

    put(&twins, ROW_ADDI, 5, 5, 0, 1);
    put(&twins, ROW_JAL, 0, 0, 0, PAGE - 4);
    twins.end = PAGE;
    put(&twins, ROW_ADDI, 6, 6, 0, 1);
    put(&twins, ROW_JAL, 0, 0, 0, -PAGE - 4);
    ck_assert_int_eq(run(&twins, 100), STOP_COUNT);
    twins.end = PAGE;
    put(&twins, ROW_ADDI, 6, 6, 0, 64);
    twins.threaded->machine.code_epoch++;
    ck_assert_int_eq(run(&twins, 200), STOP_COUNT);
    ck_assert_uint_eq(twins.threaded->hart.x[6], 25 + 64 * 25);
    /* Nor may a page be executed that the owner has taken this right from. */
    twins.threaded->perm[1] = MEM_MAPPED | MEM_READ;
    twins.interp->perm[1] = MEM_MAPPED | MEM_READ;
    twins.threaded->machine.code_epoch++;
    ck_assert_int_eq(run(&twins, 300), STOP_TRAP);
    ck_assert_int_eq(twins.threaded->hart.trap.cause, TRAP_FETCH_PAGE);
    ck_assert_uint_eq(twins.threaded->hart.pc, PAGE);
    twins_free(&twins);
}
END_TEST

START_TEST(a_return_may_go_elsewhere_than_behind_its_call)
{
    struct twins twins = twins_new();

    /* 0: call 20, which returns; 4: call 24, which returns to 12. */
    put(&twins, ROW_JAL, 1, 0, 0, 20);
    put(&twins, ROW_JAL, 1, 0, 0, 20);
    put(&twins, ROW_ECALL, 0, 0, 0, 0);
    put(&twins, ROW_ADDI, 5, 5, 0, 1);
    put(&twins, ROW_JAL, 0, 0, 0, -16);
    put(&twins, ROW_JALR, 0, 1, 0, 0);
    put(&twins, ROW_ADDI, 1, 1, 0, 4);
    put(&twins, ROW_JALR, 0, 1, 0, 0);
    for (uint64_t until = 1; until < 200; until += 3)
        ck_assert_int_eq(run(&twins, until), STOP_COUNT);
    ck_assert_uint_gt(twins.threaded->hart.x[5], 20);
    twins_free(&twins);
}
END_TEST

START_TEST(more_code_than_there_is_room_for_is_executed_all_the_same)
{
    struct twins twins = twins_new();
    uint64_t insns = DATA / 4 - 1;

    /* All pages of code are executed, three times. */
    for (uint64_t i = 0; i < insns; i++)
        put(&twins, ROW_ADDI, 5, 5, 0, 1);
    put(&twins, ROW_JALR, 0, 0, 0, 0);
    ck_assert_int_eq(run(&twins, 3 * insns + 3), STOP_COUNT);
    ck_assert_uint_eq(twins.threaded->hart.x[5], 3 * insns);
    twins_free(&twins);
}
END_TEST

START_TEST(rows_are_counted_where_they_are_asked_for)
{
    struct twins twins = twins_new();
    struct row_counts counts = {0};

    put(&twins, ROW_ADDI, 5, 5, 0, 1);
    put_word(&twins, 0xa001, 2); /* c.j to itself */
    twins.threaded->machine.row_counts = &counts;
    run(&twins, 9);
    ck_assert_uint_eq(counts.executed[ROW_ADDI], 1);
    ck_assert_uint_eq(counts.executed[ROW_C_J], 8);
    twins_free(&twins);
}
END_TEST

/* Words of any base row, with few registers, so that they have to do with each other. */
static uint32_t random_word(struct random *random)
{
    const struct isa_row *row = &isa_rows[random_below(random, ROW_C_ADDI4SPN)];
    uint32_t word = row->match | ((uint32_t)random_next(random) & ~row->mask);
    uint32_t far_registers = UINT32_C(0x18) << 7 | UINT32_C(0x18) << 15;

    if (row->kind == KIND_ALU || row->kind == KIND_STORE || row->kind == KIND_BRANCH)
        far_registers |= UINT32_C(0x18) << 20;
    if (row->kind == KIND_LOAD || row->kind == KIND_ALU_IMM)
        word &= ~(UINT32_C(0xf00) << 20 & ~row->mask); /* a small offset, mostly in the page */
    if (row->kind == KIND_BRANCH)
        word &= ~UINT32_C(0x60000000); /* a short way */
    return word & ~(far_registers & ~row->mask);
}

/* Another program, and where it does not run, registers and a pc with which it may. */
static void start_anew(struct twins *twins, struct random *random)
{
    for (unsigned i = 1; i < 8; i++)
        set(twins, i, i < 5 ? DATA + random_below(random, PAGE) : random_edge(random));
    go_to(twins, random_below(random, PAGE / 2) * 2);
}

/* Every second one is counted. */
START_TEST(random_programs_run_and_count_as_under_the_interpreter)
{
    struct random random = {.state = (uint64_t)_i};
    struct twins twins = twins_new();
    struct row_counts counts[2] = {0};
    unsigned traps = 0;

    if (_i % 2 == 0) {
        twins.threaded->machine.row_counts = &counts[0];
        twins.interp->machine.row_counts = &counts[1];
    }
    while (twins.end < PAGE)
        put_word(&twins, random_word(&random), 4);
    memset(twins.threaded->perm, MEM_MAPPED | MEM_READ | MEM_EXEC, CODE_PAGES);
    memset(twins.interp->perm, MEM_MAPPED | MEM_READ | MEM_EXEC, CODE_PAGES);
    start_anew(&twins, &random);
    for (unsigned i = 0; i < 3000; i++) {
        uint64_t until = twins.interp->hart.instret + random_below(&random, 150);

        if (run(&twins, until) == STOP_TRAP) {
            start_anew(&twins, &random);
            traps++;
        }
        ck_assert_mem_eq(&counts[0], &counts[1], sizeof counts[0]);
    }
    ck_assert_uint_gt(traps, 10);
    ck_assert_uint_gt(twins.interp->hart.instret, 1000);
    twins_free(&twins);
}
END_TEST

START_TEST(a_device_stops_the_run_behind_the_access)
{
    struct system *system = system_new();

    attach(&system->machine);
    system->hart.x[10] = SYSTEM_DEVICE;
    system->hart.x[11] = 77;
    system_put(system, ROW_ADDI, 5, 5, 0, 1);
    system_put(system, ROW_SD, 0, 10, 11, 0);
    system_put(system, ROW_LD, 12, 10, 0, 0);
    system_put(system, ROW_JAL, 0, 0, 0, -12);
    for (unsigned round = 1; round < 4; round++) {
        ck_assert_int_eq(engine_threaded.run(&system->machine, &system->hart, 1000), STOP_CHANGE);
        ck_assert_uint_eq(system->hart.pc, SYSTEM_CODE + 8);
        ck_assert_uint_eq(system->stores, round);
        ck_assert_int_eq(engine_threaded.run(&system->machine, &system->hart, 1000), STOP_CHANGE);
        ck_assert_uint_eq(system->hart.pc, SYSTEM_CODE + 12);
        ck_assert_uint_eq(system->hart.x[12], 77);
        ck_assert_uint_eq(system->hart.x[5], round);
    }
    engine_detach(&engine_threaded, &system->machine);
    system_free(system);
}
END_TEST

/* Puts at gpa: x5 += imm, and a jump to x7. */
static void put_adder(struct system *system, uint64_t gpa, int64_t imm)
{
    system->end = gpa;
    system_put(system, ROW_ADDI, 5, 5, 0, imm);
    system_put(system, ROW_JALR, 0, 7, 0, 0);
}

START_TEST(another_page_at_the_same_address_is_other_code)
{
    const uint64_t first = 0x40000000, second = first + PAGE;
    const uint64_t flags = PTE_V | PTE_R | PTE_X | PTE_A | (_i == 0 ? PTE_G : 0U);
    struct system *system = system_new();

    attach(&system->machine);
    put_adder(system, SYSTEM_DATA, 1);
    put_adder(system, SYSTEM_DATA + PAGE, 100);
    system->end = SYSTEM_DATA + 2 * PAGE;
    system_put(system, ROW_JALR, 0, 6, 0, 0);
    system->hart.mode = _i == 2 ? MODE_U : MODE_S;
    system->hart.satp = SATP_SV39 << SATP_MODE_SHIFT | system_new_table(system) >> MEM_PAGE_SHIFT;
    system->hart.pc = first;
    system->hart.x[6] = second;
    system->hart.x[7] = first;
    system_map(system, first, SYSTEM_DATA + 2 * PAGE, 0, flags | (_i == 2 ? PTE_U : 0U));
    for (unsigned round = 0; round < 4; round++) {
        system_map(system, second, SYSTEM_DATA + round % 2 * PAGE, 0,
                   flags | (_i == 2 ? PTE_U : 0U));
        mmu_fence(&system->machine, &system->hart, round < 2 ? &second : NULL, NULL);
        ck_assert_int_eq(engine_threaded.run(&system->machine, &system->hart, 30 * (round + 1)),
                         STOP_COUNT);
    }
    ck_assert_uint_eq(system->hart.x[5], 2 * 10 * (1 + 100));
    engine_detach(&engine_threaded, &system->machine);
    system_free(system);
}
END_TEST

START_TEST(code_that_a_board_changes_is_seen_after_fence_i)
{
    struct system *system = system_new();

    attach(&system->machine);
    system->hart.x[7] = isa_encode(&isa_rows[ROW_ADDI], 5, 5, 0, 100);
    system->hart.x[8] = SYSTEM_CODE;
    system_put(system, ROW_ADDI, 5, 5, 0, 1);
    system_put(system, ROW_SW, 0, 8, 7, 0);
    system_put(system, ROW_FENCE_I, 0, 0, 0, 0);
    system_put(system, ROW_JAL, 0, 0, 0, -12);
    ck_assert_int_eq(engine_threaded.run(&system->machine, &system->hart, 40), STOP_COUNT);
    ck_assert_uint_eq(system->hart.x[5], 1 + 9 * 100);
    engine_detach(&engine_threaded, &system->machine);
    system_free(system);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("threaded");
    TCase *contract = tcase_create("contract");
    TCase *code = tcase_create("code");
    TCase *board = tcase_create("board");

    tcase_add_test(contract, run_stops_at_exactly_the_count_that_was_asked_for);
    tcase_add_test(contract, a_block_is_cut_where_the_count_says);
    tcase_add_test(contract, a_long_run_needs_no_more_stack_than_a_short_one);
    tcase_add_test(contract, a_trap_in_the_middle_of_a_block_is_precise);
    tcase_add_test(contract, rows_are_counted_where_they_are_asked_for);
    tcase_add_loop_test(contract, random_programs_run_and_count_as_under_the_interpreter, 0, 40);
    tcase_add_test(code, changed_code_is_seen_after_fence_i);
    tcase_add_test(code, code_that_the_owner_changed_is_seen_when_it_says_so);
    tcase_add_test(code, a_return_may_go_elsewhere_than_behind_its_call);
    tcase_add_test(code, more_code_than_there_is_room_for_is_executed_all_the_same);
    tcase_add_test(board, a_device_stops_the_run_behind_the_access);
    tcase_add_loop_test(board, another_page_at_the_same_address_is_other_code, 0, 3);
    tcase_add_test(board, code_that_a_board_changes_is_seen_after_fence_i);
    tcase_set_timeout(contract, 60);
    tcase_set_timeout(code, 60);
    suite_add_tcase(suite, contract);
    suite_add_tcase(suite, code);
    suite_add_tcase(suite, board);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
