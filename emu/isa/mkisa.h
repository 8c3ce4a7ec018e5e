/*
 * mkisa.h: the rows of rv64.def as they are written there, and the check that they make sense.
 *
 * For host programs only: mkisa, which makes the tables and runs while Trivium is built, and the
 * test that feeds the check with wrong rows.
 *
 * Read next: mkisa_check.c, then mkisa.c.
 */
#ifndef TRIVIUM_EMU_ISA_MKISA_H
#define TRIVIUM_EMU_ISA_MKISA_H

#include "emu/isa/ruler.h"

#include <stdio.h>

struct source_row {
    /* The columns. base is NULL in a ROW; kind and op are NULL, and width is 0, in an ENCODING. */
    const char *id, *name, *pattern, *format, *regs;
    const char *kind, *op;
    unsigned width;
    const char *base;
    enum isa_constraint constraint;
    const char *extension, *meaning;

    /* What mkisa_check() finds out. */
    uint32_t mask, match;              /* of the pattern */
    enum isa_format format_number;     /* FORMAT_COUNT: unknown */
    struct ruler ruler;                /* of the format */
    const struct source_row *base_row; /* the row itself, if it is a ROW */
};

/*
 * Checks the rows, one by one and against each other, and fills in what it finds out. Each
 * complaint is a line to `complaints`. Returns how many there were.
 */
int mkisa_check(struct source_row *rows, size_t count, FILE *complaints);

/* The encoding that a 16-bit word is; NULL when it is none. Of rows that were checked. */
const struct source_row *mkisa_encoding(const struct source_row *rows, size_t count, uint32_t word);

#endif
