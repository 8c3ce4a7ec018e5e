/*
 * slots.h: rows of slots on a screen, in each of which is a pane. Where there is less room panes
 * share a slot, and the one that was chosen last is in front.
 */
#ifndef TRIVIUM_VIEW_SLOTS_H
#define TRIVIUM_VIEW_SLOTS_H

#include "view/scene.h"

enum { SLOTS_MAX = 12, SLOT_PANES = 8, SLOTS_IN_ROW = 4 };

struct rect {
    int x, y, width, height;
};

struct slot {
    struct rect at;
    unsigned panes[SLOT_PANES];
    unsigned count;
    unsigned front;
};

/* A slot in a plan: its share of the row's width. */
struct slot_plan {
    int percent; /* 0: no more */
    unsigned panes[SLOT_PANES];
    unsigned count;
};

struct slots {
    struct slot slots[SLOTS_MAX];
    unsigned count;
};

/* What is around the panes; of no height: not there. */
struct edges {
    struct rect head, note, timeline, status, hints;
};

/* From the bottom up; the answer is what is left. */
struct rect edges_make(struct edges *edges, int width, int height, const char *note);

/* A row of at most SLOTS_IN_ROW; the last one gets what rounding has left. */
void slots_add_row(struct slots *slots, const struct slot_plan *plans, struct rect row,
                   const struct scene *scene);

/* A pane alone. */
void slots_add_one(struct slots *slots, unsigned pane, struct rect at);

/* The slot at that cell; NULL: there is none. */
const struct slot *slots_at(const struct slots *slots, int x, int y);

bool rect_has(struct rect rect, int x, int y);
struct area rect_area(struct grid *grid, struct rect rect);

/* The frame: "2 GUEST block #3", and behind it the panes that share its place; slot: NULL, it is
 * alone. */
void slot_box(struct area area, const struct scene *scene, const struct slot *slot, unsigned pane);

#endif
