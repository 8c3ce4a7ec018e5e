/* paint.c: see paint.h. */
#include "view/paint.h"

#include "view/glyph.h"

static void put_colour(FILE *file, const struct paint_style *style, bool fore, unsigned role)
{
    uint32_t colour = palette_colour(style->theme, (enum role)role);

    if (style->colours == PAINT_TRUE)
        fprintf(file, ";%d;2;%u;%u;%u", fore ? 38 : 48, colour >> 16, colour >> 8 & 0xff,
                colour & 0xff);
    else if (style->colours == PAINT_256)
        fprintf(file, ";%d;5;%u", fore ? 38 : 48, palette_nearest(colour));
}

/* Bold, faint and reversed say without colours what they can of it. */
static void put_attributes(FILE *file, const struct paint_style *style,
                           const struct grid_cell *cell)
{
    fputs("\033[0", file);
    if (cell->fore == ROLE_STRONG || cell->fore == ROLE_BAD)
        fputs(";1", file);
    if (cell->fore == ROLE_STRUCK)
        fputs(";9", file);
    if (style->colours == PAINT_NONE && cell->back != ROLE_BACK)
        fputs(";7", file);
    put_colour(file, style, true, cell->fore);
    put_colour(file, style, false, cell->back);
    fputc('m', file);
}

static bool same_cell(const struct grid_cell *a, const struct grid_cell *b)
{
    return a->glyph == b->glyph && a->fore == b->fore && a->back == b->back;
}

static void put_glyph(FILE *file, const struct paint_style *style, uint32_t glyph)
{
    char bytes[GLYPH_BYTES];
    size_t count = glyph_encode(bytes, glyph);

    if (style->ascii)
        fputc(glyph_ascii(glyph), file);
    else
        fwrite(bytes, 1, count, file);
}

size_t paint(FILE *file, const struct grid *shown, const struct grid *wanted,
             const struct paint_style *style)
{
    bool all = shown == NULL || shown->width != wanted->width || shown->height != wanted->height;
    const struct grid_cell *last = NULL; /* whose attributes are in force */
    size_t count = 0, next = SIZE_MAX;   /* where the cursor is */

    if (all)
        fputs("\033[0m\033[2J", file);
    for (size_t i = 0; i < (size_t)wanted->width * (size_t)wanted->height; i++) {
        const struct grid_cell *cell = &wanted->cells[i];
        size_t column = i % (size_t)wanted->width;

        if (!all && same_cell(cell, &shown->cells[i]))
            continue;
        /* Behind the last column terminals disagree where the cursor is. */
        if (i != next || column == 0)
            fprintf(file, "\033[%zu;%zuH", i / (size_t)wanted->width + 1, column + 1);
        if (last == NULL || last->fore != cell->fore || last->back != cell->back)
            put_attributes(file, style, cell);
        put_glyph(file, style, cell->glyph);
        last = cell;
        next = i + 1;
        count++;
    }
    if (count > 0)
        fputs("\033[0m", file);
    return count;
}
