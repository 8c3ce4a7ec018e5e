/*
 * record.h: a recorded view: what happened in a run that is over, moment by moment, on the grid.
 *
 * A way of running that cannot be stepped back (hardware, a container's kernel) is run once, and
 * recorded; then one goes forward and back in the record, as the stepper does in a machine. That it
 * is a record is said on every screen: ops->promise.
 *
 * How a view is added: fill a struct record_ops with what is said of a moment (time, kind, a line,
 * a sentence), with panes, each a name and a function that draws the inside of its frame at
 * view->at, and with a plan of them for each size of screen. Put a struct record before your log,
 * and a struct record_view around it: record_view_init(). That is a scene (view/scene.h): hand
 * &view.scene to step_screen_run() (cli/step_screen.h), and keys, mouse, scripts, --plain,
 * pictures, recordings and exports are there. One pane is usually the list of all moments:
 * record_list_draw(). Drawing is a function of the view alone, and changes nothing.
 *
 *     log --ops--> struct record <-- struct record_view --draw.c--> grid
 *                                       ^-- keys, mouse: control.c; commands.c; scene.c
 *
 * Read next: cli/exits.h, a view.
 */
#ifndef TRIVIUM_RECORD_RECORD_H
#define TRIVIUM_RECORD_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "view/scene.h"
#include "view/slots.h"

enum {
    RECORD_LINE = 160, /* bytes of a moment's line, which are enough for it */
    RECORD_ROWS = 3,   /* of panes, at most */
    RECORD_PLANS = 3,
    RECORD_TIME = 24, /* bytes of a time as text */
};

#define RECORD_WIDTH_LEAST  60
#define RECORD_HEIGHT_LEAST 20

struct record;
struct record_view;

/* The inside of a pane's frame. */
typedef void record_draw(struct area area, const struct record_view *view);

struct record_pane {
    const char *name; /* "REGISTERS" */
    record_draw *draw;
};

/* The panes from a size of screen on; see slots.h. */
struct record_plan {
    int width, height;        /* RECORD_..._LEAST in the last one */
    int percent[RECORD_ROWS]; /* of the height; 0: no such row */
    struct slot_plan rows[RECORD_ROWS][SLOTS_IN_ROW];
};

struct record_ops {
    const char *unit;    /* what a moment is called: "exit" */
    const char *promise; /* always on the screen, in at most 40 columns: "a record: hardware ..." */
    const char *about;   /* what the record is, and how it was made, in a sentence or two */
    /* Of a moment, a number below record->count: nanoseconds since the start, which never fall; */
    uint64_t (*time)(const struct record *record, size_t moment);
    /* what n looks for, a number below `kinds`, and its name; */
    unsigned (*kind)(const struct record *record, size_t moment);
    const char *(*kind_name)(const struct record *record, unsigned kind);
    unsigned kinds;
    /* in a line, of at most RECORD_LINE bytes; */
    void (*line)(const struct record *record, size_t moment, char *text, size_t size);
    /* what happened, why, and what it took, in a sentence or two. */
    void (*sentence)(const struct record *record, size_t moment, char *text, size_t size);
    /* What a number that people type, "goto 40", is of: a moment. NULL: moments are counted from 1.
     */
    size_t (*find)(const struct record *record, uint64_t number);
    uint64_t (*number)(const struct record *record, size_t moment);
    const struct record_pane *panes; /* their number is the key that brings one to the front */
    unsigned pane_count;             /* at most SCENE_PANES */
    unsigned list; /* the pane that record_list_draw() is for, and the first focus */
    struct record_plan plans[RECORD_PLANS]; /* from the largest on; the first that fits is taken */
};

/* At the start of who has the log. */
struct record {
    const struct record_ops *ops;
    size_t count; /* at least 1 */
};

struct record_view {
    struct scene scene;
    struct scene_ops ops; /* the scene's, with the names of these panes */
    const char *names[SCENE_PANES];
    const struct record *record; /* borrowed */
    size_t at;                   /* the moment that is looked at */
    unsigned kind;               /* that n looks for; ops->kinds: any */
    const char *command;         /* borrowed, from here on: "prime --max-prime 100"; "" until set */
    const char *way;             /* "kvm" */
    const char *again;           /* the command that makes such a record again */
    const char *sha256;          /* of the program's file */
};

/* At the first moment. Texts that are borrowed are set by the caller afterwards. */
void record_view_init(struct record_view *view, const struct record *record);

/* All of it; one pane alone, with its frame. */
void record_draw_all(struct grid *grid, const struct record_view *view);
void record_draw_pane(struct area area, const struct record_view *view, unsigned pane);

/* The list of moments, for a pane: its number, time and line each. */
record_draw record_list_draw;

/* For people: a moment's number; "1.23 ms", of at most 9 columns. */
uint64_t record_number(const struct record *record, size_t moment);
const char *record_time(char text[RECORD_TIME], uint64_t ns);

/* control.c: moves. To a moment, or the last one; */
void record_go(struct record_view *view, size_t moment);

/* by so many, which says so where it leads nowhere; */
void record_move(struct record_view *view, size_t by, bool back);

/* to the next moment of the kind that is chosen, or, unless it is NULL, whose line has that text.
 * False, and said: there is none. */
bool record_look_for(struct record_view *view, const char *text, bool back);
void record_mouse(struct record_view *view, const struct screen_mouse *mouse, int width,
                  int height);

/* commands.c: a line that is typed; the moment and its sentence, for who sees no screen. */
enum scene_result record_command(struct record_view *view, const char *line, FILE *out,
                                 struct err *err);
void record_print_where(FILE *out, const struct record_view *view);

/* draw.c: where things are. */
struct record_layout {
    bool too_small;
    struct slots slots;
    struct edges edges;
};
void record_layout(struct record_layout *layout, int width, int height,
                   const struct record_view *view);

/* The moment on line `y` of the list, whose inside has so many; record->count: none. */
size_t record_list_at(const struct record_view *view, int height, int y);

/* The moment that a column of the timeline is for, on a screen of that width. */
size_t record_timeline_at(const struct record_view *view, int width, int x);

/* Keys; ended by one without a name. */
extern const struct key record_keys[];

#endif
