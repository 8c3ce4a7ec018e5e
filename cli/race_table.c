/*
 * race_table.c: a result as a table for people, at most 80 columns wide; see race.h.
 *
 * Kernels are kept apart: first the ways on the host's kernel, each against native; then those on
 * another one, each against the first way there. What crosses kernels stands in a column of its
 * own and has a star.
 */
#include <string.h>

#include "cli/race.h"
#include "cli/race_view.h"
#include "cli/report.h"
#include "cli/text.h"

#define REASON_INDENT 24
#define LINE_SIZE     1536
#define NOISY_NAMES   5

/* What came from a program or from a file must not move our cursor. The buffer is the answer. */
static const char *printable(char *buffer, size_t size, const char *text)
{
    snprintf(buffer, size, "%s", text == NULL ? "" : text);
    text_make_printable(buffer);
    return buffer;
}

static char *way_name(char buffer[RESULT_NAME], const struct result_row *row)
{
    result_way(buffer, row);
    text_make_printable(buffer);
    return buffer;
}

/* Adds to a line that is being written; what has no room is cut off. */
static void append(char line[LINE_SIZE], const char *separator, const char *text)
{
    size_t used = strlen(line);

    snprintf(line + used, LINE_SIZE - used, "%s%s", used == 0 ? "" : separator, text);
}

/* The block's title: the command that was run; and what its columns are. */
static void print_title(FILE *file, const struct result_row *row, bool colour)
{
    char text[REPORT_COMMAND];

    report_command(text, row);
    text_make_printable(text);
    fprintf(file, "%s%s%s\n", text_on(colour, STYLE_BOLD), text, text_off(colour));
    fprintf(file, "   %-17s %8s %8s %8s %9s  %-11s %7s\n", "way", "median", "min", "max",
            "slowdown", "95 %", "native");
}

static void print_numbers(FILE *file, const struct result_row *row)
{
    char median[TEXT_SIZE], min[TEXT_SIZE], max[TEXT_SIZE];

    fprintf(file, " %8s %8s %8s", text_number(median, row->summary.median),
            text_number(min, row->summary.min), text_number(max, row->summary.max));
}

/* Against the first on the same kernel, and then, with a star, across kernels. */
static void print_slowdowns(FILE *file, const struct result_row *row, bool colour)
{
    char ratio[TEXT_SIZE], interval[2 * REPORT_RATIO], line[160];
    int length;

    fprintf(file, " %s%9s%s", text_on(colour, STYLE_BOLD),
            report_slowdown(ratio, result_shown(row)), text_off(colour));
    length = snprintf(line, sizeof line, "  %s", report_interval(interval, result_shown(row)));
    if (row->different_kernel && row->native.speed > 0)
        snprintf(line + length, sizeof line - (size_t)length, " %*s*",
                 length < 20 ? 20 - length : 0, text_ratio(ratio, 1 / row->native.speed));
    length = (int)strlen(line);
    while (length > 0 && line[length - 1] == ' ')
        line[--length] = '\0';
    fprintf(file, "%s\n", line);
}

/* Has a row of another measure said the same? */
static bool is_told(const struct result *result, const struct result_row *row)
{
    for (const struct result_row *before = result->rows; before < row; before++) {
        if (before->entry == row->entry && before->reason != NULL && row->reason != NULL &&
            strcmp(before->reason, row->reason) == 0)
            return true;
    }
    return false;
}

static void print_row(FILE *file, const struct result *result, const struct result_row *row,
                      bool colour)
{
    static const char *const words[] = {"", "unavailable", "WRONG", "failed"};
    char way[RESULT_NAME], reason[RACE_REASON];

    /* A rung stands below its way, and is what differs. */
    if (row->variant != NULL)
        fprintf(file, "    %-16.40s", printable(way, sizeof way, row->variant));
    else
        fprintf(file, "   %-17s", way_name(way, row));
    if (row->used > 0)
        print_numbers(file, row);
    if (row->status == RESULT_OK && row->used > 0) {
        print_slowdowns(file, row, colour);
        return;
    }
    if (row->status == RESULT_OK) {
        fprintf(file, " no number: its runs lie on the other side of a step\n");
        return;
    }
    fprintf(file, " %s%9s%s",
            text_on(colour, row->status == RESULT_UNAVAILABLE ? STYLE_DIM : STYLE_BAD),
            words[row->status], text_off(colour));
    if (is_told(result, row)) {
        fprintf(file, ", as above\n");
        return;
    }
    fprintf(file, "\n%*s", REASON_INDENT, "");
    text_wrap(file, printable(reason, sizeof reason, row->reason), REASON_INDENT, REASON_INDENT);
}

/* The line above the rows of a measure, or of another kernel. */
static void print_heading(FILE *file, const struct result *result, size_t index)
{
    const struct result_row *row = &result->rows[index];
    const struct result_row *before = index == 0 ? NULL : row - 1;
    char measure[32], unit[32], kernel[64];
    bool first = before == NULL || !result_same_command(before, row) ||
                 !result_same_text(before->measure, row->measure);

    if (first && (row->measure != NULL || row->unit != NULL))
        fprintf(file, " %s%s%s, %s is better\n", printable(measure, sizeof measure, row->measure),
                row->measure == NULL || row->unit == NULL ? "" : ", ",
                printable(unit, sizeof unit, row->unit), row->more ? "more" : "less");
    if (row->different_kernel && (first || strcmp(before->kernel.name, row->kernel.name) != 0))
        fprintf(file, "  on another kernel, %s's own:\n",
                printable(kernel, sizeof kernel, row->kernel.name));
}

/* Below the rows of a measure: what the counters say of each slowdown. */
static void print_explained(FILE *file, const struct result *result, size_t end)
{
    size_t first = end - 1;
    bool opens;
    char way[RESULT_NAME], line[RESULT_NAME + EXPLAINED_SENTENCE + 8];

    while (first > 0 && result_same_command(&result->rows[first - 1], &result->rows[first]) &&
           report_measure_end(result, first - 1) == end)
        first--;
    opens = first == 0 || !result_same_command(&result->rows[first - 1], &result->rows[first]);
    for (; first < end; first++) {
        const struct explained *explained = &result->rows[first].explained;

        /* Counters of several measures together are told once. */
        if (!explained->has_ratio || (!explained->estimated && !opens))
            continue;
        snprintf(line, sizeof line, "%s: %s", way_name(way, &result->rows[first]),
                 explained->sentence);
        text_make_printable(line);
        fprintf(file, "  ");
        text_wrap(file, line, 2, 6);
    }
}

static void print_rows(FILE *file, const struct result *result, bool colour, bool explain)
{
    for (size_t i = 0; i < result->row_count; i++) {
        if (i == 0 || !result_same_command(&result->rows[i - 1], &result->rows[i])) {
            if (i > 0)
                fputc('\n', file);
            print_title(file, &result->rows[i], colour);
        }
        print_heading(file, result, i);
        print_row(file, result, &result->rows[i], colour);
        if (explain && report_measure_end(result, i) == i + 1)
            print_explained(file, result, i + 1);
    }
    fputc('\n', file);
}

static bool is_first_of_lane(const struct result *result, size_t row)
{
    for (size_t i = 0; i < row; i++) {
        if (result_same_lane(&result->rows[i], &result->rows[row]))
            return false;
    }
    return true;
}

/* Where a few percent are the question, and the runs do not answer it. */
static void print_inconclusive(FILE *file, const struct result *result, size_t lane)
{
    char names[LINE_SIZE] = "", line[LINE_SIZE + 256], way[RESULT_NAME];

    for (size_t i = lane; i < result->row_count; i++) {
        char name[TEXT_SIZE];

        if (result_same_lane(&result->rows[lane], &result->rows[i]) && result->rows[i].inconclusive)
            append(names, ", ", race_row_name(name, &result->rows[i]));
    }
    if (names[0] == '\0')
        return;
    snprintf(line, sizeof line,
             "%s against native is inconclusive for %s: the interval is wider than %.2f, or "
             "unknown. More --runs, or a quieter host",
             way_name(way, &result->rows[lane]), names, RESULT_CONCLUSIVE);
    text_wrap(file, line, 0, 4);
}

static void print_kernel(FILE *file, const struct result_row *row)
{
    char text[512], way[RESULT_NAME];

    snprintf(text, sizeof text, "kernel of %s: %.40s %.60s%s %.100s%s", way_name(way, row),
             row->kernel.name, row->kernel.version, row->different_kernel ? "," : "",
             row->kernel.where == NULL ? "" : row->kernel.where,
             row->different_kernel ? ". *: a different kernel from native's, so other work behind "
                                     "the system calls"
                                   : "");
    text_make_printable(text);
    text_wrap(file, text, 0, 4);
}

static void print_cpus(char line[LINE_SIZE], const struct result *result)
{
    const json_t *cpu;
    size_t i;
    char number[32];

    if (json_is_null(result->cpus)) {
        append(line, "", " Not pinned: the ways need not have had the same processors.");
        return;
    }
    append(line, "", " Pinned to CPU");
    json_array_foreach(result->cpus, i, cpu)
    {
        snprintf(number, sizeof number, "%s %lld", i == 0 ? "" : ",",
                 (long long)json_integer_value(cpu));
        append(line, "", number);
    }
    append(line, "", ".");
}

/* What starting and ending took: the outside clock less the inside one. */
static void print_clocks(FILE *file, const struct result *result)
{
    char line[LINE_SIZE] = "", part[128], way[RESULT_NAME];

    for (size_t i = 0; i < result->row_count; i++) {
        double around = 0;
        size_t count = 0;

        if (!is_first_of_lane(result, i) || result->rows[i].variant != NULL)
            continue;
        for (size_t j = 0; j < result->execution_count; j++) {
            const struct result_execution *execution = &result->executions[j];

            if (execution->entry != result->rows[i].entry || execution->inside <= 0 ||
                execution->round == 0)
                continue;
            if (count == 0 || execution->outside - execution->inside < around)
                around = execution->outside - execution->inside;
            count++;
        }
        if (count == 0)
            continue;
        snprintf(part, sizeof part, "%s %.3f", way_name(way, &result->rows[i]), around);
        append(line, ", ", part);
    }
    if (line[0] != '\0') {
        char text[LINE_SIZE + 128];

        snprintf(text, sizeof text,
                 "Seconds by our clock that the program's own does not see, at least: %s.", line);
        text_wrap(file, text, 0, 4);
    }
}

/* The samples of the runs to warm up, which are in no number above, against the medians. */
static void print_dropped(FILE *file, const struct result *result)
{
    double least = 0, most = 0;
    char low[TEXT_SIZE], high[TEXT_SIZE], line[160];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];
        double speed;

        if (!row->has_dropped || row->dropped <= 0 || row->used == 0 || row->summary.median <= 0)
            continue;
        speed = row->more ? row->dropped / row->summary.median : row->summary.median / row->dropped;
        least = least == 0 || speed < least ? speed : least;
        most = speed > most ? speed : most;
    }
    if (most == 0)
        return;
    snprintf(line, sizeof line,
             "Dropped: the runs to warm up had %s to %s the speed of the median.",
             text_ratio(low, least), text_ratio(high, most));
    text_wrap(file, line, 0, 4);
}

/* Of a configuration, processes of the host get their processors only: which of them had memory
 * named that they were not held to. */
static void print_not_held(FILE *file, const struct result *result)
{
    char names[LINE_SIZE] = "", line[LINE_SIZE + 128], way[RESULT_NAME];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];

        if (row->memory > 0 && row->status == RESULT_OK && !row->different_kernel &&
            strcmp(row->way, "container") != 0 && is_first_of_lane(result, i))
            append(names, ", ", way_name(way, row));
    }
    if (names[0] == '\0')
        return;
    snprintf(line, sizeof line,
             "Not held to the configuration's memory: %s. A process of this host is pinned, and no "
             "more.",
             names);
    text_wrap(file, line, 0, 4);
}

static bool has_rungs(const struct result *result)
{
    for (size_t i = 0; i < result->row_count; i++) {
        if (result->rows[i].variant != NULL)
            return true;
    }
    return false;
}

static void print_legend(FILE *file, const struct result *result)
{
    char line[LINE_SIZE];

    snprintf(line, sizeof line,
             "%zu run%s each, in turns, after one to warm up, which is dropped. Slowdown: the "
             "median against that of the first way on the same kernel; 95 %%: bootstrap interval "
             "of that ratio.",
             result->runs, result->runs == 1 ? "" : "s");
    if (has_rungs(result))
        append(line, " ",
               "A rung (--dbt=-chain, ...) is the way above it with that option, and its slowdown "
               "is against that way.");
    print_cpus(line, result);
    text_wrap(file, line, 0, 0);
    print_not_held(file, result);
    print_dropped(file, result);
    print_clocks(file, result);
    for (size_t i = 0; i < result->row_count; i++) {
        if (is_first_of_lane(result, i) && result->rows[i].variant == NULL)
            print_kernel(file, &result->rows[i]);
    }
}

/* Where the host's speed changed; no number is taken over such a step. */
static void print_steps(FILE *file, const struct result *result, bool colour)
{
    for (size_t i = 0; i < result->step_count; i++) {
        char line[REPORT_COMMAND];

        fprintf(file, "%sdrift%s ", text_on(colour, STYLE_WARN), text_off(colour));
        text_wrap(file, report_step(line, result, i), 6, 4);
    }
}

static void print_crowded(FILE *file, const struct result *result, bool colour)
{
    char line[REPORT_COMMAND];

    if (report_crowded(line, result) == NULL)
        return;
    fprintf(file, "%scrowded CPU%s ", text_on(colour, STYLE_WARN), text_off(colour));
    text_wrap(file, line, 12, 4);
}

static void print_noise(FILE *file, const struct result *result, bool colour)
{
    char names[LINE_SIZE] = "", line[LINE_SIZE + 256];
    size_t noisy = 0, measured = 0;

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];
        char name[TEXT_SIZE], way[RESULT_NAME], text[TEXT_SIZE + RESULT_NAME + 8];

        measured += row->used > 0;
        if (!row->noisy)
            continue;
        snprintf(text, sizeof text, "%s on %s", race_row_name(name, row), way_name(way, row));
        if (noisy++ < NOISY_NAMES)
            append(names, ", ", text);
    }
    if (noisy == 0)
        return;
    snprintf(line, sizeof line,
             "%zu of %zu medians have an interval of more than +-%.0f %%: %s%s. More --runs, "
             "or a quieter host",
             noisy, measured, RESULT_NOISY * 100, names, noisy > NOISY_NAMES ? ", ..." : "");
    fprintf(file, "%snoisy host%s ", text_on(colour, STYLE_WARN), text_off(colour));
    text_wrap(file, line, 11, 4);
}

static void print_end(FILE *file, const struct result *result, bool colour)
{
    bool bad = false;

    for (size_t i = 0; i < result->row_count; i++)
        bad |= result->rows[i].status == RESULT_WRONG || result->rows[i].status == RESULT_FAILED;
    if (result->interrupted)
        fprintf(file, "%sinterrupted%s: these results are incomplete\n",
                text_on(colour, STYLE_WARN), text_off(colour));
    else if (bad)
        fprintf(file, "%snot all is well%s: see WRONG and failed above\n",
                text_on(colour, STYLE_BAD), text_off(colour));
}

void race_print(FILE *file, const struct result *result, bool colour, bool explain)
{
    print_rows(file, result, colour, explain);
    print_legend(file, result);
    if (explain)
        text_wrap(file, report_explained, 0, 4);
    for (size_t i = 0; i < result->row_count; i++) {
        if (!is_first_of_lane(result, i) || result->rows[i].variant != NULL)
            continue;
        race_print_range(file, result, i);
        print_inconclusive(file, result, i);
    }
    print_steps(file, result, colour);
    print_crowded(file, result, colour);
    print_noise(file, result, colour);
    race_ladder_print(file, result);
    print_end(file, result, colour);
}
