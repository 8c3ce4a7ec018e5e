/* sysbench.c: see sysbench.h. */
#include "result/sysbench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const sysbench_test_names[] = {"cpu", "memory", "fileio", "threads"};

/* Larger is no measurement, and sums would not stay finite. */
#define NUMBER_MAX 1e30

bool sysbench_is(const char *text)
{
    return strncmp(text, "sysbench ", 9) == 0;
}

/* The text behind `label` in the first line that begins with it (after blanks); NULL: none does. */
static const char *behind(const char *text, const char *label)
{
    size_t length = strlen(label);

    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += strspn(line, " \t\r\n");
        if (strncmp(line, label, length) == 0)
            return line + length;
        if (*line == '\0')
            break;
    }
    return NULL;
}

/* The line of the text in which `at` is. */
static const char *line_of(const char *text, const char *at)
{
    while (at > text && at[-1] != '\n')
        at--;
    return at;
}

/* A number that is finite and not below 0, or 0; *end is behind it. */
static double number_at(const char *at, const char **end)
{
    char *stop;
    double number = strtod(at, &stop);

    *end = stop;
    return stop != at && isfinite(number) && number >= 0 && number < NUMBER_MAX ? number : 0;
}

static double number_behind(const char *text, const char *label)
{
    const char *at = behind(text, label), *end;

    return at == NULL ? 0 : number_at(at, &end);
}

/* "1KiB", "16MiB", "8B": in bytes. */
static double bytes_at(const char *at)
{
    static const char units[] = "KMGT";
    const char *end, *unit;
    double bytes = number_at(at, &end);

    unit = *end == '\0' ? NULL : strchr(units, *end);
    for (const char *each = units; unit != NULL && each <= unit; each++)
        bytes *= 1024;
    return bytes;
}

static double bytes_behind(const char *text, const char *label)
{
    const char *at = behind(text, label);

    return at == NULL ? 0 : bytes_at(at + strspn(at, " "));
}

/* "avg/stddev): 434.0000/36.46" */
static void read_pair(const char *text, const char *label, double *average, double *deviation)
{
    const char *at = behind(text, label);

    *average = *deviation = 0;
    if (at == NULL)
        return;
    *average = number_at(at, &at);
    if (*at == '/')
        *deviation = number_at(at + 1, &at);
}

/* Which test it is of shows in what only that one prints. */
static bool find_test(const char *text, enum sysbench_test *test)
{
    if (behind(text, "CPU speed:") != NULL)
        *test = SYSBENCH_CPU;
    else if (behind(text, "Total operations:") != NULL)
        *test = SYSBENCH_MEMORY;
    else if (behind(text, "File operations:") != NULL)
        *test = SYSBENCH_FILEIO;
    else if (behind(text, "General statistics:") != NULL &&
             behind(text, "SQL statistics") == NULL && behind(text, "Throughput:") == NULL)
        *test = SYSBENCH_THREADS;
    else
        return false;
    return true;
}

/* "Total operations: 204800 (8196206.95 per second)" and "200.00 MiB transferred (8004.11 MiB/sec)"
 */
static void read_memory(struct sysbench *run, const char *text)
{
    const char *at = behind(text, "Total operations:"), *end;

    run->block = bytes_behind(text, "block size:");
    run->operations = number_at(at, &end);
    end += strspn(end, " (");
    run->operations_per_second = number_at(end, &end);
    at = strstr(text, " MiB transferred (");
    if (at == NULL)
        return;
    run->transferred_per_second = number_at(at + strlen(" MiB transferred ("), &end);
    run->transferred = number_at(line_of(text, at), &end);
}

/* "4 files, 2MiB each" and "8MiB total file size" */
static void read_files(struct sysbench *run, const char *text)
{
    const char *files = strstr(text, " files, "), *total = strstr(text, " total file size"), *end;

    run->block = bytes_behind(text, "Block size");
    run->reads = number_behind(text, "reads/s:");
    run->writes = number_behind(text, "writes/s:");
    run->syncs = number_behind(text, "fsyncs/s:");
    run->read_throughput = number_behind(text, "read, MiB/s:");
    run->write_throughput = number_behind(text, "written, MiB/s:");
    if (files == NULL || total == NULL)
        return;
    run->file_bytes = bytes_at(files + strlen(" files, "));
    run->files = number_at(line_of(text, files), &end);
    run->all_files_bytes = bytes_at(line_of(text, total));
}

int sysbench_parse(struct sysbench *run, const char *text, const char *name, struct err *err)
{
    static const char *const needed[] = {
        "Number of threads:", "total time:", "total number of events:", "sum:",
        "execution time (avg/stddev):"};

    *run = (struct sysbench){0};
    if (!find_test(text, &run->test)) {
        err_set(err, "%s: sysbench's output, but not of its tests cpu, memory, fileio or threads",
                name);
        return -1;
    }
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (behind(text, needed[i]) == NULL) {
            err_set(err, "%s: sysbench's output, but no line begins with \"%s\": it is cut off",
                    name, needed[i]);
            return -1;
        }
    }
    run->threads = number_behind(text, "Number of threads:");
    run->total_time = number_behind(text, "total time:");
    run->events = number_behind(text, "total number of events:");
    run->events_per_second = number_behind(text, "events per second:");
    run->latency_min = number_behind(text, "min:");
    run->latency_avg = number_behind(text, "avg:");
    run->latency_max = number_behind(text, "max:");
    run->latency_95 = number_behind(text, "95th percentile:");
    run->latency_sum = number_behind(text, "sum:");
    read_pair(text, "events (avg/stddev):", &run->fair_events, &run->fair_events_deviation);
    read_pair(text, "execution time (avg/stddev):", &run->fair_time, &run->fair_time_deviation);
    if (run->test == SYSBENCH_MEMORY)
        read_memory(run, text);
    if (run->test == SYSBENCH_FILEIO)
        read_files(run, text);
    if (run->threads >= 1 && run->total_time > 0)
        return 0;
    err_set(err, "%s: sysbench's output, but of no thread or no time", name);
    return -1;
}
