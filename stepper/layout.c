/* layout.c: see layout.h. */
#include "stepper/layout.h"

#include "stepper/run.h"

enum { ROWS = 3, SIZES = 3 };

struct plan {
    int width, height; /* from this size on */
    int phases;        /* lines */
    int percent[ROWS]; /* of the height that is left; 0: no such row */
    struct slot_plan rows[ROWS][SLOTS_IN_ROW];
};

/* The first one of a view's that fits is taken. */
static const struct plan plans[VIEW_COUNT][SIZES] = {
    {
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
          {{45, {PANE_REGISTERS}, 1},
           {55, {PANE_EVENTS, PANE_HOMES, PANE_CACHE, PANE_OUTPUT}, 4}}}},
        {LAYOUT_WIDTH_LEAST,
         LAYOUT_HEIGHT_LEAST,
         1,
         {61, 39, 0},
         {{{44, {PANE_GUEST, PANE_SOURCE}, 2}, {56, {PANE_IR, PANE_HOST}, 2}},
          {{100, {PANE_REGISTERS, PANE_HOMES, PANE_CACHE, PANE_EVENTS, PANE_OUTPUT}, 5}}}},
    },
    {
        {150,
         44,
         0,
         {58, 42, 0},
         {{{44, {RUN_CONSOLE}, 1}, {56, {RUN_PROCESSES}, 1}},
          {{52, {RUN_CALLS}, 1}, {24, {RUN_HARTS, RUN_EVENTS}, 2}, {24, {RUN_COUNTERS}, 1}}}},
        {110,
         34,
         0,
         {58, 42, 0},
         {{{42, {RUN_CONSOLE}, 1}, {58, {RUN_PROCESSES}, 1}},
          {{58, {RUN_CALLS}, 1}, {42, {RUN_HARTS, RUN_COUNTERS, RUN_EVENTS}, 3}}}},
        {LAYOUT_WIDTH_LEAST,
         LAYOUT_HEIGHT_LEAST,
         0,
         {58, 42, 0},
         {{{45, {RUN_CONSOLE}, 1}, {55, {RUN_PROCESSES}, 1}},
          {{100, {RUN_CALLS, RUN_HARTS, RUN_COUNTERS, RUN_EVENTS}, 4}}}},
    }};

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
    enum view view = stepper_view(scene);
    struct rect panes;

    *layout = (struct layout){.too_small = true};
    for (unsigned i = 0; i < SIZES; i++) {
        const struct plan *plan = &plans[view][i];

        if (width < plan->width || height < plan->height)
            continue;
        layout->too_small = false;
        panes = edges_make(&layout->edges, width, height, scene->note);
        if (view == VIEW_RUN) {
            panes.height--;
            layout->marks = (struct rect){0, panes.y + panes.height, width, 1};
        }
        if (scene->zoomed)
            slots_add_one(&layout->slots, scene->focus, panes);
        else
            make_rows(layout, plan, panes, scene);
        return;
    }
}
