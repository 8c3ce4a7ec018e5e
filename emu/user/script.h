/*
 * script.h: files that begin with "#!", which execve(2) hands to the program named there.
 *
 *     #! /bin/sh -x        run as  /bin/sh, with argv = { "/bin/sh", "-x", PATH, argv[1], ... }
 *
 * All that follows the interpreter's name is one argument, as in Linux. The interpreter must be a
 * program itself: Linux would follow further scripts, we do not.
 */
#ifndef TRIVIUM_EMU_USER_SCRIPT_H
#define TRIVIUM_EMU_USER_SCRIPT_H

#include <stdbool.h>

struct script {
    char line[256]; /* Linux reads as much: BINPRM_BUF_SIZE */
    char *interpreter;
    char *argument; /* NULL when there is none; both point into line */
};

/* Is the file at path a script? False too when it cannot be read: whoever opens it next says why.
 */
bool script_read(struct script *script, const char *path);

/* The new argv; its strings belong to others, so free() is enough. NULL: no memory. */
char **script_arguments(const struct script *script, const char *path, char *const *argv);

#endif
