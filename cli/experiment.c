/* experiment.c: INI files by inih; see experiment.h. */
#include "cli/experiment.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#define CPUS_MOST   64
#define MEMORY_MOST (UINT64_C(64) << 30)

/* What the library's callback gets. It goes on behind a mistake; the first one stays. */
struct reading {
    struct experiment *experiment;
    struct err *err;
    bool failed;
};

static int refuse(struct reading *reading, const char *section, const char *name, const char *value,
                  const char *wanted)
{
    if (!reading->failed)
        err_set(reading->err, "[%.60s] %.60s = %.60s: %s", section, name, value, wanted);
    reading->failed = true;
    return 0;
}

static bool read_count(const char *value, unsigned most, unsigned *count)
{
    char *end;
    unsigned long number = strtoul(value, &end, 10);

    if (!isdigit((unsigned char)value[0]) || *end != '\0' || number < 1 || number > most)
        return false;
    *count = (unsigned)number;
    return true;
}

/* "512M", "2G" */
static bool read_memory(const char *value, uint64_t *memory)
{
    char *end;
    unsigned long long number = strtoull(value, &end, 10);
    unsigned shift = *end == 'M' ? 20 : *end == 'G' ? 30 : 0;

    if (!isdigit((unsigned char)value[0]) || shift == 0 || end[1] != '\0' ||
        number > MEMORY_MOST >> shift || number << shift < UINT64_C(32) << 20)
        return false;
    *memory = (uint64_t)number << shift;
    return true;
}

/* A command line for `configuration`, or for those that do not name any. False: there are too many.
 */
static bool add_program(struct experiment *experiment, const char *line, size_t configuration)
{
    size_t index = experiment->program_count;

    if (index == EXPERIMENT_PROGRAMS)
        return false;
    experiment->programs[index].line = strdup(line);
    if (experiment->programs[index].line == NULL)
        err_die_oom();
    experiment->programs[index].configuration = configuration;
    experiment->program_count++;
    return true;
}

static int take_program(struct reading *reading, const char *section, const char *value,
                        size_t configuration)
{
    return add_program(reading->experiment, value, configuration)
               ? 1
               : refuse(reading, section, "program", value, "there are too many");
}

static int set_experiment(struct reading *reading, const char *name, const char *value)
{
    struct experiment *experiment = reading->experiment;

    if (strcmp(name, "ways") == 0) {
        size_t used = 0;

        for (const char *c = value; *c != '\0' && used + 1 < sizeof experiment->ways; c++) {
            if (*c != ' ')
                experiment->ways[used++] = *c;
        }
        return 1;
    }
    if (strcmp(name, "runs") == 0)
        return read_count(value, RACE_RUNS_MAX, &experiment->runs)
                   ? 1
                   : refuse(reading, "experiment", name, value, "a number from 1 to 1000");
    if (strcmp(name, "program") == 0)
        return take_program(reading, "experiment", value, EXPERIMENT_NONE);
    return refuse(reading, "experiment", name, value, "it is ways, runs or program");
}

/* That of the section, which may be new. */
static struct race_configuration *find_configuration(struct reading *reading, const char *section)
{
    struct experiment *experiment = reading->experiment;
    struct race_configuration *configuration;

    for (size_t i = 0; i < experiment->configuration_count; i++) {
        if (strcmp(experiment->configurations[i].name, section) == 0)
            return &experiment->configurations[i];
    }
    if (experiment->configuration_count == EXPERIMENT_CONFIGURATIONS)
        return NULL;
    configuration = &experiment->configurations[experiment->configuration_count++];
    *configuration = (struct race_configuration){.cpus = 1};
    snprintf(configuration->name, sizeof configuration->name, "%s", section);
    return configuration;
}

static int set_configuration(struct reading *reading, const char *section, const char *name,
                             const char *value)
{
    struct race_configuration *configuration = find_configuration(reading, section);

    if (configuration == NULL)
        return refuse(reading, section, name, value, "there are more than 8 configurations");
    if (strcmp(name, "cpus") == 0)
        return read_count(value, CPUS_MOST, &configuration->cpus)
                   ? 1
                   : refuse(reading, section, name, value, "a number from 1 to 64");
    if (strcmp(name, "memory") == 0)
        return read_memory(value, &configuration->memory)
                   ? 1
                   : refuse(reading, section, name, value, "a size from 32M to 64G");
    if (strcmp(name, "program") == 0)
        return take_program(reading, section, value,
                            (size_t)(configuration - reading->experiment->configurations));
    return refuse(reading, section, name, value, "it is cpus, memory or program");
}

/* inih's contract: 1 is good, 0 a mistake. */
static int take_line(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;

    if (strcmp(section, "experiment") == 0)
        return set_experiment(reading, name, value);
    if (section[0] == '\0')
        return refuse(reading, section, name, value, "it stands in no [section]");
    return set_configuration(reading, section, name, value);
}

/* A program that no configuration names runs in all of them. False: they are too many so. */
static bool spread_programs(struct experiment *experiment)
{
    size_t count = experiment->program_count;

    for (size_t configuration = 1; configuration < experiment->configuration_count;
         configuration++) {
        for (size_t i = 0; i < count; i++) {
            if (experiment->programs[i].configuration == EXPERIMENT_NONE &&
                !add_program(experiment, experiment->programs[i].line, configuration))
                return false;
        }
    }
    for (size_t i = 0; i < count && experiment->configuration_count > 0; i++) {
        if (experiment->programs[i].configuration == EXPERIMENT_NONE)
            experiment->programs[i].configuration = 0;
    }
    return true;
}

int experiment_read(struct experiment *experiment, const char *path, struct err *err)
{
    struct reading reading = {.experiment = experiment, .err = err};
    FILE *file = fopen(path, "re");
    int line;

    *experiment = (struct experiment){0};
    if (file == NULL)
        return err_sys(err, errno, "cannot open %s", path);
    line = ini_parse_file(file, take_line, &reading);
    fclose(file);
    if (line != 0) {
        if (!reading.failed)
            err_set(err, "no [section], no name = value, no ; comment");
        err_wrap(err, "%s, line %d", path, line);
        return err_hint(err, "see experiments/ and trivium-race(1)");
    }
    if (!spread_programs(experiment)) {
        err_set(err, "%s: its programs in all their configurations are more than %d", path,
                EXPERIMENT_PROGRAMS);
        return err_hint(err, "name the program in the configurations that are to run it");
    }
    if (experiment->program_count > 0)
        return 0;
    err_set(err, "%s names no program", path);
    return err_hint(err, "program = prime --max-prime 5000");
}

void experiment_fini(struct experiment *experiment)
{
    for (size_t i = 0; i < experiment->program_count; i++)
        free(experiment->programs[i].line);
    experiment->program_count = 0;
}

size_t experiment_cpus(const struct experiment *experiment)
{
    size_t most = 1;

    for (size_t i = 0; i < experiment->configuration_count; i++) {
        if (experiment->configurations[i].cpus > most)
            most = experiment->configurations[i].cpus;
    }
    return most;
}
