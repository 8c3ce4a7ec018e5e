/*
 * names.h: the record of a container on a screen: what a name means inside and outside, and what is
 * claimed and enforced, at one of its moments.
 *
 * The view Names of the stepper. Everything shown is from the record (ctr/recorder.h), which the
 * kernel's own files went into; what could not be seen is said to be so. Drawing changes nothing.
 */
#ifndef TRIVIUM_CLI_NAMES_H
#define TRIVIUM_CLI_NAMES_H

#include <stddef.h>

#include "ctr/recorder.h"
#include "record/record.h"
#include "view/grid.h"

enum names_life { NAMES_NOT_YET, NAMES_THERE, NAMES_GONE };

/* What holds at a moment: what was seen last, up to it. */
struct names_state {
    const struct ctr_record *record;
    unsigned at;
    const struct ctr_moment *moment;
    enum names_life life;                 /* of the container's first process */
    const struct sight *inside, *outside; /* NULL: not seen yet */
    const struct sight_tree *tree;        /* as above */
};

/* `at`: below record->count, which must not be 0. */
void names_state(struct names_state *state, const struct ctr_record *record, unsigned at);

/* In the container; 0: there is none, or it was not to be seen. */
uint64_t names_number(const struct names_state *state, enum ctr_name name);

/* What that namespace means at this moment, in one line. */
void names_meaning(const struct names_state *state, enum ctr_name name, char *text, size_t size);

/* What it asked for, in short: of a limit "memory.max = 65536". */
void names_call(const struct ctr_record *record, const struct ctr_moment *moment, char *text,
                size_t size);

/* "pivot_root", "the program runs" */
const char *names_title(const struct ctr_moment *moment);

/* One sentence or more: what has happened, and what would be without it. */
void names_status(const struct names_state *state, char *text, size_t size);

/* The record as record/record.h shows one. */
struct names_record {
    struct record record;
    const struct ctr_record *log; /* borrowed */
};

/* `log`: with a moment at least. */
void names_record_init(struct names_record *names, const struct ctr_record *log);

/* The panes; `scroll`: lines that they are moved up by. */
void names_draw_namespaces(struct area area, const struct names_state *state, int scroll);
void names_draw_cgroup(struct area area, const struct names_state *state, int scroll);
void names_draw_identity(struct area area, const struct names_state *state, int scroll);
void names_draw_processes(struct area area, const struct names_state *state, int scroll);
void names_draw_console(struct area area, const struct names_state *state, int scroll);

#endif
