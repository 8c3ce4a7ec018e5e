/* control.c: going through a record: keys, commands, the mouse; see record.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "record/record.h"

enum { JUMP = 10, FAST_SCROLL = 8, SCROLL_MOST = 4000, LIST_LINES = 20 };

static void scroll_afresh(struct record_view *view)
{
    memset(view->scene.scroll, 0, sizeof view->scene.scroll);
}

void record_go(struct record_view *view, size_t moment)
{
    if (moment >= view->record->count)
        moment = view->record->count - 1;
    view->moved = true;
    view->from = view->at;
    view->at = moment;
    scroll_afresh(view);
}

static void move_by(struct record_view *view, size_t by, bool back)
{
    const struct record *record = view->record;

    if (back && view->at == 0) {
        scene_say(&view->scene, "This is the start of the record: there is nothing before it.");
    } else if (!back && view->at + 1 == record->count) {
        scene_say(&view->scene, "This is the end of the record. b goes back in it.");
    } else if (back) {
        record_go(view, view->at < by ? 0 : view->at - by);
    } else {
        record_go(view, by >= record->count - view->at ? record->count - 1 : view->at + by);
    }
}

/* Does the moment count for n? */
static bool is_wanted(const struct record_view *view, size_t moment, const char *text)
{
    const struct record_ops *ops = view->record->ops;
    char line[RECORD_LINE];

    if (text == NULL)
        return view->kind == ops->kinds || ops->kind(view->record, moment) == view->kind;
    ops->line(view->record, moment, line, sizeof line);
    return strcasestr(line, text) != NULL;
}

/* To the next moment of the kind that is chosen, or whose line has that text. False: there is none.
 */
static bool look_for(struct record_view *view, const char *text, bool back)
{
    size_t moment = view->at;

    while (back ? moment > 0 : moment + 1 < view->record->count) {
        moment = back ? moment - 1 : moment + 1;
        if (is_wanted(view, moment, text)) {
            record_go(view, moment);
            return true;
        }
    }
    scene_say(&view->scene, "There is none %s this one.", back ? "before" : "behind");
    return false;
}

static bool act_forward(struct scene *scene, struct err *err)
{
    (void)err;
    move_by(scene->owner, 1, false);
    return true;
}

static bool act_back(struct scene *scene, struct err *err)
{
    (void)err;
    move_by(scene->owner, 1, true);
    return true;
}

static bool act_jump(struct scene *scene, struct err *err)
{
    (void)err;
    move_by(scene->owner, JUMP, false);
    return true;
}

static bool act_jump_back(struct scene *scene, struct err *err)
{
    (void)err;
    move_by(scene->owner, JUMP, true);
    return true;
}

static bool act_next(struct scene *scene, struct err *err)
{
    (void)err;
    look_for(scene->owner, NULL, false);
    return true;
}

static bool act_last(struct scene *scene, struct err *err)
{
    (void)err;
    look_for(scene->owner, NULL, true);
    return true;
}

static const char *kind_name(const struct record_view *view)
{
    const struct record_ops *ops = view->record->ops;

    return view->kind == ops->kinds ? "any" : ops->kind_name(view->record, view->kind);
}

static bool has_kind(const struct record *record, unsigned kind)
{
    for (size_t i = 0; i < record->count; i++) {
        if (record->ops->kind(record, i) == kind)
            return true;
    }
    return false;
}

/* The next of those that there are. */
static bool act_kind(struct scene *scene, struct err *err)
{
    struct record_view *view = scene->owner;
    const struct record_ops *ops = view->record->ops;

    (void)err;
    do {
        view->kind = (view->kind + 1) % (ops->kinds + 1);
    } while (view->kind < ops->kinds && !has_kind(view->record, view->kind));
    scene_say(scene, "n and N go to the next and the last %s of this kind: %s.", ops->unit,
              kind_name(view));
    return true;
}

static bool act_start(struct scene *scene, struct err *err)
{
    (void)err;
    record_go(scene->owner, 0);
    return true;
}

static bool act_end(struct scene *scene, struct err *err)
{
    (void)err;
    record_go(scene->owner, SIZE_MAX);
    return true;
}

/* In the list the moment is another one, in other panes the lines move. */
static void scroll(struct record_view *view, unsigned pane, int by)
{
    int *at = &view->scene.scroll[pane];

    if (pane == view->record->ops->list) {
        move_by(view, (size_t)abs(by), by < 0);
        return;
    }
    *at += by;
    if (*at < 0 || *at > SCROLL_MOST)
        *at -= by;
}

static bool act_up(struct scene *scene, struct err *err)
{
    (void)err;
    scroll(scene->owner, scene->focus, -1);
    return true;
}

static bool act_down(struct scene *scene, struct err *err)
{
    (void)err;
    scroll(scene->owner, scene->focus, 1);
    return true;
}

static bool act_page_up(struct scene *scene, struct err *err)
{
    (void)err;
    scroll(scene->owner, scene->focus, -FAST_SCROLL);
    return true;
}

static bool act_page_down(struct scene *scene, struct err *err)
{
    (void)err;
    scroll(scene->owner, scene->focus, FAST_SCROLL);
    return true;
}

static bool act_export(struct scene *scene, struct err *err)
{
    struct record_view *view = scene->owner;
    char text[SCENE_TYPED];

    (void)err;
    snprintf(text, sizeof text, "export %s-%" PRIu64 ".svg", view->names[scene->focus],
             record_number(view->record, view->at));
    scene_type(scene, text);
    return true;
}

const struct key record_keys[] = {
    {' ', "space", "forward by one", act_forward},
    {'b', "b", "back by one", act_back},
    {'f', "f", "forward by ten", act_jump},
    {'B', "B", "back by ten", act_jump_back},
    {'c', "c", "to the end", act_end},
    {'r', "r", "to the start", act_start},
    {'n', "n", "to the next of a kind", act_next},
    {'N', "N", "back to the last of a kind", act_last},
    {'e', "e", "choose the kind", act_kind},
    {'g', "g", "go to a number", scene_act_goto},
    {':', ":", "type a command", scene_act_command},
    {KEY_HOME, "home", "to the start", act_start},
    {KEY_END, "end", "to the end", act_end},
    {'p', "p", "play, or pause", scene_act_play},
    {'>', ">", "faster", scene_act_faster},
    {'<', "<", "slower", scene_act_slower},
    {'?', "?", "ask before it is shown", scene_act_predict},
    {'0', "0-9", "that pane to the front", scene_act_pane},
    {KEY_TAB, "tab", "the next pane", scene_act_next_pane},
    {'z', "z", "zoom a pane, or not", scene_act_zoom},
    {KEY_UP, "up", "a line up", act_up},
    {KEY_DOWN, "down", "a line down", act_down},
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

/* "   12    1.20 ms  port I/O, ..." */
static void print_moment(FILE *out, const struct record *record, size_t moment)
{
    char line[RECORD_LINE], time[RECORD_TIME];

    record->ops->line(record, moment, line, sizeof line);
    fprintf(out, "  %8" PRIu64 "  %9s  %s\n", record_number(record, moment),
            record_time(time, record->ops->time(record, moment)), line);
}

static void print_where(FILE *out, const struct record_view *view)
{
    char text[SCENE_TEXT];

    print_moment(out, view->record, view->at);
    view->record->ops->sentence(view->record, view->at, text, sizeof text);
    fprintf(out, "  %s\n", text);
}

/* What a command does with the rest of its line. */
typedef enum scene_result perform(struct record_view *view, const char *rest, FILE *out,
                                  struct err *err);

static enum scene_result done(const struct record_view *view, FILE *out)
{
    if (view->scene.message[0] != '\0')
        fprintf(out, "  %s\n", view->scene.message);
    else
        print_where(out, view);
    return SCENE_DONE;
}

/* A number that stands alone; `otherwise` if there is none. */
static bool read_number(const char *rest, uint64_t otherwise, uint64_t *number, struct err *err)
{
    char behind;
    int found = sscanf(rest, "%" SCNu64 "%c", number, &behind);

    *number = rest[0] == '\0' ? otherwise : *number;
    if (rest[0] == '\0' || (found == 1 && rest[0] >= '0' && rest[0] <= '9'))
        return true;
    err_set(err, "a number is wanted, not '%.40s'", rest);
    return false;
}

static enum scene_result do_goto(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    const struct record *record = view->record;
    uint64_t number;
    size_t moment;

    if (!read_number(rest[0] == '\0' ? "-" : rest, 0, &number, err))
        return SCENE_WRONG;
    moment = record->ops->find != NULL ? record->ops->find(record, number)
             : number > 0              ? (size_t)(number - 1)
                                       : record->count;
    if (moment >= record->count) {
        err_set(err, "there is no %s %" PRIu64 " in this record", record->ops->unit, number);
        return SCENE_WRONG;
    }
    record_go(view, moment);
    return done(view, out);
}

static enum scene_result do_step(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    uint64_t number;

    if (!read_number(rest, 1, &number, err))
        return SCENE_WRONG;
    move_by(view, (size_t)number, false);
    return done(view, out);
}

static enum scene_result do_back(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    uint64_t number;

    if (!read_number(rest, 1, &number, err))
        return SCENE_WRONG;
    move_by(view, (size_t)number, true);
    return done(view, out);
}

static bool take_kind(struct record_view *view, const char *name, struct err *err)
{
    const struct record_ops *ops = view->record->ops;

    if (name[0] == '\0')
        return true;
    for (view->kind = 0; view->kind < ops->kinds; view->kind++) {
        const char *known = ops->kind_name(view->record, view->kind);

        if (known != NULL && strcasecmp(known, name) == 0)
            return true;
    }
    if (strcmp(name, "any") == 0)
        return true;
    err_set(err, "there is no kind '%.40s'; `kinds' lists them", name);
    return false;
}

static enum scene_result do_next(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    if (!take_kind(view, rest, err))
        return SCENE_WRONG;
    look_for(view, NULL, false);
    return done(view, out);
}

static enum scene_result do_last(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    if (!take_kind(view, rest, err))
        return SCENE_WRONG;
    look_for(view, NULL, true);
    return done(view, out);
}

static enum scene_result do_find(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    if (rest[0] == '\0') {
        err_set(err, "find needs a text");
        return SCENE_WRONG;
    }
    look_for(view, rest, false);
    return done(view, out);
}

static enum scene_result do_list(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    uint64_t number;

    if (!read_number(rest, LIST_LINES, &number, err))
        return SCENE_WRONG;
    for (size_t i = view->at; i < view->record->count && i - view->at < number; i++)
        print_moment(out, view->record, i);
    return SCENE_DONE;
}

static enum scene_result do_kinds(struct record_view *view, const char *rest, FILE *out,
                                  struct err *err)
{
    const struct record_ops *ops = view->record->ops;
    char number[32];

    (void)rest, (void)err;
    for (unsigned kind = 0; kind < ops->kinds; kind++) {
        uint64_t count = 0;

        for (size_t i = 0; i < view->record->count; i++)
            count += ops->kind(view->record, i) == kind;
        if (count > 0)
            fprintf(out, "  %-20s %12s\n", ops->kind_name(view->record, kind),
                    grouped(number, count));
    }
    return SCENE_DONE;
}

static enum scene_result do_where(struct record_view *view, const char *rest, FILE *out,
                                  struct err *err)
{
    (void)rest, (void)err;
    print_where(out, view);
    return SCENE_DONE;
}

static enum scene_result do_quit(struct record_view *view, const char *rest, FILE *out,
                                 struct err *err)
{
    (void)view, (void)rest, (void)out, (void)err;
    return SCENE_QUIT;
}

static const struct {
    const char *name, *arguments, *meaning;
    perform *function;
} commands[] = {
    {"step", "[N]", "forward by N", do_step},
    {"back", "[N]", "back by N", do_back},
    {"goto", "N", "to that number", do_goto},
    {"next", "[KIND]", "to the next of that kind, or any", do_next},
    {"last", "[KIND]", "back to the last of that kind", do_last},
    {"find", "TEXT", "to the next whose line has TEXT", do_find},
    {"list", "[N]", "lines from here on", do_list},
    {"kinds", "", "the kinds, and how many there are of each", do_kinds},
    {"where", "", "this one", do_where},
    {"quit", "", "end", do_quit},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static enum scene_result command(void *owner, const char *line, FILE *out, struct err *err)
{
    struct record_view *view = owner;
    size_t length = strcspn(line, " \t");
    bool help = strcmp(line, "help") == 0 || strcmp(line, "h") == 0;

    view->scene.message[0] = '\0';
    if (line[0] == '\0' || line[0] == '#')
        return SCENE_DONE;
    for (unsigned i = 0; i < COMMANDS; i++) {
        if (help)
            fprintf(out, "  %-12s %-20s  %s\n", commands[i].name, commands[i].arguments,
                    commands[i].meaning);
        else if (strlen(commands[i].name) == length && strncmp(commands[i].name, line, length) == 0)
            return commands[i].function(view, line + length + strspn(line + length, " \t"), out,
                                        err);
    }
    if (help)
        return SCENE_DONE;
    err_set(err, "there is no command '%.40s'", line);
    err_hint(err, "help");
    return SCENE_WRONG;
}

static void press(struct record_view *view, const struct record_layout *layout,
                  const struct screen_mouse *mouse, int width)
{
    const struct slot *slot = slots_at(&layout->slots, mouse->x, mouse->y);
    size_t moment;

    view->scene.message[0] = '\0';
    if (rect_has(layout->edges.timeline, mouse->x, mouse->y))
        record_go(view, record_timeline_at(view, width, mouse->x));
    if (slot == NULL)
        return;
    view->scene.focus = slot->front;
    if (slot->front != view->record->ops->list)
        return;
    moment = record_list_at(view, slot->at.height - 2, mouse->y - slot->at.y - 1);
    if (moment < view->record->count)
        record_go(view, moment);
}

static void wheel(struct record_view *view, const struct record_layout *layout,
                  const struct screen_mouse *mouse, int by)
{
    const struct slot *slot = slots_at(&layout->slots, mouse->x, mouse->y);

    if (slot != NULL)
        scroll(view, slot->front, by);
}

void record_mouse(struct record_view *view, const struct screen_mouse *mouse, int width, int height)
{
    struct record_layout layout;

    record_layout(&layout, width, height, view);
    switch (mouse->kind) {
    case MOUSE_PRESS: press(view, &layout, mouse, width); break;
    case MOUSE_DRAG:
        if (rect_has(layout.edges.timeline, mouse->x, mouse->y))
            record_go(view, record_timeline_at(view, width, mouse->x));
        break;
    case MOUSE_WHEEL_UP: wheel(view, &layout, mouse, -3); break;
    case MOUSE_WHEEL_DOWN: wheel(view, &layout, mouse, 3); break;
    case MOUSE_HOVER:
    case MOUSE_RELEASE: break;
    }
}

static void mouse(void *owner, const struct screen_mouse *mouse, int width, int height)
{
    record_mouse(owner, mouse, width, height);
}

static void tick(void *owner)
{
    struct record_view *view = owner;

    view->scene.message[0] = '\0';
    if (view->at + 1 == view->record->count)
        view->scene.playing = false;
    move_by(view, 1, false);
}

static void afresh(void *owner)
{
    struct record_view *view = owner;

    scene_afresh(&view->scene);
    view->scene.focus = view->record->ops->list;
    view->kind = view->record->ops->kinds;
}

static void draw(const void *owner, struct grid *grid)
{
    record_draw_all(grid, owner);
}

static void draw_pane(const void *owner, struct area area, unsigned pane)
{
    record_draw_pane(area, owner, pane);
}

static void title(const void *owner, unsigned pane, int width, char *text, size_t size)
{
    const struct record_view *view = owner;

    (void)width;
    snprintf(text, size, "%s", view->names[pane]);
}

static void status(const void *owner, char *text)
{
    const struct record_view *view = owner;
    const struct record_ops *ops = view->record->ops;
    size_t used = 0;

    if (view->scene.message[0] != '\0') {
        snprintf(text, SCENE_TEXT, "%s", view->scene.message);
        return;
    }
    if (view->scene.predict && view->at + 1 < view->record->count)
        used = (size_t)snprintf(
            text, SCENE_TEXT,
            "Your turn: which %s comes next? Space shows it. This one: ", ops->unit);
    ops->sentence(view->record, view->at, text + used, SCENE_TEXT - used);
}

static void provenance(const void *owner, FILE *file, const char *before)
{
    const struct record_view *view = owner;
    uint64_t number = record_number(view->record, view->at);

    fprintf(file, "%sprogram  %s\n%ssha256   %s\n", before, view->command, before, view->sha256);
    fprintf(file, "%sposition %s %" PRIu64 " of a run on %s; %s\n", before, view->record->ops->unit,
            number, view->way, view->record->ops->promise);
    fprintf(file, "%sagain    %s, then: goto %" PRIu64 "\n", before, view->again, number);
}

static void start(void *owner, FILE *out)
{
    const struct record_view *view = owner;
    char number[32];

    fprintf(out, "%s on %s: %s moments. %s\n", view->command, view->way,
            grouped(number, view->record->count), view->record->ops->about);
    print_where(out, view);
}

void record_view_init(struct record_view *view, const struct record *record)
{
    *view = (struct record_view){
        .record = record,
        .command = "",
        .way = "",
        .again = "",
        .sha256 = "",
        .ops = {.draw = draw,
                .draw_pane = draw_pane,
                .title = title,
                .status = status,
                .provenance = provenance,
                .start = start,
                .command = command,
                .mouse = mouse,
                .tick = tick,
                .afresh = afresh,
                .example = "goto 40, next hlt, find uart, list ...; Enter does it, Escape does not",
                .names = view->names,
                .panes = record->ops->pane_count,
                .keys = record_keys},
    };
    for (unsigned i = 0; i < record->ops->pane_count; i++)
        view->names[i] = record->ops->panes[i].name;
    scene_init(&view->scene, &view->ops, view);
    afresh(view);
}
