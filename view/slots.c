/* slots.c: see slots.h. */
#include "view/slots.h"

#include <assert.h>

enum { STATUS_LINES = 2, NOTE_LINES = 5, TITLE = 160 };

static unsigned front_of(const struct slot *slot, const struct scene *scene)
{
    unsigned front = slot->panes[0];

    for (unsigned i = 1; i < slot->count; i++) {
        if (scene->chosen[slot->panes[i]] > scene->chosen[front])
            front = slot->panes[i];
    }
    return front;
}

static struct slot *add(struct slots *slots, struct rect at)
{
    struct slot *slot = &slots->slots[slots->count++];

    assert(slots->count <= SLOTS_MAX);
    slot->at = at;
    return slot;
}

void slots_add_one(struct slots *slots, unsigned pane, struct rect at)
{
    struct slot *slot = add(slots, at);

    slot->count = 1;
    slot->panes[0] = slot->front = pane;
}

void slots_add_row(struct slots *slots, const struct slot_plan *plans, struct rect row,
                   const struct scene *scene)
{
    int x = 0;

    for (unsigned i = 0; i < SLOTS_IN_ROW && plans[i].percent > 0; i++) {
        bool last = i + 1 == SLOTS_IN_ROW || plans[i + 1].percent == 0;
        int width = last ? row.width - x : row.width * plans[i].percent / 100;
        struct slot *slot = add(slots, (struct rect){row.x + x, row.y, width, row.height});

        slot->count = plans[i].count;
        for (unsigned k = 0; k < plans[i].count; k++)
            slot->panes[k] = plans[i].panes[k];
        slot->front = front_of(slot, scene);
        x += width;
    }
}

struct rect edges_make(struct edges *edges, int width, int height, const char *note)
{
    int bottom = height;

    *edges = (struct edges){.head = {0, 0, width, 1}};
    bottom -= 1;
    edges->hints = (struct rect){0, bottom, width, 1};
    bottom -= STATUS_LINES;
    edges->status = (struct rect){0, bottom, width, STATUS_LINES};
    bottom -= 1;
    edges->timeline = (struct rect){0, bottom, width, 1};
    if (note[0] != '\0') {
        int lines = text_lines(note, width);

        lines = lines < STATUS_LINES ? STATUS_LINES : lines > NOTE_LINES ? NOTE_LINES : lines;
        bottom -= lines;
        edges->note = (struct rect){0, bottom, width, lines};
    }
    return (struct rect){0, 1, width, bottom - 1};
}

bool rect_has(struct rect rect, int x, int y)
{
    return x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;
}

struct area rect_area(struct grid *grid, struct rect rect)
{
    return area_part(area_whole(grid), rect.x, rect.y, rect.width, rect.height);
}

const struct slot *slots_at(const struct slots *slots, int x, int y)
{
    for (unsigned i = 0; i < slots->count; i++) {
        if (rect_has(slots->slots[i].at, x, y))
            return &slots->slots[i];
    }
    return NULL;
}

void slot_box(struct area area, const struct scene *scene, const struct slot *slot, unsigned pane)
{
    bool focus = scene->focus == pane;
    char text[TITLE], title[96];
    size_t used;

    scene->ops->title(scene->owner, pane, area.width, title, sizeof title);
    used = (size_t)snprintf(text, sizeof text, "%s%u %s", focus ? "▶" : "", pane, title);
    for (unsigned i = 0; slot != NULL && i < slot->count && used < sizeof text; i++) {
        if (slot->panes[i] != pane)
            used += (size_t)snprintf(text + used, sizeof text - used, " · %u %s", slot->panes[i],
                                     scene->ops->names[slot->panes[i]]);
    }
    area_box(area, focus ? ROLE_TEXT : ROLE_FRAME, text);
}
