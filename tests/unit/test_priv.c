/*
 * test_priv.c: the privileged instructions, atomics and devices, as an engine executes them, and
 * where each stops a run (engine.h).
 */
#include "tests/unit/system.h"
#include "tests/unit/unit_main.h"

#define TARGET UINT64_C(0x80003000)
#define GVA    UINT64_C(0x40201000)
#define TWICE  UINT64_C(0x100000001) /* times this: the same in both words */
#define LEAF   (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)

static const enum mode modes[] = {MODE_U, MODE_S, MODE_M};

/* Did the instruction that was just done trap as an illegal one, and change nothing? */
static bool was_illegal(const struct system *system, enum stop stop, enum isa_row_id row)
{
    return stop == STOP_TRAP && system->hart.trap.cause == TRAP_ILLEGAL &&
           system->hart.trap.value == isa_rows[row].match && system->hart.pc == SYSTEM_CODE &&
           system->hart.instret == 0;
}

START_TEST(mret_goes_back_to_the_mode_that_was_saved)
{
    for (unsigned m = 0; m < 3; m++) {
        for (unsigned mpie = 0; mpie < 2; mpie++) {
            struct system *system = system_new();
            struct hart *hart = &system->hart;
            uint64_t others = STATUS_SUM | STATUS_SPP | STATUS_SIE | STATUS_UXL_64;

            hart->mepc = TARGET;
            hart->mstatus = others | STATUS_MPRV | (uint64_t)modes[m] << STATUS_MPP_SHIFT |
                            (mpie ? STATUS_MPIE : STATUS_MIE);
            ck_assert_int_eq(system_do(system, ROW_MRET, 0, 0, 0, 0), STOP_COUNT);
            ck_assert_uint_eq(hart->pc, TARGET);
            ck_assert_uint_eq(hart->mode, modes[m]);
            ck_assert_uint_eq(hart->mstatus, others | STATUS_MPIE | (mpie ? STATUS_MIE : 0) |
                                                 (modes[m] == MODE_M ? STATUS_MPRV : 0));
            ck_assert_uint_eq(hart->instret, 1);
            ck_assert_uint_eq(system->counts.kinds[EVENT_RETURN], 1);
            system_free(system);
        }
    }
}
END_TEST

START_TEST(sret_goes_back_to_the_mode_that_was_saved)
{
    for (unsigned from = 1; from < 3; from++) {
        for (unsigned bits = 0; bits < 4; bits++) {
            struct system *system = system_new();
            struct hart *hart = &system->hart;
            bool spie = (bits & 1) != 0, to_s = (bits & 2) != 0;
            uint64_t others = STATUS_SUM | STATUS_MPP | STATUS_MIE | STATUS_UXL_64;

            hart->mode = modes[from];
            hart->sepc = TARGET;
            hart->mstatus =
                others | STATUS_MPRV | (to_s ? STATUS_SPP : 0) | (spie ? STATUS_SPIE : STATUS_SIE);
            if (modes[from] == MODE_S)
                hart->mstatus &= ~STATUS_MPRV;
            ck_assert_int_eq(system_do(system, ROW_SRET, 0, 0, 0, 0), STOP_COUNT);
            ck_assert_uint_eq(hart->pc, TARGET);
            ck_assert_uint_eq(hart->mode, to_s ? MODE_S : MODE_U);
            ck_assert_uint_eq(hart->mstatus, others | STATUS_SPIE | (spie ? STATUS_SIE : 0));
            system_free(system);
        }
    }
}
END_TEST

START_TEST(a_return_stops_the_run_if_it_lets_an_interrupt_through)
{
    for (unsigned bits = 0; bits < 8; bits++) {
        struct system *system = system_new();
        struct hart *hart = &system->hart;
        bool spie = (bits & 1) != 0, to_s = (bits & 2) != 0, pending = (bits & 4) != 0;

        hart->mode = MODE_S;
        hart->mstatus = (to_s ? STATUS_SPP : 0) | (spie ? STATUS_SPIE : 0);
        hart->mideleg = hart->mie = INTERRUPT_BIT(INTERRUPT_S_TIMER);
        hart->lines = pending ? INTERRUPT_BIT(INTERRUPT_S_TIMER) : 0;
        ck_assert_int_eq(system_do(system, ROW_SRET, 0, 0, 0, 0),
                         pending && (spie || !to_s) ? STOP_CHANGE : STOP_COUNT);
        ck_assert_uint_eq(hart->instret, 1);
        system_free(system);
    }
}
END_TEST

/* In which modes an instruction may be executed, and which bit of mstatus takes that from S. */
START_TEST(privileged_instructions_are_illegal_below_their_mode)
{
    static const struct {
        enum isa_row_id row;
        enum mode lowest;
        uint64_t catcher;
        enum stop stop;
    } cases[] = {
        {ROW_MRET, MODE_M, 0, STOP_COUNT},
        {ROW_SRET, MODE_S, STATUS_TSR, STOP_COUNT},
        {ROW_WFI, MODE_S, STATUS_TW, STOP_WAIT},
        {ROW_SFENCE_VMA, MODE_S, STATUS_TVM, STOP_COUNT},
    };
    static const uint64_t catchers = STATUS_TSR | STATUS_TW | STATUS_TVM;

    for (unsigned i = 0; i < 4; i++) {
        for (unsigned m = 0; m < 3; m++) {
            for (unsigned caught = 0; caught < 2; caught++) {
                struct system *system = system_new();
                uint64_t bits = caught ? cases[i].catcher : catchers & ~cases[i].catcher;
                bool legal = modes[m] >= cases[i].lowest &&
                             !(modes[m] == MODE_S && caught && cases[i].catcher != 0);
                enum stop stop;

                system->hart.mode = modes[m];
                system->hart.mstatus |= bits;
                stop = system_do(system, cases[i].row, 0, 0, 0, 0);
                if (legal)
                    ck_assert_int_eq(stop, cases[i].stop);
                else
                    ck_assert(was_illegal(system, stop, cases[i].row));
                system_free(system);
            }
        }
    }
}
END_TEST

START_TEST(wfi_and_pause_retire_and_say_so)
{
    struct system *system = system_new();

    system_put(system, ROW_WFI, 0, 0, 0, 0);
    system_put_word(system, 0x0100000f); /* pause */
    system_put_word(system, 0x0ff0000f); /* fence, which is none */
    ck_assert_int_eq(engine_interp.run(&system->machine, &system->hart, 10), STOP_WAIT);
    ck_assert_uint_eq(system->hart.pc, SYSTEM_CODE + 4);
    ck_assert_uint_eq(system->hart.instret, 1);
    ck_assert_int_eq(engine_interp.run(&system->machine, &system->hart, 10), STOP_PAUSE);
    ck_assert_uint_eq(system->hart.instret, 2);
    ck_assert_int_eq(engine_interp.run(&system->machine, &system->hart, 3), STOP_COUNT);
    system_free(system);
}
END_TEST

START_TEST(an_instruction_that_stops_at_the_count_names_its_own_reason)
{
    struct system *system = system_new();

    system_put(system, ROW_WFI, 0, 0, 0, 0);
    ck_assert_int_eq(engine_interp.run(&system->machine, &system->hart, 1), STOP_WAIT);
    ck_assert_int_eq(engine_interp.run(&system->machine, &system->hart, 1), STOP_COUNT);
    system_free(system);
}
END_TEST

START_TEST(sfence_takes_its_operands_from_registers_and_x0_means_all)
{
    static const struct {
        unsigned rs1, rs2;
        uint64_t gva, asid;
        bool forgets;
    } cases[] = {
        {0, 0, 0, 0, true},
        {10, 0, GVA, 0, true},
        {10, 0, 0, 0, false},
        {0, 11, 0, 7, true},
        {0, 11, 0, 8, false},
        {10, 11, GVA, 7, true},
        {10, 11, GVA + 4096, 7, false},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct system *system = system_new();
        struct hart *hart = &system->hart;

        /* The hart runs in M mode, and loads as S mode does, so that code needs no page. */
        system_paging(system, 7);
        hart->mstatus |= STATUS_MPRV | (uint64_t)MODE_S << STATUS_MPP_SHIFT;
        system_map(system, GVA, SYSTEM_DATA, 0, LEAF);
        system_poke(system, SYSTEM_DATA, 1);
        system_poke(system, SYSTEM_DATA + MEM_PAGE_SIZE, 2);
        hart->x[12] = GVA;
        system_do(system, ROW_LD, 5, 12, 0, 0);
        ck_assert_uint_eq(hart->x[5], 1);
        system_map(system, GVA, SYSTEM_DATA + MEM_PAGE_SIZE, 0, LEAF);
        hart->x[10] = cases[i].gva;
        hart->x[11] = cases[i].asid;
        ck_assert_int_eq(system_do(system, ROW_SFENCE_VMA, 0, cases[i].rs1, cases[i].rs2, 0),
                         STOP_COUNT);
        system_do(system, ROW_LD, 5, 12, 0, 0);
        ck_assert_uint_eq(hart->x[5], cases[i].forgets ? 2 : 1);
        system_free(system);
    }
}
END_TEST

START_TEST(an_access_to_a_device_stops_the_run_after_it)
{
    struct system *system = system_new();
    struct hart *hart = &system->hart;

    hart->x[10] = SYSTEM_DEVICE;
    hart->x[11] = 5;
    system_put(system, ROW_SD, 0, 10, 11, 0);
    system_put(system, ROW_LB, 12, 10, 0, 3);
    ck_assert_int_eq(engine_interp.run(&system->machine, hart, 10), STOP_CHANGE);
    ck_assert_uint_eq(hart->instret, 1);
    ck_assert_int_eq(engine_interp.run(&system->machine, hart, 10), STOP_CHANGE);
    ck_assert_uint_eq(hart->instret, 2);
    ck_assert_uint_eq(hart->x[12], 8);
    ck_assert_uint_eq(system->counts.kinds[EVENT_DEVICE], 2);
    system_free(system);
}
END_TEST

START_TEST(a_load_that_nothing_answers_leaves_its_register)
{
    struct system *system = system_new();

    system->hart.x[10] = SYSTEM_DEVICE - 8;
    system->hart.x[5] = 99;
    ck_assert_int_eq(system_do(system, ROW_LD, 5, 10, 0, 0), STOP_TRAP);
    ck_assert_int_eq(system->hart.trap.cause, TRAP_LOAD_ACCESS);
    ck_assert_uint_eq(system->hart.x[5], 99);
    ck_assert_int_eq(system_do(system, ROW_SD, 0, 10, 5, 0), STOP_TRAP);
    ck_assert_int_eq(system->hart.trap.cause, TRAP_STORE_ACCESS);
    ck_assert_uint_eq(system->hart.trap.value, SYSTEM_DEVICE - 8);
    system_free(system);
}
END_TEST

/* In M mode, but loads and stores are S mode's: x10 points to a page with those flags. */
static struct system *with_page(uint64_t gpa, uint64_t flags)
{
    struct system *system = system_new();

    system_paging(system, 0);
    system->hart.mstatus |= STATUS_MPRV | (uint64_t)MODE_S << STATUS_MPP_SHIFT;
    system_map(system, GVA, gpa, 0, flags);
    system->hart.x[10] = GVA;
    system->hart.x[11] = 3;
    return system;
}

START_TEST(atomics_have_faults_of_their_own)
{
    enum { LR, SC, AMO, KINDS };
    static const enum isa_row_id rows[KINDS] = {ROW_LR_D, ROW_SC_D, ROW_AMOADD_D};
    static const uint64_t read_only = LEAF & ~(uint64_t)PTE_W;
    static const struct {
        uint64_t gpa, flags, offset;
        int expected[KINDS]; /* a cause, or -1: it works */
    } cases[] = {
        {SYSTEM_DATA, LEAF, 0, {-1, -1, -1}},
        {SYSTEM_DATA, read_only, 0, {-1, TRAP_STORE_PAGE, TRAP_STORE_PAGE}},
        {SYSTEM_DATA, 0, 0, {TRAP_LOAD_PAGE, TRAP_STORE_PAGE, TRAP_STORE_PAGE}},
        {SYSTEM_DATA,
         LEAF,
         4,
         {TRAP_LOAD_MISALIGNED, TRAP_STORE_MISALIGNED, TRAP_STORE_MISALIGNED}},
        {SYSTEM_DATA, 0, 4, {TRAP_LOAD_MISALIGNED, TRAP_STORE_MISALIGNED, TRAP_STORE_MISALIGNED}},
        {SYSTEM_DEVICE, LEAF, 0, {TRAP_LOAD_ACCESS, TRAP_STORE_ACCESS, TRAP_STORE_ACCESS}},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (unsigned kind = 0; kind < KINDS; kind++) {
            struct system *system = with_page(cases[i].gpa, cases[i].flags);
            unsigned rs2 = kind == LR ? 0 : 11;
            enum stop stop;

            system->hart.x[10] += cases[i].offset;
            stop = system_do(system, rows[kind], 5, 10, rs2, 0);
            if (cases[i].expected[kind] == -1) {
                ck_assert_int_eq(stop, STOP_COUNT);
            } else {
                ck_assert_int_eq(stop, STOP_TRAP);
                ck_assert_int_eq(system->hart.trap.cause, cases[i].expected[kind]);
                ck_assert_uint_eq(system->hart.trap.value, GVA + cases[i].offset);
            }
            ck_assert_uint_eq(system->loads + system->stores, 0);
            system_free(system);
        }
    }
}
END_TEST

START_TEST(an_amo_marks_its_page_dirty_and_adds)
{
    struct system *system = with_page(SYSTEM_DATA, PTE_V | PTE_R | PTE_W);

    system_poke(system, SYSTEM_DATA, UINT64_C(0x11111111fffffffe));
    ck_assert_int_eq(system_do(system, ROW_AMOADD_W, 5, 10, 11, 0), STOP_COUNT);
    ck_assert_uint_eq(system->hart.x[5], UINT64_C(0xfffffffffffffffe));
    ck_assert_uint_eq(system_peek(system, SYSTEM_DATA), UINT64_C(0x1111111100000001));
    ck_assert_uint_eq(system_peek(system, system_entry(system, GVA, 0)),
                      pte_of(SYSTEM_DATA, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D));
    system_free(system);
}
END_TEST

START_TEST(an_sc_that_fails_stores_nothing_and_leaves_the_page_clean)
{
    struct system *system = with_page(SYSTEM_DATA, PTE_V | PTE_R | PTE_W);
    uint64_t entry = system_entry(system, GVA, 0);

    system_poke(system, SYSTEM_DATA, 77);
    ck_assert_int_eq(system_do(system, ROW_SC_D, 5, 10, 11, 0), STOP_COUNT);
    ck_assert_uint_eq(system->hart.x[5], 1);
    ck_assert_uint_eq(system_peek(system, SYSTEM_DATA), 77);
    ck_assert_uint_eq(system_peek(system, entry) & PTE_D, 0);

    /* After lr it succeeds, and the page is dirty; but once, though the value is the same again. */
    system->hart.x[11] = 77;
    ck_assert_int_eq(system_do(system, ROW_LR_D, 6, 10, 0, 0), STOP_COUNT);
    ck_assert_uint_eq(system->hart.x[6], 77);
    ck_assert_uint_eq(system_peek(system, entry) & PTE_D, 0);
    ck_assert_int_eq(system_do(system, ROW_SC_D, 5, 10, 11, 0), STOP_COUNT);
    ck_assert_uint_eq(system->hart.x[5], 0);
    ck_assert_uint_eq(system_peek(system, SYSTEM_DATA), 77);
    ck_assert_uint_eq(system_peek(system, entry) & PTE_D, PTE_D);
    ck_assert_int_eq(system_do(system, ROW_SC_D, 5, 10, 11, 0), STOP_COUNT);
    ck_assert_uint_eq(system->hart.x[5], 1);
    system_free(system);
}
END_TEST

START_TEST(sc_fails_at_another_address_or_width_or_value)
{
    static const struct {
        enum isa_row_id sc;
        uint64_t offset;
        uint64_t before, after; /* in memory at lr, and at sc: another hart was there */
        uint64_t failed;
    } cases[] = {
        {ROW_SC_W, 0, 77, 77, 0},         {ROW_SC_W, 4, 77 * TWICE, 77 * TWICE, 1},
        {ROW_SC_D, 0, 77, 77, 1},         {ROW_SC_W, 0, 77, 78, 1},
        {ROW_SC_W, 0, 77, 77 * TWICE, 0}, /* the word is the same */
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct system *system = with_page(SYSTEM_DATA, LEAF);

        system_poke(system, SYSTEM_DATA, cases[i].before);
        system_do(system, ROW_LR_W, 6, 10, 0, 0);
        system_poke(system, SYSTEM_DATA, cases[i].after);
        system->hart.x[10] += cases[i].offset;
        system_do(system, cases[i].sc, 5, 10, 11, 0);
        ck_assert_uint_eq(system->hart.x[5], cases[i].failed);
        system_free(system);
    }
}
END_TEST

START_TEST(counting_rows_and_listening_change_nothing)
{
    struct system *loud = with_page(SYSTEM_DATA, PTE_V | PTE_R | PTE_W);
    struct system *quiet = with_page(SYSTEM_DATA, PTE_V | PTE_R | PTE_W);
    struct row_counts counts = {{0}};

    loud->machine.row_counts = &counts;
    quiet->machine.events = (struct events){0};
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(system_do(loud, ROW_AMOADD_D, 5, 10, 11, 0),
                         system_do(quiet, ROW_AMOADD_D, 5, 10, 11, 0));
    }
    ck_assert_int_eq(memcmp(&loud->hart, &quiet->hart, HART_STATE_SIZE), 0);
    ck_assert_int_eq(memcmp(loud->ram, quiet->ram, SYSTEM_SIZE), 0);
    ck_assert_uint_eq(counts.executed[ROW_AMOADD_D], 3);
    ck_assert_uint_eq(quiet->counts.kinds[EVENT_WALK], 0);
    system_free(loud);
    system_free(quiet);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("priv");
    TCase *instructions = tcase_create("instructions");
    TCase *stops = tcase_create("stops");
    TCase *atomics = tcase_create("atomics");

    tcase_add_test(instructions, mret_goes_back_to_the_mode_that_was_saved);
    tcase_add_test(instructions, sret_goes_back_to_the_mode_that_was_saved);
    tcase_add_test(instructions, a_return_stops_the_run_if_it_lets_an_interrupt_through);
    tcase_add_test(instructions, privileged_instructions_are_illegal_below_their_mode);
    tcase_add_test(instructions, sfence_takes_its_operands_from_registers_and_x0_means_all);
    tcase_add_test(stops, wfi_and_pause_retire_and_say_so);
    tcase_add_test(stops, an_instruction_that_stops_at_the_count_names_its_own_reason);
    tcase_add_test(stops, an_access_to_a_device_stops_the_run_after_it);
    tcase_add_test(stops, a_load_that_nothing_answers_leaves_its_register);
    tcase_add_test(stops, counting_rows_and_listening_change_nothing);
    tcase_add_test(atomics, atomics_have_faults_of_their_own);
    tcase_add_test(atomics, an_amo_marks_its_page_dirty_and_adds);
    tcase_add_test(atomics, an_sc_that_fails_stores_nothing_and_leaves_the_page_clean);
    tcase_add_test(atomics, sc_fails_at_another_address_or_width_or_value);
    suite_add_tcase(suite, instructions);
    suite_add_tcase(suite, stops);
    suite_add_tcase(suite, atomics);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
