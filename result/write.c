/* write.c: a result as JSON; see result.h, and docs/results.md for what the members mean. */
#include "lib/json.h"
#include "result/result.h"

/* A number, or null where there is none. */
static json_t *number_or_null(bool known, double number)
{
    return known ? json_real(number) : json_null();
}

/* Another reference; null for what is not there. */
static json_t *shared(json_t *value)
{
    return value == NULL ? json_null() : json_incref(value);
}

static json_t *interval_json(const struct stats_interval *interval)
{
    if (interval->low == 0 && interval->high == 0)
        return json_null();
    return json_pack("[f, f]", interval->low, interval->high);
}

static json_t *samples_json(const struct result_row *row)
{
    json_t *array = json_array();

    for (size_t i = 0; i < row->count; i++)
        json_array_append_new(array, json_real(row->samples[i]));
    return array;
}

static json_t *rounds_json(const struct result_row *row)
{
    json_t *array = json_array();

    for (size_t i = 0; i < row->count; i++)
        json_array_append_new(array, json_integer((json_int_t)row->rounds[i]));
    return array;
}

static json_t *kernel_json(const struct result_kernel *kernel)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "name", json_text(kernel->name), "version",
                     json_text(kernel->version), "where", json_text(kernel->where), "sha256",
                     json_text(kernel->sha256), "initrd_sha256", json_text(kernel->initrd_sha256));
}

/* Against another row, which is named. */
static json_t *ratio_json(const struct result *result, const struct result_ratio *ratio)
{
    char way[RESULT_NAME];

    if (ratio->speed <= 0)
        return json_null();
    return json_pack("{s:o, s:f, s:o, s:o}", "to",
                     json_text(result_way(way, &result->rows[ratio->to])), "ratio", ratio->speed,
                     "low", number_or_null(ratio->interval.low > 0, ratio->interval.low), "high",
                     number_or_null(ratio->interval.low > 0, ratio->interval.high));
}

static json_t *explained_json(const struct result *result, const struct explained *explained)
{
    char way[RESULT_NAME];

    /* A file can claim that of a row that has none to be compared with. */
    if (!explained->has_ratio || explained->to >= result->row_count)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "to",
                     json_text(result_way(way, &result->rows[explained->to])), "low",
                     number_or_null(explained->estimated, explained->low), "high",
                     number_or_null(explained->estimated, explained->high), "left_over",
                     number_or_null(explained->estimated, explained->left_over), "sentence",
                     json_text(explained->sentence));
}

static void add_derived(json_t *object, const struct result *result, const struct result_row *row)
{
    bool has_ratio = row->native.speed > 0, has_interval = row->native.interval.low > 0;
    bool measured = row->used > 0;

    json_object_set_new(object, "first_used", json_integer((json_int_t)row->first_used));
    json_object_set_new(object, "used", json_integer((json_int_t)row->used));
    json_object_set_new(object, "median", number_or_null(measured, row->summary.median));
    json_object_set_new(object, "min", number_or_null(measured, row->summary.min));
    json_object_set_new(object, "max", number_or_null(measured, row->summary.max));
    json_object_set_new(object, "median_interval", interval_json(&row->median_interval));
    json_object_set_new(object, "noisy", json_boolean(row->noisy));
    json_object_set_new(object, "ratio_to_native", number_or_null(has_ratio, row->native.speed));
    json_object_set_new(object, "ratio_low",
                        number_or_null(has_interval, row->native.interval.low));
    json_object_set_new(object, "ratio_high",
                        number_or_null(has_interval, row->native.interval.high));
    json_object_set_new(object, "same_kernel", ratio_json(result, &row->same_kernel));
    json_object_set_new(object, "rung", ratio_json(result, &row->rung));
    json_object_set_new(object, "explained", explained_json(result, &row->explained));
    json_object_set_new(object, "inconclusive", json_boolean(row->inconclusive));
}

static json_t *configuration_json(const struct result_row *row)
{
    if (row->configuration == NULL)
        return json_null();
    return json_pack("{s:o, s:I, s:o}", "name", json_text(row->configuration), "cpus",
                     (json_int_t)row->cpus, "memory",
                     row->memory > 0 ? json_integer((json_int_t)row->memory) : json_null());
}

static json_t *row_json(const struct result *result, const struct result_row *row)
{
    json_t *object = json_object();

    json_object_set_new(object, "entry", json_integer((json_int_t)row->entry));
    json_object_set_new(object, "program", json_text(row->program));
    json_object_set_new(object, "args", shared(row->args));
    json_object_set_new(object, "configuration", configuration_json(row));
    json_object_set_new(object, "measure", json_text(row->measure));
    json_object_set_new(object, "way", json_text(row->way));
    json_object_set_new(object, "variant", json_text(row->variant));
    json_object_set_new(object, "mode", json_text(row->mode));
    json_object_set_new(object, "status", json_string(result_status_names[row->status]));
    json_object_set_new(object, "reason", json_text(row->reason));
    json_object_set_new(object, "binary_sha256", json_text(row->binary_sha256));
    json_object_set_new(object, "kernel", kernel_json(&row->kernel));
    json_object_set_new(object, "different_kernel", json_boolean(row->different_kernel));
    json_object_set_new(object, "unit", json_text(row->unit));
    json_object_set_new(object, "better", json_string(row->more ? "more" : "less"));
    json_object_set_new(object, "dropped", number_or_null(row->has_dropped, row->dropped));
    json_object_set_new(object, "samples", samples_json(row));
    json_object_set_new(object, "rounds", rounds_json(row));
    add_derived(object, result, row);
    json_object_set_new(object, "answers", shared(row->answers));
    json_object_set_new(object, "counters", shared(row->counters));
    return object;
}

static json_t *execution_json(const struct result_execution *execution)
{
    return json_pack("{s:I, s:I, s:b, s:f, s:f, s:o, s:f, s:f, s:f, s:f}", "entry",
                     (json_int_t)execution->entry, "round", (json_int_t)execution->round, "ok",
                     (int)execution->ok, "start", execution->start, "outside", execution->outside,
                     "inside", number_or_null(execution->inside > 0, execution->inside), "user",
                     execution->user, "system", execution->system, "loop_wall",
                     execution->loop_wall, "loop_cpu", execution->loop_cpu);
}

static json_t *step_json(const struct result_step *step)
{
    return json_pack("{s:I, s:s, s:f, s:f}", "execution", (json_int_t)step->execution, "cause",
                     step->stolen ? "neighbour" : "processor", "from", step->from, "to", step->to);
}

/* How the derived numbers came about, for who finds the file alone. */
static json_t *method_json(const struct result *result)
{
    return json_pack("{s:s, s:s, s:s, s:i, s:s, s:f}", "order",
                     result->balanced ? "balanced" : "interleaved", "middle", "median", "interval",
                     "95 % percentile bootstrap", "resamples", STATS_RESAMPLES, "seed",
                     STATS_SEED_TEXT, "noisy_half_width", RESULT_NOISY);
}

json_t *result_json(const struct result *result)
{
    json_t *object = json_object(), *rows = json_array(), *executions = json_array();
    json_t *steps = json_array();

    for (size_t i = 0; i < result->row_count; i++)
        json_array_append_new(rows, row_json(result, &result->rows[i]));
    for (size_t i = 0; i < result->execution_count; i++)
        json_array_append_new(executions, execution_json(&result->executions[i]));
    for (size_t i = 0; i < result->step_count; i++)
        json_array_append_new(steps, step_json(&result->steps[i]));
    json_object_set_new(object, "schema", json_string(RESULT_SCHEMA));
    json_object_set_new(object, "version", json_text(result->version));
    json_object_set_new(object, "trivium_sha256", json_text(result->trivium_sha256));
    json_object_set_new(object, "started", json_text(result->started));
    json_object_set_new(object, "command", shared(result->command));
    json_object_set_new(object, "interrupted", json_boolean(result->interrupted));
    json_object_set_new(object, "runs", json_integer((json_int_t)result->runs));
    json_object_set_new(object, "seconds", number_or_null(result->seconds > 0, result->seconds));
    json_object_set_new(object, "timeout", number_or_null(result->timeout > 0, result->timeout));
    json_object_set_new(object, "cpus", shared(result->cpus));
    json_object_set_new(object, "method", method_json(result));
    json_object_set_new(object, "noisy", json_boolean(result->noisy));
    json_object_set_new(object, "steps", steps);
    json_object_set_new(object, "results", rows);
    json_object_set_new(object, "executions", executions);
    json_object_set_new(object, "host", shared(result->host));
    return object;
}
