/*
 * control.h: keys and the mouse, and what they do.
 */
#ifndef TRIVIUM_STEPPER_CONTROL_H
#define TRIVIUM_STEPPER_CONTROL_H

#include "emu/step/commands.h"
#include "stepper/stepper.h"
#include "view/screen.h"

extern const struct key stepper_keys[]; /* ended by one without a name */

/* The last line of the screen: those that are needed most. */
void keys_hint(const struct stepper *stepper, char *text, size_t size);

/* The mouse, on a screen of that size. */
void control_mouse(struct stepper *stepper, const struct screen_mouse *mouse, int width,
                   int height);

/* The lines of a pane are moved. */
void control_scroll(struct stepper *stepper, unsigned pane, int by);

/* One of the plain commands (emu/step/commands.h). What it writes goes to `out`. */
enum command_result control_command(struct stepper *stepper, const char *line, FILE *out,
                                    struct err *err);

/* The time for the next step of playing has come. */
void control_tick(struct stepper *stepper);

#endif
