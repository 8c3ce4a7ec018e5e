/*
 * raster.h: a grid as pixels. The window shows exactly these; they can also be written to a file.
 */
#ifndef TRIVIUM_VIEW_RASTER_H
#define TRIVIUM_VIEW_RASTER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "view/glyph.h"
#include "view/grid.h"
#include "view/palette.h"

/* Fills `height` rows of `width` pixels, each 0x00RRGGBB, `stride` pixels apart: each cell is
 * GLYPH_WIDTH by GLYPH_HEIGHT, times `scale`; what is beyond the grid gets the ground's colour. */
void raster_draw(uint32_t *pixels, int width, int height, size_t stride, const struct grid *grid,
                 enum theme theme, int scale);

/* The grid as a PNG (ISO/IEC 15948) of 24 bits a pixel. That it could not be written stays with the
 * file: ferror(). */
void raster_write_png(FILE *file, const struct grid *grid, enum theme theme, int scale);

#endif
