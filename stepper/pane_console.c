/* pane_console.c: the run's console: all that was written up to here, and what the last move has
 * added; see run.h. */
#include "stepper/run.h"
#include "view/glyph.h"

enum { GUTTER = 2, TAB = 8, ESCAPE = 27 };

/* Where the text goes on; it is laid out twice, as it is not known before how many lines it has. */
struct pen {
    struct area area;
    int x, y;
    bool draws;
    enum role role;
    bool in_escape; /* a sequence for a terminal, of which nothing is shown */
};

static void put(struct pen *pen, uint32_t glyph)
{
    if (pen->x >= pen->area.width - GUTTER) { /* it is broken as a terminal would */
        pen->x = 0;
        pen->y++;
    }
    if (pen->draws) {
        area_put(pen->area, GUTTER + pen->x, pen->y, glyph, pen->role);
        if (pen->role == ROLE_WARN)
            area_put(pen->area, 0, pen->y, '*', pen->role);
    }
    pen->x++;
}

static void take_control(struct pen *pen, char byte)
{
    switch (byte) {
    case '\n':
        pen->x = 0;
        pen->y++;
        break;
    case '\r': pen->x = 0; break;
    case '\b': pen->x -= pen->x > 0; break;
    case '\t': pen->x += TAB - pen->x % TAB; break;
    case ESCAPE: pen->in_escape = true; break;
    default: break;
    }
}

/* The character there, and how many bytes it has. */
static uint32_t decode(const struct written *written, size_t count, size_t *bytes)
{
    char text[GLYPH_BYTES + 1] = {0};
    const char *at = text;
    uint32_t glyph;

    for (size_t i = 0; i < GLYPH_BYTES && i < count; i++)
        text[i] = written[i].byte;
    glyph = glyph_decode(&at);
    *bytes = (size_t)(at - text);
    return glyph;
}

static void lay_out(struct pen *pen, const struct stepper *stepper, size_t start, size_t end)
{
    const struct written *written = stepper->step->written;
    size_t bytes = 1;

    for (size_t i = start; i < end; i += bytes) {
        char byte = written[i].byte;

        bytes = 1;
        pen->role = is_fresh_output(stepper, &written[i]) ? ROLE_WARN : ROLE_TEXT;
        if (pen->in_escape)
            pen->in_escape =
                byte == '[' || byte == ';' || byte == '?' || (byte >= '0' && byte <= '9');
        else if ((byte >= 0 && byte < ' ') || byte == 127)
            take_control(pen, byte);
        else
            put(pen, decode(&written[i], end - i, &bytes));
    }
}

/* Where the last `lines` lines begin. */
static size_t start_of(const struct written *written, size_t end, int lines)
{
    size_t start = end;

    while (start > 0 && (written[start - 1].byte != '\n' || lines-- > 0))
        start--;
    return start;
}

void run_console_draw(struct area area, const struct stepper *stepper)
{
    const struct step *step = stepper->step;
    int back = -stepper->scene.scroll[RUN_CONSOLE]; /* lines into the past */
    size_t end = output_end(step), start = start_of(step->written, end, area.height + back);
    struct pen pen = {.area = area};
    int lines;

    if (end == 0) {
        area_wrap(area, 0, ROLE_DIM, "Nothing has been written to the console so far.");
        return;
    }
    lay_out(&pen, stepper, start, end);
    lines = pen.x > 0 ? pen.y + 1 : pen.y;
    if (back > lines - area.height)
        back = lines > area.height ? lines - area.height : 0;
    pen = (struct pen){.area = area, .draws = true};
    pen.y = lines > area.height ? area.height - lines + back : 0;
    lay_out(&pen, stepper, start, end);
}
