/* raster.c: see raster.h. */
#include "view/raster.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lib/err.h"

enum { STRUCK_ROW = 8 /* of a cell: through its small letters */ };

/* The part of a cell that is in the picture. */
static void draw_cell(uint32_t *pixels, int width, int height, size_t stride,
                      const struct grid_cell *cell, enum theme theme, int scale)
{
    uint32_t fore = palette_colour(theme, (enum role)cell->fore);
    uint32_t back = palette_colour(theme, (enum role)cell->back);
    uint8_t rows[GLYPH_HEIGHT];

    glyph_rows(rows, cell->glyph);
    if (cell->fore == ROLE_STRUCK)
        rows[STRUCK_ROW] = 0xff;
    for (int y = 0; y < height; y++) {
        uint8_t row = rows[y / scale];

        for (int x = 0; x < width; x++)
            pixels[(size_t)y * stride + (size_t)x] = (row << x / scale & 0x80) != 0 ? fore : back;
    }
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

void raster_draw(uint32_t *pixels, int width, int height, size_t stride, const struct grid *grid,
                 enum theme theme, int scale)
{
    int cell_width = GLYPH_WIDTH * scale, cell_height = GLYPH_HEIGHT * scale;
    const struct grid_cell blank = {.glyph = ' ', .fore = ROLE_TEXT, .back = ROLE_BACK};

    for (int y = 0; y * cell_height < height; y++) {
        for (int x = 0; x * cell_width < width; x++) {
            bool inside = x < grid->width && y < grid->height;

            draw_cell(pixels + (size_t)(y * cell_height) * stride + (size_t)(x * cell_width),
                      least(cell_width, width - x * cell_width),
                      least(cell_height, height - y * cell_height), stride,
                      inside ? &grid->cells[y * grid->width + x] : &blank, theme, scale);
        }
    }
}

static void put_big_endian(uint8_t *bytes, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Clause 5.3: the length, the type, the data, a checksum over the last two. */
static void put_chunk(FILE *file, const char *type, const uint8_t *data, size_t size)
{
    uint8_t head[8], tail[4];
    uLong sum;

    put_big_endian(head, (uint32_t)size);
    memcpy(head + 4, type, 4);
    sum = crc32(0, head + 4, 4);
    if (size > 0)
        sum = crc32(sum, data, (uInt)size);
    put_big_endian(tail, (uint32_t)sum);
    fwrite(head, 1, sizeof head, file);
    if (size > 0)
        fwrite(data, 1, size, file);
    fwrite(tail, 1, sizeof tail, file);
}

/* Clause 9: before each line the number of its filter, here always 0, none. */
static uint8_t *new_lines(const uint32_t *pixels, int width, int height, size_t *size)
{
    uint8_t *lines, *at;

    *size = ((size_t)width * 3 + 1) * (size_t)height;
    at = lines = malloc(*size);
    if (lines == NULL)
        err_die_oom();
    for (int y = 0; y < height; y++) {
        *at++ = 0;
        for (int x = 0; x < width; x++) {
            uint32_t pixel = pixels[(size_t)y * (size_t)width + (size_t)x];

            *at++ = (uint8_t)(pixel >> 16);
            *at++ = (uint8_t)(pixel >> 8);
            *at++ = (uint8_t)pixel;
        }
    }
    return lines;
}

void raster_write_png(FILE *file, const struct grid *grid, enum theme theme, int scale)
{
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    int width = grid->width * GLYPH_WIDTH * scale, height = grid->height * GLYPH_HEIGHT * scale;
    uint8_t header[13] = {[8] = 8 /* bits */, [9] = 2 /* red, green, blue */};
    uint32_t *pixels = calloc((size_t)width * (size_t)height, sizeof *pixels);
    uint8_t *lines, *packed;
    size_t size;
    uLongf packed_size;

    if (pixels == NULL)
        err_die_oom();
    raster_draw(pixels, width, height, (size_t)width, grid, theme, scale);
    lines = new_lines(pixels, width, height, &size);
    packed_size = compressBound(size);
    packed = malloc(packed_size);
    if (packed == NULL || compress2(packed, &packed_size, lines, size, Z_BEST_COMPRESSION) != Z_OK)
        err_die_oom();
    put_big_endian(header, (uint32_t)width);
    put_big_endian(header + 4, (uint32_t)height);
    fwrite(signature, 1, sizeof signature, file);
    put_chunk(file, "IHDR", header, sizeof header);
    put_chunk(file, "IDAT", packed, packed_size);
    put_chunk(file, "IEND", NULL, 0);
    free(packed);
    free(lines);
    free(pixels);
}
