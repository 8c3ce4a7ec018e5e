/* mouse.c: what the mouse does; see control.h. */
#include "stepper/control.h"
#include "stepper/draw.h"
#include "stepper/layout.h"
#include "stepper/move.h"
#include "stepper/run.h"

/* The guest instruction under the mouse; -1: none. */
static int insn_under(const struct stepper *stepper, const struct slot *slot,
                      const struct screen_mouse *mouse)
{
    if (slot == NULL || stepper_view(&stepper->scene) == VIEW_RUN)
        return -1;
    return pane_insn_at(stepper, (enum pane)slot->front, slot->at.height - 2,
                        mouse->y - slot->at.y - 1);
}

/* The name of a view in the head? */
static bool press_tab(struct stepper *stepper, const struct layout *layout, int x, int y)
{
    if (!rect_has(layout->edges.head, x, y) || layout->edges.head.width < TABS_LEAST)
        return false;
    for (unsigned view = 0; view < VIEW_COUNT; view++) {
        struct tab tab = tab_of((enum view)view);

        if (x < tab.x || x >= tab.x + tab.width)
            continue;
        stepper_set_view(stepper, (enum view)view);
        return true;
    }
    return false;
}

/* On the timeline: there we go. */
static void travel(struct stepper *stepper, const struct layout *layout, int x)
{
    struct timeline_place place = timeline_place(stepper, layout->edges.timeline.width);
    uint64_t position = timeline_position(stepper, place.width, x - place.x);
    struct err err = {0};

    stepper->scene.playing = false;
    if (position == step_position(stepper->step))
        return;
    if (move_to(stepper, position, &err) == STEP_FAILED)
        scene_say(&stepper->scene, "%s", err.text);
}

static void press(struct stepper *stepper, const struct layout *layout,
                  const struct screen_mouse *mouse)
{
    const struct slot *slot = slots_at(&layout->slots, mouse->x, mouse->y);
    int insn = insn_under(stepper, slot, mouse);

    stepper->scene.message[0] = '\0';
    if (press_tab(stepper, layout, mouse->x, mouse->y))
        return;
    if (rect_has(layout->edges.timeline, mouse->x, mouse->y) ||
        rect_has(layout->marks, mouse->x, mouse->y))
        travel(stepper, layout, mouse->x);
    if (slot == NULL)
        return;
    stepper->scene.focus = slot->front;
    if (stepper_view(&stepper->scene) == VIEW_RUN && slot->front == RUN_PROCESSES) {
        int life = run_life_at(stepper, slot->at.height - 2, mouse->y - slot->at.y - 1);

        if (life != LIFE_NONE)
            run_select(stepper, life);
    }
    if (insn >= 0)
        pane_select(stepper, (enum pane)slot->front, slot->at.height - 2, (unsigned)insn);
}

static void wheel(struct stepper *stepper, const struct layout *layout,
                  const struct screen_mouse *mouse, int by)
{
    const struct slot *slot = slots_at(&layout->slots, mouse->x, mouse->y);

    if (slot != NULL)
        control_scroll(stepper, slot->front, by);
}

void control_mouse(struct stepper *stepper, const struct screen_mouse *mouse, int width, int height)
{
    struct layout layout;

    layout_make(&layout, width, height, &stepper->scene);
    switch (mouse->kind) {
    case MOUSE_PRESS: press(stepper, &layout, mouse); break;
    case MOUSE_DRAG:
        if (rect_has(layout.edges.timeline, mouse->x, mouse->y))
            travel(stepper, &layout, mouse->x);
        break;
    case MOUSE_HOVER:
        stepper->scene.hover =
            insn_under(stepper, slots_at(&layout.slots, mouse->x, mouse->y), mouse);
        break;
    case MOUSE_WHEEL_UP: wheel(stepper, &layout, mouse, -3); break;
    case MOUSE_WHEEL_DOWN: wheel(stepper, &layout, mouse, 3); break;
    case MOUSE_RELEASE: break;
    }
}
