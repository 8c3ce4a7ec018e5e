/*
 * step_names.h: `trivium step --on container`: a run in a container, recorded, and its record on
 * the screen.
 *
 * Read next: contain_record.h, names.h.
 */
#ifndef TRIVIUM_CLI_STEP_NAMES_H
#define TRIVIUM_CLI_STEP_NAMES_H

#include "cli/contain.h"
#include "cli/step_screen.h"

struct step_names {
    char *const *program;        /* PROGRAM [ARGS...] NULL; NULL: what the image would start */
    const char *command, *again; /* as texts: the program, and all of it */
    const struct contain_options *contain;
    const struct step_screen_options *screen;
};

/* The exit status. */
int step_names(const struct step_names *wanted, struct err *err);

#endif
