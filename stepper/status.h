/*
 * status.h: one sentence: what has just happened, and why.
 */
#ifndef TRIVIUM_STEPPER_STATUS_H
#define TRIVIUM_STEPPER_STATUS_H

#include "stepper/stepper.h"

/* text: SCENE_TEXT bytes. */
void status_text(const struct stepper *stepper, char *text);

/* What the last move has done to processes: the weightiest of it. False: nothing. */
bool status_run(const struct stepper *stepper, char *text, size_t size);

#endif
