/* export.c: see export.h. */
#include "view/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/glyph.h"
#include "view/grid.h"

enum { WIDTH = 100, HEIGHT = 40, SVG_CELL_WIDTH = 8, SVG_CELL_HEIGHT = 17 };

static void put_escaped(FILE *file, uint32_t glyph)
{
    char bytes[GLYPH_BYTES];
    size_t count = glyph_encode(bytes, glyph);

    switch (glyph) {
    case '&': fputs("&amp;", file); break;
    case '<': fputs("&lt;", file); break;
    case '>': fputs("&gt;", file); break;
    default: fwrite(bytes, 1, count, file); break;
    }
}

/* Cells of one look, from x on; the column behind. */
static int write_run(FILE *file, const struct grid_cell *row, int x, int y, int width,
                     enum theme theme)
{
    int end = x;

    while (end < width && row[end].fore == row[x].fore && row[end].back == row[x].back)
        end++;
    if (row[x].back != ROLE_BACK)
        fprintf(file, "<rect x='%d' y='%d' width='%d' height='%d' fill='#%06x'/>\n",
                x * SVG_CELL_WIDTH, y * SVG_CELL_HEIGHT, (end - x) * SVG_CELL_WIDTH,
                SVG_CELL_HEIGHT, palette_colour(theme, (enum role)row[x].back));
    fprintf(file, "<text x='%d' y='%d' textLength='%d' fill='#%06x'%s>", x * SVG_CELL_WIDTH,
            y * SVG_CELL_HEIGHT + 13, (end - x) * SVG_CELL_WIDTH,
            palette_colour(theme, (enum role)row[x].fore),
            row[x].fore == ROLE_STRUCK ? " text-decoration='line-through'" : "");
    for (int i = x; i < end; i++)
        put_escaped(file, row[i].glyph);
    fputs("</text>\n", file);
    return end;
}

/* The provenance as XML: what was typed may hold any bytes. */
static void write_description(FILE *file, const struct scene *scene)
{
    char *text = NULL;
    size_t size;
    FILE *lines = open_memstream(&text, &size);

    if (lines == NULL)
        err_die_oom();
    scene->ops->provenance(scene->owner, lines, "");
    fclose(lines);
    for (const char *at = text; *at != '\0';) {
        if (*at == '\n')
            fputc(*at++, file);
        else
            put_escaped(file, glyph_decode(&at));
    }
    free(text);
}

static void write_svg(FILE *file, const struct grid *grid, const struct scene *scene)
{
    enum theme theme = scene->theme;
    int width = grid->width * SVG_CELL_WIDTH, height = grid->height * SVG_CELL_HEIGHT;

    fprintf(file,
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' "
            "font-family='monospace' font-size='13' xml:space='preserve'>\n<desc>\n",
            width, height);
    write_description(file, scene);
    fprintf(file, "</desc>\n<rect width='%d' height='%d' fill='#%06x'/>\n", width, height,
            palette_colour(theme, ROLE_BACK));
    for (int y = 0; y < grid->height; y++) {
        const struct grid_cell *row = grid->cells + (size_t)y * (size_t)grid->width;

        for (int x = 0; x < grid->width;)
            x = write_run(file, row, x, y, grid->width, theme);
    }
    fputs("</svg>\n", file);
}

int export_pane(const struct scene *scene, unsigned pane, const char *path, struct err *err)
{
    const char *suffix = strrchr(path, '.');
    struct grid grid;
    FILE *file;
    int failed;

    if (path[0] == '\0')
        return err_set(err, "export needs a FILE, .svg or .txt");
    file = fopen(path, "we");
    if (file == NULL)
        return err_sys(err, errno, "cannot write %s", path);
    grid_init(&grid, WIDTH, HEIGHT);
    scene->ops->draw_pane(scene->owner, area_whole(&grid), pane);
    if (suffix != NULL && strcmp(suffix, ".svg") == 0) {
        write_svg(file, &grid, scene);
    } else {
        grid_print(file, &grid, false);
        scene->ops->provenance(scene->owner, file, "# ");
    }
    grid_fini(&grid);
    failed = ferror(file) != 0;
    failed |= fclose(file) != 0;
    return failed ? err_sys(err, errno, "cannot write %s", path) : 0;
}

static bool is_blank(const struct grid_cell *row, int width)
{
    for (int x = 0; x < width; x++) {
        if (row[x].glyph != ' ')
            return false;
    }
    return true;
}

void export_lines(FILE *file, const struct scene *scene, unsigned pane, int lines, bool ascii)
{
    struct grid framed, told;
    char title[96];

    scene->ops->title(scene->owner, pane, WIDTH, title, sizeof title);
    grid_init(&framed, WIDTH, lines + 2);
    grid_init(&told, WIDTH - 2, lines + 1);
    scene->ops->draw_pane(scene->owner, area_whole(&framed), pane);
    area_print(area_whole(&told), 2, 0, ROLE_TEXT, "%s:", title);
    for (int y = 1; y <= lines; y++)
        memcpy(told.cells + y * told.width, framed.cells + y * framed.width + 1,
               (size_t)told.width * sizeof *told.cells);
    while (is_blank(told.cells + (told.height - 1) * told.width, told.width))
        told.height--;
    grid_print(file, &told, ascii);
    grid_fini(&told);
    grid_fini(&framed);
}
