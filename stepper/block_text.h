/*
 * block_text.h: the current block as lines: its host code disassembled once, operations as text.
 */
#ifndef TRIVIUM_STEPPER_BLOCK_TEXT_H
#define TRIVIUM_STEPPER_BLOCK_TEXT_H

#include "emu/step/step.h"

enum { BLOCK_TEXT_NO_INSN = 255, BLOCK_TEXT_LINE = 80 };

/* A host instruction. */
struct host_line {
    uint32_t offset; /* in the code cache; in a preview, where it would begin if that were empty */
    uint8_t insn;    /* of the block's; BLOCK_TEXT_NO_INSN: of none, the check before all */
    bool cold;       /* behind the block's end: what is rarely needed */
    char text[BLOCK_TEXT_LINE];
};

/* Zeroed: nothing. */
struct block_text {
    const struct kept *kept; /* borrowed from the step; NULL: there is no code */
    struct host_line *lines; /* owned */
    unsigned count;
    uint8_t *bytes; /* owned: what the lines are of, */
    uint32_t start, size;
    bool lacks_capstone;
    unsigned programs; /* that have this code: a set of the step's listing */
};

void block_text_fini(struct block_text *block);

/* Of the block where the step is now. Host code is disassembled only when it is another. */
void block_text_update(struct block_text *block, struct step *step);

/* The guest instructions and operations of the block as they were lifted; NULL: none. */
const struct ir_block *block_text_lifted(const struct block_text *block);

/* The last phase that yields IR. */
unsigned block_text_last_pass(const struct block_text *block);

/* An operation, "a4 = add64 a0, 0"; a reason; an event; without what would leave a line. */
void op_text(const struct ir_op *op, char text[BLOCK_TEXT_LINE]);
void event_text(const struct seen_event *seen, char *text, size_t size);

#endif
