/*
 * test_mmu_random.c: the MMU against another one, on random page tables, in random states.
 *
 * The other one is written here, from the manual's text alone and in another way: entries are taken
 * apart into fields first, a page's rights are a string as `ls -l` prints it, and there is neither
 * TLB nor host pointer. Three machines do the same accesses: the model, a hart with a TLB, a hart
 * without. After each access the outcomes must be equal, after each round the whole RAM, page
 * tables with their accessed and dirty bits included.
 *
 * RAM is 64 pages: tables first, then the pages that entries may point to, so that no store of the
 * guest's changes a table behind a TLB that need not notice.
 */
#include "tests/random.h"
#include "tests/unit/system.h"
#include "tests/unit/unit_main.h"

#include <stdio.h>

enum { ROUNDS = 300, STATES = 10, ACCESSES = 40, TABLES = 12, PAGES = 64, FAVOURITES = 8 };

#define ROOT SYSTEM_RAM

/* --- the model --- */

struct model {
    uint8_t ram[PAGES * 4096];
    enum mode mode; /* that counts for this access */
    bool sum, mxr, adue, paging;
    uint64_t device; /* what was stored to it */
};

/* What an access came to. cause -1: it was done. */
struct outcome {
    int cause;
    uint64_t where; /* of a fault */
    uint64_t value; /* of a load or a fetch */
    bool by_device;
};

struct entry {
    unsigned valid, r, w, x, user, accessed, dirty, high;
    uint64_t ppn;
};

static struct entry take_apart(uint64_t raw)
{
    return (struct entry){
        .valid = raw & 1,
        .r = raw >> 1 & 1,
        .w = raw >> 2 & 1,
        .x = raw >> 3 & 1,
        .user = raw >> 4 & 1,
        .accessed = raw >> 6 & 1,
        .dirty = raw >> 7 & 1,
        .ppn = raw >> 10 & 0xfffffffffff,
        .high = (unsigned)(raw >> 54),
    };
}

static bool in_ram(uint64_t gpa)
{
    return gpa >= SYSTEM_RAM && gpa < SYSTEM_RAM + PAGES * 4096;
}

/* The letters of what this mode may do with the page: some of "rwx". */
static const char *rights(const struct model *model, struct entry entry, char text[4])
{
    char *end = text;
    bool others_page = (model->mode == MODE_U) != (entry.user == 1);

    if (!others_page || (model->mode == MODE_S && model->sum)) {
        if (entry.r || (model->mxr && entry.x))
            *end++ = 'r';
        if (entry.w)
            *end++ = 'w';
    }
    if (!others_page && entry.x)
        *end++ = 'x';
    *end = '\0';
    return text;
}

enum fault { NONE, PAGE_FAULT, ACCESS_FAULT };

/* Section 4.3.2, step by step. `mark`: also do step 7, the update of A and D. */
static enum fault translate(struct model *model, uint64_t va, char how, bool mark, uint64_t *pa)
{
    uint64_t a = ROOT, at, raw;
    struct entry pte;
    char text[4];
    int i;

    *pa = va;
    if (model->mode == MODE_M || !model->paging)
        return NONE;
    if (va >> 38 != 0 && va >> 38 != 0x3ffffff)
        return PAGE_FAULT;
    for (i = 2;; i--) {
        at = a + 8 * (va >> (12 + 9 * i) & 0x1ff);
        if (!in_ram(at))
            return ACCESS_FAULT;
        memcpy(&raw, model->ram + (at - SYSTEM_RAM), 8);
        pte = take_apart(raw);
        if (!pte.valid || (!pte.r && pte.w) || pte.high != 0)
            return PAGE_FAULT;
        if (pte.r || pte.x)
            break;
        if (i == 0 || pte.user || pte.accessed || pte.dirty)
            return PAGE_FAULT;
        a = pte.ppn << 12;
    }
    if (strchr(rights(model, pte, text), how) == NULL)
        return PAGE_FAULT;
    if ((i == 1 && (pte.ppn & 0x1ff) != 0) || (i == 2 && (pte.ppn & 0x3ffff) != 0))
        return PAGE_FAULT;
    if (!pte.accessed || (how == 'w' && !pte.dirty)) {
        if (!model->adue)
            return PAGE_FAULT;
        raw |= how == 'w' ? 0xc0 : 0x40;
        if (mark)
            memcpy(model->ram + (at - SYSTEM_RAM), &raw, 8);
    }
    *pa = (pte.ppn >> (9 * i) << (9 * i) << 12) | (va & ((UINT64_C(4096) << (9 * i)) - 1));
    return NONE;
}

static struct outcome failure(enum fault fault, char how, uint64_t where)
{
    int access = how == 'x' ? 0 : how == 'r' ? 1 : 2;
    static const int causes[2][3] = {{12, 13, 15}, {1, 5, 7}};

    return (struct outcome){.cause = causes[fault == ACCESS_FAULT][access], .where = where};
}

static void model_access(struct model *model, uint64_t va, unsigned bytes, char how,
                         uint64_t *value, struct outcome *outcome)
{
    uint64_t pa[8] = {0};
    enum fault fault;

    *outcome = (struct outcome){.cause = -1};
    /* Byte by byte; what can go wrong at any of them goes first, and leaves no mark. */
    for (unsigned i = 0; i < bytes; i++) {
        fault = translate(model, va + i, how, false, &pa[i]);
        if (fault == NONE && (va ^ (va + bytes - 1)) >> 12 != 0 && !in_ram(pa[i]))
            fault = ACCESS_FAULT; /* devices do not do half of an access */
        if (fault != NONE) {
            *outcome = failure(fault, how, va + i);
            return;
        }
    }
    for (unsigned i = 0; i < bytes; i++)
        translate(model, va + i, how, true, &pa[i]);
    if (in_ram(pa[0])) {
        for (unsigned i = 0; i < bytes; i++) {
            uint8_t *byte = &model->ram[pa[i] - SYSTEM_RAM];

            if (how == 'w')
                *byte = (uint8_t)(*value >> 8 * i);
            else
                outcome->value |= (uint64_t)*byte << 8 * i;
        }
        return;
    }
    if (how == 'x' || pa[0] >> 12 != SYSTEM_DEVICE >> 12 || pa[0] % bytes != 0) {
        *outcome = failure(ACCESS_FAULT, how, va);
        return;
    }
    outcome->by_device = true;
    if (how == 'w')
        model->device = *value;
    else
        outcome->value = model->device + (pa[0] & 0xfff);
}

/* Instructions are fetched in halves: the second only where there is one. */
static struct outcome model_fetch(struct model *model, uint64_t pc)
{
    struct outcome first, second;

    model_access(model, pc, 2, 'x', NULL, &first);
    if (first.cause != -1 || (first.value & 3) != 3)
        return first;
    model_access(model, pc + 2, 2, 'x', NULL, &second);
    if (second.cause != -1)
        return second;
    first.value |= second.value << 16;
    return first;
}

/* --- what is tested --- */

static struct outcome hart_access(struct system *system, uint64_t va, unsigned bytes, char how,
                                  uint64_t stored)
{
    struct machine *machine = &system->machine;
    struct hart *hart = &system->hart;
    struct outcome outcome = {.cause = -1};
    enum stop stop;
    uint32_t word = 0;

    mmu_enter(machine, hart);
    if (how == 'x') {
        hart->pc = va;
        stop = access_fetch(machine, hart, &word);
        outcome.value = word;
    } else if (how == 'r') {
        stop = access_load(machine, hart, va, bytes * 8, &outcome.value);
    } else {
        stop = access_store(machine, hart, va, bytes * 8, stored);
    }
    if (stop == STOP_TRAP)
        return (struct outcome){.cause = (int)hart->trap.cause, .where = hart->trap.value};
    outcome.by_device = stop == STOP_CHANGE;
    return outcome;
}

/* --- random worlds --- */

/* Few indices, so that entries are met again; those at both ends of the table. */
static uint64_t random_index(struct random *random)
{
    static const uint64_t indices[] = {0, 1, 2, 255, 256, 510, 511};

    return indices[random_below(random, sizeof indices / sizeof indices[0])];
}

static uint64_t random_entry(struct random *random)
{
    uint64_t kind = random_below(random, 20);
    uint64_t flags = random_below(random, 256);
    uint64_t page = SYSTEM_RAM / 4096 + TABLES + random_below(random, PAGES - TABLES);
    uint64_t table = SYSTEM_RAM / 4096 + 1 + random_below(random, TABLES - 1);

    if (kind < 9)
        return table << 10 | PTE_V;
    if (kind == 9)
        return table << 10 | PTE_V | (random_below(random, 8) == 0 ? flags & ~14U : 0);
    if (kind == 10)
        return random_next(random);
    if (kind == 11)
        page = SYSTEM_DEVICE / 4096;
    if (kind == 12)
        page = random_below(random, UINT64_C(1) << 44);
    if (kind == 13)
        page = 0; /* aligned for any level, and not RAM */
    if (random_below(random, 2) == 0)
        flags |= PTE_V | PTE_R | PTE_X;
    return page << 10 | flags | PTE_V | (random_below(random, 30) == 0 ? UINT64_C(1) << 63 : 0);
}

/*
 * A superpage is the RAM's first 2 MiB or 1 GiB; what is in its way, tables too, must not be
 * written by it: so it is read-only here.
 */
static uint64_t random_superpage(struct random *random)
{
    uint64_t flags = random_below(random, 256) & ~(uint64_t)PTE_W;

    return SYSTEM_RAM / 4096 << 10 | flags | PTE_V | PTE_X;
}

static void random_tables(struct random *random, uint8_t *ram)
{
    for (unsigned table = 0; table < TABLES; table++) {
        for (unsigned i = 0; i < 12; i++) {
            uint64_t entry =
                random_below(random, 8) == 0 ? random_superpage(random) : random_entry(random);

            memcpy(ram + table * 4096 + random_index(random) * 8, &entry, 8);
        }
    }
}

static uint64_t random_gva(struct random *random)
{
    uint64_t gva =
        random_index(random) << 30 | random_index(random) << 21 | random_index(random) << 12;

    switch (random_below(random, 8)) {
    case 0: return random_edge(random);
    case 1: return SYSTEM_RAM + random_below(random, PAGES * 4096 + 16) - 8;
    case 2: gva += 4096 - random_below(random, 8); break;
    case 3: gva += random_below(random, 4096); break;
    default: gva += random_below(random, 512) * 8; break;
    }
    return (gva >> 38 & 1) != 0 ? gva | UINT64_C(0xffffff8000000000) : gva;
}

/* The state of both harts, and what the model makes of it for one way of access. */
static void random_state(struct random *random, struct hart *hart)
{
    static const enum mode modes[] = {MODE_U, MODE_S, MODE_S, MODE_U, MODE_M};

    hart->mode = modes[random_below(random, 5)];
    hart->mstatus = random_next(random) & (STATUS_SUM | STATUS_MXR);
    if (random_below(random, 4) == 0)
        hart->mstatus |= STATUS_MPRV | (uint64_t)modes[random_below(random, 5)] << STATUS_MPP_SHIFT;
    hart->menvcfg = random_below(random, 4) == 0 ? 0 : ENVCFG_ADUE;
    hart->satp = random_below(random, 8) == 0 ? 0 : SATP_SV39 << SATP_MODE_SHIFT | ROOT >> 12;
}

static void model_state(struct model *model, const struct hart *hart, char how)
{
    bool lent = how != 'x' && (hart->mstatus >> 17 & 1) != 0;

    model->mode = lent ? (enum mode)(hart->mstatus >> 11 & 3) : (enum mode)hart->mode;
    model->sum = (hart->mstatus >> 18 & 1) != 0;
    model->mxr = (hart->mstatus >> 19 & 1) != 0;
    model->adue = hart->menvcfg >> 61 != 0;
    model->paging = hart->satp != 0;
}

struct world {
    struct model model;
    struct system *with_tlb, *without;
    uint64_t favourites[FAVOURITES]; /* pages that are accessed often, in this state */
    unsigned done, faults, devices, crossings;
};

/* Would a store reach a table: through a page that is not translated? Then it is not made. */
static bool hits_table(struct world *world, uint64_t va, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        uint64_t pa;

        if (translate(&world->model, va + i, 'w', false, &pa) == NONE && in_ram(pa) &&
            pa < SYSTEM_RAM + TABLES * 4096)
            return true;
    }
    return false;
}

/* Pages that are there in some way: few random ones are. */
static void choose_favourites(struct world *world, struct random *random)
{
    for (unsigned i = 0; i < FAVOURITES; i++) {
        enum fault fault = PAGE_FAULT;

        for (unsigned tries = 0; tries < 50 && fault != NONE; tries++) {
            char how = "rwx"[i % 3];
            uint64_t pa;

            world->favourites[i] = random_gva(random) & ~UINT64_C(4095);
            model_state(&world->model, &world->with_tlb->hart, how);
            fault = translate(&world->model, world->favourites[i], how, false, &pa);
        }
    }
}

static uint64_t choose_gva(const struct world *world, struct random *random)
{
    uint64_t page = world->favourites[random_below(random, FAVOURITES)];

    switch (random_below(random, 8)) {
    case 0: return random_gva(random);
    case 1: return page + 4096 - random_below(random, 8);
    case 2: return page + random_below(random, 4096);
    default: return page + random_below(random, 512) * 8;
    }
}

static void check_access(struct world *world, struct random *random, uint64_t seed)
{
    uint64_t va = choose_gva(world, random), stored = random_next(random);
    unsigned bytes = 1U << random_below(random, 4);
    char how = "rwx"[random_below(random, 3)];
    struct outcome expected, got[2];

    model_state(&world->model, &world->with_tlb->hart, how);
    if (how == 'w' && hits_table(world, va, bytes))
        how = 'r';
    if (how == 'x') {
        va &= ~UINT64_C(1);
        expected = model_fetch(&world->model, va);
    } else {
        if (bytes < 8)
            stored &= (UINT64_C(1) << 8 * bytes) - 1;
        model_access(&world->model, va, bytes, how, &stored, &expected);
    }
    got[0] = hart_access(world->with_tlb, va, bytes, how, stored);
    got[1] = hart_access(world->without, va, bytes, how, stored);
    for (unsigned i = 0; i < 2; i++)
        ck_assert_msg(got[i].cause == expected.cause && got[i].where == expected.where &&
                          (how == 'w' || expected.cause != -1 || got[i].value == expected.value) &&
                          got[i].by_device == expected.by_device,
                      "SEED=%lu: %c of %u bytes at 0x%lx, mode %c, TLB %s: cause %d at 0x%lx, "
                      "expected %d at 0x%lx",
                      (unsigned long)seed, how, bytes, (unsigned long)va,
                      mode_letter(world->model.mode), i == 0 ? "on" : "off", got[i].cause,
                      (unsigned long)got[i].where, expected.cause, (unsigned long)expected.where);
    world->done += expected.cause == -1;
    world->faults += expected.cause != -1;
    world->devices += expected.by_device;
    world->crossings += expected.cause == -1 && (va ^ (va + bytes - 1)) >> 12 != 0;
}

static void check_round(struct world *world, struct random *random, uint64_t seed)
{
    uint8_t *ram = world->with_tlb->ram;

    for (size_t at = 0; at < SYSTEM_SIZE; at += 8) {
        uint64_t own = at < TABLES * 4096 ? 0 : (SYSTEM_RAM + at) * 0x9e3779b97f4a7c15;

        memcpy(ram + at, &own, 8);
    }
    random_tables(random, ram);
    memcpy(world->without->ram, ram, SYSTEM_SIZE);
    memcpy(world->model.ram, ram, SYSTEM_SIZE);
    tlb_flush(&world->with_tlb->tlb);
    for (unsigned state = 0; state < STATES; state++) {
        random_state(random, &world->with_tlb->hart);
        choose_favourites(world, random);
        for (unsigned i = 0; i < ACCESSES; i++) {
            world->without->hart = world->with_tlb->hart;
            check_access(world, random, seed);
        }
    }
    ck_assert_msg(memcmp(ram, world->model.ram, SYSTEM_SIZE) == 0,
                  "SEED=%lu: RAM differs from the model's", (unsigned long)seed);
    ck_assert_msg(memcmp(ram, world->without->ram, SYSTEM_SIZE) == 0,
                  "SEED=%lu: RAM differs with and without TLB", (unsigned long)seed);
}

START_TEST(random_accesses_agree_with_an_independent_walker)
{
    struct world *world = calloc(1, sizeof *world);
    uint64_t seed = random_seed();
    struct random random = {.state = seed};

    printf("# SEED=%lu\n", (unsigned long)seed);
    fflush(stdout);
    ck_assert_ptr_nonnull(world);
    world->with_tlb = system_new();
    world->without = system_new();
    world->without->tlb.off = true;
    for (unsigned i = 0; i < ROUNDS; i++)
        check_round(world, &random, seed);
    printf("# %u accesses done (%u over two pages, %u by a device), %u faulted; %lu walks saved\n",
           world->done, world->crossings, world->devices, world->faults,
           (unsigned long)(world->without->counts.kinds[EVENT_WALK] -
                           world->with_tlb->counts.kinds[EVENT_WALK]));
    fflush(stdout);
    /* A test that meets nothing tests nothing. */
    ck_assert_uint_gt(world->done, 10000);
    ck_assert_uint_gt(world->faults, 10000);
    ck_assert_uint_gt(world->devices, 100);
    ck_assert_uint_gt(world->crossings, 100);
    ck_assert_uint_gt(world->without->counts.kinds[EVENT_WALK],
                      world->with_tlb->counts.kinds[EVENT_WALK] + 4000);
    system_free(world->with_tlb);
    system_free(world->without);
    free(world);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("mmu_random");
    TCase *property = tcase_create("property");

    tcase_add_test(property, random_accesses_agree_with_an_independent_walker);
    suite_add_tcase(suite, property);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
