/*
 * mkisa_check.c: do the rows of rv64.def make sense? See mkisa.h.
 *
 * First each row alone, then the rows against each other. Two rows must never claim one word. The
 * patterns of 32-bit rows prove that by themselves; those of the encodings overlap on purpose and
 * are told apart by their constraints, so the proof is to try all 16-bit words.
 *
 * Read next: mkisa.c.
 */
#include "emu/isa/mkisa.h"

#include <stdarg.h>
#include <string.h>

struct check {
    struct source_row *rows;
    size_t count;
    FILE *out;
    int complaints;
};

static void complain(struct check *check, const struct source_row *row, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(struct check *check, const struct source_row *row, const char *format, ...)
{
    va_list args;

    fprintf(check->out, "rv64.def: row %s: ", row->id);
    va_start(args, format);
    vfprintf(check->out, format, args);
    va_end(args);
    fputc('\n', check->out);
    check->complaints++;
}

static bool is_encoding(const struct source_row *row)
{
    return row->base != NULL;
}

static unsigned row_width(const struct source_row *row)
{
    return is_encoding(row) ? 16 : 32;
}

/* Pattern: right length, right characters; low bits that say the length. Sets mask and match. */
static void check_pattern(struct check *check, struct source_row *row)
{
    unsigned digits = 0;
    bool is_long;

    row->mask = row->match = 0;
    for (const char *c = row->pattern; *c != '\0'; c++) {
        if (*c == ' ')
            continue;
        if (!strchr("01.", *c)) {
            complain(check, row, "character '%c' in the pattern", *c);
            return;
        }
        row->mask = row->mask << 1 | (*c != '.');
        row->match = row->match << 1 | (*c == '1');
        digits++;
    }
    if (digits != row_width(row)) {
        complain(check, row, "a pattern of %u bits instead of %u", digits, row_width(row));
        return;
    }
    is_long = (row->match & 3) == 3;
    if ((row->mask & 3) != 3 || is_long == is_encoding(row) ||
        (is_long && (row->match & row->mask & 0x1c) == 0x1c))
        complain(check, row, "the pattern's low bits are not those of a %u-bit word",
                 row_width(row));
}

/* Format: known, as wide as the pattern, with operands exactly where the pattern is free. */
static void check_format(struct check *check, struct source_row *row)
{
    unsigned format = 0;

    while (format < FORMAT_COUNT && strcmp(row->format, isa_formats[format].name) != 0)
        format++;
    row->format_number = (enum isa_format)format;
    if (format == FORMAT_COUNT) {
        complain(check, row, "unknown format %s", row->format);
        return;
    }
    if (!ruler_parse(isa_formats[format].ruler, &row->ruler)) {
        complain(check, row, "format %s has a malformed ruler", row->format);
        return;
    }
    if (row->ruler.width != row_width(row)) {
        complain(check, row, "format %s has %u bits", row->format, row->ruler.width);
        return;
    }
    for (unsigned bit = row->ruler.width; bit-- > 0;) {
        bool is_fixed = row->mask >> bit & 1;

        if (is_fixed != (row->ruler.fixed >> bit & 1))
            complain(check, row,
                     is_fixed ? "bit %u is fixed, but an operand's in format %s"
                              : "bit %u is free, but no operand's in format %s",
                     bit, row->format);
    }
}

/* Register classes: well written; present exactly where the format has that register. */
static void check_regs(struct check *check, const struct source_row *row)
{
    static const enum ruler_slot slots[] = {SLOT_RD, SLOT_RS1, SLOT_RS2, SLOT_RS3};
    static const char *const names[] = {"rd", "rs1", "rs2", "rs3"};

    if (strlen(row->regs) != 4 || strspn(row->regs, "xf-") != 4) {
        complain(check, row, "register classes \"%s\"", row->regs);
        return;
    }
    if (row->format_number == FORMAT_COUNT)
        return;
    for (unsigned i = 0; i < 4; i++) {
        bool is_used = row->regs[i] != '-';
        bool is_number = slots[i] == SLOT_RS1 && row->format_number == FORMAT_CSR_IMM;

        if (is_used != (ruler_has(&row->ruler, slots[i]) && !is_number))
            complain(check, row, "regs say that %s is %s, format %s says the opposite", names[i],
                     is_used ? "a register" : "unused", row->format);
    }
}

/* The columns that say what is done. The compiler of the table checks kind and operator. */
static void check_columns(struct check *check, const struct source_row *row)
{
    if (row->name[0] == '\0' || row->meaning[0] == '\0')
        complain(check, row, "no name or no meaning");
    switch (row->width) {
    case 0:
    case 8:
    case 16:
    case 32:
    case 64: break;
    default: complain(check, row, "width %u", row->width);
    }
    if (!is_encoding(row) && strcmp(row->op, "NONE") != 0 && row->width == 0)
        complain(check, row, "operator %s has no width", row->op);
}

/* Base: a ROW, with the same registers. */
static void check_base(struct check *check, struct source_row *row)
{
    row->base_row = row;
    if (!is_encoding(row))
        return;
    row->base_row = NULL;
    for (size_t i = 0; i < check->count; i++) {
        if (!is_encoding(&check->rows[i]) && strcmp(check->rows[i].id, row->base) == 0)
            row->base_row = &check->rows[i];
    }
    if (!row->base_row)
        complain(check, row, "its base %s is not a ROW", row->base);
    else if (strcmp(row->regs, row->base_row->regs) != 0)
        complain(check, row, "regs \"%s\" are not its base's \"%s\"", row->regs,
                 row->base_row->regs);
}

/* No two rows have one id or one name, no two 32-bit patterns match one word. */
static void check_pairs(struct check *check)
{
    for (size_t i = 0; i < check->count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct source_row *a = &check->rows[i], *b = &check->rows[j];

            if (strcmp(a->id, b->id) == 0)
                complain(check, a, "the id is already taken");
            if (strcmp(a->name, b->name) == 0)
                complain(check, a, "the name \"%s\" is already that of %s", a->name, b->id);
            if (!is_encoding(a) && !is_encoding(b) &&
                ((a->match ^ b->match) & a->mask & b->mask) == 0)
                complain(check, a, "the pattern overlaps that of %s", b->id);
        }
    }
}

/* Whether a 16-bit word is of that row: the pattern matches, and the operands are allowed. */
static bool claims(const struct source_row *row, uint32_t word)
{
    struct insn insn;

    if (!is_encoding(row) || (word & row->mask) != row->match)
        return false;
    ruler_extract(&row->ruler, word, &insn);
    return isa_allows(row->constraint, &insn);
}

const struct source_row *mkisa_encoding(const struct source_row *rows, size_t count, uint32_t word)
{
    for (size_t i = 0; i < count; i++) {
        if (claims(&rows[i], word))
            return &rows[i];
    }
    return NULL;
}

/* No 16-bit word belongs to two encodings: try them all. */
static void check_encodings(struct check *check)
{
    for (uint32_t word = 0; word <= 0xffff; word++) {
        const struct source_row *first = mkisa_encoding(check->rows, check->count, word);

        for (size_t i = 0; i < check->count; i++) {
            const struct source_row *row = &check->rows[i];

            if (row != first && claims(row, word)) {
                complain(check, row, "word 0x%04x is also that of %s", (unsigned)word, first->id);
                return; /* thousands of words may follow, and would not say more */
            }
        }
    }
}

int mkisa_check(struct source_row *rows, size_t count, FILE *complaints)
{
    struct check check = {.rows = rows, .count = count, .out = complaints};

    for (size_t i = 0; i < count; i++) {
        check_pattern(&check, &rows[i]);
        check_format(&check, &rows[i]);
        check_regs(&check, &rows[i]);
        check_columns(&check, &rows[i]);
        check_base(&check, &rows[i]);
    }
    check_pairs(&check);
    if (check.complaints == 0) /* else masks or rulers may not be there */
        check_encodings(&check);
    return check.complaints;
}
