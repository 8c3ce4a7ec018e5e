/*
 * stops.h: what a run is looked through for, position by position: places, registers that change,
 * memory that does. (Events are not: they are counted as they happen, see history.h.)
 *
 * "At a position" means: with what was executed up to there. So the position of a change is the
 * first at which the value is another.
 */
#ifndef TRIVIUM_EMU_STEP_STOPS_H
#define TRIVIUM_EMU_STEP_STOPS_H

#include "emu/step/subject.h"

enum { BREAK_PLACES = 8, BREAK_PC = 32 };

enum break_kind {
    BREAK_AT,       /* the hart is at pc, or at one of `more` */
    BREAK_REGISTER, /* reg of a hart has changed */
    BREAK_MEMORY,   /* `size` bytes at `address` have */
};

struct breakpoint {
    uint64_t pc;
    char name[64]; /* as it was given */
    enum break_kind kind;
    uint64_t more[BREAK_PLACES - 1]; /* a source line can be in several places */
    unsigned more_count;

    unsigned reg;     /* 1 to 31, or BREAK_PC */
    uint64_t hart;    /* its mhartid */
    uint64_t address; /* gva of a process, gpa of a machine */
    unsigned size;    /* 1, 2, 4 or 8 */
    bool wants_value; /* only when it becomes `value` */
    uint64_t value;

    bool has_last; /* while a run is looked through: */
    uint64_t last; /* what it was, at the position before; of memory only if it can be read */
};

/* The run is looked through from here on: changes are from what is there now. */
void breaks_begin(struct breakpoint *breaks, unsigned count, struct subject *subject);

/* One position further: the number of the first breakpoint that is met here, or `count`: none. */
unsigned breaks_meet(struct breakpoint *breaks, unsigned count, struct subject *subject);

#endif
