/*
 * screen.h: where a grid is shown and keys come from: a terminal or a window, which are used alike.
 *
 *     screen = screen_terminal(...) or screen_window(...)
 *     until the event says that it ends:
 *         draw into a grid of screen_size(); screen_show(); screen_wait()
 *     screen_free()
 *
 * A terminal is put back as it was on every way out. screen_free() does it; and should this process
 * die without it, by whatever signal, a second one does, which waits for nothing else.
 */
#ifndef TRIVIUM_VIEW_SCREEN_H
#define TRIVIUM_VIEW_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/err.h"
#include "view/grid.h"
#include "view/palette.h"

enum screen_event_kind {
    SCREEN_NONE, /* the time is up */
    SCREEN_KEY,
    SCREEN_MOUSE,   /* only if it was asked for: screen_mouse() */
    SCREEN_CHANGED, /* another size, or what was shown is lost: draw again */
    SCREEN_END,     /* the window was closed, or a signal says to end */
};

/* Keys that are no characters. */
enum {
    KEY_TAB = '\t',
    KEY_ENTER = '\r',
    KEY_ESCAPE = 0x1b,
    KEY_BACKSPACE = 0x7f,
    KEY_UP = 0x110000,
    KEY_DOWN,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_HOME,
    KEY_END,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
};

enum mouse_kind {
    MOUSE_PRESS, /* the left button */
    MOUSE_RELEASE,
    MOUSE_DRAG,  /* moved, with the left button held */
    MOUSE_HOVER, /* moved, with none */
    MOUSE_WHEEL_UP,
    MOUSE_WHEEL_DOWN,
};

struct screen_mouse {
    enum mouse_kind kind;
    int x, y; /* the cell; it may lie beyond the grid */
};

struct screen_event {
    enum screen_event_kind kind;
    uint32_t key;              /* of SCREEN_KEY: a code point, or one of those above */
    struct screen_mouse mouse; /* of SCREEN_MOUSE */
    int signal;                /* of SCREEN_END: which; 0: none */
};

struct screen;

/* What a kind of screen does; `screen` is the first member of its own struct. */
struct screen_ops {
    void (*size)(struct screen *screen, int *width, int *height);
    void (*listen)(struct screen *screen); /* again, too; NULL: it does from the start */
    int (*show)(struct screen *screen, const struct grid *grid, struct err *err);
    void (*wait)(struct screen *screen, double seconds, struct screen_event *event);
    void (*scale)(struct screen *screen, int steps); /* NULL: it has only one */
    void (*mouse)(struct screen *screen);
    void (*free)(struct screen *screen);
};

struct screen {
    const struct screen_ops *ops;
    enum theme theme;
    bool lends_signals; /* see screen_listen() */
};

/* On standard input and output. NULL: they are no terminal. It stays as it is until something is
 * shown. `theme` may be changed at any time. */
struct screen *screen_terminal(enum theme theme, struct err *err);

/* A window for a grid of that size. NULL: there is no display, or no SDL. Each pixel of a glyph is
 * `scale` pixels wide. */
struct screen *screen_window(const char *title, int width, int height, int scale, enum theme theme,
                             struct err *err);

/* Could there be a window? Without opening one, and without loading anything into this process. */
int screen_window_check(struct err *err);

/* How many cells it has now. */
void screen_size(struct screen *screen, int *width, int *height);

/* -1: it is gone. */
int screen_show(struct screen *screen, const struct grid *grid, struct err *err);

/*
 * From now on the signals that end a program come as SCREEN_END. The first screen_show() and the
 * first screen_wait() do it by themselves, so that nothing is on the screen that a signal could
 * leave there. With `lends_signals` showing does not: somebody else takes them meanwhile, as while
 * a race is measured.
 */
void screen_listen(struct screen *screen);

/* Sleeps until something happens, or `seconds` have passed; negative: for as long as it takes. */
void screen_wait(struct screen *screen, double seconds, struct screen_event *event);

/* Larger or smaller letters, where the screen has them. */
void screen_scale(struct screen *screen, int steps);

/* From now on what the mouse does comes as SCREEN_MOUSE. */
void screen_mouse(struct screen *screen);

void screen_free(struct screen *screen);

/* Does the locale say that a terminal takes UTF-8? */
bool screen_takes_utf8(void);

#endif
