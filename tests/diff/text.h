/*
 * text.h: writing rv64 instructions one behind the other, and program files, by tests that make
 * programs. What cannot be written is a mistake of the test, and ends it.
 */
#ifndef TRIVIUM_TESTS_DIFF_TEXT_H
#define TRIVIUM_TESTS_DIFF_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "emu/isa/isa.h"

struct text {
    uint8_t *bytes; /* owned: `room` of them, of which `size` are in use, and the others zero */
    size_t size, room;
};

void text_init(struct text *text, size_t room);
void text_fini(struct text *text);

/* Room for something that is put there later, or jumped over: its offset. */
size_t text_room(struct text *text, size_t bytes);
void text_bytes(struct text *text, const void *bytes, size_t count);

/* The word of an instruction, and the same put into the text. */
uint32_t text_encode(enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm);
void text_insn(struct text *text, enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2,
               int64_t imm);

/* rd = value, sign-extended. */
void text_constant(struct text *text, unsigned rd, uint32_t value);

/* A jump or branch of 4 bytes whose target comes later: text_target(), with what it answers. */
size_t text_forward(struct text *text, enum isa_row_id row, unsigned rs1, unsigned rs2);
void text_target(struct text *text, size_t at);

/* One to an offset that has been put. */
void text_backward(struct text *text, enum isa_row_id row, unsigned rd, unsigned rs1,
                   size_t target);

/* A piece of a program file that is loaded. */
struct text_segment {
    uint64_t gva;
    uint32_t flags;    /* PF_R, ... */
    const void *bytes; /* NULL: zeros */
    size_t size;
};

enum { TEXT_SEGMENTS_MAX = 3 };

/* The program of these segments, which is entered where the first one begins. */
void text_write(const char *path, const struct text_segment *segments, unsigned count);

#endif
