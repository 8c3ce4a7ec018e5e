/*
 * launch.h: one supervised run of one program in one way, and what is said about its end.
 *
 * Read next: ways.h (the ways), lib/supervise.h (the supervision), run.c and race.c (the users).
 */
#ifndef TRIVIUM_CLI_LAUNCH_H
#define TRIVIUM_CLI_LAUNCH_H

#include "cli/ways.h"
#include "lib/supervise.h"

#define LAUNCH_TEXT 1024

/* How the program's first process was ended by `outcome->signal` although nobody meant to: the
 * emulator around it failed. */
bool launch_crashed(const struct launch *launch, const struct supervise_outcome *outcome);

/* The status that Trivium itself ends with after that outcome. Not for FATE_STOPPED. */
int launch_status(const struct launch *launch, const struct supervise_outcome *outcome);

/*
 * One line about an outcome that deserves one ("killed by signal 11 (SIGSEGV, ...)"); empty for a
 * program that exited by itself, with whatever status.
 */
void launch_explain(char text[LAUNCH_TEXT], const struct launch *launch,
                    const struct supervise_outcome *outcome, double timeout);

/*
 * The environment for the bundled program at `path`: ours, but its PATH begins with that program's
 * folder, so that the bundled shell finds the bundled programs of its own machine type. To be freed
 * with launch_environment_free().
 */
char **launch_environment_new(const char *path);
void launch_environment_free(char **environment);

#endif
