/*
 * programs.c: one random rv64 program, whole: loops, calls, jump tables, code that changes itself,
 * instructions that trap.
 *
 *     programs make SEED FILE.elf    writes the program
 *     programs rows SEED COUNT       fails when none of so many programs has some row
 *
 * The program is made of functions, and a function of pieces: random instructions (body.h), alone
 * or in a loop; two ways around each other; a jump through a table; a call, in one of three ways;
 * an instruction that is overwritten before it is executed; a child process that traps in the
 * middle of a block, by an access over the end of memory, say. It ends by writing its memory to
 * standard output: what it computed with, its stack, and there the registers, as each function left
 * them. Equal output, equal execution.
 *
 *     REGION_GVA   stack: frames of FRAME_BYTES
 *     DATA_GVA     what loads and stores are about; three pages
 *     DATA_END     nothing
 *
 * Where there are children, all of it is shared with them: what one stored before it trapped is
 * seen.
 *
 * Every program ends: a register, the fuel, is used up by loops and calls, and when it is, loops do
 * not go round and calls are left out.
 */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/isa/encode.h"
#include "tests/diff/body.h"
#include "tests/diff/text.h"

#define TEXT_GVA    UINT64_C(0x00100000)
#define REGION_GVA  UINT64_C(0x20000000)
#define STACK_BYTES UINT64_C(0x8000)
#define DATA_GVA    (REGION_GVA + STACK_BYTES)
#define DATA_BYTES  UINT64_C(0x3000)
#define DATA_END    (DATA_GVA + DATA_BYTES)
#define DATA_BASE   (DATA_GVA + 0x1000) /* what the base register holds: between two pages */

enum {
    TEXT_ROOM = 1 << 17,
    FUNCTIONS_MAX = 6,
    PIECES_MAX = 8,
    CALLS = 12,      /* by the program itself */
    SELF_COST = 128, /* fuel of a call of itself */
    FUEL_MIN = 500,
    FUEL_MAX = 4000,

    /* A frame: the registers 1 to 31 as the function left them, each at 8 times its number; */
    FRAME_LINK = 256,    /* where to return; */
    FRAME_COUNTER = 264, /* how often the loop still goes round; */
    FRAME_BYTES = 512,
    FRAMES_MAX = STACK_BYTES / FRAME_BYTES - 1
};

enum { A0 = 10, A1, A2, A3, A4, A5, A7 = 17 };

/* Used in system calls, so never one of the registers that have a meaning. */
#define ARGUMENTS UINT32_C(0x3fc00)

struct function {
    size_t entry;  /* offset in the text */
    unsigned link; /* the register with the return address */
};

struct program {
    struct random random;
    struct text text;
    unsigned stack, base, fuel; /* the registers that have a meaning, ... */
    uint32_t reserved;          /* ... as a mask */
    bool changes_itself;        /* the text may be written */
    unsigned children;
    struct function functions[FUNCTIONS_MAX];
    unsigned function_count; /* those that are complete: what may be called */
    uint64_t row_used[ROW_COUNT];
};

_Static_assert((int)FUEL_MAX / (int)SELF_COST + (int)FUNCTIONS_MAX < (int)FRAMES_MAX,
               "the stack is deep enough");

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(2);
}

static unsigned below(struct program *program, unsigned limit)
{
    return (unsigned)random_below(&program->random, limit);
}

static unsigned any_register(struct program *program)
{
    return body_free_register(&program->random, program->reserved);
}

/* ---- pieces ---- */

static void put_body(struct program *program, unsigned slots_max)
{
    const struct body_wish wish = {.base = program->base,
                                   .reserved = program->reserved,
                                   .slots = 1 + below(program, slots_max),
                                   .rounds = 40};
    struct body body;

    body_make(&body, &program->random, &wish, program->row_used);
    for (unsigned i = 0; i < body.count; i++)
        text_bytes(&program->text, &body.items[i].word, body.items[i].length);
}

/* Burns fuel; the branch that is returned goes where there is none left. */
static size_t put_burn(struct program *program)
{
    text_insn(&program->text, ROW_ADDI, program->fuel, program->fuel, 0, -1);
    return text_forward(&program->text, ROW_BGE, 0, program->fuel); /* 0 >= fuel */
}

/* A call of a function that is complete, or of `self`, which is dear, as it takes stack. */
static void put_call(struct program *program, const struct function *self)
{
    bool again = below(program, 8) == 0;
    const struct function *function =
        again                         ? self
        : program->function_count > 0 ? &program->functions[below(program, program->function_count)]
                                      : NULL;
    unsigned link;
    int64_t offset, low;
    size_t out;

    if (function == NULL)
        return; /* the first function has nobody to call but itself */
    link = function->link;
    out = put_burn(program);
    if (again)
        text_insn(&program->text, ROW_ADDI, program->fuel, program->fuel, 0, -SELF_COST);
    switch (below(program, 3)) {
    case 0: text_backward(&program->text, ROW_JAL, link, 0, function->entry); break;
    case 1:
        offset = (int64_t)function->entry - (int64_t)program->text.size;
        low = ((offset & 0xfff) ^ 0x800) - 0x800;
        text_insn(&program->text, ROW_AUIPC, link, 0, 0, offset - low);
        text_insn(&program->text, ROW_JALR, link, link, 0, low);
        break;
    default: {
        unsigned target = any_register(program);

        text_constant(&program->text, target, (uint32_t)(TEXT_GVA + function->entry));
        text_insn(&program->text, ROW_JALR, link, target, 0, 0);
    }
    }
    text_target(&program->text, out);
}

/*
 * A call of a leaf that is so short that it may be translated together with its caller. Sometimes,
 * as some register has it, it returns behind the instruction to which it should.
 */
static void put_leaf(struct program *program)
{
    enum { RA = 1 };
    unsigned skip = body_free_register(&program->random, program->reserved | 1u << RA);
    size_t over, leaf;

    if ((program->reserved >> RA & 1) != 0)
        return;
    over = text_forward(&program->text, ROW_JAL, 0, 0);
    leaf = program->text.size;
    text_insn(&program->text, ROW_ANDI, skip, any_register(program), 0, 4);
    text_insn(&program->text, ROW_ADD, RA, RA, skip, 0);
    text_insn(&program->text, ROW_JALR, 0, RA, 0, 0);
    text_target(&program->text, over);
    text_backward(&program->text, ROW_JAL, RA, 0, leaf);
    text_insn(&program->text, ROW_ADDI, any_register(program), any_register(program), 0, 1);
}

static void put_loop(struct program *program, const struct function *self)
{
    unsigned counter = any_register(program);
    size_t top, out;

    text_insn(&program->text, ROW_ADDI, counter, 0, 0, 1 + below(program, 200));
    text_insn(&program->text, ROW_SD, 0, program->stack, counter, FRAME_COUNTER);
    top = program->text.size;
    put_body(program, 8);
    if (below(program, 4) == 0)
        put_call(program, self);
    counter = any_register(program);
    text_insn(&program->text, ROW_LD, counter, program->stack, 0, FRAME_COUNTER);
    text_insn(&program->text, ROW_ADDI, counter, counter, 0, -1);
    text_insn(&program->text, ROW_SD, 0, program->stack, counter, FRAME_COUNTER);
    out = put_burn(program);
    text_backward(&program->text, ROW_BNE, 0, counter, top);
    text_target(&program->text, out);
}

static void put_two_ways(struct program *program)
{
    static const enum isa_row_id branches[] = {ROW_BEQ, ROW_BNE,  ROW_BLT,
                                               ROW_BGE, ROW_BLTU, ROW_BGEU};
    enum isa_row_id branch = branches[below(program, 6)];
    size_t other = text_forward(&program->text, branch, below(program, 32), below(program, 32));
    size_t end;

    put_body(program, 8);
    end = text_forward(&program->text, ROW_JAL, 0, 0);
    text_target(&program->text, other);
    put_body(program, 8);
    text_target(&program->text, end);
}

/* switch (any register & 3), through a table of addresses; some of them are odd, as jalr allows. */
static void put_jump_table(struct program *program)
{
    enum { CASES = 4 };
    unsigned index = any_register(program);
    unsigned table = body_free_register(&program->random, program->reserved | 1u << index);
    size_t entries, ends[CASES];

    text_insn(&program->text, ROW_ANDI, index, below(program, 32), 0, CASES - 1);
    text_insn(&program->text, ROW_SLLI, index, index, 0, 3);
    text_insn(&program->text, ROW_AUIPC, table, 0, 0, 0);
    text_insn(&program->text, ROW_ADD, table, table, index, 0);
    text_insn(&program->text, ROW_LD, table, table, 0, 16);
    text_insn(&program->text, ROW_JALR, 0, table, 0, 0);
    entries = text_room(&program->text, CASES * sizeof(uint64_t));
    for (unsigned i = 0; i < CASES; i++) {
        uint64_t target = TEXT_GVA + program->text.size + below(program, 2);

        memcpy(program->text.bytes + entries + i * sizeof target, &target, sizeof target);
        put_body(program, 4);
        ends[i] = text_forward(&program->text, ROW_JAL, 0, 0);
    }
    for (unsigned i = 0; i < CASES; i++)
        text_target(&program->text, ends[i]);
}

/* An instruction of 4 bytes that does nothing but compute, and not into a reserved register. */
static uint32_t any_computation(struct program *program)
{
    for (;;) {
        enum isa_row_id row = (enum isa_row_id)below(program, ROW_COUNT);
        unsigned kind = isa_rows[row].kind;
        struct insn insn;

        if ((kind == KIND_ALU || kind == KIND_ALU_IMM) &&
            body_random_operands(&program->random, row, &insn) && insn.length == 4 &&
            (isa_writes(&insn) & program->reserved) == 0)
            return insn.word;
    }
}

/* Two instructions that take turns in one place: each time the other one is put there. */
static void put_change(struct program *program)
{
    uint32_t words[2] = {any_computation(program), any_computation(program)};
    unsigned address = any_register(program);
    unsigned word = body_free_register(&program->random, program->reserved | 1u << address);
    unsigned change =
        body_free_register(&program->random, program->reserved | 1u << address | 1u << word);
    const int64_t to_jump = 7 * 4; /* from the auipc */
    const int64_t distance = 5 * 4 + 4 * (int64_t)below(program, 200);

    text_insn(&program->text, ROW_AUIPC, address, 0, 0, 0);
    text_insn(&program->text, ROW_LW, word, address, 0, to_jump + distance);
    text_constant(&program->text, change, words[0] ^ words[1]);
    text_insn(&program->text, ROW_XOR, word, word, change, 0);
    text_insn(&program->text, ROW_SW, 0, address, word, to_jump + distance);
    text_insn(&program->text, ROW_FENCE_I, 0, 0, 0, 0);
    text_insn(&program->text, ROW_JAL, 0, 0, 0, distance);
    text_room(&program->text, (size_t)(distance - 4));
    text_bytes(&program->text, &words[0], sizeof words[0]);
}

/* ---- traps ---- */

static void put_system_call(struct program *program, unsigned number)
{
    text_insn(&program->text, ROW_ADDI, A7, 0, 0, number);
    text_insn(&program->text, ROW_ECALL, 0, 0, 0, 0);
}

static void put_registers(struct program *program)
{
    for (unsigned reg = 1; reg < 32; reg++)
        text_insn(&program->text, ROW_SD, 0, program->stack, reg, 8 * (int64_t)reg);
}

/* An access that begins before the end of memory, or at it, and goes on where there is none. */
static void put_access_over_the_end(struct program *program)
{
    static const enum isa_row_id rows[] = {ROW_LD, ROW_LW, ROW_LHU, ROW_SD, ROW_SW, ROW_SH};
    enum isa_row_id row = rows[below(program, 6)];
    unsigned bytes = isa_rows[row].width / 8u;
    unsigned address = any_register(program);

    text_constant(&program->text, address, (uint32_t)DATA_END);
    text_insn(&program->text, ROW_ADDI, program->fuel, program->fuel, 0, 1); /* must happen once */
    text_insn(&program->text, row, any_register(program), address, any_register(program),
              -(int64_t)below(program, bytes));
}

/* No sc: one without a reservation fails, and whether it traps before is left open. */
static void put_atomic_that_traps(struct program *program)
{
    static const enum isa_row_id rows[] = {ROW_LR_W,     ROW_LR_D,      ROW_AMOADD_W,
                                           ROW_AMOADD_D, ROW_AMOSWAP_W, ROW_AMOMAXU_D};
    enum isa_row_id row = rows[below(program, 6)];
    bool misaligned = below(program, 2) == 0;
    unsigned address = any_register(program);

    text_constant(&program->text, address, (uint32_t)(misaligned ? DATA_GVA + 2 : DATA_END));
    text_insn(&program->text, row, any_register(program), address,
              isa_rows[row].kind == KIND_LR ? 0 : any_register(program), 0);
}

static void put_trap(struct program *program)
{
    static const uint32_t illegal[] = {
        0x00000000, 0xffffffff, 0x0000000b, 0x10500073 /* wfi */, 0x10200073 /* sret */,
        0xc0051073 /* csrw cycle, a0 */};
    unsigned target;

    switch (below(program, 6)) {
    case 0:
    case 1: put_access_over_the_end(program); break;
    case 2: put_atomic_that_traps(program); break;
    case 3: text_bytes(&program->text, &illegal[below(program, 6)], sizeof illegal[0]); break;
    case 4: text_insn(&program->text, ROW_EBREAK, 0, 0, 0, 0); break;
    default: /* a jump to where nothing may be executed */
        target = any_register(program);
        text_constant(&program->text, target, (uint32_t)(below(program, 2) == 0 ? DATA_GVA : 0));
        text_insn(&program->text, ROW_JALR, 0, target, 0, 0);
    }
}

/*
 * A child that traps among stores: those before the trap have happened, those behind have not. The
 * parent keeps how it ended, but not whether there is a core file.
 */
static void put_child(struct program *program)
{
    enum { CLONE = 220, WAIT4 = 260, EXIT_GROUP = 94, SIGCHLD_NUMBER = 17 };
    const int64_t status = -8; /* from the stack register: below the frame */
    size_t parent;

    text_insn(&program->text, ROW_ADDI, A0, 0, 0, SIGCHLD_NUMBER);
    for (unsigned i = 1; i < 5; i++)
        text_insn(&program->text, ROW_ADDI, A0 + i, 0, 0, 0);
    put_system_call(program, CLONE);
    parent = text_forward(&program->text, ROW_BNE, A0, 0);
    put_body(program, 6);
    put_registers(program);
    put_trap(program);
    for (unsigned reg = 1; reg < 32; reg++)
        text_insn(&program->text, ROW_SD, 0, program->stack, 0, 8 * (int64_t)reg);
    text_insn(&program->text, ROW_ADDI, A0, 0, 0, 7);
    put_system_call(program, EXIT_GROUP);
    text_target(&program->text, parent);
    text_insn(&program->text, ROW_ADDI, A0, 0, 0, -1);
    text_insn(&program->text, ROW_ADDI, A1, program->stack, 0, status);
    put_system_call(program, WAIT4);
    text_insn(&program->text, ROW_LW, A1, program->stack, 0, status);
    text_insn(&program->text, ROW_ANDI, A0, A1, 0, ~0x80);
    text_insn(&program->text, ROW_SW, 0, program->stack, A0, status);
    text_insn(&program->text, ROW_ADDI, A1, 0, 0, 0);
}

/* ---- the program ---- */

static void put_piece(struct program *program, const struct function *self)
{
    switch (below(program, 16)) {
    case 0:
    case 1: put_body(program, BODY_SLOTS); break;
    case 2:
    case 3: put_two_ways(program); break;
    case 4:
    case 5:
    case 6:
    case 7: put_loop(program, self); break;
    case 8:
    case 9: put_jump_table(program); break;
    case 10: put_leaf(program); break;
    case 11:
    case 12:
        if (program->changes_itself)
            put_change(program);
        else
            put_call(program, self);
        break;
    default: put_call(program, self); break;
    }
}

/* Half of the functions begin at addresses whose lower bits are those of another: what is looked up
 * by these bits meets there. */
static void put_far(struct program *program)
{
    enum { APART = 8192 };
    size_t first = program->functions[0].entry % APART;

    if (program->function_count > 0 && below(program, 2) == 0)
        text_room(&program->text, (APART + first - program->text.size % APART) % APART);
}

static void put_function(struct program *program)
{
    struct function *self = &program->functions[program->function_count];
    unsigned pieces = 2 + below(program, PIECES_MAX - 1);

    put_far(program);
    /* Mostly one of those that processors predict returns by (unprivileged spec 2.5). */
    *self = (struct function){.entry = program->text.size, .link = 1 + 4 * below(program, 2)};
    if ((program->reserved >> self->link & 1) != 0 || below(program, 4) == 0)
        self->link = any_register(program);
    text_insn(&program->text, ROW_ADDI, program->stack, program->stack, 0, -FRAME_BYTES);
    text_insn(&program->text, ROW_SD, 0, program->stack, self->link, FRAME_LINK);
    for (unsigned i = 0; i < pieces; i++)
        put_piece(program, self);
    put_registers(program);
    text_insn(&program->text, ROW_LD, self->link, program->stack, 0, FRAME_LINK);
    text_insn(&program->text, ROW_ADDI, program->stack, program->stack, 0, FRAME_BYTES);
    text_insn(&program->text, ROW_JALR, 0, self->link, 0, 0);
    program->function_count++;
}

/* Maps the region, fills its data with numbers, and gives every register one. */
static void put_beginning(struct program *program)
{
    enum { MMAP = 222, PROT_READ_WRITE = 3, SHARED = 1, PRIVATE = 2, FIXED_ANONYMOUS = 0x30 };
    const uint32_t arguments[] = {
        (uint32_t)REGION_GVA, (uint32_t)(STACK_BYTES + DATA_BYTES),
        PROT_READ_WRITE,      FIXED_ANONYMOUS | (program->children > 0 ? SHARED : PRIVATE),
        UINT32_MAX,           0};
    uint64_t numbers[32];
    size_t over, table, top;

    for (unsigned i = 0; i < 6; i++)
        text_constant(&program->text, A0 + i, arguments[i]);
    put_system_call(program, MMAP);
    /* The last page is touched first: so pages that are neighbours here are none in a machine. */
    for (uint64_t page = DATA_END; page > DATA_GVA; page -= 4096) {
        text_constant(&program->text, A1, (uint32_t)(page - 4096));
        text_insn(&program->text, ROW_SD, 0, A1, 0, 0);
    }
    text_constant(&program->text, A1, (uint32_t)DATA_GVA);
    text_constant(&program->text, A2, (uint32_t)DATA_END);
    text_constant(&program->text, A3, (uint32_t)random_next(&program->random));
    top = program->text.size;
    text_insn(&program->text, ROW_SD, 0, A1, A3, 0);
    text_insn(&program->text, ROW_MUL, A3, A3, A3, 0);
    text_insn(&program->text, ROW_ADDI, A3, A3, 0, 1235);
    text_insn(&program->text, ROW_ADDI, A1, A1, 0, 24);
    text_insn(&program->text, ROW_BLTU, 0, A1, A2, (int64_t)top - (int64_t)program->text.size);
    over = text_forward(&program->text, ROW_JAL, 0, 0);
    table = program->text.size;
    for (unsigned reg = 0; reg < 32; reg++)
        numbers[reg] = random_edge(&program->random);
    text_bytes(&program->text, numbers, sizeof numbers);
    text_target(&program->text, over);
    text_constant(&program->text, program->base, (uint32_t)(TEXT_GVA + table));
    for (unsigned reg = 1; reg < 32; reg++) {
        if (reg != program->base)
            text_insn(&program->text, ROW_LD, reg, program->base, 0, 8 * (int64_t)reg);
    }
    text_constant(&program->text, program->base, (uint32_t)DATA_BASE);
    text_constant(&program->text, program->stack,
                  (uint32_t)(REGION_GVA + FRAMES_MAX * FRAME_BYTES));
    text_constant(&program->text, program->fuel, FUEL_MIN + below(program, FUEL_MAX - FUEL_MIN));
}

/* write(1, all of the region) until it is written, then exit_group(any status). */
static void put_ending(struct program *program)
{
    enum { WRITE = 64, EXIT_GROUP = 94 };
    size_t top, out;

    put_registers(program);
    text_constant(&program->text, A1, (uint32_t)REGION_GVA);
    text_constant(&program->text, A2, (uint32_t)(STACK_BYTES + DATA_BYTES));
    top = program->text.size;
    text_insn(&program->text, ROW_ADDI, A0, 0, 0, 1);
    put_system_call(program, WRITE);
    out = text_forward(&program->text, ROW_BGE, 0, A0); /* a0 <= 0: it failed */
    text_insn(&program->text, ROW_ADD, A1, A1, A0, 0);
    text_insn(&program->text, ROW_SUB, A2, A2, A0, 0);
    text_backward(&program->text, ROW_BNE, 0, A2, top);
    text_target(&program->text, out);
    text_insn(&program->text, ROW_ADDI, A0, 0, 0, below(program, 100));
    put_system_call(program, EXIT_GROUP);
}

/* The base often is one of those that compressed loads and stores know. */
static void choose_registers(struct program *program)
{
    static const unsigned known[] = {2, 8, 9};
    uint32_t taken = ARGUMENTS;

    program->base = below(program, 2) == 0 ? known[below(program, 3)]
                                           : body_free_register(&program->random, taken);
    taken |= 1u << program->base;
    program->stack = body_free_register(&program->random, taken);
    taken |= 1u << program->stack;
    program->fuel = body_free_register(&program->random, taken);
    program->reserved = (taken | 1u << program->fuel) & ~ARGUMENTS;
}

static void make_program(struct program *program, uint64_t seed)
{
    unsigned functions;
    size_t start;

    text_fini(&program->text);
    *program = (struct program){.random = {.state = seed}};
    text_init(&program->text, TEXT_ROOM);
    functions = 2 + below(program, FUNCTIONS_MAX - 1);
    program->changes_itself = below(program, 2) == 0;
    program->children = below(program, 2) == 0 ? 1 + below(program, 3) : 0;
    choose_registers(program);
    start = text_forward(&program->text, ROW_JAL, 0, 0);
    while (program->function_count < functions)
        put_function(program);
    text_target(&program->text, start);
    put_beginning(program);
    for (unsigned i = 0; i < CALLS; i++)
        put_call(program, &program->functions[i % functions]);
    for (unsigned i = 0; i < program->children; i++)
        put_child(program);
    put_ending(program);
}

static void write_program(const struct program *program, const char *path)
{
    const struct text_segment text = {.gva = TEXT_GVA,
                                      .flags = PF_R | PF_X | (program->changes_itself ? PF_W : 0),
                                      .bytes = program->text.bytes,
                                      .size = program->text.size};

    text_write(path, &text, 1);
}

/* Does any of so many programs leave a row out? Nothing would test it. */
static int check_rows(struct program *program, uint64_t seed, unsigned long count)
{
    uint64_t used[ROW_COUNT] = {0};
    int missing = 0;

    for (unsigned long i = 0; i < count; i++) {
        make_program(program, seed + i);
        for (unsigned row = 0; row < ROW_COUNT; row++)
            used[row] += program->row_used[row];
    }
    for (unsigned row = 0; row < ROW_COUNT; row++) {
        if (body_can_have(&isa_rows[row]) && used[row] == 0) {
            printf("no program uses %s\n", isa_rows[row].name);
            missing++;
        }
    }
    return missing == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct program *program = calloc(1, sizeof *program);
    int status = EXIT_SUCCESS;

    if (program == NULL)
        die("memory for the program");
    if (argc == 4 && strcmp(argv[1], "make") == 0) {
        make_program(program, strtoull(argv[2], NULL, 0));
        write_program(program, argv[3]);
    } else if (argc == 4 && strcmp(argv[1], "rows") == 0) {
        status = check_rows(program, strtoull(argv[2], NULL, 0), strtoul(argv[3], NULL, 0));
    } else {
        fputs("usage: programs make SEED FILE.elf | rows SEED COUNT\n", stderr);
        status = 2;
    }
    text_fini(&program->text);
    free(program);
    return status;
}
