/* layout.c: see layout.h. */
#include "stepper/layout.h"

#include <assert.h>

#include "view/grid.h"

enum { STATUS_LINES = 2, NOTE_LINES = 5, PLANS_MAX = 4, ROWS = 3 };

/* A slot in a plan: its share of the row's width. */
struct slot_plan {
    int percent; /* 0: no more */
    enum pane panes[SLOT_PANES];
    unsigned count;
};

struct plan {
    int width, height; /* from this size on */
    int phases;        /* lines */
    int percent[ROWS]; /* of the height that is left; 0: no such row */
    struct slot_plan rows[ROWS][PLANS_MAX];
};

enum { SIZES = 3 };

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
         {{{44, {PANE_CONSOLE}, 1}, {56, {PANE_PROCESSES}, 1}},
          {{52, {PANE_CALLS}, 1}, {24, {PANE_HARTS, PANE_EVENTS}, 2}, {24, {PANE_COUNTERS}, 1}}}},
        {110,
         34,
         0,
         {58, 42, 0},
         {{{42, {PANE_CONSOLE}, 1}, {58, {PANE_PROCESSES}, 1}},
          {{58, {PANE_CALLS}, 1}, {42, {PANE_HARTS, PANE_COUNTERS, PANE_EVENTS}, 3}}}},
        {LAYOUT_WIDTH_LEAST,
         LAYOUT_HEIGHT_LEAST,
         0,
         {58, 42, 0},
         {{{45, {PANE_CONSOLE}, 1}, {55, {PANE_PROCESSES}, 1}},
          {{100, {PANE_CALLS, PANE_HARTS, PANE_COUNTERS, PANE_EVENTS}, 4}}}},
    }};

static enum pane front_of(const struct slot *slot, const struct look *look)
{
    enum pane front = slot->panes[0];

    for (unsigned i = 1; i < slot->count; i++) {
        if (look->chosen[slot->panes[i]] > look->chosen[front])
            front = slot->panes[i];
    }
    return front;
}

static void add_slot(struct layout *layout, const struct slot_plan *plan, struct rect at,
                     const struct look *look)
{
    struct slot *slot = &layout->slots[layout->count++];

    assert(layout->count <= SLOTS_MAX);

    slot->at = at;
    slot->count = plan->count;
    for (unsigned i = 0; i < plan->count; i++)
        slot->panes[i] = plan->panes[i];
    slot->front = front_of(slot, look);
}

/* The last slot of a row gets what rounding has left. */
static void add_row(struct layout *layout, const struct slot_plan *plans_of_row, struct rect row,
                    const struct look *look)
{
    int x = 0;

    for (unsigned i = 0; i < PLANS_MAX && plans_of_row[i].percent > 0; i++) {
        bool last = i + 1 == PLANS_MAX || plans_of_row[i + 1].percent == 0;
        int width = last ? row.width - x : row.width * plans_of_row[i].percent / 100;

        add_slot(layout, &plans_of_row[i], (struct rect){row.x + x, row.y, width, row.height},
                 look);
        x += width;
    }
}

/* From the bottom up; what is left is the panes'. */
static struct rect make_edges(struct layout *layout, int width, int height, const struct look *look)
{
    int bottom = height;

    layout->head = (struct rect){0, 0, width, 1};
    bottom -= 1;
    layout->hints = (struct rect){0, bottom, width, 1};
    bottom -= STATUS_LINES;
    layout->status = (struct rect){0, bottom, width, STATUS_LINES};
    bottom -= 1;
    layout->timeline = (struct rect){0, bottom, width, 1};
    if (look->view == VIEW_RUN) {
        bottom -= 1;
        layout->marks = (struct rect){0, bottom, width, 1};
    }
    if (look->note[0] != '\0') {
        int lines = text_lines(look->note, width);

        lines = lines < STATUS_LINES ? STATUS_LINES : lines > NOTE_LINES ? NOTE_LINES : lines;
        bottom -= lines;
        layout->note = (struct rect){0, bottom, width, lines};
    }
    return (struct rect){0, 1, width, bottom - 1};
}

static void make_rows(struct layout *layout, const struct plan *plan, struct rect panes,
                      const struct look *look)
{
    int left = panes.height - plan->phases, y = panes.y;

    for (unsigned i = 0; i < ROWS && plan->percent[i] > 0; i++) {
        bool last = i + 1 == ROWS || plan->percent[i + 1] == 0;
        int height = last ? panes.y + panes.height - y : left * plan->percent[i] / 100;

        add_row(layout, plan->rows[i], (struct rect){0, y, panes.width, height}, look);
        y += height;
        if (i == 0) {
            layout->phases = (struct rect){0, y, panes.width, plan->phases};
            y += plan->phases;
        }
    }
}

void layout_make(struct layout *layout, int width, int height, const struct look *look)
{
    struct rect panes;

    *layout = (struct layout){.too_small = true};
    for (unsigned i = 0; i < SIZES; i++) {
        const struct plan *plan = &plans[look->view][i];

        if (width < plan->width || height < plan->height)
            continue;
        layout->too_small = false;
        panes = make_edges(layout, width, height, look);
        if (look->zoomed)
            add_slot(layout, &(struct slot_plan){100, {look->focus}, 1}, panes, look);
        else
            make_rows(layout, plan, panes, look);
        return;
    }
}

bool rect_has(struct rect rect, int x, int y)
{
    return x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;
}

const struct slot *layout_at(const struct layout *layout, int x, int y)
{
    for (unsigned i = 0; i < layout->count; i++) {
        if (rect_has(layout->slots[i].at, x, y))
            return &layout->slots[i];
    }
    return NULL;
}
