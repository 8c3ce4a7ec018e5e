/*
 * commands.h: what can be typed to the stepper's plain view, one command a line.
 */
#ifndef TRIVIUM_EMU_STEP_COMMANDS_H
#define TRIVIUM_EMU_STEP_COMMANDS_H

#include <stdbool.h>
#include <stdio.h>

#include "emu/step/step.h"

enum { COMMAND_LENGTH = 256 }; /* a line is shorter */

enum command_result { COMMAND_DONE, COMMAND_QUIT, COMMAND_WRONG };

/* One line, without its end. COMMAND_WRONG: err says what is wrong with it; nothing was done. */
enum command_result command_perform(struct step *step, const char *line, FILE *out,
                                    struct err *err);

/*
 * All lines of a file, with what comes of each in `out`. stop_at_error: the first line that is
 * wrong ends it with -1, and err says which; else it is told in `out`. echo: each line is shown
 * before what comes of it; prompt: something is shown where a line is waited for.
 */
struct command_source {
    FILE *file;
    const char *name; /* for messages */
    bool stop_at_error, echo, prompt;
};

int command_run_all(struct step *step, const struct command_source *source, FILE *out,
                    struct err *err);

#endif
