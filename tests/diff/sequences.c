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
 * Each sequence has another register as the base of its body (body.h), so every register takes
 * every part.
 *
 * What is not here: instructions that trap (tests/e2e has those), and the numbers that the counters
 * answer, for they rightly differ between processors.
 */
#include "emu/isa/disasm.h"
#include "tests/diff/body.h"
#include "tests/diff/text.h"
#include "tests/random.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_GVA      UINT64_C(0x00100000)
#define INPUT_GVA     UINT64_C(0x10000000)
#define OUTPUT_GVA    UINT64_C(0x20000000)
#define SCRATCH_BYTES (2 * BODY_REACH)

enum { SEQUENCE_BYTES = 1024 }; /* upper bound of one sequence's code */

enum { A0 = 10, A1, A2, A7 = 17 };

struct registers {
    uint64_t x[32];
};

struct program {
    struct random random;
    struct text text;
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

/* ---- the program around the bodies ---- */

static void put_sequence(struct program *program, unsigned number, const struct body *body)
{
    struct text *text = &program->text;
    uint64_t offset = number * sizeof(struct registers);

    text_constant(text, body->base, (uint32_t)(INPUT_GVA + offset));
    for (unsigned reg = 1; reg < 32; reg++) {
        if (reg != body->base)
            text_insn(text, ROW_LD, reg, body->base, 0, 8 * (int64_t)reg);
    }
    text_constant(text, body->base, (uint32_t)(scratch_gva(program) + SCRATCH_BYTES / 2));
    for (unsigned i = 0; i < body->count; i++)
        text_bytes(text, &body->items[i].word, body->items[i].length);
    text_constant(text, body->base, (uint32_t)(OUTPUT_GVA + offset));
    for (unsigned reg = 1; reg < 32; reg++)
        text_insn(text, ROW_SD, 0, body->base, reg, 8 * (int64_t)reg);
}

/* write(1, results) until all is written, then exit_group(0), or 1 when writing failed. */
static void put_ending(struct program *program)
{
    const int64_t write_number = 64, exit_group_number = 94;
    struct text *text = &program->text;
    size_t top, out;

    text_constant(text, A1, (uint32_t)OUTPUT_GVA);
    text_constant(text, A2, (uint32_t)(program->count * sizeof(struct registers)) + SCRATCH_BYTES);
    top = text->size;
    text_insn(text, ROW_ADDI, A0, 0, 0, 1);
    text_insn(text, ROW_ADDI, A7, 0, 0, write_number);
    text_insn(text, ROW_ECALL, 0, 0, 0, 0);
    out = text_forward(text, ROW_BGE, 0, A0); /* a0 <= 0: give up */
    text_insn(text, ROW_ADD, A1, A1, A0, 0);
    text_insn(text, ROW_SUB, A2, A2, A0, 0);
    text_backward(text, ROW_BNE, 0, A2, top);
    text_target(text, out);
    text_insn(text, ROW_SLTU, A0, 0, A2, 0);
    text_insn(text, ROW_ADDI, A7, 0, 0, exit_group_number);
    text_insn(text, ROW_ECALL, 0, 0, 0, 0);
}

static void make_program(struct program *program, uint64_t seed, unsigned count)
{
    *program = (struct program){.random = {.state = seed}, .count = count};
    text_init(&program->text, (size_t)(count + 1) * SEQUENCE_BYTES);
    program->input = calloc(count, sizeof *program->input);
    if (program->input == NULL)
        die("memory for the program");
}

/* The next sequence's body and input. Called for number 0, 1, 2, ... in this order. */
static void make_sequence(struct program *program, unsigned number, struct body *body)
{
    struct random *random = &program->random;
    const struct body_wish wish = {.base = 1 + (unsigned)random_below(random, 31),
                                   .slots = 1 + (unsigned)random_below(random, BODY_SLOTS),
                                   .rounds = 3};

    body_make(body, random, &wish, program->row_used);
    for (unsigned reg = 1; reg < 32; reg++)
        program->input[number].x[reg] = random_edge(&program->random);
}

/* ---- make ---- */

static void write_program(const struct program *program, const char *path)
{
    uint64_t results = program->count * sizeof(struct registers);
    const struct text_segment segments[] = {
        {TEXT_GVA, PF_R | PF_X, program->text.bytes, program->text.size},
        {INPUT_GVA, PF_R, program->input, results},
        {OUTPUT_GVA, PF_R | PF_W, NULL, results + SCRATCH_BYTES}};

    text_write(path, segments, 3);
}

/* A row that no sequence used would be a row that nothing tests. */
static int check_rows(const struct program *program)
{
    int missing = 0;

    for (unsigned row = 0; row < ROW_COUNT; row++) {
        if (body_can_have(&isa_rows[row]) && program->row_used[row] == 0) {
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
    text_fini(&program.text);
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
    text_fini(&program.text);
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
