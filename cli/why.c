/*
 * why.c: `trivium why`: the topics, and how one is measured, explained and shown; see why.h.
 */
#include "cli/why.h"

#include <argp.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/status.h"
#include "cli/suggest.h"
#include "cli/ways.h"

const struct why_topic *const why_topics[WHY_TOPIC_COUNT] = {
    &why_fork, &why_syscall, &why_exits, &why_limits, &why_smp, &why_mix,
};

struct why_options {
    const char *topic;
    const char *json_path; /* NULL: not wanted */
};

enum option_key { KEY_JSON = 256 };

static const struct argp_option options[] = {
    {"json", KEY_JSON, "FILE", 0, "Write rows and sentences as JSON, too; - is standard output", 0},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct why_options *chosen = state->input;

    switch (key) {
    case KEY_JSON: chosen->json_path = arg; return 0;
    case ARGP_KEY_ARG:
        if (chosen->topic != NULL)
            argp_error(state, "one TOPIC at a time");
        chosen->topic = arg;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "[TOPIC]",
    .doc = "Runs an experiment of less than a minute about TOPIC, and shows its table, a picture "
           "of it, and the cause in sentences that cite its counters. Without a TOPIC it lists "
           "those that there are.\vThe exit status is 0 if anything could be measured, 1 if "
           "nothing could.\n\nExample: trivium why fork",
};

static const struct why_topic *find_topic(const char *name, struct err *err)
{
    const char *names[WHY_TOPIC_COUNT];
    const char *near;

    for (size_t i = 0; i < WHY_TOPIC_COUNT; i++) {
        if (strcmp(why_topics[i]->name, name) == 0)
            return why_topics[i];
        names[i] = why_topics[i]->name;
    }
    err_set(err, "there is no topic called '%s'", name);
    near = suggest_nearest(name, names, WHY_TOPIC_COUNT);
    if (near != NULL)
        err_hint(err, "trivium why %s", near);
    else
        err_hint(err, "trivium why, which lists them");
    return NULL;
}

static void list_topics(void)
{
    for (size_t i = 0; i < WHY_TOPIC_COUNT; i++)
        printf("%-8s %s\n", why_topics[i]->name, why_topics[i]->question);
}

/* Says in the row why this host cannot run the lane's way, if it cannot. */
static void probe(struct why_row *row)
{
    struct err reason = {0};
    const struct way *way = ways_find(row->lane->way, &reason);

    if (way == NULL || way->probe(&reason) < 0)
        snprintf(row->reason, sizeof row->reason, "%s", reason.text);
}

static int measure(struct why *why, struct err *err)
{
    const struct why_topic *topic = why->topic;
    double shared = NAN;

    if (topic->prepare != NULL && topic->prepare(why, &shared, err) < 0)
        return -1;
    for (const struct why_lane *lane = topic->lanes; lane->name != NULL; lane++) {
        struct why_row *row = &why->rows[why->row_count++];

        row->lane = lane;
        for (size_t i = 0; i < WHY_COLUMNS_MAX; i++)
            row->values[i] = NAN;
        probe(row);
        if (row->reason[0] == '\0' && topic->measure(why, row, shared, err) < 0)
            return -1;
    }
    return 0;
}

/* Measures under supervision, so that Ctrl-C ends whatever runs just now. Was it stopped, then the
 * caller cleans up and calls supervisor_die(). */
static int supervise(struct why *why, struct err *err)
{
    int answer;

    if (supervisor_init(&why->supervisor, err) < 0)
        return -1;
    answer = measure(why, err);
    if (isatty(STDERR_FILENO) == 1)
        fprintf(stderr, "\r\033[K");
    if (why->stopped_by == 0)
        supervisor_fini(&why->supervisor);
    return answer;
}

int command_why(int argc, char **argv, struct err *err)
{
    struct why_options chosen = {0};
    struct output_file json = {0};
    struct why why = {0};

    argp_parse(&parser, argc, argv, 0, NULL, &chosen);
    if (chosen.topic == NULL) {
        list_topics();
        return EXIT_SUCCESS;
    }
    why.topic = find_topic(chosen.topic, err);
    if (why.topic == NULL)
        return STATUS_FAILED;
    if (chosen.json_path != NULL && output_open(&json, chosen.json_path, err) < 0)
        return STATUS_FAILED;
    if (supervise(&why, err) < 0) {
        if (chosen.json_path != NULL)
            output_abandon(&json);
        if (why.stopped_by != 0)
            supervisor_die(&why.supervisor, why.stopped_by);
        return STATUS_FAILED;
    }
    why.topic->explain(&why);
    if (why.cause_count == 0)
        why_say(&why, "Not explained: the rows that would tell it are missing.");
    if (chosen.json_path == NULL || strcmp(chosen.json_path, "-") != 0)
        why_print(stdout, &why);
    if (chosen.json_path != NULL && json_write(why_json(&why), &json, err) < 0)
        return STATUS_FAILED;
    return why_has_numbers(&why) ? EXIT_SUCCESS : STATUS_UNEQUAL;
}
