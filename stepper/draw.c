/* draw.c: see draw.h. */
#include "stepper/draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "stepper/control.h"
#include "stepper/layout.h"
#include "stepper/panes.h"
#include "stepper/status.h"
#include "view/glyph.h"

enum { TITLE = 160, VIEWS_LINES = 9 /* of the help: those, the levels, blanks */ };

enum { OF_TRANSLATE = 1 << VIEW_TRANSLATE, OF_RUN = 1 << VIEW_RUN };

static const struct {
    const char *name;
    unsigned key, views;
    pane_draw *draw;
} panes[PANE_COUNT] = {
    [PANE_OUTPUT] = {"OUTPUT", 0, OF_TRANSLATE, pane_output_draw},
    [PANE_SOURCE] = {"SOURCE", 1, OF_TRANSLATE, pane_source_draw},
    [PANE_GUEST] = {"GUEST", 2, OF_TRANSLATE, pane_guest_draw},
    [PANE_IR] = {"IR", 3, OF_TRANSLATE, pane_ir_draw},
    [PANE_HOST] = {"HOST", 4, OF_TRANSLATE, pane_host_draw},
    [PANE_PHASES] = {"PHASES", 5, OF_TRANSLATE, pane_phases_draw},
    [PANE_REGISTERS] = {"REGISTERS", 6, OF_TRANSLATE, pane_registers_draw},
    [PANE_HOMES] = {"HOMES", 7, OF_TRANSLATE, pane_homes_draw},
    [PANE_CACHE] = {"CACHE", 8, OF_TRANSLATE, pane_cache_draw},
    [PANE_EVENTS] = {"EVENTS", 9, OF_TRANSLATE | OF_RUN, pane_events_draw},
    [PANE_CONSOLE] = {"CONSOLE", 1, OF_RUN, pane_console_draw},
    [PANE_PROCESSES] = {"PROCESSES", 2, OF_RUN, pane_processes_draw},
    [PANE_CALLS] = {"CALLS", 3, OF_RUN, pane_calls_draw},
    [PANE_HARTS] = {"HARTS", 4, OF_RUN, pane_harts_draw},
    [PANE_COUNTERS] = {"COUNTERS", 5, OF_RUN, pane_counters_draw},
};

const char *pane_name(enum pane pane)
{
    return panes[pane].name;
}

unsigned pane_key(enum pane pane)
{
    return panes[pane].key;
}

bool pane_is_in(enum pane pane, enum view view)
{
    return (panes[pane].views >> view & 1) != 0;
}

enum pane pane_of_key(enum view view, unsigned key)
{
    unsigned pane = 0;

    while (pane < PANE_COUNT && (panes[pane].key != key || !pane_is_in((enum pane)pane, view)))
        pane++;
    return (enum pane)pane;
}

enum pane pane_of_name(const char *name)
{
    unsigned pane = 0;

    while (pane < PANE_COUNT && strcasecmp(panes[pane].name, name) != 0)
        pane++;
    return (enum pane)pane;
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
    if (pane == PANE_PROCESSES)
        processes_remark(stepper, text, size);
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
    if (!is_in_phases(stepper) && stepper->look.left_out > 0)
        snprintf(text, size, both ? " lifted │ without %s" : " without %s",
                 block_text_pass(&stepper->block, stepper->look.left_out - 1)->name);
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
    used = (size_t)snprintf(text, sizeof text, "%s%u %s%s", focus ? "▶" : "", pane_key(pane),
                            pane_name(pane), remark);
    for (unsigned i = 0; slot != NULL && i < slot->count && used < sizeof text; i++) {
        if (slot->panes[i] != pane)
            used += (size_t)snprintf(text + used, sizeof text - used, " · %u %s",
                                     pane_key(slot->panes[i]), pane_name(slot->panes[i]));
    }
    area_box(area, focus ? ROLE_TEXT : ROLE_FRAME, text);
}

static void draw_slot(struct area area, const struct stepper *stepper, const struct slot *slot,
                      enum pane pane)
{
    draw_title(area, stepper, slot, pane);
    panes[pane].draw(area_part(area, 1, 1, area.width - 2, area.height - 2), stepper);
}

void stepper_draw_pane(struct area area, const struct stepper *stepper, enum pane pane)
{
    draw_slot(area, stepper, NULL, pane);
}

static struct area part(struct grid *grid, struct rect rect)
{
    return area_part(area_whole(grid), rect.x, rect.y, rect.width, rect.height);
}

/* "[Translate] Run": which view it is, and the other; the column behind. */
static int draw_tabs(struct area area, enum view shown)
{
    for (unsigned view = 0; view < VIEW_COUNT; view++) {
        struct tab tab = tab_of((enum view)view);

        area_print(area, tab.x, 0, view == shown ? ROLE_STRONG : ROLE_TEXT,
                   view == shown ? "[%s]" : " %s ", tab.title);
    }
    return area_text(area, TABS_WIDTH, 0, ROLE_FRAME, "│");
}

struct tab tab_of(enum view view)
{
    static const struct tab tabs[VIEW_COUNT] = {
        [VIEW_TRANSLATE] = {0, 11, "Translate"}, [VIEW_RUN] = {11, 5, "Run"}};

    return tabs[view];
}

static void draw_head(struct area area, const struct stepper *stepper)
{
    const struct step *step = stepper->step;
    char text[256], position[32], symbol[80];
    int x = 0;

    area_ground(area, 0, 0, area.width, ROLE_BAND);
    snprintf(text, sizeof text, " │ level: %s%s ", level_title(stepper->look.level),
             stepper->look.playing ? ", playing" : "");
    area_right(area, area.width, 0, ROLE_STRONG, text);
    area.width -= text_columns(text);
    if (area.width >= 2 * TABS_WIDTH) {
        x = draw_tabs(area, stepper->look.view);
        area = area_part(area, x, 0, area.width - x, 1);
    }
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

/* What has become of processes, and when; of what is in one column the rarest is shown. */
static void draw_marks(struct area area, const struct stepper *stepper)
{
    static const char marks[] = " .EFX";
    struct timeline_place place = timeline_place(stepper, area.width);
    const struct processes *processes = stepper->processes;
    uint8_t ranks[GRID_WIDTH_MAX] = {0};

    for (int64_t i = 0; i < processes->count; i++) {
        const struct process_record *record = &processes->log[i];
        uint8_t rank = record_is_end(record)               ? 4
                       : record_is_fork(record)            ? 3
                       : record_is_exec(processes, record) ? 2
                                                           : record->kind == RECORD_CALL;
        int column;

        if (rank == 0 || record->position > stepper->furthest)
            continue; /* a run has looked for what comes further than we ever were */
        column = timeline_column(stepper, place.width, record->position);
        if (rank > ranks[column])
            ranks[column] = rank;
    }
    for (int x = 0; x < place.width; x++)
        area_put(area, place.x + x, 0, (unsigned char)marks[ranks[x]],
                 ranks[x] > 1 ? ROLE_STRONG : ROLE_DIM);
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
    if (layout->marks.height > 0 && !stepper->look.help)
        draw_marks(part(grid, layout->marks), stepper);
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

/* Where each view is started; the row behind. */
static int draw_views(struct area area, int y)
{
    static const char *const views[][2] = {
        {"Translate", "here; what the translator makes of the program"},
        {"Run", "v; the machine that runs: console, processes, system calls, harts"},
        {"Exits", "trivium step --on kvm PROGRAM: why a virtual machine comes back"},
        {"Names", "trivium step --on container PROGRAM: what a container is made of"},
        {"Race", "trivium race --live PROGRAM, or --gui; --replay FILE shows it again"}};

    for (unsigned i = 0; i < sizeof views / sizeof *views; i++, y++) {
        area_text(area, 1, y, ROLE_STRONG, views[i][0]);
        area_cut(area, 11, y, area.width - 12, ROLE_TEXT, views[i][1]);
    }
    return y;
}

/* The keys, in two columns where they do not fit into one; below them what there is room for. */
static void draw_help(struct area area)
{
    struct area inside = area_box(area, ROLE_TEXT, "KEYS AND VIEWS");
    size_t count = keys_count(), most = (size_t)(inside.height > 1 ? inside.height : 1);
    bool one = count + VIEWS_LINES <= most;
    size_t rows = one ? count : (count + 1) / 2 < most ? (count + 1) / 2 : most;
    int width = one ? inside.width : inside.width / 2, y;

    for (size_t i = 0; i < count && i < 2 * rows; i++) {
        const struct key *key = keys_at(i);
        int x = i < rows ? 1 : width + 1;

        if (i == 2 * rows - 1 && count > 2 * rows) {
            area_text(inside, x, (int)(i % rows), ROLE_WARN, "more: trivium step --keys");
            break;
        }
        area_text(inside, x, (int)(i % rows), ROLE_STRONG, key->name);
        area_cut(inside, x + 10, (int)(i % rows), width - 12, ROLE_TEXT, key->meaning);
    }
    y = (int)rows;
    if (y + VIEWS_LINES > inside.height)
        return;
    y = draw_views(inside, y + 1);
    area_text(inside, 1, y + 1, ROLE_TEXT,
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
