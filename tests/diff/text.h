/*
 * text.h: writing rv64 instructions one behind the other, by tests that make programs. What cannot
 * be written is a mistake of the test, and ends it.
 */
#ifndef TRIVIUM_TESTS_DIFF_TEXT_H
#define TRIVIUM_TESTS_DIFF_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "emu/isa/isa.h"

enum { TEXT_MAX = 1 << 17 };

/* Zeroed: empty. */
struct text {
    uint8_t bytes[TEXT_MAX];
    size_t size;
};

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

#endif
