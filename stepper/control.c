/* control.c: see control.h. */
#include "stepper/control.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "stepper/move.h"
#include "stepper/run.h"

enum { FAST_SCROLL = 8, SCROLL_MOST = 4000 };

static bool act_step(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    move_level(stepper, false, err);
    return true;
}

static bool act_back(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    move_level(stepper, true, err);
    return true;
}

static bool act_block_back(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    move_block_back(stepper, err);
    return true;
}

static bool act_run(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    move_run(stepper, false, err);
    return true;
}

static bool act_run_back(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    move_run(stepper, true, err);
    return true;
}

static bool act_event(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    move_event(stepper, false, err);
    return true;
}

static bool act_event_back(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    move_event(stepper, true, err);
    return true;
}

static bool act_kind(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    unsigned kind = (stepper->look.kind + 1) % (EVENT_KIND_COUNT + 1);

    (void)err;
    stepper->look.kind = kind;
    scene_say(&stepper->scene, "n and N go to the next and the last event of this kind: %s.",
              kind == EVENT_KIND_COUNT ? "any" : event_name((enum event_kind)kind));
    return true;
}

static bool act_view(struct scene *scene, struct err *err)
{
    (void)err;
    stepper_set_view(scene->owner, stepper_view(scene) == VIEW_RUN ? VIEW_TRANSLATE : VIEW_RUN);
    return true;
}

static bool act_start(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    move_to(stepper, 0, err);
    return true;
}

static bool act_furthest(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    move_to(stepper, stepper->furthest, err);
    return true;
}

/* Another level begins where its translation does. */
static void set_level(struct stepper *stepper, unsigned level)
{
    struct look *look = &stepper->look;
    bool was_in_phases = is_in_phases(stepper);

    look->level = (enum level)(level % LEVEL_COUNT);
    if (was_in_phases && !is_in_phases(stepper) &&
        stepper_view(&stepper->scene) == VIEW_TRANSLATE) /* in place of the homes */
        scene_choose(&stepper->scene, PANE_REGISTERS);
    stepper->step->phase = 0;
    stepper->step->op = 0;
    stepper_follow(stepper);
}

static bool act_level(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    (void)err;
    set_level(stepper, stepper->look.level + 1U);
    return true;
}

static bool act_level_back(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    (void)err;
    set_level(stepper, stepper->look.level + LEVEL_COUNT - 1U);
    return true;
}

/* The next pass is left out from here on, then none: as a set of one. */
static unsigned next_left_out(const struct machine *machine)
{
    unsigned now = dbt_left_out(machine), pass = 0;

    while (now >> pass != 0)
        pass++;
    while (pass < pass_count && !dbt_has_pass(machine, pass))
        pass++;
    return pass < pass_count ? 1U << pass : 0;
}

static bool act_leave_out(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;
    struct step *step = stepper->step;
    uint32_t before = stepper->block.size;
    const struct pass *pass;
    enum step_result result;

    if (stepper->block.kept == NULL || stepper_view(scene) == VIEW_RUN)
        return true;
    result = step_leave_out(step, next_left_out(step->subject->machine), err);
    if (result == STEP_ENDED)
        scene_say(scene, "It has ended: nothing is translated any more.");
    if (result != STEP_DONE)
        return true;
    stepper_end(stepper);
    scene_choose(scene, PANE_IR);
    pass = stepper_left_out(stepper);
    scene_say(scene,
              "From here on %s%s%s%s: %" PRIu32 " bytes of host code (were %" PRIu32
              "). All blocks are made anew; back undoes it.",
              pass != NULL ? "without " : "with all passes again", pass != NULL ? pass->name : "",
              pass != NULL ? ", which " : "", pass != NULL ? pass->meaning : "",
              stepper->block.size, before);
    return true;
}

static bool act_export(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    (void)err;
    scene_type(scene, "");
    snprintf(stepper->scene.typed, sizeof stepper->scene.typed, "export %s-%" PRIu64 ".svg",
             scene->ops->names[scene->focus], step_position(stepper->step));
    return true;
}

/* The latest is at the bottom, and up is into the past. */
static bool is_latest_last(const struct scene *scene, unsigned pane)
{
    return stepper_view(scene) == VIEW_RUN
               ? pane == RUN_EVENTS || pane == RUN_CALLS || pane == RUN_CONSOLE
               : pane == PANE_EVENTS;
}

/* Lines can be moved either way from where they are at first. */
static bool is_followed(const struct scene *scene, unsigned pane)
{
    return stepper_view(scene) == VIEW_RUN ? pane == RUN_PROCESSES : pane_is_code((enum pane)pane);
}

void control_scroll(struct stepper *stepper, unsigned pane, int by)
{
    const struct scene *scene = &stepper->scene;
    int *at = &stepper->scene.scroll[pane];

    *at += by;
    if (*at > SCROLL_MOST || *at < -SCROLL_MOST)
        *at -= by;
    if (is_latest_last(scene, pane) && *at > 0)
        *at = 0;
    if (!is_latest_last(scene, pane) && !is_followed(scene, pane) && *at < 0)
        *at = 0;
}

/* In a pane of code another instruction is lit, or another process, in others the lines move. */
static void scroll(struct stepper *stepper, int by)
{
    const struct ir_block *lifted = block_text_lifted(&stepper->block);
    struct look *look = &stepper->look;
    int selected = (int)look->selected + by;

    if (stepper_view(&stepper->scene) == VIEW_RUN && stepper->scene.focus == RUN_PROCESSES) {
        run_select_next(stepper, by);
    } else if (stepper_view(&stepper->scene) == VIEW_RUN || !pane_is_code(stepper->scene.focus)) {
        control_scroll(stepper, stepper->scene.focus, by);
    } else if (lifted != NULL && selected >= 0 && selected < (int)lifted->insn_count) {
        look->selected = (unsigned)selected;
        memset(stepper->scene.scroll, 0, sizeof stepper->scene.scroll);
    }
}

static bool act_up(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    (void)err;
    scroll(stepper, -1);
    return true;
}

static bool act_down(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    (void)err;
    scroll(stepper, 1);
    return true;
}

static bool act_page_up(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    (void)err;
    for (int i = 0; i < FAST_SCROLL; i++)
        scroll(stepper, -1);
    return true;
}

static bool act_page_down(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    (void)err;
    for (int i = 0; i < FAST_SCROLL; i++)
        scroll(stepper, 1);
    return true;
}

/* Meanings have room in half of a small terminal. */
const struct key stepper_keys[] = {
    {' ', "space", "one step of the level", act_step},
    {'b', "b", "one step back", act_back},
    {'v', "v", "the other view: what runs", act_view},
    {'l', "l", "the next level", act_level},
    {'L', "L", "the level before", act_level_back},
    {'B', "B", "back a block", act_block_back},
    {'c', "c", "run to a breakpoint", act_run},
    {'r', "r", "run back to a breakpoint", act_run_back},
    {'n', "n", "to the next event", act_event},
    {'N', "N", "back to the last event", act_event_back},
    {'e', "e", "choose a kind of events", act_kind},
    {'g', "g", "go to a position", scene_act_goto},
    {':', ":", "type a command", scene_act_command},
    {KEY_HOME, "home", "to the start", act_start},
    {KEY_END, "end", "to the furthest position", act_furthest},
    {'p', "p", "play, or pause", scene_act_play},
    {'>', ">", "faster", scene_act_faster},
    {'<', "<", "slower", scene_act_slower},
    {'?', "?", "ask before it is shown", scene_act_predict},
    {'0', "0-9", "that pane to the front", scene_act_pane},
    {KEY_TAB, "tab", "the next pane", scene_act_next_pane},
    {'o', "o", "leave out a pass", act_leave_out},
    {'z', "z", "zoom a pane, or not", scene_act_zoom},
    {KEY_UP, "up", "light the line above", act_up},
    {KEY_DOWN, "down", "light the line below", act_down},
    {KEY_PAGE_UP, "pageup", "eight lines up", act_page_up},
    {KEY_PAGE_DOWN, "pagedown", "eight lines down", act_page_down},
    {'+', "+", "larger letters in a window", scene_act_larger},
    {'-', "-", "smaller letters in a window", scene_act_smaller},
    {'x', "x", "write the pane to a file", act_export},
    {'t', "t", "light or dark", scene_act_theme},
    {'h', "h", "these keys, or not", scene_act_help},
    {'q', "q", "quit", scene_act_quit},
    {0, NULL, NULL, NULL},
};

void keys_hint(const struct stepper *stepper, char *text, size_t size)
{
    const char *keys =
        stepper->scene.help
            ? "Views: v  trivium step --on kvm  trivium step --on container  trivium race --live"
        : stepper->tour != NULL
            ? "Enter next stop  b stop before  q quit  space step  0-9 pane  z zoom  h help  l level"
        : stepper_view(&stepper->scene) == VIEW_RUN
            ? "space step  b back  n event  v view  c run  h help  q quit  0-5 pane  z zoom  l level"
            : "space step  b back  l level  v view  c run  h help  q quit  ? ask  0-9 pane  z zoom  "
              "n event";

    snprintf(text, size, "%s", keys);
}

enum command_result control_command(struct stepper *stepper, const char *line, FILE *out,
                                    struct err *err)
{
    const struct step *step = stepper->step;
    const uint64_t position = step_position(step);
    const unsigned phase = step->phase, op = step->op, host = step->host;
    const struct host_state *states = step->trace.states;
    const struct moved moved = stepper->moved;
    enum command_result result;
    bool wrong;

    stepper->scene.message[0] = '\0';
    if (run_command(stepper, line, out, &wrong, err))
        return wrong ? COMMAND_WRONG : COMMAND_DONE;
    stepper_begin(stepper);
    result = command_perform(stepper->step, line, out, err);
    if (step_position(step) != position || step->phase != phase || step->op != op ||
        step->host != host || step->trace.states != states)
        stepper_end(stepper);
    else
        stepper->moved = moved; /* it has but told something */
    return result;
}

void control_tick(struct stepper *stepper)
{
    struct err err = {0};

    stepper->scene.message[0] = '\0';
    if (move_level(stepper, false, &err) != STEP_DONE)
        stepper->scene.playing = false;
    if (err.text[0] != '\0')
        scene_say(&stepper->scene, "%s", err.text);
}
