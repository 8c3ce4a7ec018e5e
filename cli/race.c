/*
 * race.c: `trivium race`: several programs, several ways, again and again, side by side.
 *
 * Read next: race.h.
 */
#include <argp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/doctor.h"
#include "cli/initrd.h"
#include "cli/machine.h"
#include "cli/options.h"
#include "cli/race.h"
#include "cli/report.h"
#include "cli/status.h"
#include "cli/text.h"

#define RUNS_DEFAULT  5
#define RUNS_QUICK    3
#define RUNS_MAX      1000
#define SECONDS_QUICK 20

struct race_options {
    const char *ways; /* NULL: all */
    bool user;        /* no machines */
    unsigned runs;
    double timeout;
    double seconds;
    bool quick;
    const char *pin; /* NULL: choose */
    struct report report;
    bool plain;
    const char **programs; /* owned; `count` command lines */
    size_t count;
};

enum option_key {
    KEY_ON = 256,
    KEY_USER,
    KEY_RUNS,
    KEY_QUICK,
    KEY_SECONDS,
    KEY_PIN,
    KEY_TIMEOUT,
    KEY_PLAIN,
};

static const struct argp_option options[] = {
    {"on", KEY_ON, "WAY,...", 0,
     "The ways to compare: native, container, kvm, interp, threaded, dbt, interp-no-tlb (the "
     "machine with a page walk on every access). Without it all of them but the last",
     0},
    {"user", KEY_USER, NULL, 0,
     "Of the emulated ways only user mode, where system calls go to this host's kernel, with your "
     "rights; it is not a sandbox. Without it a whole machine with a kernel of its own takes part, "
     "too",
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
    {"plain", KEY_PLAIN, NULL, 0, "No colours and no progress line (so does NO_COLOR, for colours)",
     0},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct race_options *race = state->input;

    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = &race->report; return 0;
    case KEY_ON: race->ways = arg; return 0;
    case KEY_USER: race->user = true; return 0;
    case KEY_RUNS: race->runs = option_count(state, "--runs", arg, RUNS_MAX); return 0;
    case KEY_QUICK: race->quick = true; return 0;
    case KEY_SECONDS: race->seconds = option_seconds(state, "--seconds", arg); return 0;
    case KEY_PIN: race->pin = arg; return 0;
    case KEY_TIMEOUT: race->timeout = option_seconds(state, "--timeout", arg); return 0;
    case KEY_PLAIN: race->plain = true; return 0;
    case ARGP_KEY_ARG: race->programs[race->count++] = arg; return 0;
    case ARGP_KEY_NO_ARGS:
        race->programs[race->count++] = "prime";
        race->programs[race->count++] = "fork";
        race->programs[race->count++] = "mix";
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&report_argp, 0, NULL, 0}, {0}};

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

/* User mode comes first: it stands on the kernel that native stands on. */
static void add_way(struct race *race, const struct way *way, bool machines)
{
    bool both = way->start != NULL && way->machine_start != NULL;

    if (way->start != NULL)
        race->lanes[race->lane_count++] =
            (struct race_lane){.way = way, .name = both ? way->user_name : way->name};
    if (way->machine_start != NULL && (machines || !both))
        race->lanes[race->lane_count++] =
            (struct race_lane){.way = way, .machine = true, .name = way->name};
}

/* "native,interp" into lanes. */
static int read_ways(struct race *race, const char *list, bool machines, struct err *err)
{
    char *copy = strdup(list), *rest = copy;
    int answer = 0;

    if (copy == NULL)
        err_die_oom();
    for (char *name = strsep(&rest, ","); name != NULL && answer == 0; name = strsep(&rest, ",")) {
        const struct way *way = ways_find(name, err);

        for (size_t i = 0; i < race->lane_count && answer == 0; i++) {
            if (race->lanes[i].way == way && way != NULL)
                answer = err_set(err, "--on names %s twice", name);
        }
        if (way == NULL)
            answer = -1;
        else if (answer == 0)
            add_way(race, way, machines);
    }
    free(copy);
    return answer;
}

static int choose_ways(struct race *race, const struct race_options *chosen, struct err *err)
{
    if (chosen->ways != NULL)
        return read_ways(race, chosen->ways, !chosen->user, err);
    for (size_t i = 0; i < ways_count; i++) {
        if (!ways[i].special)
            add_way(race, &ways[i], !chosen->user);
    }
    return 0;
}

/* Splits a command line as a shell would. */
static int split_words(wordexp_t *words, const char *line, int flags, struct err *err)
{
    int answer = wordexp(line, words, WRDE_NOCMD | WRDE_UNDEF | flags);

    if (answer == 0)
        return 0;
    if (answer == WRDE_NOSPACE)
        err_die_oom();
    err_set(err, "cannot take '%s' apart: it %s", line,
            answer == WRDE_BADCHAR  ? "has one of | & ; < > ( ) { } outside quotes"
            : answer == WRDE_BADVAL ? "names a variable that is not set"
            : answer == WRDE_CMDSUB ? "would run a command"
                                    : "has an unfinished quote");
    return err_hint(err, "trivium race 'prime --max-prime 20000'");
}

/* The program and its arguments: the user's, or else those of the catalogue. */
static int split_program(struct race_contest *contest, const char *line, bool quick,
                         struct err *err)
{
    if (split_words(&contest->words, line, 0, err) < 0)
        return -1;
    if (contest->words.we_wordc == 0)
        return err_set(err, "a PROGRAM is empty");
    contest->program = programs_find(contest->words.we_wordv[0]);
    if (contest->words.we_wordc > 1)
        return 0;
    return split_words(&contest->words,
                       quick && contest->program->quick_arguments != NULL
                           ? contest->program->quick_arguments
                           : contest->program->arguments,
                       WRDE_APPEND, err);
}

/* What a machine boots. */
static int find_kernel(const struct race_contest *contest, struct race_entrant *entrant,
                       struct err *err)
{
    const char *arch = entrant->way->arch;
    char name[256];

    if (locate_bundled_file(entrant->kernel, arch, "kernel", err) < 0 ||
        locate_bundled_file(entrant->initrd, arch, "initrd.cpio", err) < 0 ||
        digest_file(entrant->kernel, entrant->kernel_sha256, err) < 0 ||
        digest_file(entrant->initrd, entrant->initrd_sha256, err) < 0)
        return -1;
    /* The bytes that it will run are those in there, not those of the file of that name. */
    snprintf(name, sizeof name, "bin/%.200s", contest->located.name);
    if (initrd_digest(entrant->initrd, name, entrant->sha256, err) < 0)
        return -1;
    entrant->bootargs = machine_bootargs_new(NULL, contest->words.we_wordv, false, false);
    return 0;
}

/* Where the program is, and what it runs with. -1: it cannot run in this way. */
static int find_file(const struct race_contest *contest, struct race_entrant *entrant,
                     struct err *err)
{
    if (entrant->way->probe(err) < 0 ||
        locate_file(&contest->located, entrant->way, entrant->path, err) != 0 ||
        digest_file(entrant->path, entrant->sha256, err) < 0)
        return -1;
    if (entrant->lane->machine)
        return find_kernel(contest, entrant, err);
    if (contest->located.bundled)
        entrant->environment = launch_environment_new(entrant->path);
    return 0;
}

static void enter(const struct race_contest *contest, struct race_entrant *entrant,
                  const struct race *race, const struct race_lane *lane)
{
    struct err err = {0};

    entrant->lane = lane;
    entrant->way = lane->way;
    if (find_file(contest, entrant, &err) < 0) {
        entrant->status = RESULT_UNAVAILABLE;
        snprintf(entrant->reason, RACE_REASON, "%.350s%s%.150s", err.text,
                 err.hint[0] == '\0' ? "" : "; try: ", err.hint);
    }
    for (size_t i = 0; i < contest->program->metric_count; i++) {
        entrant->cells[i].samples = calloc(race->runs, sizeof(double));
        entrant->cells[i].rounds = calloc(race->runs, sizeof(size_t));
        if (entrant->cells[i].samples == NULL || entrant->cells[i].rounds == NULL)
            err_die_oom();
    }
}

/* 0, or the exit status that a program which cannot be found deserves. */
static int prepare_contest(struct race_contest *contest, struct race *race, const char *line,
                           bool quick, struct err *err)
{
    int status;

    if (split_program(contest, line, quick, err) < 0)
        return STATUS_FAILED;
    status = locate_program(&contest->located, contest->words.we_wordv[0], err);
    if (status != 0)
        return status;
    for (size_t i = 0; i < race->lane_count; i++) {
        /* A file of the user's is not in the bundled kernel's file system. */
        if (!race->lanes[i].machine || contest->located.bundled)
            enter(contest, &contest->entrants[contest->entrant_count++], race, &race->lanes[i]);
    }
    return 0;
}

/* Is that command line one of the contests before? They would be one in the result. */
static bool is_again(const struct race *race, size_t index)
{
    const wordexp_t *words = &race->contests[index].words;

    for (size_t i = 0; i < index; i++) {
        const wordexp_t *before = &race->contests[i].words;
        size_t same = 0;

        while (same < words->we_wordc && same < before->we_wordc &&
               strcmp(words->we_wordv[same], before->we_wordv[same]) == 0)
            same++;
        if (same == words->we_wordc && same == before->we_wordc)
            return true;
    }
    return false;
}

/* All contests; the answer as above. */
static int prepare(struct race *race, const struct race_options *chosen, struct err *err)
{
    int status = 0;

    if (chosen->count > RACE_PROGRAMS_MAX) {
        err_set(err, "more than %d programs in one race", RACE_PROGRAMS_MAX);
        return STATUS_FAILED;
    }
    race->contest_count = chosen->count;
    race->contests = calloc(race->contest_count, sizeof *race->contests);
    if (race->contests == NULL)
        err_die_oom();
    for (size_t i = 0; i < race->contest_count && status == 0; i++) {
        status = prepare_contest(&race->contests[i], race, chosen->programs[i], chosen->quick, err);
        if (status == 0 && is_again(race, i)) {
            err_set(err, "'%s' is there twice", chosen->programs[i]);
            status = STATUS_FAILED;
        }
    }
    return status;
}

static void free_entrant(struct race_entrant *entrant)
{
    for (size_t i = 0; i < PROGRAM_METRICS_MAX; i++) {
        free(entrant->cells[i].samples);
        free(entrant->cells[i].rounds);
        free(entrant->cells[i].answer);
    }
    for (size_t i = 0; i < PROGRAM_ANSWERS_MAX; i++)
        free(entrant->answers[i]);
    free(entrant->output);
    if (entrant->environment != NULL)
        launch_environment_free(entrant->environment);
    free(entrant->bootargs);
    json_decref(entrant->counters);
}

static void free_contests(struct race *race)
{
    for (size_t i = 0; i < race->contest_count; i++) {
        for (size_t j = 0; j < race->contests[i].entrant_count; j++)
            free_entrant(&race->contests[i].entrants[j]);
        wordfree(&race->contests[i].words);
    }
    free(race->contests);
    free(race->executions);
}

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

/* Makes the model; prints the table, writes the reports; the exit status. */
static int tell(struct race *race, struct report *report, char *const *arguments, struct err *err)
{
    FILE *out = report_takes_stdout(report) ? stderr : stdout;
    struct doctor *doctor = doctor_new();
    struct result result;
    int status = STATUS_FAILED;

    race_judge(race);
    race_result(&result, race, arguments, doctor_json(doctor));
    doctor_free(doctor);
    race_print(out, &result, !race->plain && text_wants_colour(out));
    if (report_write(report, &result, err) == 0)
        status = status_of(&result, err);
    result_fini(&result);
    return status;
}

/* Runs the race under supervision. */
static int hold(struct race *race, struct report *report, char *const *arguments, struct err *err)
{
    struct supervisor supervisor;
    int answer;

    if (supervisor_init(&supervisor, err) < 0) {
        report_abandon(report);
        return STATUS_FAILED;
    }
    answer = race_measure(race, &supervisor, err);
    if (answer < 0 || race->stopped_by != 0)
        report_abandon(report);
    if (race->stopped_by != 0)
        supervisor_die(&supervisor, race->stopped_by);
    supervisor_fini(&supervisor);
    return answer < 0 ? STATUS_FAILED : tell(race, report, arguments, err);
}

int command_race(int argc, char **argv, struct err *err)
{
    struct race_options chosen = {0};
    struct race race = {0};
    int status = STATUS_FAILED;

    chosen.programs = calloc((size_t)argc + 3, sizeof *chosen.programs);
    if (chosen.programs == NULL)
        err_die_oom();
    argp_parse(&parser, argc, argv, 0, NULL, &chosen);
    if (chosen.runs == 0)
        chosen.runs = chosen.quick ? RUNS_QUICK : RUNS_DEFAULT;
    if (chosen.seconds == 0 && chosen.quick)
        chosen.seconds = SECONDS_QUICK;
    race.runs = chosen.runs;
    race.timeout = chosen.timeout;
    race.plain = chosen.plain;
    race.seconds = chosen.seconds;
    if (choose_ways(&race, &chosen, err) == 0 && race_choose_cpus(&race, chosen.pin, err) == 0) {
        status = prepare(&race, &chosen, err);
        /* Before the measuring: to fail after it would waste it. */
        if (status == 0 && report_open(&chosen.report, err) < 0)
            status = STATUS_FAILED;
        if (status == 0)
            status = hold(&race, &chosen.report, argv + 1, err);
        free_contests(&race);
    }
    free(chosen.programs);
    return status;
}
