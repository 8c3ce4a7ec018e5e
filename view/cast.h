/*
 * cast.h: what a terminal would be sent, as a file that players of terminal sessions understand.
 * Source: asciicast, file format version 2.
 */
#ifndef TRIVIUM_VIEW_CAST_H
#define TRIVIUM_VIEW_CAST_H

#include <stdio.h>

#include "view/grid.h"
#include "view/palette.h"

struct cast {
    FILE *file; /* borrowed */
    struct grid shown;
    enum theme theme;
    bool begun;
    double start; /* seconds: of the first frame */
};

/* To be ended by cast_fini(). */
void cast_init(struct cast *cast, FILE *file);
void cast_fini(struct cast *cast);

/* A frame, shown at that time; the size of the first is that of the recording. */
void cast_frame(struct cast *cast, const struct grid *grid, enum theme theme, double seconds);

#endif
