/* draw.c: see draw.h. */
#include "stepper/draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "stepper/control.h"
#include "stepper/layout.h"
#include "stepper/run.h"
#include "stepper/status.h"
#include "view/glyph.h"

static pane_draw *const draws[PANE_COUNT] = {
    [PANE_OUTPUT] = pane_output_draw,       [PANE_SOURCE] = pane_source_draw,
    [PANE_GUEST] = pane_guest_draw,         [PANE_IR] = pane_ir_draw,
    [PANE_HOST] = pane_host_draw,           [PANE_PHASES] = pane_phases_draw,
    [PANE_REGISTERS] = pane_registers_draw, [PANE_HOMES] = pane_homes_draw,
    [PANE_CACHE] = pane_cache_draw,         [PANE_EVENTS] = pane_events_draw,
};

static pane_draw *const run_draws[RUN_PANES] = {
    [RUN_EVENTS] = pane_events_draw,      [RUN_CONSOLE] = run_console_draw,
    [RUN_PROCESSES] = run_processes_draw, [RUN_CALLS] = run_calls_draw,
    [RUN_HARTS] = run_harts_draw,         [RUN_COUNTERS] = run_counters_draw,
};

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

static void draw_slot(struct area area, const struct stepper *stepper, const struct slot *slot,
                      unsigned pane)
{
    bool run = stepper_view(&stepper->scene) == VIEW_RUN;

    slot_box(area, &stepper->scene, slot, pane);
    (run ? run_draws[pane] : draws[pane])(area_part(area, 1, 1, area.width - 2, area.height - 2),
                                          stepper);
}

void stepper_draw_pane(struct area area, const struct stepper *stepper, unsigned pane)
{
    draw_slot(area, stepper, NULL, pane);
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
    bool has_tabs = area.width >= TABS_LEAST;
    int x = 0;

    area_ground(area, 0, 0, area.width, ROLE_BAND);
    snprintf(text, sizeof text, " │ level: %s%s ", level_title(stepper->look.level),
             stepper->scene.playing ? ", playing" : "");
    area_right(area, area.width, 0, ROLE_STRONG, text);
    area.width -= text_columns(text);
    if (has_tabs) {
        x = draw_tabs(area, stepper_view(&stepper->scene));
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
        uint8_t rank;
        int column;

        if (record->position > stepper->furthest)
            break; /* a run has looked for what comes further than we ever were */
        rank = record_is_end(record)               ? 4
               : record_is_fork(record)            ? 3
               : record_is_exec(processes, record) ? 2
                                                   : record->kind == RECORD_CALL;
        if (rank == 0)
            continue;
        column = timeline_column(stepper, place.width, record->position);
        if (rank > ranks[column])
            ranks[column] = rank;
    }
    for (int x = 0; x < place.width; x++)
        area_put(area, place.x + x, 0, (unsigned char)marks[ranks[x]],
                 ranks[x] > 1 ? ROLE_STRONG : ROLE_DIM);
}

static void draw_foot(struct grid *grid, const struct stepper *stepper, const struct edges *edges)
{
    struct area hints = rect_area(grid, edges->hints);
    char text[SCENE_TEXT];

    draw_timeline_line(rect_area(grid, edges->timeline), stepper);
    scene_draw_foot(rect_area(grid, edges->status), rect_area(grid, edges->note), &stepper->scene);
    keys_hint(stepper, text, sizeof text);
    area_cut(hints, 0, 0, hints.width, ROLE_DIM, text);
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
    layout_make(&layout, grid->width, grid->height, &stepper->scene);
    if (layout.too_small) {
        char line[128];

        snprintf(line, sizeof line, "This view needs %d columns and %d lines; here are %d and %d.",
                 LAYOUT_WIDTH_LEAST, LAYOUT_HEIGHT_LEAST, grid->width, grid->height);
        area_wrap(area_whole(grid), 0, ROLE_TEXT, line);
        return;
    }
    draw_head(rect_area(grid, layout.edges.head), stepper);
    if (stepper->scene.help) {
        scene_draw_help(
            area_part(area_whole(grid), 0, 1, grid->width, layout.edges.timeline.y - 1),
            &stepper->scene,
            "Levels: instruction, IR operation, host instruction, phase, block, event. Views: "
            "Translate and Run are here, by v. Exits: trivium step --on kvm PROGRAM. Names: trivium "
            "step --on container PROGRAM. Race: trivium race --live PROGRAM, or --gui, or --replay "
            "FILE.");
    } else {
        for (unsigned i = 0; i < layout.slots.count; i++) {
            const struct slot *slot = &layout.slots.slots[i];

            draw_slot(rect_area(grid, slot->at), stepper, slot, slot->front);
        }
        if (layout.phases.height > 0)
            draw_phases(rect_area(grid, layout.phases), stepper);
    }
    if (layout.marks.height > 0 && !stepper->scene.help)
        draw_marks(rect_area(grid, layout.marks), stepper);
    draw_foot(grid, stepper, &layout.edges);
}
