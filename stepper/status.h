/*
 * status.h: one sentence: what has just happened, and why.
 */
#ifndef TRIVIUM_STEPPER_STATUS_H
#define TRIVIUM_STEPPER_STATUS_H

#include "stepper/stepper.h"

/* text: SCENE_TEXT bytes. */
void status_text(const struct stepper *stepper, char *text);

#endif
