/*
 * step_screen.h: how `trivium step` shows itself: in lines, on the terminal, in a window, or as a
 * file.
 */
#ifndef TRIVIUM_CLI_STEP_SCREEN_H
#define TRIVIUM_CLI_STEP_SCREEN_H

#include <argp.h>
#include <stdbool.h>

#include "stepper/stepper.h"
#include "view/palette.h"

struct step_screen_options {
    bool plain, tui, gui, projector, frame;
    bool keys; /* to be listed, and nothing else: the caller does */
    bool tour; /* stepper/tour.h: the caller steps its program, then */
    bool has_theme;
    enum theme theme;
    const char *script;     /* NULL: none */
    const char *screenshot; /* where a PNG goes; NULL: nowhere */
    const char *record;     /* where a recording goes; NULL: nowhere */
    int width, height;      /* of a frame, or of the window; 0: as is usual */
};

/* The options; its input is a struct step_screen_options. */
extern const struct argp step_screen_argp;

/* Are standard input and output such that a screen can be had without being asked for? Then it is,
 * else lines. */
void step_screen_choose(struct step_screen_options *wanted);

/* Could it be shown as is wanted? Before anything is stepped. */
int step_screen_check(const struct step_screen_options *wanted, struct err *err);

/* Until the user, or the script, has seen enough. The exit status, or -1. */
int step_screen_run(struct scene *scene, const struct step_screen_options *wanted, struct err *err);

/* The same with the guided tour, of the program that it tells of. */
int step_screen_tour(struct stepper *stepper, const struct step_screen_options *wanted,
                     struct err *err);

#endif
