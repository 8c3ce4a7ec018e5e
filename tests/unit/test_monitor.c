/*
 * test_monitor.c: the monitor's virtual processor against the emulator's, which is how things are
 * bare, and what its guest may reach whatever it does. Random tests print their seed.
 */
#include <check.h>
#include <string.h>

#include "emu/cpu/csr.h"
#include "emu/cpu/mmu.h"
#include "emu/cpu/priv.h"
#include "emu/cpu/trap.h"
#include "emu/isa/csr.h"
#include "emu/isa/decode.h"
#include "tests/monitor/bench.h"
#include "tests/random.h"
#include "tests/unit/unit_main.h"

#define EBREAK 0x00100073U

static void ck_same(const struct monitor_bench *bench, const char *after)
{
    uint64_t real = 0, virtual = 0;
    const char *name = monitor_bench_difference(bench, &real, &virtual);

    ck_assert_msg(name == NULL, "after %s, %s is 0x%llx bare, 0x%llx under the monitor", after,
                  name, (unsigned long long)real, (unsigned long long)virtual);
}

/* What a row of the table is to the monitor; EXIT_COUNT: nothing. */
static enum guest_exit exit_of(const struct isa_row *row)
{
    static const uint8_t exits[KIND_COUNT] = {[KIND_CSR] = EXIT_CSR + 1,
                                              [KIND_CSR_IMM] = EXIT_CSR + 1,
                                              [KIND_SRET] = EXIT_SRET + 1,
                                              [KIND_WFI] = EXIT_WFI + 1,
                                              [KIND_SFENCE_VMA] = EXIT_FENCE + 1};

    return exits[row->kind] == 0 ? EXIT_COUNT : (enum guest_exit)(exits[row->kind] - 1);
}

START_TEST(a_word_is_privileged_if_the_table_of_instructions_says_so)
{
    struct random random = random_begin();

    for (unsigned i = 0; i < 300000; i++) {
        uint32_t word = (uint32_t)random_next(&random);
        struct operation operation;
        struct insn insn;

        if (i % 2 == 0)
            word = (word & ~127U) | 0x73;
        if (i % 8 == 0)
            word &= i % 16 == 0 ? 0xfff0007f : 0xfe007fff;
        if (!isa_decode(word, &insn) || insn.length != 4 || exit_of(insn.row) == EXIT_COUNT) {
            ck_assert_msg(!guest_decode(word, &operation), "0x%08x", word);
            continue;
        }
        ck_assert_msg(guest_decode(word, &operation), "0x%08x", word);
        ck_assert_int_eq(operation.kind, exit_of(insn.row));
        if (operation.kind != EXIT_CSR)
            continue;
        ck_assert_uint_eq(operation.csr, (unsigned)insn.imm);
        ck_assert_uint_eq(operation.rd, insn.rd);
        ck_assert_uint_eq(operation.source, insn.rs1);
        ck_assert_int_eq(operation.immediate, insn.row->kind == KIND_CSR_IMM);
        ck_assert_int_eq(operation.writes, insn.row->op == OP_SECOND || insn.rs1 != 0);
    }
}
END_TEST

/* A state that a guest could have got itself into. */
static void make_state(struct guest *guest, struct random *random)
{
    guest->mode = random_below(random, 2);
    guest->sstatus = random_next(random) &
                     (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR);
    guest->sie = random_next(random) & 0x222;
    guest->sip = random_next(random) & 0x22;
    guest->stvec = random_edge(random) & ~UINT64_C(2);
    guest->scounteren = random_next(random) & 7;
    guest->senvcfg = random_next(random) & 1;
    guest->sscratch = random_edge(random);
    guest->sepc = random_edge(random) & ~UINT64_C(1);
    guest->scause = random_edge(random);
    guest->stval = random_edge(random);
    guest->pc = GUEST_BASE + random_below(random, GUEST_SIZE / 2) * 2;
}

START_TEST(virtual_csrs_are_what_real_ones_are)
{
    static const unsigned often[] = {
        CSR_SSTATUS, CSR_SIE,   CSR_STVEC, CSR_SCOUNTEREN, CSR_SENVCFG, CSR_SSCRATCH, CSR_SEPC,
        CSR_SCAUSE,  CSR_STVAL, CSR_SIP,   CSR_SATP,       CSR_PLANTED, CSR_MHARTID};
    static const enum isa_operator ops[] = {OP_NONE, OP_SECOND, OP_OR, OP_ANDN};
    struct random random = random_begin();
    struct monitor_bench *bench = monitor_bench_new();

    for (unsigned i = 0; i < 100000; i++) {
        struct operation operation = {.kind = EXIT_CSR, .writes = random_below(&random, 4) != 0};
        uint64_t operand = random_edge(&random), real = 0, virtual = 0;
        bool legal;

        operation.csr = random_below(&random, 4) == 0 ? (unsigned)random_below(&random, 4096)
                                                      : often[random_below(&random, 13)];
        if (operation.csr >= CSR_CYCLE && operation.csr <= CSR_INSTRET)
            continue; /* natively: they never come here */
        operation.action = operation.writes ? 1 + (unsigned)random_below(&random, 3) : 2;
        make_state(&bench->guest, &random);
        monitor_bench_copy(bench);
        legal = operation.writes ? csr_write(&bench->machine, &bench->hart, operation.csr,
                                             ops[operation.action], operand, &real) != STOP_TRAP
                                 : csr_read(&bench->machine, &bench->hart, operation.csr, &real);
        ck_assert_msg(guest_csr(&bench->guest, &operation, operand, &virtual) == legal,
                      "csr 0x%x, mode %u", operation.csr, (unsigned)bench->hart.mode);
        if (legal)
            ck_assert_msg(real == virtual, "csr 0x%x reads 0x%llx, not 0x%llx", operation.csr,
                          (unsigned long long)virtual, (unsigned long long)real);
        ck_same(bench, "an access to a CSR");
    }
    monitor_bench_free(bench);
}
END_TEST

START_TEST(virtual_traps_and_returns_are_what_real_ones_are)
{
    static const enum trap_cause causes[] = {TRAP_ILLEGAL,    TRAP_BREAKPOINT, TRAP_LOAD_ACCESS,
                                             TRAP_STORE_PAGE, TRAP_FETCH_PAGE, TRAP_ECALL_U};
    struct random random = random_begin();
    struct monitor_bench *bench = monitor_bench_new();

    for (unsigned i = 0; i < 100000; i++) {
        struct guest *guest = &bench->guest;
        struct hart *hart = &bench->hart;
        uint64_t value = random_edge(&random), cause = causes[random_below(&random, 6)];
        enum interrupt interrupt;

        make_state(guest, &random);
        monitor_bench_copy(bench);
        switch (random_below(&random, 3)) {
        case 0:
            guest_trap(guest, cause, value);
            hart_trap(hart, (enum trap_cause)cause, value);
            trap_take(&bench->machine, hart);
            ck_same(bench, "a trap");
            break;
        case 1:
            guest_interrupt(guest);
            interrupt = interrupt_pending(hart);
            if (interrupt != INTERRUPT_NONE)
                interrupt_take(&bench->machine, hart, interrupt);
            ck_same(bench, "an interrupt");
            break;
        default:
            hart->mode = guest->mode = VIRTUAL_S;
            guest_sret(guest);
            priv_sret(&bench->machine, hart, 0, &hart->pc);
            ck_same(bench, "sret");
        }
    }
    monitor_bench_free(bench);
}
END_TEST

/* Fills the memory with what might be entries of page tables, mostly of this memory. */
static void make_tables(struct guest *guest, struct random *random)
{
    for (uint64_t at = 0; at < GUEST_SIZE; at += 8) {
        uint64_t entry = random_next(random) & 0xff;
        uint64_t page = GUEST_BASE / GUEST_PAGE + random_below(random, GUEST_PAGES + 2);

        if (random_below(random, 4) != 0)
            entry = (entry & ~UINT64_C(0x3e)) | 1;
        if (random_below(random, 16) == 0)
            page = random_next(random) >> 20;
        entry |= page << 10;
        memcpy(guest->ram + at, &entry, sizeof entry);
    }
}

START_TEST(its_walk_is_the_real_one)
{
    struct random random = random_begin();
    struct monitor_bench *bench = monitor_bench_new();
    unsigned found = 0;

    make_tables(&bench->guest, &random);
    for (unsigned i = 0; i < 200000; i++) {
        uint64_t gva = (uint64_t)((int64_t)(random_next(&random) << 25) >> 25), gpa;
        enum access access = (enum access)random_below(&random, ACCESS_COUNT);
        static const enum guest_access ours[ACCESS_COUNT] = {
            [ACCESS_FETCH] = GUEST_FETCH, [ACCESS_LOAD] = GUEST_LOAD, [ACCESS_STORE] = GUEST_STORE};
        struct walk walk;
        uint64_t cause;

        make_state(&bench->guest, &random);
        bench->guest.satp =
            UINT64_C(8) << 60 | (GUEST_BASE / GUEST_PAGE + random_below(&random, GUEST_PAGES));
        monitor_bench_copy(bench);
        walk = mmu_walk(&bench->machine, &bench->hart, gva, access);
        cause = guest_walk(&bench->guest, ours[access], gva, &gpa);
        ck_assert_msg((cause == 0) == walk.ok && (walk.ok ? gpa == walk.gpa : cause == walk.cause),
                      "gva 0x%llx, access %d: cause %d bare, %d here", (unsigned long long)gva,
                      (int)access, walk.ok ? 0 : (int)walk.cause, (int)cause);
        found += walk.ok;
    }
    ck_assert_uint_gt(found, 100);
    monitor_bench_free(bench);
}
END_TEST

START_TEST(whatever_a_guest_does_it_reaches_its_own_memory_only)
{
    static const uint64_t causes[] = {2, 3, 8, 12, 12, 13, 13, 15, 15, CAUSE_INTERRUPT | 5,
                                      5, 7, 0};
    struct random random = random_begin();

    for (unsigned round = 0; round < 20; round++) {
        struct monitor_bench *bench = monitor_bench_new();
        struct guest *guest = &bench->guest;
        unsigned leaves = 0;

        make_tables(guest, &random);
        for (unsigned i = 0; i < 2000; i++) {
            uint64_t gva = random_below(&random, 4) == 0
                               ? random_edge(&random)
                               : GUEST_BASE + random_below(&random, GUEST_SIZE);
            const char *wrong;

            if (random_below(&random, 8) == 0) {
                make_state(guest, &random);
                guest->satp = random_below(&random, 2) << 63 |
                              (GUEST_BASE / GUEST_PAGE + random_below(&random, GUEST_PAGES + 1));
                guest_drop(guest); /* as guest_csr() does */
            }
            for (unsigned x = 1; x < 32; x++)
                guest->x[x] = random_below(&random, 2) == 0 ? random_edge(&random) : gva;
            if (random_below(&random, 2) == 0)
                guest->pc = gva & ~UINT64_C(1);
            guest->ended = false;
            guest_exit(guest, causes[random_below(&random, 13)], gva);
            wrong = monitor_bench_audit(bench);
            ck_assert_msg(wrong == NULL, "%s", wrong);
            ck_assert_uint_eq(guest->x[0], 0);
            leaves += monitor_bench_shadow(bench, gva & ~(UINT64_C(1) << 63)) != 0;
        }
        ck_assert_uint_gt(leaves, 10);
        monitor_bench_free(bench);
    }
}
END_TEST

START_TEST(planted_instructions_are_patched_in_the_copy_alone)
{
    struct monitor_bench *bench = monitor_bench_new();
    struct guest *guest = &bench->guest;
    const uint32_t planted = 0x80002573; /* csrr a0, 0x800 */
    const uint64_t gpa = GUEST_BASE + 0x3010;

    monitor_bench_put(bench, gpa, planted);
    monitor_bench_put(bench, gpa + 4, 0x10002573); /* csrr a0, sstatus: it traps by itself */
    guest_fault(guest, GUEST_FETCH, gpa);
    ck_assert_uint_eq(monitor_bench_word(guest->ram, gpa), planted);
    ck_assert_uint_eq(monitor_bench_word(guest->copies, gpa), EBREAK);
    ck_assert_uint_eq(monitor_bench_word(guest->copies, gpa + 4), 0x10002573);
    ck_assert_uint_ge(bench->code_fences, 1);
    ck_assert_uint_eq(monitor_bench_shadow(bench, gpa) & 0xe, PTE_X);

    /* Its ebreak is the instruction; another is the guest's own. */
    guest->pc = gpa;
    guest->sstatus = SSTATUS_SIE;
    guest_exit(guest, CAUSE_BREAKPOINT, gpa);
    ck_assert_uint_eq(guest->x[10], 0x102);
    ck_assert_uint_eq(guest->pc, gpa + 4);
    monitor_bench_put(bench, gpa + 8, EBREAK);
    guest->pc = gpa + 8;
    guest_exit(guest, CAUSE_BREAKPOINT, gpa + 8);
    ck_assert_uint_eq(guest->scause, CAUSE_BREAKPOINT);
    ck_assert_uint_eq(guest->sepc, gpa + 8);
    monitor_bench_free(bench);
}
END_TEST

START_TEST(code_is_read_as_it_was_written_and_changes_are_patched)
{
    struct monitor_bench *bench = monitor_bench_new();
    struct guest *guest = &bench->guest;
    const uint64_t code = GUEST_BASE + 0x1000, target = GUEST_BASE + 0x3ffc;

    monitor_bench_put(bench, code, 0x00b52023);     /* sw a1, 0(a0) */
    monitor_bench_put(bench, code + 4, 0x00056603); /* lwu a2, 0(a0) */
    monitor_bench_put(bench, code + 8, 0xffc52603); /* lw a2, -4(a0) */
    guest_fault(guest, GUEST_FETCH, target);
    guest->pc = code;
    guest->x[10] = target;
    guest->x[11] = 0x80002573;
    guest_exit(guest, CAUSE_STORE_PAGE, target);
    ck_assert_uint_eq(monitor_bench_word(guest->copies, target), EBREAK);
    guest_exit(guest, CAUSE_LOAD_PAGE, target);
    ck_assert_uint_eq(guest->x[12], 0x80002573);
    guest->x[10] = target + 4;
    guest_exit(guest, CAUSE_LOAD_PAGE, target);
    ck_assert_uint_eq(guest->x[12], 0xffffffff80002573);
    ck_assert_uint_eq(guest->pc, code + 12);
    ck_assert_uint_eq(guest->exits[EXIT_ACCESS], 3);
    monitor_bench_free(bench);
}
END_TEST

START_TEST(a_handler_that_traps_for_ever_is_an_end)
{
    struct monitor_bench *bench = monitor_bench_new();
    struct guest *guest = &bench->guest;

    guest->stvec = 0x1000;
    guest->pc = 0;
    guest->sstatus = SSTATUS_SIE;
    for (unsigned i = 0; i < 2; i++) { /* each of these changes something yet: pc; sepc */
        guest_exit(guest, CAUSE_FETCH_PAGE, guest->pc);
        ck_assert(!guest->ended);
    }
    guest_exit(guest, CAUSE_FETCH_PAGE, guest->pc);
    ck_assert(guest->ended);
    ck_assert_int_eq(guest->status, 1);
    monitor_bench_free(bench);
}
END_TEST

START_TEST(firmware_is_virtual)
{
    struct monitor_bench *bench = monitor_bench_new();
    struct guest *guest = &bench->guest;

    guest->sip = TIMER_BIT;
    guest->x[17] = 0x54494d45;
    guest->x[10] = 77;
    guest_exit(guest, CAUSE_ECALL_U, 0);
    ck_assert_uint_eq(bench->timer, 77);
    ck_assert_uint_eq(guest->sip, 0);
    ck_assert_uint_eq(guest->x[10], 0);
    ck_assert_uint_eq(guest->pc, GUEST_BASE + 4);
    guest->x[17] = 0x48534d; /* start a hart: no */
    guest_exit(guest, CAUSE_ECALL_U, 0);
    ck_assert_uint_eq(guest->x[10], (uint64_t)-2);
    guest->mode = VIRTUAL_U; /* a program's call is its kernel's business */
    guest_exit(guest, CAUSE_ECALL_U, 0);
    ck_assert_uint_eq(guest->scause, CAUSE_ECALL_U);
    ck_assert_uint_eq(guest->mode, VIRTUAL_S);
    guest->x[17] = 0x53525354;
    guest->x[16] = guest->x[10] = 0;
    guest->x[11] = 0xe0000000 + 42;
    guest_exit(guest, CAUSE_ECALL_U, 0);
    ck_assert(guest->ended);
    ck_assert_int_eq(guest->status, 42);
    monitor_bench_free(bench);
}
END_TEST

START_TEST(the_planted_register_is_there_for_who_asks_and_in_no_process)
{
    struct monitor_bench *bench = monitor_bench_new();
    uint64_t value;

    monitor_bench_copy(bench);
    bench->hart.mstatus |= STATUS_SIE;
    ck_assert(csr_read(&bench->machine, &bench->hart, CSR_PLANTED, &value));
    ck_assert_uint_eq(value, 0x102);
    bench->hart.mode = MODE_U;
    ck_assert_int_eq(csr_write(&bench->machine, &bench->hart, CSR_PLANTED, OP_SECOND, 0, &value),
                     STOP_COUNT);
    ck_assert_uint_eq(value, 2);
    ck_assert_uint_eq(bench->hart.mstatus & STATUS_SIE, STATUS_SIE); /* forgotten */
    bench->hart.mode = MODE_S;
    csr_write(&bench->machine, &bench->hart, CSR_PLANTED, OP_SECOND, 0, &value);
    ck_assert_uint_eq(bench->hart.mstatus & STATUS_SIE, 0);
    bench->machine.planted = false;
    ck_assert(!csr_read(&bench->machine, &bench->hart, CSR_PLANTED, &value));
    bench->machine.planted = true;
    bench->machine.mem.span = 4096; /* a process */
    ck_assert(!csr_read(&bench->machine, &bench->hart, CSR_PLANTED, &value));
    monitor_bench_free(bench);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("monitor");
    TCase *tests = tcase_create("monitor");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_word_is_privileged_if_the_table_of_instructions_says_so);
    tcase_add_test(tests, virtual_csrs_are_what_real_ones_are);
    tcase_add_test(tests, virtual_traps_and_returns_are_what_real_ones_are);
    tcase_add_test(tests, its_walk_is_the_real_one);
    tcase_add_test(tests, whatever_a_guest_does_it_reaches_its_own_memory_only);
    tcase_add_test(tests, planted_instructions_are_patched_in_the_copy_alone);
    tcase_add_test(tests, code_is_read_as_it_was_written_and_changes_are_patched);
    tcase_add_test(tests, a_handler_that_traps_for_ever_is_an_end);
    tcase_add_test(tests, firmware_is_virtual);
    tcase_add_test(tests, the_planted_register_is_there_for_who_asks_and_in_no_process);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
