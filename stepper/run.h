/*
 * run.h: the second view of the stepper: the machine that runs. Its panes, what is lit in them, and
 * the way there and back.
 *
 * It is a scene of its own (view/scene.h) with the same owner, keys and commands: which one is
 * shown is which one stepper->scene has for ops.
 */
#ifndef TRIVIUM_STEPPER_RUN_H
#define TRIVIUM_STEPPER_RUN_H

#include "stepper/panes.h"

/* The number of a pane is the key that brings it to the front. */
enum run_pane {
    RUN_EVENTS,
    RUN_CONSOLE,
    RUN_PROCESSES,
    RUN_CALLS,
    RUN_HARTS,
    RUN_COUNTERS,
    RUN_PANES
};

pane_draw run_console_draw, run_processes_draw, run_calls_draw, run_harts_draw, run_counters_draw;

/* " 5 alive", of the pane of processes. */
void run_processes_remark(const struct stepper *stepper, char *text, size_t size);

/* The life that line `y` of the pane of processes is about, whose inside has so many lines;
 * LIFE_NONE: none. */
int run_life_at(const struct stepper *stepper, int height, int y);

/* Lights a life and says what is known of it; the same again: none is lit. */
void run_select(struct stepper *stepper, int life);

/* Lights the life that stands `by` lines below the one that is lit. */
void run_select_next(struct stepper *stepper, int by);

/* "sh, pid 12, forked by pid 1 at 1,234: ..." */
void run_life_sentence(const struct stepper *stepper, int life, char *text, size_t size);

/* Has the last move brought that record of the log, or made something of that number? */
bool run_is_fresh(const struct stepper *stepper, uint64_t number);

/*
 * `view NAME` and `process PID`, which are commands of this view; false: the line is neither.
 * *wrong: it is, and err says what is wrong with it.
 */
bool run_command(struct stepper *stepper, const char *line, FILE *out, bool *wrong,
                 struct err *err);

#endif
