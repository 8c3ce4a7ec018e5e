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
 * All of it is shared with the children, so what one of them stored before it trapped is seen.
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

#define TEXT_GVA    UINT64_C(0x00100000)
#define REGION_GVA  UINT64_C(0x20000000)
#define STACK_BYTES UINT64_C(0x8000)
#define DATA_GVA    (REGION_GVA + STACK_BYTES)
#define DATA_BYTES  UINT64_C(0x3000)
#define DATA_END    (DATA_GVA + DATA_BYTES)
#define DATA_BASE   (DATA_GVA + DATA_BYTES / 2) /* what the base register holds */

enum {
    TEXT_MAX = 1 << 17,
    FUNCTIONS_MAX = 6,
    PIECES_MAX = 6,
    FUEL_MAX = 1000,

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
    uint8_t text[TEXT_MAX];
    size_t size;
    unsigned stack, base, fuel; /* the registers that have a meaning, ... */
    uint32_t reserved;          /* ... as a mask */
    bool changes_itself;        /* the text may be written */
    struct function functions[FUNCTIONS_MAX];
    unsigned function_count; /* those that are complete: what may be called */
    uint64_t row_used[ROW_COUNT];
};

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(2);
}

/* ---- writing instructions ---- */

/* Room for something that is put there later, or jumped over. */
static size_t put_room(struct program *program, size_t bytes)
{
    size_t at = program->size;

    if (bytes > TEXT_MAX - at)
        die("the program's text is full");
    program->size += bytes;
    return at;
}

static void put_bytes(struct program *program, const void *bytes, size_t count)
{
    size_t at = put_room(program, count);

    memcpy(program->text + at, bytes, count);
}

static uint32_t encode(enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm)
{
    uint32_t word = isa_encode(&isa_rows[row], rd, rs1, rs2, imm);

    if (word == 0)
        die(isa_rows[row].name);
    return word;
}

static void put(struct program *program, enum isa_row_id row, unsigned rd, unsigned rs1,
                unsigned rs2, int64_t imm)
{
    uint32_t word = encode(row, rd, rs1, rs2, imm);

    put_bytes(program, &word, sizeof word);
}

/* rd = value, sign-extended. */
static void put_constant(struct program *program, unsigned rd, uint32_t value)
{
    int64_t low = (int64_t)(value & 0xfff) - ((value & 0x800) != 0 ? 0x1000 : 0);

    put(program, ROW_LUI, rd, 0, 0, (int32_t)(value - (uint32_t)low));
    put(program, ROW_ADDIW, rd, rd, 0, low);
}

/* A jump or branch of 4 bytes whose target comes later; to be told by put_target(). */
static size_t put_forward(struct program *program, enum isa_row_id row, unsigned rs1, unsigned rs2)
{
    size_t at = program->size;

    put(program, row, 0, rs1, rs2, 4);
    return at;
}

static void put_target(struct program *program, size_t at)
{
    struct insn insn;
    uint32_t word;

    memcpy(&word, program->text + at, sizeof word);
    if (!isa_decode(word, &insn))
        die("a jump of this program's own is none");
    word = encode(isa_row_id(insn.row), insn.rd, insn.rs1, insn.rs2, (int64_t)(program->size - at));
    memcpy(program->text + at, &word, sizeof word);
}

static void put_backward(struct program *program, enum isa_row_id row, unsigned rd, unsigned rs1,
                         size_t target)
{
    put(program, row, rd, rs1, 0, (int64_t)target - (int64_t)program->size);
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
        put_bytes(program, &body.items[i].word, body.items[i].length);
}

/* Burns fuel; the branch that is returned goes where there is none left. */
static size_t put_burn(struct program *program)
{
    put(program, ROW_ADDI, program->fuel, program->fuel, 0, -1);
    return put_forward(program, ROW_BGE, 0, program->fuel); /* 0 >= fuel */
}

/* A call of a function that is complete, or of `self`, which then has half of the fuel. */
static void put_call(struct program *program, const struct function *self)
{
    bool again = program->function_count == 0 || below(program, 8) == 0;
    const struct function *function =
        again ? self : &program->functions[below(program, program->function_count)];
    unsigned link = function->link;
    size_t out = put_burn(program);
    int64_t offset, low;

    if (again)
        put(program, ROW_SRAI, program->fuel, program->fuel, 0, 1);
    switch (below(program, 3)) {
    case 0: put_backward(program, ROW_JAL, link, 0, function->entry); break;
    case 1:
        offset = (int64_t)function->entry - (int64_t)program->size;
        low = ((offset & 0xfff) ^ 0x800) - 0x800;
        put(program, ROW_AUIPC, link, 0, 0, offset - low);
        put(program, ROW_JALR, link, link, 0, low);
        break;
    default: {
        unsigned target = any_register(program);

        put_constant(program, target, (uint32_t)(TEXT_GVA + function->entry));
        put(program, ROW_JALR, link, target, 0, 0);
    }
    }
    put_target(program, out);
}

static void put_loop(struct program *program, const struct function *self)
{
    unsigned counter = any_register(program);
    size_t top, out;

    put(program, ROW_ADDI, counter, 0, 0, 1 + below(program, 200));
    put(program, ROW_SD, 0, program->stack, counter, FRAME_COUNTER);
    top = program->size;
    put_body(program, 8);
    if (below(program, 4) == 0)
        put_call(program, self);
    counter = any_register(program);
    put(program, ROW_LD, counter, program->stack, 0, FRAME_COUNTER);
    put(program, ROW_ADDI, counter, counter, 0, -1);
    put(program, ROW_SD, 0, program->stack, counter, FRAME_COUNTER);
    out = put_burn(program);
    put_backward(program, ROW_BNE, 0, counter, top);
    put_target(program, out);
}

static void put_two_ways(struct program *program)
{
    static const enum isa_row_id branches[] = {ROW_BEQ, ROW_BNE,  ROW_BLT,
                                               ROW_BGE, ROW_BLTU, ROW_BGEU};
    enum isa_row_id branch = branches[below(program, 6)];
    size_t other = put_forward(program, branch, below(program, 32), below(program, 32));
    size_t end;

    put_body(program, 8);
    end = put_forward(program, ROW_JAL, 0, 0);
    put_target(program, other);
    put_body(program, 8);
    put_target(program, end);
}

/* switch (any register & 3), through a table of addresses; some of them are odd, as jalr allows. */
static void put_jump_table(struct program *program)
{
    enum { CASES = 4 };
    unsigned index = any_register(program);
    unsigned table = body_free_register(&program->random, program->reserved | 1u << index);
    size_t entries, ends[CASES];

    put(program, ROW_ANDI, index, below(program, 32), 0, CASES - 1);
    put(program, ROW_SLLI, index, index, 0, 3);
    put(program, ROW_AUIPC, table, 0, 0, 0);
    put(program, ROW_ADD, table, table, index, 0);
    put(program, ROW_LD, table, table, 0, 16);
    put(program, ROW_JALR, 0, table, 0, 0);
    entries = put_room(program, CASES * sizeof(uint64_t));
    for (unsigned i = 0; i < CASES; i++) {
        uint64_t target = TEXT_GVA + program->size + below(program, 2);

        memcpy(program->text + entries + i * sizeof target, &target, sizeof target);
        put_body(program, 4);
        ends[i] = put_forward(program, ROW_JAL, 0, 0);
    }
    for (unsigned i = 0; i < CASES; i++)
        put_target(program, ends[i]);
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
    const int64_t distance = 5 * 4 + 4 * (int64_t)below(program, 200);

    put(program, ROW_AUIPC, address, 0, 0, 0);
    put(program, ROW_LW, word, address, 0, 8 + 4 * 4 + distance);
    put_constant(program, change, words[0] ^ words[1]);
    put(program, ROW_XOR, word, word, change, 0);
    put(program, ROW_SW, 0, address, word, 8 + 4 * 4 + distance);
    put(program, ROW_FENCE_I, 0, 0, 0, 0);
    put(program, ROW_JAL, 0, 0, 0, distance);
    put_room(program, (size_t)(distance - 4));
    put_bytes(program, &words[0], sizeof words[0]);
}

/* ---- traps ---- */

static void put_system_call(struct program *program, unsigned number)
{
    put(program, ROW_ADDI, A7, 0, 0, number);
    put(program, ROW_ECALL, 0, 0, 0, 0);
}

static void put_registers(struct program *program)
{
    for (unsigned reg = 1; reg < 32; reg++)
        put(program, ROW_SD, 0, program->stack, reg, 8 * (int64_t)reg);
}

/* An access that begins before the end of memory, or at it, and goes on where there is none. */
static void put_access_over_the_end(struct program *program)
{
    static const enum isa_row_id rows[] = {ROW_LD, ROW_LW, ROW_LHU, ROW_SD, ROW_SW, ROW_SH};
    enum isa_row_id row = rows[below(program, 6)];
    unsigned bytes = isa_rows[row].width / 8u;
    unsigned address = any_register(program);

    put_constant(program, address, (uint32_t)DATA_END);
    put(program, row, any_register(program), address, any_register(program),
        -(int64_t)below(program, bytes));
}

/* No sc: one without a reservation fails, and whether it traps before is left open. */
static void put_atomic_that_traps(struct program *program)
{
    static const enum isa_row_id rows[] = {ROW_LR_W, ROW_LR_D, ROW_AMOADD_D, ROW_AMOMAXU_W};
    enum isa_row_id row = rows[below(program, 4)];
    bool misaligned = below(program, 2) == 0;
    unsigned address = any_register(program);

    put_constant(program, address, (uint32_t)(misaligned ? DATA_GVA + 2 : DATA_END));
    put(program, row, any_register(program), address,
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
    case 3: put_bytes(program, &illegal[below(program, 6)], sizeof illegal[0]); break;
    case 4: put(program, ROW_EBREAK, 0, 0, 0, 0); break;
    default: /* a jump to where nothing may be executed */
        target = any_register(program);
        put_constant(program, target, (uint32_t)(below(program, 2) == 0 ? DATA_GVA : 0));
        put(program, ROW_JALR, 0, target, 0, 0);
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

    put(program, ROW_ADDI, A0, 0, 0, SIGCHLD_NUMBER);
    for (unsigned i = 1; i < 5; i++)
        put(program, ROW_ADDI, A0 + i, 0, 0, 0);
    put_system_call(program, CLONE);
    parent = put_forward(program, ROW_BNE, A0, 0);
    put_body(program, 6);
    put_registers(program);
    put_trap(program);
    for (unsigned reg = 1; reg < 32; reg++)
        put(program, ROW_SD, 0, program->stack, 0, 8 * (int64_t)reg);
    put(program, ROW_ADDI, A0, 0, 0, 7);
    put_system_call(program, EXIT_GROUP);
    put_target(program, parent);
    put(program, ROW_ADDI, A0, 0, 0, -1);
    put(program, ROW_ADDI, A1, program->stack, 0, status);
    put_system_call(program, WAIT4);
    put(program, ROW_LW, A1, program->stack, 0, status);
    put(program, ROW_ANDI, A0, A1, 0, ~0x80);
    put(program, ROW_SW, 0, program->stack, A0, status);
    put(program, ROW_ADDI, A1, 0, 0, 0);
}

/* ---- the program ---- */

static void put_piece(struct program *program, const struct function *self)
{
    switch (below(program, 12)) {
    case 0:
    case 1: put_body(program, BODY_SLOTS); break;
    case 2:
    case 3: put_two_ways(program); break;
    case 4:
    case 5: put_loop(program, self); break;
    case 6:
    case 7: put_jump_table(program); break;
    case 8:
    case 9:
        if (program->changes_itself) {
            put_change(program);
            break;
        }
    /* fall through */
    default: put_call(program, self); break;
    }
}

static void put_function(struct program *program)
{
    struct function *self = &program->functions[program->function_count];
    unsigned pieces = 1 + below(program, PIECES_MAX);

    /* Mostly one of those that processors predict returns by (unprivileged spec 2.5). */
    *self = (struct function){.entry = program->size, .link = 1 + 4 * below(program, 2)};
    if ((program->reserved >> self->link & 1) != 0 || below(program, 4) == 0)
        self->link = any_register(program);
    put(program, ROW_ADDI, program->stack, program->stack, 0, -FRAME_BYTES);
    put(program, ROW_SD, 0, program->stack, self->link, FRAME_LINK);
    for (unsigned i = 0; i < pieces; i++)
        put_piece(program, self);
    put_registers(program);
    put(program, ROW_LD, self->link, program->stack, 0, FRAME_LINK);
    put(program, ROW_ADDI, program->stack, program->stack, 0, FRAME_BYTES);
    put(program, ROW_JALR, 0, self->link, 0, 0);
    program->function_count++;
}

/* Maps the region, fills its data with numbers, and gives every register one. */
static void put_beginning(struct program *program)
{
    enum { MMAP = 222, PROT_READ_WRITE = 3, SHARED_FIXED_ANONYMOUS = 0x31 };
    const uint32_t arguments[] = {(uint32_t)REGION_GVA, (uint32_t)(STACK_BYTES + DATA_BYTES),
                                  PROT_READ_WRITE,      SHARED_FIXED_ANONYMOUS,
                                  UINT32_MAX,           0};
    uint64_t numbers[32];
    size_t over, table, top;

    for (unsigned i = 0; i < 6; i++)
        put_constant(program, A0 + i, arguments[i]);
    put_system_call(program, MMAP);
    put_constant(program, A1, (uint32_t)DATA_GVA);
    put_constant(program, A2, (uint32_t)DATA_END);
    put_constant(program, A3, (uint32_t)random_next(&program->random));
    top = program->size;
    put(program, ROW_SD, 0, A1, A3, 0);
    put(program, ROW_MUL, A3, A3, A3, 0);
    put(program, ROW_ADDI, A3, A3, 0, 1235);
    put(program, ROW_ADDI, A1, A1, 0, 8);
    put(program, ROW_BLTU, 0, A1, A2, (int64_t)top - (int64_t)program->size);
    over = put_forward(program, ROW_JAL, 0, 0);
    table = program->size;
    for (unsigned reg = 0; reg < 32; reg++)
        numbers[reg] = random_edge(&program->random);
    put_bytes(program, numbers, sizeof numbers);
    put_target(program, over);
    put_constant(program, program->base, (uint32_t)(TEXT_GVA + table));
    for (unsigned reg = 1; reg < 32; reg++) {
        if (reg != program->base)
            put(program, ROW_LD, reg, program->base, 0, 8 * (int64_t)reg);
    }
    put_constant(program, program->base, (uint32_t)DATA_BASE);
    put_constant(program, program->stack, (uint32_t)(REGION_GVA + FRAMES_MAX * FRAME_BYTES));
    put_constant(program, program->fuel, 1 + below(program, FUEL_MAX));
}

/* write(1, all of the region) until it is written, then exit_group(any status). */
static void put_ending(struct program *program)
{
    enum { WRITE = 64, EXIT_GROUP = 94 };
    size_t top, out;

    put_registers(program);
    put_constant(program, A1, (uint32_t)REGION_GVA);
    put_constant(program, A2, (uint32_t)(STACK_BYTES + DATA_BYTES));
    top = program->size;
    put(program, ROW_ADDI, A0, 0, 0, 1);
    put_system_call(program, WRITE);
    out = put_forward(program, ROW_BGE, 0, A0); /* a0 <= 0: it failed */
    put(program, ROW_ADD, A1, A1, A0, 0);
    put(program, ROW_SUB, A2, A2, A0, 0);
    put_backward(program, ROW_BNE, 0, A2, top);
    put_target(program, out);
    put(program, ROW_ADDI, A0, 0, 0, below(program, 100));
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

    *program = (struct program){.random = {.state = seed}};
    functions = 1 + below(program, FUNCTIONS_MAX);
    program->changes_itself = below(program, 2) == 0;
    choose_registers(program);
    start = put_forward(program, ROW_JAL, 0, 0);
    while (program->function_count < functions)
        put_function(program);
    put_target(program, start);
    put_beginning(program);
    for (unsigned i = 0; i < PIECES_MAX; i++)
        put_call(program, &program->functions[functions - 1]);
    while (below(program, 3) == 0)
        put_child(program);
    put_ending(program);
}

static void write_program(const struct program *program, const char *path)
{
    const uint64_t offset = 4096;
    const struct {
        Elf64_Ehdr elf;
        Elf64_Phdr text;
    } head = {
        .elf = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                            EV_CURRENT},
                .e_type = ET_EXEC,
                .e_machine = EM_RISCV,
                .e_version = EV_CURRENT,
                .e_entry = TEXT_GVA,
                .e_phoff = sizeof(Elf64_Ehdr),
                .e_flags = EF_RISCV_RVC,
                .e_ehsize = sizeof(Elf64_Ehdr),
                .e_phentsize = sizeof(Elf64_Phdr),
                .e_phnum = 1},
        .text = {.p_type = PT_LOAD,
                 .p_flags = PF_R | PF_X | (program->changes_itself ? PF_W : 0),
                 .p_offset = offset,
                 .p_vaddr = TEXT_GVA,
                 .p_paddr = TEXT_GVA,
                 .p_filesz = program->size,
                 .p_memsz = program->size,
                 .p_align = 4096},
    };
    FILE *file = fopen(path, "wb");

    if (file == NULL || fwrite(&head, sizeof head, 1, file) != 1 ||
        fseek(file, (long)offset, SEEK_SET) != 0 ||
        fwrite(program->text, program->size, 1, file) != 1 || fclose(file) != 0)
        die(path);
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
    struct program *program = malloc(sizeof *program);
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
    free(program);
    return status;
}
