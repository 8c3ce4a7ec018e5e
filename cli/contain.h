/*
 * contain.h: `trivium run` in a container: the options that describe one, and the way from a launch
 * to a container and back.
 *
 * Read next: ctr/container.h.
 */
#ifndef TRIVIUM_CLI_CONTAIN_H
#define TRIVIUM_CLI_CONTAIN_H

#include <argp.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "cli/machine.h"
#include "cli/ways.h"
#include "ctr/container.h"
#include "lib/err.h"

/* How many variables --env can give. */
#define CONTAIN_VARIABLES 64

struct contain_options {
    bool wanted;     /* any option that only a container has was given */
    unsigned shared; /* set of enum ctr_name */
    bool own_clocks;
    int64_t time_offset; /* seconds */
    const char *hostname;
    bool explain, privileged;
    const struct ctr_observer *observer; /* in place of --explain's; NULL: none */
    struct limits limits;
    bool terminal;
    const char *name;  /* NULL: it has none */
    bool forget;       /* --rm: what it writes is not kept, although it has a name */
    const char *image; /* the name of one; NULL: the bundled programs */
    uint64_t writable;
    const char *workdir;
    const char *environment[CONTAIN_VARIABLES + 1]; /* up to NULL */
    unsigned uid, gid;
};

/* What the options are without any. */
void contain_options_init(struct contain_options *contain);

/* For argp_children: its input is a struct contain_options. */
extern const struct argp contain_argp;

/* As above: --tty, which no record can have. */
extern const struct argp contain_terminal_argp;

/* Takes the options that a machine has with another meaning: --cpus, --memory and --explain. */
void contain_options_take(struct contain_options *contain, const struct machine_options *machine,
                          struct argp_state *state);

/* The parts of a way (ways.h). */
int contain_probe(struct err *reason);
int contain_prepare(struct launch *launch, struct err *err);
int contain_start(void *context, struct err *err);
void contain_settle(struct launch *launch, struct supervise_outcome *outcome);

/* What the container's processes left; until contain_finish(). */
const struct container_report *contain_report(const struct launch *launch);

/* What it had and did: for people, and as the "counters" of a JSON result (a new reference). */
void contain_stats_print(FILE *file, const struct launch *launch);
json_t *contain_stats_json(const struct launch *launch);

/* Frees what contain_prepare() made. */
void contain_finish(struct launch *launch);

#endif
