/*
 * race_lanes.c: the two panels of a scene; see race_view.h.
 *
 *     +- 1 WORK DONE in the same time ------------------------------------+
 *     | a native        ################              25,514    x1.00     |
 *     | b dbt --user    ======                        13,201    x1.9      |
 *     |   on another kernel, Trivium's own: other work; against kvm       |
 *     | c kvm           %%/%%/%%/%%/%                 24,000    x1.00     |
 *     +-------------------------------------------------------------------+
 *     +- 2 SLOWDOWN ------------------------------------------------------+
 *     | a               a
 *     | b                       |-b-|
 *     |                 +-------+-------+----------------+
 *                       1       2       5                10
 */
#include <math.h>
#include <string.h>

#include "cli/race_view.h"
#include "cli/report.h"
#include "cli/text.h"
#include "view/glyph.h"

#define NAME_X     2
#define NAME_WIDTH 15
#define BAR_X      (NAME_X + NAME_WIDTH + 1)
#define AMOUNT     10
#define RATIO      9
#define INTERVAL   13
#define NATIVE     9
#define LINE_SIZE  1536

/* The columns of the first panel; each number's is the one behind it. */
struct columns {
    int bar_end, amount, ratio, interval, native;
};

static struct columns columns_of(struct area inside)
{
    bool wide = inside.width >= 100;
    int native = inside.width, interval = native - (wide ? NATIVE : 0);
    int ratio = interval - (wide ? INTERVAL : 0), amount = ratio - RATIO;

    return (struct columns){
        .bar_end = amount - AMOUNT - 1,
        .amount = amount,
        .ratio = ratio,
        .interval = wide ? interval : 0,
        .native = wide ? native : 0,
    };
}

/* Work in a second: the unit's own, or how often it is done. */
static double rate_of(const struct result_row *row, double sample)
{
    if (!(sample > 0))
        return 0;
    return row->more ? sample : 1 / sample;
}

static bool has_number(const struct result_row *row)
{
    return row->used > 0 && row->summary.median > 0;
}

/* The quickest single run: the end of the axis. */
static double top_rate(const struct race_scene *scene)
{
    double top = 0;

    for (size_t i = scene->first; i < scene->end; i++) {
        const struct result_row *row = &scene->result->rows[i];

        if (has_number(row))
            top = fmax(top, rate_of(row, row->more ? row->summary.max : row->summary.min));
    }
    return top;
}

/* The median of the quickest lane: what 100 % is. */
static double best_rate(const struct race_scene *scene)
{
    double best = 0;

    for (size_t i = scene->first; i < scene->end; i++) {
        const struct result_row *row = &scene->result->rows[i];

        if (has_number(row))
            best = fmax(best, rate_of(row, row->summary.median));
    }
    return best;
}

/* A lane that has no number: hatched, with the reason. */
static void draw_hatched(struct area inside, int y, int lines, const struct result_row *row)
{
    char line[LINE_SIZE];
    int end;

    area_fill(area_part(inside, BAR_X, y, inside.width - BAR_X, lines), GLYPH_FALLING, ROLE_FRAME);
    if (row->status == RESULT_OK)
        snprintf(line, sizeof line, " no number%s ",
                 row->count > 0 ? ": its runs lie on the other side of a step" : "");
    else
        snprintf(line, sizeof line, " %s: %s ",
                 row->status == RESULT_WRONG ? "WRONG" : result_status_names[row->status],
                 row->reason == NULL ? "" : row->reason);
    end = inside.width - BAR_X - 3;
    area_cut(inside, BAR_X + 2, y, end, row->status == RESULT_UNAVAILABLE ? ROLE_DIM : ROLE_BAD,
             line);
}

/* The bar: up to the slowest run in the way's own pattern, from there to the quickest one pale, the
 * median between. Strokes say that it is on another kernel. */
static void draw_bar(struct area inside, int y, int width, const struct result_row *row,
                     double scale)
{
    struct race_texture texture = race_texture(row->way);
    double least = rate_of(row, row->more ? row->summary.min : row->summary.max) * scale;
    double middle = rate_of(row, row->summary.median) * scale;
    double most = rate_of(row, row->more ? row->summary.max : row->summary.min) * scale;
    int low = (int)(least * width), high = (int)(most * width);
    int end =
        area_bar(inside, BAR_X, y, width, low < high ? least : middle, texture.fill, texture.role);

    if (row->different_kernel) {
        for (int x = BAR_X + 1; x < end; x += 3)
            area_put(inside, x, y, GLYPH_RISING, texture.role);
    }
    if (low >= high)
        return;
    for (int x = BAR_X + low; x < BAR_X + high; x++)
        area_put(inside, x, y, GLYPH_SHADE_LIGHT, texture.role);
    area_put(inside, BAR_X + (int)(middle * width), y, GLYPH_VERTICAL, ROLE_STRONG);
}

static void draw_numbers(struct area inside, int y, const struct columns *columns,
                         const struct race_scene *scene, const struct result_row *row)
{
    double share = (double)scene->look->frame / RACE_FRAMES;
    char text[2 * REPORT_RATIO + 2], number[TEXT_SIZE];

    if (row->more)
        snprintf(text, sizeof text, "%s", text_number(number, row->summary.median * share));
    else
        snprintf(text, sizeof text, "%.1f %%",
                 rate_of(row, row->summary.median) / best_rate(scene) * share * 100);
    area_right(inside, columns->amount, y, ROLE_TEXT, scene->look->frame == 0 ? "0" : text);
    area_right(inside, columns->ratio, y, ROLE_STRONG, report_slowdown(text, &row->same_kernel));
    if (columns->native == 0)
        return;
    area_right(inside, columns->interval, y, ROLE_DIM, report_interval(text, &row->same_kernel));
    if (row->different_kernel && row->native.speed > 0) {
        snprintf(text, sizeof text, "%s*", text_ratio(number, 1 / row->native.speed));
        area_right(inside, columns->native, y, ROLE_DIM, text);
    }
}

static void draw_lane(struct area inside, int y, const struct race_scene *scene, size_t index)
{
    const struct result_row *row = &scene->result->rows[index];
    struct columns columns = columns_of(inside);
    double scale = (double)scene->look->frame / RACE_FRAMES / top_rate(scene);
    char way[RESULT_NAME];

    area_put(inside, 0, y, (unsigned char)race_letter(index - scene->first),
             race_texture(row->way).role);
    area_cut(inside, NAME_X, y, NAME_WIDTH, ROLE_TEXT, report_lane(way, row));
    if (!has_number(row) || row->status != RESULT_OK) {
        draw_hatched(inside, y, scene->bar_lines, row);
        return;
    }
    for (int line = 0; line < scene->bar_lines; line++)
        draw_bar(inside, y + line, columns.bar_end - BAR_X, row, scale);
    draw_numbers(inside, y, &columns, scene, row);
}

static void draw_column_names(struct area inside, const struct race_scene *scene)
{
    const struct result_row *row = &scene->result->rows[scene->first];
    struct columns columns = columns_of(inside);
    char done[TEXT_SIZE];
    const char *unit = row->more && row->unit != NULL ? row->unit : "";
    size_t length = strlen(unit);

    /* In a second, "events/s" is "events". */
    if (length > 2 && strcmp(unit + length - 2, "/s") == 0)
        length -= 2;
    snprintf(done, sizeof done, "%.*s", length > AMOUNT ? AMOUNT : (int)length, unit);
    area_text(inside, NAME_X, 0, ROLE_DIM, "way");
    area_right(inside, columns.amount, 0, ROLE_DIM, done[0] == '\0' ? "done" : done);
    area_right(inside, columns.ratio, 0, ROLE_DIM, "slowdown");
    if (columns.native == 0)
        return;
    area_right(inside, columns.interval, 0, ROLE_DIM, "95 %");
    area_right(inside, columns.native, 0, ROLE_DIM, "native");
}

/* Does a heading stand above it? Rows on the host's kernel come first. */
static bool is_headed(const struct race_scene *scene, size_t index)
{
    const struct result_row *row = &scene->result->rows[index];

    return row->different_kernel && (index == scene->first || !row[-1].different_kernel);
}

/* Above the first row of another kernel, with what they are compared with. */
static void draw_heading(struct area inside, int y, const struct race_scene *scene, size_t index)
{
    const struct result_row *rows = scene->result->rows;
    char line[LINE_SIZE], base[RESULT_NAME];
    size_t i = index;

    while (i < scene->end && !(rows[i].same_kernel.speed > 0))
        i++;
    snprintf(line, sizeof line, "on another kernel, %.30s's own: other work%s%.40s",
             rows[index].kernel.name == NULL ? "?" : rows[index].kernel.name,
             i < scene->end ? "; against " : "",
             i < scene->end ? result_way(base, &rows[rows[i].same_kernel.to]) : "");
    area_cut(inside, NAME_X, y, inside.width - NAME_X, ROLE_DIM, line);
}

int race_lanes_height(const struct race_scene *scene)
{
    int height = 3; /* the frame, the columns' names */

    for (size_t i = scene->first; i < scene->end; i++)
        height += scene->bar_lines + is_headed(scene, i);
    return height;
}

void race_lanes_draw(struct area area, const struct race_scene *scene)
{
    struct area inside = area_box(area, ROLE_FRAME, "1 WORK DONE in the same time");
    size_t i = scene->first + (size_t)scene->look->top;
    int y = 1;

    draw_column_names(inside, scene);
    if (i >= scene->end)
        i = scene->end - 1;
    for (; i < scene->end && y < inside.height; i++) {
        if (is_headed(scene, i))
            draw_heading(inside, y++, scene, i);
        draw_lane(inside, y, scene, i);
        y += scene->bar_lines;
    }
    if (i < scene->end) {
        char more[64];

        snprintf(more, sizeof more, " %zu more lanes: ↑↓ ", scene->end - i);
        area_right(area, area.width - 2, area.height - 1, ROLE_WARN, more);
    }
}

void race_axis_widen(struct race_axis *axis, double value)
{
    if (value > 0 && isfinite(value)) {
        axis->low = fmin(axis->low, value / 1.1);
        axis->high = fmax(axis->high, value * 1.1);
    }
}

int race_axis_column(const struct race_axis *axis, double value)
{
    double share = log(value / axis->low) / log(axis->high / axis->low);

    return axis->x + (int)lround(fmin(fmax(share, 0), 1) * (axis->width - 1));
}

/* Marks at 1, 2, 5 of each decade, or where these are too many, of each 1, 2, 3 ... decades. */
void race_axis_draw(struct area area, int y, const struct race_axis *axis)
{
    static const double steps[] = {1, 2, 5};
    double decades = log10(axis->high / axis->low);
    size_t per_decade = decades * 3 * 6 < axis->width ? 3 : 1;
    int every = (int)ceil(decades * 8 / axis->width), last = -1;

    for (int x = 0; x < axis->width; x++)
        area_put(area, axis->x + x, y, GLYPH_HORIZONTAL, ROLE_FRAME);
    for (int power = (int)floor(log10(axis->low)); power <= (int)ceil(log10(axis->high)); power++) {
        for (size_t i = 0; i < per_decade; i++) {
            double value = steps[i] * pow(10, power);
            char number[TEXT_SIZE];
            int x;

            if (value < axis->low || value > axis->high || power % every != 0)
                continue;
            x = race_axis_column(axis, value);
            area_put(area, x, y, value == 1 ? GLYPH_CROSS : GLYPH_TEE_UP, ROLE_FRAME);
            snprintf(number, sizeof number, "x%g", value);
            if (x > last)
                last = area_text(area, x, y + 1, ROLE_DIM, number);
        }
    }
}

static struct race_axis axis_of(struct area inside, const struct race_scene *scene)
{
    struct race_axis axis = {
        .low = 0.9, .high = 2.2, .x = BAR_X, .width = inside.width - BAR_X - 4};

    for (size_t i = scene->first; i < scene->end; i++) {
        const struct result_ratio *ratio = &scene->result->rows[i].same_kernel;

        if (ratio->speed > 0)
            race_axis_widen(&axis, 1 / ratio->speed);
        if (ratio->interval.low > 0) {
            race_axis_widen(&axis, 1 / ratio->interval.low);
            race_axis_widen(&axis, 1 / ratio->interval.high);
        }
    }
    return axis;
}

/* Every run that counts, against the median of the row that is compared with. */
static void draw_runs(struct area inside, int y, const struct race_axis *axis,
                      const struct result *result, const struct result_row *row)
{
    double base = result->rows[row->same_kernel.to].summary.median;

    for (size_t i = 0; i < row->used; i++) {
        double sample = row->samples[row->first_used + i];
        double slowdown = row->more ? base / sample : sample / base;

        if (slowdown > 0 && isfinite(slowdown))
            area_put(inside, race_axis_column(axis, slowdown), y, GLYPH_DOT, ROLE_DIM);
    }
}

static void draw_cost(struct area inside, int y, const struct race_axis *axis,
                      const struct race_scene *scene, size_t index)
{
    const struct result_row *row = &scene->result->rows[index];
    const struct result_ratio *ratio = &row->same_kernel;

    if (row->status != RESULT_OK || !(ratio->speed > 0))
        return;
    draw_runs(inside, y, axis, scene->result, row);
    if (ratio->interval.low > 0) {
        int low = race_axis_column(axis, 1 / ratio->interval.high);
        int high = race_axis_column(axis, 1 / ratio->interval.low);

        for (int x = low; x <= high; x++)
            area_put(inside, x, y, GLYPH_HORIZONTAL, ROLE_TEXT);
        area_put(inside, low, y, GLYPH_TEE_RIGHT, ROLE_TEXT);
        area_put(inside, high, y, GLYPH_TEE_LEFT, ROLE_TEXT);
    }
    area_put(inside, race_axis_column(axis, 1 / ratio->speed), y,
             (unsigned char)race_letter(index - scene->first), race_texture(row->way).role);
}

int race_strip_height(const struct race_scene *scene)
{
    return (int)(scene->end - scene->first) + 4;
}

/* With little room: a line for each kernel, and letters that would cover each other side by side.
 */
static void draw_letters(struct area inside, const struct race_axis *axis,
                         const struct race_scene *scene, bool other_kernel, int y)
{
    struct area line = area_part(inside, 0, y, inside.width, 1);

    area_text(line, NAME_X, 0, ROLE_DIM, other_kernel ? "other kernel" : "host's kernel");
    for (size_t i = scene->first; i < scene->end; i++) {
        const struct result_row *row = &scene->result->rows[i];
        int x;

        if (row->different_kernel != other_kernel || row->status != RESULT_OK ||
            !(row->same_kernel.speed > 0))
            continue;
        x = race_axis_column(axis, 1 / row->same_kernel.speed);
        while (x < line.width - 1 && area_glyph(line, x, 0) != ' ')
            x++;
        area_put(line, x, 0, (unsigned char)race_letter(i - scene->first),
                 race_texture(row->way).role);
    }
}

void race_strip_draw(struct area area, const struct race_scene *scene)
{
    struct area inside =
        area_box(area, ROLE_FRAME, "2 SLOWDOWN against the first way on the same kernel");
    struct race_axis axis = axis_of(inside, scene);
    char way[RESULT_NAME];

    if (area.height < race_strip_height(scene)) {
        draw_letters(inside, &axis, scene, false, 0);
        draw_letters(inside, &axis, scene, true, 1);
    } else {
        for (size_t i = scene->first; i < scene->end; i++) {
            int y = (int)(i - scene->first);

            area_put(inside, 0, y, (unsigned char)race_letter((size_t)y),
                     race_texture(scene->result->rows[i].way).role);
            area_cut(inside, NAME_X, y, NAME_WIDTH, ROLE_TEXT,
                     report_lane(way, &scene->result->rows[i]));
            draw_cost(inside, y, &axis, scene, i);
        }
    }
    race_axis_draw(inside, area.height < race_strip_height(scene) ? 2 : inside.height - 2, &axis);
}
