/*
 * race_view.h: a result drawn into a grid of cells, as a race that is run again.
 *
 *     scene 0, 1, ...   one measure of one command: the lanes in step, and what they cost
 *     the last scene    the ladder: every lane over all measures
 *
 * Measured was before; what moves is a replay. At frame f of RACE_FRAMES each lane has done what
 * its median rate does in f / RACE_FRAMES of a second, all of them on one axis.
 *
 * Drawing is a function of the result and the look alone: no clock, no terminal. So a frame is the
 * same as text, on a terminal and in a window.
 *
 * race_view.c has the whole, race_lanes.c a scene's panels, race_ladder.c the last scene,
 * race_replay.c the keys and frames as text, race_live.c what is shown while it is measured.
 */
#ifndef TRIVIUM_CLI_RACE_VIEW_H
#define TRIVIUM_CLI_RACE_VIEW_H

#include <argp.h>
#include <stdbool.h>

#include "result/result.h"
#include "view/grid.h"
#include "view/screen.h"

#define RACE_FRAMES 50

/* What is looked at. */
struct race_look {
    size_t scene;
    unsigned frame; /* 0 to RACE_FRAMES */
    int top;        /* the first lane that is shown, where not all have room */
    bool playing;
    bool help;
};

/* How many scenes there are: at least 1, the ladder. */
size_t race_view_scenes(const struct result *result);

/* Draws all of it anew. */
void race_view_draw(struct grid *grid, const struct result *result, const struct race_look *look);

/* How a way looks: what fills its bar, and in which role. */
struct race_texture {
    uint32_t fill;
    enum role role;
};
struct race_texture race_texture(const char *way);

/* The letter of a lane in its scene: 'a' to 'z', then '.'. */
char race_letter(size_t lane);

/* The rows of one scene, and their places on the axes. */
struct race_scene {
    const struct result *result;
    size_t first, end;
    const struct race_look *look;
    int bar_lines; /* how many lines a bar has */
};

/* The lanes in step; the cost of each on a logarithmic axis. Each fills its area. */
void race_lanes_draw(struct area area, const struct race_scene *scene);
void race_strip_draw(struct area area, const struct race_scene *scene);

/* How many lines the first wants, and the second when each lane has its own line. */
int race_lanes_height(const struct race_scene *scene);
int race_strip_height(const struct race_scene *scene);
#define RACE_STRIP_LEAST 6

void race_ladder_draw(struct area area, const struct race_scene *scene);

/* The same as text, 80 columns wide, below the table; nothing, where there are fewer than three
 * lanes. */
void race_ladder_print(FILE *file, const struct result *result);

/* A logarithmic axis over `width` columns from `x` on. */
struct race_axis {
    double low, high;
    int x, width;
};
/* From a bit below 1 and the least, to a bit above the greatest. */
void race_axis_widen(struct race_axis *axis, double value);
int race_axis_column(const struct race_axis *axis, double value);
/* Its line at row `y`, with the numbers below. */
void race_axis_draw(struct area area, int y, const struct race_axis *axis);

/* How it is asked for: `trivium race --live, --gui, --replay`. */
struct race_screen_options {
    bool live, gui, projector, light;
    const char *replay;     /* a result file; NULL: none */
    const char *frame;      /* its number, or "last": as text; NULL: on a screen */
    const char *screenshot; /* where that frame goes as a PNG; NULL: it is printed */
    int width, height;      /* of a frame, or of the window */
};

/* The options; its input is a struct race_screen_options. */
extern const struct argp race_screen_argp;

/* The terminal, or a window. NULL: there is none. */
struct screen *race_screen_open(const struct race_screen_options *wanted, struct err *err);

/* Shows a result until the user has seen enough; as text, `screen` is NULL. The exit status, or
 * -1. */
int race_replay(const struct result *result, const struct race_screen_options *wanted,
                struct screen *screen, struct err *err);

#endif
