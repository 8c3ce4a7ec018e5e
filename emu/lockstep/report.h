/* report.h: what is said about a difference between two engines. */
#ifndef TRIVIUM_EMU_LOCKSTEP_REPORT_H
#define TRIVIUM_EMU_LOCKSTEP_REPORT_H

#include <stdio.h>

#include "emu/lockstep/order.h"
#include "emu/lockstep/outside.h"
#include "emu/lockstep/trace.h"

/* How one of the two came out of a window. */
struct report_side {
    const char *name; /* of the engine */
    const struct hart *hart;
    enum stop stop;
};

struct report {
    struct report_side engine, interp;
    const struct trace *trace; /* of the interpreter, in this window */
    const struct shadow *shadow;
    bool memory; /* it differs, at `offset` */
    uint64_t offset;
    const struct order *order;
    bool stores;    /* they have stored different things, or in another order, */
    uint64_t store; /* from the one of that number on */
    bool outside;   /* they have asked for different things, or in another order */
};

/* What differs, and the guest's instructions that led to it. */
void report_print(FILE *file, const struct report *report);

#endif
