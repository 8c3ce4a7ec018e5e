/* control.c: going through a record: moves, keys, the mouse; see record.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "record/record.h"

enum { JUMP = 10, FAST_SCROLL = 8, SCROLL_MOST = 4000 };

static void scroll_afresh(struct record_view *view)
{
    memset(view->scene.scroll, 0, sizeof view->scene.scroll);
}

void record_go(struct record_view *view, size_t moment)
{
    if (moment >= view->record->count)
        moment = view->record->count - 1;
    view->at = moment;
    scroll_afresh(view);
}

void record_move(struct record_view *view, size_t by, bool back)
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

bool record_look_for(struct record_view *view, const char *text, bool back)
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
    record_move(scene->owner, 1, false);
    return true;
}

static bool act_back(struct scene *scene, struct err *err)
{
    (void)err;
    record_move(scene->owner, 1, true);
    return true;
}

static bool act_jump(struct scene *scene, struct err *err)
{
    (void)err;
    record_move(scene->owner, JUMP, false);
    return true;
}

static bool act_jump_back(struct scene *scene, struct err *err)
{
    (void)err;
    record_move(scene->owner, JUMP, true);
    return true;
}

static bool act_next(struct scene *scene, struct err *err)
{
    (void)err;
    record_look_for(scene->owner, NULL, false);
    return true;
}

static bool act_last(struct scene *scene, struct err *err)
{
    (void)err;
    record_look_for(scene->owner, NULL, true);
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
        record_move(view, (size_t)abs(by), by < 0);
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
