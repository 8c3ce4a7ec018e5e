/*
 * draw.h: the whole screen.
 */
#ifndef TRIVIUM_STEPPER_DRAW_H
#define TRIVIUM_STEPPER_DRAW_H

#include "stepper/stepper.h"
#include "view/grid.h"

/* Draws all of it anew. */
void stepper_draw(struct grid *grid, const struct stepper *stepper);

/* The name of a view in the head, where a click chooses it; there if the head is wide enough. */
struct tab {
    int x, width;
    const char *title;
};
struct tab tab_of(enum view view);

enum { TABS_WIDTH = 16, TABS_LEAST = 72 }; /* of all; the head has them if it is so wide */

/* One pane alone, with its frame. */
void stepper_draw_pane(struct area area, const struct stepper *stepper, unsigned pane);

/* Where the line is in the row of the timeline, which is so wide. */
struct timeline_place {
    int x, width;
};
struct timeline_place timeline_place(const struct stepper *stepper, int width);

/* The position that a column of the line is for; `width` is the line's. */
uint64_t timeline_position(const struct stepper *stepper, int width, int column);

#endif
