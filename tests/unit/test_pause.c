/*
 * test_pause.c: a run of the translator that is stopped for an onlooker: what was looked at ahead
 * is undone when it goes on, whatever it has touched.
 */
#include "emu/dbt/dbt.h"
#include "emu/dbt/inspect.h"
#include "tests/unit/system.h"
#include "tests/unit/unit_main.h"

#define DATA   UINT64_C(0x40201000) /* where the program sees a page of data, */
#define TABLE  UINT64_C(0x40202000) /* the table with that page's entry, */
#define DEVICE UINT64_C(0x40203000) /* and the device */

enum { A0 = 10, A1, A2, A3, A4, A5 };

/* A hart in S mode whose code is one block: what the test puts, and an ebreak. */
static struct system *paged(void)
{
    const uint64_t all = PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D;
    const struct engine_options options = {.switches = "-tier"};
    struct system *system = system_new();
    struct err err = {0};

    system_paging(system, 7);
    system->hart.mode = MODE_S;
    system_map(system, SYSTEM_CODE, SYSTEM_CODE, 0, all);
    system_map(system, DATA, SYSTEM_DATA, 0, PTE_V | PTE_R | PTE_W); /* never accessed so far */
    system_map(system, DEVICE, SYSTEM_DEVICE, 0, all);
    system_map(system, TABLE, system_entry(system, DATA, 0) & ~(MEM_PAGE_SIZE - 1), 0, all);
    system->hart.x[A0] = TABLE + system_entry(system, DATA, 0) % MEM_PAGE_SIZE;
    system->hart.x[A1] = DATA;
    ck_assert_msg(engine_attach(&engine_dbt, &system->machine, &options, &err) == 0, "%s",
                  err.text);
    return system;
}

static void paged_free(struct system *system)
{
    engine_detach(&engine_dbt, &system->machine);
    system_free(system);
}

static enum stop run(struct system *system, uint64_t until)
{
    system->machine.observed = until != UINT64_MAX;
    return engine_dbt.run(&system->machine, &system->hart, until);
}

/* Stops behind each instruction, then runs to the ebreak. */
static void stop_everywhere(struct system *system, uint64_t count)
{
    for (uint64_t until = 1; until < count; until++) {
        ck_assert_int_eq(run(system, until), STOP_COUNT);
        ck_assert_uint_eq(system->hart.instret, until);
        ck_assert_uint_eq(system->hart.pc, SYSTEM_CODE + 4 * until);
    }
    ck_assert_int_eq(run(system, UINT64_MAX), STOP_TRAP);
    ck_assert_uint_eq(system->hart.instret, count);
    ck_assert_uint_eq(dbt_counts(&system->machine)->blocks, 1);
}

START_TEST(a_store_happens_once)
{
    struct system *system = paged();

    system_poke(system, SYSTEM_DATA, 41);
    system_poke(system, SYSTEM_DATA + 8, 100);
    system->hart.x[A0] = DATA + 8;
    system_put(system, ROW_LD, A2, A1, 0, 0);
    system_put(system, ROW_ADDI, A2, A2, 0, 1);
    system_put(system, ROW_SD, 0, A1, A2, 0);
    system_put(system, ROW_AMOADD_D, A3, A0, A2, 0);
    system_put(system, ROW_LR_D, A4, A0, 0, 0);
    system_put(system, ROW_SC_D, A5, A0, A2, 0);
    system_put(system, ROW_EBREAK, 0, 0, 0, 0);
    stop_everywhere(system, 6);
    ck_assert_uint_eq(system_peek(system, SYSTEM_DATA), 42);
    ck_assert_uint_eq(system->hart.x[A3], 100);
    ck_assert_uint_eq(system->hart.x[A4], 142);
    ck_assert_uint_eq(system->hart.x[A5], 0);
    ck_assert_uint_eq(system_peek(system, SYSTEM_DATA + 8), 42);
    paged_free(system);
}
END_TEST

START_TEST(a_store_over_two_pages_is_undone_in_both)
{
    struct system *system = paged();

    system_map(system, DATA + MEM_PAGE_SIZE, SYSTEM_DATA + 5 * MEM_PAGE_SIZE, 0,
               PTE_V | PTE_R | PTE_W);
    system->hart.x[A1] = DATA + MEM_PAGE_SIZE - 4;
    system->hart.x[A2] = UINT64_C(0x1111111122222222);
    system_put(system, ROW_LD, A3, A1, 0, 0);
    system_put(system, ROW_ADD, A4, A4, A3, 0);
    system_put(system, ROW_SD, 0, A1, A2, 0);
    system_put(system, ROW_ADDI, A5, A5, 0, 1);
    system_put(system, ROW_EBREAK, 0, 0, 0, 0);
    stop_everywhere(system, 4);
    ck_assert_uint_eq(system->hart.x[A4], 0);
    ck_assert_uint_eq(system->hart.x[A5], 1);
    ck_assert_uint_eq(system_peek(system, SYSTEM_DATA + MEM_PAGE_SIZE - 8) >> 32, 0x22222222);
    paged_free(system);
}
END_TEST

START_TEST(a_program_that_reads_its_page_tables_sees_no_mark_of_looking_ahead)
{
    struct system *system = paged();

    system_put(system, ROW_LD, A2, A0, 0, 0); /* the entry */
    system_put(system, ROW_LD, A3, A1, 0, 0); /* marks it as accessed */
    system_put(system, ROW_LD, A4, A0, 0, 0);
    system_put(system, ROW_SD, 0, A1, A3, 0); /* and as dirty */
    system_put(system, ROW_LD, A5, A0, 0, 0);
    system_put(system, ROW_EBREAK, 0, 0, 0, 0);
    stop_everywhere(system, 5);
    ck_assert_uint_eq(system->hart.x[A2] & (PTE_A | PTE_D), 0);
    ck_assert_uint_eq(system->hart.x[A4] & (PTE_A | PTE_D), PTE_A);
    ck_assert_uint_eq(system->hart.x[A5] & (PTE_A | PTE_D), PTE_A | PTE_D);
    paged_free(system);
}
END_TEST

START_TEST(a_device_is_not_looked_at_ahead)
{
    struct system *system = paged();

    system->hart.x[A1] = DEVICE;
    system_put(system, ROW_ADDI, A2, A2, 0, 5);
    system_put(system, ROW_SD, 0, A1, A2, 0);
    system_put(system, ROW_ADDI, A2, A2, 0, 1);
    system_put(system, ROW_EBREAK, 0, 0, 0, 0);
    ck_assert_int_eq(run(system, 1), STOP_COUNT);
    ck_assert_uint_eq(system->stores, 0);
    ck_assert_int_eq(run(system, 3), STOP_CHANGE);
    ck_assert_uint_eq(system->hart.instret, 2);
    ck_assert_uint_eq(system->stores, 1);
    ck_assert_uint_eq(system->stored, 5);
    ck_assert_int_eq(run(system, 3), STOP_COUNT);
    ck_assert_int_eq(run(system, UINT64_MAX), STOP_TRAP);
    ck_assert_uint_eq(system->stores, 1);
    ck_assert_uint_eq(system->hart.x[A2], 6);
    paged_free(system);
}
END_TEST

START_TEST(what_the_owner_changes_at_a_stop_is_not_undone)
{
    struct system *system = paged();

    for (unsigned i = 0; i < 5; i++)
        system_put(system, ROW_ADDI, A2, A2, 0, 1);
    system_put(system, ROW_EBREAK, 0, 0, 0, 0);
    ck_assert_int_eq(run(system, 3), STOP_COUNT);
    system->hart.x[A2] += 100;
    ck_assert_int_eq(run(system, UINT64_MAX), STOP_TRAP);
    ck_assert_uint_eq(system->hart.x[A2], 105);
    paged_free(system);
}
END_TEST

START_TEST(a_stop_knows_how_far_it_is_in_its_block)
{
    struct system *system = paged();

    for (unsigned i = 0; i < 5; i++)
        system_put(system, ROW_ADDI, A2, A2, 0, 1);
    system_put(system, ROW_EBREAK, 0, 0, 0, 0);
    for (uint64_t until = 1; until < 5; until++) {
        struct dbt_place place;

        run(system, until);
        place = dbt_place(&system->machine);
        ck_assert(place.in_block);
        ck_assert_uint_eq(place.block, 0);
        ck_assert_uint_eq(place.done, until);
    }
    paged_free(system);
}
END_TEST

/* Between two runs its owner has the hart take a trap: what comes next is in another mode. */
START_TEST(the_block_behind_a_trap_is_found)
{
    struct system *system = paged();
    uint32_t number = 99;

    system_map(system, DATA, SYSTEM_DATA, 0, PTE_V | PTE_R | PTE_X | PTE_U | PTE_A);
    system_poke(system, SYSTEM_DATA, isa_encode(&isa_rows[ROW_EBREAK], 0, 0, 0, 0));
    system_put(system, ROW_ADDI, A2, A2, 0, 1);
    system_put(system, ROW_EBREAK, 0, 0, 0, 0);
    ck_assert_int_eq(run(system, UINT64_MAX), STOP_TRAP);
    system->hart.mode = MODE_U;
    system->hart.pc = DATA;
    ck_assert_int_eq(run(system, UINT64_MAX), STOP_TRAP);
    system->hart.medeleg = 1 << TRAP_BREAKPOINT;
    system->hart.stvec = SYSTEM_CODE;
    trap_take(&system->machine, &system->hart);
    ck_assert_uint_eq(system->hart.pc, SYSTEM_CODE);
    ck_assert(dbt_find(&system->machine, &system->hart, &number));
    ck_assert_uint_eq(number, 0);
    paged_free(system);
}
END_TEST

/* Translated code is told of, but looking ahead is not. */
START_TEST(looking_ahead_is_no_event)
{
    struct system *system = paged();

    system_put(system, ROW_LD, A2, A1, 0, 0);
    system_put(system, ROW_ADDI, A2, A2, 0, 1);
    system_put(system, ROW_EBREAK, 0, 0, 0, 0);
    run(system, 1);
    ck_assert_uint_eq(system->counts.kinds[EVENT_BLOCK], 1);
    ck_assert_uint_eq(system->counts.walks[ACCESS_LOAD], 0);
    run(system, UINT64_MAX);
    ck_assert_uint_eq(system->counts.walks[ACCESS_LOAD], 1);
    paged_free(system);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("pause");
    TCase *cases = tcase_create("a stop that is not to be noticed");

    tcase_add_test(cases, a_store_happens_once);
    tcase_add_test(cases, a_store_over_two_pages_is_undone_in_both);
    tcase_add_test(cases, a_program_that_reads_its_page_tables_sees_no_mark_of_looking_ahead);
    tcase_add_test(cases, a_device_is_not_looked_at_ahead);
    tcase_add_test(cases, what_the_owner_changes_at_a_stop_is_not_undone);
    tcase_add_test(cases, a_stop_knows_how_far_it_is_in_its_block);
    tcase_add_test(cases, the_block_behind_a_trap_is_found);
    tcase_add_test(cases, looking_ahead_is_no_event);
    suite_add_tcase(all, cases);
    return all;
}

int main(void)
{
    return unit_main(suite());
}
