/*
 * control.h: keys and the mouse, and what they do. One table has all keys: the help, the man page's
 * and --keys are made of it, and scripts name them as it does.
 */
#ifndef TRIVIUM_STEPPER_CONTROL_H
#define TRIVIUM_STEPPER_CONTROL_H

#include "emu/step/commands.h"
#include "stepper/stepper.h"
#include "view/screen.h"

struct key {
    uint32_t key; /* as of screen.h */
    const char *name;
    const char *meaning;
    bool (*act)(struct stepper *stepper, struct err *err); /* false: it ends */
};

size_t keys_count(void);
const struct key *keys_at(size_t number);

/* The key of that name, "space" or "b"; false: there is none. */
bool keys_find(const char *name, uint32_t *key);

/* The last line of the screen: those that are needed most. */
void keys_hint(const struct look *look, char *text, size_t size);

/* The table, for people: --keys. */
void keys_print(FILE *file);

/* What a key does; one that has no meaning does nothing. What goes wrong is said on the status
 * line. False: it ends. */
bool control_key(struct stepper *stepper, uint32_t key);

/* The mouse, on a screen of that size. */
void control_mouse(struct stepper *stepper, const struct screen_mouse *mouse, int width,
                   int height);

/* A process is lit, or, the same again, not any more. */
void control_select_life(struct stepper *stepper, int life);

/* The lines of a pane are moved. */
void control_scroll(struct stepper *stepper, enum pane pane, int by);

/* One of the plain commands (emu/step/commands.h). What it writes goes to `out`. */
enum command_result control_command(struct stepper *stepper, const char *line, FILE *out,
                                    struct err *err);

/* The time for the next step of playing has come. */
void control_tick(struct stepper *stepper);

#endif
