/*
 * root.h: the root of a container, from what it is made to being all there is.
 *
 *     root_source     what it is made of: open files of the host
 *     root_make       from a source to a file system, a mount that is nowhere yet
 *     root_enter      put it in place, with /proc, /dev and /tmp; make it the root; drop the host's
 *
 * The source here is the bundled programs, in a tmpfs: no file of the host is in the container at
 * all, only copies. Another source is another function that makes such a mount, as overlay.h has.
 *
 * Read next: proc.h (what of /proc is hidden).
 */
#ifndef TRIVIUM_CTR_ROOT_H
#define TRIVIUM_CTR_ROOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctr/step.h"
#include "lib/err.h"

/* The place on the host where the new root is for a moment. It is covered there in the container's
 * own names only. */
#define ROOT_STAGE "/tmp"

/* A file of the host's, opened with the rights of who calls Trivium, and where it goes. */
struct root_file {
    int fd;
    uint64_t size; /* how much of it is copied */
    char path[96]; /* within the root: "bin/prime" */
};

struct root_source {
    struct root_file *files; /* owned */
    size_t count;
};

/*
 * Of the programs of the folder only what the kernel loads is copied: the rest, which is
 * most of them, is for debuggers. Of the program file all is.
 *
 * The program file `program`, which is called `inside` in the container ("bin/prime", "opt/a.out"),
 * and, with a `folder`, all programs in that one, in bin.
 */
int root_source_open(struct root_source *source, const char *program, const char *inside,
                     const char *folder, struct err *err);
void root_source_close(struct root_source *source);

/* A descriptor, or -1. */
int root_make(const struct root_source *source, struct steps *steps, struct err *err);

/* Parts the mounts from the host's; before anything is mounted. */
int root_part(struct steps *steps, struct err *err);

/* `hide`: proc_hide(). Closes `root`, also when it fails. */
int root_enter(int root, bool hide, struct steps *steps, struct err *err);

#endif
