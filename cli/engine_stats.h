/* engine_stats.h: what an engine counts of its own work, for people and as JSON. */
#ifndef TRIVIUM_CLI_ENGINE_STATS_H
#define TRIVIUM_CLI_ENGINE_STATS_H

#include <jansson.h>
#include <stdio.h>

#include "emu/cpu/engine.h"

/* A line each; nothing of an engine that counts nothing, or has counted nothing. */
void engine_stats_print(FILE *file, const struct engine *engine, const uint64_t *counts,
                        double wall);

/* {name: count, ...} (a new reference); null if there is nothing. */
json_t *engine_stats_json(const struct engine *engine, const uint64_t *counts);

#endif
