/* cast.c: see cast.h. */
#include "view/cast.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "view/paint.h"

void cast_init(struct cast *cast, FILE *file)
{
    *cast = (struct cast){.file = file};
    grid_init(&cast->shown, 1, 1);
}

void cast_fini(struct cast *cast)
{
    grid_fini(&cast->shown);
}

/* As a string of JSON; all that is written is UTF-8 and a few control characters. */
static void put_string(FILE *file, const char *bytes, size_t size)
{
    fputc('"', file);
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)bytes[i];

        if (byte < ' ')
            fprintf(file, "\\u%04x", byte);
        else if (byte == '"' || byte == '\\')
            fprintf(file, "\\%c", byte);
        else
            fputc(byte, file);
    }
    fputc('"', file);
}

void cast_frame(struct cast *cast, const struct grid *grid, enum theme theme, double seconds)
{
    const struct paint_style style = {.colours = PAINT_TRUE, .theme = theme};
    bool all = !cast->begun || theme != cast->theme;
    char *bytes = NULL;
    size_t size;
    FILE *file = open_memstream(&bytes, &size);

    if (file == NULL)
        err_die_oom();
    if (!cast->begun) {
        fprintf(cast->file, "{\"version\": 2, \"width\": %d, \"height\": %d}\n", grid->width,
                grid->height);
        cast->start = seconds;
        fputs("\033[?25l", file);
    }
    if (paint(file, all ? NULL : &cast->shown, grid, &style) > 0 || all) {
        fclose(file);
        fprintf(cast->file, "[%.3f, \"o\", ", seconds - cast->start);
        put_string(cast->file, bytes, size);
        fputs("]\n", cast->file);
    } else {
        fclose(file);
    }
    free(bytes);
    if (cast->shown.width != grid->width || cast->shown.height != grid->height)
        grid_resize(&cast->shown, grid->width, grid->height);
    memcpy(cast->shown.cells, grid->cells,
           (size_t)grid->width * (size_t)grid->height * sizeof *grid->cells);
    cast->begun = true;
    cast->theme = theme;
}
