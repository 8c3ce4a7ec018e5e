/*
 * report_columns.c: a column for each run, and the ways side by side: the tables of a course
 * report, but made from samples; see report.h.
 */
#include <string.h>

#include "cli/escape.h"
#include "cli/report.h"
#include "cli/text.h"

static size_t most_runs(const struct result *result)
{
    size_t most = 0;

    for (size_t i = 0; i < result->row_count; i++) {
        if (result->rows[i].count > most)
            most = result->rows[i].count;
    }
    return most;
}

static void write_names(FILE *file, const struct result_row *row)
{
    char command[REPORT_COMMAND], way[RESULT_NAME];

    fputs("| ", file);
    escape_markdown(file, report_command(command, row));
    if (row->measure != NULL) {
        fputs(", ", file);
        escape_markdown(file, row->measure);
    }
    fputs(" | ", file);
    escape_markdown(file, result_way(way, row));
    fputs(" | ", file);
}

/* A run that no median uses stands in brackets. */
static void write_runs(FILE *file, const struct result *result)
{
    size_t runs = most_runs(result);
    char number[TEXT_SIZE];

    fputs("| program | way | unit | warm-up, dropped |", file);
    for (size_t i = 1; i <= runs; i++)
        fprintf(file, " run %zu |", i);
    fputs(" median |\n|---|---|---|--:|", file);
    for (size_t i = 0; i <= runs; i++)
        fputs("--:|", file);
    fputc('\n', file);
    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];

        write_names(file, row);
        if (row->count == 0) {
            fprintf(file, "%s: ", result_status_names[row->status]);
            escape_markdown(file, row->reason);
        } else {
            escape_markdown(file, row->unit);
        }
        fprintf(file, " | %s |", row->has_dropped ? text_number(number, row->dropped) : "");
        for (size_t j = 0; j < runs; j++) {
            bool used = j >= row->first_used && j < row->first_used + row->used;

            if (j >= row->count)
                fputs(" |", file);
            else
                fprintf(file, used ? " %s |" : " (%s) |", text_number(number, row->samples[j]));
        }
        fprintf(file, " %s |\n", row->used > 0 ? text_number(number, row->summary.median) : "");
    }
}

/* The median time of a row's runs by the program's own clock, or by ours where it has none; of
 * those that the row's numbers are from. 0: there are none. */
static double time_of(const struct result *result, const struct result_row *row)
{
    double times[1024];
    size_t count = 0, from = 0;
    bool has_clock = false;

    for (size_t i = 0; i < result->execution_count && !has_clock; i++)
        has_clock = result->executions[i].entry == row->entry && result->executions[i].inside > 0;
    for (size_t i = 0; i < row->used && count < sizeof times / sizeof *times; i++) {
        const struct result_execution *run =
            result_run_of(result, row->entry, row->rounds[row->first_used + i], &from);

        if (run == NULL)
            break;
        times[count++] = has_clock ? run->inside : run->outside;
    }
    return count == 0 ? 0 : stats_summarize(times, count).median;
}

/* The seconds of each way of one command, and how many times the last is the first. */
static void write_times(FILE *file, const struct result *result)
{
    for (size_t first = 0, end; first < result->row_count; first = end) {
        char command[REPORT_COMMAND], way[RESULT_NAME], number[TEXT_SIZE], ratio[TEXT_SIZE];
        double first_time = 0, last_time = 0;
        bool crosses = false;

        end = report_command_end(result, first);
        fputs("- ", file);
        escape_markdown(file, report_command(command, &result->rows[first]));
        fputc(':', file);
        for (size_t i = first; i < report_measure_end(result, first); i++) {
            double seconds = time_of(result, &result->rows[i]);

            if (seconds <= 0)
                continue;
            fputs(first_time > 0 ? ", " : " ", file);
            escape_markdown(file, result_way(way, &result->rows[i]));
            fprintf(file, " %s s", text_number(number, seconds));
            first_time = first_time > 0 ? first_time : seconds;
            last_time = seconds;
            crosses = strcmp(result->rows[i].kernel.name, result->rows[first].kernel.name) != 0;
        }
        if (first_time > 0)
            fprintf(file, "; the last takes %s as long as the first%s",
                    text_ratio(ratio, last_time / first_time),
                    crosses ? ", on another kernel" : "");
        else
            fputs(" not measured", file);
        fputc('\n', file);
    }
}

void report_columns(FILE *file, const struct result *result)
{
    fputs("## Each run\n\n", file);
    write_runs(file, result);
    fputs("\n## Seconds, medians, by the program's own clock where it has one\n\n", file);
    write_times(file, result);
}
