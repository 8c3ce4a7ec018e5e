/*
 * body.h: random instructions that any processor can execute to their end: what random sequences
 * (sequences.c) and the functions of random programs (programs.c) are made of.
 *
 * A body is made of rows of the ISA table, every user-mode row as likely as any other, and of a few
 * idioms that translators know. One
 * register, the `base`, points into a piece of scratch memory and is never written. All jumps go
 * forward, but for one counted loop. It is entered at its start and left at its end.
 *
 * What is not here: instructions that trap, and the numbers that the counters answer, for they
 * rightly differ between processors.
 */
#ifndef TRIVIUM_TESTS_DIFF_BODY_H
#define TRIVIUM_TESTS_DIFF_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/isa/decode.h"
#include "tests/random.h"

enum {
    BODY_MAX = 128,    /* instructions of a body */
    BODY_SLOTS = 14,   /* random choices of a body; a jump goes to the start of one */
    BODY_FEW = 4,      /* registers that it uses more than others, so that they meet */
    BODY_REACH = 4096, /* bytes before and behind `base` that it may access */
};

struct body {
    struct insn items[BODY_MAX];
    unsigned count;
    unsigned slot_start[BODY_SLOTS + 1]; /* item; the last one is the end */
    struct body_jump {
        unsigned item;    /* where in the body */
        unsigned from;    /* the item that its offset is relative to */
        unsigned to_slot; /* where it goes */
    } jumps[BODY_SLOTS];
    unsigned jump_count;
    unsigned base;     /* the register that points to the scratch memory */
    uint32_t reserved; /* mask of registers that the body must not write; base is one */
    unsigned few[BODY_FEW];
};

/* What a body is to be. */
struct body_wish {
    unsigned base;
    uint32_t reserved; /* besides base */
    unsigned slots;    /* 1 .. BODY_SLOTS */
    unsigned rounds;   /* of its loop, if it has one: at most */
};

/* A random body; counts into row_used[ROW_COUNT] what was chosen. */
void body_make(struct body *body, struct random *random, const struct body_wish *wish,
               uint64_t *row_used);

/* Is the row one that a user program may execute and whose results are everywhere the same? */
bool body_can_have(const struct isa_row *row);

/* An instruction of `row` with random bits for operands: what it takes, whatever its format. */
bool body_random_operands(struct random *random, enum isa_row_id row, struct insn *insn);

/* One of the registers 1 to 31 that are not in the mask. */
unsigned body_free_register(struct random *random, uint32_t reserved);

#endif
