/* layout.c: see layout.h. */
#include "stepper/layout.h"

enum { ROWS = 3 };

struct plan {
    int width, height; /* from this size on */
    int phases;        /* lines */
    int percent[ROWS]; /* of the height that is left; 0: no such row */
    struct slot_plan rows[ROWS][SLOTS_IN_ROW];
};

/* The first one that fits is taken. */
static const struct plan plans[] = {
    {150,
     44,
     3,
     {56, 31, 13},
     {{{19, {PANE_SOURCE}, 1}, {20, {PANE_GUEST}, 1}, {39, {PANE_IR}, 1}, {23, {PANE_HOST}, 1}},
      {{33, {PANE_REGISTERS}, 1}, {34, {PANE_HOMES}, 1}, {33, {PANE_CACHE}, 1}},
      {{55, {PANE_EVENTS}, 1}, {45, {PANE_OUTPUT}, 1}}}},
    {110,
     34,
     3,
     {66, 34, 0},
     {{{27, {PANE_GUEST, PANE_SOURCE}, 2}, {42, {PANE_IR}, 1}, {31, {PANE_HOST}, 1}},
      {{45, {PANE_REGISTERS}, 1}, {55, {PANE_EVENTS, PANE_HOMES, PANE_CACHE, PANE_OUTPUT}, 4}}}},
    {LAYOUT_WIDTH_LEAST,
     LAYOUT_HEIGHT_LEAST,
     1,
     {61, 39, 0},
     {{{44, {PANE_GUEST, PANE_SOURCE}, 2}, {56, {PANE_IR, PANE_HOST}, 2}},
      {{100, {PANE_REGISTERS, PANE_HOMES, PANE_CACHE, PANE_EVENTS, PANE_OUTPUT}, 5}}}},
};

static void make_rows(struct layout *layout, const struct plan *plan, struct rect panes,
                      const struct scene *scene)
{
    int left = panes.height - plan->phases, y = panes.y;

    for (unsigned i = 0; i < ROWS && plan->percent[i] > 0; i++) {
        bool last = i + 1 == ROWS || plan->percent[i + 1] == 0;
        int height = last ? panes.y + panes.height - y : left * plan->percent[i] / 100;

        slots_add_row(&layout->slots, plan->rows[i], (struct rect){0, y, panes.width, height},
                      scene);
        y += height;
        if (i == 0) {
            layout->phases = (struct rect){0, y, panes.width, plan->phases};
            y += plan->phases;
        }
    }
}

void layout_make(struct layout *layout, int width, int height, const struct scene *scene)
{
    struct rect panes;

    *layout = (struct layout){.too_small = true};
    for (unsigned i = 0; i < sizeof plans / sizeof *plans; i++) {
        if (width < plans[i].width || height < plans[i].height)
            continue;
        layout->too_small = false;
        panes = edges_make(&layout->edges, width, height, scene->note);
        if (scene->zoomed)
            slots_add_one(&layout->slots, scene->focus, panes);
        else
            make_rows(layout, &plans[i], panes, scene);
        return;
    }
}
