/* draw.c: a record on the grid; see record.h. */
#include <inttypes.h>
#include <string.h>

#include "record/record.h"
#include "view/glyph.h"

enum {
    NUMBER_COLUMNS = 8,
    TIME_COLUMNS = 10,
    TIME_FROM = 44,
    LEAST = 6 /* columns of the command */
};

uint64_t record_number(const struct record *record, size_t moment)
{
    return record->ops->number != NULL ? record->ops->number(record, moment) : moment + 1;
}

const char *record_time(char text[RECORD_TIME], uint64_t ns)
{
    static const struct {
        double least;
        const char *unit;
    } units[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}};
    double value = (double)ns;

    for (unsigned i = 0; i < sizeof units / sizeof *units; i++) {
        double scaled = value / units[i].least;

        if (scaled < 1)
            continue;
        snprintf(text, RECORD_TIME, "%.*f %s",
                 scaled < 10    ? 2
                 : scaled < 100 ? 1
                                : 0,
                 scaled, units[i].unit);
        return text;
    }
    snprintf(text, RECORD_TIME, "%" PRIu64 " ns", ns);
    return text;
}

void record_layout(struct record_layout *layout, int width, int height,
                   const struct record_view *view)
{
    const struct record_ops *ops = view->record->ops;
    const struct record_plan *plan = NULL;
    struct rect panes;
    int y;

    *layout = (struct record_layout){.too_small = true};
    for (unsigned i = RECORD_PLANS; i-- > 0;) {
        if (ops->plans[i].width > 0 && width >= ops->plans[i].width &&
            height >= ops->plans[i].height)
            plan = &ops->plans[i];
    }
    if (plan == NULL)
        return;
    layout->too_small = false;
    panes = edges_make(&layout->edges, width, height, view->scene.note);
    if (view->scene.zoomed) {
        slots_add_one(&layout->slots, view->scene.focus, panes);
        return;
    }
    y = panes.y;
    for (unsigned i = 0; i < RECORD_ROWS && plan->percent[i] > 0; i++) {
        bool last = i + 1 == RECORD_ROWS || plan->percent[i + 1] == 0;
        int rows = last ? panes.y + panes.height - y : panes.height * plan->percent[i] / 100;

        slots_add_row(&layout->slots, plan->rows[i], (struct rect){0, y, panes.width, rows},
                      &view->scene);
        y += rows;
    }
}

/* The first moment of the list: so that the one that is looked at is a third down. */
static size_t list_top(const struct record_view *view, int height)
{
    size_t lines = height > 0 ? (size_t)height : 1, count = view->record->count, before = lines / 3;

    if (view->at <= before || count <= lines)
        return 0;
    return view->at - before > count - lines ? count - lines : view->at - before;
}

size_t record_list_at(const struct record_view *view, int height, int y)
{
    size_t moment = y < 0 || y >= height ? view->record->count : list_top(view, height) + (size_t)y;

    return moment < view->record->count ? moment : view->record->count;
}

static void draw_moment(struct area area, int y, const struct record_view *view, size_t moment)
{
    const struct record *record = view->record;
    bool current = moment == view->at, hidden = view->scene.predict && moment > view->at;
    enum role role = current ? ROLE_STRONG : ROLE_TEXT;
    char line[RECORD_LINE], time[RECORD_TIME], number[24];
    int x = NUMBER_COLUMNS + 1;

    if (current) {
        area_ground(area, 0, y, area.width, ROLE_BAND);
        area_put(area, 0, y, GLYPH_TRIANGLE, ROLE_STRONG);
    }
    snprintf(number, sizeof number, "%" PRIu64, record_number(record, moment));
    area_right(area, NUMBER_COLUMNS, y, current ? ROLE_STRONG : ROLE_DIM, number);
    if (hidden) {
        area_text(area, x, y, ROLE_DIM, "?");
        return;
    }
    if (area.width >= TIME_FROM) {
        area_right(area, x + TIME_COLUMNS - 1, y, current ? ROLE_STRONG : ROLE_DIM,
                   record_time(time, record->ops->time(record, moment)));
        x += TIME_COLUMNS + 1;
    }
    record->ops->line(record, moment, line, sizeof line);
    area_cut(area, x, y, area.width - x, role, line);
}

void record_list_draw(struct area area, const struct record_view *view)
{
    size_t top = list_top(view, area.height);

    for (int y = 0; y < area.height && top + (size_t)y < view->record->count; y++)
        draw_moment(area, y, view, top + (size_t)y);
}

void record_draw_pane(struct area area, const struct record_view *view, unsigned pane)
{
    slot_box(area, &view->scene, NULL, pane);
    view->record->ops->panes[pane].draw(area_part(area, 1, 1, area.width - 2, area.height - 2),
                                        view);
}

static void draw_slot(struct grid *grid, const struct record_view *view, const struct slot *slot)
{
    struct area area = rect_area(grid, slot->at);

    slot_box(area, &view->scene, slot, slot->front);
    view->record->ops->panes[slot->front].draw(
        area_part(area, 1, 1, area.width - 2, area.height - 2), view);
}

/* "prime │ kvm │ moment 40 of 1,204 │ 1.23 ms", and at the right what is promised. */
static void draw_head(struct area area, const struct record_view *view)
{
    const struct record *record = view->record;
    char text[256], first[32], last[32], time[RECORD_TIME];
    int x;

    area_ground(area, 0, 0, area.width, ROLE_BAND);
    snprintf(text, sizeof text, " │ %s ", record->ops->promise);
    area_right(area, area.width, 0, ROLE_STRONG, text);
    area.width -= text_columns(text);
    snprintf(text, sizeof text, " │ %s%s │ %s %s of %s", view->way,
             view->scene.playing ? ", playing" : "", record->ops->unit,
             grouped(first, record_number(record, view->at)),
             grouped(last, record_number(record, record->count - 1)));
    if (area.width - text_columns(text) > LEAST + TIME_COLUMNS + 4)
        snprintf(text + strlen(text), sizeof text - strlen(text), " │ %s",
                 record_time(time, record->ops->time(record, view->at)));
    x = area_cut(area, 1, 0,
                 area.width - text_columns(text) > LEAST ? area.width - text_columns(text) - 1
                                                         : LEAST,
                 ROLE_STRONG, view->command);
    area_cut(area, x, 0, area.width - x, ROLE_TEXT, text);
}

static uint64_t time_of(const struct record_view *view, size_t moment)
{
    return view->record->ops->time(view->record, moment);
}

/* Where the line of the timeline is on a screen of that width. */
struct place {
    int x, width;
    uint64_t start, length; /* ns */
};

static struct place timeline_place(const struct record_view *view, int width, char *end)
{
    struct place place = {.x = 2, .start = time_of(view, 0)};

    place.length = time_of(view, view->record->count - 1) - place.start;
    record_time(end, place.length);
    place.width = width - 3 - text_columns(end);
    return place;
}

static int timeline_column(const struct place *place, uint64_t ns)
{
    if (place->length == 0)
        return 0;
    return (int)((double)(ns - place->start) / (double)place->length * (place->width - 1) + 0.5);
}

size_t record_timeline_at(const struct record_view *view, int width, int x)
{
    char end[RECORD_TIME];
    struct place place = timeline_place(view, width, end);
    size_t low = 0, high = view->record->count - 1;

    if (x <= place.x)
        return 0;
    if (x >= place.x + place.width - 1)
        return high;
    while (low < high) { /* the first moment of that column, or the next one */
        size_t middle = low + (high - low) / 2;

        if (timeline_column(&place, time_of(view, middle)) < x - place.x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* By time: the more moments a column has, the darker it is. */
static void draw_timeline(struct area area, const struct record_view *view)
{
    static const uint32_t shades[] = {GLYPH_HORIZONTAL, GLYPH_TEE_DOWN, GLYPH_SHADE_LIGHT,
                                      GLYPH_SHADE, GLYPH_SHADE_DARK};
    char end[RECORD_TIME], text[RECORD_TIME + 1];
    struct place place = timeline_place(view, area.width, end);
    int counts[GRID_WIDTH_MAX] = {0};

    for (size_t i = 0; i < view->record->count; i++) {
        int column = timeline_column(&place, time_of(view, i));

        if (column >= 0 && column < GRID_WIDTH_MAX)
            counts[column]++;
    }
    area_text(area, 0, 0, ROLE_DIM, "0 ");
    for (int x = 0; x < place.width; x++) {
        int count = counts[x], shade = 0;

        while (count > 0 && shade < 4) {
            shade++;
            count /= 4;
        }
        area_put(area, place.x + x, 0, shades[shade], shade > 0 ? ROLE_TEXT : ROLE_FRAME);
    }
    area_put(area, place.x + timeline_column(&place, time_of(view, view->at)), 0, GLYPH_DISC,
             ROLE_STRONG);
    snprintf(text, sizeof text, " %s", end);
    area_text(area, place.x + place.width, 0, ROLE_DIM, text);
}

void record_draw_all(struct grid *grid, const struct record_view *view)
{
    struct record_layout layout;
    struct area hints;

    grid_clear(grid);
    record_layout(&layout, grid->width, grid->height, view);
    if (layout.too_small) {
        char line[128];

        snprintf(line, sizeof line, "This view needs %d columns and %d lines; here are %d and %d.",
                 RECORD_WIDTH_LEAST, RECORD_HEIGHT_LEAST, grid->width, grid->height);
        area_wrap(area_whole(grid), 0, ROLE_TEXT, line);
        return;
    }
    draw_head(rect_area(grid, layout.edges.head), view);
    if (view->scene.help)
        scene_draw_help(area_part(area_whole(grid), 0, 1, grid->width, layout.edges.timeline.y - 1),
                        &view->scene, view->record->ops->promise);
    for (unsigned i = 0; i < layout.slots.count && !view->scene.help; i++)
        draw_slot(grid, view, &layout.slots.slots[i]);
    draw_timeline(rect_area(grid, layout.edges.timeline), view);
    scene_draw_foot(rect_area(grid, layout.edges.status), rect_area(grid, layout.edges.note),
                    &view->scene);
    hints = rect_area(grid, layout.edges.hints);
    area_cut(hints, 0, 0, hints.width, ROLE_DIM,
             "space forward  b back  n next  e kind  h help  q quit  ? ask  0-9 pane  z zoom");
}
