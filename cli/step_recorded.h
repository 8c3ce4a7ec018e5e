/*
 * step_recorded.h: `trivium step --on WAY` where WAY cannot be stepped back: the program is run
 * once and recorded, and its record is stepped (record/record.h).
 */
#ifndef TRIVIUM_CLI_STEP_RECORDED_H
#define TRIVIUM_CLI_STEP_RECORDED_H

#include "cli/contain.h"
#include "cli/machine.h"
#include "cli/step_screen.h"
#include "cli/ways.h"

struct step_recorded {
    const struct way *way; /* which this host can: probed, unless it finds out by preparing */
    char *const *program; /* PROGRAM [ARGS...] NULL; NULL: a kernel of the user's, or the image's */
    const struct machine_options *machine;
    const struct contain_options *contain;
    const struct step_screen_options *screen;
    const char *command; /* "prime --max-prime 100", or the kernel's path */
    const char *again;   /* the command itself */
    double timeout;      /* seconds that the run may take */
};

/* The exit status, or -1. On kvm: step_exits.c, a virtual machine's exits. */
int step_exits_run(const struct step_recorded *wanted, struct err *err);

/* As above. On container: step_names.c, what names mean in it. */
int step_names_run(const struct step_recorded *wanted, struct err *err);

#endif
