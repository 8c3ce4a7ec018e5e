/*
 * test_mmu.c: translation and protection: tables of cases out of the manual, one rule at a time.
 * test_mmu_random.c holds the same code against another walker on random page tables.
 */
#include "tests/unit/system.h"
#include "tests/unit/unit_main.h"

#define GVA  UINT64_C(0x40201000) /* VPN 1, 1, 1 */
#define GVA2 (GVA + MEM_PAGE_SIZE)
#define RWX  (PTE_R | PTE_W | PTE_X)
#define AD   (PTE_A | PTE_D)
#define LEAF (PTE_V | RWX | AD)

static const enum trap_cause page_faults[ACCESS_COUNT] = {TRAP_FETCH_PAGE, TRAP_LOAD_PAGE,
                                                          TRAP_STORE_PAGE};
static const enum trap_cause access_faults[ACCESS_COUNT] = {TRAP_FETCH_ACCESS, TRAP_LOAD_ACCESS,
                                                            TRAP_STORE_ACCESS};

/* S mode, with page tables on. */
static struct system *paged(void)
{
    struct system *system = system_new();

    system_paging(system, 0);
    system->hart.mode = MODE_S;
    return system;
}

/* Accesses 32 bits at gva as the hart would. A fetch finds an instruction: a word ending in 11. */
static enum stop access_at(struct system *system, enum access access, uint64_t gva, uint64_t *value)
{
    uint32_t word = 0;
    enum stop stop;

    mmu_enter(&system->machine, &system->hart);
    switch (access) {
    case ACCESS_LOAD: return access_load(&system->machine, &system->hart, gva, 32, value);
    case ACCESS_STORE: return access_store(&system->machine, &system->hart, gva, 32, *value);
    case ACCESS_FETCH:
    case ACCESS_COUNT: break;
    }
    system->hart.pc = gva;
    stop = access_fetch(&system->machine, &system->hart, &word);
    *value = word;
    return stop;
}

static void expect_ok(struct system *system, enum access access, uint64_t gva)
{
    uint64_t value = 0;

    ck_assert_int_eq(access_at(system, access, gva, &value), STOP_COUNT);
}

static void expect_trap(struct system *system, enum access access, uint64_t gva,
                        enum trap_cause cause, uint64_t tval)
{
    uint64_t value = 0;

    ck_assert_int_eq(access_at(system, access, gva, &value), STOP_TRAP);
    ck_assert_msg(system->hart.trap.cause == cause, "%s at 0x%lx, not: %s",
                  trap_name(system->hart.trap.cause), (unsigned long)gva, trap_name(cause));
    ck_assert_uint_eq(system->hart.trap.value, tval);
}

static void expect_page_faults(struct system *system, uint64_t gva)
{
    for (unsigned access = 0; access < ACCESS_COUNT; access++)
        expect_trap(system, (enum access)access, gva, page_faults[access], gva);
}

START_TEST(nothing_is_translated_in_m_mode_or_with_bare_satp)
{
    struct system *system = paged();
    uint64_t value;

    system_poke(system, SYSTEM_DATA, 77);
    expect_page_faults(system, SYSTEM_DATA);
    system->hart.mode = MODE_M;
    ck_assert_int_eq(access_at(system, ACCESS_LOAD, SYSTEM_DATA, &value), STOP_COUNT);
    ck_assert_uint_eq(value, 77);
    system->hart.mode = MODE_U;
    system->hart.satp = 0;
    ck_assert_int_eq(access_at(system, ACCESS_LOAD, SYSTEM_DATA, &value), STOP_COUNT);
    ck_assert_uint_eq(value, 77);
    system_free(system);
}
END_TEST

START_TEST(each_level_can_hold_the_page)
{
    static const uint64_t gvas[] = {0, 0x1000, 0x3fffe00000, 0xffffffc000000000,
                                    0xffffffffc0000000};

    for (unsigned i = 0; i < sizeof gvas / sizeof gvas[0]; i++) {
        for (unsigned level = 0; level < MMU_LEVELS; level++) {
            struct system *system = paged();
            uint64_t size = UINT64_C(1) << (12 + 9 * level);
            uint64_t gva = gvas[i] - gvas[i] % size;
            uint64_t offset = level == 0 ? 0x10 : SYSTEM_DATA - SYSTEM_RAM + 0x10;
            uint64_t value;

            system_poke(system, SYSTEM_DATA + 0x10, 0x1234567);
            system_map(system, gva, level == 0 ? SYSTEM_DATA : SYSTEM_RAM, level, LEAF);
            for (unsigned access = 0; access < ACCESS_COUNT; access++) {
                value = 0x1234567;
                ck_assert_int_eq(access_at(system, (enum access)access, gva + offset, &value),
                                 STOP_COUNT);
                ck_assert_uint_eq(value, 0x1234567);
            }
            system_free(system);
        }
    }
}
END_TEST

START_TEST(an_address_that_is_not_canonical_faults)
{
    static const uint64_t gvas[] = {UINT64_C(1) << 38, UINT64_C(1) << 39, UINT64_C(1) << 63,
                                    UINT64_C(0xffffffbffffff000), UINT64_C(0x8000000000000000)};

    for (unsigned i = 0; i < sizeof gvas / sizeof gvas[0]; i++) {
        struct system *system = paged();

        /* Every canonical address there is leads to RAM. */
        for (uint64_t gib = 0; gib < 512; gib++)
            system_map(system, gib << 30, SYSTEM_RAM, 2, LEAF);
        expect_ok(system, ACCESS_LOAD, 0);
        expect_page_faults(system, gvas[i]);
        system_free(system);
    }
}
END_TEST

START_TEST(entries_that_mean_nothing_fault)
{
    static const uint64_t bad[] = {
        0,
        LEAF & ~(uint64_t)PTE_V,
        PTE_V | AD | PTE_W,         /* writable, but not readable: reserved */
        PTE_V | AD | PTE_W | PTE_X, /* the same */
        LEAF | UINT64_C(1) << 54,   /* reserved */
        LEAF | UINT64_C(1) << 60,
        LEAF | UINT64_C(1) << 61, /* Svpbmt, which is not there */
        LEAF | UINT64_C(1) << 63, /* Svnapot, which is not there */
        PTE_V,                    /* a pointer at the lowest level */
    };

    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct system *system = paged();

        system_map(system, GVA, SYSTEM_DATA, 0, bad[i]);
        expect_page_faults(system, GVA);
        system_free(system);
    }
}
END_TEST

START_TEST(a_pointer_may_not_have_the_bits_of_a_leaf)
{
    static const uint64_t bits[] = {PTE_U, PTE_A, PTE_D, UINT64_C(1) << 54, UINT64_C(1) << 63};
    static const uint64_t fine[] = {PTE_G, 1 << 8, 1 << 9}; /* RSW is software's */

    for (unsigned level = 1; level < MMU_LEVELS; level++) {
        struct system *system = paged();
        uint64_t entry, pointer;

        system_map(system, GVA, SYSTEM_DATA, 0, LEAF);
        entry = system_entry(system, GVA, level);
        pointer = system_peek(system, entry);
        for (unsigned i = 0; i < sizeof bits / sizeof bits[0]; i++) {
            system_poke(system, entry, pointer | bits[i]);
            expect_page_faults(system, GVA);
        }
        for (unsigned i = 0; i < sizeof fine / sizeof fine[0]; i++) {
            system_poke(system, entry, pointer | fine[i]);
            expect_ok(system, ACCESS_STORE, GVA);
        }
        system_free(system);
    }
}
END_TEST

START_TEST(a_superpage_must_be_aligned)
{
    for (unsigned level = 1; level < MMU_LEVELS; level++) {
        for (unsigned bit = 12; bit < 12 + 9 * level; bit++) {
            struct system *system = paged();

            system_map(system, GVA, SYSTEM_RAM + (UINT64_C(1) << bit), level, LEAF);
            expect_page_faults(system, GVA);
            system_free(system);
        }
    }
}
END_TEST

/*
 * Table 4.5 and 3.1.6.3 in full: every combination of R, W, X and U, of mode, SUM and MXR. What is
 * expected is said once more here, as a sentence for each way of access.
 */
static bool allowed(unsigned flags, enum mode mode, bool sum, bool mxr, enum access access)
{
    bool user_page = (flags & PTE_U) != 0;
    bool mine = mode == MODE_U ? user_page : !user_page || (sum && access != ACCESS_FETCH);

    switch (access) {
    case ACCESS_FETCH: return mine && (flags & PTE_X) != 0;
    case ACCESS_LOAD: return mine && ((flags & PTE_R) != 0 || (mxr && (flags & PTE_X) != 0));
    case ACCESS_STORE: return mine && (flags & PTE_W) != 0;
    case ACCESS_COUNT: break;
    }
    return false;
}

START_TEST(permissions_depend_on_mode_sum_and_mxr)
{
    for (unsigned i = 0; i < 16 * 8; i++) {
        struct system *system = paged();
        unsigned flags = PTE_V | AD | (i & 15) << 1;
        bool sum = (i & 16) != 0, mxr = (i & 32) != 0;
        enum mode mode = (i & 64) != 0 ? MODE_S : MODE_U;
        bool reserved = (flags & (PTE_R | PTE_W)) == PTE_W;
        bool pointer = (flags & RWX) == 0;

        system->hart.mode = mode;
        system->hart.mstatus |= (sum ? STATUS_SUM : 0) | (mxr ? STATUS_MXR : 0);
        system_map(system, GVA, SYSTEM_DATA, 0, flags);
        for (unsigned access = 0; access < ACCESS_COUNT; access++) {
            if (!reserved && !pointer && allowed(flags, mode, sum, mxr, (enum access)access))
                expect_ok(system, (enum access)access, GVA);
            else
                expect_trap(system, (enum access)access, GVA, page_faults[access], GVA);
        }
        system_free(system);
    }
}
END_TEST

START_TEST(mprv_lends_loads_and_stores_another_mode)
{
    struct system *system = paged();

    system_map(system, GVA, SYSTEM_DATA, 0, LEAF | PTE_U);
    system->hart.mode = MODE_M;
    expect_trap(system, ACCESS_LOAD, GVA, TRAP_LOAD_ACCESS, GVA);
    system->hart.mstatus |= STATUS_MPRV; /* MPP is U */
    expect_ok(system, ACCESS_LOAD, GVA);
    expect_ok(system, ACCESS_STORE, GVA);
    expect_trap(system, ACCESS_FETCH, GVA, TRAP_FETCH_ACCESS, GVA);
    system->hart.mstatus |= (uint64_t)MODE_S << STATUS_MPP_SHIFT;
    expect_trap(system, ACCESS_LOAD, GVA, TRAP_LOAD_PAGE, GVA);
    system->hart.mstatus |= STATUS_SUM;
    expect_ok(system, ACCESS_LOAD, GVA);
    system->hart.mstatus |= STATUS_MPP; /* M */
    expect_trap(system, ACCESS_LOAD, GVA, TRAP_LOAD_ACCESS, GVA);
    system_free(system);
}
END_TEST

START_TEST(hardware_marks_a_page_accessed_and_dirty_only_by_a_store)
{
    static const uint64_t marks[ACCESS_COUNT] = {PTE_A, PTE_A, AD};

    for (unsigned level = 0; level < MMU_LEVELS; level++) {
        for (unsigned access = 0; access < ACCESS_COUNT; access++) {
            struct system *system = paged();
            uint64_t gva = GVA - GVA % (UINT64_C(1) << (12 + 9 * level));
            uint64_t entry = system_entry(system, gva, level);

            system_map(system, gva, SYSTEM_RAM, level, PTE_V | RWX);
            expect_ok(system, (enum access)access, gva);
            ck_assert_uint_eq(system_peek(system, entry),
                              pte_of(SYSTEM_RAM, PTE_V | RWX | marks[access]));
            /* A page that was loaded from before becomes dirty by the first store. */
            expect_ok(system, ACCESS_STORE, gva);
            ck_assert_uint_eq(system_peek(system, entry), pte_of(SYSTEM_RAM, PTE_V | RWX | AD));
            system_free(system);
        }
    }
}
END_TEST

START_TEST(without_adue_an_unmarked_page_faults_and_stays_as_it_is)
{
    static const struct {
        uint64_t flags;
        bool fails[ACCESS_COUNT];
    } cases[] = {
        {0, {true, true, true}},
        {PTE_A, {false, false, true}},
        {PTE_D, {true, true, true}},
        {AD, {false, false, false}},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct system *system = paged();
        uint64_t entry = system_entry(system, GVA, 0);

        system->hart.menvcfg &= ~ENVCFG_ADUE;
        system_map(system, GVA, SYSTEM_DATA, 0, PTE_V | RWX | cases[i].flags);
        for (unsigned access = 0; access < ACCESS_COUNT; access++) {
            if (cases[i].fails[access])
                expect_trap(system, (enum access)access, GVA, page_faults[access], GVA);
            else
                expect_ok(system, (enum access)access, GVA);
        }
        ck_assert_uint_eq(system_peek(system, entry),
                          pte_of(SYSTEM_DATA, PTE_V | RWX | cases[i].flags));
        system_free(system);
    }
}
END_TEST

START_TEST(an_access_that_faults_marks_nothing)
{
    struct system *system = paged();
    uint64_t entry = system_entry(system, GVA, 0);

    system_map(system, GVA, SYSTEM_DATA, 0, PTE_V | PTE_R);
    expect_trap(system, ACCESS_STORE, GVA, TRAP_STORE_PAGE, GVA);
    expect_trap(system, ACCESS_FETCH, GVA, TRAP_FETCH_PAGE, GVA);
    ck_assert_uint_eq(system_peek(system, entry), pte_of(SYSTEM_DATA, PTE_V | PTE_R));
    system_free(system);
}
END_TEST

START_TEST(tables_and_pages_outside_ram_are_access_faults)
{
    static const uint64_t outside[] = {0, SYSTEM_RAM - MEM_PAGE_SIZE, SYSTEM_RAM + SYSTEM_SIZE,
                                       UINT64_C(1) << 55, ((UINT64_C(1) << 44) - 1) << 12};

    for (unsigned i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        for (unsigned access = 0; access < ACCESS_COUNT; access++) {
            struct system *system = paged();
            enum trap_cause cause = access_faults[access];

            system_map(system, GVA, outside[i], 0, LEAF);
            expect_trap(system, (enum access)access, GVA, cause, GVA);
            system_map(system, GVA, outside[i], 1, PTE_V);
            expect_trap(system, (enum access)access, GVA, cause, GVA);
            system_map(system, GVA, outside[i], 2, PTE_V);
            expect_trap(system, (enum access)access, GVA, cause, GVA);
            system->hart.satp = SATP_SV39 << SATP_MODE_SHIFT | outside[i] >> MEM_PAGE_SHIFT;
            expect_trap(system, (enum access)access, GVA, cause, GVA);
            system_free(system);
        }
    }
}
END_TEST

START_TEST(a_device_is_reached_through_a_page_table_and_never_remembered)
{
    struct system *system = paged();
    uint64_t value = 40;

    system_map(system, GVA, SYSTEM_DEVICE, 0, LEAF);
    ck_assert_int_eq(access_at(system, ACCESS_STORE, GVA, &value), STOP_CHANGE);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(access_at(system, ACCESS_LOAD, GVA + 8, &value), STOP_CHANGE);
        ck_assert_uint_eq(value, 48);
    }
    ck_assert_uint_eq(system->loads, 3);
    ck_assert_uint_eq(system->stores, 1);
    expect_trap(system, ACCESS_FETCH, GVA, TRAP_FETCH_ACCESS, GVA);
    expect_trap(system, ACCESS_LOAD, GVA + 2, TRAP_LOAD_ACCESS, GVA + 2); /* misaligned */
    expect_trap(system, ACCESS_STORE, GVA + 1, TRAP_STORE_ACCESS, GVA + 1);
    ck_assert_uint_eq(system->loads, 3);
    ck_assert_uint_eq(system->stores, 1);
    system_free(system);
}
END_TEST

/* Two neighbours in gva, far from each other in RAM, so that nothing works by luck. */
static struct system *two_pages(uint64_t first_flags, uint64_t second_flags)
{
    struct system *system = paged();

    system_map(system, GVA, SYSTEM_DATA + 5 * MEM_PAGE_SIZE, 0, first_flags);
    system_map(system, GVA2, SYSTEM_DATA + 2 * MEM_PAGE_SIZE, 0, second_flags);
    return system;
}

START_TEST(an_access_over_two_pages_goes_to_both)
{
    static const unsigned widths[] = {16, 32, 64};

    for (unsigned i = 0; i < 3; i++) {
        unsigned width = widths[i];

        for (uint64_t before = 1; before < width / 8; before++) {
            struct system *system = two_pages(LEAF, LEAF);
            uint64_t written = UINT64_C(0x8877665544332211), value;
            const uint8_t *first = phys_ram(&system->machine.phys, SYSTEM_DATA + 0x6000 - 8, 8);
            const uint8_t *second = phys_ram(&system->machine.phys, SYSTEM_DATA + 0x2000, 8);

            mmu_enter(&system->machine, &system->hart);
            ck_assert_int_eq(
                access_store(&system->machine, &system->hart, GVA2 - before, width, written),
                STOP_COUNT);
            for (unsigned byte = 0; byte < width / 8; byte++)
                ck_assert_uint_eq(byte < before ? first[8 - before + byte] : second[byte - before],
                                  written >> 8 * byte & 0xff);
            ck_assert_uint_eq(first[8 - before - 1], 0);
            ck_assert_uint_eq(second[width / 8 - before], 0);
            ck_assert_int_eq(
                access_load(&system->machine, &system->hart, GVA2 - before, width, &value),
                STOP_COUNT);
            ck_assert_uint_eq(value, zero_extend(written, width));
            system_free(system);
        }
    }
}
END_TEST

START_TEST(an_access_over_two_pages_faults_at_the_page_that_is_to_blame)
{
    static const uint64_t none = 0, unmarked = PTE_V | RWX;
    struct system *system = two_pages(none, LEAF);

    expect_trap(system, ACCESS_LOAD, GVA2 - 1, TRAP_LOAD_PAGE, GVA2 - 1);
    expect_trap(system, ACCESS_STORE, GVA2 - 3, TRAP_STORE_PAGE, GVA2 - 3);
    system_free(system);

    system = two_pages(unmarked, none);
    expect_trap(system, ACCESS_LOAD, GVA2 - 1, TRAP_LOAD_PAGE, GVA2);
    expect_trap(system, ACCESS_STORE, GVA2 - 3, TRAP_STORE_PAGE, GVA2);
    /* Nothing was stored, and the first page is not dirty. */
    ck_assert_uint_eq(system_peek(system, system_entry(system, GVA, 0)) & PTE_D, 0);
    ck_assert_uint_eq(system_peek(system, SYSTEM_DATA + 0x6000 - 8), 0);
    system_free(system);

    system = two_pages(LEAF, LEAF);
    system_map(system, GVA2, SYSTEM_DEVICE, 0, LEAF);
    expect_trap(system, ACCESS_STORE, GVA2 - 2, TRAP_STORE_ACCESS, GVA2);
    ck_assert_uint_eq(system->stores, 0);
    ck_assert_uint_eq(system_peek(system, SYSTEM_DATA + 0x6000 - 8), 0);
    system_free(system);
}
END_TEST

START_TEST(an_instruction_over_two_pages_faults_at_its_second_half)
{
    struct system *system = two_pages(LEAF, PTE_V | PTE_R | AD);
    uint64_t value = 0;

    /* The first half of a 4-byte instruction, the last of its page. */
    host_store(phys_ram(&system->machine.phys, SYSTEM_DATA + 0x6000 - 2, 2), 16, 0x0313);
    host_store(phys_ram(&system->machine.phys, SYSTEM_DATA + 0x2000, 2), 16, 0x00b5);
    expect_trap(system, ACCESS_FETCH, GVA2 - 2, TRAP_FETCH_PAGE, GVA2);
    ck_assert_uint_eq(system->hart.pc, GVA2 - 2);
    system_map(system, GVA2, SYSTEM_DATA + 0x2000, 0, LEAF);
    ck_assert_int_eq(access_at(system, ACCESS_FETCH, GVA2 - 2, &value), STOP_COUNT);
    ck_assert_uint_eq(value, 0x00b50313);
    /* A compressed one does not need the second page. */
    system_map(system, GVA2, SYSTEM_DATA, 0, 0);
    tlb_flush(&system->tlb);
    host_store(phys_ram(&system->machine.phys, SYSTEM_DATA + 0x6000 - 2, 2), 16, 0x4501);
    ck_assert_int_eq(access_at(system, ACCESS_FETCH, GVA2 - 2, &value), STOP_COUNT);
    ck_assert_uint_eq(value, 0x4501);
    system_free(system);
}
END_TEST

START_TEST(the_end_of_ram_is_no_page_boundary_to_look_past)
{
    struct system *system = system_new();
    uint64_t end = SYSTEM_RAM + SYSTEM_SIZE;

    expect_ok(system, ACCESS_LOAD, end - 4);
    expect_trap(system, ACCESS_LOAD, end - 2, TRAP_LOAD_ACCESS, end);
    expect_trap(system, ACCESS_STORE, end - 1, TRAP_STORE_ACCESS, end);
    expect_trap(system, ACCESS_LOAD, SYSTEM_RAM - 2, TRAP_LOAD_ACCESS, SYSTEM_RAM - 2);
    expect_trap(system, ACCESS_LOAD, UINT64_MAX - 1, TRAP_LOAD_ACCESS, UINT64_MAX - 1);
    system_free(system);
}
END_TEST

START_TEST(a_walk_tells_its_steps_and_changes_nothing)
{
    struct system *system = paged();
    uint64_t gpa;
    struct walk walk;

    system_map(system, GVA, SYSTEM_DATA, 0, PTE_V | PTE_R | PTE_W);
    walk = mmu_walk(&system->machine, &system->hart, GVA + 5, ACCESS_STORE);
    ck_assert(walk.ok);
    ck_assert_uint_eq(walk.levels, 3);
    ck_assert_uint_eq(walk.gpa, SYSTEM_DATA + 5);
    ck_assert_uint_eq(walk.page_size, 4096);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_uint_eq(walk.step[i].gpa, system_entry(system, GVA, 2 - i));
        ck_assert_uint_eq(walk.step[i].pte, system_peek(system, walk.step[i].gpa));
    }
    ck_assert_uint_eq(walk.leaf_wanted, walk.step[2].pte | AD);
    ck_assert_uint_eq(walk.step[2].pte & AD, 0);
    ck_assert(mmu_probe(&system->machine, &system->hart, GVA + 5, ACCESS_LOAD, &gpa));
    ck_assert_uint_eq(gpa, SYSTEM_DATA + 5);
    ck_assert(!mmu_probe(&system->machine, &system->hart, GVA + 5, ACCESS_FETCH, &gpa));
    system_free(system);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("mmu");
    TCase *walk = tcase_create("walk");
    TCase *rights = tcase_create("rights");
    TCase *reach = tcase_create("reach");

    tcase_add_test(walk, nothing_is_translated_in_m_mode_or_with_bare_satp);
    tcase_add_test(walk, each_level_can_hold_the_page);
    tcase_add_test(walk, an_address_that_is_not_canonical_faults);
    tcase_add_test(walk, entries_that_mean_nothing_fault);
    tcase_add_test(walk, a_pointer_may_not_have_the_bits_of_a_leaf);
    tcase_add_test(walk, a_superpage_must_be_aligned);
    tcase_add_test(walk, a_walk_tells_its_steps_and_changes_nothing);
    tcase_add_test(rights, permissions_depend_on_mode_sum_and_mxr);
    tcase_add_test(rights, mprv_lends_loads_and_stores_another_mode);
    tcase_add_test(rights, hardware_marks_a_page_accessed_and_dirty_only_by_a_store);
    tcase_add_test(rights, without_adue_an_unmarked_page_faults_and_stays_as_it_is);
    tcase_add_test(rights, an_access_that_faults_marks_nothing);
    tcase_add_test(reach, tables_and_pages_outside_ram_are_access_faults);
    tcase_add_test(reach, a_device_is_reached_through_a_page_table_and_never_remembered);
    tcase_add_test(reach, an_access_over_two_pages_goes_to_both);
    tcase_add_test(reach, an_access_over_two_pages_faults_at_the_page_that_is_to_blame);
    tcase_add_test(reach, an_instruction_over_two_pages_faults_at_its_second_half);
    tcase_add_test(reach, the_end_of_ram_is_no_page_boundary_to_look_past);
    suite_add_tcase(suite, walk);
    suite_add_tcase(suite, rights);
    suite_add_tcase(suite, reach);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
