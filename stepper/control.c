/* control.c: see control.h. */
#include "stepper/control.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "stepper/move.h"
#include "stepper/panes.h"
#include "stepper/script.h"

enum { FAST_SCROLL = 8, SCROLL_MOST = 4000 };

static bool act_step(struct stepper *stepper, struct err *err)
{
    move_level(stepper, false, err);
    return true;
}

static bool act_back(struct stepper *stepper, struct err *err)
{
    move_level(stepper, true, err);
    return true;
}

static bool act_block_back(struct stepper *stepper, struct err *err)
{
    move_block_back(stepper, err);
    return true;
}

static bool act_run(struct stepper *stepper, struct err *err)
{
    move_run(stepper, false, err);
    return true;
}

static bool act_run_back(struct stepper *stepper, struct err *err)
{
    move_run(stepper, true, err);
    return true;
}

static bool act_event(struct stepper *stepper, struct err *err)
{
    move_event(stepper, false, err);
    return true;
}

static bool act_event_back(struct stepper *stepper, struct err *err)
{
    move_event(stepper, true, err);
    return true;
}

static bool act_kind(struct stepper *stepper, struct err *err)
{
    unsigned kind = (stepper->look.kind + 1) % (EVENT_KIND_COUNT + 1);

    (void)err;
    stepper->look.kind = kind;
    stepper_say(stepper, "n and N go to the next and the last event of this kind: %s.",
                kind == EVENT_KIND_COUNT ? "any" : event_name((enum event_kind)kind));
    return true;
}

static bool act_start(struct stepper *stepper, struct err *err)
{
    move_to(stepper, 0, err);
    return true;
}

static bool act_furthest(struct stepper *stepper, struct err *err)
{
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
        stepper_choose(stepper, PANE_REGISTERS);
    stepper->step->phase = 0;
    stepper->step->op = 0;
    stepper_follow(stepper);
}

static bool act_level(struct stepper *stepper, struct err *err)
{
    (void)err;
    set_level(stepper, stepper->look.level + 1U);
    return true;
}

static bool act_level_back(struct stepper *stepper, struct err *err)
{
    (void)err;
    set_level(stepper, stepper->look.level + LEVEL_COUNT - 1U);
    return true;
}

static void type(struct stepper *stepper, const char *text)
{
    stepper->look.typing = true;
    snprintf(stepper->look.typed, sizeof stepper->look.typed, "%s", text);
}

static bool act_goto(struct stepper *stepper, struct err *err)
{
    (void)err;
    type(stepper, "goto ");
    return true;
}

static bool act_command(struct stepper *stepper, struct err *err)
{
    (void)err;
    type(stepper, "");
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

static bool act_leave_out(struct stepper *stepper, struct err *err)
{
    struct step *step = stepper->step;
    uint32_t before = stepper->block.size;
    const struct pass *pass;

    if (stepper->block.kept == NULL ||
        step_leave_out(step, next_left_out(step->subject->machine), err) != STEP_DONE)
        return true;
    stepper_end(stepper);
    stepper_choose(stepper, PANE_IR);
    pass = stepper_left_out(stepper);
    stepper_say(stepper,
                "From here on %s%s%s%s: %" PRIu32 " bytes of host code (were %" PRIu32
                "). All blocks are made anew; back undoes it.",
                pass != NULL ? "without " : "with all passes again", pass != NULL ? pass->name : "",
                pass != NULL ? ", which " : "", pass != NULL ? pass->meaning : "",
                stepper->block.size, before);
    return true;
}

static bool act_export(struct stepper *stepper, struct err *err)
{
    (void)err;
    type(stepper, "");
    snprintf(stepper->look.typed, sizeof stepper->look.typed, "export %s-%" PRIu64 ".svg",
             pane_name(stepper->look.focus), step_position(stepper->step));
    return true;
}

static bool act_zoom(struct stepper *stepper, struct err *err)
{
    (void)err;
    stepper->look.zoomed = !stepper->look.zoomed;
    return true;
}

static void choose(struct stepper *stepper, unsigned pane)
{
    stepper->look.focus = (enum pane)pane;
    stepper_choose(stepper, (enum pane)pane);
}

static bool act_next_pane(struct stepper *stepper, struct err *err)
{
    (void)err;
    choose(stepper, (stepper->look.focus + 1U) % PANE_COUNT);
    return true;
}

static bool act_larger(struct stepper *stepper, struct err *err)
{
    (void)err;
    stepper->look.scale++;
    return true;
}

static bool act_smaller(struct stepper *stepper, struct err *err)
{
    (void)err;
    stepper->look.scale--;
    return true;
}

static bool act_theme(struct stepper *stepper, struct err *err)
{
    (void)err;
    stepper->look.theme = stepper->look.theme == THEME_DARK ? THEME_LIGHT : THEME_DARK;
    return true;
}

static bool act_predict(struct stepper *stepper, struct err *err)
{
    (void)err;
    stepper->look.predict = !stepper->look.predict;
    if (!stepper->look.predict)
        stepper_say(stepper, "What comes is not asked any more.");
    return true;
}

static bool act_play(struct stepper *stepper, struct err *err)
{
    (void)err;
    stepper->look.playing = !stepper->look.playing;
    return true;
}

static bool change_speed(struct stepper *stepper, int by)
{
    int speed = (int)stepper->look.speed + by;

    if (speed >= 0 && speed < STEPPER_SPEEDS)
        stepper->look.speed = (unsigned)speed;
    stepper_say(stepper, "p plays %g steps a second.", stepper_speed(stepper));
    return true;
}

static bool act_faster(struct stepper *stepper, struct err *err)
{
    (void)err;
    return change_speed(stepper, 1);
}

static bool act_slower(struct stepper *stepper, struct err *err)
{
    (void)err;
    return change_speed(stepper, -1);
}

void control_scroll(struct stepper *stepper, enum pane pane, int by)
{
    int *at = &stepper->look.scroll[pane];

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

    if (!pane_is_code(look->focus)) {
        control_scroll(stepper, look->focus, by);
    } else if (lifted != NULL && selected >= 0 && selected < (int)lifted->insn_count) {
        look->selected = (unsigned)selected;
        memset(look->scroll, 0, sizeof look->scroll);
    }
}

static bool act_up(struct stepper *stepper, struct err *err)
{
    (void)err;
    scroll(stepper, -1);
    return true;
}

static bool act_down(struct stepper *stepper, struct err *err)
{
    (void)err;
    scroll(stepper, 1);
    return true;
}

static bool act_page_up(struct stepper *stepper, struct err *err)
{
    (void)err;
    for (int i = 0; i < FAST_SCROLL; i++)
        scroll(stepper, -1);
    return true;
}

static bool act_page_down(struct stepper *stepper, struct err *err)
{
    (void)err;
    for (int i = 0; i < FAST_SCROLL; i++)
        scroll(stepper, 1);
    return true;
}

static bool act_help(struct stepper *stepper, struct err *err)
{
    (void)err;
    stepper->look.help = !stepper->look.help;
    return true;
}

static bool act_quit(struct stepper *stepper, struct err *err)
{
    (void)stepper, (void)err;
    return false;
}

static bool act_pane(struct stepper *stepper, struct err *err)
{
    (void)stepper, (void)err;
    return true; /* control_key() knows which */
}

/* Meanings have room in half of a small terminal. */
static const struct key keys[] = {
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
    {'g', "g", "go to a position", act_goto},
    {':', ":", "type a command", act_command},
    {KEY_HOME, "home", "to the start", act_start},
    {KEY_END, "end", "to the furthest position", act_furthest},
    {'p', "p", "play, or pause", act_play},
    {'>', ">", "faster", act_faster},
    {'<', "<", "slower", act_slower},
    {'?', "?", "ask before it is shown", act_predict},
    {'0', "0-9", "that pane to the front", act_pane},
    {KEY_TAB, "tab", "the next pane", act_next_pane},
    {'o', "o", "leave out a pass", act_leave_out},
    {'z', "z", "zoom a pane, or not", act_zoom},
    {KEY_UP, "up", "light the line above", act_up},
    {KEY_DOWN, "down", "light the line below", act_down},
    {KEY_PAGE_UP, "pageup", "eight lines up", act_page_up},
    {KEY_PAGE_DOWN, "pagedown", "eight lines down", act_page_down},
    {'+', "+", "larger letters in a window", act_larger},
    {'-', "-", "smaller letters in a window", act_smaller},
    {'x', "x", "write the pane to a file", act_export},
    {'t', "t", "light or dark", act_theme},
    {'h', "h", "these keys, or not", act_help},
    {'q', "q", "quit", act_quit},
};

size_t keys_count(void)
{
    return sizeof keys / sizeof *keys;
}

const struct key *keys_at(size_t number)
{
    return &keys[number];
}

bool keys_find(const char *name, uint32_t *key)
{
    static const struct {
        const char *name;
        uint32_t key;
    } others[] = {{"enter", KEY_ENTER}, {"escape", KEY_ESCAPE}, {"backspace", KEY_BACKSPACE}};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(keys[i].name, name) == 0) {
            *key = keys[i].key;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(others[i].name, name) == 0) {
            *key = others[i].key;
            return true;
        }
    }
    *key = (unsigned char)name[0];
    return isgraph((unsigned char)name[0]) && name[1] == '\0';
}

void keys_hint(const struct look *look, char *text, size_t size)
{
    snprintf(
        text, size, "%s",
        look->touring
            ? "Enter next stop  b stop before  q quit  space step  0-9 pane  z zoom  h help  l level"
            : "space step  b back  l level  c run  h help  q quit  ? ask  0-9 pane  z zoom  n event");
}

void keys_print(FILE *file)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        fprintf(file, "%-10s %s\n", keys[i].name, keys[i].meaning);
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

    stepper->look.message[0] = '\0';
    stepper_begin(stepper);
    result = command_perform(stepper->step, line, out, err);
    if (step_position(step) != position || step->phase != phase || step->op != op ||
        step->host != host || step->trace.states != states)
        stepper_end(stepper);
    else
        stepper->moved = moved; /* it has but told something */
    return result;
}

/* What was typed is done; its first line of output is the message. */
static bool perform_typed(struct stepper *stepper)
{
    char *output = NULL;
    size_t size;
    FILE *file = open_memstream(&output, &size);
    struct err err = {0};
    struct script script = {.width = 80, .height = 24};
    enum script_result result;

    if (file == NULL)
        err_die_oom();
    result = script_line(stepper, &script, stepper->look.typed, file, &err);
    fclose(file);
    output[strcspn(output, "\n")] = '\0';
    if (result == SCRIPT_WRONG)
        stepper_say(stepper, "%s", err.text);
    else if (output[0] == ' ')
        stepper_say(stepper, "%s", output + strspn(output, " "));
    free(output);
    return result != SCRIPT_QUIT;
}

/* A key while a command is typed. */
static bool take_typed(struct stepper *stepper, uint32_t key)
{
    struct look *look = &stepper->look;
    size_t used = strlen(look->typed);

    if (key == KEY_ENTER) {
        look->typing = false;
        return perform_typed(stepper);
    }
    if (key == KEY_ESCAPE) {
        look->typing = false;
    } else if (key == KEY_BACKSPACE || key == '\b') {
        look->typed[used > 0 ? used - 1 : 0] = '\0';
    } else if (key >= ' ' && key <= '~' && used + 1 < sizeof look->typed) {
        look->typed[used] = (char)key;
        look->typed[used + 1] = '\0';
    }
    return true;
}

static bool perform_key(struct stepper *stepper, uint32_t key)
{
    struct err err = {0};
    bool goes_on = true;

    if (key >= '0' && key <= '9')
        choose(stepper, key - '0');
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i].key == key)
            goes_on = keys[i].act(stepper, &err);
    }
    if (err.text[0] != '\0')
        stepper_say(stepper, "%s", err.text);
    return goes_on;
}

bool control_key(struct stepper *stepper, uint32_t key)
{
    stepper->look.message[0] = '\0';
    stepper->look.hover = -1;
    if (stepper->look.typing)
        return take_typed(stepper, key);
    if (key == KEY_ESCAPE) {
        if (!stepper->look.help && !stepper->look.zoomed)
            return false;
        stepper->look.help = stepper->look.zoomed = false;
        return true;
    }
    if (key != 'p')
        stepper->look.playing = stepper->look.playing && (key == '<' || key == '>');
    return perform_key(stepper, key);
}

void control_tick(struct stepper *stepper)
{
    struct err err = {0};

    stepper->look.message[0] = '\0';
    if (move_level(stepper, false, &err) != STEP_DONE)
        stepper->look.playing = false;
    if (err.text[0] != '\0')
        stepper_say(stepper, "%s", err.text);
}
