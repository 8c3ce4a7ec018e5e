/* test_trap.c: which traps and interrupts go where, and what they leave behind (trap.h). */
#include "tests/unit/system.h"
#include "tests/unit/unit_main.h"

#define MTVEC     UINT64_C(0x80001000)
#define STVEC     UINT64_C(0x80002000)
#define PC        UINT64_C(0x80000124)

#define INTERRUPT (UINT64_C(1) << 63)

static const enum mode modes[] = {MODE_U, MODE_S, MODE_M};

static const enum trap_cause causes[] = {
    TRAP_FETCH_MISALIGNED, TRAP_FETCH_ACCESS, TRAP_ILLEGAL,      TRAP_BREAKPOINT,
    TRAP_LOAD_MISALIGNED,  TRAP_LOAD_ACCESS,  TRAP_STORE_ACCESS, TRAP_STORE_MISALIGNED,
    TRAP_ECALL_U,          TRAP_ECALL_S,      TRAP_FETCH_PAGE,   TRAP_LOAD_PAGE,
    TRAP_STORE_PAGE,
};

static const enum interrupt interrupts[] = {
    /* in order of priority */
    INTERRUPT_M_EXTERNAL, INTERRUPT_M_SOFTWARE, INTERRUPT_M_TIMER,
    INTERRUPT_S_EXTERNAL, INTERRUPT_S_SOFTWARE, INTERRUPT_S_TIMER,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct system *in_mode(enum mode mode)
{
    struct system *system = system_new();

    system->hart.mode = mode;
    system->hart.pc = PC;
    system->hart.mtvec = MTVEC;
    system->hart.stvec = STVEC;
    return system;
}

START_TEST(an_exception_goes_to_s_mode_where_it_is_delegated_and_does_not_come_from_m_mode)
{
    for (unsigned m = 0; m < COUNT(modes); m++) {
        for (unsigned i = 0; i < COUNT(causes); i++) {
            for (unsigned delegated = 0; delegated < 2; delegated++) {
                struct system *system = in_mode(modes[m]);
                struct hart *hart = &system->hart;
                uint64_t bit = UINT64_C(1) << causes[i];
                bool to_s = delegated && modes[m] != MODE_M;

                hart->medeleg = delegated ? bit : ~bit;
                hart->mideleg = ~hart->medeleg; /* which is for interrupts alone */
                hart->trap = (struct trap){causes[i], 0xabc};
                trap_take(&system->machine, hart);
                ck_assert_uint_eq(hart->mode, to_s ? MODE_S : MODE_M);
                ck_assert_uint_eq(hart->pc, to_s ? STVEC : MTVEC);
                ck_assert_uint_eq(to_s ? hart->sepc : hart->mepc, PC);
                ck_assert_uint_eq(to_s ? hart->scause : hart->mcause, causes[i]);
                ck_assert_uint_eq(to_s ? hart->stval : hart->mtval, 0xabc);
                ck_assert_uint_eq(to_s ? hart->mepc : hart->sepc, 0);
                ck_assert_uint_eq(system->counts.traps[causes[i]], 1);
                system_free(system);
            }
        }
    }
}
END_TEST

START_TEST(a_trap_saves_mode_and_interrupt_enable_and_disables)
{
    for (unsigned m = 0; m < COUNT(modes); m++) {
        for (unsigned bits = 0; bits < 4; bits++) {
            for (unsigned delegated = 0; delegated < 2; delegated++) {
                struct system *system = in_mode(modes[m]);
                struct hart *hart = &system->hart;
                bool to_s = delegated && modes[m] != MODE_M;
                bool sie = (bits & 1) != 0, mie = (bits & 2) != 0;
                uint64_t kept = STATUS_MPRV | STATUS_SUM | STATUS_MXR | STATUS_UXL_64;
                uint64_t expected = kept;

                hart->mstatus = kept | (sie ? STATUS_SIE : 0) | (mie ? STATUS_MIE : 0);
                hart->medeleg = delegated ? UINT64_MAX : 0;
                hart->trap = (struct trap){TRAP_ILLEGAL, 0};
                trap_take(&system->machine, hart);
                if (to_s) {
                    expected |= (sie ? STATUS_SPIE : 0) | (mie ? STATUS_MIE : 0);
                    expected |= modes[m] == MODE_S ? STATUS_SPP : 0;
                } else {
                    expected |= (mie ? STATUS_MPIE : 0) | (sie ? STATUS_SIE : 0);
                    expected |= (uint64_t)modes[m] << STATUS_MPP_SHIFT;
                }
                ck_assert_uint_eq(hart->mstatus, expected);
                system_free(system);
            }
        }
    }
}
END_TEST

START_TEST(a_vectored_handler_is_for_interrupts_only)
{
    for (unsigned i = 0; i < COUNT(interrupts); i++) {
        struct system *system = in_mode(MODE_U);
        struct hart *hart = &system->hart;

        hart->mtvec |= 1;
        interrupt_take(&system->machine, hart, interrupts[i]);
        ck_assert_uint_eq(hart->pc, MTVEC + 4 * (uint64_t)interrupts[i]);
        ck_assert_uint_eq(hart->mcause, INTERRUPT | interrupts[i]);
        ck_assert_uint_eq(hart->mtval, 0);
        ck_assert_uint_eq(hart->mepc, PC);
        ck_assert_uint_eq(system->counts.interrupts[interrupts[i]], 1);
        hart->trap = (struct trap){TRAP_ECALL_M, 0};
        trap_take(&system->machine, hart);
        ck_assert_uint_eq(hart->pc, MTVEC);
        system_free(system);
    }
}
END_TEST

START_TEST(a_delegated_interrupt_goes_to_s_mode)
{
    for (unsigned m = 0; m < 2; m++) {
        struct system *system = in_mode(modes[m]);
        struct hart *hart = &system->hart;

        hart->mideleg = INTERRUPT_BIT(INTERRUPT_S_TIMER);
        hart->medeleg = 0;
        hart->stvec |= 1;
        hart->mstatus |= STATUS_SIE;
        interrupt_take(&system->machine, hart, INTERRUPT_S_TIMER);
        ck_assert_uint_eq(hart->mode, MODE_S);
        ck_assert_uint_eq(hart->pc, STVEC + 4 * 5);
        ck_assert_uint_eq(hart->scause, INTERRUPT | 5);
        ck_assert_uint_eq(hart->mstatus & STATUS_SIE, 0);
        ck_assert_uint_eq(hart->mstatus & STATUS_SPIE, STATUS_SPIE);
        ck_assert_uint_eq((hart->mstatus & STATUS_SPP) != 0, modes[m] == MODE_S);
        system_free(system);
    }
}
END_TEST

/* Whether one interrupt alone is taken, as the manual has it: by mode, xIE, mie and mideleg. */
static bool is_taken(enum mode mode, bool sie, bool mie, bool enabled, bool delegated)
{
    enum mode to = delegated ? MODE_S : MODE_M;

    if (!enabled || mode > to)
        return false;
    if (mode < to)
        return true;
    return to == MODE_M ? mie : sie;
}

START_TEST(an_interrupt_waits_for_its_enables)
{
    for (unsigned i = 0; i < COUNT(interrupts) * 3 * 32; i++) {
        enum interrupt interrupt = interrupts[i / 96];
        enum mode mode = modes[i / 32 % 3];
        bool sie = (i & 1) != 0, mie = (i & 2) != 0, enabled = (i & 4) != 0;
        bool from_device = (i & 16) != 0;
        bool is_s = (INTERRUPT_BIT(interrupt) & 0x222) != 0;
        bool delegated = (i & 8) != 0 && is_s;
        struct system *system = in_mode(mode);
        struct hart *hart = &system->hart;

        hart->mstatus |= (sie ? STATUS_SIE : 0) | (mie ? STATUS_MIE : 0);
        hart->mideleg = delegated ? INTERRUPT_BIT(interrupt) : 0;
        hart->mie = enabled ? INTERRUPT_BIT(interrupt) : ~INTERRUPT_BIT(interrupt);
        ck_assert_int_eq(interrupt_pending(hart), INTERRUPT_NONE);
        ck_assert(!interrupt_wakes(hart));
        if (from_device)
            hart->lines = INTERRUPT_BIT(interrupt);
        else
            hart->mip = INTERRUPT_BIT(interrupt);
        ck_assert_int_eq(interrupt_pending(hart),
                         is_taken(mode, sie, mie, enabled, delegated) ? interrupt : 0);
        ck_assert_int_eq(interrupt_wakes(hart), enabled);
        system_free(system);
    }
}
END_TEST

START_TEST(of_several_interrupts_the_first_in_priority_is_taken)
{
    for (unsigned set = 1; set < 64; set++) {
        struct system *system = in_mode(MODE_U);
        struct hart *hart = &system->hart;
        unsigned best = 0;

        hart->mie = 0xaaa;
        while ((set >> best & 1) == 0)
            best++;
        for (unsigned i = 0; i < 6; i++)
            hart->lines |= (set >> i & 1) != 0 ? INTERRUPT_BIT(interrupts[i]) : 0;
        ck_assert_int_eq(interrupt_pending(hart), interrupts[best]);
        system_free(system);
    }
}
END_TEST

START_TEST(what_goes_to_m_mode_comes_before_what_goes_to_s_mode)
{
    struct system *system = in_mode(MODE_U);
    struct hart *hart = &system->hart;

    hart->mie = 0xaaa;
    hart->mideleg = INTERRUPT_BIT(INTERRUPT_S_EXTERNAL);
    hart->lines = 0x222;
    ck_assert_int_eq(interrupt_pending(hart), INTERRUPT_S_SOFTWARE);
    hart->mode = MODE_M;
    ck_assert_int_eq(interrupt_pending(hart), INTERRUPT_NONE);
    hart->mstatus |= STATUS_MIE | STATUS_SIE;
    ck_assert_int_eq(interrupt_pending(hart), INTERRUPT_S_SOFTWARE);
    hart->mideleg = 0x222;
    ck_assert_int_eq(interrupt_pending(hart), INTERRUPT_NONE); /* never for a lower mode */
    system_free(system);
}
END_TEST

START_TEST(a_trap_gives_the_reservation_up)
{
    struct system *system = in_mode(MODE_U);

    system->hart.reservation.valid = 1;
    system->hart.trap = (struct trap){TRAP_ECALL_U, 0};
    trap_take(&system->machine, &system->hart);
    ck_assert_uint_eq(system->hart.reservation.valid, 0);
    system->hart.reservation.valid = 1;
    interrupt_take(&system->machine, &system->hart, INTERRUPT_M_TIMER);
    ck_assert_uint_eq(system->hart.reservation.valid, 0);
    system_free(system);
}
END_TEST

START_TEST(an_ecall_names_the_mode_it_comes_from)
{
    for (unsigned m = 0; m < COUNT(modes); m++) {
        struct system *system = in_mode(modes[m]);

        ck_assert_int_eq(system_do(system, ROW_ECALL, 0, 0, 0, 0), STOP_TRAP);
        ck_assert_int_eq(system->hart.trap.cause, 8 + (int)modes[m]);
        ck_assert_uint_eq(system->hart.trap.value, 0);
        ck_assert_uint_eq(system->hart.instret, 0);
        ck_assert_uint_eq(system->hart.mode, modes[m]); /* it was not taken */
        system_free(system);
    }
}
END_TEST

START_TEST(traps_interrupts_and_modes_have_names)
{
    for (unsigned i = 0; i < COUNT(causes); i++)
        ck_assert_str_ne(trap_name(causes[i]), "unknown trap");
    for (unsigned i = 0; i < COUNT(interrupts); i++)
        ck_assert_str_ne(interrupt_name(interrupts[i]), "unknown interrupt");
    ck_assert_str_eq(trap_name((enum trap_cause)14), "unknown trap");
    ck_assert_int_eq(mode_letter(MODE_S), 'S');
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("trap");
    TCase *exceptions = tcase_create("exceptions");
    TCase *pending = tcase_create("interrupts");

    tcase_add_test(exceptions,
                   an_exception_goes_to_s_mode_where_it_is_delegated_and_does_not_come_from_m_mode);
    tcase_add_test(exceptions, a_trap_saves_mode_and_interrupt_enable_and_disables);
    tcase_add_test(exceptions, a_trap_gives_the_reservation_up);
    tcase_add_test(exceptions, an_ecall_names_the_mode_it_comes_from);
    tcase_add_test(exceptions, traps_interrupts_and_modes_have_names);
    tcase_add_test(pending, a_vectored_handler_is_for_interrupts_only);
    tcase_add_test(pending, a_delegated_interrupt_goes_to_s_mode);
    tcase_add_test(pending, an_interrupt_waits_for_its_enables);
    tcase_add_test(pending, of_several_interrupts_the_first_in_priority_is_taken);
    tcase_add_test(pending, what_goes_to_m_mode_comes_before_what_goes_to_s_mode);
    suite_add_tcase(suite, exceptions);
    suite_add_tcase(suite, pending);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
