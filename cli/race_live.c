/*
 * race_live.c: the screen while a race is measured; see race.h.
 *
 *     a native        o * * > . .      61,498 events/s
 *
 * Each run is a mark: the one to warm up is hollow, as its number is dropped. No ratio is shown: it
 * would be one of few runs, and change with each.
 */
#include "cli/race.h"
#include "cli/race_view.h"
#include "cli/report.h"
#include "cli/text.h"
#include "view/glyph.h"

#define NAME_X     2
#define NAME_WIDTH 15
#define MARKS_X    (NAME_X + NAME_WIDTH + 1)
#define VALUE      24
#define LINE_SIZE  1024

/* The last sample of the first measure that has one. */
static void draw_value(struct area inside, int y, const struct race_contest *contest,
                       const struct race_entrant *entrant)
{
    for (size_t i = 0; i < contest->program->metric_count; i++) {
        const struct race_cell *cell = &entrant->cells[i];
        char number[TEXT_SIZE], line[LINE_SIZE];

        if (cell->count == 0)
            continue;
        snprintf(line, sizeof line, "%s %.12s", text_number(number, cell->samples[cell->count - 1]),
                 cell->unit);
        area_right(inside, inside.width, y, ROLE_TEXT, line);
        return;
    }
}

static void draw_marks(struct area inside, int y, const struct race *race, unsigned round,
                       bool running, unsigned done)
{
    for (unsigned i = 0; i <= race->runs && MARKS_X + 2 * (int)i < inside.width - VALUE; i++) {
        uint32_t mark = i < done                ? (i == 0 ? GLYPH_CIRCLE : GLYPH_DISC)
                        : running && i == round ? GLYPH_TRIANGLE
                                                : GLYPH_DOT;

        area_put(inside, MARKS_X + 2 * (int)i, y, mark, i < done || running ? ROLE_TEXT : ROLE_DIM);
    }
}

static void draw_entrant(struct area inside, int y, const struct race *race,
                         const struct race_contest *contest, size_t index, size_t running,
                         unsigned round)
{
    const struct race_entrant *entrant = &contest->entrants[index];
    struct race_texture texture = race_texture(entrant->way->name);
    char line[LINE_SIZE];

    area_put(inside, 0, y, (unsigned char)race_letter(index), texture.role);
    area_cut(inside, NAME_X, y, NAME_WIDTH, index == running ? ROLE_STRONG : ROLE_TEXT,
             entrant->lane->variant[0] == '\0' ? entrant->lane->name : entrant->lane->variant);
    if (entrant->status == RESULT_OK) {
        draw_marks(inside, y, race, round, index == running, entrant->turns);
        draw_value(inside, y, contest, entrant);
        return;
    }
    for (int x = MARKS_X; x < inside.width; x++)
        area_put(inside, x, y, GLYPH_FALLING, ROLE_FRAME);
    snprintf(line, sizeof line, " %s: %s ", result_status_names[entrant->status], entrant->reason);
    area_cut(inside, MARKS_X + 2, y, inside.width - MARKS_X - 3, ROLE_DIM, line);
}

/* "prime --max-prime 1000" of the words that are run. */
static void write_command(char *line, size_t size, const struct race_contest *contest)
{
    size_t used = (size_t)snprintf(line, size, "%s", contest->located.name);

    for (size_t i = 1; i < contest->words.we_wordc && used < size; i++)
        used += (size_t)snprintf(line + used, size - used, " %s", contest->words.we_wordv[i]);
}

/* The other programs of the race. */
static void draw_programs(struct area area, const struct race *race, size_t running)
{
    struct area inside;

    if (area.height < 3)
        return;
    inside = area_box(area, ROLE_FRAME, "PROGRAMS");
    for (size_t i = 0; i < race->contest_count; i++) {
        char line[LINE_SIZE];

        write_command(line, sizeof line, &race->contests[i]);
        area_text(inside, 0, (int)i, ROLE_TEXT,
                  i < running    ? "done"
                  : i == running ? "now"
                                 : "to come");
        area_cut(inside, 9, (int)i, inside.width - 9, i == running ? ROLE_STRONG : ROLE_DIM, line);
    }
}

void race_live_draw(struct grid *grid, const struct race *race, size_t contest, size_t entrant,
                    unsigned round, const char *left)
{
    static const char badge[] = " LIVE ";
    const struct race_contest *now = &race->contests[contest];
    struct area all = area_whole(grid), inside;
    int x = all.width - (int)sizeof badge + 1, lanes = (int)now->entrant_count + 2;
    const struct race_lane *lane = now->entrants[entrant].lane;
    char command[LINE_SIZE], what[64];

    grid_clear(grid);
    write_command(command, sizeof command, now);
    area_cut(all, 0, 0, x - 1, ROLE_STRONG, "trivium race · measuring, one way after the other");
    area_text(all, x, 0, ROLE_BADGE, badge);
    area_ground(all, x, 0, (int)sizeof badge - 1, ROLE_LIVE);
    snprintf(what, sizeof what, round == 0 ? "to warm up" : "run %u of %u", round, race->runs);
    area_print(all, 0, 1, ROLE_DIM, "%.40s on %s%s%s: %s%s", now->located.name, lane->name,
               lane->variant[0] == '\0' ? "" : " ", lane->variant, what, left);
    inside = area_box(area_part(all, 0, 2, all.width, lanes), ROLE_FRAME, command);
    for (size_t i = 0; i < now->entrant_count; i++)
        draw_entrant(inside, (int)i, race, now, i, entrant, round);
    draw_programs(area_part(all, 0, 2 + lanes, all.width, all.height - lanes - 3), race, contest);
    area_cut(all, 0, all.height - 1, all.width, ROLE_DIM,
             "Ctrl-C ends it; what was measured is kept. The replay comes when all is measured.");
}
