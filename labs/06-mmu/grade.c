/*
 * grade.c: the grader of lab 6: walks, rights, the TLB. See labs/grade.h.
 *
 * A board of one hart and 64 pages of RAM. Page tables are made by hand; what a walk should find is
 * said once more here, for random tables by another walker (`model`).
 */
#include "labs/grade.h"
#include "emu/cpu/csr.h"
#include "emu/cpu/mmu.h"
#include "emu/isa/csr.h"
#include "labs/06-mmu/own.h"
#include "labs/grade_own.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAM  UINT64_C(0x80000000)
#define ROOT RAM
#define DATA (RAM + 0x20000)
#define LEAF (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)

enum { PAGES = 64, TABLES = 12 };

struct board {
    struct machine machine;
    struct hart hart;
    struct tlb tlb;
    struct event_counts counts;
    uint8_t *ram;    /* owned */
    uint64_t tables; /* gpa of the next page for a table */
};

static struct board *board_new(void)
{
    struct board *board = calloc(1, sizeof *board);
    struct event_reader reader;

    if (board == NULL || (board->ram = aligned_alloc(4096, PAGES * 4096)) == NULL)
        abort();
    memset(board->ram, 0, PAGES * 4096);
    board->machine = (struct machine){
        .phys = {.ram = board->ram, .base = RAM, .size = PAGES * 4096}, .tlbs = &board->tlb};
    reader = event_counts_reader(&board->counts);
    events_add(&board->machine.events, &reader);
    hart_reset(&board->hart, 0, 0);
    board->hart.mode = MODE_S;
    board->hart.satp = SATP_SV39 << SATP_MODE_SHIFT | ROOT >> 12;
    board->tables = ROOT + 4096;
    return board;
}

static uint64_t peek(const struct board *board, uint64_t gpa)
{
    uint64_t value;

    memcpy(&value, board->ram + (gpa - RAM), sizeof value);
    return value;
}

static void poke(struct board *board, uint64_t gpa, uint64_t value)
{
    memcpy(board->ram + (gpa - RAM), &value, sizeof value);
}

/* The gpa of gva's entry in the table of that level (2: root); makes the tables above it. */
static uint64_t entry_of(struct board *board, uint64_t gva, unsigned level)
{
    uint64_t table = ROOT;

    for (unsigned at = 2;; at--) {
        uint64_t entry = table + (gva >> (12 + 9 * at)) % 512 * 8;

        if (at == level)
            return entry;
        if (peek(board, entry) == 0) {
            poke(board, entry, board->tables >> 12 << 10 | PTE_V);
            board->tables += 4096;
        }
        table = peek(board, entry) >> 10 << 12;
    }
}

static void map(struct board *board, uint64_t gva, uint64_t gpa, unsigned level, uint64_t flags)
{
    poke(board, entry_of(board, gva, level), gpa >> 12 << 10 | flags);
}

static uint64_t random_gva(struct grade *grade)
{
    uint64_t gva = grade_random(grade) >> 25;

    return (gva >> 38 & 1) != 0 ? gva | UINT64_C(0xffffff8000000000) : gva;
}

/* "a load from S mode". */
static const char *access_text(const struct board *board, enum access access, char text[64])
{
    static const char *const names[ACCESS_COUNT] = {
        [ACCESS_FETCH] = "a fetch", [ACCESS_LOAD] = "a load", [ACCESS_STORE] = "a store"};

    snprintf(text, 64, "%s, %c mode%s%s", names[access], mode_letter((enum mode)board->hart.mode),
             (board->hart.mstatus & STATUS_SUM) != 0 ? ", SUM" : "",
             (board->hart.mstatus & STATUS_MXR) != 0 ? ", MXR" : "");
    return text;
}

/* Holds a walk against what it should find: `gpa`, or (ok false) a fault of that cause. */
static int walk_is(const struct board *board, uint64_t gva, enum access access, bool ok,
                   uint64_t gpa, enum trap_cause cause, const char *why)
{
    struct walk walk = mmu_walk(&board->machine, &board->hart, gva, access);
    char text[64];

    access_text(board, access, text);
    if (walk.ok && !ok)
        return grade_wrong("%s at 0x%" PRIx64 ": expected a %s (%s), got gpa 0x%" PRIx64, text, gva,
                           trap_name(cause), why, walk.gpa);
    if (!walk.ok && ok)
        return grade_wrong("%s at 0x%" PRIx64 ": expected gpa 0x%" PRIx64 " (%s), got a %s", text,
                           gva, gpa, why, trap_name(walk.cause));
    if (ok && walk.gpa != gpa)
        return grade_wrong("%s at 0x%" PRIx64 ": expected gpa 0x%" PRIx64 " (%s), got 0x%" PRIx64,
                           text, gva, gpa, why, walk.gpa);
    if (!ok && walk.cause != cause)
        return grade_wrong("%s at 0x%" PRIx64 ": expected a %s (%s), got a %s", text, gva,
                           trap_name(cause), why, trap_name(walk.cause));
    return GRADE_PASSED;
}

static int canonical(struct grade *grade)
{
    struct board *board = board_new();

    for (uint64_t gib = 0; gib < 512; gib++) /* every address that there is leads to RAM */
        poke(board, ROOT + gib * 8, RAM >> 12 << 10 | LEAF);
    for (unsigned i = 0; i < 500; i++) {
        /* One of the bits that should be alike is not; or all are not what bit 38 is. */
        uint64_t bit = UINT64_C(1) << (39 + (i < 25 ? i : grade_random(grade) % 25));
        uint64_t gva = random_gva(grade) ^ (i % 5 == 4 ? UINT64_MAX << 39 : bit);

        if (walk_is(board, gva, ACCESS_LOAD, false, 0, TRAP_LOAD_PAGE,
                    "bits 63 to 39 must equal bit 38") == GRADE_PASSED)
            continue;
        return grade_hint("6.1.2", "Not everything of 64 bits is an address");
    }
    return GRADE_PASSED;
}

static int walk(struct grade *grade)
{
    for (unsigned i = 0; i < 200; i++) {
        struct board *board = board_new();
        uint64_t gva = random_gva(grade);
        uint64_t page = RAM + (20 + grade_random(grade) % 40) * 4096;
        struct walk got;

        map(board, gva, page, 0, LEAF);
        if (walk_is(board, gva, ACCESS_LOAD, true, page + gva % 4096, 0, "three levels") !=
            GRADE_PASSED)
            return grade_hint(
                "6.3.1",
                "Bits 38 to 30 choose from the root, 29 to 21 from the next, 20 to 12 from the last");
        got = mmu_walk(&board->machine, &board->hart, gva, ACCESS_LOAD);
        if (got.levels != 3 || got.step[2].gpa != entry_of(board, gva, 0)) {
            grade_wrong("at 0x%" PRIx64 ": expected 3 steps, the last at 0x%" PRIx64
                        ", got %u, 0x%" PRIx64,
                        gva, entry_of(board, gva, 0), got.levels, got.step[2].gpa);
            return grade_hint("6.3.2", "Each table that is read is a step");
        }
        /* A table outside RAM. */
        poke(board, entry_of(board, gva, 1), UINT64_C(0x1000) << 10 | PTE_V);
        if (walk_is(board, gva, ACCESS_LOAD, false, 0, TRAP_LOAD_ACCESS,
                    "its table is not in RAM") != GRADE_PASSED)
            return grade_hint("6.3.2", "A table must be in RAM");
        free(board->ram);
        free(board);
    }
    return GRADE_PASSED;
}

static int superpages(struct grade *grade)
{
    for (unsigned level = 1; level < 3; level++) {
        uint64_t size = UINT64_C(4096) << 9 * level, gva = random_gva(grade);
        struct board *board = board_new();

        map(board, gva, UINT64_C(0x80000000), level, LEAF);
        if (walk_is(board, gva, ACCESS_LOAD, true, UINT64_C(0x80000000) + gva % size, 0,
                    "a superpage") != GRADE_PASSED)
            return grade_hint("6.4.1", "The offset within a larger page has more bits");
        map(board, gva, UINT64_C(0x80000000) + size / 2, level, LEAF);
        if (walk_is(board, gva, ACCESS_LOAD, false, 0, TRAP_LOAD_PAGE,
                    "a superpage that is not aligned") != GRADE_PASSED)
            return grade_hint("6.4.2", "A page stands at a multiple of its size");
    }
    return GRADE_PASSED;
}

static int entries(struct grade *grade)
{
    static const uint64_t bad[] = {0,
                                   LEAF & ~(uint64_t)PTE_V,
                                   PTE_V | PTE_A | PTE_D | PTE_W,
                                   PTE_V | PTE_A | PTE_D | PTE_W | PTE_X,
                                   LEAF | UINT64_C(1) << 54,
                                   LEAF | UINT64_C(1) << 63,
                                   PTE_V};

    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct board *board = board_new();
        uint64_t gva = random_gva(grade);

        map(board, gva, DATA, 0, bad[i]);
        if (walk_is(board, gva, ACCESS_FETCH, false, 0, TRAP_FETCH_PAGE,
                    "a leaf that means nothing") != GRADE_PASSED)
            return grade_hint("6.3.3", "Not every entry means something");
        map(board, gva, DATA, 0, LEAF);
        for (unsigned bit = 0; bit < 3; bit++) {
            static const uint64_t marks[] = {PTE_U, PTE_A, PTE_D};
            uint64_t entry = entry_of(board, gva, 1), pointer = peek(board, entry);

            poke(board, entry, pointer | marks[bit]);
            if (walk_is(board, gva, ACCESS_LOAD, false, 0, TRAP_LOAD_PAGE,
                        "a pointer with U, A or D") != GRADE_PASSED)
                return grade_hint("6.3.3", "Not every entry means something");
            poke(board, entry, pointer);
        }
    }
    return GRADE_PASSED;
}

/* Table 4.5 and 3.1.6.3, as sentences. */
static bool allowed(uint64_t flags, enum mode mode, bool sum, bool mxr, enum access access)
{
    bool user_page = (flags & PTE_U) != 0;
    bool mine = mode == MODE_U ? user_page : !user_page || (sum && access != ACCESS_FETCH);

    if (access == ACCESS_FETCH)
        return mine && (flags & PTE_X) != 0;
    if (access == ACCESS_LOAD)
        return mine && ((flags & PTE_R) != 0 || (mxr && (flags & PTE_X) != 0));
    return mine && (flags & PTE_W) != 0;
}

static int rights(struct grade *grade)
{
    static const enum trap_cause causes[ACCESS_COUNT] = {[ACCESS_FETCH] = TRAP_FETCH_PAGE,
                                                         [ACCESS_LOAD] = TRAP_LOAD_PAGE,
                                                         [ACCESS_STORE] = TRAP_STORE_PAGE};
    struct board *board = board_new();
    uint64_t gva = random_gva(grade);

    for (unsigned i = 0; i < 16 * 8 * ACCESS_COUNT; i++) {
        uint64_t flags = PTE_V | PTE_A | PTE_D | (i & 15) << 1;
        bool sum = (i >> 4 & 1) != 0, mxr = (i >> 5 & 1) != 0;
        enum mode mode = (i >> 6 & 1) != 0 ? MODE_U : MODE_S;
        enum access access = (enum access)(i >> 7);
        bool ok = allowed(flags, mode, sum, mxr, access);

        if ((flags & (PTE_R | PTE_W)) == PTE_W || (flags & (PTE_R | PTE_W | PTE_X)) == 0)
            continue;
        map(board, gva, DATA, 0, flags);
        board->hart.mode = mode;
        board->hart.mstatus = (sum ? STATUS_SUM : 0) | (mxr ? STATUS_MXR : 0);
        if (walk_is(board, gva, access, ok, DATA + gva % 4096, causes[access],
                    (flags & PTE_U) != 0 ? "a page of U mode" : "a page of S mode") == GRADE_PASSED)
            continue;
        if (mxr && access == ACCESS_LOAD)
            return grade_hint("6.2.3", "MXR makes executable pages readable");
        if (mode == MODE_S && (flags & PTE_U) != 0)
            return grade_hint("6.2.2", "SUM lets S mode load and store there, not fetch");
        return grade_hint("6.2.1", "R, W and X, and whose page is it?");
    }
    return GRADE_PASSED;
}

/* Another walker: true and *gpa, or false and *page_fault. */
static bool model(const struct board *board, uint64_t gva, uint64_t *gpa, bool *page_fault)
{
    uint64_t table = ROOT, pte;
    int level = 2;

    *page_fault = true;
    if (gva >> 38 != 0 && gva >> 38 != 0x3ffffff)
        return false;
    for (;; level--) {
        uint64_t at = table + (gva >> (12 + 9 * level) & 511) * 8;

        if (at < RAM || at >= RAM + PAGES * 4096) {
            *page_fault = false;
            return false;
        }
        pte = peek(board, at);
        if ((pte & 1) == 0 || (pte & 6) == 4 || pte >> 54 != 0)
            return false;
        if ((pte & 10) != 0)
            break;
        if (level == 0 || (pte & 0xd0) != 0)
            return false;
        table = (pte >> 10) * 4096;
    }
    if ((pte & 0x10) != 0 || (pte & 2) == 0) /* S mode, without SUM, loads */
        return false;
    if ((pte >> 10 & ((1U << 9 * level) - 1)) != 0)
        return false;
    *gpa = (pte >> 10) * 4096 + (gva & ((UINT64_C(4096) << 9 * level) - 1));
    return true;
}

static int random_tables(struct grade *grade)
{
    static const uint64_t indices[] = {0, 1, 255, 256, 511};

    for (unsigned round = 0; round < 200; round++) {
        struct board *board = board_new();

        for (unsigned i = 0; i < TABLES * 12; i++) {
            uint64_t random = grade_random(grade);
            uint64_t table = RAM / 4096 + 1 + random % (TABLES - 1);
            uint64_t entry = random % 16 < 11    ? table << 10 | PTE_V
                             : random % 16 == 11 ? grade_random(grade)
                                                 : (RAM / 4096 + (random >> 8) % PAGES) << 10 |
                                                       (random >> 16 & 0xff) | PTE_V;

            poke(board, RAM + i / 12 * 4096 + indices[(random >> 32) % 5] * 8, entry);
        }
        for (unsigned i = 0; i < 100; i++) {
            uint64_t random = grade_random(grade), gpa = 0;
            uint64_t gva = indices[random % 5] << 30 | indices[random / 5 % 5] << 21 |
                           indices[random / 25 % 5] << 12;
            bool page_fault, ok;

            gva |= random >> 52;
            gva |= (gva >> 38 & 1) != 0 ? UINT64_C(0xffffff8000000000) : 0;
            ok = model(board, gva, &gpa, &page_fault);
            if (walk_is(board, gva, ACCESS_LOAD, ok, gpa,
                        page_fault ? TRAP_LOAD_PAGE : TRAP_LOAD_ACCESS,
                        "random tables") != GRADE_PASSED)
                return grade_hint("6.3.3", "Some rule is still missing");
        }
        free(board->ram);
        free(board);
    }
    return GRADE_PASSED;
}

static int mark_is(struct board *board, uint64_t gva, enum access access, uint64_t before,
                   uint64_t want)
{
    uint64_t entry = entry_of(board, gva, 0), value = 0, got;
    bool store = access == ACCESS_STORE;

    map(board, gva, DATA, 0, before);
    tlb_flush(&board->tlb);
    board->tlb.off = true;
    mmu_enter(&board->machine, &board->hart);
    if (store)
        mmu_store(&board->machine, &board->hart, gva & ~UINT64_C(7), 64, value);
    else
        mmu_load(&board->machine, &board->hart, gva & ~UINT64_C(7), 64, &value);
    got = peek(board, entry) & 0xff;
    if (got == want)
        return GRADE_PASSED;
    grade_wrong("a %s, the entry being 0x%" PRIx64 ": expected it to become 0x%" PRIx64
                ", got 0x%" PRIx64,
                store ? "store" : "load", before, want, got);
    return grade_hint((got & PTE_D) != 0 && !store ? "6.4.3" : "6.5.1",
                      "Hardware notes what was accessed, and what was written");
}

static int marks(struct grade *grade)
{
    uint64_t rw = PTE_V | PTE_R | PTE_W;
    struct board *board = board_new();
    uint64_t gva = random_gva(grade);

    if (mark_is(board, gva, ACCESS_LOAD, rw, rw | PTE_A) ||
        mark_is(board, gva, ACCESS_STORE, rw, rw | PTE_A | PTE_D) ||
        mark_is(board, gva, ACCESS_STORE, rw | PTE_A, rw | PTE_A | PTE_D) ||
        mark_is(board, gva, ACCESS_LOAD, rw | PTE_A, rw | PTE_A))
        return GRADE_WRONG;
    board->hart.menvcfg = 0; /* without ADUE it is the kernel's business */
    if (mark_is(board, gva, ACCESS_LOAD, rw, rw) ||
        mark_is(board, gva, ACCESS_STORE, rw | PTE_A, rw | PTE_A))
        return GRADE_WRONG;
    return GRADE_PASSED;
}

/* Is the page of gva known, at `page` (NULL: is it unknown)? */
static int known(const struct tlb *tlb, enum access access, uint64_t gva, uint64_t bytes,
                 const uint8_t *page, const char *hint, const char *what)
{
    const uint8_t *got = tlb_find(tlb, access, gva, bytes);
    const uint8_t *want = page == NULL ? NULL : page + gva % 4096;

    if (got == want)
        return GRADE_PASSED;
    grade_wrong("tlb_find(0x%" PRIx64 ", %" PRIu64 " bytes): expected %s, got %s", gva, bytes,
                want == NULL ? "nothing" : "the page",
                got == NULL    ? "nothing"
                : want == NULL ? "a page"
                               : "another address");
    return grade_hint(hint, what);
}

static int short_way(struct grade *grade)
{
    struct board *board = board_new();
    struct tlb *tlb = &board->tlb;
    uint64_t gva = random_gva(grade) & ~UINT64_C(4095);
    uint8_t *page = board->ram + 4096;

    tlb->context[ACCESS_LOAD] = TLB_VALID | TLB_TRANSLATED | TLB_S;
    tlb->context[ACCESS_STORE] = TLB_VALID | TLB_TRANSLATED | TLB_S;
    if (known(tlb, ACCESS_LOAD, gva, 8, NULL, "6.9.1", "Nothing was remembered yet"))
        return GRADE_WRONG;
    tlb_fill(tlb, ACCESS_LOAD, gva + 8, page, 4096, false);
    if (known(tlb, ACCESS_LOAD, gva + 4088, 8, page, "6.6.1", "An entry is for its whole page") ||
        known(tlb, ACCESS_LOAD, gva + 4089, 8, NULL, "6.9.2",
              "The rest of it is on another page") ||
        known(tlb, ACCESS_STORE, gva, 8, NULL, "6.6.1",
              "Each way of access has a table of its own") ||
        known(tlb, ACCESS_LOAD, gva + 4096 * TLB_ENTRIES, 8, NULL, "6.9.1",
              "Many pages share an entry"))
        return GRADE_WRONG;
    tlb->context[ACCESS_LOAD] = TLB_VALID | TLB_TRANSLATED;
    return known(tlb, ACCESS_LOAD, gva, 8, NULL, "6.9.1",
                 "U mode must not get in by what S mode was permitted");
}

static int forget(struct grade *grade)
{
    struct board *board = board_new();
    struct tlb *tlb = &board->tlb;
    uint64_t gva = random_gva(grade) & ~UINT64_C(0x1fffff);
    uint8_t *page = board->ram + 4096;

    for (unsigned access = 0; access < ACCESS_COUNT; access++) {
        tlb->context[access] = TLB_VALID;
        tlb_fill(tlb, (enum access)access, gva, page, 4096, false);
        tlb_fill(tlb, (enum access)access, gva + 4096, page, 4096, false);
    }
    tlb_flush_page(tlb, gva + 5);
    for (unsigned access = 0; access < ACCESS_COUNT; access++)
        if (known(tlb, (enum access)access, gva, 8, NULL, "6.7.1",
                  "It is to be forgotten for each way of access") ||
            known(tlb, (enum access)access, gva + 4096, 8, page, "6.7.2",
                  "The next page was not meant"))
            return GRADE_WRONG;
    if (tlb->page_flushes != 1 || tlb->page_flushed != gva)
        return grade_wrong("expected page_flushes 1, page_flushed 0x%" PRIx64 ", got %" PRIu64
                           ", 0x%" PRIx64,
                           gva, tlb->page_flushes, tlb->page_flushed);
    /* Two pieces of one superpage: whoever changes its entry names only one address. */
    tlb_fill(tlb, ACCESS_LOAD, gva, page, 2 << 20, false);
    tlb_fill(tlb, ACCESS_LOAD, gva + 8192, page, 2 << 20, false);
    tlb_flush_page(tlb, gva);
    if (known(tlb, ACCESS_LOAD, gva + 8192, 8, NULL, "6.7.3",
              "One entry of a table, many of the TLB"))
        return GRADE_WRONG;
    /* What belongs to one address space only. */
    tlb_fill(tlb, ACCESS_LOAD, gva, page, 4096, false);
    tlb_fill(tlb, ACCESS_LOAD, gva + 4096, page, 4096, true);
    tlb_flush_local(tlb);
    if (known(tlb, ACCESS_LOAD, gva, 8, NULL, "6.6.3", "tlb_flush_local() has to find it") ||
        known(tlb, ACCESS_LOAD, gva + 4096, 8, page, "6.6.3", "A global page stays"))
        return GRADE_WRONG;
    return GRADE_PASSED;
}

static int fence(struct grade *grade)
{
    uint64_t gva = random_gva(grade) & ~UINT64_C(4095), asid = grade_random(grade) % 1000 + 1,
             other = asid + 1;
    struct board *board = board_new();
    struct tlb *tlb = &board->tlb;
    uint8_t *page = board->ram + 4096;

    tlb->context[ACCESS_LOAD] = TLB_VALID;
    board->hart.satp = asid << SATP_ASID_SHIFT;
    tlb->satp = board->hart.satp;
    for (unsigned i = 0; i < 5; i++) {
        const uint64_t *which = i < 2 ? NULL : i == 4 ? &other : &asid;
        bool one_page = i % 2 == 1;
        bool stays_there = i == 4, stays_next = one_page || i == 4, stays_global = i != 0;

        tlb_fill(tlb, ACCESS_LOAD, gva, page, 4096, false);
        tlb_fill(tlb, ACCESS_LOAD, gva + 4096, page, 4096, false);
        tlb_fill(tlb, ACCESS_LOAD, gva + 8192, page, 4096, true);
        mmu_fence(&board->machine, &board->hart, one_page ? &gva : NULL, which);
        if (known(tlb, ACCESS_LOAD, gva, 8, stays_there ? page : NULL, i == 4 ? "6.8.3" : "6.8.1",
                  i == 4 ? "That is of another address space"
                         : "The page that was named, or all") ||
            known(tlb, ACCESS_LOAD, gva + 4096, 8, stays_next ? page : NULL, "6.8.2",
                  "Another page of the same space") ||
            known(tlb, ACCESS_LOAD, gva + 8192, 8, stays_global ? page : NULL, "6.8.3",
                  "A global page"))
            return GRADE_WRONG;
    }
    return GRADE_PASSED;
}

static int stride(struct grade *grade)
{
    struct board *board = board_new();
    uint64_t gva = random_gva(grade) & ~UINT64_C(0x1fffff), pages = 3 + grade_random(grade) % 20,
             got;

    for (uint64_t i = 0; i < pages; i++)
        map(board, gva + i * 4096, DATA + i * 4096, 0, LEAF);
    mmu_enter(&board->machine, &board->hart);
    for (uint64_t i = 0; i < 1000; i++) {
        uint64_t value;

        if (mmu_load(&board->machine, &board->hart, gva + i % pages * 4096 + i * 8 % 4096, 64,
                     &value) != STOP_COUNT)
            return grade_wrong("a load of a page that is there: expected a value, got a trap");
    }
    got = board->counts.kinds[EVENT_WALK];
    if (got == pages)
        return GRADE_PASSED;
    grade_wrong("1000 loads from %" PRIu64 " pages: expected %" PRIu64 " walks, got %" PRIu64,
                pages, pages, got);
    return grade_hint("6.6.1", "A page that was walked to once should be found in the TLB");
}

/* The student's own page tables: how large a page and a table are, and where an entry has its
 * frame. */

enum { PAGE_BITS, INDEX_BITS, FRAME_SHIFT, FRAME_BITS };

static void own_tell(const unsigned *numbers)
{
    printf("pages of 2^%u bytes, tables of 2^%u entries; an entry has the number of its frame in "
           "bits %u to %u",
           numbers[PAGE_BITS], numbers[INDEX_BITS], numbers[FRAME_SHIFT] + numbers[FRAME_BITS] - 1,
           numbers[FRAME_SHIFT]);
}

static void own_narrow(unsigned i, uint64_t *input)
{
    (void)i;
    input[2] %= 3;
}

static void own_show(const uint64_t *input)
{
    printf("entry 0x%" PRIx64 ", address 0x%" PRIx64 ", level %" PRIu64, input[0], input[1],
           input[2]);
}

static uint64_t own_want(const unsigned *numbers, const uint64_t *input)
{
    uint64_t frame = input[0] >> numbers[FRAME_SHIFT] & ((UINT64_C(1) << numbers[FRAME_BITS]) - 1);
    uint64_t size = UINT64_C(1) << (numbers[PAGE_BITS] + numbers[INDEX_BITS] * input[2]);

    return (frame << numbers[PAGE_BITS]) / size * size + input[1] % size;
}

static uint64_t own_got(const uint64_t *input)
{
    return own_address(input[0], input[1], (unsigned)input[2]);
}

static int own(struct grade *grade)
{
    static const struct own_rule rule = {
        .hint = "6.10.1",
        .numbers = {[PAGE_BITS] = {10, 7},
                    [INDEX_BITS] = {7, 5},
                    [FRAME_SHIFT] = {4, 11},
                    [FRAME_BITS] = {30, 11}},
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
        {"canonical", canonical}, {"walk", walk},           {"superpages", superpages},
        {"entries", entries},     {"rights", rights},       {"random", random_tables},
        {"marks", marks},         {"short-way", short_way}, {"forget", forget},
        {"fence", fence},         {"stride", stride},       {"own", own},
    };

    return grade_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
