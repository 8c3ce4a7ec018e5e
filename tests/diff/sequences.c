/*
 * sequences.c: thousands of random instruction sequences in one rv64 program, and the comparison of
 * what two processors made of them.
 *
 *     sequences make SEED COUNT FILE.elf         writes the program
 *     sequences compare SEED COUNT WANT GOT      names the first sequence whose results differ
 *
 * The program loads 31 registers with random numbers, runs a random body, stores the registers, and
 * goes on to the next sequence; at the end it writes all results to standard output. One process
 * for thousands of sequences is what makes an oracle like qemu-riscv64 affordable.
 *
 * A body is made of rows of the ISA table, every user-mode row as likely as any other. One
 * register, the `base`, points into a page of scratch memory and is never written; it is another
 * one in each sequence, so every register takes every part. All jumps go forward, but for one
 * counted loop.
 *
 * What is not here: instructions that trap (tests/e2e has those), and the numbers that the counters
 * answer, for they rightly differ between processors.
 */
#include "emu/isa/decode.h"
#include "emu/isa/disasm.h"
#include "emu/isa/encode.h"
#include "tests/random.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_GVA   UINT64_C(0x00100000)
#define INPUT_GVA  UINT64_C(0x10000000)
#define OUTPUT_GVA UINT64_C(0x20000000)
#define SCRATCH_BYTES                                                           \
    8192 /* base points to its middle: any 12-bit offset, misaligned too, is in \
          */

enum {
    BODY_MAX = 128,       /* instructions of a body */
    SLOTS_MAX = 14,       /* random choices of a body; a jump goes to the start of one */
    SEQUENCE_BYTES = 1024 /* upper bound of one sequence's code */
};

enum { RA = 1, SP = 2, A0 = 10, A1 = 11, A2 = 12, A7 = 17 };

struct registers {
    uint64_t x[32];
};

struct jump {
    unsigned item;    /* where in the body */
    unsigned from;    /* the item that its offset is relative to */
    unsigned to_slot; /* where it goes */
};

struct body {
    struct insn items[BODY_MAX];
    unsigned count;
    unsigned slot_start[SLOTS_MAX + 1]; /* item; the last one is the end */
    struct jump jumps[SLOTS_MAX];
    unsigned jump_count;
    unsigned base;     /* the register that points to the scratch memory */
    uint32_t reserved; /* mask of registers that the body must not write */
};

struct program {
    struct random random;
    uint8_t *text;
    size_t text_size;
    struct registers *input;
    unsigned count;
    uint64_t row_used[ROW_COUNT];
};

static uint64_t scratch_gva(const struct program *program)
{
    return OUTPUT_GVA + program->count * sizeof(struct registers);
}

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(2);
}

/* ---- bodies ---- */

/* Adds an instruction if its encoding exists and it leaves the reserved registers alone. */
static bool add(struct body *body, enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2,
                int64_t imm)
{
    struct insn *insn = &body->items[body->count];
    uint32_t word = isa_encode(&isa_rows[row], rd, rs1, rs2, imm);

    if (body->count == BODY_MAX || word == 0 || !isa_decode(word, insn))
        return false;
    if (insn->row != &isa_rows[row] || (isa_writes(insn) & body->reserved) != 0)
        return false;
    body->count++;
    return true;
}

/* An instruction of `row` with random bits for operands: what it takes, whatever its format. */
static bool random_operands(struct random *random, enum isa_row_id row, struct insn *insn)
{
    const struct isa_row *wanted = &isa_rows[row];

    for (unsigned tries = 0; tries < 64; tries++) {
        uint32_t word = wanted->match | ((uint32_t)random_next(random) & ~wanted->mask);

        if (isa_decode(word, insn) && insn->row == wanted)
            return true;
    }
    return false;
}

/* A register that the body may write, and not x0: for addresses and jump targets. */
static unsigned free_register(struct random *random, const struct body *body)
{
    for (;;) {
        unsigned reg = 1 + (unsigned)random_below(random, 31);

        if ((body->reserved >> reg & 1) == 0)
            return reg;
    }
}

static bool add_memory_access(struct random *random, struct body *body, enum isa_row_id row)
{
    struct insn any;

    if (!random_operands(random, row, &any))
        return false;
    return add(body, row, any.rd, body->base, any.rs2, any.imm);
}

/* Atomics take no offset: another register gets an aligned address in the scratch memory. */
static bool add_atomic(struct random *random, struct body *body, enum isa_row_id row)
{
    unsigned address = free_register(random, body);
    unsigned bytes = isa_rows[row].width / 8u;
    int64_t offset = ((int64_t)random_below(random, 4096 / bytes) - 2048 / bytes) * bytes;
    bool pair = isa_rows[row].kind == KIND_LR;
    enum isa_row_id conditional = isa_rows[row].width == 32 ? ROW_SC_W : ROW_SC_D;
    unsigned rd = (unsigned)random_below(random, 32);
    unsigned rs2 = (unsigned)random_below(random, 32);

    if (pair && rd == address)
        rd = 0;
    if (!add(body, ROW_ADDI, address, body->base, 0, offset) ||
        !add(body, row, rd, address, pair ? 0 : rs2, 0))
        return false;
    if (!pair)
        return true;
    /* Every reservation is used up, with a store in between that may or may not break it. */
    if (random_below(random, 4) == 0 &&
        !add(body, ROW_SB, 0, body->base, rs2, offset + (int64_t)random_below(random, 8)))
        return false;
    return add(body, conditional, free_register(random, body), address, rs2, 0);
}

/* The jump is added with offset 0 and patched when the places of all slots are known. */
static bool add_jump(struct random *random, struct body *body, enum isa_row_id row)
{
    struct jump *jump = &body->jumps[body->jump_count];
    bool indirect = isa_rows[row].kind == KIND_JALR;
    unsigned target = free_register(random, body);
    struct insn any;

    if (!random_operands(random, row, &any))
        return false;
    jump->from = body->count;
    if (indirect) {
        /* The addi carries the offset, because c.jr and c.jalr have none. */
        jump->item = body->count + 1;
        if (!add(body, ROW_AUIPC, target, 0, 0, 0) || !add(body, ROW_ADDI, target, target, 0, 0) ||
            !add(body, row, any.rd, target, 0, 0))
            return false;
    } else {
        jump->item = body->count;
        /* 2 and not 0: an offset of 0 has no encoding in some formats, and would be a loop. */
        if (!add(body, row, any.rd, any.rs1, any.rs2, 2))
            return false;
    }
    body->jump_count++;
    return true;
}

/* A counter is read, and what it answered is wiped out again. */
static bool add_csr_read(struct random *random, struct body *body, enum isa_row_id row)
{
    unsigned rd = free_register(random, body);

    return add(body, row, rd, 0, 0, (int64_t)(0xc00 + random_below(random, 3))) &&
           add(body, ROW_ANDI, rd, rd, 0, 0);
}

static bool add_system_call(struct body *body)
{
    const int64_t sched_yield_number = 124; /* answers 0 everywhere */

    return (body->reserved & (1u << A0 | 1u << A7)) == 0 &&
           add(body, ROW_ADDI, A7, 0, 0, sched_yield_number) && add(body, ROW_ECALL, 0, 0, 0, 0);
}

/* Is the row one that a user program may execute and whose results are everywhere the same? */
static bool is_testable(const struct isa_row *row)
{
    bool csr = row->kind == KIND_CSR || row->kind == KIND_CSR_IMM;

    return strcmp(row->extension, "Priv") != 0 && row->kind != KIND_EBREAK &&
           !(csr && row->op == OP_SECOND); /* csrrw writes, and no CSR can be written */
}

/* One random choice: an instruction of `row` with what it needs around it. */
static bool add_slot(struct random *random, struct body *body, enum isa_row_id row)
{
    struct insn any;

    switch ((enum isa_kind)isa_rows[row].kind) {
    case KIND_LOAD:
    case KIND_STORE: return add_memory_access(random, body, row);
    case KIND_LR:
    case KIND_SC:
    case KIND_AMO: return add_atomic(random, body, row);
    case KIND_BRANCH:
    case KIND_JAL:
    case KIND_JALR: return add_jump(random, body, row);
    case KIND_CSR:
    case KIND_CSR_IMM: return add_csr_read(random, body, row);
    case KIND_ECALL: return add_system_call(body);
    case KIND_ALU:
    case KIND_ALU_IMM:
    case KIND_LUI:
    case KIND_AUIPC:
    case KIND_FENCE:
    case KIND_FENCE_I:
        return random_operands(random, row, &any) &&
               add(body, row, any.rd, any.rs1, any.rs2, any.imm);
    case KIND_EBREAK:
    case KIND_MRET:
    case KIND_SRET:
    case KIND_WFI:
    case KIND_SFENCE_VMA:
    case KIND_COUNT: break;
    }
    return false;
}

static void fill_slot(struct program *program, struct body *body)
{
    for (;;) {
        struct body before = *body;
        enum isa_row_id row = (enum isa_row_id)random_below(&program->random, ROW_COUNT);

        if (is_testable(&isa_rows[row]) && add_slot(&program->random, body, row)) {
            program->row_used[row]++;
            return;
        }
        *body = before;
    }
}

/* Byte offset of an item from the start of the body. */
static int64_t item_offset(const struct body *body, unsigned item)
{
    int64_t offset = 0;

    for (unsigned i = 0; i < item; i++)
        offset += body->items[i].length;
    return offset;
}

static void patch_jumps(struct body *body)
{
    for (unsigned i = 0; i < body->jump_count; i++) {
        const struct jump *jump = &body->jumps[i];
        struct insn *insn = &body->items[jump->item];
        int64_t offset =
            item_offset(body, body->slot_start[jump->to_slot]) - item_offset(body, jump->from);
        uint32_t word = isa_encode(insn->row, insn->rd, insn->rs1, insn->rs2, offset);

        if (word == 0 || !isa_decode(word, insn))
            die("a jump of this program's own cannot be encoded");
    }
}

static void make_body(struct program *program, struct body *body)
{
    struct random *random = &program->random;
    unsigned slots = 1 + (unsigned)random_below(random, SLOTS_MAX);
    bool loops = random_below(random, 4) == 0;
    unsigned counter = 0, loop_start;

    *body = (struct body){.base = 1 + (unsigned)random_below(random, 31)};
    body->reserved = 1u << body->base;
    if (loops) {
        counter = free_register(random, body);
        add(body, ROW_ADDI, counter, 0, 0, 1 + (int64_t)random_below(random, 3));
        body->reserved |= 1u << counter;
    }
    loop_start = body->count;
    for (unsigned slot = 0; slot < slots; slot++) {
        unsigned jumps = body->jump_count;

        body->slot_start[slot] = body->count;
        fill_slot(program, body);
        if (body->jump_count > jumps)
            body->jumps[jumps].to_slot = slot + 1 + (unsigned)random_below(random, slots - slot);
    }
    body->slot_start[slots] = body->count;
    if (loops) {
        body->reserved &= ~(1u << counter);
        add(body, ROW_ADDI, counter, counter, 0, -1);
        add(body, ROW_BNE, 0, counter, 0,
            item_offset(body, loop_start) - item_offset(body, body->count));
    }
    patch_jumps(body);
}

/* ---- the program around the bodies ---- */

static void put_word(struct program *program, uint32_t word, unsigned length)
{
    memcpy(program->text + program->text_size, &word, length);
    program->text_size += length;
}

static void put(struct program *program, enum isa_row_id row, unsigned rd, unsigned rs1,
                unsigned rs2, int64_t imm)
{
    uint32_t word = isa_encode(&isa_rows[row], rd, rs1, rs2, imm);

    if (word == 0)
        die(isa_rows[row].name);
    put_word(program, word, 4);
}

/* rd = value, for 0 <= value < 2^31 - 2^11. */
static void put_constant(struct program *program, unsigned rd, uint64_t value)
{
    int64_t low = (int64_t)(value & 0xfff) - ((value & 0x800) != 0 ? 0x1000 : 0);

    put(program, ROW_LUI, rd, 0, 0, (int64_t)value - low);
    put(program, ROW_ADDI, rd, rd, 0, low);
}

static void put_sequence(struct program *program, unsigned number, const struct body *body)
{
    uint64_t offset = number * sizeof(struct registers);

    put_constant(program, body->base, INPUT_GVA + offset);
    for (unsigned reg = 1; reg < 32; reg++) {
        if (reg != body->base)
            put(program, ROW_LD, reg, body->base, 0, 8 * (int64_t)reg);
    }
    put_constant(program, body->base, scratch_gva(program) + SCRATCH_BYTES / 2);
    for (unsigned i = 0; i < body->count; i++)
        put_word(program, body->items[i].word, body->items[i].length);
    put_constant(program, body->base, OUTPUT_GVA + offset);
    for (unsigned reg = 1; reg < 32; reg++)
        put(program, ROW_SD, 0, body->base, reg, 8 * (int64_t)reg);
}

/* write(1, results) until all is written, then exit_group(0), or 1 when writing failed. */
static void put_ending(struct program *program)
{
    const int64_t write_number = 64, exit_group_number = 94;

    put_constant(program, A1, OUTPUT_GVA);
    put_constant(program, A2, program->count * sizeof(struct registers) + SCRATCH_BYTES);
    put(program, ROW_ADDI, A0, 0, 0, 1);
    put(program, ROW_ADDI, A7, 0, 0, write_number);
    put(program, ROW_ECALL, 0, 0, 0, 0);
    put(program, ROW_BGE, 0, 0, A0, 16); /* a0 <= 0: give up */
    put(program, ROW_ADD, A1, A1, A0, 0);
    put(program, ROW_SUB, A2, A2, A0, 0);
    put(program, ROW_BNE, 0, A2, 0, -24);
    put(program, ROW_SLTU, A0, 0, A2, 0);
    put(program, ROW_ADDI, A7, 0, 0, exit_group_number);
    put(program, ROW_ECALL, 0, 0, 0, 0);
}

static void make_program(struct program *program, uint64_t seed, unsigned count)
{
    *program = (struct program){.random = {.state = seed}, .count = count};
    program->text = calloc(count + 1, SEQUENCE_BYTES);
    program->input = calloc(count, sizeof *program->input);
    if (program->text == NULL || program->input == NULL)
        die("memory for the program");
}

/* The next sequence's body and input. Called for number 0, 1, 2, ... in this order. */
static void make_sequence(struct program *program, unsigned number, struct body *body)
{
    make_body(program, body);
    for (unsigned reg = 1; reg < 32; reg++)
        program->input[number].x[reg] = random_edge(&program->random);
}

/* ---- make ---- */

static Elf64_Phdr segment(uint64_t gva, uint64_t offset, uint64_t filesz, uint64_t memsz,
                          uint32_t flags)
{
    return (Elf64_Phdr){.p_type = PT_LOAD,
                        .p_flags = flags,
                        .p_offset = offset,
                        .p_vaddr = gva,
                        .p_paddr = gva,
                        .p_filesz = filesz,
                        .p_memsz = memsz,
                        .p_align = 4096};
}

static uint64_t round_up(uint64_t size)
{
    return (size + 4095) & ~UINT64_C(4095);
}

static void write_program(const struct program *program, const char *path)
{
    uint64_t results = program->count * sizeof(struct registers);
    uint64_t text_offset = 4096, input_offset = text_offset + round_up(program->text_size);
    struct {
        Elf64_Ehdr elf;
        Elf64_Phdr segments[3];
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
                .e_phnum = 3},
        .segments = {segment(TEXT_GVA, text_offset, program->text_size, program->text_size,
                             PF_R | PF_X),
                     segment(INPUT_GVA, input_offset, results, results, PF_R),
                     segment(OUTPUT_GVA, 0, 0, results + SCRATCH_BYTES, PF_R | PF_W)},
    };
    FILE *file = fopen(path, "wb");

    if (file == NULL || fwrite(&head, sizeof head, 1, file) != 1 ||
        fseek(file, (long)text_offset, SEEK_SET) != 0 ||
        fwrite(program->text, program->text_size, 1, file) != 1 ||
        fseek(file, (long)input_offset, SEEK_SET) != 0 ||
        fwrite(program->input, results, 1, file) != 1 || fclose(file) != 0)
        die(path);
}

/* A row that no sequence used would be a row that nothing tests. */
static int check_rows(const struct program *program)
{
    int missing = 0;

    for (unsigned row = 0; row < ROW_COUNT; row++) {
        if (is_testable(&isa_rows[row]) && program->row_used[row] == 0) {
            fprintf(stderr, "sequences: no sequence uses %s\n", isa_rows[row].name);
            missing++;
        }
    }
    return missing == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int make(uint64_t seed, unsigned count, const char *path)
{
    struct program program;
    struct body body;
    int status;

    make_program(&program, seed, count);
    for (unsigned number = 0; number < count; number++) {
        make_sequence(&program, number, &body);
        put_sequence(&program, number, &body);
    }
    put_ending(&program);
    write_program(&program, path);
    status = check_rows(&program);
    free(program.text);
    free(program.input);
    return status;
}

/* ---- compare ---- */

static uint8_t *read_results(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *results = malloc(size);
    size_t length;

    if (file == NULL || results == NULL)
        die(path);
    length = fread(results, 1, size, file);
    if (length != size || fgetc(file) != EOF) {
        printf("%s: %zu bytes of results, %zu expected\n", path, length, size);
        exit(EXIT_FAILURE);
    }
    fclose(file);
    return results;
}

static void show_difference(const struct body *body, const struct registers *input,
                            const struct registers *want, const struct registers *got)
{
    uint64_t pc = 0;
    char text[96];

    for (unsigned i = 0; i < body->count; i++) {
        isa_disasm(&body->items[i], pc, text, sizeof text);
        printf("  %4" PRIx64 ":  %s\n", pc, text);
        pc += body->items[i].length;
    }
    for (unsigned reg = 1; reg < 32; reg++) {
        printf("  x%-2u before %016" PRIx64 "  after %016" PRIx64, reg, input->x[reg],
               want->x[reg]);
        if (want->x[reg] != got->x[reg])
            printf("  but here %016" PRIx64, got->x[reg]);
        putchar('\n');
    }
}

static int compare(uint64_t seed, unsigned count, const char *want_path, const char *got_path)
{
    size_t size = count * sizeof(struct registers) + SCRATCH_BYTES;
    uint8_t *want_bytes = read_results(want_path, size);
    uint8_t *got_bytes = read_results(got_path, size);
    bool equal = memcmp(want_bytes, got_bytes, size) == 0;
    struct program program;
    struct body body;

    make_program(&program, seed, count);
    for (unsigned number = 0; number < count && !equal; number++) {
        struct registers want, got;

        make_sequence(&program, number, &body);
        memcpy(&want, want_bytes + number * sizeof want, sizeof want);
        memcpy(&got, got_bytes + number * sizeof got, sizeof got);
        want.x[body.base] = got.x[body.base] = 0;
        if (memcmp(&want, &got, sizeof want) != 0) {
            printf("sequence %u of seed %" PRIu64 " differs:\n", number, seed);
            show_difference(&body, &program.input[number], &want, &got);
            break;
        }
        if (number == count - 1)
            puts("all registers agree, but the scratch memory differs");
    }
    free(program.text);
    free(program.input);
    free(want_bytes);
    free(got_bytes);
    return equal ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    if (argc >= 5) {
        uint64_t seed = strtoull(argv[2], NULL, 0);
        unsigned long count = strtoul(argv[3], NULL, 0);

        if (count >= 1 && count <= 100000) {
            if (argc == 5 && strcmp(argv[1], "make") == 0)
                return make(seed, (unsigned)count, argv[4]);
            if (argc == 6 && strcmp(argv[1], "compare") == 0)
                return compare(seed, (unsigned)count, argv[4], argv[5]);
        }
    }
    fputs("usage: sequences make SEED COUNT FILE.elf | compare SEED COUNT WANT GOT\n"
          "       COUNT from 1 to 100000\n",
          stderr);
    return 2;
}
