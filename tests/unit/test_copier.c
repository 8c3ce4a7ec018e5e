/* test_copier.c: the device that copies pages, asked well and asked badly. */
#include "dev/copier.h"
#include "tests/unit/unit_main.h"

#include <string.h>

enum { BASE = 0x1000, PAGE = 4096, RAM_SIZE = 16 * PAGE, LIST = 0 };

struct bench {
    struct bus bus;
    struct dma dma;
    struct copier copier;
    uint8_t ram[RAM_SIZE];
};

static void bench_init(struct bench *bench)
{
    struct bus_range range;

    memset(bench, 0, sizeof *bench);
    bench->dma = (struct dma){.ram = bench->ram, .size = RAM_SIZE};
    for (int i = 0; i < RAM_SIZE; i++)
        bench->ram[i] = (uint8_t)(i / PAGE);
    copier_init(&bench->copier, &bench->dma);
    range = copier_range(&bench->copier, BASE);
    bus_register(&bench->bus, &range);
}

/* Rings for a list at LIST; how many pages were copied. */
static uint64_t ring(struct bench *bench, uint64_t count, const uint64_t *pairs, size_t words)
{
    uint64_t copied = 0;

    memcpy(bench->ram + LIST, &count, sizeof count);
    memcpy(bench->ram + LIST + sizeof count, pairs, words * sizeof *pairs);
    ck_assert(bus_store(&bench->bus, BASE, 64, LIST));
    ck_assert(bus_load(&bench->bus, BASE + 8, 64, &copied));
    return copied;
}

START_TEST(a_list_of_pages_is_copied)
{
    static struct bench bench;
    const uint64_t pairs[] = {8 * PAGE, 2 * PAGE, 9 * PAGE, 3 * PAGE};

    bench_init(&bench);
    ck_assert_uint_eq(ring(&bench, 2, pairs, 4), 2);
    ck_assert_uint_eq(bench.ram[8 * PAGE], 2);
    ck_assert_uint_eq(bench.ram[8 * PAGE + PAGE - 1], 2);
    ck_assert_uint_eq(bench.ram[9 * PAGE], 3);
    ck_assert_uint_eq(bench.ram[10 * PAGE], 10);
}
END_TEST

START_TEST(a_pair_that_is_not_of_pages_of_memory_ends_the_list)
{
    const uint64_t wrong[][2] = {
        {8 * PAGE + 1, 2 * PAGE}, {8 * PAGE, 2 * PAGE + 8},      {RAM_SIZE, 2 * PAGE},
        {8 * PAGE, RAM_SIZE},     {UINT64_MAX - 4095, 2 * PAGE}, {8 * PAGE, UINT64_MAX - 4095},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        static struct bench bench;
        const uint64_t pairs[] = {10 * PAGE,   4 * PAGE,  wrong[i][0],
                                  wrong[i][1], 11 * PAGE, 5 * PAGE};

        bench_init(&bench);
        ck_assert_uint_eq(ring(&bench, 3, pairs, 6), 1);
        ck_assert_uint_eq(bench.ram[10 * PAGE], 4);
        ck_assert_uint_eq(bench.ram[11 * PAGE], 11);
    }
}
END_TEST

START_TEST(a_list_that_is_none_copies_nothing)
{
    static struct bench bench;
    const uint64_t pairs[] = {8 * PAGE, 2 * PAGE};
    const uint64_t places[] = {RAM_SIZE - 4, RAM_SIZE, UINT64_MAX, UINT64_MAX - 7};
    uint64_t copied;

    bench_init(&bench);
    ck_assert_uint_eq(ring(&bench, COPIER_PAGES + 1, pairs, 2), 0);
    ck_assert_uint_eq(ring(&bench, UINT64_MAX, pairs, 2), 0);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        ck_assert(bus_store(&bench.bus, BASE, 64, places[i]));
        ck_assert(bus_load(&bench.bus, BASE + 8, 64, &copied));
        ck_assert_uint_eq(copied, 0);
    }
    ck_assert_uint_eq(bench.ram[8 * PAGE], 8);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("copier");
    TCase *lists = tcase_create("lists");

    tcase_add_test(lists, a_list_of_pages_is_copied);
    tcase_add_test(lists, a_pair_that_is_not_of_pages_of_memory_ends_the_list);
    tcase_add_test(lists, a_list_that_is_none_copies_nothing);
    suite_add_tcase(suite, lists);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
