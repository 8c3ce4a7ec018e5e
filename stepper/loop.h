/*
 * loop.h: a screen and the stepper, joined: draw, wait, do what the key says.
 */
#ifndef TRIVIUM_STEPPER_LOOP_H
#define TRIVIUM_STEPPER_LOOP_H

#include "stepper/cast.h"
#include "stepper/script.h"
#include "stepper/tour.h"
#include "view/screen.h"

struct loop {
    struct stepper *stepper;
    struct screen *screen;
    struct script *script; /* NULL: none; Enter does its next part, up to a note */
    struct tour *tour;     /* NULL: none; its keys lead from stop to stop */
    struct cast *cast;     /* NULL: nothing is recorded */
};

/* Until the user has seen enough: 0; a signal: its number; -1: err says what the screen, or the
 * script, has refused. */
int loop_run(struct loop *loop, struct err *err);

#endif
