/*
 * fuzz_interp.c: a libFuzzer target for the decoder and the interpreter: the input is a program.
 *
 *     byte   0        8     10       12
 *          | seed    | pc  | slice  | code ...
 *
 * The code is put into pages of each kind of permission; registers come from the seed, many of
 * them being addresses. The program is run twice, once in a single run and once in slices: the
 * contract of engine.h says that nobody can tell the difference.
 *
 * The host's page protection mirrors the guest's, and nothing is mapped around the guest's memory,
 * so that a store where the guest may not write, or an access outside, is a crash. abort() tells
 * libFuzzer of a broken promise, the sanitizers of everything else.
 *
 * Read next: mk/fuzz.mk.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "emu/cpu/engine.h"
#include "emu/isa/decode.h"
#include "emu/isa/disasm.h"
#include "emu/isa/encode.h"
#include "tests/random.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

enum { HEAD = 12, TEXTS = 8, UNTIL = 2000, TRAPS_MAX = 100 };
enum { PAGES = 12, CODE_PAGE = 1, CODE_PAGES = 3, SPAN = PAGES << MEM_PAGE_SHIFT };

static const uint8_t perms[PAGES] = {
    [1] = MEM_MAPPED | MEM_READ | MEM_EXEC,
    [2] = MEM_MAPPED | MEM_EXEC,
    [3] = MEM_MAPPED | MEM_READ | MEM_WRITE | MEM_EXEC,
    [4] = MEM_MAPPED | MEM_READ | MEM_WRITE,
    [5] = MEM_MAPPED | MEM_READ,
    [6] = MEM_MAPPED | MEM_WRITE,
    [7] = MEM_MAPPED,
    [9] = MEM_MAPPED | MEM_READ | MEM_WRITE | MEM_EXEC, /* 8 and 10: not mapped */
    [11] = MEM_MAPPED | MEM_READ | MEM_WRITE,           /* up to the end of the address space */
};

/* The input, taken apart. */
struct input {
    uint64_t seed;
    uint16_t pc, slice;
    const uint8_t *code;
    size_t size; /* bytes of code */
};

/* A machine and what belongs to it. */
struct world {
    uint8_t *room; /* memory between two guard pages; mapped */
    struct machine machine;
    struct hart hart;
    struct row_counts counts;
};

static void require(bool promise)
{
    if (!promise)
        abort();
}

static uint64_t fixed_time(void *owner)
{
    (void)owner;
    return 1234;
}

static int host_protection(uint8_t perm)
{
    return ((perm & (MEM_READ | MEM_EXEC)) != 0 ? PROT_READ : 0) |
           ((perm & MEM_WRITE) != 0 ? PROT_WRITE : 0);
}

/* A register: something in or at the edge of the guest's memory, or a number that finds bugs. */
static uint64_t seeded_register(struct random *random)
{
    uint64_t edge = (random_below(random, PAGES + 2) << MEM_PAGE_SHIFT) - 16;

    switch (random_below(random, 8)) {
    case 0: return random_edge(random);
    case 1: return edge + random_below(random, 32);
    case 2: return SPAN - 9 + random_below(random, 10);
    default: return random_below(random, SPAN) & ~UINT64_C(7);
    }
}

static void world_init(struct world *world, const struct input *input)
{
    const size_t page = MEM_PAGE_SIZE;
    struct random random = {.state = input->seed};
    size_t room = (size_t)CODE_PAGES << MEM_PAGE_SHIFT;
    uint8_t *base;

    *world = (struct world){.machine = {.read_time = fixed_time}};
    world->room = mmap(NULL, SPAN + 2 * page, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    require(world->room != MAP_FAILED);
    base = world->room + page;
    memcpy(base + CODE_PAGE * page, input->code, input->size < room ? input->size : room);
    require(mprotect(world->room, page, PROT_NONE) == 0);
    require(mprotect(base + SPAN, page, PROT_NONE) == 0);
    for (unsigned i = 0; i < PAGES; i++)
        require(mprotect(base + i * page, page, host_protection(perms[i])) == 0);
    world->machine.mem = (struct mem){.base = base, .perm = perms, .span = SPAN};
    for (unsigned i = 1; i < 32; i++)
        world->hart.x[i] = seeded_register(&random);
    world->hart.pc = (CODE_PAGE * page + input->pc % room) & ~UINT64_C(1);
}

static void world_fini(struct world *world)
{
    munmap(world->room, SPAN + 2 * MEM_PAGE_SIZE);
}

/* May an instruction end in this way in user mode? */
static bool is_possible(enum trap_cause cause)
{
    switch (cause) {
    case TRAP_ILLEGAL:
    case TRAP_BREAKPOINT:
    case TRAP_LOAD_MISALIGNED:
    case TRAP_STORE_MISALIGNED:
    case TRAP_ECALL_U:
    case TRAP_FETCH_PAGE:
    case TRAP_LOAD_PAGE:
    case TRAP_STORE_PAGE: return true;
    case TRAP_FETCH_MISALIGNED: /* with C, a jump cannot get there */
    case TRAP_FETCH_ACCESS:     /* access faults are of physical memory */
    case TRAP_LOAD_ACCESS:
    case TRAP_STORE_ACCESS:
    case TRAP_ECALL_S: /* user mode stays user mode */
    case TRAP_ECALL_M: break;
    }
    return false;
}

static bool harts_agree(const struct hart *a, const struct hart *b)
{
    return memcmp(a->x, b->x, sizeof a->x) == 0 && a->pc == b->pc && a->instret == b->instret &&
           a->reservation.valid == b->reservation.valid;
}

/* Runs up to `until` and checks what engine.h promises. */
static enum stop checked_run(struct world *world, uint64_t until)
{
    struct hart *hart = &world->hart;
    enum stop stop = engine_interp.run(&world->machine, hart, until);
    struct hart before;

    require(hart->x[0] == 0 && hart->pc % 2 == 0 && hart->instret <= until);
    if (stop == STOP_COUNT) {
        require(hart->instret == until);
        return stop;
    }
    require(stop == STOP_TRAP && hart->instret < until && is_possible(hart->trap.cause));
    require(strcmp(trap_name(hart->trap.cause), "unknown trap") != 0);
    /* It traps again, and in the same way, when nothing is done about it. */
    before = *hart;
    before.reservation.valid = false; /* a trapping sc may give it up; the rest is kept */
    hart->reservation.valid = false;
    require(engine_interp.run(&world->machine, hart, until) == STOP_TRAP);
    require(harts_agree(hart, &before) && hart->trap.cause == before.trap.cause &&
            hart->trap.value == before.trap.value);
    return stop;
}

/*
 * Goes on after a trap: answers a system call, steps over anything else, so that more of a program
 * is seen than what comes before its first mistake. False: there is no instruction to step over.
 */
static bool handle_trap(struct world *world, unsigned number)
{
    struct hart *hart = &world->hart;
    uint64_t fault;
    uint32_t word;

    if (!mem_fetch(&world->machine.mem, hart->pc, &word, &fault))
        return false;
    if (hart->trap.cause == TRAP_ECALL_U)
        hart->x[10] = number << 8;
    hart->pc += isa_length(word);
    hart->instret++;
    return true;
}

/* Runs the program to its end, `slice` instructions at a time. */
static enum stop run_program(struct world *world, uint64_t slice)
{
    struct hart *hart = &world->hart;
    unsigned traps = 0;

    while (hart->instret < UNTIL) {
        uint64_t until = UNTIL - hart->instret < slice ? UNTIL : hart->instret + slice;

        if (checked_run(world, until) == STOP_TRAP &&
            (++traps > TRAPS_MAX || !handle_trap(world, traps)))
            return STOP_TRAP;
    }
    return STOP_COUNT;
}

static bool memories_agree(const struct world *a, const struct world *b)
{
    for (unsigned i = 0; i < PAGES; i++) {
        size_t at = (size_t)i << MEM_PAGE_SHIFT;

        if ((perms[i] & MEM_WRITE) != 0 &&
            memcmp(a->machine.mem.base + at, b->machine.mem.base + at, MEM_PAGE_SIZE) != 0)
            return false;
    }
    return true;
}

static void run_twice(const struct input *input)
{
    struct world whole, sliced;
    enum stop stop;

    world_init(&whole, input);
    world_init(&sliced, input);
    sliced.machine.row_counts = &sliced.counts; /* counting changes nothing either */
    stop = run_program(&whole, UNTIL);
    require(run_program(&sliced, 1 + input->slice % 64) == stop);
    require(harts_agree(&whole.hart, &sliced.hart) && memories_agree(&whole, &sliced));
    require(stop == STOP_COUNT || (whole.hart.trap.cause == sliced.hart.trap.cause &&
                                   whole.hart.trap.value == sliced.hart.trap.value));
    world_fini(&whole);
    world_fini(&sliced);
}

/* The text fits into the space that it is given, of any size, and is whole where there is enough.
 */
static void check_text(uint32_t word)
{
    int (*const printers[])(const struct insn *, uint64_t, char *,
                            size_t) = {isa_disasm, isa_disasm_abi, isa_describe};
    struct insn insn;

    isa_decode(word, &insn);
    for (int i = 0; i < 3; i++) {
        size_t size = word >> 7 & 63;
        char whole[128];
        char *part = malloc(size); /* of exactly that size, for the address sanitizer */
        int length = printers[i](&insn, word, whole, sizeof whole);

        require(length > 0 && (size_t)length < (i < 2 ? 64 : sizeof whole));
        require(strlen(whole) == (size_t)length);
        require(printers[i](&insn, word, part, size) == length);
        if (size > 0)
            require(strlen(part) < size && strncmp(part, whole, size - 1) == 0);
        free(part);
    }
}

/* Whatever the word, it is no instruction, or one of a row that it matches. */
static void check_decode(uint32_t word)
{
    struct insn insn;

    if (!isa_decode(word, &insn)) {
        require(insn.row == NULL);
        return;
    }
    require(insn.row >= isa_rows && insn.row < isa_rows + ROW_COUNT);
    require((insn.word & insn.row->mask) == insn.row->match);
    require(insn.length == isa_length(word));
    require(insn.rd < 32 && insn.rs1 < 32 && insn.rs2 < 32 && insn.rs3 < 32);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.code = data + HEAD, .size = size - HEAD};

    if (size < HEAD + 2)
        return 0;
    memcpy(&input.seed, data, 8);
    memcpy(&input.pc, data + 8, 2);
    memcpy(&input.slice, data + 10, 2);
    for (size_t at = 0; at + 4 <= input.size; at += 2) {
        uint32_t word;

        memcpy(&word, input.code + at, sizeof word);
        check_decode(word);
        if (at < TEXTS * 2)
            check_text(word);
    }
    run_twice(&input);
    return 0;
}

/* Some row of that kind, or of any if it has none. */
static const struct isa_row *random_row(struct random *random, uint64_t kind)
{
    uint64_t start = random_below(random, ROW_COUNT);

    for (unsigned i = 0; i < ROW_COUNT; i++) {
        const struct isa_row *row = &isa_rows[(start + i) % ROW_COUNT];

        if (row->kind == kind)
            return row;
    }
    return &isa_rows[start];
}

/* One of few, so that an instruction finds what another has left. */
static unsigned random_register(struct random *random)
{
    return 8 + (unsigned)random_below(random, 4);
}

/* An instruction of that kind; 0 when its row does not take the operands that came up. */
static uint32_t random_instruction(struct random *random, uint64_t kind, unsigned rs1)
{
    const struct isa_row *row = random_row(random, kind);
    unsigned rd = random_register(random), rs2 = random_register(random);
    uint64_t imm = random_edge(random) % 4096;

    if (random_below(random, 2) == 0)
        imm = imm % 64 & ~UINT64_C(3);
    if (random_below(random, 4) == 0)
        rd = (unsigned)random_below(random, 32);
    return isa_encode(row, rd, rs1, rs2,
                      random_below(random, 2) == 0 ? (int64_t)imm : -(int64_t)imm);
}

/*
 * Random bytes are seldom instructions. Many a mutation puts up to three of them somewhere,
 * of neighbouring kinds and on one address: that is how a sc comes to follow its lr.
 */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    struct random random = {.state = seed};
    uint64_t kind = random_below(&random, KIND_COUNT);
    unsigned rs1 = random_register(&random);
    size_t at, put = 0;

    if (size < HEAD + 4 || random_below(&random, 2) == 0)
        return LLVMFuzzerMutate(data, size, max);
    if (random_below(&random, 4) == 0) { /* the same code with other registers */
        uint64_t other = random_next(&random);

        memcpy(data, &other, sizeof other);
        return size;
    }
    at = HEAD + (random_below(&random, size - HEAD - 3) & ~UINT64_C(1));
    for (int tries = 0; tries < 40 && put < 3 && at + 4 <= size; tries++) {
        uint32_t word = random_instruction(&random, kind, rs1);

        if (word == 0)
            continue;
        memcpy(data + at, &word, isa_length(word));
        at += isa_length(word);
        put++;
        kind = (kind + random_below(&random, 2)) % KIND_COUNT;
    }
    return size;
}
