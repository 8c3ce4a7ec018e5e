/* test_sbi.c: each function of the firmware, called as a kernel calls it. */
#include "emu/board/sbi.h"
#include "tests/board/machine.h"
#include "tests/unit/unit_main.h"

#include <string.h>

enum { HARTS = 3 };
enum { BASE = 0x10, TIME = 0x54494d45, IPI = 0x735049, RFENCE = 0x52464e43 };
enum { HSM = 0x48534d, SRST = 0x53525354, DBCN = 0x4442434e };
enum { NOT_SUPPORTED = -2, INVALID = -3, BAD_ADDRESS = -5, ALREADY = -6 };

#define RAM UINT64_C(0x80000000)

struct bench {
    struct test_host host;
    struct board *board;
};

static void bench_init_with(struct bench *bench, enum firmware firmware)
{
    char path[TEST_PATH];
    struct board_config config;

    test_host_init(&bench->host, 1, 1);
    test_program(path, "hello");
    config = test_config(&bench->host, path);
    config.harts = HARTS;
    config.firmware = firmware;
    bench->board = test_board(&config);
}

static void bench_init(struct bench *bench)
{
    bench_init_with(bench, FIRMWARE_SBI);
}

/* One call by hart 0: the error; the value stands in a1. */
static int64_t call(struct bench *bench, uint64_t extension, uint64_t function, uint64_t a0,
                    uint64_t a1, uint64_t a2)
{
    struct hart *hart = &bench->board->harts[0];
    uint64_t pc = hart->pc;

    hart->x[17] = extension;
    hart->x[16] = function;
    hart->x[10] = a0;
    hart->x[11] = a1;
    hart->x[12] = a2;
    sbi_call(bench->board, 0);
    ck_assert_uint_eq(hart->pc, pc + 4);
    return (int64_t)hart->x[10];
}

static uint64_t value(const struct bench *bench)
{
    return bench->board->harts[0].x[11];
}

static bool has_ipi(const struct bench *bench, unsigned hart)
{
    return (bench->board->harts[hart].mip & INTERRUPT_BIT(INTERRUPT_S_SOFTWARE)) != 0;
}

START_TEST(the_first_hart_starts_in_s_mode_with_its_number_and_the_tree)
{
    struct bench bench;
    const struct hart *hart;

    bench_init(&bench);
    hart = &bench.board->harts[0];
    ck_assert_uint_eq(hart->mode, MODE_S);
    ck_assert_uint_eq(hart->pc, RAM + 0x200000);
    ck_assert_uint_eq(hart->x[10], 0);
    ck_assert_mem_eq(bench.board->dma.ram + (hart->x[11] - RAM), "\xd0\x0d\xfe\xed", 4);
    ck_assert_uint_eq(hart->satp, 0);
    board_free(bench.board);
}
END_TEST

START_TEST(extensions_that_exist_can_be_probed)
{
    static const uint64_t there[] = {BASE, TIME, IPI, RFENCE, HSM, SRST, DBCN, 0,
                                     1,    2,    3,   4,      5,   6,    7,    8};
    static const uint64_t missing[] = {9, 0x504d55, 0x53555350, UINT64_MAX};
    struct bench bench;

    bench_init(&bench);
    ck_assert_int_eq(call(&bench, BASE, 0, 0, 0, 0), 0);
    ck_assert_uint_eq(value(&bench), 2 << 24);
    for (unsigned i = 0; i < sizeof there / sizeof *there; i++) {
        ck_assert_int_eq(call(&bench, BASE, 3, there[i], 0, 0), 0);
        ck_assert_uint_eq(value(&bench), 1);
    }
    for (unsigned i = 0; i < sizeof missing / sizeof *missing; i++) {
        ck_assert_int_eq(call(&bench, BASE, 3, missing[i], 0, 0), 0);
        ck_assert_uint_eq(value(&bench), 0);
        ck_assert_int_eq(call(&bench, missing[i], 0, 0, 0, 0), NOT_SUPPORTED);
    }
    ck_assert_int_eq(call(&bench, BASE, 7, 0, 0, 0), NOT_SUPPORTED);
    ck_assert_int_eq(call(&bench, TIME, 1, 0, 0, 0), NOT_SUPPORTED);
    ck_assert_int_eq(call(&bench, HSM, 4, 0, 0, 0), NOT_SUPPORTED);
    board_free(bench.board);
}
END_TEST

START_TEST(a_mask_of_harts_has_a_base)
{
    static const struct {
        uint64_t mask, base;
        int64_t error;
        unsigned harts; /* bit n: hart n gets it */
    } cases[] = {
        {1, 0, 0, 1},          {6, 0, 0, 6},       {3, 1, 0, 6},
        {0, UINT64_MAX, 0, 7}, {8, 0, INVALID, 0}, {1, 3, INVALID, 0},
        {3, 2, INVALID, 0},    {0, 0, 0, 0},       {UINT64_C(1) << 63, 1, INVALID, 0},
        {0, 100, 0, 0},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench bench;

        bench_init(&bench);
        ck_assert_int_eq(call(&bench, IPI, 0, cases[i].mask, cases[i].base, 0), cases[i].error);
        for (unsigned hart = 0; hart < HARTS; hart++)
            ck_assert_int_eq(has_ipi(&bench, hart), cases[i].harts >> hart & 1);
        ck_assert_int_eq(call(&bench, RFENCE, 1, cases[i].mask, cases[i].base, 0), cases[i].error);
        board_free(bench.board);
    }
}
END_TEST

START_TEST(harts_are_started_once_and_told_what_was_asked)
{
    struct bench bench;
    const struct hart *hart;

    bench_init(&bench);
    ck_assert_int_eq(call(&bench, HSM, 2, 1, 0, 0), 0);
    ck_assert_uint_eq(value(&bench), SBI_STOPPED);
    ck_assert_int_eq(call(&bench, HSM, 0, HARTS, RAM, 0), INVALID);
    ck_assert_int_eq(call(&bench, HSM, 0, 1, 0x1000, 0), BAD_ADDRESS);
    ck_assert_int_eq(call(&bench, HSM, 0, 1, RAM + 0x100, 77), 0);
    hart = &bench.board->harts[1];
    ck_assert_uint_eq(hart->mode, MODE_S);
    ck_assert_uint_eq(hart->pc, RAM + 0x100);
    ck_assert_uint_eq(hart->x[10], 1);
    ck_assert_uint_eq(hart->x[11], 77);
    ck_assert_int_eq(call(&bench, HSM, 0, 1, RAM, 0), ALREADY);
    ck_assert_int_eq(call(&bench, HSM, 0, 0, RAM, 0), ALREADY);
    ck_assert_int_eq(call(&bench, HSM, 2, 1, 0, 0), 0);
    ck_assert_uint_eq(value(&bench), SBI_STARTED);
    call(&bench, HSM, 1, 0, 0, 0);
    ck_assert_uint_eq(bench.board->sbi.status[0], SBI_STOPPED);
    board_free(bench.board);
}
END_TEST

START_TEST(the_machine_is_switched_off_with_a_status)
{
    static const struct {
        uint64_t type, reason;
        enum syscon_wish wish;
        uint32_t status;
    } cases[] = {
        {0, 0, SYSCON_POWER_OFF, 0},
        {0, 1, SYSCON_POWER_OFF, 1},
        {0, 0xe0000000, SYSCON_POWER_OFF, 0},
        {0, 0xe00000ff, SYSCON_POWER_OFF, 255},
        {1, 0, SYSCON_RESET, 0},
        {2, 0, SYSCON_RESET, 0},
        {3, 0, SYSCON_RUN, 0},
        {0, 2, SYSCON_RUN, 0},
        {0, 0xe0000100, SYSCON_RUN, 0},
        {0, 0xf0000000, SYSCON_RUN, 0},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench bench;
        int64_t error;

        bench_init(&bench);
        error = call(&bench, SRST, 0, cases[i].type, cases[i].reason, 0);
        ck_assert_int_eq(error, cases[i].wish == SYSCON_RUN ? INVALID : 0);
        ck_assert_uint_eq(bench.board->syscon.state.wish, cases[i].wish);
        ck_assert_uint_eq(bench.board->syscon.state.status, cases[i].status);
        board_free(bench.board);
    }
}
END_TEST

START_TEST(the_debug_console_writes_and_reads_ram_only)
{
    static const uint8_t hello[] = {'h', 'e', 'l', 'l', 'o'};
    struct bench bench;
    uint8_t *ram;

    bench_init(&bench);
    ram = bench.board->dma.ram;
    memcpy(ram, hello, sizeof hello);
    ck_assert_int_eq(call(&bench, DBCN, 0, 5, RAM, 0), 0);
    ck_assert_uint_eq(value(&bench), 5);
    ck_assert_int_eq(call(&bench, DBCN, 2, '!', 0, 0), 0);
    ck_assert_str_eq(bench.host.output, "hello!");
    ck_assert_int_eq(call(&bench, DBCN, 1, 3, RAM + 100, 0), 0);
    ck_assert_uint_eq(value(&bench), 3);
    for (unsigned i = 0; i < 3; i++)
        ck_assert(ram[100 + i] >= 'a' && ram[100 + i] <= 'z');
    ck_assert_int_eq(call(&bench, DBCN, 0, 5, RAM - 1, 0), INVALID);
    ck_assert_int_eq(call(&bench, DBCN, 0, UINT64_MAX, RAM, 0), INVALID);
    ck_assert_int_eq(call(&bench, DBCN, 1, 5, RAM, 1), INVALID);
    ck_assert_int_eq(call(&bench, DBCN, 1, 2, RAM + bench.board->dma.size - 1, 0), INVALID);
    board_free(bench.board);
}
END_TEST

START_TEST(the_legacy_console_answers_in_a0_alone)
{
    struct bench bench;

    bench_init(&bench);
    call(&bench, 1, 99, 'x', 1234, 0);
    ck_assert_str_eq(bench.host.output, "x");
    ck_assert_uint_eq(value(&bench), 1234); /* a1 is kept */
    ck_assert_int_ge(call(&bench, 2, 0, 0, 0, 0), 'a');
    bench.host.typing = 0;
    ck_assert_int_eq(call(&bench, 2, 0, 0, 0, 0), -1);
    board_free(bench.board);
}
END_TEST

START_TEST(the_timer_is_each_harts_own)
{
    struct bench bench;

    bench_init(&bench);
    ck_assert_int_eq(call(&bench, TIME, 0, 12345, 0, 0), 0);
    ck_assert_uint_eq(bench.board->sbi.timer[0], 12345);
    ck_assert_uint_eq(bench.board->sbi.timer[1], UINT64_MAX);
    ck_assert_int_eq(call(&bench, 0, 0, UINT64_MAX, 0, 0), 0);
    ck_assert_uint_eq(bench.board->sbi.timer[0], UINT64_MAX);
    board_free(bench.board);
}
END_TEST

START_TEST(legacy_calls_take_the_address_of_a_mask)
{
    struct bench bench;
    const uint64_t mask = 1 << 1 | UINT64_C(1) << 40; /* hart 1, and one that there is not */

    bench_init(&bench);
    ck_assert(dma_write(&bench.board->dma, RAM + 0x1000, &mask, sizeof mask));
    ck_assert_int_eq(call(&bench, 4, 0, RAM + 0x1000, 0, 0), 0);
    ck_assert(!has_ipi(&bench, 0) && has_ipi(&bench, 1) && !has_ipi(&bench, 2));
    ck_assert_int_eq(call(&bench, 4, 0, 0, 0, 0), 0); /* no mask: all */
    ck_assert(has_ipi(&bench, 0) && has_ipi(&bench, 2));
    ck_assert_int_eq(call(&bench, 3, 0, 0, 0, 0), 0); /* clears the caller's */
    ck_assert(!has_ipi(&bench, 0) && has_ipi(&bench, 2));
    ck_assert_int_eq(call(&bench, 4, 0, RAM + 0x1001, 0, 0), 0); /* no place for a mask */
    ck_assert_int_eq(call(&bench, 4, 0, 0x10, 0, 0), 0);         /* no memory there */
    ck_assert(!has_ipi(&bench, 0));
    for (uint64_t fence = 5; fence <= 7; fence++)
        ck_assert_int_eq(call(&bench, fence, 0, RAM + 0x1000, 0, 0), 0);
    board_free(bench.board);
}
END_TEST

START_TEST(legacy_firmware_knows_no_extension_and_starts_all_harts)
{
    const uint64_t extensions[] = {BASE, TIME, IPI, RFENCE, HSM, SRST, DBCN};
    struct bench bench;

    bench_init_with(&bench, FIRMWARE_SBI_LEGACY);
    for (unsigned i = 0; i < HARTS; i++) {
        ck_assert_uint_eq(bench.board->sbi.status[i], SBI_STARTED);
        ck_assert_uint_eq(bench.board->harts[i].x[10], i);
    }
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
        ck_assert_int_eq(call(&bench, extensions[i], 0, 0, 0, 0), NOT_SUPPORTED);
    ck_assert_int_eq(call(&bench, 0, 0, 12345, 0, 0), 0);
    ck_assert_uint_eq(bench.board->sbi.timer[0], 12345);
    board_free(bench.board);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("sbi");
    TCase *calls = tcase_create("calls");

    tcase_add_test(calls, the_first_hart_starts_in_s_mode_with_its_number_and_the_tree);
    tcase_add_test(calls, extensions_that_exist_can_be_probed);
    tcase_add_test(calls, a_mask_of_harts_has_a_base);
    tcase_add_test(calls, harts_are_started_once_and_told_what_was_asked);
    tcase_add_test(calls, the_machine_is_switched_off_with_a_status);
    tcase_add_test(calls, the_debug_console_writes_and_reads_ram_only);
    tcase_add_test(calls, the_legacy_console_answers_in_a0_alone);
    tcase_add_test(calls, the_timer_is_each_harts_own);
    tcase_add_test(calls, legacy_calls_take_the_address_of_a_mask);
    tcase_add_test(calls, legacy_firmware_knows_no_extension_and_starts_all_harts);
    suite_add_tcase(suite, calls);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
