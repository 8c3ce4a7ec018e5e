/* scene.c: a record as a scene; see record.h and view/scene.h. */
#include <inttypes.h>

#include "record/record.h"

static enum scene_result command(void *owner, const char *line, FILE *out, struct err *err)
{
    return record_command(owner, line, out, err);
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
    record_move(view, 1, false);
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
    record_print_where(out, view);
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
