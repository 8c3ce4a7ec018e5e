/*
 * race.c: `trivium race`: several programs, several ways, again and again, side by side.
 *
 * Read next: race.h.
 */
#include <argp.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/doctor.h"
#include "cli/experiment.h"
#include "cli/options.h"
#include "cli/race.h"
#include "cli/race_view.h"
#include "cli/report.h"
#include "cli/status.h"
#include "cli/text.h"

#define RUNS_DEFAULT  5
#define RUNS_QUICK    3
#define SECONDS_QUICK 20

struct race_options {
    const char *ways; /* NULL: all */
    bool user;        /* no machines */
    bool ladder;      /* rungs, too */
    unsigned runs;
    double timeout;
    double seconds;
    bool quick;
    const char *pin; /* NULL: choose */
    struct report report;
    struct race_screen_options screen;
    bool plain;
    const char *experiment_path; /* NULL: none */
    struct experiment experiment;
    const char **programs; /* owned; `count` command lines */
    size_t count;
};

enum option_key {
    KEY_ON = 256,
    KEY_USER,
    KEY_LADDER,
    KEY_RUNS,
    KEY_QUICK,
    KEY_SECONDS,
    KEY_PIN,
    KEY_TIMEOUT,
    KEY_PLAIN,
    KEY_EXPLAIN,
    KEY_EXPERIMENT,
};

static const struct argp_option options[] = {
    {"on", KEY_ON, "WAY,...", 0,
     "The ways to compare: native, container, kvm, dbt, threaded, interp, interp-no-tlb (the "
     "machine with a page walk on every access). Without it all of them but the last",
     0},
    {"user", KEY_USER, NULL, 0,
     "Of the emulated ways only user mode, where system calls go to this host's kernel, with your "
     "rights; it is not a sandbox. Without it a whole machine with a kernel of its own takes part, "
     "too",
     0},
    {"ladder", KEY_LADDER, NULL, 0,
     "Below each way its rungs, too: dbt without each of its techniques, interp without a TLB, the "
     "other mode of a machine's devices and of kvm's fork; each is compared with its way",
     0},
    {"runs", KEY_RUNS, "N", 0, "Measure N times in each way, after one run to warm up (5)", 0},
    {"quick", KEY_QUICK, NULL, 0,
     "A first look: --runs 3 --seconds 20, and bundled programs run more briefly", 0},
    {"seconds", KEY_SECONDS, "SECONDS", 0,
     "Begin no round of runs that would end later; each way is measured once at least", 0},
    {"pin", KEY_PIN, "CPUS", 0,
     "Run everything on these CPUs, such as 1 or 0-1; none: wherever the kernel likes. Without it "
     "on one, the quickest at the start",
     0},
    {"timeout", KEY_TIMEOUT, "SECONDS", 0, "A run that takes longer has failed", 0},
    {"experiment", KEY_EXPERIMENT, "FILE", 0,
     "Run the programs of an experiment file, in its ways, configurations and runs", 0},
    {"explain", KEY_EXPLAIN, NULL, 0, report_explain_help, 0},
    {"plain", KEY_PLAIN, NULL, 0, "No colours and no progress line (so does NO_COLOR, for colours)",
     0},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct race_options *race = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &race->report;
        state->child_inputs[1] = &race->screen;
        return 0;
    case KEY_ON: race->ways = arg; return 0;
    case KEY_USER: race->user = true; return 0;
    case KEY_LADDER: race->ladder = true; return 0;
    case KEY_RUNS: race->runs = option_count(state, "--runs", arg, RACE_RUNS_MAX); return 0;
    case KEY_QUICK: race->quick = true; return 0;
    case KEY_SECONDS: race->seconds = option_seconds(state, "--seconds", arg); return 0;
    case KEY_PIN: race->pin = arg; return 0;
    case KEY_TIMEOUT: race->timeout = option_seconds(state, "--timeout", arg); return 0;
    case KEY_PLAIN: race->plain = true; return 0;
    case KEY_EXPLAIN: race->report.explain = true; return 0;
    case ARGP_KEY_ARG: race->programs[race->count++] = arg; return 0;
    case KEY_EXPERIMENT: race->experiment_path = arg; return 0;
    case ARGP_KEY_END:
        if (race->screen.replay != NULL && (race->count > 0 || race->experiment_path != NULL))
            argp_error(state, "--replay measures nothing: it takes no program");
        if (race->plain && race->screen.live)
            argp_error(state, "--plain and --live exclude each other");
        if (race->count > 0 || race->experiment_path != NULL)
            return 0;
        race->programs[race->count++] = "prime";
        race->programs[race->count++] = "fork";
        race->programs[race->count++] = "mix";
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&report_argp, 0, NULL, 0}, {&race_screen_argp, 0, NULL, 0}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .children = children,
    .args_doc = "[PROGRAM...]",
    .doc = "Runs each PROGRAM in each way, in turns, and prints how fast each way is. PROGRAM is "
           "the name of a bundled program or the path of an ELF file, alone or as one word with "
           "its arguments: 'prime --max-prime 20000'. Without any: prime fork mix."
           "\vThe ways must give the same answers. The exit status is 1 when one does not, or "
           "when a run fails; 125 if Trivium itself failed; 130 after Ctrl-C, which still prints "
           "what was measured.\n\n"
           "Example: trivium race prime 'fork 1 500' --on native,interp --runs 9",
};

/* Is any status WRONG or FAILED? */
static bool is_bad(const struct result *result)
{
    for (size_t i = 0; i < result->row_count; i++) {
        if (result->rows[i].status == RESULT_WRONG || result->rows[i].status == RESULT_FAILED)
            return true;
    }
    return false;
}

static bool has_samples(const struct result *result)
{
    for (size_t i = 0; i < result->row_count; i++) {
        if (result->rows[i].count > 0)
            return true;
    }
    return false;
}

static int status_of(const struct result *result, struct err *err)
{
    if (result->interrupted)
        return STATUS_SIGNAL + SIGINT;
    if (is_bad(result))
        return STATUS_UNEQUAL;
    if (has_samples(result))
        return EXIT_SUCCESS;
    err_set(err, "no way could run anything");
    return STATUS_FAILED;
}

/* The supervisor takes the signals, and puts the terminal's settings back as it finds them: so the
 * screen is entered before there is one. */
static int lend_screen(struct screen *screen, struct err *err)
{
    struct grid blank;
    int answer;

    screen->lends_signals = true;
    grid_init(&blank, 1, 1);
    answer = screen_show(screen, &blank, err);
    grid_fini(&blank);
    return answer;
}

/* Before the measuring: a terminal for what goes on; or could there be a window? That opens when
 * all is measured, see docs/decisions/0030; until then the terminal shows what goes on, where there
 * is one. */
static int open_screen(struct race *race, const struct race_screen_options *wanted, struct err *err)
{
    struct race_screen_options live = *wanted;
    struct err ignored;

    if (wanted->gui && screen_window_check(err) < 0)
        return -1;
    live.gui = false;
    if (wanted->gui && !race->plain)
        race->screen = race_screen_open(&live, &ignored);
    if (wanted->live && (race->screen = race_screen_open(&live, err)) == NULL)
        return -1;
    return race->screen != NULL ? lend_screen(race->screen, err) : 0;
}

static void close_screen(struct race *race)
{
    screen_free(race->screen);
    race->screen = NULL;
}

/* The race again, before the table comes. What was interrupted is not played. */
static int play(struct race *race, const struct race_screen_options *wanted,
                const struct result *result, struct err *err)
{
    int answer = 0;

    if (wanted->gui && !result->interrupted) {
        close_screen(race);
        race->screen = race_screen_open(wanted, err);
        if (race->screen == NULL)
            return -1;
    }
    if (race->screen != NULL && !result->interrupted)
        answer = race_replay(result, wanted, race->screen, err);
    close_screen(race);
    return answer;
}

/* Plays it, prints the table, writes the reports; the exit status. */
static int show(struct race *race, struct race_options *chosen, const struct result *result,
                struct err *err)
{
    FILE *out = report_takes_stdout(&chosen->report) ? stderr : stdout;
    int played = play(race, &chosen->screen, result, err);

    race_print(out, result, !race->plain && text_wants_colour(out), chosen->report.explain);
    if (report_write(&chosen->report, result, err) < 0 || played < 0)
        return STATUS_FAILED;
    return played > 0 ? played : status_of(result, err);
}

/* Makes the model, and hands it to whoever wants it. */
static int tell(struct race *race, struct race_options *chosen, const struct race_request *request,
                char *const *arguments, struct err *err)
{
    struct doctor *doctor = doctor_new();
    struct result result;
    int status;

    race_judge(race);
    race_result(&result, race, arguments, doctor_json(doctor));
    doctor_free(doctor);
    status = request != NULL ? request->told(request->context, &result, err)
                             : show(race, chosen, &result, err);
    result_fini(&result);
    return status;
}

/* Runs the race under supervision. */
static int hold(struct race *race, struct race_options *chosen, const struct race_request *request,
                char *const *arguments, struct err *err)
{
    struct supervisor supervisor;
    int answer;

    if (supervisor_init(&supervisor, err) < 0) {
        report_abandon(&chosen->report);
        return STATUS_FAILED;
    }
    answer = race_measure(race, &supervisor, err);
    supervisor_fini(&supervisor); /* puts the settings back that it found: those of the screen */
    if (answer < 0 || race->stopped_by != 0) {
        close_screen(race);
        report_abandon(&chosen->report);
    }
    if (race->stopped_by != 0)
        supervisor_die(&supervisor, race->stopped_by);
    if (race->screen != NULL)
        screen_listen(race->screen); /* it shows the last run, and what comes next takes its time */
    return answer < 0 ? STATUS_FAILED : tell(race, chosen, request, arguments, err);
}

/* Its ways: those of --on, or of the experiment, or all. */
static int choose_ways(struct race *race, const struct race_options *chosen, struct err *err)
{
    const char *list = chosen->ways != NULL ? chosen->ways : chosen->experiment.ways;

    if (list != NULL && list[0] != '\0')
        return race_add_ways(race, list, !chosen->user, err);
    for (size_t i = 0; i < ways_count; i++) {
        if (!ways[i].special && race_add_ways(race, ways[i].name, !chosen->user, err) < 0)
            return -1;
    }
    return 0;
}

/* The programs of the command line, or those of the experiment, in each of its configurations. 0,
 * or the exit status that a program which cannot be found deserves. */
static int choose_programs(struct race *race, const struct race_options *chosen, struct err *err)
{
    const struct experiment *experiment = &chosen->experiment;
    int status = 0;

    for (size_t i = 0; i < chosen->count && status == 0; i++)
        status = race_add_program(race, chosen->programs[i], NULL, chosen->quick, err);
    for (size_t i = 0; i < experiment->program_count && status == 0; i++)
        status = race_add_program(
            race, experiment->programs[i].line,
            experiment->programs[i].configuration == EXPERIMENT_NONE
                ? NULL
                : &experiment->configurations[experiment->programs[i].configuration],
            chosen->quick, err);
    return status;
}

/* What was not said on the command line is the experiment's, or the standard. */
static void complete(struct race_options *chosen)
{
    if (chosen->runs == 0)
        chosen->runs = chosen->experiment.runs;
    if (chosen->runs == 0)
        chosen->runs = chosen->quick ? RUNS_QUICK : RUNS_DEFAULT;
    if (chosen->seconds == 0 && chosen->quick)
        chosen->seconds = SECONDS_QUICK;
}

/* The programs that measure, and nothing else, may be run on the word of a file. */
static int may_run(const struct race *race, struct err *err)
{
    for (size_t i = 0; i < race->contest_count; i++) {
        const struct race_contest *contest = &race->contests[i];

        if (contest->located.bundled && contest->program->name[0] != '\0')
            continue;
        err_set(err, "the file asks to run %.200s, with your rights", contest->words.we_wordv[0]);
        return err_hint(err, "if you trust the file: --trust");
    }
    return 0;
}

static int run(struct race *race, struct race_options *chosen, const struct race_request *request,
               char *const *arguments, struct err *err)
{
    int status;

    if (choose_ways(race, chosen, err) < 0)
        return STATUS_FAILED;
    if (chosen->ladder)
        race_add_rungs(race);
    if (race_choose_cpus(race, chosen->pin, experiment_cpus(&chosen->experiment), err) < 0)
        return STATUS_FAILED;
    status = choose_programs(race, chosen, err);
    if (status != 0)
        return status;
    if (request != NULL && !request->trusted && may_run(race, err) < 0)
        return STATUS_FAILED;
    /* Before the measuring: to fail after it would waste it. */
    if (request == NULL && report_open(&chosen->report, err) < 0)
        return STATUS_FAILED;
    if (request == NULL && open_screen(race, &chosen->screen, err) < 0) {
        close_screen(race);
        report_abandon(&chosen->report);
        return STATUS_FAILED;
    }
    status = hold(race, chosen, request, arguments, err);
    close_screen(race);
    return status;
}

/* --replay: nothing is run. */
static int replay(const struct race_options *chosen, struct err *err)
{
    const struct race_screen_options *wanted = &chosen->screen;
    struct screen *screen = NULL;
    struct result result;
    int answer = -1;

    if (report_read(&result, wanted->replay, err) < 0)
        return STATUS_UNREADABLE;
    if (wanted->frame == NULL)
        screen = race_screen_open(wanted, err);
    if (wanted->frame != NULL || screen != NULL)
        answer = race_replay(&result, wanted, screen, err);
    screen_free(screen);
    result_fini(&result);
    return answer < 0 ? STATUS_FAILED : answer;
}

/* Measures, and tells. With a request nothing is shown, whatever the words say. */
static int measure(struct race_options *chosen, const struct race_request *request,
                   char *const *arguments, struct err *err)
{
    struct race race = {0};
    int status;

    if (chosen->experiment_path != NULL &&
        experiment_read(&chosen->experiment, chosen->experiment_path, err) < 0)
        return STATUS_FAILED;
    complete(chosen);
    race.runs = chosen->runs;
    race.timeout = chosen->timeout;
    race.plain = chosen->plain;
    race.seconds = chosen->seconds;
    status = run(&race, chosen, request, arguments, err);
    race_fini(&race);
    return status;
}

int race_command(int argc, char **argv, const struct race_request *request, struct err *err)
{
    struct race_options chosen = {0};
    int status;

    chosen.programs = calloc((size_t)argc + 3, sizeof *chosen.programs);
    if (chosen.programs == NULL)
        err_die_oom();
    argp_parse(&parser, argc, argv, request == NULL ? 0 : ARGP_NO_HELP, NULL, &chosen);
    if (chosen.screen.replay == NULL)
        status = measure(&chosen, request, argv + 1, err);
    else if (request == NULL)
        status = replay(&chosen, err);
    else {
        err_set(err, "the file's command is a --replay, which measures nothing");
        status = STATUS_UNREADABLE;
    }
    experiment_fini(&chosen.experiment);
    free(chosen.programs);
    return status;
}

int command_race(int argc, char **argv, struct err *err)
{
    return race_command(argc, argv, NULL, err);
}
