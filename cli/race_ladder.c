/* race_ladder.c: every lane over all measures; see race_view.h. */
#include <math.h>
#include <string.h>

#include "cli/race_view.h"
#include "cli/report.h"
#include "cli/text.h"
#include "view/glyph.h"

#define NAME_X      2
#define NAME_WIDTH  15
#define RANGE       16
#define LINE_SIZE   1024

#define TEXT_WIDTH  80
#define LANES_LEAST 3 /* of two the table says it all */

static char mark_of(size_t measure)
{
    static const char digits[] = "1234567890ABCDEFGH.";

    return digits[measure < sizeof digits - 1 ? measure : sizeof digits - 2];
}

static struct race_axis axis_of(struct area inside, const struct result *result)
{
    struct race_axis axis = {.low = 0.9,
                             .high = 2.2,
                             .x = NAME_X + NAME_WIDTH + 1,
                             .width = inside.width - NAME_X - NAME_WIDTH - RANGE - 4};

    for (size_t i = 0; i < result->row_count; i++) {
        if (result->rows[i].same_kernel.speed > 0)
            race_axis_widen(&axis, 1 / result->rows[i].same_kernel.speed);
    }
    return axis;
}

/* A digit for each measure, a line between the least and the most; or why there is nothing. */
static void draw_lane(struct area inside, int y, const struct race_axis *axis,
                      const struct result *result, size_t lane)
{
    const struct result_row *first = &result->rows[lane];
    double least = HUGE_VAL, most = 0;
    size_t measure = 0;
    char low[TEXT_SIZE], high[TEXT_SIZE], range[2 * TEXT_SIZE + 4];

    for (size_t i = 0; i < result->row_count; i++) {
        double speed = result->rows[i].same_kernel.speed;

        if (result_same_lane(first, &result->rows[i]) && speed > 0) {
            least = fmin(least, 1 / speed);
            most = fmax(most, 1 / speed);
        }
    }
    if (most == 0) {
        char line[LINE_SIZE];

        for (int x = axis->x; x < inside.width; x++)
            area_put(inside, x, y, GLYPH_FALLING, ROLE_FRAME);
        snprintf(line, sizeof line, " %s: %s ", result_status_names[first->status],
                 first->reason == NULL ? "no number" : first->reason);
        area_cut(inside, axis->x + 2, y, inside.width - axis->x - 3, ROLE_DIM, line);
        return;
    }
    for (int x = race_axis_column(axis, least); x <= race_axis_column(axis, most); x++)
        area_put(inside, x, y, race_texture(first->way).fill, race_texture(first->way).role);
    for (size_t begin = 0; begin < result->row_count; begin = report_measure_end(result, begin)) {
        for (size_t i = begin; i < report_measure_end(result, begin); i++) {
            if (result_same_lane(first, &result->rows[i]) && result->rows[i].same_kernel.speed > 0)
                area_put(inside, race_axis_column(axis, 1 / result->rows[i].same_kernel.speed), y,
                         (unsigned char)mark_of(measure), ROLE_STRONG);
        }
        measure++;
    }
    text_ratio(low, least);
    text_ratio(high, most);
    snprintf(range, sizeof range, strcmp(low, high) == 0 ? "%s" : "%s..%s", low, high + 1);
    area_right(inside, inside.width, y, ROLE_TEXT, range);
}

/* What each digit is. Answers the row behind it. */
static int draw_legend(struct area area, const struct result *result)
{
    char line[LINE_SIZE] = "", one[160], command[REPORT_COMMAND];
    size_t measure = 0, used = 0;

    for (size_t i = 0; i < result->row_count; i = report_measure_end(result, i)) {
        const struct result_row *row = &result->rows[i];

        snprintf(one, sizeof one, "%c %.60s%s%.40s  ", mark_of(measure++),
                 row->measure == NULL ? report_command(command, row) : row->program,
                 row->measure == NULL ? "" : " ", row->measure == NULL ? "" : row->measure);
        if (used + strlen(one) < sizeof line) {
            memcpy(line + used, one, strlen(one) + 1);
            used += strlen(one);
        }
    }
    return area_wrap(area, 0, ROLE_DIM, line);
}

void race_ladder_draw(struct area area, const struct race_scene *scene)
{
    const struct result *result = scene->result;
    struct area inside =
        area_box(area, ROLE_FRAME, "SLOWDOWN against the first way on the same kernel");
    size_t lanes[REPORT_LANES_MAX], count = report_lanes(result, lanes),
                                    i = (size_t)scene->look->top;
    struct race_axis axis = axis_of(inside, result);
    int bottom = inside.height - 4, y = 0;
    char way[RESULT_NAME];

    if (i > 0 && i >= count)
        i = count > 0 ? count - 1 : 0;
    for (; i < count && y < bottom; i++, y++) {
        const struct result_row *row = &result->rows[lanes[i]];

        if (row->different_kernel && (i == 0 || !result->rows[lanes[i - 1]].different_kernel))
            area_text(inside, NAME_X, y++, ROLE_DIM,
                      "on another kernel: other work behind the system calls");
        area_put(inside, 0, y, (unsigned char)race_letter(i), race_texture(row->way).role);
        area_cut(inside, NAME_X, y, NAME_WIDTH, ROLE_TEXT, report_lane(way, row));
        draw_lane(area_part(inside, 0, 0, inside.width, bottom), y, &axis, result, lanes[i]);
    }
    race_axis_draw(inside, y < bottom ? y : bottom, &axis);
    if (i < count)
        area_print(inside, NAME_X, bottom, ROLE_WARN, "%zu more below", count - i);
    draw_legend(area_part(inside, NAME_X, (y < bottom ? y : bottom) + 2, inside.width - NAME_X,
                          inside.height),
                result);
}

/* How many lines the ladder's area needs to have room for everything. */
static int height_of(const struct result *result)
{
    size_t lanes[REPORT_LANES_MAX], count = report_lanes(result, lanes);
    bool other = count > 0 && result->rows[lanes[count - 1]].different_kernel;
    struct grid scratch;
    int legend;

    grid_init(&scratch, TEXT_WIDTH - 2 - NAME_X, GRID_HEIGHT_MAX);
    legend = draw_legend(area_whole(&scratch), result);
    grid_fini(&scratch);
    return (int)count + other + 2 + (legend < 2 ? 2 : legend) + 2;
}

void race_ladder_print(FILE *file, const struct result *result)
{
    const struct race_look look = {0};
    const struct race_scene scene = {.result = result, .end = result->row_count, .look = &look};
    size_t lanes[REPORT_LANES_MAX];
    struct grid grid;

    if (report_lanes(result, lanes) < LANES_LEAST)
        return;
    grid_init(&grid, TEXT_WIDTH, height_of(result));
    race_ladder_draw(area_whole(&grid), &scene);
    grid_print(file, &grid, !screen_takes_utf8());
    grid_fini(&grid);
}
