/* control.c: see control.h. */
#include "stepper/control.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "stepper/move.h"
#include "stepper/panes.h"

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
    if (was_in_phases && !is_in_phases(stepper)) /* in place of the homes */
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

/* The next pass is left out, then none. The block that is run stays as it is. */
static bool act_leave_out(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    struct look *look = &stepper->look;
    const struct pass *pass;

    (void)err;
    if (stepper->block.kept == NULL || is_in_phases(stepper))
        return true;
    pass = block_text_pass(&stepper->block, look->left_out);
    look->left_out = pass != NULL ? look->left_out + 1 : 0;
    scene_choose(&stepper->scene, PANE_IR);
    if (pass == NULL)
        return true;
    block_text_leave_out(&stepper->block, look->left_out - 1);
    scene_say(&stepper->scene,
              "The IR as it would be without the pass %s, which %s. What is run is what --dbt "
              "says.",
              pass->name, pass->meaning);
    return true;
}

static bool act_export(struct scene *scene, struct err *err)
{
    struct stepper *stepper = scene->owner;

    (void)err;
    scene_type(scene, "");
    snprintf(stepper->scene.typed, sizeof stepper->scene.typed, "export %s-%" PRIu64 ".svg",
             pane_name(stepper->scene.focus), step_position(stepper->step));
    return true;
}

void control_scroll(struct stepper *stepper, enum pane pane, int by)
{
    int *at = &stepper->scene.scroll[pane];

    *at += by;
    if (*at > SCROLL_MOST || *at < -SCROLL_MOST)
        *at -= by;
    if (pane == PANE_EVENTS && *at > 0) /* the latest are at the bottom */
        *at = 0;
    if (pane != PANE_EVENTS && !pane_is_code(pane) && *at < 0)
        *at = 0;
}

/* In a pane of code another instruction is lit, in others the lines move. */
static void scroll(struct stepper *stepper, int by)
{
    const struct ir_block *lifted = block_text_lifted(&stepper->block);
    struct look *look = &stepper->look;
    int selected = (int)look->selected + by;

    if (!pane_is_code(stepper->scene.focus)) {
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
    {'o', "o", "leave out a pass in the IR", act_leave_out},
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
    snprintf(
        text, size, "%s",
        stepper->tour != NULL
            ? "Enter next stop  b stop before  q quit  space step  0-9 pane  z zoom  h help  l level"
            : "space step  b back  l level  c run  h help  q quit  ? ask  0-9 pane  z zoom  n event");
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

    stepper->scene.message[0] = '\0';
    stepper_begin(stepper);
    result = command_perform(stepper->step, line, out, err);
    if (step_position(step) != position || step->phase != phase || step->op != op ||
        step->host != host || step->trace.states != states)
        stepper_end(stepper);
    else
        stepper->moved = moved; /* it has but told something */
    return result;
}

bool control_key(struct stepper *stepper, uint32_t key)
{
    return scene_key(&stepper->scene, key);
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
