/*
 * paint.h: what to write to a terminal so that it shows a grid.
 *
 * Only cells that differ from what is shown already are written, in one piece, so nothing flickers.
 * Sequences are those of ECMA-48 that every terminal since the VT100 has: the cursor's place (CUP),
 * colours and attributes (SGR).
 */
#ifndef TRIVIUM_VIEW_PAINT_H
#define TRIVIUM_VIEW_PAINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "view/grid.h"
#include "view/palette.h"

enum paint_colours {
    PAINT_NONE, /* NO_COLOR: attributes only */
    PAINT_256,
    PAINT_TRUE, /* 24 bits */
};

struct paint_style {
    enum paint_colours colours;
    enum theme theme;
    bool ascii;
};

/* Writes what makes of `shown` `wanted`; of another size or NULL: all of it, on a cleared screen.
 * Answers how many cells were written. */
size_t paint(FILE *file, const struct grid *shown, const struct grid *wanted,
             const struct paint_style *style);

#endif
