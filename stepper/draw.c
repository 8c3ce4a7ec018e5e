/* draw.c: see draw.h. */
#include "stepper/draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "stepper/control.h"
#include "stepper/layout.h"
#include "stepper/panes.h"
#include "stepper/status.h"
#include "view/glyph.h"

enum { TITLE = 160 };

static const struct {
    const char *name;
    pane_draw *draw;
} views[PANE_COUNT] = {
    [PANE_OUTPUT] = {"OUTPUT", pane_output_draw},
    [PANE_SOURCE] = {"SOURCE", pane_source_draw},
    [PANE_GUEST] = {"GUEST", pane_guest_draw},
    [PANE_IR] = {"IR", pane_ir_draw},
    [PANE_HOST] = {"HOST", pane_host_draw},
    [PANE_PHASES] = {"PHASES", pane_phases_draw},
    [PANE_REGISTERS] = {"REGISTERS", pane_registers_draw},
    [PANE_HOMES] = {"HOMES", pane_homes_draw},
    [PANE_CACHE] = {"CACHE", pane_cache_draw},
    [PANE_EVENTS] = {"EVENTS", pane_events_draw},
};

const char *pane_name(enum pane pane)
{
    return views[pane].name;
}

static const char *phase_at(const struct stepper *stepper, unsigned phase)
{
    return phase_name(&stepper->block.kept->phases[phase].phase);
}

void pane_remark(const struct stepper *stepper, enum pane pane, int width, char *text, size_t size)
{
    const struct step *step = stepper->step;
    bool both = width >= PANE_TWO_COLUMNS + 2;
    unsigned after;
    int before;

    text[0] = '\0';
    if (stepper->block.kept == NULL)
        return;
    if (pane == PANE_SOURCE)
        source_remark(stepper, text, size);
    if (pane == PANE_GUEST && step->is_made)
        snprintf(text, size, " block #%u", step->number);
    else if (pane == PANE_GUEST)
        snprintf(text, size, " no block yet");
    if (pane == PANE_HOST)
        snprintf(text, size, step->is_made ? " x86-64" : " x86-64, to be made");
    if (pane != PANE_IR)
        return;
    shown_phases(stepper, &before, &after);
    if (!is_in_phases(stepper) && stepper_left_out(stepper) != NULL)
        snprintf(text, size, both ? " lifted │ without %s" : " without %s",
                 stepper_left_out(stepper)->name);
    else if (!is_in_phases(stepper))
        snprintf(text, size, both ? " lifted │ after all passes" : " after all passes");
    else
        snprintf(text, size, both ? " before │ after %s" : " after %s", phase_at(stepper, after));
}

/* "2 GUEST block #3", and behind it the panes that share its place. */
static void draw_title(struct area area, const struct stepper *stepper, const struct slot *slot,
                       enum pane pane)
{
    bool focus = stepper->look.focus == pane;
    char text[TITLE], remark[64];
    size_t used;

    pane_remark(stepper, pane, area.width, remark, sizeof remark);
    used = (size_t)snprintf(text, sizeof text, "%s%u %s%s", focus ? "▶" : "", (unsigned)pane,
                            pane_name(pane), remark);
    for (unsigned i = 0; slot != NULL && i < slot->count && used < sizeof text; i++) {
        if (slot->panes[i] != pane)
            used += (size_t)snprintf(text + used, sizeof text - used, " · %u %s",
                                     (unsigned)slot->panes[i], pane_name(slot->panes[i]));
    }
    area_box(area, focus ? ROLE_TEXT : ROLE_FRAME, text);
}

static void draw_slot(struct area area, const struct stepper *stepper, const struct slot *slot,
                      enum pane pane)
{
    draw_title(area, stepper, slot, pane);
    views[pane].draw(area_part(area, 1, 1, area.width - 2, area.height - 2), stepper);
}

void stepper_draw_pane(struct area area, const struct stepper *stepper, enum pane pane)
{
    draw_slot(area, stepper, NULL, pane);
}

static struct area part(struct grid *grid, struct rect rect)
{
    return area_part(area_whole(grid), rect.x, rect.y, rect.width, rect.height);
}

static void draw_head(struct area area, const struct stepper *stepper)
{
    const struct step *step = stepper->step;
    char text[256], position[32], symbol[80];
    int x;

    area_ground(area, 0, 0, area.width, ROLE_BAND);
    snprintf(text, sizeof text, " │ level: %s%s ", level_title(stepper->look.level),
             stepper->look.playing ? ", playing" : "");
    area_right(area, area.width, 0, ROLE_STRONG, text);
    area.width -= text_columns(text);
    x = area_cut(area, 1, 0, area.width / 2 - 6, ROLE_STRONG, stepper->command);
    snprintf(text, sizeof text, " │ %s %s │ 0x%" PRIx64 " %s │ rv64 %s, dbt",
             step->subject->ops->unit, grouped(position, step_position(step)), step_hart(step)->pc,
             step_symbol(step, step_hart(step)->pc, symbol), stepper->kind);
    area_cut(area, x, 0, area.width - x, ROLE_TEXT, text);
}

/* The column of the line where that position is. */
static int timeline_column(const struct stepper *stepper, int width, uint64_t position)
{
    uint64_t end = stepper->furthest > 0 ? stepper->furthest : 1;

    if (position > end)
        position = end;
    return (int)((double)position / (double)end * (width - 1) + 0.5);
}

uint64_t timeline_position(const struct stepper *stepper, int width, int column)
{
    double share = width > 1 ? (double)column / (width - 1) : 0;

    if (share <= 0)
        return 0;
    if (share >= 1)
        return stepper->furthest;
    return (uint64_t)(share * (double)stepper->furthest);
}

/* From 0 to the furthest position, with the checkpoints. */
static void draw_timeline(struct area area, const struct stepper *stepper)
{
    const struct history *history = stepper->step->history;
    int width = area.width;

    for (int x = 0; x < width; x++)
        area_put(area, x, 0, GLYPH_HORIZONTAL, ROLE_FRAME);
    for (unsigned i = 0; i < history->count; i++)
        area_put(area, timeline_column(stepper, width, history->checkpoints[i].position), 0,
                 GLYPH_TEE_DOWN, ROLE_TEXT);
    area_put(area, timeline_column(stepper, width, step_position(stepper->step)), 0, GLYPH_DISC,
             ROLE_STRONG);
}

static void draw_timeline_line(struct area area, const struct stepper *stepper)
{
    char text[96], position[32];
    struct timeline_place place = timeline_place(stepper, area.width);

    area_text(area, 0, 0, ROLE_DIM, "0 ");
    draw_timeline(area_part(area, place.x, 0, place.width, 1), stepper);
    snprintf(text, sizeof text, " %s", grouped(position, stepper->furthest));
    area_text(area, place.x + place.width, 0, ROLE_DIM, text);
}

struct timeline_place timeline_place(const struct stepper *stepper, int width)
{
    char position[32];

    return (struct timeline_place){2,
                                   width - 3 - (int)strlen(grouped(position, stepper->furthest))};
}

/* Broken into the area's lines; the end shows when there was more. */
static void draw_sentence(struct area area, enum role role, const char *text)
{
    if (area_wrap(area, 0, role, text) > area.height)
        area_put(area, area.width - 1, area.height - 1, GLYPH_ELLIPSIS, ROLE_STRONG);
}

static void draw_foot(struct grid *grid, const struct stepper *stepper, const struct layout *layout)
{
    char text[STEPPER_TEXT];
    struct area hints = part(grid, layout->hints);

    draw_timeline_line(part(grid, layout->timeline), stepper);
    if (stepper->look.typing) {
        area_print(part(grid, layout->status), 0, 0, ROLE_STRONG, "> %s_", stepper->look.typed);
        area_text(part(grid, layout->status), 0, 1, ROLE_DIM,
                  "goto 40, break main, run, step block 3 ...; Enter does it, Escape does not");
    } else {
        status_text(stepper, text);
        draw_sentence(part(grid, layout->status), ROLE_TEXT, text);
    }
    if (layout->note.height > 0)
        draw_sentence(part(grid, layout->note), ROLE_WARN, stepper->look.note);
    keys_hint(&stepper->look, text, sizeof text);
    area_cut(hints, 0, 0, hints.width, ROLE_DIM, text);
}

/* The keys, in two columns where they do not fit into one; below them the levels, if there is room.
 */
static void draw_help(struct area area)
{
    struct area inside = area_box(area, ROLE_TEXT, "KEYS");
    size_t count = keys_count(), rows = (size_t)(inside.height > 1 ? inside.height : 1);
    int width = count > rows ? inside.width / 2 : inside.width;

    for (size_t i = 0; i < count && i < 2 * rows; i++) {
        const struct key *key = keys_at(i);
        int x = i < rows ? 1 : width + 1, y = (int)(i % rows);

        if (i == 2 * rows - 1 && count > 2 * rows) {
            area_text(inside, x, y, ROLE_WARN, "more: trivium step --keys");
            break;
        }
        area_text(inside, x, y, ROLE_STRONG, key->name);
        area_cut(inside, x + 10, y, width - 12, ROLE_TEXT, key->meaning);
    }
    if (count + 4 <= rows)
        area_text(inside, 1, (int)count + 2, ROLE_TEXT,
                  "Levels: instruction, IR operation, host instruction, phase, block, event.");
}

static void draw_phases(struct area area, const struct stepper *stepper)
{
    if (area.height > 2)
        area = area_box(area, ROLE_FRAME, "5 PHASES of the block's translation");
    phases_line(area, stepper);
}

void stepper_draw(struct grid *grid, const struct stepper *stepper)
{
    struct layout layout;

    grid_clear(grid);
    layout_make(&layout, grid->width, grid->height, &stepper->look);
    if (layout.too_small) {
        char line[128];

        snprintf(line, sizeof line, "This view needs %d columns and %d lines; here are %d and %d.",
                 LAYOUT_WIDTH_LEAST, LAYOUT_HEIGHT_LEAST, grid->width, grid->height);
        area_wrap(area_whole(grid), 0, ROLE_TEXT, line);
        return;
    }
    draw_head(part(grid, layout.head), stepper);
    if (stepper->look.help) {
        draw_help(area_part(area_whole(grid), 0, 1, grid->width, layout.timeline.y - 1));
    } else {
        for (unsigned i = 0; i < layout.count; i++)
            draw_slot(part(grid, layout.slots[i].at), stepper, &layout.slots[i],
                      layout.slots[i].front);
        if (layout.phases.height > 0)
            draw_phases(part(grid, layout.phases), stepper);
    }
    draw_foot(grid, stepper, &layout);
}
