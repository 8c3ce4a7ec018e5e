/*
 * outside.h: what two engines in lock-step learn from outside: the time, and what devices answer.
 *
 * The first to ask is answered by the machine, and it is written down. The second is answered from
 * the log, and has to ask the same: so an access of a device happens once.
 */
#ifndef TRIVIUM_EMU_LOCKSTEP_OUTSIDE_H
#define TRIVIUM_EMU_LOCKSTEP_OUTSIDE_H

#include "emu/cpu/machine.h"

enum outside_kind { OUTSIDE_CLOCK, OUTSIDE_LOAD, OUTSIDE_STORE };

struct outside_entry {
    enum outside_kind kind;
    uint64_t gpa;
    unsigned width;
    uint64_t value; /* stored, or the answer */
    bool answered;
};

enum { OUTSIDE_MAX = 4096 }; /* entries of one window */

struct outside;

/* One of the two, and how far it has come. */
struct outside_side {
    struct outside *outside;
    bool asks; /* of the machine, and not of the log */
    unsigned next;
};

struct outside {
    const struct machine *machine; /* whose clock and devices they are */
    struct outside_side sides[2];  /* the engine, the interpreter */
    struct outside_entry log[OUTSIDE_MAX];
    unsigned count;
    bool differs; /* one has asked for what is not in the log */
};

void outside_init(struct outside *outside, const struct machine *machine);

/* Has the engine (0) or the interpreter (1), on this machine, ask here. */
void outside_connect(struct outside *outside, unsigned side, struct machine *machine);

/* A window begins: an empty log; or (again) the same one once more, which answers both. */
void outside_begin(struct outside *outside, bool again);

/* Have both asked for the same, and for all of it? */
bool outside_is_same(const struct outside *outside);

#endif
