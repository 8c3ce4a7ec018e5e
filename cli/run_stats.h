/* run_stats.h: what `run --stats`, `--json` and `--rows` tell about a run. */
#ifndef TRIVIUM_CLI_RUN_STATS_H
#define TRIVIUM_CLI_RUN_STATS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "cli/launch.h"

/* For people, within 80 columns. With `rows` each executed row of the ISA table is listed, too. */
void run_stats_print(FILE *file, const struct launch *launch,
                     const struct supervise_outcome *outcome, bool rows);

/* For programs; trivium-run(1) describes the members. A new reference. */
json_t *run_stats_json(const struct launch *launch, const struct supervise_outcome *outcome);

/* What was counted, alone: {"instructions", "processes", "kinds", "rows", "system_calls"}. */
json_t *run_stats_counters(const struct user_totals *totals);

/* What the engine of an emulated way counted of its own work: {name: count, ...}; null: nothing. */
json_t *run_stats_engine(const struct launch *launch);

/* The names of the executed rows of the ISA table, one a line, in the table's order. */
void run_stats_rows(FILE *file, const struct row_counts *rows);

#endif
