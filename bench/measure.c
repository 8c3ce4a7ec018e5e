/*
 * measure.c: runs programs and takes their times.
 *
 * Each time of a way is paired with one of native's, taken right before it with the same number of
 * rounds, and what counts is their ratio: a computer that is busy, or warm, is so for both. The
 * time is the user CPU time of all processes of the run. Of a machine, which boots first, it is
 * that minus the time of a run of one round, right after it; for native then, too.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/driver.h"
#include "cli/text.h"

enum {
    OUTPUT_MAX = 64 * 1024,
    TIMEOUT = 600,
    SLOW_RUNS = STATS_INTERVAL_SAMPLES,
};

bool bench_wants(const struct bench *bench, const struct bench_subject *subject)
{
    char *patterns, *rest = NULL;
    bool wanted = false;

    if (bench->only == NULL)
        return true;
    patterns = strdup(bench->only);
    if (patterns == NULL)
        err_die_oom();
    for (char *p = strtok_r(patterns, ", ", &rest); p != NULL; p = strtok_r(NULL, ", ", &rest))
        wanted |= fnmatch(p, subject->name, 0) == 0;
    free(patterns);
    return wanted;
}

static int start_command(void *context, struct err *err)
{
    char *const *command = context;

    execvp(command[0], command);
    return err_sys(err, errno, "cannot execute %s", command[0]);
}

/* The rest of the line behind the label; false: there is none. */
static bool find_answer(const char *output, const char *label, char answer[BENCH_ANSWER])
{
    const char *found = strstr(output, label);

    if (found == NULL)
        return false;
    found += strlen(label);
    snprintf(answer, BENCH_ANSWER, "%.*s", (int)strcspn(found, "\r\n"), found);
    text_make_printable(answer);
    return true;
}

/* Why a run is not to be counted; 0 when it is. */
static int judge_run(const struct supervise_outcome *outcome, const char *output, char *errors,
                     const char *label, char answer[BENCH_ANSWER], char reason[BENCH_REASON])
{
    errors[strcspn(errors, "\n")] = '\0';
    if (outcome->fate == FATE_REFUSED)
        snprintf(reason, BENCH_REASON, "%.200s", outcome->err.text);
    else if (outcome->fate == FATE_TIMEOUT)
        snprintf(reason, BENCH_REASON, "it took more than %d seconds", TIMEOUT);
    else if (outcome->fate == FATE_KILLED)
        snprintf(reason, BENCH_REASON, "killed by signal %d", outcome->signal);
    else if (outcome->status != 0)
        snprintf(reason, BENCH_REASON, "exit status %d%s%.200s", outcome->status,
                 errors[0] == '\0' ? "" : ": ", errors);
    else if (!find_answer(output, label, answer))
        snprintf(reason, BENCH_REASON, "it printed no \"%s\"", label);
    else
        return 0;
    text_make_printable(reason);
    return -1;
}

int bench_run(struct bench *bench, const struct bench_way *way, const struct bench_subject *subject,
              uint64_t rounds, struct bench_sample *sample, char answer[BENCH_ANSWER],
              char reason[BENCH_REASON])
{
    char **command = bench_way_command_new(way, subject, bench->build, rounds);
    struct supervise_capture out, errors;
    struct supervise_outcome outcome;
    const struct supervise_job job = {
        .start = start_command,
        .context = command,
        .interrupt_kills = true,
        .timeout = TIMEOUT,
        .out = &out,
        .errors = &errors,
    };
    struct err err;
    int answer_code = -1;

    supervise_capture_init(&out, OUTPUT_MAX);
    supervise_capture_init(&errors, OUTPUT_MAX);
    if (supervisor_run(&bench->supervisor, &job, &outcome, &err) < 0) {
        snprintf(reason, BENCH_REASON, "%.200s", err.text);
    } else if (outcome.fate == FATE_STOPPED || outcome.interrupted) {
        bench->stopped_by = outcome.interrupted ? SIGINT : outcome.signal;
        snprintf(reason, BENCH_REASON, "interrupted");
    } else {
        answer_code = judge_run(&outcome, out.data, errors.data, subject->label, answer, reason);
        *sample = (struct bench_sample){outcome.user, outcome.user + outcome.system, outcome.wall};
    }
    supervise_capture_fini(&errors);
    supervise_capture_fini(&out);
    bench_words_free(command);
    return answer_code;
}

/* The user CPU time of so many rounds, without the boot if the pair is with a machine. */
static int measure_rounds(struct bench *bench, struct bench_cell *cell, const struct bench_way *way,
                          uint64_t rounds, double *seconds)
{
    struct bench_sample all, one = {0, 0, 0};
    char answer[BENCH_ANSWER], short_answer[BENCH_ANSWER];

    if (bench_run(bench, way, cell->subject, rounds, &all, answer, cell->reason) < 0 ||
        (cell->way->machine &&
         bench_run(bench, way, cell->subject, 1, &one, short_answer, cell->reason) < 0)) {
        cell->status = BENCH_FAILED;
        return -1;
    }
    if (cell->answer[0] == '\0') {
        memcpy(cell->answer, answer, sizeof answer);
    } else if (strcmp(cell->answer, answer) != 0) {
        cell->status = BENCH_WRONG;
        snprintf(cell->reason, BENCH_REASON, "%s by %s, but %s before", answer, way->name,
                 cell->answer);
        return -1;
    }
    *seconds = all.user - one.user;
    return 0;
}

/* The first pair is short and not counted: it warms up, and tells how many rounds this way can do,
 * and how often. */
static void warm_up(struct bench *bench, struct bench_cell *cell)
{
    const struct bench_subject *subject = cell->subject;
    uint64_t first = subject->less < 10 ? 1 : subject->less / 10;
    double native, seconds;

    if (measure_rounds(bench, cell, &bench->native, first, &native) < 0 ||
        measure_rounds(bench, cell, cell->way, first, &seconds) < 0)
        return;
    cell->answer[0] = '\0'; /* other rounds, another answer */
    cell->rounds = subject->rounds;
    cell->pairs = bench->runs;
    /* Rungs of the ladder are many. The price: starting weighs more in them (performance.md). */
    if (bench->quick || cell->way->options ||
        seconds / (double)first * (double)subject->rounds > bench->patience) {
        cell->rounds = subject->less;
        if (cell->pairs > SLOW_RUNS)
            cell->pairs = SLOW_RUNS;
    }
}

static void measure_pair(struct bench *bench, struct bench_cell *cell)
{
    double native, seconds;

    if (measure_rounds(bench, cell, &bench->native, cell->rounds, &native) < 0 ||
        measure_rounds(bench, cell, cell->way, cell->rounds, &seconds) < 0)
        return;
    if (native <= 0 || seconds <= 0) {
        cell->status = BENCH_FAILED;
        snprintf(cell->reason, BENCH_REASON, "too short to be measured");
        return;
    }
    cell->native[cell->count] = native;
    cell->seconds[cell->count] = seconds;
    cell->ratios[cell->count++] = seconds / native;
}

static double *new_times(size_t count)
{
    double *times = calloc(count, sizeof *times);

    if (times == NULL)
        err_die_oom();
    return times;
}

static void tell(const struct bench_cell *cell)
{
    char text[TEXT_SIZE];

    if (cell->status != BENCH_OK)
        fprintf(stderr, "%-8s %-24s %s\n", cell->subject->name, cell->way->name, cell->reason);
    else if (cell->count > 0)
        fprintf(stderr, "%-8s %-24s %s\n", cell->subject->name, cell->way->name,
                text_ratio(text, stats_summarize(cell->ratios, cell->count).median));
}

void bench_measure(struct bench *bench, const struct bench_subject *subject,
                   struct bench_cell *cells)
{
    for (size_t i = 0; i < bench->way_count; i++) {
        cells[i] = (struct bench_cell){
            .subject = subject,
            .way = &bench->ways[i],
            .native = new_times(bench->runs),
            .seconds = new_times(bench->runs),
            .ratios = new_times(bench->runs),
        };
        if (bench->stopped_by == 0)
            warm_up(bench, &cells[i]);
    }
    for (unsigned run = 0; run < bench->runs; run++) {
        for (size_t i = 0; i < bench->way_count; i++) {
            if (bench->stopped_by == 0 && cells[i].status == BENCH_OK && run < cells[i].pairs)
                measure_pair(bench, &cells[i]);
        }
    }
    for (size_t i = 0; i < bench->way_count; i++)
        tell(&cells[i]);
}

static void measure_one_start(struct bench *bench, struct bench_start *start, unsigned run)
{
    struct bench_sample sample;
    char answer[BENCH_ANSWER];

    if (bench_run(bench, start->way, start->subject, start->subject->rounds, &sample, answer,
                  start->reason) < 0) {
        start->status = BENCH_FAILED;
        fprintf(stderr, "%-8s %-24s %s\n", start->subject->name, start->way->name, start->reason);
    } else if (run > 0) { /* the first one warms up */
        start->wall[start->count] = sample.wall;
        start->total[start->count++] = sample.total;
    }
}

void bench_measure_start(struct bench *bench, const struct bench_subject *subject,
                         struct bench_start *starts)
{
    for (size_t i = 0; i <= bench->way_count; i++) {
        starts[i] = (struct bench_start){
            .subject = subject,
            .way = i < bench->way_count ? &bench->ways[i] : &bench->native,
            .wall = new_times(bench->starts),
            .total = new_times(bench->starts),
        };
    }
    for (unsigned run = 0; run <= bench->starts; run++) {
        for (size_t i = 0; i <= bench->way_count; i++) {
            if (bench->stopped_by == 0 && starts[i].status == BENCH_OK)
                measure_one_start(bench, &starts[i], run);
        }
    }
}

void bench_cells_fini(struct bench_cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(cells[i].native);
        free(cells[i].seconds);
        free(cells[i].ratios);
    }
}

void bench_starts_fini(struct bench_start *starts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(starts[i].wall);
        free(starts[i].total);
    }
}
