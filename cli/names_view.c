/* names_view.c: a container's record as a recorded view; see names.h and record/record.h. */
#include "cli/names.h"

#include <stdio.h>

enum names_pane {
    PANE_CONSOLE,
    PANE_MOMENTS,
    PANE_NAMESPACES,
    PANE_CGROUP,
    PANE_IDENTITY,
    PANE_PROCESSES,
};

/* Kinds of moments: the phases of the steps, and two more. */
enum { KIND_RUN = PHASE_PROGRAM + 1, KIND_END, KINDS };

static const struct ctr_moment *moment_of(const struct record *record, size_t moment)
{
    return &((const struct names_record *)record)->log->moments[moment];
}

static uint64_t time_of(const struct record *record, size_t moment)
{
    return (uint64_t)(moment_of(record, moment)->at * 1e6);
}

static unsigned kind_of(const struct record *record, size_t moment)
{
    const struct ctr_moment *at = moment_of(record, moment);

    return at->what == MOMENT_RUN   ? KIND_RUN
           : at->what == MOMENT_END ? KIND_END
                                    : (unsigned)step_rows[at->kind].phase;
}

static const char *kind_name(const struct record *record, unsigned kind)
{
    static const char *const names[KINDS] = {
        [PHASE_LIMITS] = "limits", [PHASE_NAMES] = "names",     [PHASE_ROOT] = "root",
        [PHASE_RIGHTS] = "rights", [PHASE_PROGRAM] = "program", [KIND_RUN] = "run",
        [KIND_END] = "end",
    };

    (void)record;
    return names[kind];
}

static void line_of(const struct record *record, size_t moment, char *text, size_t size)
{
    const struct ctr_moment *at = moment_of(record, moment);

    char call[CTR_RECORD_TEXT];

    names_call(((const struct names_record *)record)->log, at, call, sizeof call);
    snprintf(text, size, "%-8s%-16s %.*s", at->who, names_title(at), (int)size - 26, call);
}

static void sentence(const struct record *record, size_t moment, char *text, size_t size)
{
    struct names_state state;

    names_state(&state, ((const struct names_record *)record)->log, (unsigned)moment);
    names_status(&state, text, size);
}

/* Calls the function that draws a pane of a container's record. */
static void draw(struct area area, const struct record_view *view, unsigned pane,
                 void (*function)(struct area area, const struct names_state *state, int scroll))
{
    struct names_state state;

    names_state(&state, ((const struct names_record *)view->record)->log, (unsigned)view->at);
    function(area, &state, view->scene.scroll[pane]);
}

static void draw_namespaces(struct area area, const struct record_view *view)
{
    draw(area, view, PANE_NAMESPACES, names_draw_namespaces);
}

static void draw_cgroup(struct area area, const struct record_view *view)
{
    draw(area, view, PANE_CGROUP, names_draw_cgroup);
}

static void draw_identity(struct area area, const struct record_view *view)
{
    draw(area, view, PANE_IDENTITY, names_draw_identity);
}

static void draw_processes(struct area area, const struct record_view *view)
{
    draw(area, view, PANE_PROCESSES, names_draw_processes);
}

static void draw_console(struct area area, const struct record_view *view)
{
    draw(area, view, PANE_CONSOLE, names_draw_console);
}

static const struct record_pane panes[] = {
    [PANE_MOMENTS] = {"MOMENTS", record_list_draw},
    [PANE_NAMESPACES] = {"NAMESPACES", draw_namespaces},
    [PANE_CGROUP] = {"CGROUP", draw_cgroup},
    [PANE_IDENTITY] = {"IDENTITY", draw_identity},
    [PANE_PROCESSES] = {"PROCESSES", draw_processes},
    [PANE_CONSOLE] = {"CONSOLE", draw_console},
};

static const struct record_ops ops = {
    .unit = "moment",
    .promise = "a record: no container steps back",
    .about = "A record of one run in a container. It ran on this host's processor and kernel, and "
             "neither steps back: what is gone through is what was written down then.",
    .time = time_of,
    .kind = kind_of,
    .kind_name = kind_name,
    .kinds = KINDS,
    .line = line_of,
    .sentence = sentence,
    .panes = panes,
    .pane_count = sizeof panes / sizeof *panes,
    .list = PANE_MOMENTS,
    .plans =
        {
            {.width = 150,
             .height = 44,
             .percent = {34, 38, 28},
             .rows = {{{44, {PANE_MOMENTS}, 1}, {56, {PANE_NAMESPACES}, 1}},
                      {{44, {PANE_CGROUP}, 1}, {56, {PANE_IDENTITY}, 1}},
                      {{44, {PANE_PROCESSES}, 1}, {56, {PANE_CONSOLE}, 1}}}},
            {.width = 110,
             .height = 36,
             .percent = {36, 64},
             .rows = {{{38, {PANE_MOMENTS}, 1}, {62, {PANE_NAMESPACES}, 1}},
                      {{50, {PANE_CGROUP, PANE_PROCESSES}, 2},
                       {50, {PANE_IDENTITY, PANE_CONSOLE}, 2}}}},
            {.width = RECORD_WIDTH_LEAST,
             .height = RECORD_HEIGHT_LEAST,
             .percent = {38, 62},
             .rows = {{{100, {PANE_MOMENTS}, 1}},
                      {{100,
                        {PANE_NAMESPACES, PANE_CGROUP, PANE_IDENTITY, PANE_PROCESSES, PANE_CONSOLE},
                        5}}}},
        },
};

void names_record_init(struct names_record *names, const struct ctr_record *log)
{
    *names = (struct names_record){.record = {.ops = &ops, .count = log->count}, .log = log};
}
