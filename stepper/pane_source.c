/*
 * pane_source.c: the program's source, around the line that the lit instruction was made of; see
 * panes.h.
 *
 *     ▶ c  42    break;        the letter of the first instruction of the block that is of the line
 */
#include <stdio.h>
#include <string.h>

#include "stepper/panes.h"
#include "view/glyph.h"

enum { NUMBER_X = 4, TEXT_X = 8, SPACIOUS = 70, SENTENCE = 400 };

/* The line of one of the block's instructions. */
static bool line_of(const struct stepper *stepper, unsigned insn, struct listing_line *line)
{
    const struct ir_block *lifted = block_text_lifted(&stepper->block);

    return lifted != NULL && insn < lifted->insn_count &&
           listing_find(stepper->step->listing, stepper->block.programs, lifted->insns[insn].pc,
                        line);
}

static bool is_at(const struct line_place *place, const char *file, unsigned line)
{
    return place->line == line && strcmp(place->file, file) == 0;
}

/* The first instruction of the block that is of this line; -1: none. */
static int first_of(const struct stepper *stepper, const char *file, unsigned line)
{
    const struct ir_block *lifted = block_text_lifted(&stepper->block);
    struct listing_line found;

    for (unsigned i = 0; lifted != NULL && i < lifted->insn_count; i++) {
        if (line_of(stepper, i, &found) && is_at(&found.place, file, line))
            return (int)i;
    }
    return -1;
}

static unsigned count_of(const struct stepper *stepper, const char *file)
{
    return listing_count(stepper->step->listing, stepper->block.programs, file);
}

static const char *text_of(const struct stepper *stepper, const char *file, unsigned line)
{
    return listing_text(stepper->step->listing, stepper->block.programs, file, line);
}

/* The first line that is shown, from 1: the lit one is in the middle. */
static unsigned top_of(const struct stepper *stepper, unsigned line, unsigned count, int height)
{
    int top = (int)line - height / 2 + stepper->scene.scroll[PANE_SOURCE];

    if (top + height > (int)count + 1)
        top = (int)count + 1 - height;
    return top < 1 ? 1 : (unsigned)top;
}

/* Blanks that all of these lines begin with are not worth the room. */
static size_t indentation(const struct stepper *stepper, const char *file, unsigned top, int height)
{
    size_t least = SIZE_MAX;

    for (unsigned line = top; line < top + (unsigned)height; line++) {
        const char *text = text_of(stepper, file, line);
        size_t blanks = text != NULL ? strspn(text, " ") : 0;

        if (text != NULL && text[blanks] != '\0' && blanks < least)
            least = blanks;
    }
    return least == SIZE_MAX ? 0 : least;
}

/* Blanks within a line are not worth it either, where there is little; but those before it are. */
static void draw_text(struct area area, int y, enum role role, const char *text)
{
    size_t used = strspn(text, " "), most;
    char line[200];

    most = area.width > SPACIOUS ? used : (used + 3) / 4; /* a blank for each indentation */
    if (most > sizeof line - 1)
        most = sizeof line - 1;
    memset(line, ' ', most);
    for (text += used, used = most; *text != '\0' && used + 1 < sizeof line; text++) {
        if (area.width > SPACIOUS || *text != ' ' || text[-1] != ' ')
            line[used++] = *text;
    }
    line[used] = '\0';
    area_cut(area, TEXT_X, y, area.width - TEXT_X, role, line);
}

static void draw_line(struct area area, int y, const struct stepper *stepper,
                      const struct line_place *at, const char *text, bool lit, bool next)
{
    int insn = lit ? (int)stepper->look.selected : first_of(stepper, at->file, at->line);
    enum role role = lit ? ROLE_STRONG : ROLE_TEXT;

    if (lit)
        area_ground(area, 0, y, area.width, ROLE_BAND);
    if (next)
        area_put(area, 0, y, GLYPH_TRIANGLE, ROLE_STRONG);
    if (insn >= 0) {
        area_put(area, 2, y, (unsigned char)insn_letter((unsigned)insn), lit ? role : ROLE_DIM);
        if (lit) {
            area_put(area, 1, y, '[', role);
            area_put(area, 3, y, ']', role);
        }
    }
    area_print(area, NUMBER_X, y, lit ? role : ROLE_DIM, "%3u", at->line);
    draw_text(area, y, role, text);
}

/* Why there is no line to be shown. */
static void say_why(struct area area, const struct stepper *stepper)
{
    const char *why = listing_why(stepper->step->listing);
    char text[SENTENCE];

    if (why[0] != '\0')
        snprintf(text, sizeof text, "No source: %.300s", why);
    else
        snprintf(text, sizeof text, "No line of source is known for this instruction.");
    area_wrap(area, 0, ROLE_DIM, text);
}

void pane_source_draw(struct area area, const struct stepper *stepper)
{
    struct listing_line lit, next = {.place = {"", 0}};
    const char *file;
    unsigned count, top;
    size_t indent;

    if (!line_of(stepper, stepper->look.selected, &lit)) {
        say_why(area, stepper);
        return;
    }
    line_of(stepper, step_done_in_block(stepper->step), &next);
    file = lit.place.file;
    count = count_of(stepper, file);
    if (count == 0) {
        char text[SENTENCE];

        snprintf(text, sizeof text, "%.120s:%u. %.250s", file, lit.place.line, lit.note);
        area_wrap(area, 0, ROLE_DIM, text);
        return;
    }
    top = top_of(stepper, lit.place.line, count, area.height);
    indent = indentation(stepper, file, top, area.height);
    for (int y = 0; y < area.height && top + (unsigned)y <= count; y++) {
        const struct line_place at = {file, top + (unsigned)y};
        const char *text = text_of(stepper, file, at.line);

        draw_line(area, y, stepper, &at, strlen(text) > indent ? text + indent : "",
                  at.line == lit.place.line, is_at(&next.place, file, at.line));
    }
}

int source_insn_at(const struct stepper *stepper, int height, int y)
{
    struct listing_line lit;
    unsigned top;

    if (!line_of(stepper, stepper->look.selected, &lit))
        return -1;
    top = top_of(stepper, lit.place.line, count_of(stepper, lit.place.file), height);
    return first_of(stepper, lit.place.file, top + (unsigned)y);
}

void source_remark(const struct stepper *stepper, char *text, size_t size)
{
    struct listing_line lit;
    const char *name;

    text[0] = '\0';
    if (!line_of(stepper, stepper->look.selected, &lit))
        return;
    name = strrchr(lit.place.file, '/');
    snprintf(text, size, " %.40s", name != NULL ? name + 1 : lit.place.file);
}
