/*
 * homes.h: which guest registers live in host registers.
 *
 * There are fewer homes than guest registers. At first those get one that compilers use most. Then
 * the program is watched: each time that translated code has used up its budget, the block where
 * that happened is looked at. As that is more likely the more time is spent in a block, a few
 * samples tell which registers the program needs. If others than those with homes, all code is
 * dropped, and translated again with other homes.
 *
 * Samples are taken at instruction counts, so a deterministic run stays one.
 */
#ifndef TRIVIUM_EMU_DBT_HOMES_H
#define TRIVIUM_EMU_DBT_HOMES_H

#include <stdbool.h>
#include <stdint.h>

enum { HOMES = 10 };

struct homes {
    uint8_t home[32];     /* of each guest register; HOMES: it has none */
    uint8_t guest[HOMES]; /* the register that lives in home 0, 1, ... */
    uint32_t heat[32];    /* of each guest register: how often it was seen, lately */
    uint32_t samples;     /* taken */
    uint32_t next_look;   /* at so many samples */
};

void homes_init(struct homes *homes);

/* A sample: the instructions of a block, as words. */
void homes_sample(struct homes *homes, const uint32_t *words, unsigned count);

/* True: it is time, and homes->guest has changed. */
bool homes_choose(struct homes *homes);

#endif
