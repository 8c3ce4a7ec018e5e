/*
 * test_tlb.c: when a translation may be remembered, and when it must be forgotten. What is counted
 * are walks: an access that adds none was answered by the TLB.
 */
#include "tests/unit/system.h"
#include "tests/unit/unit_main.h"

#define GVA  UINT64_C(0x40201000)
#define LEAF (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)

static struct system *paged(void)
{
    struct system *system = system_new();

    system_paging(system, 7);
    system->hart.mode = MODE_S;
    for (uint64_t i = 0; i < 4; i++)
        system_poke(system, SYSTEM_DATA + i * MEM_PAGE_SIZE, 100 + i);
    return system;
}

/* The number in that page's first bytes. */
static uint64_t load(struct system *system, uint64_t gva)
{
    uint64_t value;

    mmu_enter(&system->machine, &system->hart);
    ck_assert_int_eq(access_load(&system->machine, &system->hart, gva, 64, &value), STOP_COUNT);
    return value;
}

static bool store(struct system *system, uint64_t gva, uint64_t value)
{
    mmu_enter(&system->machine, &system->hart);
    return access_store(&system->machine, &system->hart, gva, 64, value) == STOP_COUNT;
}

static uint64_t walks(const struct system *system)
{
    return system->counts.kinds[EVENT_WALK];
}

START_TEST(the_second_access_to_a_page_needs_no_walk)
{
    struct system *system = paged();

    system_map(system, GVA, SYSTEM_DATA, 0, LEAF);
    ck_assert_uint_eq(load(system, GVA), 100);
    ck_assert_uint_eq(walks(system), 1);
    ck_assert_uint_eq(system->counts.kinds[EVENT_TLB_FILL], 1);
    ck_assert_uint_eq(system->counts.levels, 3);
    for (unsigned i = 0; i < 10; i++)
        load(system, GVA + 8 * i);
    ck_assert_uint_eq(walks(system), 1);
    /* The page is dirty and may be stored to: that was seen, too. */
    ck_assert(store(system, GVA, 1));
    ck_assert_uint_eq(load(system, GVA), 1);
    ck_assert_uint_eq(walks(system), 1);
    system_free(system);
}
END_TEST

START_TEST(a_tlb_that_is_off_walks_every_time)
{
    struct system *system = paged();

    system->tlb.off = true;
    system_map(system, GVA, SYSTEM_DATA, 0, LEAF);
    for (unsigned i = 0; i < 10; i++)
        ck_assert_uint_eq(load(system, GVA), 100);
    ck_assert_uint_eq(walks(system), 10);
    ck_assert_uint_eq(system->counts.kinds[EVENT_TLB_FILL], 0);
    /* So it needs no fence. */
    system_map(system, GVA, SYSTEM_DATA + MEM_PAGE_SIZE, 0, LEAF);
    ck_assert_uint_eq(load(system, GVA), 101);
    system_free(system);
}
END_TEST

START_TEST(what_was_a_fault_is_asked_again)
{
    struct system *system = paged();
    uint64_t value;

    system_map(system, GVA, SYSTEM_DATA, 0, PTE_V | PTE_R | PTE_A);
    load(system, GVA);
    ck_assert(!store(system, GVA, 1));
    /* More rights take effect at once, fewer only with a fence. */
    system_map(system, GVA, SYSTEM_DATA, 0, LEAF);
    ck_assert(store(system, GVA, 1));
    mmu_enter(&system->machine, &system->hart);
    ck_assert_int_eq(access_load(&system->machine, &system->hart, GVA + MEM_PAGE_SIZE, 8, &value),
                     STOP_TRAP);
    system_map(system, GVA + MEM_PAGE_SIZE, SYSTEM_DATA + MEM_PAGE_SIZE, 0, LEAF);
    ck_assert_uint_eq(load(system, GVA + MEM_PAGE_SIZE), 101);
    system_free(system);
}
END_TEST

START_TEST(a_page_that_was_only_loaded_from_becomes_dirty_by_a_store)
{
    struct system *system = paged();
    uint64_t entry = system_entry(system, GVA, 0);

    system_map(system, GVA, SYSTEM_DATA, 0, PTE_V | PTE_R | PTE_W);
    load(system, GVA);
    load(system, GVA);
    ck_assert_uint_eq(system_peek(system, entry) & PTE_D, 0);
    ck_assert(store(system, GVA, 1));
    ck_assert_uint_eq(system_peek(system, entry) & PTE_D, PTE_D);
    system_free(system);
}
END_TEST

START_TEST(an_entry_serves_only_the_context_it_was_made_in)
{
    struct system *system = paged();
    uint64_t value;

    system->hart.mode = MODE_U;
    system_map(system, GVA, SYSTEM_DATA, 0, LEAF | PTE_U);
    load(system, GVA);

    system->hart.mode = MODE_S;
    mmu_enter(&system->machine, &system->hart);
    ck_assert_int_eq(access_load(&system->machine, &system->hart, GVA, 64, &value), STOP_TRAP);
    system->hart.mstatus |= STATUS_SUM;
    ck_assert_uint_eq(load(system, GVA), 100);
    system->hart.mstatus &= ~STATUS_SUM;
    mmu_enter(&system->machine, &system->hart);
    ck_assert_int_eq(access_load(&system->machine, &system->hart, GVA, 64, &value), STOP_TRAP);

    /* In M mode, GVA is no RAM; with MPRV it is the user's again. */
    system->hart.mode = MODE_M;
    mmu_enter(&system->machine, &system->hart);
    ck_assert_int_eq(access_load(&system->machine, &system->hart, GVA, 64, &value), STOP_TRAP);
    ck_assert_int_eq(system->hart.trap.cause, TRAP_LOAD_ACCESS);
    system->hart.mstatus |= STATUS_MPRV;
    ck_assert_uint_eq(load(system, GVA), 100);

    /* Executable, not readable: with MXR only. */
    system->hart.mstatus |= STATUS_MXR;
    system_map(system, GVA + MEM_PAGE_SIZE, SYSTEM_DATA, 0, PTE_V | PTE_X | PTE_U | PTE_A);
    ck_assert_uint_eq(load(system, GVA + MEM_PAGE_SIZE), 100);
    system->hart.mstatus &= ~STATUS_MXR;
    mmu_enter(&system->machine, &system->hart);
    ck_assert_int_eq(access_load(&system->machine, &system->hart, GVA + MEM_PAGE_SIZE, 64, &value),
                     STOP_TRAP);
    system_free(system);
}
END_TEST

/* Moves the page of GVA behind the TLB's back; what is then loaded tells whether it was known. */
static bool forgets(struct system *system, uint64_t gva, const uint64_t *fence_gva,
                    const uint64_t *asid)
{
    uint64_t before = load(system, gva);
    uint64_t entry = system_entry(system, gva, 0);
    uint64_t after;

    system_poke(system, entry, system_peek(system, entry) ^ UINT64_C(1) << PTE_PPN_SHIFT);
    ck_assert_uint_eq(load(system, gva), before);
    mmu_fence(&system->machine, &system->hart, fence_gva, asid);
    after = load(system, gva);
    /* As it was, for the next question. */
    system_poke(system, entry, system_peek(system, entry) ^ UINT64_C(1) << PTE_PPN_SHIFT);
    tlb_flush(&system->tlb);
    return after != before;
}

START_TEST(a_fence_forgets_by_address_and_address_space)
{
    static const uint64_t mine = 7, other = 8, high = 0x10007;
    static const uint64_t inside = GVA + 0x123;
    static const uint64_t next = GVA + MEM_PAGE_SIZE;
    static const uint64_t same_set = GVA + TLB_ENTRIES * MEM_PAGE_SIZE;
    struct system *system = paged();

    system_map(system, GVA, SYSTEM_DATA, 0, LEAF);
    ck_assert(forgets(system, GVA, NULL, NULL));
    ck_assert(forgets(system, GVA, &inside, NULL));
    ck_assert(!forgets(system, GVA, &next, NULL));
    ck_assert(!forgets(system, GVA, &same_set, NULL));
    ck_assert(forgets(system, GVA, NULL, &mine));
    ck_assert(forgets(system, GVA, NULL, &high)); /* an ASID has 16 bits */
    ck_assert(!forgets(system, GVA, NULL, &other));
    ck_assert(forgets(system, GVA, &inside, &mine));
    ck_assert(!forgets(system, GVA, &inside, &other));
    system_free(system);
}
END_TEST

START_TEST(a_fence_anywhere_in_a_superpage_forgets_all_of_it)
{
    uint64_t big = UINT64_C(2) << 20;
    uint64_t base = GVA - GVA % big, last = base + big - 1, outside = base + big;
    struct system *system = paged();

    /* Two pages of it, known one by one. */
    system_map(system, base, SYSTEM_RAM, 1, LEAF);
    ck_assert_uint_eq(load(system, base + (SYSTEM_DATA - SYSTEM_RAM)), 100);
    ck_assert_uint_eq(load(system, base + (SYSTEM_DATA - SYSTEM_RAM) + MEM_PAGE_SIZE), 101);
    system_map(system, base, 0, 1, LEAF);
    mmu_fence(&system->machine, &system->hart, &outside, NULL);
    ck_assert_uint_eq(load(system, base + (SYSTEM_DATA - SYSTEM_RAM)), 100);
    mmu_fence(&system->machine, &system->hart, &last, NULL);
    for (unsigned i = 0; i < 2; i++) {
        uint64_t value, gva = base + (SYSTEM_DATA - SYSTEM_RAM) + i * MEM_PAGE_SIZE;

        ck_assert_int_eq(access_load(&system->machine, &system->hart, gva, 64, &value), STOP_TRAP);
    }
    system_free(system);
}
END_TEST

START_TEST(another_satp_forgets_everything)
{
    struct system *system = paged();
    uint64_t first = system->hart.satp;

    system_map(system, GVA, SYSTEM_DATA, 0, LEAF);
    load(system, GVA);
    system_paging(system, 9);
    system_map(system, GVA, SYSTEM_DATA + MEM_PAGE_SIZE, 0, LEAF);
    ck_assert_uint_eq(load(system, GVA), 101);
    system->hart.satp = first;
    ck_assert_uint_eq(load(system, GVA), 100);
    ck_assert_uint_eq(walks(system), 3);
    system_free(system);
}
END_TEST

START_TEST(pages_that_share_an_entry_displace_each_other)
{
    struct system *system = paged();
    uint64_t twin = GVA + TLB_ENTRIES * MEM_PAGE_SIZE;

    system_map(system, GVA, SYSTEM_DATA, 0, LEAF);
    system_map(system, twin, SYSTEM_DATA + MEM_PAGE_SIZE, 0, LEAF);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_uint_eq(load(system, GVA), 100);
        ck_assert_uint_eq(load(system, twin), 101);
    }
    ck_assert_uint_eq(walks(system), 6);
    system_free(system);
}
END_TEST

START_TEST(address_0_is_not_known_to_an_empty_tlb)
{
    struct system *system = paged();
    uint64_t value;

    mmu_enter(&system->machine, &system->hart);
    ck_assert_int_eq(access_load(&system->machine, &system->hart, 0, 64, &value), STOP_TRAP);
    system->hart.mode = MODE_M;
    mmu_enter(&system->machine, &system->hart);
    ck_assert_int_eq(access_load(&system->machine, &system->hart, 0, 64, &value), STOP_TRAP);
    system_free(system);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("tlb");
    TCase *remember = tcase_create("remember");
    TCase *forget = tcase_create("forget");

    tcase_add_test(remember, the_second_access_to_a_page_needs_no_walk);
    tcase_add_test(remember, a_tlb_that_is_off_walks_every_time);
    tcase_add_test(remember, what_was_a_fault_is_asked_again);
    tcase_add_test(remember, a_page_that_was_only_loaded_from_becomes_dirty_by_a_store);
    tcase_add_test(remember, an_entry_serves_only_the_context_it_was_made_in);
    tcase_add_test(remember, pages_that_share_an_entry_displace_each_other);
    tcase_add_test(remember, address_0_is_not_known_to_an_empty_tlb);
    tcase_add_test(forget, a_fence_forgets_by_address_and_address_space);
    tcase_add_test(forget, a_fence_anywhere_in_a_superpage_forgets_all_of_it);
    tcase_add_test(forget, another_satp_forgets_everything);
    suite_add_tcase(suite, remember);
    suite_add_tcase(suite, forget);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
