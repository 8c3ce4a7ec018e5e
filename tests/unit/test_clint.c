/* test_clint.c: the core-local interruptor, and the power-off device. */
#include "dev/clint.h"
#include "dev/syscon.h"
#include "tests/unit/unit_main.h"

enum { BASE = 0x2000000, HARTS = 3, SYSCON = 0x100000 };

struct bench {
    struct bus bus;
    struct clint clint;
    struct syscon syscon;
    uint64_t now;
};

static uint64_t now(void *owner)
{
    return ((const struct bench *)owner)->now;
}

static void bench_init(struct bench *bench)
{
    struct bus_range range;

    *bench = (struct bench){.now = 0};
    clint_init(&bench->clint, HARTS, now, bench);
    syscon_init(&bench->syscon);
    range = clint_range(&bench->clint, BASE);
    bus_register(&bench->bus, &range);
    range = syscon_range(&bench->syscon, SYSCON);
    bus_register(&bench->bus, &range);
}

static uint64_t get(struct bench *bench, uint64_t offset, unsigned width)
{
    uint64_t value = 0;

    ck_assert(bus_load(&bench->bus, BASE + offset, width, &value));
    return value;
}

static void put(struct bench *bench, uint64_t offset, unsigned width, uint64_t value)
{
    ck_assert(bus_store(&bench->bus, BASE + offset, width, value));
}

START_TEST(msip_is_one_bit_for_each_hart)
{
    struct bench bench;

    bench_init(&bench);
    put(&bench, 4, 32, 0xffffffff);
    ck_assert_uint_eq(get(&bench, 4, 32), 1);
    ck_assert(!clint_software(&bench.clint, 0) && clint_software(&bench.clint, 1));
    put(&bench, 4, 32, 0xfffffffe);
    ck_assert(!clint_software(&bench.clint, 1));
    put(&bench, 4 * HARTS, 32, 1); /* a hart that does not exist */
    ck_assert_uint_eq(get(&bench, 4 * HARTS, 32), 0);
}
END_TEST

START_TEST(a_timer_interrupts_from_its_time_on)
{
    struct bench bench;

    bench_init(&bench);
    ck_assert(!clint_timer(&bench.clint, 2, UINT64_MAX - 1));
    put(&bench, 0x4010, 64, 1000);
    ck_assert(!clint_timer(&bench.clint, 2, 999));
    ck_assert(clint_timer(&bench.clint, 2, 1000));
    ck_assert(!clint_timer(&bench.clint, 1, 1000));
}
END_TEST

START_TEST(mtimecmp_can_be_written_in_halves)
{
    struct bench bench;

    bench_init(&bench);
    put(&bench, 0x4008, 32, 0x11223344);
    put(&bench, 0x400c, 32, 0x55667788);
    ck_assert_uint_eq(get(&bench, 0x4008, 64), UINT64_C(0x5566778811223344));
    ck_assert_uint_eq(get(&bench, 0x400c, 32), 0x55667788);
    ck_assert_uint_eq(get(&bench, 0x4008, 32), 0x11223344);
}
END_TEST

START_TEST(mtime_is_the_owners_clock_and_cannot_be_set)
{
    struct bench bench;

    bench_init(&bench);
    bench.now = UINT64_C(0x123456789a);
    put(&bench, 0xbff8, 64, 0);
    ck_assert_uint_eq(get(&bench, 0xbff8, 64), bench.now);
    ck_assert_uint_eq(get(&bench, 0xbff8, 32), 0x3456789a);
    ck_assert_uint_eq(get(&bench, 0xbffc, 32), 0x12);
}
END_TEST

START_TEST(the_first_wish_of_the_power_off_device_stands)
{
    static const struct {
        unsigned width;
        uint64_t value;
        enum syscon_wish wish;
        uint32_t status;
    } cases[] = {
        {32, 0x5555, SYSCON_POWER_OFF, 0},
        {32, 0x2a3333, SYSCON_POWER_OFF, 42},
        {16, 0x5555, SYSCON_POWER_OFF, 0},
        {32, 0x13333, SYSCON_POWER_OFF, 1},
        {32, 0x12a3333, SYSCON_POWER_OFF, 0x2a},
        {32, 0x7777, SYSCON_RESET, 0},
        {8, 0x55, SYSCON_RUN, 0},
        {32, 0x1234, SYSCON_RUN, 0},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench bench;

        bench_init(&bench);
        ck_assert(bus_store(&bench.bus, SYSCON, cases[i].width, cases[i].value));
        ck_assert_uint_eq(bench.syscon.state.wish, cases[i].wish);
        ck_assert_uint_eq(bench.syscon.state.status, cases[i].status);
        ck_assert(bus_store(&bench.bus, SYSCON, 32, 0x33333));
        ck_assert(cases[i].wish == SYSCON_RUN || bench.syscon.state.status == cases[i].status);
    }
}
END_TEST

START_TEST(narrow_and_crooked_accesses_fault)
{
    struct bench bench;
    uint64_t value;

    bench_init(&bench);
    ck_assert(!bus_load(&bench.bus, BASE, 8, &value));
    ck_assert(!bus_store(&bench.bus, BASE + 0x4000, 16, 0));
    ck_assert(!bus_load(&bench.bus, BASE + 0x4004, 64, &value));
    ck_assert(!bus_load(&bench.bus, BASE + CLINT_SIZE, 32, &value));
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("clint");
    TCase *registers = tcase_create("registers");

    tcase_add_test(registers, msip_is_one_bit_for_each_hart);
    tcase_add_test(registers, a_timer_interrupts_from_its_time_on);
    tcase_add_test(registers, mtimecmp_can_be_written_in_halves);
    tcase_add_test(registers, mtime_is_the_owners_clock_and_cannot_be_set);
    tcase_add_test(registers, the_first_wish_of_the_power_off_device_stands);
    tcase_add_test(registers, narrow_and_crooked_accesses_fault);
    suite_add_tcase(suite, registers);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
