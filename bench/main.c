/*
 * main.c: the benchmark's driver: programs in several ways, in pairs with the native run.
 *
 * It measures and writes a result file; table.jq shows it. `make bench` calls both.
 * What it is not: `trivium race`, which shows one user three programs in seconds. Read next:
 * driver.h.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "bench/driver.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/output.h"

enum { FACTS_MAX = 32, RUNS_MAX = 1000, STARTS = 31, STARTS_QUICK = 5 };

struct request {
    struct bench *bench;
    const char *ways, *json;
    char *facts[FACTS_MAX + 1];
    size_t fact_count;
    bool list;
};

enum option_key {
    KEY_BUILD = 256,
    KEY_FACT,
    KEY_JSON,
    KEY_LIST,
    KEY_ONLY,
    KEY_PATIENCE,
    KEY_QUICK,
    KEY_RUNS,
    KEY_WAYS
};

static const struct argp_option options[] = {
    {"build", KEY_BUILD, "DIR", 0, "Where trivium and the programs were built (build)", 0},
    {"fact", KEY_FACT, "NAME=TEXT", 0, "What the result shall say besides: flags, versions", 0},
    {"json", KEY_JSON, "FILE", 0, "Where the result goes; - (the default) is standard output", 0},
    {"list", KEY_LIST, NULL, 0, "Print the ways that are measured by default, and end", 0},
    {"only", KEY_ONLY, "PATTERN,...", 0, "Programs whose names match one of these (all)", 0},
    {"patience", KEY_PATIENCE, "SECONDS", 0,
     "A way that would need longer for a run does a tenth of the rounds, at most 3 times (5)", 0},
    {"quick", KEY_QUICK, NULL, 0, "A tenth of the rounds always, at most 3 times", 0},
    {"runs", KEY_RUNS, "N", 0, "Pairs of each program in each way (5)", 0},
    {"ways", KEY_WAYS, "WAY,...", 0, "These ways; each may have options: 'interp --no-tlb'", 0},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct request *request = state->input;
    struct bench *bench = request->bench;

    switch (key) {
    case KEY_BUILD: bench->build = arg; return 0;
    case KEY_FACT:
        if (request->fact_count == FACTS_MAX)
            argp_error(state, "more than %d facts", FACTS_MAX);
        request->facts[request->fact_count++] = arg;
        return 0;
    case KEY_JSON: request->json = arg; return 0;
    case KEY_LIST: request->list = true; return 0;
    case KEY_ONLY: bench->only = arg; return 0;
    case KEY_PATIENCE: bench->patience = option_seconds(state, "--patience", arg); return 0;
    case KEY_QUICK: bench->quick = true; return 0;
    case KEY_RUNS: bench->runs = option_count(state, "--runs", arg, RUNS_MAX); return 0;
    case KEY_WAYS: request->ways = arg; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* "a, b": new words, without blanks around them. */
static char **split_new(const char *list)
{
    char *copy = strdup(list), *rest = NULL;
    char **words = calloc(strlen(list) + 1, sizeof *words);
    size_t count = 0;

    if (copy == NULL || words == NULL)
        err_die_oom();
    for (char *word = strtok_r(copy, ",", &rest); word != NULL; word = strtok_r(NULL, ",", &rest)) {
        word += strspn(word, " ");
        if (*word != '\0' && (words[count++] = strdup(word)) == NULL)
            err_die_oom();
    }
    free(copy);
    return words;
}

static int init_ways(struct bench *bench, char **names, struct err *err)
{
    size_t count = 0;

    while (names[count] != NULL)
        count++;
    bench->ways = calloc(count + 1, sizeof *bench->ways);
    if (bench->ways == NULL)
        err_die_oom();
    for (; bench->way_count < count; bench->way_count++) {
        struct bench_way *way = &bench->ways[bench->way_count];

        if (bench_way_init(way, names[bench->way_count], err) < 0) {
            bench_way_fini(way);
            return -1;
        }
    }
    return bench_way_init(&bench->native, "native", err);
}

/* Measures what start-up costs. Answers 1 when something of it failed. */
static int measure_starts(struct bench *bench, json_t *result)
{
    struct bench_start *starts = calloc(bench->way_count + 1, sizeof *starts);
    int failed = 0;

    if (starts == NULL)
        err_die_oom();
    for (size_t i = 0; i < bench_subject_count; i++) {
        const struct bench_subject *subject = &bench_subjects[i];

        if (subject->group != START || !bench_wants(bench, subject))
            continue;
        bench_measure_start(bench, subject, starts);
        for (size_t j = 0; j <= bench->way_count; j++) {
            failed |= starts[j].status != BENCH_OK;
            bench_result_add_start(result, &starts[j]);
        }
        bench_starts_fini(starts, bench->way_count + 1);
    }
    free(starts);
    return failed;
}

/* Measures everything. Answers 1 when a way failed or came to another answer than native. */
static int measure_all(struct bench *bench, json_t *result)
{
    struct bench_cell *cells = calloc(bench_subject_count * (bench->way_count + 1), sizeof *cells);
    size_t count = 0;
    int failed = 0;

    if (cells == NULL)
        err_die_oom();
    for (size_t i = 0; i < bench_subject_count; i++) {
        if (bench_subjects[i].group == START || !bench_wants(bench, &bench_subjects[i]))
            continue;
        bench_measure(bench, &bench_subjects[i], cells + count);
        count += bench->way_count;
    }
    for (size_t i = 0; i < count; i++) {
        failed |= cells[i].status != BENCH_OK;
        bench_result_add_cell(result, &cells[i]);
    }
    bench_result_add_means(result, bench, cells, count);
    bench_cells_fini(cells, count);
    free(cells);
    return failed | measure_starts(bench, result);
}

/* -1: it could not be done; 1: it was, but not all of it went well. */
static int carry_out(struct request *request, struct err *err)
{
    struct bench *bench = request->bench;
    struct output_file output;
    json_t *result;
    int failed;

    if (output_open(&output, request->json, err) < 0)
        return -1;
    if (supervisor_init(&bench->supervisor, err) < 0) {
        output_abandon(&output);
        return -1;
    }
    result = bench_result_new(bench, request->facts);
    failed = measure_all(bench, result);
    if (bench->stopped_by != 0) {
        output_abandon(&output);
        supervisor_die(&bench->supervisor, bench->stopped_by);
    }
    supervisor_fini(&bench->supervisor);
    return json_write(result, &output, err) < 0 ? -1 : failed;
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse_option,
        .doc = "Measures Trivium's benchmark: programs in several ways, each run right behind a "
               "native one.",
    };
    struct bench bench = {.build = "build", .runs = 5, .patience = 5};
    struct request request = {.bench = &bench, .json = "-"};
    char **names;
    struct err err;
    int answer = 0;

    output_prepare();
    argp_parse(&argp, argc, argv, 0, NULL, &request);
    bench.starts = bench.quick ? STARTS_QUICK : STARTS;
    names = request.ways != NULL ? split_new(request.ways) : bench_way_names_new();
    if (request.list) {
        for (char **name = names; *name != NULL; name++)
            puts(*name);
    } else {
        answer = init_ways(&bench, names, &err);
        if (answer == 0)
            answer = carry_out(&request, &err);
        if (answer < 0)
            err_print(&err, stderr);
        for (size_t i = 0; i < bench.way_count; i++)
            bench_way_fini(&bench.ways[i]);
        bench_way_fini(&bench.native);
        free(bench.ways);
    }
    bench_words_free(names);
    return answer < 0 ? 125 : answer;
}
