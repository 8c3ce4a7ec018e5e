/*
 * grade.c: the grader of lab 7: the monitor's virtual processor. See labs/grade.h.
 *
 * What is expected is asked of the emulator's own hart, which is the bare machine: the same state,
 * the same instruction or trap, the same registers afterwards (tests/monitor/bench.h). A mistake
 * that many make is known by which register differs.
 */
#include "labs/grade.h"
#include "emu/cpu/csr.h"
#include "emu/cpu/mmu.h"
#include "emu/cpu/priv.h"
#include "emu/cpu/trap.h"
#include "emu/isa/csr.h"
#include "emu/isa/decode.h"
#include "emu/isa/disasm.h"
#include "emu/isa/encode.h"
#include "labs/07-traps/own.h"
#include "labs/grade_own.h"
#include "tests/monitor/bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))
#define EBREAK        0x00100073U
#define HALF_PLANTED  0x10730013U /* its upper half is the lower half of a planted word */
#define RW_X          (PTE_R | PTE_W | PTE_X)

/* 7.1 */

/* What a row of the table is to the monitor; EXIT_COUNT: nothing. */
static enum guest_exit kind_of(const struct isa_row *row)
{
    const struct isa_row *rows = isa_rows;

    if (row == &rows[ROW_SRET])
        return EXIT_SRET;
    if (row == &rows[ROW_WFI])
        return EXIT_WFI;
    if (row == &rows[ROW_SFENCE_VMA])
        return EXIT_FENCE;
    return row->kind == KIND_CSR || row->kind == KIND_CSR_IMM ? EXIT_CSR : EXIT_COUNT;
}

static const char *yes(bool is)
{
    return is ? "yes" : "no";
}

static int word_is(uint32_t word, const struct insn *insn)
{
    enum guest_exit want = kind_of(insn->row);
    bool writes = insn->row->op == OP_SECOND || insn->rs1 != 0;
    bool immediate = insn->row->kind == KIND_CSR_IMM;
    struct operation got = {.kind = EXIT_COUNT};
    bool known = guest_decode(word, &got);
    char text[64];

    isa_disasm(insn, 0, text, sizeof text);
    if (known != (want != EXIT_COUNT)) {
        grade_wrong("%s, 0x%08" PRIx32 ": is it one of the monitor's? expected %s, got %s", text,
                    word, yes(!known), yes(known));
        return grade_hint(want == EXIT_FENCE ? "7.1.2" : "7.1.1",
                          "sret, wfi, sfence.vma and the accesses to CSRs are; ecall is not");
    }
    if (!known)
        return GRADE_PASSED;
    if (got.kind != want) {
        grade_wrong("%s: expected kind %d, got %d", text, (int)want, (int)got.kind);
        return grade_hint("7.1.1", "What is it?");
    }
    if (want != EXIT_CSR)
        return GRADE_PASSED;
    if (got.csr != (unsigned)insn->imm || got.rd != insn->rd || got.source != insn->rs1 ||
        got.immediate != immediate || got.action != (word >> 12 & 3)) {
        grade_wrong("%s: expected csr 0x%x, action %u, rd %u, source %u, immediate %s; got 0x%x, "
                    "%u, %u, %u, %s",
                    text, (unsigned)insn->imm, word >> 12 & 3, insn->rd, insn->rs1, yes(immediate),
                    got.csr, got.action, got.rd, got.source, yes(got.immediate));
        return grade_hint("7.1.2", "The ruler above the function shows where each stands");
    }
    if (got.writes != writes) {
        grade_wrong("%s: does it write? expected %s, got %s", text, yes(writes), yes(got.writes));
        return grade_hint("7.1.3", "csrr is csrrs that sets nothing");
    }
    return GRADE_PASSED;
}

/* Words that look like one of the monitor's, and are none. */
static int none_is(void)
{
    static const struct {
        uint32_t word;
        const char *text, *hint;
    } none[] = {
        {0x00100073, "ebreak", "7.1.1"},
        {0x102000f3, "sret with rd 1", "7.1.1"},
        {0x10508073, "wfi with rs1 1", "7.1.1"},
        {0x60004073, "funct3 4", "7.1.1"},
        {0x120000f3, "sfence.vma with rd 1", "7.1.2"},
    };
    struct operation got;

    for (size_t i = 0; i < LENGTH(none); i++) {
        if (guest_decode(none[i].word, &got)) {
            grade_wrong("%s, 0x%08" PRIx32 ": is it one of the monitor's? expected no, got yes",
                        none[i].text, none[i].word);
            return grade_hint(none[i].hint, "It looks like one of those, and is none");
        }
    }
    return GRADE_PASSED;
}

static int decode(struct grade *grade)
{
    static const enum isa_row_id ids[] = {ROW_CSRRW,  ROW_CSRRS, ROW_CSRRC,  ROW_CSRRWI,
                                          ROW_CSRRSI, ROW_SRET,  ROW_CSRRCI, ROW_WFI,
                                          ROW_ECALL,  ROW_LD,    ROW_MRET,   ROW_SFENCE_VMA};

    for (unsigned i = 0; i < 12000; i++) {
        const struct isa_row *row = &isa_rows[ids[i % LENGTH(ids)]];
        unsigned random = (unsigned)grade_random(grade);
        unsigned rs1 = i % 5 == 0 ? 0 : random >> 5 & 31;
        uint32_t word = isa_encode(row, random & 31, rs1, random >> 10 & 31, random >> 20);
        struct insn insn;

        if (isa_decode(word, &insn) && word_is(word, &insn) != GRADE_PASSED)
            return GRADE_WRONG;
    }
    return none_is();
}

/* A state that a guest could have got itself into. */
static void make_state(struct guest *guest, struct grade *grade)
{
    guest->mode = grade_random(grade) % 2;
    guest->sstatus = grade_random(grade) & (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM);
    guest->sie = grade_random(grade) & 0x222;
    guest->sip = grade_random(grade) & 0x22;
    guest->stvec = grade_random(grade) & ~UINT64_C(2);
    guest->sscratch = grade_random(grade);
    guest->sepc = grade_random(grade) & ~UINT64_C(1);
    guest->scause = grade_random(grade) % 16;
    guest->stval = grade_random(grade);
    guest->pc = GUEST_BASE + grade_random(grade) % GUEST_SIZE / 4 * 4;
}

/* 7.2 */

static const char *csr_hint(const char *what)
{
    return strcmp(what, "legal") == 0 ? "7.2.1" : strcmp(what, "old") == 0 ? "7.2.3" : "7.2.2";
}

static int csr(struct grade *grade)
{
    static const unsigned numbers[] = {CSR_SSTATUS, CSR_SIE,     CSR_STVEC,   CSR_SSCRATCH,
                                       CSR_SEPC,    CSR_SCAUSE,  CSR_STVAL,   CSR_SIP,
                                       CSR_SATP,    CSR_PLANTED, CSR_SSTATUS, CSR_SENVCFG};
    static const enum isa_operator ops[] = {OP_NONE, OP_SECOND, OP_OR, OP_ANDN};
    static const char *const names[] = {"a read", "csrrw", "csrrs", "csrrc"};
    struct monitor_bench *bench = monitor_bench_new();

    for (unsigned i = 0; i < 20000; i++) {
        struct operation operation = {.kind = EXIT_CSR, .csr = numbers[i % LENGTH(numbers)]};
        unsigned action = (unsigned)(grade_random(grade) % 4);
        uint64_t operand = grade_random(grade), real = 0, got = 0, is = 0, should = 0;
        const char *different;
        char name[16];
        bool legal, said;

        operation.writes = action != 0;
        operation.action = action == 0 ? 2 : action;
        make_state(&bench->guest, grade);
        monitor_bench_copy(bench);
        legal = action != 0 ? csr_write(&bench->machine, &bench->hart, operation.csr, ops[action],
                                        operand, &real) != STOP_TRAP
                            : csr_read(&bench->machine, &bench->hart, operation.csr, &real);
        said = guest_csr(&bench->guest, &operation, operand, &got);
        isa_csr_name(operation.csr, name, sizeof name);
        if (said != legal) {
            grade_wrong("%s of %s in virtual %c mode: is it legal? expected %s, got %s",
                        names[action], name, bench->hart.mode == MODE_S ? 'S' : 'U', yes(legal),
                        yes(said));
            return grade_hint(csr_hint("legal"), "Bits 9 and 8 of the number are a mode");
        }
        different = monitor_bench_difference(bench, &should, &is);
        if (different != NULL) {
            grade_wrong("%s of %s with 0x%" PRIx64 ": expected %s = 0x%" PRIx64
                        " as bare, got 0x%" PRIx64,
                        names[action], name, operand, different, should, is);
            return grade_hint(csr_hint("new"), "Each row knows which bits can be written");
        }
        if (legal && got != real) {
            grade_wrong("%s of %s: expected the old value 0x%" PRIx64 ", got 0x%" PRIx64,
                        names[action], name, real, got);
            return grade_hint(csr_hint("old"), "rd gets what was there before");
        }
    }
    monitor_bench_free(bench);
    return GRADE_PASSED;
}

/* 7.3, 7.4 */

/* Holds the virtual processor against the real one. `hints`: by the register that differs. */
struct hint {
    const char *name, *number, *text;
};

static int is_as_bare(const struct monitor_bench *bench, const char *after,
                      const struct hint *hints, size_t count)
{
    uint64_t should = 0, is = 0;
    const char *different = monitor_bench_difference(bench, &should, &is);

    if (different == NULL)
        return GRADE_PASSED;
    grade_wrong("%s: expected %s = 0x%" PRIx64 " as bare, got 0x%" PRIx64, after, different, should,
                is);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(hints[i].name, different) == 0)
            return grade_hint(hints[i].number, hints[i].text);
    }
    return grade_hint(hints[0].number, hints[0].text);
}

static int trap(struct grade *grade)
{
    static const struct hint hints[] = {
        {"the mode", "7.3.1", "A trap of the guest's is its kernel's to handle"},
        {"sepc", "7.3.1", "sepc is the instruction that trapped"},
        {"sstatus", "7.3.2", "sstatus remembers what was, in SPP and SPIE"},
        {"pc", "7.3.3", "stvec has an address and, in its lowest bits, a mode"},
    };
    static const enum trap_cause causes[] = {TRAP_ILLEGAL, TRAP_BREAKPOINT, TRAP_LOAD_PAGE,
                                             TRAP_ECALL_U, TRAP_FETCH_PAGE, TRAP_STORE_ACCESS};
    struct monitor_bench *bench = monitor_bench_new();
    struct guest *guest = &bench->guest;

    for (unsigned i = 0; i < 10000; i++) {
        uint64_t cause = causes[i % LENGTH(causes)], value = grade_random(grade);
        char after[96];

        make_state(guest, grade);
        snprintf(after, sizeof after, "%s in virtual %c mode, stvec 0x%" PRIx64,
                 i % 4 == 3 ? "timer interrupt" : trap_name((enum trap_cause)cause),
                 guest->mode == VIRTUAL_S ? 'S' : 'U', guest->stvec);
        monitor_bench_copy(bench);
        if (i % 4 == 3) {
            guest_trap(guest, CAUSE_INTERRUPT | 5, 0);
            interrupt_take(&bench->machine, &bench->hart, INTERRUPT_S_TIMER);
        } else {
            guest_trap(guest, cause, value);
            hart_trap(&bench->hart, (enum trap_cause)cause, value);
            trap_take(&bench->machine, &bench->hart);
        }
        if (is_as_bare(bench, after, hints, LENGTH(hints)) != GRADE_PASSED)
            return GRADE_WRONG;
    }
    /* What a program could reach, S mode may not without SUM. */
    guest->mode = VIRTUAL_U;
    bench->fences = 0;
    guest_trap(guest, CAUSE_ECALL_U, 0);
    if (bench->fences == 0) {
        grade_wrong(
            "a trap from U mode: expected the shadow tables to be dropped, got none dropped");
        return grade_hint("7.3.1", "The mode has changed, and with it what may be reached");
    }
    monitor_bench_free(bench);
    return GRADE_PASSED;
}

static int sret(struct grade *grade)
{
    static const struct hint hints[] = {
        {"the mode", "7.4.1", "SPP says where the trap came from"},
        {"pc", "7.4.1", "sepc says where to go on"},
        {"sstatus", "7.4.2", "A trap moved SIE and the mode into sstatus; sret moves them back"},
    };
    struct monitor_bench *bench = monitor_bench_new();
    struct guest *guest = &bench->guest;

    for (unsigned i = 0; i < 10000; i++) {
        make_state(guest, grade);
        guest->mode = VIRTUAL_S;
        monitor_bench_copy(bench);
        guest_sret(guest);
        priv_sret(&bench->machine, &bench->hart, 0, &bench->hart.pc);
        if (is_as_bare(bench, "sret", hints, LENGTH(hints)) != GRADE_PASSED)
            return GRADE_WRONG;
    }
    /* What S mode could reach, a program must not find. */
    guest->sstatus = 0;
    guest->mode = VIRTUAL_S;
    bench->fences = 0;
    guest_sret(guest);
    if (bench->fences == 0) {
        grade_wrong("sret to U mode: expected the shadow tables to be dropped, got none dropped");
        return grade_hint("7.4.3", "The mode has changed, and with it what may be reached");
    }
    monitor_bench_free(bench);
    return GRADE_PASSED;
}

/* 7.5 */

static const char *const access_names[] = {"a fetch", "a load", "a store"};

/* One entry, which should be there for an address of the guest's memory, and for no other. */
static int leaf_is(const struct guest *guest, enum guest_access access, uint64_t gpa)
{
    static const uint64_t rights[] = {PTE_X, PTE_R, PTE_R | PTE_W};
    uint64_t page = gpa / GUEST_PAGE * GUEST_PAGE - GUEST_BASE;
    uint64_t base = access == GUEST_FETCH ? guest->copies_hpa : guest->ram_hpa;
    uint64_t got = guest_leaf(guest, access, gpa), hpa = got >> 10 << 12;

    if (gpa < GUEST_BASE || gpa >= GUEST_BASE + GUEST_SIZE) {
        if (got == 0)
            return GRADE_PASSED;
        grade_wrong("%s at gpa 0x%" PRIx64 ", which is not the guest's: expected 0, got an entry "
                    "for hpa 0x%" PRIx64,
                    access_names[access], gpa, hpa);
        return grade_hint("7.5.1", "The guest has reached somebody else's memory");
    }
    if ((got & PTE_V) == 0 || (got & PTE_U) == 0) {
        grade_wrong("%s at gpa 0x%" PRIx64 ": expected V and U, got the entry 0x%" PRIx64,
                    access_names[access], gpa, got);
        return grade_hint("7.5.2", "The guest runs in U mode, its kernel, too");
    }
    if ((got & RW_X) != rights[access]) {
        grade_wrong("%s at gpa 0x%" PRIx64 ": expected rights 0x%x, got 0x%x", access_names[access],
                    gpa, (unsigned)rights[access], (unsigned)(got & RW_X));
        return grade_hint("7.5.2",
                          "Only what was asked for: the rest would not be noticed any more");
    }
    if (hpa != base + page) {
        grade_wrong("%s at gpa 0x%" PRIx64 ": expected hpa 0x%" PRIx64 ", got 0x%" PRIx64,
                    access_names[access], gpa, base + page, hpa);
        return grade_hint("7.5.3", "Executed is the copy, read and written the guest's own page");
    }
    if ((got & PTE_A) == 0 || (got & PTE_D) == 0) {
        grade_wrong("%s at gpa 0x%" PRIx64 ": expected A and D, got the entry 0x%" PRIx64,
                    access_names[access], gpa, got);
        return grade_hint("7.5.2", "Some processors would fault for ever");
    }
    return GRADE_PASSED;
}

static int confine(struct grade *grade)
{
    static const uint64_t edges[] = {GUEST_BASE,
                                     GUEST_BASE + GUEST_SIZE - 1,
                                     GUEST_BASE - 1,
                                     GUEST_BASE + GUEST_SIZE,
                                     0,
                                     UINT64_MAX,
                                     UINT64_C(0x80000000),
                                     GUEST_BASE + (UINT64_C(1) << 40)};
    struct monitor_bench *bench = monitor_bench_new();

    for (unsigned i = 0; i < 10000; i++) {
        uint64_t gpa = i % 4 == 0   ? edges[i / 4 % LENGTH(edges)]
                       : i % 4 == 1 ? grade_random(grade) >> grade_random(grade) % 40
                                    : GUEST_BASE + grade_random(grade) % GUEST_SIZE;

        if (leaf_is(&bench->guest, (enum guest_access)(i % 3), gpa) != GRADE_PASSED)
            return GRADE_WRONG;
    }
    monitor_bench_free(bench);
    return GRADE_PASSED;
}

/* 7.6, 7.7 */

/* A page of instructions, some of which are planted; the others must stay. */
static uint32_t random_word(struct grade *grade)
{
    uint32_t random = (uint32_t)grade_random(grade);

    switch (random % 8) {
    case 0:
        return (uint32_t)CSR_PLANTED << 20 | (random & 0xfff80) |
               0x1073; /* csrrw, csrrc and others */
    case 1:
        return (uint32_t)CSR_SSTATUS << 20 | (random & 0xfff80) | 0x1073; /* it traps by itself */
    case 2: return EBREAK;
    default: return random;
    }
}

static int patch(struct grade *grade)
{
    struct monitor_bench *bench = monitor_bench_new();
    struct guest *guest = &bench->guest;
    unsigned page = 1 + (unsigned)(grade_random(grade) % 200);
    uint64_t base = GUEST_BASE + (uint64_t)page * GUEST_PAGE;
    uint32_t words[GUEST_PAGE / 4];

    for (unsigned i = 0; i < LENGTH(words); i++) {
        words[i] = random_word(grade);
        if (i == 8)
            words[i] = HALF_PLANTED;
        if (i == 9)
            words[i] = CSR_PLANTED << 4; /* in its lower half, the rest */
        if (i == LENGTH(words) - 1)
            words[i] = HALF_PLANTED >> 16 | (uint32_t)CSR_PLANTED << 20;
        monitor_bench_put(bench, base + 4 * i, words[i]);
    }
    guest_patch(guest, page);
    for (unsigned i = 0; i < LENGTH(words); i++) {
        uint32_t want = guest_is_planted(words[i]) ? EBREAK : words[i];
        uint32_t copy = monitor_bench_word(guest->copies, base + 4 * i);
        uint32_t original = monitor_bench_word(guest->ram, base + 4 * i);

        if (original != words[i]) {
            grade_wrong("word %u in the guest's memory: expected 0x%08" PRIx32 ", got 0x%08" PRIx32,
                        i, words[i], original);
            return grade_hint("7.6.2", "The guest would read there what it has not written");
        }
        if (copy != want) {
            grade_wrong("word %u, 0x%08" PRIx32 ", in the copy: expected 0x%08" PRIx32
                        ", got 0x%08" PRIx32,
                        i, words[i], want, copy);
            return grade_hint(want == EBREAK ? "7.6.3" : "7.6.1",
                              "Each word is copied, or is an ebreak if it is planted");
        }
    }
    guest->patches = false;
    guest_patch(guest, page);
    if (memcmp(guest->copies + (size_t)page * GUEST_PAGE, words, sizeof words) != 0) {
        grade_wrong("without patches: expected the page as it is, got another");
        return grade_hint("7.6.3", "guest->patches says whether it is wished");
    }
    monitor_bench_free(bench);
    return GRADE_PASSED;
}

static int ebreak(struct grade *grade)
{
    struct monitor_bench *bench = monitor_bench_new();

    for (unsigned i = 0; i < 1000; i++) {
        uint32_t word = i % 2 == 0 ? EBREAK : random_word(grade);
        bool want = guest_is_planted(word), got;

        bench->guest.patches = true;
        got = guest_was_patched(&bench->guest, word);
        if (got != want) {
            grade_wrong("a breakpoint where the guest has 0x%08" PRIx32
                        ": is it ours? expected %s, got %s",
                        word, yes(want), yes(got));
            return word == EBREAK
                       ? grade_hint("7.7.1", "A guest may have an ebreak of its own")
                       : grade_hint("7.7.2", "Yours stand where planted instructions do");
        }
        bench->guest.patches = false;
        if (guest_was_patched(&bench->guest, word)) {
            grade_wrong("nothing was patched: expected no breakpoint to be ours, got one that is");
            return grade_hint("7.7.3", "guest->patches says whether there are any");
        }
    }
    monitor_bench_free(bench);
    return GRADE_PASSED;
}

/* 7.8 */

static void own_tell(const unsigned *numbers)
{
    printf(
        "the planted register of your processor shows SIE in bit %u and the mode from bit %u on; all "
        "of it is xor-ed with %u",
        numbers[0], numbers[1], numbers[2]);
}

static void own_show(const uint64_t *input)
{
    printf("mode %" PRIu64 ", sstatus 0x%" PRIx64, input[0], input[1]);
}

static void own_narrow(unsigned i, uint64_t *input)
{
    (void)i;
    input[0] &= 1;
}

static uint64_t own_want(const unsigned *numbers, const uint64_t *input)
{
    uint64_t enabled = (input[1] & SSTATUS_SIE) / SSTATUS_SIE;

    return ((enabled << numbers[0]) + (input[0] << numbers[1])) ^ numbers[2];
}

static uint64_t own_got(const uint64_t *input)
{
    return own_flags(input[0], input[1]);
}

static int own(struct grade *grade)
{
    static const struct own_rule rule = {
        .hint = "7.8.1",
        .numbers = {{0, 32}, {32, 30}, {1, 63}},
        .tell = own_tell,
        .show = own_show,
        .narrow = own_narrow,
        .want = own_want,
        .got = own_got,
    };

    return own_grade(grade, &rule);
}

int main(int argc, char **argv)
{
    static const struct grade_test tests[] = {
        {"decode", decode},   {"csr", csr},     {"trap", trap},     {"sret", sret},
        {"confine", confine}, {"patch", patch}, {"ebreak", ebreak}, {"own", own},
    };

    return grade_main(argc, argv, tests, LENGTH(tests));
}
