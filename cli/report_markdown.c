/* report_markdown.c: the tables of a result for a page that is written by hand; see report.h. */
#include "cli/escape.h"
#include "cli/report.h"
#include "cli/text.h"

static void write_row(FILE *file, const struct result *result, const struct result_row *row)
{
    char way[RESULT_NAME], number[TEXT_SIZE], ratio[REPORT_RATIO], interval[2 * REPORT_RATIO];
    const struct result_ratio *shown = result_shown(row);

    fputs("| ", file);
    escape_markdown(file, result_way(way, row));
    fputs(" | ", file);
    escape_markdown(file, row->kernel.name);
    if (row->status != RESULT_OK) {
        fprintf(file, " | %s: ", result_status_names[row->status]);
        escape_markdown(file, row->reason);
        fputs(" | | | | | | |\n", file);
        return;
    }
    fprintf(file, " | %s", text_number(number, row->summary.median));
    fprintf(file, " | %s", text_number(number, row->summary.min));
    fprintf(file, " | %s", text_number(number, row->summary.max));
    fprintf(file, " | %s", report_slowdown(ratio, shown));
    if (shown->speed > 0 && shown->to != (size_t)(row - result->rows)) {
        fputs(" of ", file);
        escape_markdown(file, result_way(way, &result->rows[shown->to]));
    }
    fprintf(file, " | %s", report_interval(interval, shown));
    fprintf(file, " | %s%s | ", report_slowdown(ratio, &row->native),
            row->different_kernel && row->native.speed > 0 ? ", another kernel" : "");
    escape_markdown(file, row->explained.sentence);
    fputs(" |\n", file);
}

static void write_measure(FILE *file, const struct result *result, size_t first, size_t end)
{
    const struct result_row *row = &result->rows[first];

    if (row->measure != NULL) {
        fputs("\n### ", file);
        escape_markdown(file, row->measure);
        fputs("\n", file);
    }
    fputs("\n| way | kernel | median (", file);
    escape_markdown(file, row->unit == NULL ? "?" : row->unit);
    fprintf(file,
            ", %s is better) | min | max | slowdown | 95 %% | against native | why |\n"
            "|---|---|--:|--:|--:|--:|---|--:|---|\n",
            row->more ? "more" : "less");
    for (size_t i = first; i < end; i++)
        write_row(file, result, &result->rows[i]);
}

static void write_notes(FILE *file, const struct result *result)
{
    char text[REPORT_COMMAND];
    size_t noisy = 0;

    fprintf(file,
            "\n%zu runs each, in turns, after one to warm up; medians. Slowdown: against the "
            "first way on the same kernel, with the bootstrap interval.\n",
            result->runs);
    fprintf(file, "\n%s\n", report_explained);
    for (size_t i = 0; i < result->row_count; i++)
        noisy += result->rows[i].noisy;
    if (noisy > 0)
        fprintf(file, "\nNoisy host: %zu medians have an interval of more than +-%.0f %%.\n", noisy,
                RESULT_NOISY * 100);
    for (size_t i = 0; i < result->step_count; i++) {
        fputs("\nDrift: ", file);
        escape_markdown(file, report_step(text, result, i));
        fputs(".\n", file);
    }
    if (report_crowded(text, result) != NULL) {
        fputs("\nCrowded CPU: ", file);
        escape_markdown(file, text);
        fputs(".\n", file);
    }
    if (result->interrupted)
        fputs("\nInterrupted: these results are incomplete.\n", file);
}

void report_markdown(FILE *file, const struct result *result)
{
    char command[REPORT_COMMAND];

    for (size_t first = 0, end; first < result->row_count; first = end) {
        if (first == 0 || !result_same_command(&result->rows[first - 1], &result->rows[first])) {
            fprintf(file, "%s## ", first == 0 ? "" : "\n");
            escape_markdown(file, report_command(command, &result->rows[first]));
            fputs("\n", file);
        }
        end = report_measure_end(result, first);
        write_measure(file, result, first, end);
    }
    write_notes(file, result);
}
