/*
 * plain.h: the stepper as lines of text, for screen readers, scripts and tests. No cursor is moved,
 * no colour means anything.
 */
#ifndef TRIVIUM_EMU_STEP_PLAIN_H
#define TRIVIUM_EMU_STEP_PLAIN_H

#include <stdio.h>

#include "emu/step/step.h"

/* The first lines: what is stepped, and where it stands. */
void plain_start(FILE *file, struct step *step);

/* Where we are: "12: 0x10178 main+0x8  addi sp,sp,-32   [block 3, 2 of 9 done]"; and, if its
 * source line is known, "    guest/bin/prime.c:42  if (k % l == 0)". */
void plain_where(FILE *file, struct step *step);

/*
 * `count` lines of source around that line; file: NULL, around where we are. Or why there are none.
 */
void plain_source(FILE *file, struct step *step, const char *name, unsigned line, unsigned count);

/* The same as plain_where(), with what the last move has changed: registers, and what they were;
 * events. */
void plain_move(FILE *file, struct step *step);

/* All registers of the hart, a mark before those that the last move has changed. */
void plain_registers(FILE *file, const struct step *step);

/* The current block: its guest instructions, its phases in a line each, its exits. */
void plain_block(FILE *file, struct step *step);

/* What the phase that is looked at has made; the operation, and what the phase before had. */
void plain_phase(FILE *file, struct step *step);
void plain_op(FILE *file, struct step *step);

/* The host instruction that is looked at, and what executing it has changed. */
void plain_host(FILE *file, struct step *step);

/* The code cache as a whole; the last `count` blocks of it, with where they lead. */
void plain_cache(FILE *file, const struct step *step);
void plain_chains(FILE *file, const struct step *step, uint32_t count);
void plain_counters(FILE *file, const struct step *step);

/* The last `count` events; how far one can go back, and what was dropped. */
void plain_events(FILE *file, const struct step *step, uint64_t count);
void plain_history(FILE *file, const struct step *step);

#endif
