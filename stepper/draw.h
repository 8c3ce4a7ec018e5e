/*
 * draw.h: the whole screen.
 */
#ifndef TRIVIUM_STEPPER_DRAW_H
#define TRIVIUM_STEPPER_DRAW_H

#include "stepper/stepper.h"
#include "view/grid.h"

/* Draws all of it anew. */
void stepper_draw(struct grid *grid, const struct stepper *stepper);

/* One pane alone, with its frame. */
void stepper_draw_pane(struct area area, const struct stepper *stepper, enum pane pane);

/* Where the line is in the row of the timeline, which is so wide. */
struct timeline_place {
    int x, width;
};
struct timeline_place timeline_place(const struct stepper *stepper, int width);

/* The position that a column of the line is for; `width` is the line's. */
uint64_t timeline_position(const struct stepper *stepper, int width, int column);

#endif
