/*
 * mkdoc.c: writes docs/isa.md from the instruction table. Runs on the host.
 *
 *   mkdoc EXECUTED > isa.md
 *
 * EXECUTED is a file of lines "prime add": the program prime executed the row add. The document
 * begins with those rows, the *small* instruction set; then come all, by extension.
 */
#include "emu/isa/csr.h"
#include "emu/isa/disasm.h"
#include "emu/isa/ruler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PROGRAMS = 8, NAME_SIZE = 32 };

/* Which rows which programs executed. */
struct trace {
    char programs[MAX_PROGRAMS][NAME_SIZE];
    unsigned count;
    bool executed[MAX_PROGRAMS][ROW_COUNT];
};

static _Noreturn void die(const char *what, const char *which)
{
    fprintf(stderr, "mkdoc: %s %s\n", what, which);
    exit(EXIT_FAILURE);
}

static unsigned program_number(struct trace *trace, const char *name)
{
    for (unsigned i = 0; i < trace->count; i++) {
        if (strcmp(trace->programs[i], name) == 0)
            return i;
    }
    if (trace->count == MAX_PROGRAMS)
        die("no room for program", name);
    snprintf(trace->programs[trace->count], NAME_SIZE, "%s", name);
    return trace->count++;
}

static size_t row_number(const char *name)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (strcmp(isa_rows[i].name, name) == 0)
            return i;
    }
    die("no row has the name", name);
}

static void read_trace(struct trace *trace, const char *path)
{
    char program[NAME_SIZE], row[NAME_SIZE];
    FILE *file = fopen(path, "r");

    if (!file)
        die("cannot read", path);
    *trace = (struct trace){0};
    while (fscanf(file, "%31s %31s", program, row) == 2)
        trace->executed[program_number(trace, program)][row_number(row)] = true;
    if (!feof(file) || trace->count == 0)
        die("not lines of PROGRAM ROW:", path);
    fclose(file);
}

static bool is_executed(const struct trace *trace, size_t row)
{
    for (unsigned i = 0; i < trace->count; i++) {
        if (trace->executed[i][row])
            return true;
    }
    return false;
}

static bool is_encoding(size_t row)
{
    return isa_rows[row].base != row;
}

/* Text inside a table, where '|' would end a cell. */
static void print_cell(const char *text)
{
    for (; *text != '\0'; text++)
        printf(*text == '|' ? "\\|" : "%c", *text);
}

/* The name and what is written after it: "lw rd,imm(rs1)". */
static void print_syntax(const struct isa_row *row)
{
    static const struct {
        char letter;
        const char *operand;
    } operands[] = {{'d', "rd"},  {'s', "rs1"}, {'t', "rs2"},  {'r', "rs3"},
                    {'j', "imm"}, {'x', "imm"}, {'u', "imm"},  {'p', "target"},
                    {'c', "csr"}, {'z', "imm"}, {'P', "pred"}, {'S', "succ"}};
    const char *template = isa_formats[row->format].operands;

    printf("`%s%s", row->name, *template != '\0' ? " " : "");
    for (; *template != '\0'; template ++) {
        const char *operand = NULL;

        for (size_t i = 0; i < sizeof(operands) / sizeof(operands[0]); i++) {
            if (operands[i].letter == *template)
                operand = operands[i].operand;
        }
        if (operand)
            printf("%s", operand);
        else
            putchar(*template);
    }
    putchar('`');
}

/* The ruler with the row's own bits in the places of opcode and functN. */
static void print_encoding(const struct isa_row *row)
{
    const char *cursor = isa_formats[row->format].ruler;
    unsigned low = (row->match & 3) == 3 ? 32 : 16;
    char token[RULER_TOKEN_SIZE];

    putchar('`');
    for (unsigned i = 0; ruler_next(&cursor, token); i++) {
        unsigned width = ruler_token_width(token);
        bool is_fixed;

        if (width == 0)
            continue; /* an implied operand */
        low -= width;
        is_fixed = row->mask >> low & 1;
        printf("%s", i > 0 ? " " : "");
        for (unsigned bit = low + width; is_fixed && bit-- > low;)
            putchar(row->match >> bit & 1 ? '1' : '0');
        if (!is_fixed)
            print_cell(token);
    }
    putchar('`');
}

/* A format as a box with bit numbers above:  31   20   19 15
 *                                         | imm[11:0] |  rs1  | */
static void print_box(const char *ruler)
{
    char numbers[512] = "", cells[512] = "", token[RULER_TOKEN_SIZE];
    const char *cursor = ruler;
    unsigned high = 0;
    int at = 0;

    while (ruler_next(&cursor, token))
        high += ruler_token_width(token);
    for (cursor = ruler; ruler_next(&cursor, token);) {
        unsigned width = ruler_token_width(token);
        int room = (int)strlen(token) < 5 ? 5 : (int)strlen(token);

        if (width == 0)
            continue;
        high -= width;
        if (width == 1)
            snprintf(numbers + at, sizeof(numbers) - (size_t)at, "  %-*u ", room, high);
        else
            snprintf(numbers + at, sizeof(numbers) - (size_t)at, "  %-2u%*u ", high + width - 1,
                     room - 2, high);
        at += snprintf(cells + at, sizeof(cells) - (size_t)at, "| %-*s ", room, token);
    }
    while (at > 0 && numbers[at - 1] == ' ')
        numbers[--at] = '\0';
    printf("    %s\n    %s|\n", numbers, cells);
}

static void print_small_isa(const struct trace *trace)
{
    unsigned rows = 0, executed = 0;

    for (size_t row = 0; row < ROW_COUNT; row++) {
        rows += !is_encoding(row);
        executed += !is_encoding(row) && is_executed(trace, row);
    }
    printf("## The small instruction set\n\n"
           "Of the %u instructions below, these %u are all that ",
           rows, executed);
    for (unsigned i = 0; i < trace->count; i++)
        printf("%s`%s`", i == 0 ? "" : i + 1 < trace->count ? ", " : " and ", trace->programs[i]);
    printf(" execute. Whoever knows them can\n"
           "read the programs' disassembly, and has read most of the interpreter.\n\n"
           "| instruction | encoding | meaning |");
    for (unsigned i = 0; i < trace->count; i++)
        printf(" %s |", trace->programs[i]);
    printf("\n|---|---|---|");
    for (unsigned i = 0; i < trace->count; i++)
        printf(":-:|");
    printf("\n");
    for (size_t row = 0; row < ROW_COUNT; row++) {
        if (!is_executed(trace, row))
            continue;
        printf("| ");
        print_syntax(&isa_rows[row]);
        printf(" | ");
        print_encoding(&isa_rows[row]);
        printf(" | ");
        print_cell(isa_rows[row].meaning);
        printf(" |");
        for (unsigned i = 0; i < trace->count; i++)
            printf(" %s |", trace->executed[i][row] ? "x" : "");
        printf("\n");
    }
}

static void print_formats(void)
{
    printf("\n## Where operands sit\n\n"
           "Each instruction has a format, which says which bits of the word hold which operand. "
           "`imm` is\nsign-extended, `uimm` and `shamt` are zero-extended; `rd'` has three bits "
           "and names one of x8 to x15.\n");
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        bool first = true;

        printf("\n`%s`:", isa_formats[i].name);
        for (size_t row = 0; row < ROW_COUNT; row++) {
            if (isa_rows[row].format != i)
                continue;
            printf("%s%s", first ? " " : ", ", isa_rows[row].name);
            first = false;
        }
        printf("\n\n");
        print_box(isa_formats[i].ruler);
    }
}

static void print_rows(const char *extension, const char *title)
{
    printf("\n### %s\n\n| instruction | encoding | meaning |\n|---|---|---|\n", title);
    for (const struct isa_row *row = isa_rows; row < isa_rows + ROW_COUNT; row++) {
        if (strcmp(row->extension, extension) != 0)
            continue;
        printf("| ");
        print_syntax(row);
        printf(" | ");
        print_encoding(row);
        printf(" | ");
        print_cell(row->meaning);
        printf(" |\n");
    }
}

/* The operands that the word does not hold: "rs1=2" in the ruler, rs1 = x2 for people. */
static void print_implied(const struct isa_row *row)
{
    const char *cursor = isa_formats[row->format].ruler;
    const char *separator = "";
    char token[RULER_TOKEN_SIZE];

    while (ruler_next(&cursor, token)) {
        char *equals = strchr(token, '=');

        if (!equals)
            continue;
        printf("%s%.*s = x%s", separator, (int)(equals - token), token, equals + 1);
        separator = ", ";
    }
}

static void print_encodings(void)
{
    static const char *const constraints[] = {
        [CONSTRAINT_NONE] = "",
        [CONSTRAINT_RD_NOT_0] = "rd is not x0",
        [CONSTRAINT_RS1_NOT_0] = "rs1 is not x0",
        [CONSTRAINT_RS2_NOT_0] = "rs2 is not x0",
        [CONSTRAINT_IMM_NOT_0] = "imm is not 0",
        [CONSTRAINT_RD_NOT_2_IMM_NOT_0] = "rd is not x2, imm is not 0",
    };

    printf("\n### C: 16-bit encodings\n\n"
           "Each does what its base does; only the word is shorter.\n\n"
           "| instruction | encoding | base | meaning | with | only if |\n"
           "|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct isa_row *row = &isa_rows[i];

        if (!is_encoding(i))
            continue;
        printf("| ");
        print_syntax(row);
        printf(" | ");
        print_encoding(row);
        printf(" | `%s` | ", isa_rows[row->base].name);
        print_cell(row->meaning);
        printf(" | ");
        print_implied(row);
        printf(" | %s |\n", constraints[row->constraint]);
    }
}

static void print_registers(void)
{
    printf("\n## Registers\n\n"
           "Beside its number, each register has a name that says what programs agreed to use it "
           "for.\n\n");
    for (unsigned i = 0; i < 32; i++) {
        bool is_last = i % 8 == 7;

        printf("%s%-3s %-*s%s", i % 8 == 0 ? "    " : "  ",
               isa_register_name('x', i, NAMES_NUMERIC), is_last ? 0 : 4,
               isa_register_name('x', i, NAMES_ABI), is_last ? "\n" : "");
    }
}

static void print_csrs(void)
{
    printf(
        "\n## Control and status registers\n\n"
        "The registers that `csrrw` and its kin name. A guest's user mode reads the first three.\n"
        "\n| number | name | meaning |\n|---|---|---|\n");
#define CSR(id, number, name, meaning) printf("| 0x%03x | `%s` | %s |\n", number, name, meaning);
#define CSR_ARRAY(id, number, count, name, first, meaning)                                       \
    printf("| 0x%03x to 0x%03x | `%s%d` to `%s%d` | %s |\n", number, (number) + (count)-1, name, \
           first, name, (first) + (count)-1, meaning);
#include "emu/isa/csr.def"
#undef CSR
#undef CSR_ARRAY
}

int main(int argc, char **argv)
{
    struct trace trace;

    if (argc != 2) {
        fprintf(stderr, "usage: mkdoc EXECUTED\n");
        return EXIT_FAILURE;
    }
    read_trace(&trace, argv[1]);

    printf(
        "# The instruction set\n\n"
        "Made by `make docs` from `emu/isa/rv64.def`; change it there.\n\n"
        "Trivium's guest is an RV64 processor: 64-bit registers x0 to x31, of which x0 is always "
        "0, and a\n`pc`. `memN[a]` below is the N bits of memory at address a; `target` is pc + "
        "imm. An instruction \"in\n32 bits\" computes on the low halves of its operands and "
        "sign-extends the result.\n\n");
    print_small_isa(&trace);
    printf("\n## All instructions\n");
    print_rows("I", "I: the base");
    print_rows("Zifencei", "Zifencei: stores to instructions");
    print_rows("Zicsr", "Zicsr: control and status registers");
    print_rows("M", "M: multiplication and division");
    print_rows("A", "A: atomic memory operations");
    print_rows("Priv", "Privileged instructions");
    print_encodings();
    print_formats();
    print_registers();
    print_csrs();
    if (fflush(stdout) != 0 || ferror(stdout))
        die("cannot write", "standard output");
    return EXIT_SUCCESS;
}
