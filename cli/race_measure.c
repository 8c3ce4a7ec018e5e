/* race_measure.c: runs programs again and again and reads what they print; see race.h. */
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/contain.h"
#include "cli/machine.h"
#include "cli/race.h"
#include "cli/run_stats.h"
#include "cli/text.h"
#include "result/turns.h"

#define OUTPUT_MAX      (1024 * 1024)
#define RUN_SECONDS_MAX 1e6

/* What one run left behind. */
struct trial {
    struct supervise_outcome outcome;
    struct supervise_capture out, errors;
};

static void fail(struct race_entrant *entrant, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void fail(struct race_entrant *entrant, const char *format, ...)
{
    va_list args;

    entrant->status = RESULT_FAILED;
    va_start(args, format);
    vsnprintf(entrant->reason, sizeof entrant->reason, format, args);
    va_end(args);
    text_make_printable(entrant->reason);
}

/* True when this run says the same as the runs before, which it does when there were none. */
static bool same_answer(char **before, const char *text, size_t length)
{
    if (*before == NULL) {
        *before = strndup(text, length);
        if (*before == NULL)
            err_die_oom();
        return true;
    }
    return strlen(*before) == length && memcmp(*before, text, length) == 0;
}

static void mark_unsteady(enum result_status *status, char reason[RACE_REASON], const char *before,
                          const char *text, size_t length)
{
    *status = RESULT_WRONG;
    snprintf(reason, RACE_REASON, "answers differ from run to run: %.80s, then %.*s", before,
             length > 80 ? 80 : (int)length, text);
    text_make_printable(reason);
}

/* Keeps the first run's output, with which later ones must agree. */
static void take_whole_output(struct race_entrant *entrant, const struct supervise_capture *out)
{
    if (entrant->output == NULL) {
        entrant->output = malloc(out->used + 1);
        if (entrant->output == NULL)
            err_die_oom();
        memcpy(entrant->output, out->data, out->used + 1);
        entrant->output_size = out->used;
    } else if (entrant->output_size != out->used ||
               memcmp(entrant->output, out->data, out->used) != 0) {
        entrant->status = RESULT_WRONG;
        snprintf(entrant->reason, RACE_REASON, "its output differs from run to run");
    }
}

/* The answers that are the whole program's. */
static void take_answers(struct race_entrant *entrant, const struct program *program,
                         const struct supervise_capture *out)
{
    if (program->whole_output)
        take_whole_output(entrant, out);
    for (size_t i = 0; i < PROGRAM_ANSWERS_MAX && program->answers[i] != NULL; i++) {
        size_t length;
        const char *text = programs_value(out->data, program->answers[i], &length);

        if (text == NULL)
            fail(entrant, "it printed no line \"%s: ...\"", program->answers[i]);
        else if (!same_answer(&entrant->answers[i], text, length))
            mark_unsteady(&entrant->status, entrant->reason, entrant->answers[i], text, length);
    }
}

static void take_sample(struct race_cell *cell, double value, unsigned round)
{
    if (round == 0) {
        cell->warm_up = value;
        cell->warmed_up = true;
    } else {
        cell->rounds[cell->count] = round;
        cell->samples[cell->count++] = value;
    }
}

/* A program may say that it cannot measure something here, and why: "chase-2m unavailable: ...".
 * Then that is so from there on; where it has measured before, this run has no sample. */
static void take_absence(struct race_cell *cell, const struct program_metric *metric,
                         const char *output)
{
    char label[TEXT_SIZE];
    const char *text;
    size_t length;

    if (metric->name == NULL || cell->count > 0)
        return;
    snprintf(label, sizeof label, "%s unavailable", metric->name);
    text = programs_value(output, label, &length);
    if (text == NULL)
        return;
    cell->status = RESULT_UNAVAILABLE;
    snprintf(cell->reason, sizeof cell->reason, "%.*s", (int)(length < 300 ? length : 300), text);
    text_make_printable(cell->reason);
}

/* One metric of a run's output. A metric that is not there may not have been asked for. */
static void take_metric(struct race_entrant *entrant, struct race_cell *cell,
                        const struct program_metric *metric, const char *output, unsigned round)
{
    size_t length;
    const char *text = programs_value(output, metric->label, &length);
    char *end;
    double value;

    if (text == NULL)
        take_absence(cell, metric, output);
    if (text == NULL || cell->status == RESULT_UNAVAILABLE)
        return;
    value = strtod(text, &end);
    if (end == text) {
        fail(entrant, "no number follows \"%s:\"", metric->label);
        return;
    }
    end += strspn(end, " ");
    snprintf(cell->unit, sizeof cell->unit, "%.*s", (int)strcspn(end, " \n"), end);
    take_sample(cell, value, round);
    if (metric->answer == NULL)
        return;
    text = programs_value(output, metric->answer, &length);
    if (text == NULL)
        fail(entrant, "it printed no line \"%s: ...\"", metric->answer);
    else if (!same_answer(&cell->answer, text, length))
        mark_unsteady(&cell->status, cell->reason, cell->answer, text, length);
}

static void take_output(struct race_contest *contest, struct race_entrant *entrant,
                        const struct trial *trial, unsigned round)
{
    const struct program *program = contest->program;
    bool found = false;

    if (trial->out.total > trial->out.limit) {
        fail(entrant, "it wrote more than 1 MiB, too much to compare");
        return;
    }
    take_answers(entrant, program, &trial->out);
    for (size_t i = 0; i < program->metric_count; i++) {
        const struct program_metric *metric = &program->metrics[i];
        struct race_cell *cell = &entrant->cells[i];
        size_t ignored;

        if (metric->label == NULL)
            take_sample(cell, trial->outcome.wall, round);
        else
            take_metric(entrant, cell, metric, trial->out.data, round);
        if (metric->unit != NULL)
            snprintf(cell->unit, sizeof cell->unit, "%s", metric->unit);
        found |= metric->label == NULL || cell->status == RESULT_UNAVAILABLE ||
                 programs_value(trial->out.data, metric->label, &ignored) != NULL;
    }
    if (!found && entrant->status == RESULT_OK)
        fail(entrant, "it printed no measurement");
}

/* The first line of what it wrote to standard error, or NULL. */
static const char *first_complaint(struct supervise_capture *errors)
{
    errors->data[strcspn(errors->data, "\n")] = '\0';
    return errors->data[0] == '\0' ? NULL : errors->data;
}

/* A run that did not end with status 0. */
static void take_failure(struct race_entrant *entrant, const struct launch *launch,
                         struct trial *trial, double timeout)
{
    char text[LAUNCH_TEXT];
    const char *complaint = first_complaint(&trial->errors);

    launch_explain(text, launch, &trial->outcome, timeout);
    if (trial->outcome.fate == FATE_EXITED)
        snprintf(text, sizeof text, "exit status %d", trial->outcome.status);
    if (complaint == NULL)
        fail(entrant, "%s", text);
    else
        fail(entrant, "%.400s (%.100s)", complaint, text);
}

/* What the warm-up run took and counted. */
static json_t *new_counters(const struct launch *launch, const struct supervise_outcome *outcome)
{
    json_t *counters = json_pack(
        "{s:s, s:f, s:f, s:f, s:I, s:I}", "of", "warm-up run", "wall_seconds", outcome->wall,
        "user_seconds", outcome->user, "system_seconds", outcome->system, "peak_bytes",
        (json_int_t)outcome->peak_bytes, "host_page_faults", (json_int_t)outcome->page_faults);

    if (launch->totals != NULL) {
        json_t *counted = run_stats_counters(launch->totals);

        json_object_del(counted, "rows"); /* a long list: `trivium run --json` has it */
        json_object_update(counters, counted);
        json_decref(counted);
    }
    if (launch->machine != NULL) {
        json_t *counted = machine_stats_json(launch->machine);

        json_object_del(counted, "rows");
        json_object_update(counters, counted);
        json_decref(counted);
    }
    if (launch->way->emulated)
        json_object_set_new(counters, "engine", run_stats_engine(launch));
    if (launch->contain != NULL)
        json_object_set_new(counters, "container", contain_stats_json(launch));
    return counters;
}

/* Seconds by the program's own clock; 0: it says nothing of that. */
static double inside_seconds(const struct program *program, const struct trial *trial)
{
    size_t length;
    const char *text =
        program->inside == NULL ? NULL : programs_value(trial->out.data, program->inside, &length);
    double seconds = text == NULL ? 0 : strtod(text, NULL);

    return seconds > 0 && seconds <= RUN_SECONDS_MAX ? seconds : 0;
}

/* Keeps when that run was, what it took, and how quick the host was right before. */
static void add_execution(struct race *race, const struct race_contest *contest,
                          const struct race_entrant *entrant, unsigned round)
{
    struct result_execution *execution;

    if (race->execution_count == race->execution_room) {
        race->execution_room = 2 * race->execution_room + 64;
        race->executions =
            realloc(race->executions, race->execution_room * sizeof *race->executions);
        if (race->executions == NULL)
            err_die_oom();
    }
    execution = &race->executions[race->execution_count++];
    *execution = (struct result_execution){
        .entry = race_entry(race, (size_t)(contest - race->contests),
                            (size_t)(entrant - contest->entrants)),
        .round = round,
    };
    race_loop(&execution->loop_wall, &execution->loop_cpu);
    execution->start = race_now() - race->started;
}

static bool ended_well(const struct trial *trial)
{
    return trial->outcome.fate == FATE_EXITED && trial->outcome.status == 0;
}

static void finish_execution(struct race *race, const struct program *program,
                             const struct trial *trial)
{
    struct result_execution *execution = &race->executions[race->execution_count - 1];

    if (trial->outcome.interrupted || trial->outcome.fate == FATE_STOPPED) {
        race->execution_count--; /* it was not let finish: it says nothing */
        return;
    }
    execution->outside = trial->outcome.wall;
    execution->user = trial->outcome.user;
    execution->system = trial->outcome.system;
    execution->inside = inside_seconds(program, trial);
    execution->ok = ended_well(trial);
}

/* All that one start of an entrant is given. */
struct start {
    struct launch launch;
    struct machine_launch machine;
    struct machine_options options;
    struct contain_options container;
};

/* What the configuration gives to a way: a machine has it, a container is held to it. Whatever is a
 * process of the host is pinned, and no more. */
static void configure(struct start *start, const struct race_lane *lane,
                      const struct race_configuration *configuration)
{
    machine_options_init(&start->options);
    contain_options_init(&start->container);
    start->options.no_tlb = lane->way->no_tlb || lane->no_tlb;
    start->options.ring = lane->ring;
    start->options.fork_batch = lane->fork_batch;
    start->machine.options = &start->options;
    if (configuration == NULL)
        return;
    start->options.cpus = configuration->cpus;
    start->container.limits.cpus = configuration->cpus;
    if (configuration->memory > 0) {
        start->options.memory = configuration->memory;
        start->container.limits.memory = configuration->memory;
    }
    start->launch.contain_options = &start->container;
}

static void start_init(struct start *start, const struct race_contest *contest,
                       const struct race_entrant *entrant, unsigned round)
{
    bool machine = entrant->lane->machine;
    const struct engine_options engine_options = {
        .switches = entrant->lane->switches[0] == '\0' ? NULL : entrant->lane->switches,
    };

    *start = (struct start){
        .launch =
            {
                .way = entrant->way,
                .path = entrant->path,
                .argv = contest->words.we_wordv,
                .envp = entrant->environment == NULL ? environ : entrant->environment,
                .totals = entrant->way->emulated && !machine ? user_totals_new() : NULL,
                .machine = machine ? machine_totals_new() : NULL,
                .kernel = machine ? entrant->kernel : NULL,
                .engine_options = engine_options,
                .count_rows = round == 0, /* counting takes time: not where time is taken */
            },
        .machine =
            {
                .engine = entrant->way->engine,
                .engine_options = engine_options,
                .kernel = entrant->kernel,
                .initrd = entrant->initrd,
                .bootargs = entrant->bootargs,
                .count = round == 0,
            },
    };
    start->machine.totals = start->launch.machine;
    configure(start, entrant->lane, contest->configuration);
}

static void start_fini(struct start *start)
{
    if (start->launch.totals != NULL)
        user_totals_free(start->launch.totals);
    if (start->launch.machine != NULL)
        machine_totals_free(start->launch.machine);
}

/* What a run that the host did not refuse left in the race. */
static void take_run(struct race *race, struct race_contest *contest, struct race_entrant *entrant,
                     const struct launch *launch, struct trial *trial, unsigned round)
{
    finish_execution(race, contest->program, trial);
    if (trial->outcome.fate == FATE_STOPPED)
        race->stopped_by = trial->outcome.signal;
    else if (trial->outcome.interrupted)
        race->interrupted = true;
    else if (!ended_well(trial))
        take_failure(entrant, launch, trial, race->timeout);
    else
        take_output(contest, entrant, trial, round);
    if (round == 0)
        entrant->counters = new_counters(launch, &trial->outcome);
}

/* One run of one entrant. -1: the host refused; what the program did is in the entrant. */
static int run_once(struct race *race, struct race_contest *contest, struct race_entrant *entrant,
                    struct supervisor *supervisor, unsigned round, struct err *err)
{
    const struct way *way = entrant->way;
    struct start start;
    struct trial trial;
    const struct supervise_job job = {
        .start = entrant->lane->machine ? way->machine_start : way->start,
        .context = entrant->lane->machine ? (void *)&start.machine : (void *)&start.launch,
        .interrupt_kills = true,
        .timeout = race->timeout,
        .out = &trial.out,
        .errors = &trial.errors,
    };
    int answer;

    start_init(&start, contest, entrant, round);
    add_execution(race, contest, entrant, round); /* from here on its time counts */
    if (way->prepare != NULL && way->prepare(&start.launch, err) < 0) {
        race->execution_count--; /* it was none */
        if (round == 0)
            race_withdraw(entrant, err);
        else
            fail(entrant, "%s", err->text);
        *err = (struct err){0};
        start_fini(&start);
        return 0;
    }
    supervise_capture_init(&trial.out, OUTPUT_MAX);
    supervise_capture_init(&trial.errors, OUTPUT_MAX);
    answer = supervisor_run(supervisor, &job, &trial.outcome, err);
    if (way->settle != NULL)
        way->settle(&start.launch, &trial.outcome);
    if (answer == 0)
        take_run(race, contest, entrant, &start.launch, &trial, round);
    supervise_capture_fini(&trial.errors);
    supervise_capture_fini(&trial.out);
    if (way->finish != NULL)
        way->finish(&start.launch);
    start_fini(&start);
    return answer;
}

/* A signal between two runs. True: the race is over. */
static bool is_over(struct race *race, struct supervisor *supervisor)
{
    int pending = supervisor_pending(supervisor);

    if (pending == SIGINT || pending == SIGQUIT)
        race->interrupted = true;
    else if (pending != 0)
        race->stopped_by = pending;
    return race->interrupted || race->stopped_by != 0;
}

/* Those that can still run; the answer is how many. */
static size_t find_runners(const struct race_contest *contest, size_t runners[RACE_LANES_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < contest->entrant_count; i++) {
        if (contest->entrants[i].status == RESULT_OK)
            runners[count++] = i;
    }
    return count;
}

/* One round: each entrant once. */
static int measure_round(struct race *race, struct race_contest *contest,
                         struct supervisor *supervisor, struct race_progress *progress,
                         unsigned round, struct err *err)
{
    size_t runners[RACE_LANES_MAX], count = find_runners(contest, runners);

    race_progress_add(progress, (unsigned)(contest->entrant_count - count));
    for (size_t place = 0; place < count; place++) {
        size_t index = runners[result_turn(count, round, place)];

        if (is_over(race, supervisor))
            return 0;
        race_progress_show(progress, (size_t)(contest - race->contests), index, round);
        if (run_once(race, contest, &contest->entrants[index], supervisor, round, err) < 0)
            return -1;
        contest->entrants[index].turns++;
        race_progress_add(progress, 1);
    }
    return 0;
}

/* Until all runs are made, or another round would end behind `deadline` (0: there is none): one is
 * measured in any case. */
static int measure_contest(struct race *race, struct race_contest *contest,
                           struct supervisor *supervisor, struct race_progress *progress,
                           double deadline, struct err *err)
{
    size_t cpus = contest->configuration == NULL ? race->cpu_count : contest->configuration->cpus;

    /* A configuration that needs more has no entrant that runs. */
    if (race_pin(race, cpus < race->cpu_count ? cpus : race->cpu_count, err) < 0)
        return -1;
    for (unsigned round = 0; round <= race->runs; round++) {
        double before = race_now();

        if (measure_round(race, contest, supervisor, progress, round, err) < 0)
            return -1;
        if (race->interrupted || race->stopped_by != 0)
            return 0;
        if (deadline > 0 && round > 0 && 2 * race_now() - before > deadline) {
            race_progress_add(progress, (race->runs - round) * (unsigned)contest->entrant_count);
            return 0;
        }
    }
    return 0;
}

int race_measure(struct race *race, struct supervisor *supervisor, struct err *err)
{
    struct race_progress progress;
    time_t now = time(NULL);
    int answer = 0;

    strftime(race->date, sizeof race->date, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    race->started = race_now();
    race_progress_init(&progress, race);
    for (size_t i = 0; i < race->contest_count && answer == 0; i++) {
        double time_left = race->seconds - (race_now() - race->started);
        double share = time_left > 0 ? time_left / (double)(race->contest_count - i) : 0;

        if (is_over(race, supervisor))
            break;
        answer = measure_contest(race, &race->contests[i], supervisor, &progress,
                                 race->seconds > 0 ? race_now() + share : 0, err);
    }
    race_progress_clear(&progress);
    race_unpin(race);
    return answer;
}
