/*
 * experiment.h: an experiment as a file: which programs, in which ways, with which CPUs and memory,
 * how often. trivium-race(1) describes the file; experiments/ has some.
 */
#ifndef TRIVIUM_CLI_EXPERIMENT_H
#define TRIVIUM_CLI_EXPERIMENT_H

#include <stddef.h>
#include <stdint.h>

#include "cli/race.h"
#include "lib/err.h"

#define EXPERIMENT_CONFIGURATIONS 8
#define EXPERIMENT_PROGRAMS       RACE_CONTESTS_MAX
#define EXPERIMENT_NONE           SIZE_MAX

struct experiment {
    char ways[256]; /* "container,dbt"; empty: all */
    unsigned runs;  /* 0: not said */
    struct race_configuration configurations[EXPERIMENT_CONFIGURATIONS];
    size_t configuration_count;
    struct {
        char *line;           /* owned */
        size_t configuration; /* index, or EXPERIMENT_NONE */
    } programs[EXPERIMENT_PROGRAMS];
    size_t program_count;
};

/* -1: it cannot be read, or a line of it makes no sense; which one is said. */
int experiment_read(struct experiment *experiment, const char *path, struct err *err);
void experiment_fini(struct experiment *experiment);

/* How many CPUs the largest configuration needs; 1 without any. */
size_t experiment_cpus(const struct experiment *experiment);

#endif
