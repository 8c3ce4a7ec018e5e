/*
 * race_table.c: the result of a race as a table for people, at most 80 columns wide; see race.h.
 */
#include <string.h>
#include <sys/utsname.h>

#include "cli/commands.h"
#include "cli/race.h"
#include "cli/text.h"

#define REASON_INDENT 22

/* "mix divide", "fork": how a row is called where its block is not above it. */
static char *full_name(char buffer[TEXT_SIZE], const struct race_contest *contest, size_t metric)
{
    const char *name = contest->program->metrics[metric].name;

    snprintf(buffer, TEXT_SIZE, "%.24s%s%s", contest->located.name, name == NULL ? "" : " ",
             name == NULL ? "" : name);
    return buffer;
}

/* The block's title: the command that was run. */
static void print_title(FILE *file, const struct race_contest *contest, bool colour)
{
    fprintf(file, "%s", text_on(colour, STYLE_BOLD));
    for (size_t i = 0; i < contest->words.we_wordc; i++)
        fprintf(file, "%s%s", i == 0 ? "" : " ", contest->words.we_wordv[i]);
    fprintf(file, "%s\n", text_off(colour));
    fprintf(file, " %-8s %-15s %7s %7s %7s  %-8s %8s  %s\n", "", "way", "median", "min", "max",
            "unit", "slowdown", "95 %");
}

/* "6.6..6.9": as text_ratio() has them, without the x. */
static char *interval_text(char buffer[2 * TEXT_SIZE], const struct race_cell *cell)
{
    char low[TEXT_SIZE], high[TEXT_SIZE];

    buffer[0] = '\0';
    if (cell->slowdown_interval.low > 0)
        snprintf(buffer, 2 * TEXT_SIZE, "%s..%s", text_ratio(low, cell->slowdown_interval.low) + 1,
                 text_ratio(high, cell->slowdown_interval.high) + 1);
    return buffer;
}

static void print_numbers(FILE *file, const struct race_cell *cell)
{
    char median[TEXT_SIZE], min[TEXT_SIZE], max[TEXT_SIZE];

    fprintf(file, " %7s %7s %7s  %-8s", text_number(median, cell->summary.median),
            text_number(min, cell->summary.min), text_number(max, cell->summary.max), cell->unit);
}

/* A star marks a ratio between two kernels. */
static void print_slowdown(FILE *file, const struct race_entrant *entrant,
                           const struct race_cell *cell, bool colour)
{
    char ratio[TEXT_SIZE], interval[2 * TEXT_SIZE];

    fprintf(file, " %s%8s%s%s", text_on(colour, STYLE_BOLD), text_ratio(ratio, cell->slowdown),
            text_off(colour), entrant->lane->machine ? "*" : "");
    interval_text(interval, cell);
    fprintf(file, "%s%s\n",
            interval[0] == '\0'      ? ""
            : entrant->lane->machine ? " "
                                     : "  ",
            interval);
}

static void print_row(FILE *file, const struct race_contest *contest,
                      const struct race_entrant *entrant, size_t metric, bool first, bool colour)
{
    static const char *const words[] = {"", "unavailable", "WRONG", "failed"};
    const struct race_cell *cell = &entrant->cells[metric];
    const char *name = contest->program->metrics[metric].name;
    const char *reason;
    enum race_status status = race_cell_status(entrant, cell, &reason);

    if (status == RACE_OK && cell->count == 0)
        return; /* Ctrl-C came before its first run */
    fprintf(file, " %-8.8s %-15s", first && name != NULL ? name : "", entrant->lane->name);
    if (cell->count > 0)
        print_numbers(file, cell);
    if (status == RACE_OK) {
        print_slowdown(file, entrant, cell, colour);
        return;
    }
    fprintf(file, " %s%8s%s\n%*s",
            text_on(colour, status == RACE_UNAVAILABLE ? STYLE_DIM : STYLE_BAD), words[status],
            text_off(colour), REASON_INDENT, "");
    text_wrap(file, reason, REASON_INDENT, REASON_INDENT);
}

static void print_contest(FILE *file, const struct race_contest *contest, bool colour)
{
    print_title(file, contest, colour);
    for (size_t metric = 0; metric < contest->program->metric_count; metric++) {
        bool first = true;

        for (size_t i = 0; race_shows_metric(contest, metric) && i < contest->entrant_count; i++) {
            print_row(file, contest, &contest->entrants[i], metric, first, colour);
            first = false;
        }
    }
    fputc('\n', file);
}

/* The least and the most that a way was slower than native, over all rows. */
static void print_range(FILE *file, const struct race *race, const struct race_lane *lane)
{
    char low_text[TEXT_SIZE], high_text[TEXT_SIZE], low_name[TEXT_SIZE] = "";
    char high_name[TEXT_SIZE] = "";
    double low = 0, high = 0;

    for (size_t i = 0; i < race->contest_count; i++) {
        const struct race_contest *contest = &race->contests[i];

        for (size_t metric = 0; metric < contest->program->metric_count; metric++) {
            for (size_t j = 0; j < contest->entrant_count; j++) {
                double slowdown = contest->entrants[j].cells[metric].slowdown;

                if (contest->entrants[j].lane != lane || slowdown <= 0)
                    continue;
                if (low == 0 || slowdown < low) {
                    low = slowdown;
                    full_name(low_name, contest, metric);
                }
                if (slowdown > high) {
                    high = slowdown;
                    full_name(high_name, contest, metric);
                }
            }
        }
    }
    if (low == high && low > 0)
        fprintf(file, "%s against native: %s (%s)\n", lane->name, text_ratio(low_text, low),
                low_name);
    else if (low > 0)
        fprintf(file, "%s against native: from %s (%s) to %s (%s)\n", lane->name,
                text_ratio(low_text, low), low_name, text_ratio(high_text, high), high_name);
}

/* Where a few percent are the question, and the runs do not answer it. */
static void print_inconclusive(FILE *file, const struct race *race, size_t lane)
{
    char text[1024] = "";

    for (size_t i = 0; i < race->contest_count; i++) {
        const struct race_contest *contest = &race->contests[i];

        for (size_t metric = 0; metric < contest->program->metric_count; metric++) {
            char name[TEXT_SIZE];
            size_t used = strlen(text);

            if (race_is_inconclusive(&race->lanes[lane], &contest->entrants[lane].cells[metric]))
                snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? ", " : "",
                         full_name(name, contest, metric));
        }
    }
    if (text[0] != '\0') {
        char line[1280];

        snprintf(line, sizeof line,
                 "%s against native is inconclusive for %s: the interval is wider than %.2f, or "
                 "unknown. More --runs, or a quieter host",
                 race->lanes[lane].name, text, RACE_CONCLUSIVE);
        text_wrap(file, line, 0, 4);
    }
}

static void print_legend(FILE *file, const struct race *race)
{
    struct utsname kernel = {0};
    char text[512];

    uname(&kernel);
    snprintf(text, sizeof text,
             "%u run%s each, after one to warm up. Slowdown: native's median against the way's; "
             "95 %%: bootstrap interval of that ratio.",
             race->runs, race->runs == 1 ? "" : "s");
    text_wrap(file, text, 0, 0);
    for (size_t i = 0; i < race->lane_count; i++) {
        const struct race_lane *lane = &race->lanes[i];
        const char *remark = lane->way->remark == NULL ? NULL : lane->way->remark();

        if (lane->machine)
            snprintf(text, sizeof text,
                     "kernel of %s: Trivium %s, on %s%s%s. *: a different kernel from "
                     "native's, so other work behind the system calls",
                     lane->name, TRIVIUM_VERSION, lane->way->machine, remark == NULL ? "" : ", ",
                     remark == NULL ? "" : remark);
        else
            snprintf(text, sizeof text, "kernel of %s: %s %s %s", lane->name, kernel.sysname,
                     kernel.release, lane->way->kernel);
        text_wrap(file, text, 0, 4);
    }
}

void race_print(FILE *file, const struct race *race)
{
    bool colour = !race->plain && text_wants_colour(file);

    for (size_t i = 0; i < race->contest_count; i++) {
        if (!race->interrupted || race_has_metrics(&race->contests[i]))
            print_contest(file, &race->contests[i], colour);
    }
    print_legend(file, race);
    for (size_t i = 0; i < race->lane_count; i++) {
        if (strcmp(race->lanes[i].name, "native") != 0)
            print_range(file, race, &race->lanes[i]);
        print_inconclusive(file, race, i);
    }
    if (race->interrupted)
        fprintf(file, "%sinterrupted%s: these results are incomplete\n",
                text_on(colour, STYLE_WARN), text_off(colour));
    else if (race_is_bad(race))
        fprintf(file, "%snot all is well%s: see WRONG and failed above\n",
                text_on(colour, STYLE_BAD), text_off(colour));
}
