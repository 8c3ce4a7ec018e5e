/*
 * report.h: a result in the forms in which it is handed on: JSON, a page, a figure, two tables.
 *
 * All are made of the model alone (result/result.h), so a race just measured and a file of last
 * year give the same. `race` and `report` take the same options for them, by report_argp.
 */
#ifndef TRIVIUM_CLI_REPORT_H
#define TRIVIUM_CLI_REPORT_H

#include <argp.h>
#include <stdbool.h>

#include "cli/output.h"
#include "result/result.h"

enum report_form {
    REPORT_JSON,
    REPORT_HTML,
    REPORT_SVG,
    REPORT_CSV,
    REPORT_MARKDOWN,
    REPORT_COLUMNS,
    REPORT_FORMS
};

struct report {
    const char *paths[REPORT_FORMS]; /* borrowed; NULL: not wanted */
    struct output_file files[REPORT_FORMS];
    bool explain; /* the table has a sentence for each slowdown */
};

/* The options; its input is a struct report. */
extern const struct argp report_argp;

/* Does a form go to standard output? */
bool report_takes_stdout(const struct report *report);

/* Before the measuring: to fail after it would waste it. */
int report_open(struct report *report, struct err *err);

/* Writes all that is open, and gives the files their names. */
int report_write(struct report *report, const struct result *result, struct err *err);

/* Gives up what is open. */
void report_abandon(struct report *report);

/* Reads a result file ("-": standard input), and derives anew what it claims. */
int report_read(struct result *result, const char *path, struct err *err);

/* Each form. */
void report_html(FILE *file, const struct result *result);
void report_svg(FILE *file, const struct result *result);
void report_csv(FILE *file, const struct result *result);
void report_markdown(FILE *file, const struct result *result);
void report_columns(FILE *file, const struct result *result);

/*
 * Parts that several of them show. A figure is of the rows `first` up to `end`, which are of one
 * measure; `number` makes its names unique in a page.
 */
void report_figure(FILE *file, const struct result *result, size_t first, size_t end,
                   unsigned number);
void report_ladder(FILE *file, const struct result *result, unsigned number);

/* Where a result is from, in one sentence, escaped: when it was measured, and on what. */
void report_origin(FILE *file, const struct result *result);

/* The command that measured it, as a shell takes it; to be freed. */
char *report_command_line(const struct result *result);

/* The colours of both themes and the classes of figures, as the inside of a <style>. */
extern const char report_style[];

/* Behind the last row of the measure, or of the command, that row `first` is of. */
size_t report_measure_end(const struct result *result, size_t first);
size_t report_command_end(const struct result *result, size_t first);

/* The first row of each lane, those of the host's kernel first. Answers how many. */
#define REPORT_LANES_MAX 64
size_t report_lanes(const struct result *result, size_t lanes[REPORT_LANES_MAX]);

/* How a lane is called where the lanes stand below each other: "dbt --user", and below it a rung by
 * what differs, "--dbt=-chain". */
const char *report_lane(char buffer[RESULT_NAME], const struct result_row *row);

/* "prime --max-prime 1000", "fork 1 20 [2 CPU, 2 GB]" into the buffer, which is the answer. */
#define REPORT_COMMAND 512
char *report_command(char buffer[REPORT_COMMAND], const struct result_row *row);

/* "x2.0", or "-". */
#define REPORT_RATIO 48
char *report_slowdown(char buffer[REPORT_RATIO], const struct result_ratio *ratio);
/* "1.9..2.1", or nothing. */
char *report_interval(char buffer[2 * REPORT_RATIO], const struct result_ratio *ratio);

/* Where the numbers of the sentences are from that explain slowdowns. */
extern const char report_explained[];

/* Of the option --explain, for --help. */
extern const char report_explain_help[];

/* What a step was, in one sentence. */
char *report_step(char buffer[REPORT_COMMAND], const struct result *result, size_t index);

/* What a neighbour took all the time, in one sentence; the answer is NULL if that is too little to
 * be worth one. */
char *report_crowded(char buffer[REPORT_COMMAND], const struct result *result);

#endif
