/* race_json.c: the result file; see race.h, and trivium-race(1) for what the members mean. */
#include <sys/utsname.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/race.h"

static const char *const status_names[] = {"ok", "unavailable", "wrong", "failed"};

static json_t *samples_json(const struct race_cell *cell)
{
    json_t *array = json_array();

    for (size_t i = 0; i < cell->count; i++)
        json_array_append_new(array, json_real(cell->samples[i]));
    return array;
}

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

static json_t *kernel_json(const struct race_entrant *entrant)
{
    struct utsname kernel = {0};

    if (entrant->lane->machine)
        return json_pack("{s:s, s:s, s:s}", "name", "Trivium", "version", TRIVIUM_VERSION, "sha256",
                         entrant->kernel_sha256);
    uname(&kernel);
    return json_pack("{s:s, s:s, s:n}", "name", kernel.sysname, "version", kernel.release,
                     "sha256");
}

/* A number, or null where there is none. */
static json_t *number_or_null(bool known, double number)
{
    return known ? json_real(number) : json_null();
}

static json_t *result_json(const struct race_contest *contest, const struct race_entrant *entrant,
                           size_t metric)
{
    const struct program_metric *definition = &contest->program->metrics[metric];
    const struct race_cell *cell = &entrant->cells[metric];
    bool has_ratio = cell->slowdown > 0, has_interval = cell->slowdown_interval.low > 0;
    const char *reason;
    enum race_status status = race_cell_status(entrant, cell, &reason);
    json_t *result =
        json_pack("{s:o, s:o, s:s?, s:s, s:s, s:o, s:o}", "program",
                  json_text(contest->located.name), "args", json_texts(contest->words.we_wordv + 1),
                  "measure", definition->name, "way", entrant->way->name, "status",
                  status_names[status], "reason", json_text(status == RACE_OK ? NULL : reason),
                  "binary_sha256", json_text(entrant->sha256[0] == '\0' ? NULL : entrant->sha256));

    json_object_set_new(result, "mode",
                        json_text(!entrant->way->emulated  ? NULL
                                  : entrant->lane->machine ? "machine"
                                                           : "user"));
    json_object_set_new(result, "kernel", kernel_json(entrant));
    json_object_set_new(result, "different_kernel", json_boolean(entrant->lane->machine));
    json_object_set_new(result, "unit", json_text(cell->unit[0] == '\0' ? NULL : cell->unit));
    json_object_set_new(result, "better", json_string(definition->more ? "more" : "less"));
    json_object_set_new(result, "dropped", number_or_null(cell->count > 0, cell->warm_up));
    json_object_set_new(result, "samples", samples_json(cell));
    json_object_set_new(result, "median", number_or_null(cell->count > 0, cell->summary.median));
    json_object_set_new(result, "min", number_or_null(cell->count > 0, cell->summary.min));
    json_object_set_new(result, "max", number_or_null(cell->count > 0, cell->summary.max));
    /* Speed against native: the reciprocal of the slowdown that people are shown. */
    json_object_set_new(result, "ratio_to_native", number_or_null(has_ratio, 1 / cell->slowdown));
    json_object_set_new(result, "ratio_low",
                        number_or_null(has_interval, 1 / cell->slowdown_interval.high));
    json_object_set_new(result, "ratio_high",
                        number_or_null(has_interval, 1 / cell->slowdown_interval.low));
    json_object_set_new(result, "inconclusive",
                        json_boolean(race_is_inconclusive(entrant->lane, cell)));
    json_object_set_new(result, "answers", answers_json(contest, entrant, metric));
    json_object_set(result, "counters",
                    entrant->counters == NULL ? json_null() : entrant->counters);
    return result;
}

static void add_contest(json_t *results, const struct race_contest *contest)
{
    for (size_t metric = 0; metric < contest->program->metric_count; metric++) {
        for (size_t i = 0; i < contest->entrant_count; i++) {
            const struct race_entrant *entrant = &contest->entrants[i];
            const char *reason;
            bool told = race_cell_status(entrant, &entrant->cells[metric], &reason) != RACE_OK;

            /* Ctrl-C can leave a cell empty. */
            if (race_shows_metric(contest, metric) && (entrant->cells[metric].count > 0 || told))
                json_array_append_new(results, result_json(contest, entrant, metric));
        }
    }
}

json_t *race_json(const struct race *race, char *const *arguments, json_t *host)
{
    json_t *results = json_array(), *command = json_texts(arguments);

    json_array_insert_new(command, 0, json_string("race"));
    json_array_insert_new(command, 0, json_string("trivium"));

    for (size_t i = 0; i < race->contest_count; i++)
        add_contest(results, &race->contests[i]);
    return json_pack("{s:s, s:o, s:o, s:b, s:i, s:o}", "schema", "trivium-race/1", "host", host,
                     "command", command, "interrupted", (int)race->interrupted, "runs",
                     (int)race->runs, "results", results);
}
