/* why_run.c: `trivium run` as part of an experiment, and the numbers in what it leaves; why.h. */
#include "cli/why.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/programs.h"
#include "cli/ways.h"
#include "lib/stats.h"

enum {
    WORDS_MAX = 32,
    OUTPUT_MAX = 8 * 1024 * 1024, /* bytes */
    RUNS_MAX = 16,
};

/* A run that takes longer is no experiment of a minute. */
#define TIMEOUT "25"

static int start_run(void *context, struct err *err)
{
    char *const *words = context;

    /* This very file, wherever it lies: what is measured is what measures. */
    execv("/proc/self/exe", words);
    return err_sys(err, errno, "cannot execute myself (/proc/self/exe)");
}

/* Cuts `text` at its spaces, in place. */
static void split(char *words[WORDS_MAX], char *text)
{
    size_t count = 0;
    char *rest = NULL;

    for (char *word = strtok_r(text, " ", &rest); word != NULL && count < WORDS_MAX - 1;
         word = strtok_r(NULL, " ", &rest))
        words[count++] = word;
    words[count] = NULL;
}

/* Cuts the report off, which follows what the program has printed. -1: there is none. */
static int take_report(struct why_run *run)
{
    static const char begin[] = "{\n  \"schema\": \"trivium-run/1\"";
    char *at = NULL;

    for (char *next = strstr(run->output, begin); next != NULL; next = strstr(next + 1, begin))
        at = next;
    if (at == NULL)
        return -1;
    run->report = json_loads(at, 0, NULL);
    *at = '\0';
    return run->report == NULL ? -1 : 0;
}

/* The first line of what it said, without our own name. */
static void take_complaint(struct why_row *row, const struct supervise_outcome *outcome,
                           const char *errors)
{
    static const char own[] = "trivium: ";

    if (strncmp(errors, own, strlen(own)) == 0)
        errors += strlen(own);
    if (errors[0] != '\0')
        snprintf(row->reason, sizeof row->reason, "%.*s", (int)strcspn(errors, "\n"), errors);
    else
        snprintf(row->reason, sizeof row->reason, "it ended with status %d and said nothing",
                 outcome->status);
}

static void show_progress(const struct why_row *row)
{
    if (isatty(STDERR_FILENO) == 1)
        fprintf(stderr, "\r\033[K%s: %.50s", row->lane->name, row->command);
}

/* NULs in what it printed would hide the report. */
static void blank_zeros(struct supervise_capture *out)
{
    for (size_t i = 0; i < out->used; i++) {
        if (out->data[i] == '\0')
            out->data[i] = ' ';
    }
}

static int take_outcome(struct why *why, struct why_row *row, bool count,
                        const struct supervise_outcome *outcome, const char *errors,
                        struct why_run *run, struct err *err)
{
    if (outcome->fate == FATE_STOPPED) {
        why->stopped_by = outcome->signal;
        return -1;
    }
    if (outcome->interrupted)
        return err_set(err, "interrupted before everything was measured");
    if (outcome->fate == FATE_REFUSED) {
        snprintf(row->reason, sizeof row->reason, "%s", outcome->err.text);
        return 1;
    }
    if (outcome->fate != FATE_EXITED || outcome->status != 0) {
        take_complaint(row, outcome, errors);
        return 1;
    }
    if (count && take_report(run) < 0) {
        snprintf(row->reason, sizeof row->reason, "it left no report of its counters");
        return 1;
    }
    return 0;
}

int why_run(struct why *why, struct why_row *row, bool count, const char *words,
            struct why_run *run, struct err *err)
{
    const struct why_lane *lane = row->lane;
    char text[512], *argv[WORDS_MAX];
    struct supervise_capture out, errors;
    struct supervise_outcome outcome;
    const struct supervise_job job = {
        .start = start_run,
        .context = argv,
        .interrupt_kills = true,
        .out = &out,
        .errors = &errors,
    };
    int answer;

    *run = (struct why_run){0};
    if (row->reason[0] != '\0')
        return 1;
    snprintf(row->command, sizeof row->command, "trivium run --on %s%s%s%s %s", lane->way,
             lane->options[0] == '\0' ? "" : " ", lane->options, count ? " --json -" : "", words);
    show_progress(row);
    snprintf(text, sizeof text, "trivium run --timeout " TIMEOUT " --on %s %s %s %s", lane->way,
             lane->options, count ? "--json -" : "", words);
    split(argv, text);
    supervise_capture_init(&out, OUTPUT_MAX);
    supervise_capture_init(&errors, 4096);
    answer = supervisor_run(&why->supervisor, &job, &outcome, err);
    if (answer == 0) {
        blank_zeros(&out);
        run->output = strdup(out.data);
        if (run->output == NULL)
            err_die_oom();
        answer = take_outcome(why, row, count, &outcome, errors.data, run, err);
    }
    supervise_capture_fini(&errors);
    supervise_capture_fini(&out);
    if (answer != 0)
        why_run_fini(run);
    return answer;
}

void why_run_fini(struct why_run *run)
{
    free(run->output);
    json_decref(run->report);
    *run = (struct why_run){0};
}

double why_printed(const struct why_run *run, const char *label)
{
    size_t length;
    const char *text = programs_value(run->output, label, &length);
    char *end;
    double value;

    if (text == NULL)
        return NAN;
    value = strtod(text, &end);
    return end == text ? NAN : value;
}

static double sum_of(const json_t *object, const char *member)
{
    const char *key;
    json_t *value;
    double sum = 0;

    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        const json_t *number = member == NULL ? value : json_object_get(value, member);

        if (json_is_number(number))
            sum += json_number_value(number);
    }
    return sum;
}

double why_counted(const struct why_run *run, const char *path, const char *member)
{
    const json_t *value = run->report;
    char text[128], *rest = NULL;

    snprintf(text, sizeof text, "%s", path);
    for (char *key = strtok_r(text, ".", &rest); key != NULL; key = strtok_r(NULL, ".", &rest))
        value = json_object_get(value, key);
    if (json_is_object(value))
        return sum_of(value, member);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

double why_cpus_used(const struct why_run *run)
{
    return (why_counted(run, "user_seconds", NULL) + why_counted(run, "system_seconds", NULL)) /
           why_counted(run, "wall_seconds", NULL);
}

int why_median(struct why *why, struct why_row *row, const char *words, const char *label,
               unsigned runs, double *median, struct err *err)
{
    double samples[RUNS_MAX];

    for (unsigned i = 0; i < runs; i++) {
        struct why_run run;
        int answer = why_run(why, row, false, words, &run, err);

        if (answer != 0)
            return answer;
        samples[i] = why_printed(&run, label);
        why_run_fini(&run);
        if (isnan(samples[i])) {
            snprintf(row->reason, sizeof row->reason, "it printed no line \"%s: ...\"", label);
            return 1;
        }
    }
    *median = stats_summarize(samples, runs).median;
    return 0;
}
