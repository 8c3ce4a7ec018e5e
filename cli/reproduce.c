/*
 * reproduce.c: `trivium reproduce`: the race of a result file once more, and is it the same? What
 * is compared with what is in result/compare.h.
 */
#include <argp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/doctor.h"
#include "cli/race.h"
#include "cli/report.h"
#include "cli/status.h"
#include "cli/text.h"
#include "result/compare.h"

struct reproduce {
    const char *path;
    const char *with; /* a second file, instead of measuring; NULL: measure */
    bool trust;
    struct report report; /* of the second measurement */
    struct result before;
};

enum option_key { KEY_WITH = 256, KEY_TRUST };

static const struct argp_option options[] = {
    {"with", KEY_WITH, "FILE2", 0, "Measure nothing, and compare with FILE2", 0},
    {"trust", KEY_TRUST, NULL, 0,
     "Run whatever FILE says, with your rights; without it only prime, fork, mix and syscalls", 0},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct reproduce *reproduce = state->input;

    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = &reproduce->report; return 0;
    case KEY_WITH: reproduce->with = arg; return 0;
    case KEY_TRUST: reproduce->trust = true; return 0;
    case ARGP_KEY_ARG:
        if (reproduce->path != NULL)
            argp_error(state, "one FILE at a time");
        reproduce->path = arg;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which FILE?"); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&report_argp, 0, "Of what is measured now:", 3}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .children = children,
    .args_doc = "FILE",
    .doc = "Runs the race of a result file once more and says for each row whether it is the same, "
           "faster, slower, or not comparable, and why not: other CPU, other hash, other kernel, "
           "too noisy. The same is what differs by less than 5 %.\vThe exit status is 0 if all "
           "that can be compared is the same, 1 if something is faster or slower, 3 if nothing can "
           "be compared, 2 if FILE is no result file.",
};

static enum text_style style_of(enum compare_verdict verdict)
{
    switch (verdict) {
    case COMPARE_ALIKE: return STYLE_GOOD;
    case COMPARE_FASTER:
    case COMPARE_SLOWER: return STYLE_WARN;
    case COMPARE_NOT: break;
    }
    return STYLE_DIM;
}

static void print_row(FILE *file, const struct compare_row *row, bool colour)
{
    char name[REPORT_COMMAND + 80], command[REPORT_COMMAND], way[RESULT_NAME], text[320];
    int column;

    snprintf(name, sizeof name, "%.60s%s%.20s on %s", report_command(command, row->before),
             row->before->measure == NULL ? "" : ", ",
             row->before->measure == NULL ? "" : row->before->measure,
             result_way(way, row->before));
    text_make_printable(name);
    column = fprintf(file, "%-46s ", name) + (int)strlen(compare_verdict_names[row->verdict]);
    fprintf(file, "%s%s%s", text_on(colour, style_of(row->verdict)),
            compare_verdict_names[row->verdict], text_off(colour));
    if (row->verdict == COMPARE_NOT) {
        snprintf(text, sizeof text, " because: %s", row->reason);
        text_make_printable(text);
        text_wrap(file, text, column, 4);
    } else {
        fprintf(file, ", x%.2f the speed, %.2f..%.2f\n", row->ratio.speed, row->ratio.interval.low,
                row->ratio.interval.high);
    }
}

/* Prints all rows; the exit status. */
static int judge(FILE *file, const struct result *before, const struct result *now)
{
    struct compare_row *rows = calloc(before->row_count + 1, sizeof *rows);
    size_t counts[COMPARE_NOT + 1] = {0}, count;
    bool colour = text_wants_colour(file);

    if (rows == NULL)
        err_die_oom();
    count = compare_results(before, now, rows);
    for (size_t i = 0; i < count; i++) {
        print_row(file, &rows[i], colour);
        counts[rows[i].verdict]++;
    }
    free(rows);
    if (before->trivium_sha256 == NULL || now->trivium_sha256 == NULL ||
        strcmp(before->trivium_sha256, now->trivium_sha256) != 0)
        fprintf(file, "trivium is another build: what it emulates may differ for that alone\n");
    if (before->step_count + now->step_count > 0)
        fprintf(file, "the host's speed changed during a race (drift): `trivium report' tells\n");
    fprintf(file, "%zu same, %zu faster, %zu slower, %zu not comparable\n", counts[COMPARE_ALIKE],
            counts[COMPARE_FASTER], counts[COMPARE_SLOWER], counts[COMPARE_NOT]);
    if (counts[COMPARE_FASTER] + counts[COMPARE_SLOWER] > 0)
        return STATUS_UNEQUAL;
    return counts[COMPARE_ALIKE] > 0 ? EXIT_SUCCESS : STATUS_INCOMPARABLE;
}

/* The race is over. */
static int told(void *context, const struct result *now, struct err *err)
{
    struct reproduce *reproduce = context;
    FILE *file = report_takes_stdout(&reproduce->report) ? stderr : stdout;
    int status = judge(file, &reproduce->before, now);

    if (report_write(&reproduce->report, now, err) < 0)
        return STATUS_FAILED;
    return now->interrupted ? STATUS_SIGNAL + SIGINT : status;
}

/* Before anything is run: is this host like that one? */
static bool is_like_host(const struct reproduce *reproduce, const json_t *host)
{
    char reason[256];

    compare_hosts(&reproduce->before, host, reason);
    if (reason[0] == '\0')
        return true;
    text_make_printable(reason);
    printf("not comparable because: %s\n", reason);
    return false;
}

/* The file's command line again: "trivium", "race", and what race itself takes. */
static int measure(struct reproduce *reproduce, struct err *err)
{
    const struct race_request request = {
        .told = told, .context = reproduce, .trusted = reproduce->trust};
    const json_t *command = reproduce->before.command, *word;
    char name[] = "trivium race";
    size_t count = json_array_size(command), i;
    char **words = calloc(count + 1, sizeof *words);
    int status;

    if (words == NULL)
        err_die_oom();
    if (count < 2 || strcmp(json_string_value(json_array_get(command, 1)), "race") != 0) {
        free(words);
        err_set(err, "%s: its command is no `trivium race'", reproduce->path);
        return STATUS_UNREADABLE;
    }
    json_array_foreach(command, i, word)
    {
        if (i >= 2) {
            words[i - 1] = strdup(json_string_value(word));
            if (words[i - 1] == NULL)
                err_die_oom();
        }
    }
    words[0] = name;
    status = race_command((int)count - 1, words, &request, err);
    /* argp may have put them in another order; the name is not ours to free. */
    for (i = 0; i + 1 < count; i++) {
        if (words[i] != name)
            free(words[i]);
    }
    free(words);
    return status;
}

static int compare_files(struct reproduce *reproduce, struct err *err)
{
    struct result now;
    int status = STATUS_INCOMPARABLE;

    if (report_read(&now, reproduce->with, err) < 0)
        return STATUS_UNREADABLE;
    if (is_like_host(reproduce, now.host))
        status = judge(stdout, &reproduce->before, &now);
    result_fini(&now);
    return status;
}

static int measure_here(struct reproduce *reproduce, struct err *err)
{
    struct doctor *doctor = doctor_new();
    json_t *host = doctor_json(doctor);
    int status = STATUS_INCOMPARABLE;

    doctor_free(doctor);
    if (is_like_host(reproduce, host)) {
        status = STATUS_FAILED;
        if (report_open(&reproduce->report, err) == 0)
            status = measure(reproduce, err);
        report_abandon(&reproduce->report); /* if it came to nothing */
    }
    json_decref(host);
    return status;
}

int command_reproduce(int argc, char **argv, struct err *err)
{
    struct reproduce reproduce = {0};
    int status;

    argp_parse(&parser, argc, argv, 0, NULL, &reproduce);
    signal(SIGPIPE, SIG_IGN); /* see output.h: it is told as an error */
    if (report_read(&reproduce.before, reproduce.path, err) < 0)
        return STATUS_UNREADABLE;
    status =
        reproduce.with == NULL ? measure_here(&reproduce, err) : compare_files(&reproduce, err);
    result_fini(&reproduce.before);
    return status;
}
