/* move.h: what moves are made of; for step.c, find.c and processes.c only. */
#ifndef TRIVIUM_EMU_STEP_MOVE_H
#define TRIVIUM_EMU_STEP_MOVE_H

#include "emu/step/step.h"

/* A move begins: what is there now is what it was. */
void step_move_begin(struct step *step);

/* A move is over. */
enum step_result step_move_end(struct step *step, enum subject_stop stop);

/* Part of a move. */
int step_move_go(struct step *step, uint64_t position, enum subject_stop *stop, struct err *err);

/* The last part of one. */
enum step_result step_move_to(struct step *step, uint64_t position, struct err *err);

#endif
