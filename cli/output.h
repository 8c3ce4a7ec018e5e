/*
 * output.h: what Trivium itself writes, and being told when that fails.
 *
 * A full disk or a closed pipe must not pass for success: standard output is closed and checked at
 * exit, a file is checked before it gets its name.
 */
#ifndef TRIVIUM_CLI_OUTPUT_H
#define TRIVIUM_CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/err.h"

/*
 * Once, first thing in main: makes sure that descriptors 0 to 2 are taken, so that no file of ours
 * ever lands on one of them, and that what was written to standard output is checked at exit: a
 * failure is said, and the status becomes 125.
 */
void output_prepare(void);

/*
 * A file that appears under its name only when it is complete: it is written beside it and then
 * renamed. "-" is standard output; what is not a regular file (a device, a pipe) is written
 * directly.
 */
struct output_file {
    FILE *file;
    const char *path; /* borrowed */
    char *temporary;  /* owned; NULL: written directly */
};

/* Fails when the place cannot be written: ask before the work whose result is to go there. */
int output_open(struct output_file *output, const char *path, struct err *err);

/* Ends the writing: the file now has its name. Whatever the answer, `output` is done with. */
int output_commit(struct output_file *output, struct err *err);

/* Gives it up: nothing of it stays. */
void output_abandon(struct output_file *output);

#endif
