/*
 * listing.h: the current block as lines: its host code disassembled once, operations as text.
 */
#ifndef TRIVIUM_STEPPER_LISTING_H
#define TRIVIUM_STEPPER_LISTING_H

#include "emu/step/step.h"

enum { LISTING_NO_INSN = 255, LISTING_LINE = 80 };

/* A host instruction. */
struct host_line {
    uint32_t offset; /* in the code cache; in a preview, where it would begin if that were empty */
    uint8_t insn; /* of the block's, which it belongs to; LISTING_NO_INSN: the check before all */
    bool cold;    /* behind the block's end: what is rarely needed */
    char text[LISTING_LINE];
};

/* Zeroed: nothing. */
struct listing {
    const struct kept *kept; /* borrowed from the step; NULL: there is no code */
    struct host_line *lines; /* owned */
    unsigned count;
    uint8_t *bytes; /* owned: what the lines are of, */
    uint32_t start, size;
    bool lacks_capstone;
    struct ir_block without; /* the operations if a pass were left out: listing_leave_out() */
};

void listing_fini(struct listing *listing);

/* Of the block where the step is now. Host code is disassembled only when it is another. */
void listing_update(struct listing *listing, struct step *step);

/* The guest instructions and operations of the block as they were lifted; NULL: none. */
const struct ir_block *listing_lifted(const struct listing *listing);

/* Makes listing->without what the other passes come to without the one of that number among them.
 */
void listing_leave_out(struct listing *listing, unsigned pass);

/* The pass of that number among those of this translation; NULL: there are not so many. */
const struct pass *listing_pass(const struct listing *listing, unsigned number);

/* The last phase that yields IR. */
unsigned listing_last_pass(const struct listing *listing);

/* As isa_reads() and isa_writes(); of a word that is no instruction: nothing. */
uint32_t insn_reads(const struct insn *insn);
uint32_t insn_writes(const struct insn *insn);

/* An operation, "a4 = add64 a0, 0"; a reason; an event; without what would leave a line. */
void op_text(const struct ir_op *op, char text[LISTING_LINE]);
void event_text(const struct seen_event *seen, char *text, size_t size);

#endif
