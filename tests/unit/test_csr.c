/*
 * test_csr.c: the control and status registers: who may touch them, and what of a write sticks.
 * The expectations are out of the manual's figures, not out of csr.c.
 */
#include "tests/unit/system.h"
#include "tests/unit/unit_main.h"

#define ALL       UINT64_MAX
#define MPP(mode) ((uint64_t)(mode) << 11)

/* csrrw of any number, in the hart's mode. */
static enum stop swap(struct system *system, unsigned number, uint64_t value, uint64_t *old)
{
    enum stop stop;

    system->hart.x[6] = value;
    stop = system_do(system, ROW_CSRRW, 5, 6, 0, number);
    *old = system->hart.x[5];
    return stop;
}

/* In M mode, whatever mode the hart is in otherwise. */
static uint64_t get(struct system *system, unsigned number)
{
    uint64_t mode = system->hart.mode;

    system->hart.mode = MODE_M;
    ck_assert_int_ne(system_do(system, ROW_CSRRS, 5, 0, 0, number), STOP_TRAP);
    system->hart.mode = mode;
    return system->hart.x[5];
}

static void set(struct system *system, unsigned number, uint64_t value)
{
    uint64_t old, mode = system->hart.mode;

    system->hart.mode = MODE_M;
    ck_assert_int_ne(swap(system, number, value, &old), STOP_TRAP);
    system->hart.mode = mode;
}

static bool is_illegal(struct system *system, enum isa_row_id row, unsigned number)
{
    uint64_t instret = system->hart.instret;
    enum stop stop = system_do(system, row, 5, row == ROW_CSRRS ? 0 : 6, 0, number);

    if (stop != STOP_TRAP)
        return false;
    ck_assert_int_eq(system->hart.trap.cause, TRAP_ILLEGAL);
    ck_assert_uint_eq(system->hart.trap.value,
                      isa_encode(&isa_rows[row], 5, row == ROW_CSRRS ? 0 : 6, 0, number));
    ck_assert_uint_eq(system->hart.instret, instret);
    return true;
}

/* What stays of a write of all ones, and of a write of all zeros after that. */
static const struct {
    unsigned number;
    uint64_t ones, zeros;
} warl[] = {
    {CSR_MSTATUS, 0xa007e19aa, 0xa00000000},
    {CSR_MISA, 0x8000000000141105, 0x8000000000141105},
    {CSR_MEDELEG, 0xb3ff, 0},
    {CSR_MIDELEG, 0x222, 0},
    {CSR_MIE, 0xaaa, 0},
    {CSR_MIP, 0x222, 0},
    {CSR_MTVEC, ALL - 2, 0},
    {CSR_MCOUNTEREN, 7, 0},
    {CSR_MCOUNTINHIBIT, 0, 0},
    {CSR_MENVCFG, 0x2000000000000001, 0},
    {CSR_MSCRATCH, ALL, 0},
    {CSR_MEPC, ALL - 1, 0},
    {CSR_MCAUSE, ALL, 0},
    {CSR_MTVAL, ALL, 0},
    {CSR_MHPMCOUNTER3, 0, 0},
    {CSR_MHPMCOUNTER3 + 28, 0, 0},
    {CSR_MHPMEVENT3, 0, 0},
    {CSR_MHPMEVENT3 + 28, 0, 0},
    {CSR_PMPCFG0, 0, 0},
    {CSR_PMPCFG14, 0, 0},
    {CSR_PMPADDR0, 0, 0},
    {CSR_PMPADDR0 + 63, 0, 0},
    {0x7a0, 0, 0}, /* tselect: there is no trigger */
    {0x7a1, 0, 0},
    {CSR_SSTATUS, 0x2000c0122, 0x200000000},
    {CSR_SIE, 0, 0}, /* nothing is delegated */
    {CSR_SIP, 0, 0},
    {CSR_STVEC, ALL - 2, 0},
    {CSR_SCOUNTEREN, 7, 0},
    {CSR_SENVCFG, 1, 0},
    {CSR_SSCRATCH, ALL, 0},
    {CSR_SEPC, ALL - 1, 0},
    {CSR_SCAUSE, ALL, 0},
    {CSR_STVAL, ALL, 0},
};

START_TEST(what_can_be_written_sticks_and_nothing_else)
{
    for (unsigned i = 0; i < sizeof warl / sizeof warl[0]; i++) {
        struct system *system = system_new();

        set(system, warl[i].number, ALL);
        ck_assert_msg(get(system, warl[i].number) == warl[i].ones, "csr 0x%x: 0x%lx",
                      warl[i].number, (unsigned long)get(system, warl[i].number));
        set(system, warl[i].number, 0);
        ck_assert_msg(get(system, warl[i].number) == warl[i].zeros, "csr 0x%x: 0x%lx",
                      warl[i].number, (unsigned long)get(system, warl[i].number));
        system_free(system);
    }
}
END_TEST

/* All numbers that exist here, first to last; whether they can be written is in the number. */
static const struct {
    unsigned first, last;
} existing[] = {
    {0xc00, 0xc1f}, {0x100, 0x100}, {0x104, 0x106}, {0x10a, 0x10a}, {0x140, 0x144}, {0x180, 0x180},
    {0xf11, 0xf15}, {0x300, 0x306}, {0x30a, 0x30a}, {0x340, 0x344}, {0x3b0, 0x3ef}, {0xb00, 0xb00},
    {0xb02, 0xb1f}, {0x320, 0x320}, {0x323, 0x33f}, {0x7a0, 0x7a3}, {0x3a0, 0x3a0}, {0x3a2, 0x3a2},
    {0x3a4, 0x3a4}, {0x3a6, 0x3a6}, {0x3a8, 0x3a8}, {0x3aa, 0x3aa}, {0x3ac, 0x3ac}, {0x3ae, 0x3ae},
};

static bool exists(unsigned number)
{
    for (unsigned i = 0; i < sizeof existing / sizeof existing[0]; i++) {
        if (number >= existing[i].first && number <= existing[i].last)
            return true;
    }
    return false;
}

START_TEST(every_number_is_legal_only_where_the_manual_says_so)
{
    static const enum mode modes[] = {MODE_U, MODE_S, MODE_M};
    struct system *system = system_new();

    for (unsigned number = 0; number < 4096; number++) {
        for (unsigned m = 0; m < 3; m++) {
            bool high_enough = modes[m] >= (number >> 8 & 3);
            bool counter = number >= 0xc00 && number < 0xc20;
            bool readable = exists(number) && high_enough && (!counter || modes[m] == MODE_M);
            bool writable = readable && number >> 10 != 3;

            hart_reset(&system->hart, 0, SYSTEM_CODE);
            system->hart.mode = modes[m];
            ck_assert_msg(is_illegal(system, ROW_CSRRS, number) == !readable,
                          "reading 0x%x in mode %c", number, mode_letter(modes[m]));
            system->hart.x[6] = 0;
            ck_assert_msg(is_illegal(system, ROW_CSRRW, number) == !writable,
                          "writing 0x%x in mode %c", number, mode_letter(modes[m]));
        }
    }
    system_free(system);
}
END_TEST

START_TEST(mpp_keeps_its_value_when_offered_2)
{
    static const enum mode modes[] = {MODE_U, MODE_S, MODE_M};
    struct system *system = system_new();

    for (unsigned m = 0; m < 3; m++) {
        set(system, CSR_MSTATUS, MPP(modes[m]));
        ck_assert_uint_eq(get(system, CSR_MSTATUS) & MPP(3), MPP(modes[m]));
        set(system, CSR_MSTATUS, MPP(2) | 8);
        ck_assert_uint_eq(get(system, CSR_MSTATUS) & (MPP(3) | 8), MPP(modes[m]) | 8);
    }
    system_free(system);
}
END_TEST

START_TEST(sstatus_is_a_window_on_mstatus)
{
    struct system *system = system_new();

    set(system, CSR_MSTATUS, ALL);
    ck_assert_uint_eq(get(system, CSR_SSTATUS), 0x2000c0122);
    set(system, CSR_SSTATUS, 0);
    ck_assert_uint_eq(get(system, CSR_MSTATUS), 0xa00721888);
    set(system, CSR_MSTATUS, 0);
    set(system, CSR_SSTATUS, ALL);
    ck_assert_uint_eq(get(system, CSR_MSTATUS), 0xa000c0122);
    system_free(system);
}
END_TEST

START_TEST(sie_and_sip_show_what_is_delegated)
{
    struct system *system = system_new();

    set(system, CSR_MIDELEG, 0x022);
    set(system, CSR_MIE, ALL);
    ck_assert_uint_eq(get(system, CSR_SIE), 0x022);
    set(system, CSR_SIE, 0);
    ck_assert_uint_eq(get(system, CSR_MIE), 0xa88);
    set(system, CSR_SIE, ALL);
    ck_assert_uint_eq(get(system, CSR_MIE), 0xaaa);

    set(system, CSR_MIP, ALL);
    ck_assert_uint_eq(get(system, CSR_SIP), 0x022);
    set(system, CSR_SIP, 0); /* S mode may clear SSIP only */
    ck_assert_uint_eq(get(system, CSR_MIP), 0x220);
    set(system, CSR_MIP, 0);
    set(system, CSR_SIP, ALL);
    ck_assert_uint_eq(get(system, CSR_MIP), 0x002);
    set(system, CSR_MIDELEG, 0);
    set(system, CSR_SIP, 0);
    ck_assert_uint_eq(get(system, CSR_MIP), 0x002);
    system_free(system);
}
END_TEST

START_TEST(what_a_device_asserts_is_seen_in_mip_and_not_written_back)
{
    struct system *system = system_new();
    struct hart *hart = &system->hart;

    hart->lines = 0xa88; /* MEIP SEIP MTIP MSIP */
    ck_assert_uint_eq(get(system, CSR_MIP), 0xa88);
    hart->x[6] = 0x002;
    system_do(system, ROW_CSRRS, 5, 6, 0, CSR_MIP);
    ck_assert_uint_eq(hart->x[5], 0xa88);
    ck_assert_uint_eq(hart->mip, 0x002);
    set(system, CSR_MIP, 0);
    ck_assert_uint_eq(get(system, CSR_MIP), 0xa88);
    /* Software's SEIP stays when the device takes its own back. */
    set(system, CSR_MIP, 0x200);
    hart->lines = 0;
    ck_assert_uint_eq(get(system, CSR_MIP), 0x200);
    hart->mideleg = 0x222;
    hart->lines = 0x220;
    ck_assert_uint_eq(get(system, CSR_SIP), 0x220);
    system_free(system);
}
END_TEST

START_TEST(satp_takes_bare_and_sv39_whole_or_not_at_all)
{
    static const uint64_t fields = UINT64_C(0x0abcddddeeeeffff);
    struct system *system = system_new();

    for (uint64_t mode = 0; mode < 16; mode++) {
        set(system, CSR_SATP, UINT64_C(0x8000000000000123));
        set(system, CSR_SATP, mode << 60 | fields);
        system->hart.mode = MODE_M;
        ck_assert_uint_eq(get(system, CSR_SATP), mode == 0 || mode == 8
                                                     ? (mode << 60 | fields)
                                                     : UINT64_C(0x8000000000000123));
    }
    system_free(system);
}
END_TEST

START_TEST(satp_is_illegal_in_s_mode_under_tvm)
{
    struct system *system = system_new();

    system->hart.mode = MODE_S;
    ck_assert(!is_illegal(system, ROW_CSRRS, CSR_SATP));
    system->hart.mstatus |= STATUS_TVM;
    ck_assert(is_illegal(system, ROW_CSRRS, CSR_SATP));
    ck_assert(is_illegal(system, ROW_CSRRW, CSR_SATP));
    system->hart.mode = MODE_M;
    ck_assert(!is_illegal(system, ROW_CSRRS, CSR_SATP));
    system_free(system);
}
END_TEST

START_TEST(counters_below_m_mode_need_the_leave_of_each_mode_above)
{
    struct system *system = system_new();

    for (unsigned i = 0; i < 3 * 4; i++) {
        unsigned counter = i / 4;
        bool by_m = (i & 1) != 0, by_s = (i & 2) != 0;
        uint64_t bit = UINT64_C(1) << counter;

        system->hart.mcounteren = by_m ? bit : 7 & ~bit;
        system->hart.scounteren = by_s ? bit : 7 & ~bit;
        system->hart.mode = MODE_M;
        ck_assert(!is_illegal(system, ROW_CSRRS, CSR_CYCLE + counter));
        system->hart.mode = MODE_S;
        ck_assert_int_eq(!is_illegal(system, ROW_CSRRS, CSR_CYCLE + counter), by_m);
        system->hart.mode = MODE_U;
        ck_assert_int_eq(!is_illegal(system, ROW_CSRRS, CSR_CYCLE + counter), by_m && by_s);
    }
    system_free(system);
}
END_TEST

START_TEST(counters_count_on_from_what_is_written)
{
    static const unsigned numbers[] = {CSR_MCYCLE, CSR_MINSTRET};
    static const unsigned shadows[] = {CSR_CYCLE, CSR_INSTRET};

    for (unsigned i = 0; i < 2; i++) {
        struct system *system = system_new();

        system->hart.instret = 1000;
        set(system, numbers[i], UINT64_MAX);
        ck_assert_uint_eq(get(system, numbers[i]), UINT64_MAX);
        ck_assert_uint_eq(get(system, numbers[i]), 0);
        ck_assert_uint_eq(get(system, shadows[i]), 1);
        ck_assert_uint_eq(get(system, numbers[1 - i]), 1004); /* the other does not care */
        ck_assert_uint_eq(system->hart.instret, 1005);        /* nor does the engine's */
        system_free(system);
    }
}
END_TEST

START_TEST(time_is_the_machines_and_mhartid_the_harts)
{
    struct system *system = system_new();
    uint64_t value;

    ck_assert_uint_eq(get(system, CSR_TIME), 1234);
    hart_reset(&system->hart, 3, SYSTEM_CODE);
    ck_assert(csr_read(&system->machine, &system->hart, CSR_MHARTID, &value));
    ck_assert_uint_eq(value, 3);
    system_free(system);
}
END_TEST

START_TEST(the_six_instructions_read_and_modify)
{
    static const struct {
        enum isa_row_id row;
        unsigned rs1;
        uint64_t after;
    } cases[] = {
        {ROW_CSRRW, 6, 0x0f},     {ROW_CSRRS, 6, 0xff},     {ROW_CSRRC, 6, 0xf0},
        {ROW_CSRRWI, 0x11, 0x11}, {ROW_CSRRSI, 0x11, 0xf1}, {ROW_CSRRCI, 0x11, 0xe0},
        {ROW_CSRRS, 0, 0xf0},     {ROW_CSRRC, 0, 0xf0},     {ROW_CSRRW, 0, 0},
        {ROW_CSRRWI, 0, 0},       {ROW_CSRRSI, 0, 0xf0},    {ROW_CSRRCI, 0, 0xf0},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct system *system = system_new();

        set(system, CSR_MSCRATCH, 0xf0);
        system->hart.x[6] = 0x0f;
        ck_assert_int_eq(system_do(system, cases[i].row, 5, cases[i].rs1, 0, CSR_MSCRATCH),
                         STOP_COUNT);
        ck_assert_uint_eq(system->hart.x[5], 0xf0);
        ck_assert_uint_eq(system->hart.mscratch, cases[i].after);
        system_free(system);
    }
}
END_TEST

START_TEST(an_access_stops_no_run_while_no_interrupt_is_pending)
{
    struct system *system = system_new();
    uint64_t old;

    for (unsigned number = 0; number < 4096; number++) {
        if (!exists(number))
            continue;
        hart_reset(&system->hart, 0, SYSTEM_CODE);
        ck_assert_int_eq(system_do(system, ROW_CSRRS, 5, 0, 0, number), STOP_COUNT);
        if (number >> 10 == 3)
            continue;
        ck_assert_msg(swap(system, number, 0, &old) == STOP_COUNT, "writing 0x%x", number);
        ck_assert_uint_eq(system->hart.pc, SYSTEM_CODE + 4); /* it retired */
        ck_assert_uint_eq(system->hart.instret, 2);
    }
    system_free(system);
}
END_TEST

/* An interrupt lacks one thing, and that is written. */
START_TEST(a_write_stops_the_run_if_it_lets_an_interrupt_through)
{
    enum { SSI = 1 << 1 };
    static const struct {
        unsigned number;
        uint64_t value;
        enum mode mode;
        uint64_t status, mideleg, mie, lines;
    } cases[] = {
        {CSR_MSTATUS, STATUS_MIE, MODE_M, 0, 0, SSI, SSI},
        {CSR_MIE, SSI, MODE_M, STATUS_MIE, 0, 0, SSI},
        {CSR_MIP, SSI, MODE_M, STATUS_MIE, 0, SSI, 0},
        {CSR_MIDELEG, 0, MODE_M, STATUS_MIE, SSI, SSI, SSI},
        {CSR_SSTATUS, STATUS_SIE, MODE_S, 0, SSI, SSI, SSI},
        {CSR_SIE, SSI, MODE_S, STATUS_SIE, SSI, 0, SSI},
        {CSR_SIP, SSI, MODE_S, STATUS_SIE, SSI, SSI, 0},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct system *system = system_new();
        struct hart *hart = &system->hart;
        uint64_t old;

        hart->mode = cases[i].mode;
        hart->mstatus = cases[i].status;
        hart->mideleg = cases[i].mideleg;
        hart->mie = cases[i].mie;
        hart->lines = cases[i].lines;
        ck_assert_int_eq(swap(system, CSR_SSCRATCH, 1, &old), STOP_COUNT);
        ck_assert_msg(swap(system, cases[i].number, cases[i].value, &old) == STOP_CHANGE,
                      "writing 0x%x", cases[i].number);
        ck_assert_uint_eq(hart->instret, 2);
        system_free(system);
    }
}
END_TEST

START_TEST(a_hart_comes_out_of_reset_in_m_mode_with_everything_off)
{
    struct hart hart;

    memset(&hart, 0xff, sizeof hart);
    hart_reset(&hart, 2, 0x1000);
    ck_assert_uint_eq(hart.mode, MODE_M);
    ck_assert_uint_eq(hart.pc, 0x1000);
    ck_assert_uint_eq(hart.mhartid, 2);
    ck_assert_uint_eq(hart.mstatus, 0xa00000000);
    ck_assert_uint_eq(hart.satp | hart.mie | hart.mideleg | hart.medeleg | hart.instret, 0);
    ck_assert_uint_eq(hart.menvcfg, UINT64_C(1) << 61);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("csr");
    TCase *access = tcase_create("access");
    TCase *fields = tcase_create("fields");

    tcase_add_test(access, every_number_is_legal_only_where_the_manual_says_so);
    tcase_add_test(access, satp_is_illegal_in_s_mode_under_tvm);
    tcase_add_test(access, counters_below_m_mode_need_the_leave_of_each_mode_above);
    tcase_add_test(access, the_six_instructions_read_and_modify);
    tcase_add_test(access, an_access_stops_no_run_while_no_interrupt_is_pending);
    tcase_add_test(access, a_write_stops_the_run_if_it_lets_an_interrupt_through);
    tcase_add_test(fields, what_can_be_written_sticks_and_nothing_else);
    tcase_add_test(fields, mpp_keeps_its_value_when_offered_2);
    tcase_add_test(fields, sstatus_is_a_window_on_mstatus);
    tcase_add_test(fields, sie_and_sip_show_what_is_delegated);
    tcase_add_test(fields, what_a_device_asserts_is_seen_in_mip_and_not_written_back);
    tcase_add_test(fields, satp_takes_bare_and_sv39_whole_or_not_at_all);
    tcase_add_test(fields, counters_count_on_from_what_is_written);
    tcase_add_test(fields, time_is_the_machines_and_mhartid_the_harts);
    tcase_add_test(fields, a_hart_comes_out_of_reset_in_m_mode_with_everything_off);
    suite_add_tcase(suite, access);
    suite_add_tcase(suite, fields);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
