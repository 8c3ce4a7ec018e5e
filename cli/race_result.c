/* race_result.c: what was measured, as the model that everybody reads; see result/result.h. */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli/commands.h"
#include "cli/race.h"
#include "lib/json.h"

/* {label: text}: what was compared with the other ways. */
static json_t *answers_json(const struct race_contest *contest, const struct race_entrant *entrant,
                            size_t metric)
{
    const struct program *program = contest->program;
    json_t *answers = json_object();

    for (size_t i = 0; i < PROGRAM_ANSWERS_MAX && program->answers[i] != NULL; i++)
        json_object_set_new(answers, program->answers[i], json_text(entrant->answers[i]));
    if (program->metrics[metric].answer != NULL)
        json_object_set_new(answers, program->metrics[metric].answer,
                            json_text(entrant->cells[metric].answer));
    if (program->whole_output)
        json_object_set_new(answers, "standard output", json_text(entrant->output));
    return answers;
}

/* The result's texts that are nobody else's live in a document of its own. */
static const char *keep(struct result *result, const char *text)
{
    json_t *value = json_text(text);

    json_array_append_new(result->document, value);
    return json_string_value(value);
}

static struct result_kernel kernel_of(struct result *result, const struct race_entrant *entrant)
{
    const struct way *way = entrant->way;
    const char *remark = way->remark == NULL ? NULL : way->remark();
    struct utsname kernel = {0};
    char where[128];

    if (entrant->lane->machine) {
        snprintf(where, sizeof where, "on %s%s%s", way->machine, remark == NULL ? "" : ", ",
                 remark == NULL ? "" : remark);
        return (struct result_kernel){
            .name = "Trivium",
            .version = TRIVIUM_VERSION,
            .where = keep(result, where),
            .sha256 = entrant->kernel_sha256[0] == '\0' ? NULL : entrant->kernel_sha256,
            .initrd_sha256 = entrant->initrd_sha256[0] == '\0' ? NULL : entrant->initrd_sha256,
        };
    }
    uname(&kernel);
    return (struct result_kernel){
        .name = keep(result, kernel.sysname),
        .version = keep(result, kernel.release),
        .where = way->kernel,
    };
}

static double *copy_samples(const struct race_cell *cell)
{
    double *samples = calloc(cell->count + 1, sizeof *samples);

    if (samples == NULL)
        err_die_oom();
    memcpy(samples, cell->samples, cell->count * sizeof *samples);
    return samples;
}

static size_t *copy_rounds(const struct race_cell *cell)
{
    size_t *rounds = calloc(cell->count + 1, sizeof *rounds);

    if (rounds == NULL)
        err_die_oom();
    memcpy(rounds, cell->rounds, cell->count * sizeof *rounds);
    return rounds;
}

static struct result_row row_of(struct result *result, const struct race_contest *contest,
                                const struct race_entrant *entrant, size_t metric)
{
    const struct program_metric *definition = &contest->program->metrics[metric];
    const struct race_cell *cell = &entrant->cells[metric];
    const char *reason;
    enum result_status status = race_cell_status(entrant, cell, &reason);

    return (struct result_row){
        .program = contest->located.name,
        .args = json_texts(contest->words.we_wordv + 1),
        .configuration =
            contest->configuration == NULL ? NULL : keep(result, contest->configuration->name),
        .cpus = contest->configuration == NULL ? 0 : contest->configuration->cpus,
        .memory = contest->configuration == NULL ? 0 : (double)contest->configuration->memory,
        .measure = definition->name,
        .way = entrant->way->name,
        .variant = entrant->lane->variant[0] == '\0' ? NULL : entrant->lane->variant,
        .mode = !entrant->way->emulated  ? NULL
                : entrant->lane->machine ? "machine"
                                         : "user",
        .status = status,
        .reason = status == RESULT_OK ? NULL : reason,
        .binary_sha256 = entrant->sha256[0] == '\0' ? NULL : entrant->sha256,
        .kernel = kernel_of(result, entrant),
        .different_kernel = entrant->lane->machine,
        .unit = cell->unit[0] == '\0' ? NULL : cell->unit,
        .more = definition->more,
        .has_dropped = cell->warmed_up,
        .dropped = cell->warm_up,
        .samples = copy_samples(cell),
        .rounds = copy_rounds(cell),
        .count = cell->count,
        .answers = answers_json(contest, entrant, metric),
        .counters = entrant->counters == NULL ? json_null() : json_incref(entrant->counters),
    };
}

/* The rows of one metric: those on the host's kernel, or those on ours. */
static void add_rows(struct result *result, const struct race *race, size_t contest_index,
                     size_t metric, bool machines)
{
    const struct race_contest *contest = &race->contests[contest_index];

    for (size_t i = 0; i < contest->entrant_count; i++) {
        const struct race_entrant *entrant = &contest->entrants[i];
        const char *reason;
        bool told = race_cell_status(entrant, &entrant->cells[metric], &reason) != RESULT_OK;

        /* Ctrl-C can leave a cell empty. */
        if (entrant->lane->machine != machines || (entrant->cells[metric].count == 0 && !told))
            continue;
        result->rows[result->row_count] = row_of(result, contest, entrant, metric);
        result->rows[result->row_count++].entry = race_entry(race, contest_index, i);
    }
}

static void add_contest(struct result *result, const struct race *race, size_t contest)
{
    const struct program *program = race->contests[contest].program;

    for (size_t metric = 0; metric < program->metric_count; metric++) {
        if (!race_shows_metric(&race->contests[contest], metric))
            continue;
        add_rows(result, race, contest, metric, false);
        add_rows(result, race, contest, metric, true);
    }
}

static json_t *command_json(char *const *arguments)
{
    json_t *command = json_texts(arguments);

    json_array_insert_new(command, 0, json_string("race"));
    json_array_insert_new(command, 0, json_string("trivium"));
    return command;
}

static json_t *cpus_json(const struct race *race)
{
    json_t *cpus = race->cpu_count == 0 ? json_null() : json_array();

    for (size_t i = 0; i < race->cpu_count; i++)
        json_array_append_new(cpus, json_integer(race->cpus[i]));
    return cpus;
}

void race_result(struct result *result, const struct race *race, char *const *arguments,
                 json_t *host)
{
    char digest[DIGEST_HEX_SIZE];
    struct err ignored;
    size_t rows = race->contest_count * race->lane_count * PROGRAM_METRICS_MAX;

    *result = (struct result){
        .version = TRIVIUM_VERSION,
        .started = race->date,
        .host = host,
        .command = command_json(arguments),
        .cpus = cpus_json(race),
        .interrupted = race->interrupted,
        .balanced = true,
        .runs = race->runs,
        .seconds = race->seconds,
        .timeout = race->timeout,
        .rows = calloc(rows + 1, sizeof *result->rows),
        .executions = calloc(race->execution_count + 1, sizeof *result->executions),
        .execution_count = race->execution_count,
        .document = json_array(),
    };
    if (result->rows == NULL || result->executions == NULL)
        err_die_oom();
    if (digest_file("/proc/self/exe", digest, &ignored) == 0)
        result->trivium_sha256 = keep(result, digest);
    if (race->execution_count > 0)
        memcpy(result->executions, race->executions,
               race->execution_count * sizeof *result->executions);
    for (size_t i = 0; i < race->contest_count; i++)
        add_contest(result, race, i);
    result_derive(result);
}
