/* test_plic.c: the interrupt controller: who interrupts whom, when, and in which order. */
#include "dev/plic.h"
#include "tests/random.h"
#include "tests/unit/unit_main.h"

enum { BASE = 0xc000000, CONTEXTS = 4 };

struct bench {
    struct bus bus;
    struct plic plic;
};

static void bench_init(struct bench *bench)
{
    struct bus_range range;

    *bench = (struct bench){.bus = {.count = 0}};
    plic_init(&bench->plic, CONTEXTS);
    range = plic_range(&bench->plic, BASE);
    bus_register(&bench->bus, &range);
}

static uint32_t get(struct bench *bench, uint64_t offset)
{
    uint64_t value = 0;

    ck_assert(bus_load(&bench->bus, BASE + offset, 32, &value));
    return (uint32_t)value;
}

static void put(struct bench *bench, uint64_t offset, uint32_t value)
{
    ck_assert(bus_store(&bench->bus, BASE + offset, 32, value));
}

static void set_priority(struct bench *bench, unsigned source, uint32_t priority)
{
    put(bench, 4 * source, priority);
}

static void enable(struct bench *bench, unsigned context, unsigned source)
{
    uint64_t offset = 0x2000 + 0x80 * context + 4 * (source / 32);

    put(bench, offset, get(bench, offset) | UINT32_C(1) << source % 32);
}

static void set_threshold(struct bench *bench, unsigned context, uint32_t threshold)
{
    put(bench, 0x200000 + 0x1000 * context, threshold);
}

static uint32_t claim(struct bench *bench, unsigned context)
{
    return get(bench, 0x200004 + 0x1000 * context);
}

static void complete(struct bench *bench, unsigned context, uint32_t source)
{
    put(bench, 0x200004 + 0x1000 * context, source);
}

START_TEST(an_interrupt_goes_from_level_to_claim_to_completion)
{
    struct bench bench;

    bench_init(&bench);
    set_priority(&bench, 10, 1);
    enable(&bench, 1, 10);
    ck_assert(!plic_interrupts(&bench.plic, 1));
    plic_set_level(&bench.plic, 10, true);
    ck_assert(plic_interrupts(&bench.plic, 1));
    ck_assert(!plic_interrupts(&bench.plic, 0));
    ck_assert_uint_eq(get(&bench, 0x1000), 1 << 10);
    ck_assert_uint_eq(claim(&bench, 1), 10);
    ck_assert(!plic_interrupts(&bench.plic, 1));
    ck_assert_uint_eq(claim(&bench, 1), 0);
    /* Still up when it is completed: it comes again. */
    complete(&bench, 1, 10);
    ck_assert(plic_interrupts(&bench.plic, 1));
    ck_assert_uint_eq(claim(&bench, 1), 10);
    plic_set_level(&bench.plic, 10, false);
    complete(&bench, 1, 10);
    ck_assert(!plic_interrupts(&bench.plic, 1));
}
END_TEST

START_TEST(the_highest_priority_goes_first_and_then_the_lowest_number)
{
    static const uint32_t order[] = {40, 7, 12, 3};
    struct bench bench;

    bench_init(&bench);
    for (unsigned i = 0; i < 4; i++) {
        enable(&bench, 1, order[i]);
        plic_set_level(&bench.plic, order[i], true);
    }
    set_priority(&bench, 40, 7);
    set_priority(&bench, 7, 5);
    set_priority(&bench, 12, 5);
    set_priority(&bench, 3, 1);
    for (unsigned i = 0; i < 4; i++)
        ck_assert_uint_eq(claim(&bench, 1), order[i]);
    ck_assert_uint_eq(claim(&bench, 1), 0);
}
END_TEST

START_TEST(priority_0_and_what_is_not_above_the_threshold_do_not_interrupt)
{
    struct bench bench;

    bench_init(&bench);
    enable(&bench, 3, 5);
    plic_set_level(&bench.plic, 5, true);
    ck_assert(!plic_interrupts(&bench.plic, 3));
    ck_assert_uint_eq(claim(&bench, 3), 0);
    set_priority(&bench, 5, 3);
    set_threshold(&bench, 3, 3);
    ck_assert(!plic_interrupts(&bench.plic, 3));
    set_threshold(&bench, 3, 2);
    ck_assert(plic_interrupts(&bench.plic, 3));
    /* A threshold holds the notification back, not the claim of one who polls. */
    set_threshold(&bench, 3, 7);
    ck_assert_uint_eq(claim(&bench, 3), 5);
}
END_TEST

START_TEST(only_who_has_enabled_a_source_can_claim_or_complete_it)
{
    struct bench bench;

    bench_init(&bench);
    set_priority(&bench, 33, 1);
    enable(&bench, 0, 33);
    plic_set_level(&bench.plic, 33, true);
    ck_assert_uint_eq(claim(&bench, 1), 0);
    ck_assert_uint_eq(claim(&bench, 0), 33);
    complete(&bench, 1, 33);
    ck_assert(!plic_interrupts(&bench.plic, 0));
    complete(&bench, 0, 33);
    ck_assert(plic_interrupts(&bench.plic, 0));
}
END_TEST

START_TEST(registers_keep_what_exists_and_nothing_else)
{
    struct bench bench;

    bench_init(&bench);
    put(&bench, 0, 7); /* source 0 does not exist */
    ck_assert_uint_eq(get(&bench, 0), 0);
    put(&bench, 4, 0xffffffff);
    ck_assert_uint_eq(get(&bench, 4), PLIC_PRIORITY_MAX);
    put(&bench, 0x2000, 0xffffffff);
    put(&bench, 0x2004, 0xffffffff);
    ck_assert_uint_eq(get(&bench, 0x2000), 0xfffffffe);
    ck_assert_uint_eq(get(&bench, 0x2004), (UINT32_C(1) << (PLIC_SOURCES - 32)) - 1);
    put(&bench, 0x1000, 0xffffffff); /* pending bits are read-only */
    ck_assert_uint_eq(get(&bench, 0x1000), 0);
}
END_TEST

START_TEST(no_access_however_wild_breaks_it)
{
    struct random random = random_begin();
    struct bench bench;

    bench_init(&bench);
    for (unsigned i = 0; i < 200000; i++) {
        uint64_t offset = random_below(&random, 4) == 0 ? random_below(&random, PLIC_SIZE)
                                                        : 0x200000 + random_below(&random, 0x8000);
        unsigned width = 8U << random_below(&random, 4);
        uint64_t value = random_edge(&random);

        if (random_below(&random, 2) == 0)
            bus_store(&bench.bus, BASE + offset, width, value);
        else if (bus_load(&bench.bus, BASE + offset, width, &value))
            ck_assert(width == 32 && value <= UINT32_MAX);
        plic_set_level(&bench.plic, 1 + (unsigned)random_below(&random, PLIC_SOURCES - 1),
                       value % 2 == 0);
        ck_assert_uint_eq(bench.plic.state.pending & bench.plic.state.claimed, 0);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("plic");
    TCase *registers = tcase_create("registers");

    tcase_add_test(registers, an_interrupt_goes_from_level_to_claim_to_completion);
    tcase_add_test(registers, the_highest_priority_goes_first_and_then_the_lowest_number);
    tcase_add_test(registers, priority_0_and_what_is_not_above_the_threshold_do_not_interrupt);
    tcase_add_test(registers, only_who_has_enabled_a_source_can_claim_or_complete_it);
    tcase_add_test(registers, registers_keep_what_exists_and_nothing_else);
    tcase_add_test(registers, no_access_however_wild_breaks_it);
    suite_add_tcase(suite, registers);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
