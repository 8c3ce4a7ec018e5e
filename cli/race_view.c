/* race_view.c: the whole screen of a race: its head, its panels, its foot; see race_view.h. */
#include "cli/race_view.h"

#include <stdlib.h>
#include <string.h>

#include "cli/report.h"
#include "cli/text.h"
#include "view/glyph.h"

#define WIDTH_LEAST  60
#define HEIGHT_LEAST 16
#define HEAD         2
#define FOOT         3
#define NOTES_LEAST  5
#define NOTES_WANTED 8
#define LINE_SIZE    1536

struct race_texture race_texture(const char *way)
{
    /* From what is nearest to the hardware to what is farthest: thinner and thinner. */
    static const struct {
        const char *way;
        struct race_texture texture;
    } known[] = {
        {"native", {GLYPH_BLOCK, ROLE_LANE}},
        {"container", {GLYPH_SHADE_DARK, ROLE_LANE + 1}},
        {"kvm", {GLYPH_SHADE, ROLE_LANE + 2}},
        {"dbt", {GLYPH_DOUBLE, ROLE_LANE + 3}},
        {"threaded", {GLYPH_HEAVY, ROLE_LANE + 4}},
        {"interp", {GLYPH_HORIZONTAL, ROLE_LANE + 6}},
        {"interp-no-tlb", {GLYPH_DASHED, ROLE_LANE + 7}},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].way, way) == 0)
            return known[i].texture;
    }
    return (struct race_texture){'x', ROLE_LANE + 5};
}

char race_letter(size_t lane)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz.";

    return letters[lane < sizeof letters - 1 ? lane : sizeof letters - 2];
}

size_t race_view_scenes(const struct result *result)
{
    size_t count = 1;

    for (size_t first = 0; first < result->row_count; first = report_measure_end(result, first))
        count++;
    return count;
}

/* The rows of the look's scene; of the ladder, all. */
static struct race_scene scene_of(const struct result *result, const struct race_look *look)
{
    size_t first = 0;

    if (look->scene + 1 >= race_view_scenes(result))
        return (struct race_scene){.result = result, .end = result->row_count, .look = look};
    for (size_t i = 0; i < look->scene; i++)
        first = report_measure_end(result, first);
    return (struct race_scene){
        .result = result,
        .first = first,
        .end = report_measure_end(result, first),
        .look = look,
    };
}

static void draw_badge(struct area head)
{
    static const char badge[] = " REPLAY ";
    int x = head.width - (int)strlen(badge);

    area_text(head, x, 0, ROLE_BADGE, badge);
    area_ground(head, x, 0, (int)strlen(badge), ROLE_REPLAY);
}

/* What is measured; in the ladder that is all. */
static void draw_title(struct area head, const struct result_row *row)
{
    char command[REPORT_COMMAND], line[LINE_SIZE];

    if (row == NULL)
        snprintf(line, sizeof line, "trivium race · the ladder: every way over all measures");
    else
        snprintf(line, sizeof line, "trivium race · %.400s%s%.40s", report_command(command, row),
                 row->measure == NULL ? "" : " · ", row->measure == NULL ? "" : row->measure);
    area_cut(head, 0, 0, head.width - 10, ROLE_STRONG, line);
}

/* In which unit and how often; when, where there is room for it. */
static void draw_terms(struct area head, const struct result *result, const struct result_row *row)
{
    char unit[96] = "", started[96] = "", line[LINE_SIZE];

    if (row != NULL && row->unit != NULL)
        snprintf(unit, sizeof unit, "%.40s, %s is better · ", row->unit,
                 row->more ? "more" : "less");
    if (head.width >= 100 && result->started != NULL)
        snprintf(started, sizeof started, " · %.20s", result->started);
    snprintf(line, sizeof line, "%s%zu run%s each, in turns%s%s%s", unit, result->runs,
             result->runs == 1 ? "" : "s", result->interrupted ? ", interrupted" : "",
             result->noisy ? " · noisy host" : "", started);
    area_cut(head, 0, 1, head.width, ROLE_DIM, line);
}

static void draw_head(struct area head, const struct race_scene *scene, bool ladder)
{
    const struct result_row *row = ladder ? NULL : &scene->result->rows[scene->first];

    draw_title(head, row);
    draw_badge(head);
    draw_terms(head, scene->result, row);
}

/* The quickest and the slowest row on the first one's kernel; false: fewer than two have a number.
 */
static bool find_ends(const struct race_scene *scene, size_t *quickest, size_t *slowest)
{
    const struct result_row *rows = scene->result->rows;
    size_t count = 0;

    for (size_t i = scene->first; i < scene->end; i++) {
        double middle = rows[i].summary.median;

        if (rows[i].used == 0 || !(middle > 0) || rows[i].status != RESULT_OK ||
            rows[i].different_kernel != rows[scene->first].different_kernel)
            continue;
        if (count == 0 || (middle > rows[*quickest].summary.median) == rows[i].more)
            *quickest = i;
        if (count == 0 || (middle < rows[*slowest].summary.median) == rows[i].more)
            *slowest = i;
        count++;
    }
    return count > 1 && *quickest != *slowest;
}

/* One sentence: where the race stands. */
static void draw_status(struct area line, const struct race_scene *scene, bool ladder)
{
    const struct result_row *rows = scene->result->rows;
    double share = (double)scene->look->frame / RACE_FRAMES, ratio;
    size_t quickest = 0, slowest = 0;
    char fast[RESULT_NAME], slow[RESULT_NAME], factor[TEXT_SIZE], text[LINE_SIZE];

    if (ladder) {
        area_cut(line, 0, 0, line.width, ROLE_TEXT,
                 "A digit is a measure, its place the slowdown.");
        return;
    }
    if (!find_ends(scene, &quickest, &slowest)) {
        area_cut(line, 0, 0, line.width, ROLE_TEXT,
                 "Fewer than two ways have a number: nothing to compare.");
        return;
    }
    ratio = rows[quickest].summary.median / rows[slowest].summary.median;
    if (ratio < 1)
        ratio = 1 / ratio;
    snprintf(text, sizeof text, "%.30s has done %.0f %% of its second, %.30s %.2g %% of that: %s.",
             result_way(fast, &rows[quickest]), share * 100, result_way(slow, &rows[slowest]),
             share / ratio * 100, text_ratio(factor, ratio));
    area_cut(line, 0, 0, line.width, ROLE_TEXT, text);
}

static void draw_timeline(struct area line, const struct race_scene *scene, bool ladder)
{
    size_t scenes = race_view_scenes(scene->result);
    char text[96];
    int width, x;

    snprintf(text, sizeof text, " frame %u of %d · scene %zu of %zu", scene->look->frame,
             RACE_FRAMES, scene->look->scene + 1, scenes);
    width = line.width - text_columns(text) - 2;
    if (ladder)
        snprintf(text, sizeof text, " scene %zu of %zu", scene->look->scene + 1, scenes);
    area_text(line, width + 2, 0, ROLE_DIM, text);
    area_put(line, 0, 0, GLYPH_TEE_RIGHT, ROLE_FRAME);
    for (int i = 1; i <= width; i++)
        area_put(line, i, 0, GLYPH_HORIZONTAL, ROLE_FRAME);
    area_put(line, width + 1, 0, GLYPH_TEE_LEFT, ROLE_FRAME);
    x = ladder ? width : 1 + (int)((unsigned)(width - 1) * scene->look->frame / RACE_FRAMES);
    area_put(line, x, 0, GLYPH_DISC, ROLE_STRONG);
}

static void draw_foot(struct area foot, const struct race_scene *scene, bool ladder)
{
    draw_status(area_part(foot, 0, 0, foot.width, 1), scene, ladder);
    draw_timeline(area_part(foot, 0, 1, foot.width, 1), scene, ladder);
    area_cut(foot, 0, 2, foot.width, ROLE_DIM,
             scene->look->playing
                 ? "space pause  ←→ frame  n p scene  ↑↓ lanes  t theme  h help  q quit"
                 : "space play  ←→ frame  n p scene  ↑↓ lanes  t theme  h help  q quit");
}

/* Reasons, steps in the host's speed: what would not fit beside a lane. */
static void draw_notes(struct area area, const struct race_scene *scene)
{
    const struct result *result = scene->result;
    struct area inside;
    char line[LINE_SIZE], way[RESULT_NAME], step[REPORT_COMMAND];
    int y = 0;

    if (area.height == 0)
        return;
    inside = area_box(area, ROLE_FRAME, "3 NOTES");
    for (size_t i = scene->first; i < scene->end; i++) {
        const struct result_row *row = &result->rows[i];

        if (row->status == RESULT_OK)
            continue;
        snprintf(line, sizeof line, "%c %.40s: %s: %s", race_letter(i - scene->first),
                 result_way(way, row), result_status_names[row->status],
                 row->reason == NULL ? "" : row->reason);
        y = area_wrap(inside, y, ROLE_TEXT, line);
    }
    for (size_t i = 0; i < result->step_count; i++) {
        snprintf(line, sizeof line, "drift: %s", report_step(step, result, i));
        y = area_wrap(inside, y, ROLE_WARN, line);
    }
    area_wrap(
        inside, y, ROLE_DIM,
        "A bar ends at the median, its pale end goes from the slowest run to the quickest. In "
        "the strip a letter is the median, the bracket the 95 % bootstrap interval of the "
        "slowdown, dots are single runs. Bars with strokes / are on another kernel: other "
        "work behind the system calls. * is a ratio between two kernels.");
}

/* Bars of two lines where there is room for all else; a strip with a line for each lane, or what is
 * left; the notes, if that is not too little. */
static void draw_scene(struct area middle, struct race_scene *scene)
{
    int strip = race_strip_height(scene), lanes, notes, least = NOTES_LEAST;

    scene->bar_lines = 2;
    if (race_lanes_height(scene) + strip + NOTES_WANTED > middle.height)
        scene->bar_lines = 1;
    lanes = race_lanes_height(scene);
    if (lanes > middle.height - RACE_STRIP_LEAST)
        lanes = middle.height - RACE_STRIP_LEAST;
    notes = middle.height - lanes - strip;
    for (size_t i = scene->first; i < scene->end; i++) {
        if (scene->result->rows[i].status != RESULT_OK)
            least = 3; /* a reason comes before all else */
    }
    if (notes < least)
        notes = middle.height - lanes - RACE_STRIP_LEAST;
    if (notes < least)
        notes = 0;
    strip = middle.height - lanes - notes;
    race_lanes_draw(area_part(middle, 0, 0, middle.width, lanes), scene);
    race_strip_draw(area_part(middle, 0, lanes, middle.width, strip), scene);
    draw_notes(area_part(middle, 0, lanes + strip, middle.width, notes), scene);
}

static void draw_help(struct area middle)
{
    static const char *const lines[] = {
        "space     play, or pause",
        "← →       a frame back, forward",
        "home end  to the first frame, the last one",
        "n p       to the next scene, the previous one; the last is the ladder",
        "↑ ↓       other lanes, where not all have room",
        "t         light or dark",
        "+ -       larger or smaller letters, in a window",
        "h         this, and back",
        "q         quit",
        "",
        "Measured was before. The replay lets each way do, in the same second, what its",
        "median says. A hatched lane is one that has no number, and says why.",
    };
    struct area inside = area_box(middle, ROLE_FRAME, "HELP");

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        area_text(inside, 1, (int)i, ROLE_TEXT, lines[i]);
}

void race_view_draw(struct grid *grid, const struct result *result, const struct race_look *look)
{
    struct area all = area_whole(grid), middle;
    struct race_scene scene = scene_of(result, look);
    bool ladder = look->scene + 1 >= race_view_scenes(result);

    grid_clear(grid);
    if (all.width < WIDTH_LEAST || all.height < HEIGHT_LEAST) {
        char line[128];

        snprintf(line, sizeof line, "This view needs %d columns and %d lines; here are %d and %d.",
                 WIDTH_LEAST, HEIGHT_LEAST, all.width, all.height);
        area_wrap(all, 0, ROLE_TEXT, line);
        return;
    }
    middle = area_part(all, 0, HEAD, all.width, all.height - HEAD - FOOT);
    draw_head(area_part(all, 0, 0, all.width, HEAD), &scene, ladder);
    if (look->help)
        draw_help(middle);
    else if (ladder)
        race_ladder_draw(middle, &scene);
    else
        draw_scene(middle, &scene);
    draw_foot(area_part(all, 0, all.height - FOOT, all.width, FOOT), &scene, ladder);
}
