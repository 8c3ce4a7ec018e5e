/* pane_events.c: what has happened: events; see panes.h. */
#include "stepper/run.h"

enum { EVENT_LINE = 128 };

static void draw_event(struct area area, int y, const struct stepper *stepper, uint64_t number)
{
    const struct seen_event *seen = history_event(stepper->step->history, number);
    bool is_new = number >= stepper->step->before_totals.all;
    enum role role = is_new ? ROLE_WARN : ROLE_TEXT;
    char line[EVENT_LINE], position[32], symbol[80];
    int x;

    if (seen == NULL) {
        area_text(area, 0, y, ROLE_DIM, "  (not kept any more)");
        return;
    }
    event_text(seen, line, sizeof line);
    area_put(area, 0, y, is_new ? '*' : ' ', role);
    area_right(area, 12, y, ROLE_DIM, grouped(position, seen->position));
    x = area_cut(area, 14, y, area.width - 14, role, line);
    if (seen->pc != 0)
        area_cut(area, x + 2, y, area.width - x - 2, ROLE_DIM,
                 step_symbol(stepper->step, seen->pc, symbol));
}

/* The last ones, the latest at the bottom. */
void pane_events_draw(struct area area, const struct stepper *stepper)
{
    uint64_t all = stepper->step->history->totals.all, end = all, first;
    bool run = stepper_view(&stepper->scene) == VIEW_RUN;
    int scroll = stepper->scene.scroll[run ? RUN_EVENTS : PANE_EVENTS];

    if (scroll < 0) /* up is into the past */
        end = (uint64_t)-scroll < all ? all - (uint64_t)-scroll : 0;
    first = end > (uint64_t)area.height ? end - (uint64_t)area.height : 0;
    for (uint64_t i = first; i < end; i++)
        draw_event(area, (int)(i - first), stepper, i);
    if (all == 0)
        area_wrap(area, 0, ROLE_DIM,
                  "Nothing has happened yet: the first step makes a block, which is an event.");
}
