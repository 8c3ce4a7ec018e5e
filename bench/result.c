/* result.c: what was measured, as JSON. table.jq makes the tables of docs/performance.md from it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/driver.h"
#include "cli/json.h"
#include "lib/host.h"

static const char *const group_names[] = {
    [TUNED] = "tuned", [UNSEEN] = "unseen", [START] = "start"};
static const char *const status_names[] = {
    [BENCH_OK] = "ok", [BENCH_FAILED] = "failed", [BENCH_WRONG] = "wrong"};

/* Five digits are more than a measurement has; all seventeen would only be long. */
static json_t *number(double value)
{
    double scale;

    if (!(value > 0))
        return json_real(0);
    scale = pow(10, 4 - floor(log10(value)));
    return json_real(round(value * scale) / scale);
}

static json_t *numbers(const double *values, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, number(values[i]));
    return array;
}

json_t *bench_result_new(const struct bench *bench, char *const *facts)
{
    struct host host;
    char date[32];
    time_t now = time(NULL);
    struct tm parts;
    json_t *pairs = json_array(), *ways = json_array();

    host_probe(&host, "");
    strftime(date, sizeof date, "%Y-%m-%d", gmtime_r(&now, &parts));
    for (; *facts != NULL; facts++) {
        int name = (int)strcspn(*facts, "=");

        json_array_append_new(pairs, json_pack("{s:s%, s:o}", "name", *facts, name, "text",
                                               json_text(*facts + name + ((*facts)[name] == '='))));
    }
    for (size_t i = 0; i < bench->way_count; i++) {
        const struct bench_way *way = &bench->ways[i];

        json_array_append_new(ways,
                              json_pack("{s:s, s:s, s:b}", "name", way->name, "mode",
                                        way->machine ? "system" : "user", "rung", way->options));
    }
    return json_pack("{s:s, s:s, s:{s:o, s:i, s:s, s:s, s:s, s:b}, s:o, s:i, s:b, s:o, s:[], s:[], "
                     "s:[]}",
                     "schema", "trivium-bench/1", "date", date, "host", "cpu",
                     json_text(host.cpu_model), "online", (int)host.cpus_online, "kernel",
                     host.kernel_name, "release", host.kernel_release, "os", host.os, "hypervisor",
                     host.hypervisor, "facts", pairs, "runs", (int)bench->runs, "quick",
                     bench->quick, "ways", ways, "results", "means", "starts");
}

/* Puts the median of some series and its interval into the object. */
static void add_mean(json_t *object, const struct stats_series *series, size_t count)
{
    struct stats_interval interval;

    json_object_set_new(object, "ratio", number(stats_geomean(series, count)));
    if (stats_geomean_interval(series, count, &interval)) {
        json_object_set_new(object, "low", number(interval.low));
        json_object_set_new(object, "high", number(interval.high));
    }
}

void bench_result_add_cell(json_t *result, const struct bench_cell *cell)
{
    const struct bench_subject *subject = cell->subject;
    const struct stats_series ratios = {cell->ratios, cell->count};
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:I}", "program", subject->name, "summary",
                  subject->summary, "group", group_names[subject->group], "way", cell->way->name,
                  "status", status_names[cell->status], "rounds", (json_int_t)cell->rounds);

    if (subject->qemu > 0)
        json_object_set_new(object, "qemu_known", number(subject->qemu));
    if (cell->status != BENCH_OK) {
        json_object_set_new(object, "reason", json_text(cell->reason));
    } else if (cell->count > 0) {
        json_object_set_new(object, "checksum", json_text(cell->answer));
        json_object_set_new(object, "native_seconds", numbers(cell->native, cell->count));
        json_object_set_new(object, "seconds", numbers(cell->seconds, cell->count));
        add_mean(object, &ratios, 1);
    }
    json_array_append_new(json_object_get(result, "results"), object);
}

void bench_result_add_start(json_t *result, const struct bench_start *start)
{
    json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "program", start->subject->name, "summary",
                               start->subject->summary, "way", start->way->name, "status",
                               status_names[start->status]);

    if (start->status != BENCH_OK) {
        json_object_set_new(object, "reason", json_text(start->reason));
    } else if (start->count > 0) {
        json_object_set_new(object, "wall_seconds", numbers(start->wall, start->count));
        json_object_set_new(object, "cpu_seconds", numbers(start->total, start->count));
        json_object_set_new(object, "wall_median",
                            number(stats_summarize(start->wall, start->count).median));
        json_object_set_new(object, "cpu_median",
                            number(stats_summarize(start->total, start->count).median));
    }
    json_array_append_new(json_object_get(result, "starts"), object);
}

static void add_group_mean(json_t *result, const struct bench_way *way, enum bench_group group,
                           const struct bench_cell *cells, size_t count)
{
    struct stats_series *series = calloc(count + 1, sizeof *series);
    size_t used = 0, asked = 0;
    json_t *object;

    if (series == NULL)
        err_die_oom();
    for (size_t i = 0; i < count; i++) {
        if (cells[i].way != way || cells[i].subject->group != group)
            continue;
        asked++;
        if (cells[i].status == BENCH_OK && cells[i].count > 0)
            series[used++] = (struct stats_series){cells[i].ratios, cells[i].count};
    }
    if (used > 0) {
        object = json_pack("{s:s, s:s, s:i, s:i}", "way", way->name, "group", group_names[group],
                           "programs", (int)used, "of", (int)asked);
        add_mean(object, series, used);
        json_array_append_new(json_object_get(result, "means"), object);
    }
    free(series);
}

void bench_result_add_means(json_t *result, const struct bench *bench,
                            const struct bench_cell *cells, size_t count)
{
    for (size_t i = 0; i < bench->way_count; i++) {
        add_group_mean(result, &bench->ways[i], TUNED, cells, count);
        add_group_mean(result, &bench->ways[i], UNSEEN, cells, count);
    }
}
