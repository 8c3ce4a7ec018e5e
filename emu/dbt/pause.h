/*
 * pause.h: a stop that the translator is not to notice (machine.h, `observed`).
 *
 * Translated code stops between two blocks only: at the first block that is longer than what may
 * still be executed. Usually the interpreter does the rest, and execution goes on behind it with a
 * look-up, so that a block begins wherever somebody has stopped. For an onlooker, who stops
 * anywhere and as often as he likes, the interpreter *looks ahead*: what it does is undone when
 * execution goes on, and the block that was stopped at is entered after all.
 *
 *     B: addi  addi  ld  sd  bne        budget for 3 of 5:  look ahead 3, stop; undo 3, execute B
 *        ^           ^
 *        block       done = 3
 *
 * So what blocks there are, how they are chained and what is counted depends on what was executed
 * alone. It is what lets a stepper go back and come to the very same place again.
 *
 * Read next: pause.c; save.h.
 */
#ifndef TRIVIUM_EMU_DBT_PAUSE_H
#define TRIVIUM_EMU_DBT_PAUSE_H

#include "emu/cpu/machine.h"
#include "emu/dbt/ir.h"

#define NO_BLOCK UINT32_MAX /* as the index of a block */

/* What comes next. */
struct next {
    uint32_t block;    /* index of the block to be entered; NO_BLOCK: look it up */
    bool behind_check; /* enter it behind the check of its length: it is known to leave in time */
    unsigned cold;     /* the interpreter does so many instructions at most, then look it up */
    bool from_exit;    /* look it up, and chain that exit to it */
    uint32_t exit;     /* number */
    uint64_t cleared;  /* dbt_counts.cleared at that time: else block and exit are no more */
};

/* What looking ahead has overwritten. */
struct undo {
    uint8_t *hva;
    uint64_t old;
    uint64_t bytes;
};

enum { UNDO_MAX = 5 * IR_INSNS_MAX }; /* an access may be in two pages, of which entries change */

struct pause {
    bool is;
    struct next next;
    unsigned done;    /* instructions of next.block that were looked at ahead */
    struct hart seen; /* the hart as we left it: if it is not so, the owner has changed it */
    struct hart hart; /* as it is to be when execution goes on */
    uint64_t code_epoch;
    unsigned undo_count;
    struct undo undo[UNDO_MAX];
    struct tlb tlb; /* of a board: before looking ahead */
};

/*
 * Looks `count` instructions ahead, along the block, which begins at hart->pc and has more. True:
 * done, and pause has how to undo it. False: they leave the block, or stop for another reason than
 * their count; then it is undone.
 */
bool pause_look_ahead(struct pause *pause, struct machine *machine, struct hart *hart,
                      const uint64_t *pcs, unsigned count);

/* The hart stops here; *next is what comes. Looking ahead, if any, is done. */
void pause_begin(struct pause *pause, const struct hart *hart, const struct next *next);

/* Execution goes on: undoes, answers what comes next. */
struct next pause_end(struct pause *pause, struct machine *machine, struct hart *hart);

#endif
