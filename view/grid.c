/* grid.c: drawing into cells; see grid.h. */
#include "view/grid.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "lib/err.h"
#include "view/glyph.h"

#define LINE_SIZE 1024

static int within(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

void grid_init(struct grid *grid, int width, int height)
{
    grid->width = within(width, 1, GRID_WIDTH_MAX);
    grid->height = within(height, 1, GRID_HEIGHT_MAX);
    grid->cells = calloc((size_t)grid->width * (size_t)grid->height, sizeof *grid->cells);
    if (grid->cells == NULL)
        err_die_oom();
    grid_clear(grid);
}

void grid_fini(struct grid *grid)
{
    free(grid->cells);
    grid->cells = NULL;
}

void grid_resize(struct grid *grid, int width, int height)
{
    grid_fini(grid);
    grid_init(grid, width, height);
}

void grid_clear(struct grid *grid)
{
    const struct grid_cell blank = {.glyph = ' ', .fore = ROLE_TEXT, .back = ROLE_BACK};

    for (size_t i = 0; i < (size_t)grid->width * (size_t)grid->height; i++)
        grid->cells[i] = blank;
}

void grid_print(FILE *file, const struct grid *grid, bool ascii)
{
    char bytes[GLYPH_BYTES];

    for (int y = 0; y < grid->height; y++) {
        const struct grid_cell *row = grid->cells + (size_t)y * (size_t)grid->width;
        int end = grid->width;

        while (end > 0 && row[end - 1].glyph == ' ')
            end--;
        for (int x = 0; x < end; x++) {
            size_t count = glyph_encode(bytes, row[x].glyph);

            if (ascii)
                fputc(glyph_ascii(row[x].glyph), file);
            else
                fwrite(bytes, 1, count, file);
        }
        fputc('\n', file);
    }
}

struct area area_whole(struct grid *grid)
{
    return (struct area){.grid = grid, .width = grid->width, .height = grid->height};
}

struct area area_part(struct area area, int x, int y, int width, int height)
{
    int left = within(x, 0, area.width), top = within(y, 0, area.height);

    return (struct area){
        .grid = area.grid,
        .x = area.x + left,
        .y = area.y + top,
        .width = within(width - (left - x), 0, area.width - left),
        .height = within(height - (top - y), 0, area.height - top),
    };
}

/* NULL outside the area. */
static struct grid_cell *cell_at(struct area area, int x, int y)
{
    if (x < 0 || y < 0 || x >= area.width || y >= area.height)
        return NULL;
    return area.grid->cells + (size_t)(area.y + y) * (size_t)area.grid->width +
           (size_t)(area.x + x);
}

uint32_t area_glyph(struct area area, int x, int y)
{
    const struct grid_cell *cell = cell_at(area, x, y);

    return cell == NULL ? ' ' : cell->glyph;
}

void area_put(struct area area, int x, int y, uint32_t glyph, enum role role)
{
    struct grid_cell *cell = cell_at(area, x, y);

    if (cell == NULL)
        return;
    cell->glyph = glyph_is_known(glyph) ? glyph : '?';
    cell->fore = (uint8_t)role;
}

void area_fill(struct area area, uint32_t glyph, enum role role)
{
    for (int y = 0; y < area.height; y++) {
        for (int x = 0; x < area.width; x++)
            area_put(area, x, y, glyph, role);
    }
}

void area_ground(struct area area, int x, int y, int width, enum role ground)
{
    for (int i = x; i < x + width; i++) {
        struct grid_cell *cell = cell_at(area, i, y);

        if (cell != NULL)
            cell->back = (uint8_t)ground;
    }
}

int area_cut(struct area area, int x, int y, int width, enum role role, const char *text)
{
    int end = x + width;

    for (; *text != '\0' && x < end; x++) {
        uint32_t glyph = glyph_decode(&text);

        area_put(area, x, y, x == end - 1 && *text != '\0' ? GLYPH_ELLIPSIS : glyph, role);
    }
    return x;
}

int area_text(struct area area, int x, int y, enum role role, const char *text)
{
    while (*text != '\0')
        area_put(area, x++, y, glyph_decode(&text), role);
    return x;
}

int area_print(struct area area, int x, int y, enum role role, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    return area_text(area, x, y, role, line);
}

int text_columns(const char *text)
{
    int columns = 0;

    for (; *text != '\0'; columns++)
        glyph_decode(&text);
    return columns;
}

void area_right(struct area area, int end, int y, enum role role, const char *text)
{
    area_text(area, end - text_columns(text), y, role, text);
}

/* How many columns of `text` a line of that width takes: up to the last blank that fits. */
static int line_columns(const char *text, int width)
{
    int columns = 0, blank = 0;

    while (*text != '\0' && columns <= width) {
        if (*text == ' ')
            blank = columns;
        glyph_decode(&text);
        columns++;
    }
    if (columns <= width)
        return columns;
    return blank > 0 ? blank : width;
}

int area_wrap(struct area area, int y, enum role role, const char *text)
{
    while (*text != '\0' && area.width > 0) {
        int columns = line_columns(text, area.width);

        for (int x = 0; x < columns; x++)
            area_put(area, x, y, glyph_decode(&text), role);
        while (*text == ' ')
            text++;
        y++;
    }
    return y;
}

int text_lines(const char *text, int width)
{
    return area_wrap((struct area){.width = width}, 0, ROLE_TEXT, text); /* where no cell is */
}

struct area area_box(struct area area, enum role role, const char *title)
{
    int right = area.width - 1, bottom = area.height - 1;

    for (int x = 1; x < right; x++) {
        area_put(area, x, 0, GLYPH_HORIZONTAL, role);
        area_put(area, x, bottom, GLYPH_HORIZONTAL, role);
    }
    for (int y = 1; y < bottom; y++) {
        area_put(area, 0, y, GLYPH_VERTICAL, role);
        area_put(area, right, y, GLYPH_VERTICAL, role);
    }
    area_put(area, 0, 0, GLYPH_TOP_LEFT, role);
    area_put(area, right, 0, GLYPH_TOP_RIGHT, role);
    area_put(area, 0, bottom, GLYPH_BOTTOM_LEFT, role);
    area_put(area, right, bottom, GLYPH_BOTTOM_RIGHT, role);
    if (title != NULL && area.width > 6) {
        area_put(area, 2, 0, ' ', role);
        area_put(area, area_cut(area, 3, 0, area.width - 6, ROLE_STRONG, title), 0, ' ', role);
    }
    return area_part(area, 1, 1, area.width - 2, area.height - 2);
}

int area_bar(struct area area, int x, int y, int width, double share, uint32_t fill, enum role role)
{
    double cells = width * fmin(fmax(share, 0), 1);
    int whole = (int)cells;

    for (int i = 0; i < whole; i++)
        area_put(area, x + i, y, fill, role);
    if (cells - whole < 0.5)
        return x + whole;
    area_put(area, x + whole, y, fill == GLYPH_BLOCK ? GLYPH_LEFT_HALF : fill, role);
    return x + whole + 1;
}
