/* text.c: see text.h. */
#include "tests/diff/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/isa/decode.h"
#include "emu/isa/encode.h"

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(2);
}

size_t text_room(struct text *text, size_t bytes)
{
    size_t at = text->size;

    if (bytes > TEXT_MAX - at)
        die("the program's text is full");
    text->size += bytes;
    return at;
}

void text_bytes(struct text *text, const void *bytes, size_t count)
{
    size_t at = text_room(text, count);

    memcpy(text->bytes + at, bytes, count);
}

uint32_t text_encode(enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm)
{
    uint32_t word = isa_encode(&isa_rows[row], rd, rs1, rs2, imm);

    if (word == 0)
        die(isa_rows[row].name);
    return word;
}

void text_insn(struct text *text, enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2,
               int64_t imm)
{
    uint32_t word = text_encode(row, rd, rs1, rs2, imm);

    text_bytes(text, &word, sizeof word);
}

void text_constant(struct text *text, unsigned rd, uint32_t value)
{
    int64_t low = (int64_t)(value & 0xfff) - ((value & 0x800) != 0 ? 0x1000 : 0);

    text_insn(text, ROW_LUI, rd, 0, 0, (int32_t)(value - (uint32_t)low));
    text_insn(text, ROW_ADDIW, rd, rd, 0, low);
}

size_t text_forward(struct text *text, enum isa_row_id row, unsigned rs1, unsigned rs2)
{
    size_t at = text->size;

    text_insn(text, row, 0, rs1, rs2, 4);
    return at;
}

void text_target(struct text *text, size_t at)
{
    struct insn insn;
    uint32_t word;

    memcpy(&word, text->bytes + at, sizeof word);
    if (!isa_decode(word, &insn))
        die("a jump of this program's own is none");
    word =
        text_encode(isa_row_id(insn.row), insn.rd, insn.rs1, insn.rs2, (int64_t)(text->size - at));
    memcpy(text->bytes + at, &word, sizeof word);
}

void text_backward(struct text *text, enum isa_row_id row, unsigned rd, unsigned rs1, size_t target)
{
    text_insn(text, row, rd, rs1, 0, (int64_t)target - (int64_t)text->size);
}
