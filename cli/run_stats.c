/* run_stats.c: times, memory and what an emulated processor counted; see run_stats.h. */
#include "cli/run_stats.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli/contain.h"
#include "cli/engine_stats.h"
#include "cli/json.h"
#include "cli/machine.h"
#include "cli/text.h"
#include "emu/isa/isa.h"

/* One line of a sorted list: a name and how often. */
struct tally {
    const char *name;
    uint64_t count;
};

static int compare_tallies(const void *left, const void *right)
{
    const struct tally *a = left, *b = right;

    return (a->count < b->count) - (a->count > b->count);
}

static size_t tally_kinds(struct tally tallies[KIND_COUNT], const struct row_counts *rows)
{
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        tallies[kind] = (struct tally){.name = isa_kind_name((enum isa_kind)kind)};
    for (unsigned row = 0; row < ROW_COUNT; row++)
        tallies[isa_rows[row].kind].count += rows->executed[row];
    return KIND_COUNT;
}

static size_t tally_rows(struct tally tallies[ROW_COUNT], const struct row_counts *rows)
{
    for (unsigned row = 0; row < ROW_COUNT; row++)
        tallies[row] = (struct tally){isa_rows[row].name, rows->executed[row]};
    return ROW_COUNT;
}

static size_t tally_syscalls(struct tally tallies[USER_SYSCALL_NUMBERS],
                             const struct user_totals *totals)
{
    for (unsigned number = 0; number < USER_SYSCALL_NUMBERS; number++)
        tallies[number] = (struct tally){user_syscall_name(number), totals->syscalls[number]};
    return USER_SYSCALL_NUMBERS;
}

static uint64_t sum_of(const struct tally *tallies, size_t count)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += tallies[i].count;
    return sum;
}

/* The most frequent first, each with its share. Lines that count nothing are left out. */
static void print_tallies(FILE *file, const char *title, struct tally *tallies, size_t count)
{
    uint64_t sum = sum_of(tallies, count);
    char number[TEXT_SIZE];

    fprintf(file, "  %-16s %20s\n", title, text_count(number, sum));
    qsort(tallies, count, sizeof *tallies, compare_tallies);
    for (size_t i = 0; i < count && tallies[i].count > 0; i++)
        fprintf(file, "    %-14s %20s  %5.1f %%\n",
                tallies[i].name == NULL ? "(no name)" : tallies[i].name,
                text_count(number, tallies[i].count), 100 * (double)tallies[i].count / (double)sum);
}

static void print_counters(FILE *file, const struct launch *launch, double wall, bool rows)
{
    const struct user_totals *totals = launch->totals;
    struct tally kinds[KIND_COUNT], each[ROW_COUNT], calls[USER_SYSCALL_NUMBERS];
    char number[TEXT_SIZE], rate[TEXT_SIZE];

    fprintf(file, "  %-16s %20s\n", "processes", text_count(number, totals->processes_started));
    fprintf(file, "  %-16s %20s  %s million a second\n", "instructions",
            text_count(number, totals->instructions),
            text_number(rate, wall > 0 ? (double)totals->instructions / wall / 1e6 : 0));
    if (launch->count_rows) {
        print_tallies(file, "by kind", kinds, tally_kinds(kinds, &totals->rows));
        if (rows)
            print_tallies(file, "by row", each, tally_rows(each, &totals->rows));
    }
    print_tallies(file, "system calls", calls, tally_syscalls(calls, totals));
}

/* What the engine of an emulated processor has counted; NULL: it has not, or did not say. */
static const uint64_t *engine_counts(const struct launch *launch)
{
    if (launch->way->engine == NULL || launch->way->engine->counters == NULL)
        return NULL;
    if (launch->machine != NULL)
        return launch->machine->ended ? launch->machine->engine : NULL;
    return launch->totals != NULL ? launch->totals->engine : NULL;
}

void run_stats_print(FILE *file, const struct launch *launch,
                     const struct supervise_outcome *outcome, bool rows)
{
    struct utsname kernel = {0};
    char text[TEXT_SIZE];

    uname(&kernel);
    fprintf(file, "%s on %s\n", launch->argv[0], launch->way->name);
    if (launch->kernel != NULL)
        fprintf(file, "  %-16s %s\n", "kernel", launch->kernel);
    else
        fprintf(file, "  %-16s %s %s %s\n", "kernel", kernel.sysname, kernel.release,
                launch->way->kernel);
    fprintf(file, "  %-16s %20.3f  s\n", "wall time", outcome->wall);
    fprintf(file, "  %-16s %20.3f  s\n", "user time", outcome->user);
    fprintf(file, "  %-16s %20.3f  s\n", "system time", outcome->system);
    fprintf(file, "  %-16s %20s  (biggest process)\n", "peak memory",
            text_bytes(text, outcome->peak_bytes));
    fprintf(file, "  %-16s %20s  (by this host's kernel)\n", "page faults",
            text_count(text, outcome->page_faults));
    fprintf(file, "  %-16s %20s  (by this host's kernel)\n", "switches",
            text_count(text, outcome->switches));
    if (launch->machine != NULL)
        machine_stats_print(file, launch->machine, outcome->wall, rows);
    if (launch->contain != NULL)
        contain_stats_print(file, launch);
    if (launch->totals != NULL)
        print_counters(file, launch, outcome->wall, rows);
    if (engine_counts(launch) != NULL)
        engine_stats_print(file, launch->way->engine, engine_counts(launch), outcome->wall);
}

/* {name: count, ...} of those that count something. */
static json_t *tallies_json(struct tally *tallies, size_t count)
{
    json_t *object = json_object();

    for (size_t i = 0; i < count; i++) {
        if (tallies[i].count > 0)
            json_object_set_new(object, tallies[i].name == NULL ? "unnamed" : tallies[i].name,
                                json_integer((json_int_t)tallies[i].count));
    }
    return object;
}

json_t *run_stats_counters(const struct user_totals *totals)
{
    struct tally kinds[KIND_COUNT], rows[ROW_COUNT], calls[USER_SYSCALL_NUMBERS];

    return json_pack("{s:I, s:I, s:o, s:o, s:o}", "instructions", (json_int_t)totals->instructions,
                     "processes", (json_int_t)totals->processes_started, "kinds",
                     tallies_json(kinds, tally_kinds(kinds, &totals->rows)), "rows",
                     tallies_json(rows, tally_rows(rows, &totals->rows)), "system_calls",
                     tallies_json(calls, tally_syscalls(calls, totals)));
}

static const char *fate_name(const struct launch *launch, const struct supervise_outcome *outcome)
{
    switch (outcome->fate) {
    case FATE_EXITED: return "exited";
    case FATE_KILLED: return launch_crashed(launch, outcome) ? "crashed" : "killed";
    case FATE_TIMEOUT: return "timeout";
    case FATE_REFUSED: return "refused";
    case FATE_STOPPED: break;
    }
    return "stopped";
}

json_t *run_stats_engine(const struct launch *launch)
{
    const uint64_t *counts = engine_counts(launch);

    return counts == NULL ? json_null() : engine_stats_json(launch->way->engine, counts);
}

static json_t *counters_json(const struct launch *launch)
{
    json_t *counters = json_null();

    if (launch->machine != NULL)
        counters = machine_stats_json(launch->machine);
    else if (launch->contain != NULL)
        counters = contain_stats_json(launch);
    else if (launch->totals != NULL)
        counters = run_stats_counters(launch->totals);
    if (engine_counts(launch) != NULL)
        json_object_set_new(counters, "engine", run_stats_engine(launch));
    return counters;
}

json_t *run_stats_json(const struct launch *launch, const struct supervise_outcome *outcome)
{
    struct utsname kernel = {0};

    uname(&kernel);
    if (launch->kernel != NULL) {
        snprintf(kernel.sysname, sizeof kernel.sysname, "%s", basename(launch->kernel));
        kernel.release[0] = '\0';
    }
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:s, s:s, s:i, s:i, s:f, s:f, s:f, s:I, s:I, s:I, s:{s:s, s:s}, s:o}",
        "schema", "trivium-run/1", "program", json_text(launch->argv[0]), "file",
        json_text(launch->path), "args", json_texts(launch->argv + 1), "way", launch->way->name,
        "fate", fate_name(launch, outcome), "status", outcome->status, "signal", outcome->signal,
        "wall_seconds", outcome->wall, "user_seconds", outcome->user, "system_seconds",
        outcome->system, "peak_bytes", (json_int_t)outcome->peak_bytes, "host_page_faults",
        (json_int_t)outcome->page_faults, "host_switches", (json_int_t)outcome->switches, "kernel",
        "name", kernel.sysname, "version", kernel.release, "counters", counters_json(launch));
}

void run_stats_rows(FILE *file, const struct row_counts *rows)
{
    for (unsigned row = 0; row < ROW_COUNT; row++) {
        if (rows->executed[row] > 0)
            fprintf(file, "%s\n", isa_rows[row].name);
    }
}
