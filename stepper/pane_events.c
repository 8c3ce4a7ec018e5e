/* pane_events.c: what has happened: events, and what the program has written; see panes.h. */
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

/* Where the lines begin that fit in; all that was written up to this position counts. */
static size_t output_start(const struct step *step, size_t end, int lines)
{
    size_t start = end;

    if (start > 0 && step->written[start - 1].byte == '\n')
        start--;
    while (start > 0) {
        if (step->written[start - 1].byte == '\n' && --lines == 0)
            break;
        start--;
    }
    return start;
}

size_t output_end(const struct step *step)
{
    size_t end = 0;

    while (end < step->written_count && step->written[end].position <= step_position(step))
        end++;
    return end;
}

bool is_fresh_output(const struct stepper *stepper, const struct written *written)
{
    return stepper->moved.any && !stepper->moved.back && written->position > stepper->moved.from;
}

void pane_output_draw(struct area area, const struct stepper *stepper)
{
    const struct step *step = stepper->step;
    size_t end = output_end(step);
    int x = 0, y = 0;

    if (end == 0) {
        area_wrap(area, 0, ROLE_DIM, "The program has written nothing so far.");
        return;
    }
    for (size_t i = output_start(step, end, area.height); i < end; i++) {
        unsigned char byte = (unsigned char)step->written[i].byte;

        if (byte == '\n') {
            x = 0;
            y++;
        } else if (byte != '\r') {
            area_put(area, x++, y, byte < ' ' || byte > '~' ? '.' : byte, ROLE_TEXT);
        }
    }
}
