/* report.c: which forms of a result are wanted, their files; and `trivium report`. See report.h. */
#include "cli/report.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/race.h"
#include "cli/status.h"
#include "cli/text.h"

/* The keys of the forms are KEY_FORM and what follows. */
#define KEY_FORM 1024

static const struct argp_option form_options[] = {
    {"json", KEY_FORM + REPORT_JSON, "FILE", 0,
     "Write all that was measured, see docs/results.md; a FILE of - is standard output, in each of "
     "these, and the table then goes to standard error",
     2},
    {"html", KEY_FORM + REPORT_HTML, "FILE", 0,
     "Write a page with figures, tables and what doctor says of this host; it needs nothing else",
     2},
    {"svg", KEY_FORM + REPORT_SVG, "FILE", 0, "Write the figures", 2},
    {"csv", KEY_FORM + REPORT_CSV, "FILE", 0, "Write every sample, one a line", 2},
    {"markdown", KEY_FORM + REPORT_MARKDOWN, "FILE", 0, "Write the tables as Markdown", 2},
    {"columns", KEY_FORM + REPORT_COLUMNS, "FILE", 0,
     "Write a column for each run, and the seconds of the ways side by side, as Markdown", 2},
    {0},
};

static error_t parse_form(int key, char *arg, struct argp_state *state)
{
    struct report *report = state->input;

    if (key < KEY_FORM || key >= KEY_FORM + REPORT_FORMS)
        return ARGP_ERR_UNKNOWN;
    report->paths[key - KEY_FORM] = arg;
    for (int i = 0; i < REPORT_FORMS; i++) {
        if (i != key - KEY_FORM && report->paths[i] != NULL && strcmp(arg, report->paths[i]) == 0)
            argp_error(state, "two reports into %s", arg);
    }
    return 0;
}

const struct argp report_argp = {.options = form_options, .parser = parse_form};

bool report_takes_stdout(const struct report *report)
{
    for (int i = 0; i < REPORT_FORMS; i++) {
        if (report->paths[i] != NULL && strcmp(report->paths[i], "-") == 0)
            return true;
    }
    return false;
}

int report_open(struct report *report, struct err *err)
{
    for (int i = 0; i < REPORT_FORMS; i++) {
        if (report->paths[i] != NULL && output_open(&report->files[i], report->paths[i], err) < 0) {
            report->files[i].file = NULL;
            report_abandon(report);
            return -1;
        }
    }
    return 0;
}

void report_abandon(struct report *report)
{
    for (int i = 0; i < REPORT_FORMS; i++) {
        if (report->files[i].file != NULL)
            output_abandon(&report->files[i]);
        report->files[i].file = NULL;
    }
}

int report_write(struct report *report, const struct result *result, struct err *err)
{
    static void (*const writers[REPORT_FORMS])(FILE *, const struct result *) = {
        [REPORT_HTML] = report_html,       [REPORT_SVG] = report_svg,
        [REPORT_CSV] = report_csv,         [REPORT_MARKDOWN] = report_markdown,
        [REPORT_COLUMNS] = report_columns,
    };
    int answer = 0;

    for (int i = 0; i < REPORT_FORMS && answer == 0; i++) {
        struct output_file *output = &report->files[i];

        if (output->file == NULL)
            continue;
        if (i == REPORT_JSON) {
            answer = json_write(result_json(result), output, err);
        } else {
            writers[i](output->file, result);
            answer = output_commit(output, err);
        }
        output->file = NULL;
    }
    report_abandon(report); /* those behind one that failed */
    return answer;
}

size_t report_command_end(const struct result *result, size_t first)
{
    size_t end = first + 1;

    while (end < result->row_count && result_same_command(&result->rows[first], &result->rows[end]))
        end++;
    return end;
}

size_t report_measure_end(const struct result *result, size_t first)
{
    const char *measure = result->rows[first].measure;
    size_t end = first + 1, limit = report_command_end(result, first);

    while (end < limit && result_same_text(measure, result->rows[end].measure))
        end++;
    return end;
}

size_t report_lanes(const struct result *result, size_t lanes[REPORT_LANES_MAX])
{
    size_t count = 0;

    for (int other = 0; other < 2; other++) {
        for (size_t i = 0; i < result->row_count && count < REPORT_LANES_MAX; i++) {
            bool known = result->rows[i].different_kernel != (other == 1);

            for (size_t j = 0; j < count; j++)
                known |= result_same_lane(&result->rows[lanes[j]], &result->rows[i]);
            if (!known)
                lanes[count++] = i;
        }
    }
    return count;
}

const char *report_lane(char buffer[RESULT_NAME], const struct result_row *row)
{
    return row->variant != NULL ? row->variant : result_way(buffer, row);
}

char *report_command(char buffer[REPORT_COMMAND], const struct result_row *row)
{
    size_t used = (size_t)snprintf(buffer, REPORT_COMMAND, "%s", row->program), i;
    const json_t *arg;

    json_array_foreach(row->args, i, arg)
    {
        if (used < REPORT_COMMAND)
            used += (size_t)snprintf(buffer + used, REPORT_COMMAND - used, " %s",
                                     json_string_value(arg));
    }
    if (row->configuration != NULL && used < REPORT_COMMAND)
        snprintf(buffer + used, REPORT_COMMAND - used, " [%s]", row->configuration);
    return buffer;
}

char *report_slowdown(char buffer[REPORT_RATIO], const struct result_ratio *ratio)
{
    return text_ratio(buffer, ratio->speed > 0 ? 1 / ratio->speed : 0);
}

char *report_interval(char buffer[2 * REPORT_RATIO], const struct result_ratio *ratio)
{
    char low[TEXT_SIZE], high[TEXT_SIZE];

    buffer[0] = '\0';
    if (ratio->interval.low > 0)
        snprintf(buffer, 2 * REPORT_RATIO, "%s..%s", text_ratio(low, 1 / ratio->interval.high) + 1,
                 text_ratio(high, 1 / ratio->interval.low) + 1);
    return buffer;
}

char *report_step(char buffer[REPORT_COMMAND], const struct result *result, size_t index)
{
    const struct result_step *step = &result->steps[index];
    double change = step->from > 0 ? step->to / step->from - 1 : 0;

    snprintf(buffer, REPORT_COMMAND,
             "after %.1f s, at executions[%zu], %s: the calibration loop takes %.0f %% %s. No "
             "median is taken across this; runs on the shorter side are kept, and left out",
             result->executions[step->execution].start, step->execution,
             step->stolen ? (change > 0 ? "somebody else began to use this processor"
                                        : "somebody else stopped using this processor")
             : change > 0 ? "the processor became slower (throttled, or its sibling is busy)"
                          : "the processor became quicker",
             change > 0 ? change * 100 : -change * 100, change > 0 ? "more" : "less");
    return buffer;
}

char *report_crowded(char buffer[REPORT_COMMAND], const struct result *result)
{
    double stolen = result_stolen(result);

    if (stolen <= RESULT_CROWDED)
        return NULL;
    snprintf(buffer, REPORT_COMMAND,
             "somebody else took %.0f %% of this processor from the calibration loop. Of such a "
             "processor a container gets a larger share than native, as its control group is "
             "weighed against all others together",
             stolen * 100);
    return buffer;
}

const char report_explained[] =
    "What explains a slowdown: counts are of the run to warm up, which counts and is in no median; "
    "times are of the others. More than 20 % of it left over is called not explained.";

const char report_explain_help[] =
    "Below the table's rows say what of each slowdown the counters explain, and what they do not; "
    "pages and Markdown always do";

struct report_options {
    const char *path;
    struct report report;
};

#define KEY_EXPLAIN 256

static const struct argp_option options[] = {
    {"explain", KEY_EXPLAIN, NULL, 0, report_explain_help, 0},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct report_options *chosen = state->input;

    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = &chosen->report; return 0;
    case KEY_EXPLAIN: chosen->report.explain = true; return 0;
    case ARGP_KEY_ARG:
        if (chosen->path != NULL)
            argp_error(state, "one FILE at a time");
        chosen->path = arg;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which FILE?"); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&report_argp, 0, NULL, 0}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE",
    .doc = "Shows a result file of `trivium race --json' again: as the table, or in the forms that "
           "are asked for. FILE of - is standard input. What the file claims of its samples is not "
           "believed but derived anew.\vThe exit status is 0, or 2 if FILE is no result file.",
    .children = children,
};

int report_read(struct result *result, const char *path, struct err *err)
{
    size_t size;
    char *text = result_slurp(path, &size, err);
    int answer = -1;

    if (text != NULL)
        answer = result_parse(result, text, size, result_file_name(path), err);
    if (answer == 0)
        result_derive(result);
    free(text);
    return answer;
}

/* Is any form wanted? */
static bool is_wanted(const struct report *report)
{
    for (int i = 0; i < REPORT_FORMS; i++) {
        if (report->paths[i] != NULL)
            return true;
    }
    return false;
}

int command_report(int argc, char **argv, struct err *err)
{
    struct report_options chosen = {0};
    struct result result;
    int status = EXIT_SUCCESS;

    argp_parse(&parser, argc, argv, 0, NULL, &chosen);
    signal(SIGPIPE, SIG_IGN); /* see output.h: it is told as an error */
    if (report_read(&result, chosen.path, err) < 0)
        return STATUS_UNREADABLE;
    if (!is_wanted(&chosen.report))
        race_print(stdout, &result, text_wants_colour(stdout), chosen.report.explain);
    else if (report_open(&chosen.report, err) < 0 || report_write(&chosen.report, &result, err) < 0)
        status = STATUS_FAILED;
    result_fini(&result);
    return status;
}
