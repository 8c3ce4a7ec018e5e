/*
 * order.h: the stores of the two in lock-step, one by one, in their order.
 *
 * Memory at the end of a window does not tell whether two stores were exchanged, nor what was
 * stored first and overwritten. So each of the two notes what it stores (emu/cpu/stores.h), and the
 * two logs have to be the same.
 */
#ifndef TRIVIUM_EMU_LOCKSTEP_ORDER_H
#define TRIVIUM_EMU_LOCKSTEP_ORDER_H

#include <stdbool.h>
#include <stdio.h>

#include "emu/cpu/machine.h"

struct order {
    struct store_log logs[2]; /* the engine's, the interpreter's; of one window */
    uint64_t bases[2];        /* their positions minus that are offsets as in shadow.h */
};

/* Has the engine (0) or the interpreter (1), on this machine, note here. */
void order_connect(struct order *order, unsigned side, struct machine *machine);

/* A window begins. */
void order_begin(struct order *order);

/* Have both stored the same? False: *number is of the first store that is another. */
bool order_is_same(const struct order *order, uint64_t *number);

/* "8 bytes at memory + 0x7008: 0x5"; or that there is no such store. */
void order_print(FILE *file, const struct order *order, unsigned side, uint64_t number);

#endif
