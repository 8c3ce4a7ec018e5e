/* console.c: see console.h. */
#include "view/console.h"

#include "view/glyph.h"

enum { GUTTER = 2, TAB = 8, ESCAPE = 27 };

/* Where the text goes on; it is laid out twice, as it is not known before how many lines it has. */
struct pen {
    struct area area;
    int x, y, gutter;
    bool draws;
    bool fresh;
    bool in_escape; /* a sequence for a terminal, of which nothing is shown */
};

char console_byte(const void *owner, size_t at)
{
    return ((const char *)owner)[at];
}

static void put(struct pen *pen, uint32_t glyph)
{
    if (pen->x >= pen->area.width - pen->gutter) { /* it is broken as a terminal would */
        pen->x = 0;
        pen->y++;
    }
    if (pen->draws) {
        area_put(pen->area, pen->gutter + pen->x, pen->y, glyph,
                 pen->fresh ? ROLE_WARN : ROLE_TEXT);
        if (pen->fresh)
            area_put(pen->area, 0, pen->y, '*', ROLE_WARN);
    }
    pen->x++;
}

static void take_control(struct pen *pen, char byte, bool is_terminal)
{
    if (!is_terminal && byte != '\n' && byte != '\r') {
        put(pen, '.');
        return;
    }
    switch (byte) {
    case '\n':
        pen->x = 0;
        pen->y++;
        break;
    case '\r': pen->x = is_terminal ? 0 : pen->x; break;
    case '\b': pen->x -= pen->x > 0; break;
    case '\t': pen->x += TAB - pen->x % TAB; break;
    case ESCAPE: pen->in_escape = true; break;
    default: break;
    }
}

/* The character at `at`, and how many bytes it has. */
static uint32_t decode(const struct console_text *text, size_t at, size_t *bytes)
{
    char encoded[GLYPH_BYTES + 1] = {0};
    const char *next = encoded;
    uint32_t glyph;

    for (size_t i = 0; i < GLYPH_BYTES && at + i < text->end; i++)
        encoded[i] = text->byte(text->owner, at + i);
    glyph = glyph_decode(&next);
    *bytes = (size_t)(next - encoded);
    return glyph;
}

static void lay_out(struct pen *pen, const struct console_text *text, size_t start)
{
    size_t bytes = 1;

    for (size_t i = start; i < text->end; i += bytes) {
        char byte = text->byte(text->owner, i);

        bytes = 1;
        pen->fresh = text->is_fresh != NULL && text->is_fresh(text->owner, i);
        if (pen->in_escape)
            pen->in_escape =
                byte == '[' || byte == ';' || byte == '?' || (byte >= '0' && byte <= '9');
        else if ((byte >= 0 && byte < ' ') || byte == 127)
            take_control(pen, byte, text->is_terminal);
        else
            put(pen, decode(text, i, &bytes));
    }
}

/* Where the last `lines` lines begin. */
static size_t start_of(const struct console_text *text, int lines)
{
    size_t start = text->end;

    while (start > 0 && (text->byte(text->owner, start - 1) != '\n' || lines-- > 0))
        start--;
    return start;
}

void console_draw(struct area area, const struct console_text *text, int back)
{
    size_t start = start_of(text, area.height + back);
    struct pen pen = {.area = area, .gutter = text->is_fresh != NULL ? GUTTER : 0};
    int lines;

    lay_out(&pen, text, start);
    lines = pen.x > 0 ? pen.y + 1 : pen.y;
    if (back > lines - area.height)
        back = lines > area.height ? lines - area.height : 0;
    pen = (struct pen){.area = area, .gutter = pen.gutter, .draws = true};
    pen.y = lines > area.height ? area.height - lines + back : 0;
    lay_out(&pen, text, start);
}
