/*
 * read.c: a result file, which may be anything, into a model; see result.h.
 *
 * Three gates: its size, how deep it is nested (jansson's own limit is 2048, each level of which
 * takes stack), and jansson, which refuses what is no JSON and names line and column. Behind them
 * every member is taken with its type and its range, and a refusal says where: "results[3].median".
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "result/result.h"

/* Numbers beyond this are no measurement of anything, and sums of them would not stay finite. */
#define NUMBER_MAX 1e100
#define MEMORY_MAX 1e18 /* bytes */

/* Where we are, for messages. The first refusal stays. */
struct reader {
    const char *name;
    char place[64]; /* "results[3]", or empty at the top */
    struct err *err;
    bool failed;
};

static const char *const type_names[] = {"an object", "an array", "a text", "a whole number",
                                         "a number",  "true",     "false",  "null"};

static void refuse(struct reader *reader, const char *member, const char *wanted,
                   const json_t *found)
{
    if (reader->failed)
        return;
    reader->failed = true;
    err_set(reader->err, "%s: %s%s%s should be %s, and %s", reader->name, reader->place,
            reader->place[0] == '\0' ? "" : ".", member, wanted,
            found == NULL ? "is not there" : type_names[json_typeof(found)]);
    if (found != NULL)
        strncat(reader->err->text, " stands there",
                sizeof reader->err->text - strlen(reader->err->text) - 1);
    err_hint(reader->err, "write the file anew with `trivium race --json', or see docs/results.md");
}

static const char *take_text(struct reader *reader, const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);

    if (!json_is_string(value))
        refuse(reader, member, "a text", value);
    return json_is_string(value) ? json_string_value(value) : "";
}

static const char *take_text_or_null(struct reader *reader, const json_t *object,
                                     const char *member)
{
    const json_t *value = json_object_get(object, member);

    if (!json_is_string(value) && !json_is_null(value))
        refuse(reader, member, "a text or null", value);
    return json_string_value(value); /* NULL for what is no string */
}

static bool is_sound(const json_t *value)
{
    return json_is_number(value) && fabs(json_number_value(value)) <= NUMBER_MAX;
}

/* One that files of earlier versions lack. */
static const char *take_later_text(struct reader *reader, const json_t *object, const char *member)
{
    return json_object_get(object, member) == NULL ? NULL
                                                   : take_text_or_null(reader, object, member);
}

static double take_number(struct reader *reader, const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);

    if (!is_sound(value))
        refuse(reader, member, "a number below 1e100", value);
    return is_sound(value) ? json_number_value(value) : 0;
}

/* Time that passed: not below 0. */
static double take_seconds(struct reader *reader, const json_t *object, const char *member)
{
    double seconds = take_number(reader, object, member);

    if (seconds < 0)
        refuse(reader, member, "a time of 0 or more", json_object_get(object, member));
    return seconds < 0 ? 0 : seconds;
}

/* 0 for null. */
static double take_number_or_null(struct reader *reader, const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);

    return json_is_null(value) ? 0 : take_number(reader, object, member);
}

/* A whole number below `limit`. */
static size_t take_count(struct reader *reader, const json_t *object, const char *member,
                         size_t limit)
{
    const json_t *value = json_object_get(object, member);
    json_int_t number = json_integer_value(value);
    char wanted[64];

    if (json_is_integer(value) && number >= 0 && (size_t)number < limit)
        return (size_t)number;
    snprintf(wanted, sizeof wanted, "a whole number from 0 to %zu", limit - 1);
    refuse(reader, member, wanted, value);
    return 0;
}

static bool take_bool(struct reader *reader, const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);

    if (!json_is_boolean(value))
        refuse(reader, member, "true or false", value);
    return json_is_true(value);
}

/* An array of at most `limit` elements; an empty one after a refusal never: NULL. */
static const json_t *take_array(struct reader *reader, const json_t *object, const char *member,
                                size_t limit)
{
    const json_t *value = json_object_get(object, member);
    char wanted[64];

    if (json_is_array(value) && json_array_size(value) <= limit)
        return value;
    snprintf(wanted, sizeof wanted, "an array of at most %zu", limit);
    refuse(reader, member, wanted, value);
    return NULL;
}

/* Another reference to a member that is an object, or null where that is allowed. */
static json_t *take_object(struct reader *reader, const json_t *object, const char *member,
                           bool or_null)
{
    json_t *value = json_object_get(object, member);

    if (json_is_object(value) || (or_null && json_is_null(value)))
        return json_incref(value);
    refuse(reader, member, or_null ? "an object or null" : "an object", value);
    return json_null();
}

/* Another reference to an array of texts. */
static json_t *take_texts(struct reader *reader, const json_t *object, const char *member)
{
    const json_t *array = take_array(reader, object, member, RESULT_ARGS_MAX);
    const json_t *value;
    size_t i;

    json_array_foreach(array, i, value)
    {
        if (!json_is_string(value))
            refuse(reader, member, "an array of texts", value);
    }
    return array == NULL ? json_array() : json_incref(json_object_get(object, member));
}

static void *new_items(size_t count, size_t size)
{
    void *items = calloc(count + 1, size);

    if (items == NULL)
        err_die_oom();
    return items;
}

static void read_samples(struct reader *reader, const json_t *object, struct result_row *row,
                         size_t *left)
{
    const json_t *samples = take_array(reader, object, "samples", *left);
    const json_t *rounds = take_array(reader, object, "rounds", *left);
    size_t count = json_array_size(samples);

    row->samples = new_items(count, sizeof *row->samples);
    row->rounds = new_items(count, sizeof *row->rounds);
    if (reader->failed)
        return;
    if (json_array_size(rounds) != count) {
        refuse(reader, "rounds", "as long as samples", rounds);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *sample = json_array_get(samples, i), *round = json_array_get(rounds, i);
        json_int_t number = json_integer_value(round);

        if (!is_sound(sample))
            refuse(reader, "samples", "an array of numbers below 1e100", sample);
        if (number < 1 || number > RESULT_EXECUTIONS_MAX)
            refuse(reader, "rounds", "an array of whole numbers from 1", round);
        row->samples[i] = json_number_value(sample);
        row->rounds[i] = (size_t)number;
    }
    row->count = count;
    *left -= count;
}

static struct stats_interval read_interval(struct reader *reader, const json_t *object,
                                           const char *member)
{
    const json_t *value = json_object_get(object, member);
    struct stats_interval interval = {0};

    if (json_is_null(value))
        return interval;
    if (json_array_size(value) != 2 || !is_sound(json_array_get(value, 0)) ||
        !is_sound(json_array_get(value, 1)))
        refuse(reader, member, "null or [low, high]", value);
    interval.low = json_number_value(json_array_get(value, 0));
    interval.high = json_number_value(json_array_get(value, 1));
    return interval;
}

/* A ratio to a row that is named, or null. */
static void read_ratio(struct reader *reader, const json_t *object, const char *member,
                       struct result_ratio *ratio)
{
    const json_t *value = json_object_get(object, member);

    if (json_is_object(value)) {
        take_text(reader, value, "to");
        ratio->speed = take_number(reader, value, "ratio");
        ratio->interval.low = take_number_or_null(reader, value, "low");
        ratio->interval.high = take_number_or_null(reader, value, "high");
    } else if (!json_is_null(value)) {
        refuse(reader, member, "an object or null", value);
    }
}

/* Files of earlier versions explain nothing. */
static void read_explained(struct reader *reader, const json_t *object, struct explained *explained)
{
    const json_t *value = json_object_get(object, "explained");

    if (value == NULL || json_is_null(value))
        return;
    if (!json_is_object(value)) {
        refuse(reader, "explained", "an object or null", value);
        return;
    }
    take_text(reader, value, "to");
    explained->has_ratio = true;
    explained->estimated = !json_is_null(json_object_get(value, "left_over"));
    explained->low = take_number_or_null(reader, value, "low");
    explained->high = take_number_or_null(reader, value, "high");
    explained->left_over = take_number_or_null(reader, value, "left_over");
    snprintf(explained->sentence, sizeof explained->sentence, "%s",
             take_text(reader, value, "sentence"));
}

/* What the file claims of the row. Whom a ratio is to follows from the rows: result_base_of(). */
static void read_derived(struct reader *reader, const json_t *object, struct result_row *row)
{
    row->first_used = take_count(reader, object, "first_used", row->count + 1);
    row->used = take_count(reader, object, "used", row->count - row->first_used + 1);
    row->summary.median = take_number_or_null(reader, object, "median");
    row->summary.min = take_number_or_null(reader, object, "min");
    row->summary.max = take_number_or_null(reader, object, "max");
    row->median_interval = read_interval(reader, object, "median_interval");
    row->noisy = take_bool(reader, object, "noisy");
    row->native.speed = take_number_or_null(reader, object, "ratio_to_native");
    row->native.interval.low = take_number_or_null(reader, object, "ratio_low");
    row->native.interval.high = take_number_or_null(reader, object, "ratio_high");
    row->inconclusive = take_bool(reader, object, "inconclusive");
    read_explained(reader, object, &row->explained);
    read_ratio(reader, object, "same_kernel", &row->same_kernel);
    if (json_object_get(object, "rung") != NULL) /* files of earlier versions lack it */
        read_ratio(reader, object, "rung", &row->rung);
}

static enum result_status read_status(struct reader *reader, const json_t *object)
{
    const char *name = take_text(reader, object, "status");

    for (size_t i = 0; i <= RESULT_FAILED; i++) {
        if (strcmp(name, result_status_names[i]) == 0)
            return (enum result_status)i;
    }
    refuse(reader, "status", "ok, unavailable, wrong or failed", json_object_get(object, "status"));
    return RESULT_FAILED;
}

static void read_kernel(struct reader *reader, const json_t *object, struct result_kernel *kernel)
{
    json_t *value = take_object(reader, object, "kernel", false);

    if (!reader->failed) {
        kernel->name = take_text(reader, value, "name");
        kernel->version = take_text(reader, value, "version");
        kernel->where = take_text_or_null(reader, value, "where");
        kernel->sha256 = take_text_or_null(reader, value, "sha256");
        kernel->initrd_sha256 = take_text_or_null(reader, value, "initrd_sha256");
    }
    json_decref(value); /* the document holds it */
}

static void read_configuration(struct reader *reader, const json_t *object, struct result_row *row)
{
    json_t *value = take_object(reader, object, "configuration", true);

    if (json_is_object(value)) {
        row->configuration = take_text(reader, value, "name");
        row->cpus = take_count(reader, value, "cpus", RESULT_EXECUTIONS_MAX);
        row->memory = take_number_or_null(reader, value, "memory");
        if (row->memory < 0 || row->memory > MEMORY_MAX)
            refuse(reader, "configuration", "of a memory that can be", value);
    }
    json_decref(value); /* the document holds it */
}

static void read_row(struct reader *reader, const json_t *object, struct result_row *row,
                     size_t *samples_left)
{
    const char *better = take_text(reader, object, "better");

    row->entry = take_count(reader, object, "entry", RESULT_ROWS_MAX);
    row->program = take_text(reader, object, "program");
    row->args = take_texts(reader, object, "args");
    read_configuration(reader, object, row);
    row->measure = take_text_or_null(reader, object, "measure");
    row->way = take_text(reader, object, "way");
    row->variant = take_later_text(reader, object, "variant");
    row->mode = take_text_or_null(reader, object, "mode");
    row->status = read_status(reader, object);
    row->reason = take_text_or_null(reader, object, "reason");
    row->binary_sha256 = take_text_or_null(reader, object, "binary_sha256");
    read_kernel(reader, object, &row->kernel);
    row->different_kernel = take_bool(reader, object, "different_kernel");
    row->unit = take_text_or_null(reader, object, "unit");
    row->more = strcmp(better, "more") == 0;
    if (!row->more && strcmp(better, "less") != 0)
        refuse(reader, "better", "more or less", json_object_get(object, "better"));
    row->has_dropped = !json_is_null(json_object_get(object, "dropped"));
    row->dropped = take_number_or_null(reader, object, "dropped");
    read_samples(reader, object, row, samples_left);
    row->answers = take_object(reader, object, "answers", false);
    row->counters = take_object(reader, object, "counters", true);
    if (!reader->failed)
        read_derived(reader, object, row);
}

static void read_rows(struct reader *reader, struct result *result)
{
    const json_t *array = take_array(reader, result->document, "results", RESULT_ROWS_MAX);
    size_t samples_left = RESULT_SAMPLES_MAX, i;
    const json_t *value;

    result->rows = new_items(json_array_size(array), sizeof *result->rows);
    json_array_foreach(array, i, value)
    {
        snprintf(reader->place, sizeof reader->place, "results[%zu]", i);
        if (!json_is_object(value))
            refuse(reader, "", "an object", value);
        if (reader->failed)
            return;
        result->row_count++;
        read_row(reader, value, &result->rows[i], &samples_left);
    }
    reader->place[0] = '\0';
}

static void read_executions(struct reader *reader, struct result *result)
{
    const json_t *array = take_array(reader, result->document, "executions", RESULT_EXECUTIONS_MAX);
    const json_t *value;
    size_t i;

    result->executions = new_items(json_array_size(array), sizeof *result->executions);
    json_array_foreach(array, i, value)
    {
        struct result_execution *execution = &result->executions[i];

        snprintf(reader->place, sizeof reader->place, "executions[%zu]", i);
        if (!json_is_object(value))
            refuse(reader, "", "an object", value);
        if (reader->failed)
            return;
        execution->entry = take_count(reader, value, "entry", RESULT_ROWS_MAX);
        execution->round = take_count(reader, value, "round", RESULT_EXECUTIONS_MAX);
        execution->ok = take_bool(reader, value, "ok");
        execution->start = take_seconds(reader, value, "start");
        execution->outside = take_seconds(reader, value, "outside");
        execution->inside = take_number_or_null(reader, value, "inside");
        execution->user = take_seconds(reader, value, "user");
        execution->system = take_seconds(reader, value, "system");
        execution->loop_wall = take_seconds(reader, value, "loop_wall");
        execution->loop_cpu = take_seconds(reader, value, "loop_cpu");
        if (execution->loop_wall <= 0 || execution->loop_cpu <= 0)
            refuse(reader, "loop_wall and loop_cpu", "above 0", value);
    }
    result->execution_count = i;
    reader->place[0] = '\0';
}

static void read_steps(struct reader *reader, struct result *result)
{
    const json_t *array = take_array(reader, result->document, "steps", RESULT_ROWS_MAX);
    const json_t *value;
    size_t i, before = 0;

    result->steps = new_items(json_array_size(array), sizeof *result->steps);
    json_array_foreach(array, i, value)
    {
        struct result_step *step = &result->steps[i];

        snprintf(reader->place, sizeof reader->place, "steps[%zu]", i);
        if (!json_is_object(value))
            refuse(reader, "", "an object", value);
        step->execution = take_count(reader, value, "execution",
                                     result->execution_count == 0 ? 1 : result->execution_count);
        step->stolen = strcmp(take_text(reader, value, "cause"), "neighbour") == 0;
        step->from = take_seconds(reader, value, "from");
        step->to = take_seconds(reader, value, "to");
        if (step->execution <= before)
            refuse(reader, "execution", "behind that of the step before", value);
        if (reader->failed)
            return;
        before = step->execution;
    }
    result->step_count = i;
    reader->place[0] = '\0';
}

/* In which order the runs were made. */
static bool read_order(struct reader *reader, const json_t *document)
{
    json_t *method = take_object(reader, document, "method", false);
    const char *order = take_text(reader, method, "order");

    if (strcmp(order, "balanced") != 0 && strcmp(order, "interleaved") != 0)
        refuse(reader, "method.order", "balanced or interleaved", json_object_get(method, "order"));
    json_decref(method);
    return strcmp(order, "balanced") == 0;
}

static void read_top(struct reader *reader, struct result *result)
{
    const json_t *document = result->document;
    const json_t *cpus = json_object_get(document, "cpus"), *cpu;
    const char *schema = take_text(reader, document, "schema");
    size_t i;

    if (!reader->failed && strcmp(schema, RESULT_SCHEMA) != 0) {
        reader->failed = true;
        err_set(reader->err, "%s: its schema is \"%.40s\"; this version reads %s", reader->name,
                schema, RESULT_SCHEMA);
        err_hint(reader->err, "measure again with `trivium race --json FILE'");
        return;
    }
    result->version = take_text(reader, document, "version");
    result->trivium_sha256 = take_text_or_null(reader, document, "trivium_sha256");
    result->started = take_text(reader, document, "started");
    result->command = take_texts(reader, document, "command");
    result->interrupted = take_bool(reader, document, "interrupted");
    result->balanced = read_order(reader, document);
    result->runs = take_count(reader, document, "runs", RESULT_EXECUTIONS_MAX);
    result->seconds = take_number_or_null(reader, document, "seconds");
    result->timeout = take_number_or_null(reader, document, "timeout");
    result->noisy = take_bool(reader, document, "noisy");
    result->host = take_object(reader, document, "host", false);
    if (!json_is_null(cpus))
        cpus = take_array(reader, document, "cpus", RESULT_ROWS_MAX);
    json_array_foreach(cpus, i, cpu)
    {
        if (!json_is_integer(cpu))
            refuse(reader, "cpus", "an array of whole numbers", cpu);
    }
    result->cpus = json_incref(json_object_get(document, "cpus"));
}

/* How deep the brackets are nested at most; what stands between quotes does not count. */
static size_t depth_of(const char *text, size_t size)
{
    size_t depth = 0, deepest = 0;
    bool quoted = false;

    for (size_t i = 0; i < size; i++) {
        if (quoted && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && (text[i] == '[' || text[i] == '{') && ++depth > deepest)
            deepest = depth;
        else if (!quoted && (text[i] == ']' || text[i] == '}') && depth > 0)
            depth--;
    }
    return deepest;
}

static json_t *parse_document(const char *text, size_t size, const char *name, struct err *err)
{
    json_error_t error;
    json_t *document;

    if (depth_of(text, size) > RESULT_DEPTH_MAX) {
        err_set(err, "%s: nested more than %d deep; no result file is", name, RESULT_DEPTH_MAX);
        return NULL;
    }
    document = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (document == NULL) {
        for (char *c = error.text; *c != '\0'; c++) {
            if (*c < ' ' || *c > '~')
                *c = '?';
        }
        err_set(err, "%s: line %d, column %d: %s", name, error.line, error.column, error.text);
        err_hint(err, "is it whole, and is it a file of `trivium race --json'?");
    } else if (!json_is_object(document)) {
        err_set(err, "%s: no result file: an object was expected", name);
        json_decref(document);
        document = NULL;
    }
    return document;
}

int result_parse(struct result *result, const char *text, size_t size, const char *name,
                 struct err *err)
{
    struct reader reader = {.name = name, .err = err};

    *result = (struct result){0};
    result->document = parse_document(text, size, name, err);
    if (result->document == NULL)
        return -1;
    read_top(&reader, result);
    if (!reader.failed)
        read_rows(&reader, result);
    if (!reader.failed)
        read_executions(&reader, result);
    if (!reader.failed)
        read_steps(&reader, result);
    if (!reader.failed) {
        for (size_t i = 0; i < result->row_count; i++) {
            result->rows[i].native.to = result_native_of(result, i);
            result->rows[i].same_kernel.to = result_base_of(result, i);
            result->rows[i].rung.to = result_way_of(result, i);
            result->rows[i].explained.to = result_explained_ratio(result, i)->to;
        }
        return 0;
    }
    result_fini(result);
    return -1;
}

static char *slurp(FILE *file, const char *name, size_t *size, struct err *err)
{
    size_t room = 64 * 1024;
    char *text = malloc(room + 1);

    *size = 0;
    while (text != NULL) {
        size_t got = fread(text + *size, 1, room - *size, file);
        char *larger;

        *size += got;
        if (*size < room)
            break;
        if (room >= RESULT_FILE_MAX) {
            err_set(err, "%s: larger than %d MiB; no result file is", name,
                    RESULT_FILE_MAX / 1024 / 1024);
            free(text);
            return NULL;
        }
        room *= 2;
        larger = realloc(text, room + 1);
        if (larger == NULL)
            free(text);
        text = larger;
    }
    if (text == NULL)
        err_die_oom();
    if (ferror(file) != 0) {
        err_sys(err, errno, "cannot read %s", name);
        free(text);
        return NULL;
    }
    text[*size] = '\0';
    return text;
}

const char *result_file_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

char *result_slurp(const char *path, size_t *size, struct err *err)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char *text;

    if (file == NULL) {
        err_sys(err, errno, "cannot open %s", path);
        return NULL;
    }
    text = slurp(file, result_file_name(path), size, err);
    if (file != stdin)
        fclose(file);
    return text;
}
