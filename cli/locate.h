/*
 * locate.h: from the PROGRAM on a command line to an executable file for a way.
 *
 * PROGRAM with a '/' is a path. Without one it is a bundled program, of which there is one build
 * for each machine type:
 *
 *     $TRIVIUM_GUEST_DIR/ARCH/NAME                    when that variable is set, and nowhere else
 *     DIR/guest/ARCH/NAME                             DIR: the folder of the trivium executable
 *     DIR/../libexec/trivium/guest/ARCH/NAME          once installed
 */
#ifndef TRIVIUM_CLI_LOCATE_H
#define TRIVIUM_CLI_LOCATE_H

#include <limits.h>
#include <stdbool.h>

#include "cli/ways.h"
#include "lib/err.h"

struct located {
    bool bundled;
    const char *name; /* as on the command line, borrowed */
    unsigned machine; /* of a path's file: EM_*; of a bundled program: 0, there are several */
};

/*
 * Looks at PROGRAM. On failure the answer is the exit status that it deserves (127 not found, 126
 * not executable, 125 not an ELF file that Trivium knows) and err is filled; else 0.
 */
int locate_program(struct located *located, const char *name, struct err *err);

/*
 * The file to run by `way`, which must fit; status or 0, as above. A bundled program of which this
 * build has no version for the way is 127; a path of another machine type 125.
 */
int locate_file(const struct located *located, const struct way *way, char path[PATH_MAX],
                struct err *err);

/* The path of a bundled file that is no program, such as the guest kernel. -1: there is none. */
int locate_bundled_file(char path[PATH_MAX], const char *arch, const char *name, struct err *err);

#endif
