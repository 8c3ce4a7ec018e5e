/*
 * loop.h: a screen and a scene, joined: draw, wait, do what the key says.
 */
#ifndef TRIVIUM_VIEW_LOOP_H
#define TRIVIUM_VIEW_LOOP_H

#include "view/cast.h"
#include "view/screen.h"
#include "view/script.h"

struct loop {
    struct scene *scene;
    struct screen *screen;
    struct script *script; /* NULL: none; Enter does its next part, up to a note */
    struct cast *cast;     /* NULL: nothing is recorded */
};

/* Until the user has seen enough: 0; a signal: its number; -1: err says what the screen, or the
 * script, has refused. */
int loop_run(struct loop *loop, struct err *err);

#endif
