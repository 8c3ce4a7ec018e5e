/* report_csv.c: every sample, one a line, for spreadsheets and R; see report.h. */
#include <stdlib.h>

#include "cli/escape.h"
#include "cli/report.h"

static const char header[] =
    "program,measure,way,mode,kernel,different_kernel,status,unit,better,round,used,sample,"
    "outside,inside,user,system,loop_wall,loop_cpu,variant\n";

static void write_names(FILE *file, const struct result_row *row)
{
    char command[REPORT_COMMAND];
    const char *const fields[] = {report_command(command, row),
                                  row->measure,
                                  row->way,
                                  row->mode,
                                  row->kernel.name,
                                  row->different_kernel ? "yes" : "no",
                                  result_status_names[row->status],
                                  row->unit,
                                  row->more ? "more" : "less"};

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (i > 0)
            fputc(',', file);
        escape_csv(file, fields[i]);
    }
}

/* As few digits as give the same number again. */
static void write_number(FILE *file, double number)
{
    char text[32];

    snprintf(text, sizeof text, "%.15g", number);
    if (strtod(text, NULL) != number)
        snprintf(text, sizeof text, "%.17g", number);
    fputs(text, file);
}

/* The last field, as it came last: those before it keep their numbers. */
static void write_variant(FILE *file, const struct result_row *row)
{
    fputc(',', file);
    escape_csv(file, row->variant);
    fputc('\n', file);
}

/* Round 0 is the run to warm up; no median uses it. */
static void write_sample(FILE *file, const struct result *result, const struct result_row *row,
                         size_t round, bool used, double sample, size_t *from)
{
    const struct result_execution *execution = result_run_of(result, row->entry, round, from);

    write_names(file, row);
    fprintf(file, ",%zu,%s,", round, used ? "yes" : "no");
    write_number(file, sample);
    if (execution == NULL) {
        fprintf(file, ",,,,,,");
        write_variant(file, row);
        return;
    }
    fprintf(file, ",%.9g,", execution->outside);
    if (execution->inside > 0)
        fprintf(file, "%.9g", execution->inside);
    fprintf(file, ",%.9g,%.9g,%.9g,%.9g", execution->user, execution->system, execution->loop_wall,
            execution->loop_cpu);
    write_variant(file, row);
}

void report_csv(FILE *file, const struct result *result)
{
    fputs(header, file);
    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];
        size_t from = 0;

        if (row->has_dropped)
            write_sample(file, result, row, 0, false, row->dropped, &from);
        for (size_t j = 0; j < row->count; j++)
            write_sample(file, result, row, row->rounds[j],
                         j >= row->first_used && j < row->first_used + row->used, row->samples[j],
                         &from);
        if (!row->has_dropped && row->count == 0) {
            write_names(file, row);
            fprintf(file, ",,,,,,,,,");
            write_variant(file, row);
        }
    }
}
