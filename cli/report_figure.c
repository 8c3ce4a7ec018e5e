/*
 * report_figure.c: slowdowns as bars on a logarithmic axis, in SVG; see report.h.
 *
 *     On Linux's kernel: against native
 *         native   |                                x1.00
 *         dbt      |[===.=]                         x1.9
 *     On another kernel, ...: against kvm           (hatched)
 *         interp   |////////////////////////////.// x35
 *                  1     2      5     10      20
 *
 * A bar goes from x1, as fast as the way that is compared with, to the median; each sample is a
 * dot, the bracket is the interval. Each kernel is a panel of its own, named above it.
 */
#include <math.h>
#include <string.h>

#include "cli/escape.h"
#include "cli/report.h"

/* The layout, in pixels. */
#define WIDTH      760
#define LABEL      150 /* where the plot begins */
#define PLOT_END   590
#define ROW_HEIGHT 26
#define BAR_HEIGHT 14
#define HEADING    24
#define AXIS       34

/* A row of a figure: a slowdown, its interval, and single values. */
struct bar {
    const struct result *result;
    const struct result_row *row; /* of the ladder: the first of its lane */
    double middle;                /* slowdown; 0: there is none */
    double low, high;             /* 0: unknown */
    double dropped;               /* of the run to warm up; 0: there is none */
    const double *dots;           /* borrowed; slowdowns */
    size_t dot_count;
};

#define BARS_MAX REPORT_LANES_MAX
#define DOTS_MAX 128 /* of a bar; more are not told apart */

struct figure {
    struct bar bars[BARS_MAX];
    double dots[BARS_MAX][DOTS_MAX];
    size_t count;
    double low, high; /* of the axis */
    unsigned number;
};

/* The class of a way's colour. */
static const char *colour_of(const char *way)
{
    static const char *const known[] = {"native",   "container", "kvm",          "dbt",
                                        "threaded", "interp",    "interp-no-tlb"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i], way) == 0)
            return known[i];
    }
    return "other";
}

static double place_of(const struct figure *figure, double value)
{
    double share = log(value / figure->low) / log(figure->high / figure->low);

    return LABEL + (PLOT_END - LABEL) * fmin(fmax(share, 0), 1);
}

static void widen(struct figure *figure, double value)
{
    if (value > 0 && isfinite(value)) {
        figure->low = fmin(figure->low, value / 1.15);
        figure->high = fmax(figure->high, value * 1.15);
    }
}

static void widen_all(struct figure *figure)
{
    figure->low = 0.9;
    figure->high = 2.2;
    for (size_t i = 0; i < figure->count; i++) {
        const struct bar *bar = &figure->bars[i];

        widen(figure, bar->middle);
        widen(figure, bar->low);
        widen(figure, bar->high);
        widen(figure, bar->dropped);
        for (size_t j = 0; j < bar->dot_count; j++)
            widen(figure, bar->dots[j]);
    }
}

/* The panels: rows on the host's kernel, rows on another. */
static size_t panel_end(const struct figure *figure, size_t first)
{
    size_t end = first + 1;

    while (end < figure->count &&
           figure->bars[end].row->different_kernel == figure->bars[first].row->different_kernel)
        end++;
    return end;
}

static double height_of(const struct figure *figure)
{
    double height = AXIS;

    for (size_t first = 0; first < figure->count; first = panel_end(figure, first))
        height += HEADING;
    return height + ROW_HEIGHT * (double)figure->count;
}

/* Lines and numbers at 1, 2, 5 of each decade; if there are many decades, at 1 only. */
static void draw_axis(FILE *file, const struct figure *figure, double bottom)
{
    static const double steps[] = {1, 2, 5};
    double decades = log10(figure->high / figure->low);

    for (int power = (int)floor(log10(figure->low)); power <= (int)ceil(log10(figure->high));
         power++) {
        for (size_t i = 0; i < (decades > 2.5 ? 1U : 3U); i++) {
            double value = steps[i] * pow(10, power), x;

            if (value < figure->low || value > figure->high)
                continue;
            x = place_of(figure, value);
            fprintf(file, "<line class=\"%s\" x1=\"%.1f\" y1=\"4\" x2=\"%.1f\" y2=\"%.1f\"/>",
                    value == 1 ? "one" : "grid", x, x, bottom);
            fprintf(file, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\">x%g</text>\n", x, bottom + 14,
                    value);
        }
    }
    fprintf(file,
            "<text class=\"axis\" x=\"%d\" y=\"%.1f\">slowdown, logarithmic: "
            "right is slower</text>\n",
            (LABEL + PLOT_END) / 2, bottom + 29);
}

static void draw_heading(FILE *file, const struct figure *figure, size_t first, double y)
{
    const struct bar *bar = &figure->bars[first];
    const struct result_row *row = bar->row;
    char way[RESULT_NAME];

    fprintf(file, "<text class=\"panel\" x=\"4\" y=\"%.1f\">%s", y + 16,
            row->different_kernel ? "On another kernel, " : "On the host&#39;s kernel, ");
    escape_xml(file, row->kernel.name);
    if (row->same_kernel.speed > 0) {
        fputs(", against ", file);
        escape_xml(file, result_way(way, &bar->result->rows[row->same_kernel.to]));
    }
    fputs(row->different_kernel
              ? ": other work behind system calls, not to be compared with the bars above\n"
              : "\n",
          file);
    fputs("</text>", file);
}

static void draw_interval(FILE *file, const struct figure *figure, const struct bar *bar, double y)
{
    double low = place_of(figure, bar->low), high = place_of(figure, bar->high);

    if (bar->low <= 0)
        return;
    fprintf(file, "<path class=\"interval\" d=\"M%.1f %.1fv8M%.1f %.1fH%.1fM%.1f %.1fv8\"/>\n", low,
            y - 4, low, y, high, high, y - 4);
}

static void draw_bar(FILE *file, const struct figure *figure, const struct bar *bar, double y)
{
    double one = place_of(figure, 1), end = place_of(figure, bar->middle);
    double middle = y + ROW_HEIGHT / 2.0;

    fprintf(file, "<rect class=\"bar w-%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>\n",
            colour_of(bar->row->way), fmin(one, end), middle - BAR_HEIGHT / 2.0,
            fmax(fabs(end - one), 2), BAR_HEIGHT);
    if (bar->row->different_kernel)
        fprintf(file,
                "<rect class=\"hatch\" fill=\"url(#hatch%u)\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                "height=\"%d\"/>\n",
                figure->number, fmin(one, end), middle - BAR_HEIGHT / 2.0, fmax(fabs(end - one), 2),
                BAR_HEIGHT);
    draw_interval(file, figure, bar, middle);
    for (size_t i = 0; i < bar->dot_count; i++)
        fprintf(file, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"/>",
                place_of(figure, bar->dots[i]), middle + (i % 2 == 0 ? -3.5 : 3.5));
    if (bar->dropped > 0)
        fprintf(file, "<circle class=\"dropped\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"/>",
                place_of(figure, bar->dropped), middle);
    fputc('\n', file);
}

/* The way on the left, the number on the right, and what is between. */
static void draw_row(FILE *file, const struct figure *figure, const struct bar *bar, double y,
                     const char *text)
{
    double base = y + ROW_HEIGHT / 2.0 + 4;
    char way[RESULT_NAME], reason[96];

    fprintf(file, "<text class=\"way\" x=\"%d\" y=\"%.1f\">", LABEL - 8, base);
    escape_xml(file, report_lane(way, bar->row));
    fputs("</text>\n", file);
    if (bar->middle > 0) {
        draw_bar(file, figure, bar, y);
        fprintf(file, "<text class=\"value\" x=\"%d\" y=\"%.1f\">", PLOT_END + 10, base);
        escape_xml(file, text);
        fputs("</text>\n", file);
        return;
    }
    fprintf(file,
            "<rect class=\"hatch none\" fill=\"url(#none%u)\" x=\"%d\" y=\"%.1f\" width=\"%d\" "
            "height=\"%d\"/><text class=\"reason\" x=\"%d\" y=\"%.1f\">",
            figure->number, LABEL, y + 5, PLOT_END - LABEL, ROW_HEIGHT - 10, LABEL + 6, base);
    snprintf(reason, sizeof reason, "%s%s%.60s", result_status_names[bar->row->status],
             bar->row->reason == NULL ? "" : ": ",
             bar->row->reason == NULL ? "" : bar->row->reason);
    escape_xml(file, reason);
    fputs("</text>\n", file);
}

/* Patterns have to be where they are used: a page has many figures. */
static void begin(FILE *file, const struct figure *figure, const char *title)
{
    fprintf(file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"figure\" role=\"img\" "
            "viewBox=\"0 0 %d %.0f\" width=\"%d\" height=\"%.0f\" "
            "aria-labelledby=\"t%u d%u\">\n<title id=\"t%u\">",
            WIDTH, height_of(figure), WIDTH, height_of(figure), figure->number, figure->number,
            figure->number);
    escape_xml(file, title);
    fprintf(file, "</title>\n<desc id=\"d%u\">", figure->number);
    for (size_t i = 0; i < figure->count; i++) {
        const struct bar *bar = &figure->bars[i];
        char way[RESULT_NAME];

        escape_xml(file, result_way(way, bar->row));
        if (bar->middle > 0)
            fprintf(file, " x%.3g", bar->middle);
        else
            fprintf(file, " %s", result_status_names[bar->row->status]);
        fputs(bar->row->different_kernel ? " within another kernel. " : ". ", file);
    }
    fprintf(file,
            "</desc>\n<defs><pattern id=\"hatch%u\" width=\"6\" height=\"6\" "
            "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
            "<rect class=\"stripe\" width=\"2.4\" height=\"6\"/></pattern>"
            "<pattern id=\"none%u\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" "
            "patternTransform=\"rotate(-45)\"><rect class=\"faint\" width=\"1\" height=\"5\"/>"
            "</pattern></defs>\n",
            figure->number, figure->number);
}

static void draw(FILE *file, struct figure *figure, const char *title,
                 char *(*text)(char[3 * REPORT_RATIO], const struct bar *))
{
    char buffer[3 * REPORT_RATIO];
    double y = 0;

    widen_all(figure);
    begin(file, figure, title);
    draw_axis(file, figure, height_of(figure) - AXIS);
    for (size_t first = 0; first < figure->count; first = panel_end(figure, first)) {
        draw_heading(file, figure, first, y);
        y += HEADING;
        for (size_t i = first; i < panel_end(figure, first); i++) {
            draw_row(file, figure, &figure->bars[i], y, text(buffer, &figure->bars[i]));
            y += ROW_HEIGHT;
        }
    }
    fputs("</svg>\n", file);
}

/* "x2.0  1.9..2.1" */
static char *row_text(char buffer[3 * REPORT_RATIO], const struct bar *bar)
{
    char ratio[REPORT_RATIO], interval[2 * REPORT_RATIO];

    snprintf(buffer, 3 * REPORT_RATIO, "%.20s  %.40s",
             report_slowdown(ratio, &bar->row->same_kernel),
             report_interval(interval, &bar->row->same_kernel));
    return buffer;
}

/* The slowdown of one sample against the median of the way that is compared with. */
static double sample_slowdown(const struct result *result, const struct result_row *row,
                              double sample)
{
    double base = result->rows[row->same_kernel.to].summary.median;

    return row->more ? base / sample : sample / base;
}

static void add_bar(struct figure *figure, const struct result *result,
                    const struct result_row *row)
{
    struct bar *bar = &figure->bars[figure->count];
    double *dots = figure->dots[figure->count];

    *bar = (struct bar){.result = result, .row = row, .dots = dots};
    figure->count++;
    if (row->same_kernel.speed <= 0)
        return;
    bar->middle = 1 / row->same_kernel.speed;
    if (row->same_kernel.interval.low > 0) {
        bar->low = 1 / row->same_kernel.interval.high;
        bar->high = 1 / row->same_kernel.interval.low;
    }
    if (row->has_dropped && row->dropped > 0)
        bar->dropped = sample_slowdown(result, row, row->dropped);
    for (size_t i = 0; i < row->used && bar->dot_count < DOTS_MAX; i++)
        dots[bar->dot_count++] = sample_slowdown(result, row, row->samples[row->first_used + i]);
}

void report_figure(FILE *file, const struct result *result, size_t first, size_t end,
                   unsigned number)
{
    struct figure figure = {.number = number};
    char command[REPORT_COMMAND], title[REPORT_COMMAND + 96];
    const struct result_row *row = &result->rows[first];

    for (size_t i = first; i < end && figure.count < BARS_MAX; i++)
        add_bar(&figure, result, &result->rows[i]);
    snprintf(title, sizeof title, "%s%s%.40s: slowdown of each way", report_command(command, row),
             row->measure == NULL ? "" : ", ", row->measure == NULL ? "" : row->measure);
    draw(file, &figure, title, row_text);
}

/* A way over all rows: each of them is a dot, the bar goes to the middle one. */
static void add_lane(struct figure *figure, const struct result *result, size_t first)
{
    struct bar *bar = &figure->bars[figure->count];
    double *dots = figure->dots[figure->count];

    *bar = (struct bar){.result = result, .row = &result->rows[first], .dots = dots};
    figure->count++;
    for (size_t i = first; i < result->row_count && bar->dot_count < DOTS_MAX; i++) {
        const struct result_row *row = &result->rows[i];

        if (result_same_lane(row, bar->row) && row->same_kernel.speed > 0)
            dots[bar->dot_count++] = 1 / row->same_kernel.speed;
    }
    if (bar->dot_count > 0)
        bar->middle = stats_summarize(dots, bar->dot_count).median;
}

/* "from x1.5 to x95" */
static char *lane_text(char buffer[3 * REPORT_RATIO], const struct bar *bar)
{
    struct result_ratio low, high;
    struct stats_summary summary;
    char low_text[REPORT_RATIO], high_text[REPORT_RATIO];

    buffer[0] = '\0';
    if (bar->dot_count == 0)
        return buffer;
    summary = stats_summarize(bar->dots, bar->dot_count);
    low = (struct result_ratio){.speed = 1 / summary.min};
    high = (struct result_ratio){.speed = 1 / summary.max};
    if (summary.min == summary.max)
        snprintf(buffer, 3 * REPORT_RATIO, "%s", report_slowdown(low_text, &low));
    else
        snprintf(buffer, 3 * REPORT_RATIO, "%.20s to %.20s", report_slowdown(low_text, &low),
                 report_slowdown(high_text, &high));
    return buffer;
}

void report_ladder(FILE *file, const struct result *result, unsigned number)
{
    struct figure figure = {.number = number};
    size_t lanes[REPORT_LANES_MAX], count = report_lanes(result, lanes);

    for (size_t i = 0; i < count; i++)
        add_lane(&figure, result, lanes[i]);
    draw(file, &figure, "The ladder: each way over all programs, a dot for each", lane_text);
}

/*
 * What a figure that is taken out of its page has to say of itself. The command is broken where a
 * word ends; with the figures' font so many letters of it fit.
 */
enum { ORIGIN_LETTERS = 100, ORIGIN_LINE = 16, ORIGIN_LINES = 8 };

/* How many letters of `text` make its first line. */
static size_t origin_line(const char *text)
{
    size_t length = strlen(text);

    if (length <= ORIGIN_LETTERS)
        return length;
    for (length = ORIGIN_LETTERS; length > 0 && text[length] != ' '; length--)
        continue;
    return length == 0 ? ORIGIN_LETTERS : length;
}

/* Below y; NULL: only answers how high it is. */
static double write_origin(FILE *file, const struct result *result, double y)
{
    char *command = report_command_line(result);
    const char *rest = command;
    int lines = 1;

    if (file != NULL) {
        fprintf(file, "<text class=\"reason\" x=\"4\" y=\"%.0f\">", y);
        report_origin(file, result);
        fputs(" Trivium ", file);
        escape_xml(file, result->version);
        fputs("</text>\n", file);
    }
    for (; *rest != '\0' && lines < ORIGIN_LINES; lines++) {
        char part[ORIGIN_LETTERS + 1];
        size_t length = origin_line(rest);

        snprintf(part, sizeof part, "%.*s", (int)length, rest);
        if (file != NULL) {
            fprintf(file, "<text class=\"reason\" x=\"4\" y=\"%.0f\">", y + lines * ORIGIN_LINE);
            escape_xml(file, part);
            fputs("</text>\n", file);
        }
        rest += length + strspn(rest + length, " ");
    }
    free(command);
    return (lines + 1) * ORIGIN_LINE;
}

/* All figures under each other, each an SVG in the SVG. */
void report_svg(FILE *file, const struct result *result)
{
    double height = 30 + write_origin(NULL, result, 0);
    unsigned number = 0;

    for (size_t first = 0, end; first < result->row_count; first = end) {
        end = report_measure_end(result, first);
        height += 30 + 2 * HEADING + AXIS + ROW_HEIGHT * (double)(end - first);
    }
    fprintf(file,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" "
            "viewBox=\"0 0 %d %.0f\" role=\"img\" aria-label=\"slowdowns\">\n<style>%s</style>\n"
            "<rect class=\"paper\" width=\"100%%\" height=\"100%%\"/>\n",
            WIDTH, height, WIDTH, height, report_style);
    height = 24;
    for (size_t first = 0, end; first < result->row_count; first = end) {
        const struct result_row *row = &result->rows[first];
        char command[REPORT_COMMAND];

        end = report_measure_end(result, first);
        fprintf(file, "<text class=\"title\" x=\"4\" y=\"%.0f\">", height);
        escape_xml(file, report_command(command, row));
        if (row->measure != NULL) {
            fputs(", ", file);
            escape_xml(file, row->measure);
        }
        fprintf(file, "</text>\n<g transform=\"translate(0 %.0f)\">", height + 6);
        report_figure(file, result, first, end, number++);
        fputs("</g>\n", file);
        height += 30 + 2 * HEADING + AXIS + ROW_HEIGHT * (double)(end - first);
    }
    write_origin(file, result, height);
    fputs("</svg>\n", file);
}
