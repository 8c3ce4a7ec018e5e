/* why_show.c: the table, the bars and the sentences of an experiment, as text and JSON; why.h. */
#include "cli/why.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "cli/text.h"
#include "lib/json.h"

enum { NAME_WIDTH = 20, BAR_WIDTH = 44 };

size_t why_column(const struct why_topic *topic, const char *key)
{
    size_t i = 0;

    while (strcmp(topic->columns[i].key, key) != 0)
        i++;
    return i;
}

double why_value(const struct why *why, const char *lane, const char *key)
{
    for (size_t i = 0; i < why->row_count; i++) {
        const struct why_row *row = &why->rows[i];

        if (strcmp(row->lane->name, lane) == 0 && row->reason[0] == '\0')
            return row->values[why_column(why->topic, key)];
    }
    return NAN;
}

bool why_has_numbers(const struct why *why)
{
    for (size_t i = 0; i < why->row_count; i++) {
        if (why->rows[i].reason[0] == '\0')
            return true;
    }
    return false;
}

void why_say(struct why *why, const char *format, ...)
{
    va_list args;

    if (why->cause_count == WHY_CAUSES_MAX)
        return;
    va_start(args, format);
    vsnprintf(why->causes[why->cause_count++], WHY_TEXT, format, args);
    va_end(args);
}

static void print_number(FILE *file, double value)
{
    char text[TEXT_SIZE], positive[TEXT_SIZE];

    if (isnan(value))
        snprintf(text, sizeof text, "-");
    else if (fabs(value) < 0.005)
        snprintf(text, sizeof text, "0");
    else if (value == floor(value) && value > 0)
        text_count(text, (uint64_t)value);
    else
        snprintf(text, sizeof text, "%s%s", value < 0 ? "-" : "",
                 text_number(positive, fabs(value)));
    fprintf(file, " %9s", text);
}

/* The columns from `first` up to the next that begins a table; answers that one. */
static size_t print_group(FILE *file, const struct why *why, size_t first)
{
    const struct why_column *columns = why->topic->columns;
    size_t end = first + 1;

    while (columns[end].key != NULL && columns[end].group == NULL)
        end++;
    fprintf(file, "\n%s\n%-*s", columns[first].group, NAME_WIDTH, "");
    for (size_t i = first; i < end; i++)
        fprintf(file, " %9s", columns[i].title);
    fputc('\n', file);
    for (size_t i = 0; i < why->row_count; i++) {
        const struct why_row *row = &why->rows[i];

        if (row->reason[0] != '\0')
            continue;
        fprintf(file, "%-*s", NAME_WIDTH, row->lane->name);
        for (size_t j = first; j < end; j++)
            print_number(file, row->values[j]);
        fputc('\n', file);
    }
    return end;
}

/* The sum of the columns that the row's bar consists of. */
static double bar_total(const struct why *why, const struct why_row *row)
{
    double sum = 0;

    for (size_t i = 0; why->topic->columns[i].key != NULL; i++) {
        if (why->topic->columns[i].bar != 0 && row->values[i] > 0)
            sum += row->values[i];
    }
    return sum;
}

/* A part of `share` of the whole reaches as far as its end does: no rounding adds up. */
static void print_bar(FILE *file, const struct why *why, const struct why_row *row, double whole)
{
    const struct why_column *columns = why->topic->columns;
    double sum = 0;
    int at = 0;

    for (size_t i = 0; columns[i].key != NULL; i++) {
        if (columns[i].bar == 0 || !(row->values[i] > 0))
            continue;
        sum += row->values[i];
        for (; whole > 0 && at < (int)lround(BAR_WIDTH * sum / whole); at++)
            fputc(columns[i].bar, file);
    }
    if (at == 0 && sum > 0)
        fputc('.', file); /* there is something, too little to be drawn */
}

static void print_picture(FILE *file, const struct why *why)
{
    double most = 0;

    for (size_t i = 0; i < why->row_count; i++) {
        if (why->rows[i].reason[0] == '\0')
            most = fmax(most, bar_total(why, &why->rows[i]));
    }
    fputc('\n', file);
    text_wrap(file, why->topic->picture, 0, 0);
    for (size_t i = 0; i < why->row_count; i++) {
        const struct why_row *row = &why->rows[i];

        fprintf(file, "%-*s |", NAME_WIDTH, row->lane->name);
        if (row->reason[0] != '\0')
            fputs(" (not measured, see below)", file);
        else
            print_bar(file, why, row, why->topic->shares ? bar_total(why, row) : most);
        fputc('\n', file);
    }
}

/* Why some lanes have no numbers. */
static void print_reasons(FILE *file, const struct why *why)
{
    char line[WHY_TEXT + 64];
    bool any = false;

    for (size_t i = 0; i < why->row_count; i++) {
        const struct why_row *row = &why->rows[i];

        if (row->reason[0] == '\0')
            continue;
        fputs(any ? "" : "\nNot measured\n", file);
        any = true;
        snprintf(line, sizeof line, "%s: %s", row->lane->name, row->reason);
        text_make_printable(line);
        text_wrap(file, line, 0, 4);
    }
}

void why_print(FILE *file, const struct why *why)
{
    bool colour = text_wants_colour(file);

    fputs(text_on(colour, STYLE_BOLD), file);
    text_wrap(file, why->topic->question, 0, 0);
    fputs(text_off(colour), file);
    if (why_has_numbers(why)) {
        for (size_t at = 0; why->topic->columns[at].key != NULL;)
            at = print_group(file, why, at);
        print_picture(file, why);
    }
    print_reasons(file, why);
    fputc('\n', file);
    text_wrap(file, why->topic->notes, 0, 0);
    fprintf(file, "\n%sThe cause%s\n", text_on(colour, STYLE_BOLD), text_off(colour));
    for (size_t i = 0; i < why->cause_count; i++)
        text_wrap(file, why->causes[i], 0, 0);
}

static json_t *row_json(const struct why *why, const struct why_row *row)
{
    json_t *values = json_object();

    for (size_t i = 0; why->topic->columns[i].key != NULL; i++)
        json_object_set_new(values, why->topic->columns[i].key,
                            row->reason[0] != '\0' || isnan(row->values[i])
                                ? json_null()
                                : json_real(row->values[i]));
    return json_pack("{s:s, s:s, s:s, s:o, s:o}", "name", row->lane->name, "way", row->lane->way,
                     "command", row->command, "reason",
                     row->reason[0] == '\0' ? json_null() : json_text(row->reason), "values",
                     values);
}

json_t *why_json(const struct why *why)
{
    json_t *rows = json_array(), *causes = json_array();

    for (size_t i = 0; i < why->row_count; i++)
        json_array_append_new(rows, row_json(why, &why->rows[i]));
    for (size_t i = 0; i < why->cause_count; i++)
        json_array_append_new(causes, json_text(why->causes[i]));
    return json_pack("{s:s, s:s, s:s, s:o, s:o}", "schema", WHY_SCHEMA, "topic", why->topic->name,
                     "question", why->topic->question, "rows", rows, "cause", causes);
}
