/*
 * run.c: `trivium run`: one program, one way, its own input, output and exit status.
 *
 * Read next: launch.h.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/launch.h"
#include "cli/locate.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/run_stats.h"
#include "cli/status.h"

struct run_options {
    const char *way; /* NULL: the one that fits */
    double timeout;  /* seconds; 0: none */
    bool stats, rows;
    const char *json_path; /* NULL: not wanted */
    const char *rows_path;
    char **program; /* PROGRAM [ARGS...] NULL */
};

enum option_key { KEY_ON = 256, KEY_USER, KEY_TIMEOUT, KEY_STATS, KEY_JSON, KEY_ROWS };

static const struct argp_option options[] = {
    {"on", KEY_ON, "WAY", 0,
     "The way of running: native (an x86-64 program on this host) or interp (an rv64 program on an "
     "emulated processor). Without it a bundled program runs natively, and a file in the way that "
     "fits its machine type",
     0},
    {"user", KEY_USER, NULL, 0,
     "Emulate the processor only: system calls go to this host's kernel, with your rights. It is "
     "not a sandbox. This version has no other mode of emulation, so interp implies it",
     0},
    {"timeout", KEY_TIMEOUT, "SECONDS", 0,
     "After that time kill the program and everything that it has started, and end with status 124",
     0},
    {"stats", KEY_STATS, "rows", OPTION_ARG_OPTIONAL,
     "Afterwards print on standard error what the run took: times, memory, and on an emulated "
     "processor instructions by kind (with =rows also each one) and system calls by name",
     0},
    {"json", KEY_JSON, "FILE", 0, "Write the same as JSON; - is standard output", 0},
    {"rows", KEY_ROWS, "FILE", 0,
     "Write the names of the instructions that were executed, one a line (emulated ways)", 0},
    {0},
};

static void parse_stats(struct run_options *run, const char *arg, struct argp_state *state)
{
    if (arg != NULL && strcmp(arg, "rows") != 0)
        argp_error(state, "--stats has the variant --stats=rows, not '%s'", arg);
    run->stats = true;
    run->rows = arg != NULL;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct run_options *run = state->input;

    switch (key) {
    case KEY_ON: run->way = arg; return 0;
    case KEY_USER: return 0;
    case KEY_TIMEOUT: run->timeout = option_seconds(state, "--timeout", arg); return 0;
    case KEY_STATS: parse_stats(run, arg, state); return 0;
    case KEY_JSON: run->json_path = arg; return 0;
    case KEY_ROWS: run->rows_path = arg; return 0;
    case ARGP_KEY_ARG:
        /* From here on everything is the program's, options too. */
        run->program = state->argv + state->next - 1;
        state->next = state->argc;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which PROGRAM?"); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "PROGRAM [ARGS...]",
    .doc = "Runs PROGRAM: a bundled one by its name (prime, fork, mix, hello, sh, ...), or an ELF "
           "file by a path with a slash."
           "\vThe exit status is the program's, 128 + n if signal n killed it; 124 after a "
           "timeout, 125 if Trivium itself failed, 126 if the program cannot be executed, 127 if "
           "there is none.\n\n"
           "Example: trivium run --on interp --stats prime --max-prime 1000 --events 10",
};

/* The way that was asked for, or else the one that fits. NULL: err says why not. */
static const struct way *choose_way(const struct run_options *run, const struct located *located,
                                    struct err *err)
{
    const struct way *way;

    if (run->way != NULL)
        return ways_find(run->way, err);
    if (located->bundled)
        return ways_find("native", err);
    way = ways_for_machine(located->machine);
    if (way == NULL)
        err_set(err, "no way of running fits %s", located->name);
    return way;
}

/* What the options ask to be written, opened before the run. */
struct reports {
    struct output_file json, rows;
    bool has_json, has_rows;
};

static int open_reports(struct reports *reports, const struct run_options *run, struct err *err)
{
    *reports = (struct reports){0};
    if (run->json_path != NULL && output_open(&reports->json, run->json_path, err) < 0)
        return -1;
    reports->has_json = run->json_path != NULL;
    if (run->rows_path != NULL && output_open(&reports->rows, run->rows_path, err) < 0) {
        if (reports->has_json)
            output_abandon(&reports->json);
        return -1;
    }
    reports->has_rows = run->rows_path != NULL;
    return 0;
}

static void abandon_reports(struct reports *reports)
{
    if (reports->has_json)
        output_abandon(&reports->json);
    if (reports->has_rows)
        output_abandon(&reports->rows);
}

/* Writes and commits both, even when the first fails. */
static int write_reports(struct reports *reports, const struct launch *launch,
                         const struct supervise_outcome *outcome, struct err *err)
{
    struct err ignored;
    int answer = 0;

    if (reports->has_json)
        answer = json_write(run_stats_json(launch, outcome), &reports->json, err);
    if (reports->has_rows) {
        run_stats_rows(reports->rows.file, launch->totals);
        if (output_commit(&reports->rows, answer < 0 ? &ignored : err) < 0)
            answer = -1;
    }
    return answer;
}

/* Says how it ended, where that needs saying. */
static void tell_end(const struct launch *launch, const struct supervise_outcome *outcome,
                     double timeout)
{
    char text[LAUNCH_TEXT];
    struct err err = outcome->err;

    launch_explain(text, launch, outcome, timeout);
    if (text[0] == '\0')
        return;
    if (outcome->fate != FATE_REFUSED)
        err_set(&err, "%s", text);
    err_print(&err, stderr);
}

static int supervise(const struct run_options *run, struct launch *launch, struct err *err)
{
    const struct supervise_job job = {
        .start = launch->way->start,
        .context = launch,
        .timeout = run->timeout,
    };
    struct supervise_outcome outcome;
    struct supervisor supervisor;
    struct reports reports;
    int answer, status;

    if (open_reports(&reports, run, err) < 0)
        return STATUS_FAILED;
    if (supervisor_init(&supervisor, err) < 0) {
        abandon_reports(&reports);
        return STATUS_FAILED;
    }
    answer = supervisor_run(&supervisor, &job, &outcome, err);
    if (answer < 0 || outcome.fate == FATE_STOPPED)
        abandon_reports(&reports);
    if (answer == 0 && outcome.fate == FATE_STOPPED)
        supervisor_die(&supervisor, outcome.signal);
    supervisor_fini(&supervisor);
    if (answer < 0)
        return STATUS_FAILED;
    tell_end(launch, &outcome, run->timeout);
    status = launch_status(launch, &outcome);
    if (run->stats)
        run_stats_print(stderr, launch, &outcome, run->rows);
    return write_reports(&reports, launch, &outcome, err) < 0 ? STATUS_FAILED : status;
}

/* Runs the file, and counts when an emulated processor can and somebody wants to know. */
static int run_file(const struct run_options *run, const struct located *located,
                    const struct way *way, char *path, struct err *err)
{
    char **environment = NULL;
    struct launch launch = {.way = way, .path = path, .argv = run->program, .envp = environ};
    int status;

    if (run->rows_path != NULL && !way->emulated) {
        err_set(err, "--rows needs an emulated processor: %s does not see instructions", way->name);
        err_hint(err, "--on interp");
        return STATUS_FAILED;
    }
    if (way->emulated) {
        launch.totals = user_totals_new();
        launch.count_rows = run->stats || run->json_path != NULL || run->rows_path != NULL;
        if (launch.totals == NULL)
            err_die_oom();
    }
    if (located->bundled) {
        environment = launch_environment_new(path);
        launch.envp = environment;
    }
    status = supervise(run, &launch, err);
    if (environment != NULL)
        launch_environment_free(environment);
    if (launch.totals != NULL)
        user_totals_free(launch.totals);
    return status;
}

int command_run(int argc, char **argv, struct err *err)
{
    struct run_options run = {0};
    struct located located;
    const struct way *way;
    char path[PATH_MAX];
    int status;

    argp_parse(&parser, argc, argv, ARGP_IN_ORDER, NULL, &run);
    if (run.way != NULL && ways_find(run.way, err) == NULL)
        return STATUS_FAILED;
    status = locate_program(&located, run.program[0], err);
    if (status != 0)
        return status;
    way = choose_way(&run, &located, err);
    if (way == NULL || way->probe(err) < 0)
        return STATUS_FAILED;
    status = locate_file(&located, way, path, err);
    if (status != 0)
        return status;
    return run_file(&run, &located, way, path, err);
}
