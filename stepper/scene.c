/* scene.c: the stepper as a scene: see view/scene.h. */
#include <inttypes.h>

#include "emu/step/plain.h"
#include "stepper/control.h"
#include "stepper/draw.h"
#include "stepper/run.h"
#include "stepper/status.h"
#include "stepper/tour.h"

static void draw(const void *owner, struct grid *grid)
{
    stepper_draw(grid, owner);
}

static void draw_pane(const void *owner, struct area area, unsigned pane)
{
    stepper_draw_pane(area, owner, pane);
}

static void title(const void *owner, unsigned pane, int width, char *text, size_t size)
{
    char remark[64];

    pane_remark(owner, (enum pane)pane, width, remark, sizeof remark);
    snprintf(text, size, "%s%s", stepper_scenes[VIEW_TRANSLATE].names[pane], remark);
}

static void run_title(const void *owner, unsigned pane, int width, char *text, size_t size)
{
    char remark[64] = "";

    (void)width;
    if (pane == RUN_PROCESSES)
        run_processes_remark(owner, remark, sizeof remark);
    snprintf(text, size, "%s%s", stepper_scenes[VIEW_RUN].names[pane], remark);
}

static void status(const void *owner, char *text)
{
    status_text(owner, text);
}

static void provenance(const void *owner, FILE *file, const char *before)
{
    const struct stepper *stepper = owner;
    uint64_t position = step_position(stepper->step);
    char text[32];

    fprintf(file, "%sprogram  %s\n%ssha256   %s\n", before, stepper->command, before,
            stepper->sha256);
    fprintf(file, "%sposition %s (%ss)\n", before, grouped(text, position),
            stepper->step->subject->ops->unit);
    fprintf(file, "%sagain    %s, then: goto %" PRIu64 "\n", before, stepper->again, position);
}

static void start(void *owner, FILE *out)
{
    const struct stepper *stepper = owner;

    plain_start(out, stepper->step);
}

static enum scene_result command(void *owner, const char *line, FILE *out, struct err *err)
{
    switch (control_command(owner, line, out, err)) {
    case COMMAND_DONE: return SCENE_DONE;
    case COMMAND_QUIT: return SCENE_QUIT;
    case COMMAND_WRONG: break;
    }
    return SCENE_WRONG;
}

static bool lead(void *owner, uint32_t key)
{
    struct stepper *stepper = owner;

    if (stepper->tour != NULL)
        return tour_key(stepper->tour, stepper, key);
    if (key != KEY_ESCAPE || stepper->look.process == LIFE_NONE || stepper->scene.typing)
        return false;
    stepper->look.process = LIFE_NONE; /* it lets the process go before it ends all */
    return true;
}

static void mouse(void *owner, const struct screen_mouse *mouse, int width, int height)
{
    control_mouse(owner, mouse, width, height);
}

static void tick(void *owner)
{
    control_tick(owner);
}

static void afresh(void *owner)
{
    stepper_look_afresh(owner);
}

static const char *const names[PANE_COUNT] = {
    [PANE_OUTPUT] = "OUTPUT",       [PANE_SOURCE] = "SOURCE",
    [PANE_GUEST] = "GUEST",         [PANE_IR] = "IR",
    [PANE_HOST] = "HOST",           [PANE_PHASES] = "PHASES",
    [PANE_REGISTERS] = "REGISTERS", [PANE_HOMES] = "HOMES",
    [PANE_CACHE] = "CACHE",         [PANE_EVENTS] = "EVENTS",
};

static const char *const run_names[RUN_PANES] = {
    [RUN_EVENTS] = "EVENTS", [RUN_CONSOLE] = "CONSOLE", [RUN_PROCESSES] = "PROCESSES",
    [RUN_CALLS] = "CALLS",   [RUN_HARTS] = "HARTS",     [RUN_COUNTERS] = "COUNTERS",
};

const struct scene_ops stepper_scenes[VIEW_COUNT] = {
    [VIEW_TRANSLATE] =
        {
            .draw = draw,
            .draw_pane = draw_pane,
            .title = title,
            .status = status,
            .provenance = provenance,
            .start = start,
            .command = command,
            .lead = lead,
            .mouse = mouse,
            .tick = tick,
            .afresh = afresh,
            .example = "goto 40, break main, run, step block 3 ...; Enter does it, Escape does not",
            .names = names,
            .panes = PANE_COUNT,
            .keys = stepper_keys,
        },
    [VIEW_RUN] =
        {
            .draw = draw,
            .draw_pane = draw_pane,
            .title = run_title,
            .status = status,
            .provenance = provenance,
            .start = start,
            .command = command,
            .lead = lead,
            .mouse = mouse,
            .tick = tick,
            .afresh = afresh,
            .example = "goto 40000, break syscall clone, run, process 2 ...; Enter does it, Escape "
                       "does not",
            .names = run_names,
            .panes = RUN_PANES,
            .keys = stepper_keys,
        },
};
