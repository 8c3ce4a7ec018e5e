/*
 * move.h: moves of the stepper, by the level that is chosen.
 *
 * Where a level ends the next larger one goes on: behind the last phase of a translation the block
 * is executed, and the translation of the next one begins.
 */
#ifndef TRIVIUM_STEPPER_MOVE_H
#define TRIVIUM_STEPPER_MOVE_H

#include "stepper/stepper.h"

enum step_result move_level(struct stepper *stepper, bool back, struct err *err);
enum step_result move_block_back(struct stepper *stepper, struct err *err);
enum step_result move_run(struct stepper *stepper, bool back, struct err *err);

/* Of the kind that is chosen; of any, where the run is looked at: what became of a process, of the
 * one that is lit, if one is. */
enum step_result move_event(struct stepper *stepper, bool back, struct err *err);
enum step_result move_to(struct stepper *stepper, uint64_t position, struct err *err);

#endif
