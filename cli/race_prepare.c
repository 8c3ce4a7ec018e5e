/*
 * race_prepare.c: who takes part in a race: ways become lanes, command lines contests; see race.h.
 *
 * Read next: race_measure.c.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/initrd.h"
#include "cli/machine.h"
#include "cli/race.h"
#include "cli/status.h"

/* User mode comes first: it stands on the kernel that native stands on. */
static void add_way(struct race *race, const struct way *way, bool machines)
{
    bool both = way->start != NULL && way->machine_start != NULL;

    if (way->start != NULL)
        race->lanes[race->lane_count++] =
            (struct race_lane){.way = way, .name = both ? way->user_name : way->name};
    if (way->machine_start != NULL && (machines || !both))
        race->lanes[race->lane_count++] =
            (struct race_lane){.way = way, .machine = true, .name = way->name};
}

int race_add_ways(struct race *race, const char *list, bool machines, struct err *err)
{
    char *copy = strdup(list), *rest = copy;
    int answer = 0;

    if (copy == NULL)
        err_die_oom();
    for (char *name = strsep(&rest, ","); name != NULL && answer == 0; name = strsep(&rest, ",")) {
        const struct way *way = ways_find(name, err);

        for (size_t i = 0; i < race->lane_count && answer == 0; i++) {
            if (race->lanes[i].way == way && way != NULL)
                answer = err_set(err, "--on names %s twice", name);
        }
        if (way == NULL)
            answer = -1;
        else if (answer == 0)
            add_way(race, way, machines);
    }
    free(copy);
    return answer;
}

/* Splits a command line as a shell would. */
static int split_words(wordexp_t *words, const char *line, int flags, struct err *err)
{
    int answer = wordexp(line, words, WRDE_NOCMD | WRDE_UNDEF | flags);

    if (answer == 0)
        return 0;
    if (answer == WRDE_NOSPACE)
        err_die_oom();
    err_set(err, "cannot take '%s' apart: it %s", line,
            answer == WRDE_BADCHAR  ? "has one of | & ; < > ( ) { } outside quotes"
            : answer == WRDE_BADVAL ? "names a variable that is not set"
            : answer == WRDE_CMDSUB ? "would run a command"
                                    : "has an unfinished quote");
    return err_hint(err, "trivium race 'prime --max-prime 20000'");
}

/* The program and its arguments: the user's, or else those of the catalogue. */
static int split_program(struct race_contest *contest, const char *line, bool quick,
                         struct err *err)
{
    if (split_words(&contest->words, line, 0, err) < 0)
        return -1;
    if (contest->words.we_wordc == 0)
        return err_set(err, "a PROGRAM is empty");
    contest->program = programs_find(contest->words.we_wordv[0]);
    if (contest->words.we_wordc > 1)
        return 0;
    return split_words(&contest->words,
                       quick && contest->program->quick_arguments != NULL
                           ? contest->program->quick_arguments
                           : contest->program->arguments,
                       WRDE_APPEND, err);
}

/* What a machine boots. */
static int find_kernel(const struct race_contest *contest, struct race_entrant *entrant,
                       struct err *err)
{
    const char *arch = entrant->way->arch;
    char name[256];

    if (locate_bundled_file(entrant->kernel, arch, "kernel", err) < 0 ||
        locate_bundled_file(entrant->initrd, arch, "initrd.cpio", err) < 0 ||
        digest_file(entrant->kernel, entrant->kernel_sha256, err) < 0 ||
        digest_file(entrant->initrd, entrant->initrd_sha256, err) < 0)
        return -1;
    /* The bytes that it will run are those in there, not those of the file of that name. */
    snprintf(name, sizeof name, "bin/%.200s", contest->located.name);
    if (initrd_digest(entrant->initrd, name, entrant->sha256, err) < 0)
        return -1;
    entrant->bootargs =
        machine_bootargs_new(NULL, contest->words.we_wordv, entrant->lane->fork_batch, false, err);
    return entrant->bootargs != NULL ? 0 : -1;
}

/* Where the program is, and what it runs with. -1: it cannot run in this way. */
static int find_file(const struct race_contest *contest, struct race_entrant *entrant,
                     struct err *err)
{
    if (entrant->way->probe(err) < 0 ||
        locate_file(&contest->located, entrant->way, entrant->path, err) != 0 ||
        digest_file(entrant->path, entrant->sha256, err) < 0)
        return -1;
    if (entrant->lane->machine)
        return find_kernel(contest, entrant, err);
    if (contest->located.bundled)
        entrant->environment = launch_environment_new(entrant->path);
    return 0;
}

/* Are there as many CPUs as the configuration gives to each way? */
static int has_cpus(const struct race *race, const struct race_contest *contest, struct err *err)
{
    const struct race_configuration *configuration = contest->configuration;

    if (configuration == NULL || configuration->cpus <= race->cpu_count)
        return 0;
    return err_set(err, "%s needs %u CPUs, and there are %zu to run on", configuration->name,
                   configuration->cpus, race->cpu_count);
}

void race_withdraw(struct race_entrant *entrant, const struct err *err)
{
    entrant->status = RESULT_UNAVAILABLE;
    snprintf(entrant->reason, RACE_REASON, "%.350s%s%.150s", err->text,
             err->hint[0] == '\0' ? "" : "; try: ", err->hint);
}

static void enter(const struct race_contest *contest, struct race_entrant *entrant,
                  const struct race *race, const struct race_lane *lane)
{
    struct err err = {0};

    entrant->lane = lane;
    entrant->way = lane->way;
    if (has_cpus(race, contest, &err) < 0 || find_file(contest, entrant, &err) < 0)
        race_withdraw(entrant, &err);
    for (size_t i = 0; i < contest->program->metric_count; i++) {
        entrant->cells[i].samples = calloc(race->runs, sizeof(double));
        entrant->cells[i].rounds = calloc(race->runs, sizeof(size_t));
        if (entrant->cells[i].samples == NULL || entrant->cells[i].rounds == NULL)
            err_die_oom();
    }
}

/* Is that command line one of the contests before? They would be one in the result. */
static bool is_again(const struct race *race, const struct race_contest *contest)
{
    const wordexp_t *words = &contest->words;

    for (const struct race_contest *other = race->contests; other < contest; other++) {
        const wordexp_t *before = &other->words;
        size_t same = 0;

        while (same < words->we_wordc && same < before->we_wordc &&
               strcmp(words->we_wordv[same], before->we_wordv[same]) == 0)
            same++;
        if (same == words->we_wordc && same == before->we_wordc &&
            other->configuration == contest->configuration)
            return true;
    }
    return false;
}

/* A slot for one more. */
static struct race_contest *new_contest(struct race *race)
{
    if (race->contests == NULL)
        race->contests = calloc(RACE_CONTESTS_MAX, sizeof *race->contests);
    if (race->contests == NULL)
        err_die_oom();
    return &race->contests[race->contest_count++];
}

/* As many at most will be in the result. */
static size_t count_rows(const struct race *race)
{
    size_t count = 0;

    for (size_t i = 0; i < race->contest_count; i++)
        count += race->lane_count * race->contests[i].program->metric_count;
    return count;
}

int race_add_program(struct race *race, const char *line,
                     const struct race_configuration *configuration, bool quick, struct err *err)
{
    struct race_contest *contest;
    int status;

    if (race->contest_count == RACE_CONTESTS_MAX) {
        err_set(err, "more than %d programs in one race", RACE_CONTESTS_MAX);
        return STATUS_FAILED;
    }
    contest = new_contest(race);
    contest->configuration = configuration;
    if (split_program(contest, line, quick, err) < 0)
        return STATUS_FAILED;
    if (is_again(race, contest)) {
        err_set(err, "'%s' is there twice", line);
        return STATUS_FAILED;
    }
    status = locate_program(&contest->located, contest->words.we_wordv[0], err);
    if (status != 0)
        return status;
    if (count_rows(race) > RESULT_ROWS_MAX) {
        err_set(err,
                "the programs in all their ways are more than %d rows, and no result file has that",
                RESULT_ROWS_MAX);
        err_hint(err, "fewer programs at once, or fewer ways: --on");
        return STATUS_FAILED;
    }
    for (size_t i = 0; i < race->lane_count; i++) {
        /* A file of the user's is not in the bundled kernel's file system. */
        if (!race->lanes[i].machine || contest->located.bundled)
            enter(contest, &contest->entrants[contest->entrant_count++], race, &race->lanes[i]);
    }
    return 0;
}

static void free_entrant(struct race_entrant *entrant)
{
    for (size_t i = 0; i < PROGRAM_METRICS_MAX; i++) {
        free(entrant->cells[i].samples);
        free(entrant->cells[i].rounds);
        free(entrant->cells[i].answer);
    }
    for (size_t i = 0; i < PROGRAM_ANSWERS_MAX; i++)
        free(entrant->answers[i]);
    free(entrant->output);
    if (entrant->environment != NULL)
        launch_environment_free(entrant->environment);
    free(entrant->bootargs);
    json_decref(entrant->counters);
}

void race_fini(struct race *race)
{
    for (size_t i = 0; i < race->contest_count; i++) {
        for (size_t j = 0; j < race->contests[i].entrant_count; j++)
            free_entrant(&race->contests[i].entrants[j]);
        wordfree(&race->contests[i].words);
    }
    free(race->contests);
    free(race->executions);
}
