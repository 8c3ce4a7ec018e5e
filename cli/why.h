/*
 * why.h: `trivium why TOPIC`: an experiment, and the cause that its counters show.
 *
 *     trivium run --json ...  -->  rows of a table  -->  table, bars, sentences, JSON
 *
 * A topic is one row of the table in why.c: what it asks, the columns, how the rows are measured,
 * and how sentences follow from the rows. Whatever is measured is a whole `trivium run`, so each
 * row can name a command that anybody can repeat; sentences are made from the rows, so other
 * numbers give another sentence (tests/unit/test_why.c).
 *
 * Read next: why.c; why_fork.c, the longest topic; why_show.c.
 */
#ifndef TRIVIUM_CLI_WHY_H
#define TRIVIUM_CLI_WHY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "lib/err.h"
#include "lib/supervise.h"

enum {
    WHY_COLUMNS_MAX = 20,
    WHY_ROWS_MAX = 16,
    WHY_CAUSES_MAX = 4,
    WHY_TEXT = 768, /* as long as the text of a struct err */
    WHY_TOPIC_COUNT = 6,
};

#define WHY_SCHEMA "trivium-why/1"

/* A column of the table. The last one of a topic has no key. */
struct why_column {
    const char *key;   /* in the JSON: unit and all */
    const char *title; /* above the numbers: at most 9 columns wide */
    const char *group; /* begins a table of its own under this line; NULL: goes on */
    char bar;          /* the bars of the picture consist of these columns; 0: not of this one */
};

/* A way, with options, that is measured. */
struct why_lane {
    const char *name;    /* at most 20 columns wide */
    const char *way;     /* as in ways.h */
    const char *options; /* behind `trivium run --on WAY`; never NULL */
    const char *words;   /* the program and its arguments, where the lanes differ in that */
};

/* One lane's numbers, or why there are none. */
struct why_row {
    const struct why_lane *lane;
    char command[256];              /* what was run to count */
    char reason[WHY_TEXT];          /* why there are no numbers; empty: there are */
    double values[WHY_COLUMNS_MAX]; /* in the order of the columns; NAN: unknown */
};

struct why_topic;

struct why {
    const struct why_topic *topic;
    struct why_row rows[WHY_ROWS_MAX];
    size_t row_count;
    char causes[WHY_CAUSES_MAX][WHY_TEXT];
    size_t cause_count;
    struct supervisor supervisor;
    int stopped_by; /* the signal that ended it all; 0: none */
};

struct why_topic {
    const char *name, *question;
    const struct why_column *columns;
    const struct why_lane *lanes; /* the last one has no name */
    const char *notes;            /* what the columns are and where their numbers are from */
    const char *picture;          /* what the bars are */
    bool shares;                  /* each bar is as long as the others: its parts are what counts */
    /* Before the rows; NULL: nothing. *shared is the topic's own. -1: all is over. */
    int (*prepare)(struct why *why, double *shared, struct err *err);
    /* Fills in row->values, or row->reason. -1: all is over. */
    int (*measure)(struct why *why, struct why_row *row, double shared, struct err *err);
    /* Adds sentences by why_say(), from the rows. */
    void (*explain)(struct why *why);
};

extern const struct why_topic why_exits, why_fork, why_limits, why_mix, why_smp, why_syscall;

/* All of them, in the order in which they are listed. */
extern const struct why_topic *const why_topics[WHY_TOPIC_COUNT];

/* What one `trivium run` left. */
struct why_run {
    char *output;   /* owned: what the program has printed */
    json_t *report; /* owned: of --json; NULL: it did not count */
};

/*
 * `trivium run --on WAY OPTIONS WORDS`; with `count` also --json, which may make an emulated way
 * slower: a time is taken without. 0: it ended well; 1: it did not, and row->reason says why;
 * -1: all is over.
 */
int why_run(struct why *why, struct why_row *row, bool count, const char *words,
            struct why_run *run, struct err *err);
void why_run_fini(struct why_run *run);

/* The number behind "LABEL:" in the output; NAN: there is none. */
double why_printed(const struct why_run *run, const char *label);

/* The number at "counters.kernel.switches"; NAN: there is none. Of an object the sum of its
 * numbers, or of its objects' members of the name `member`. */
double why_counted(const struct why_run *run, const char *path, const char *member);

/* Processor time over time on the wall. */
double why_cpus_used(const struct why_run *run);

/* The median of so many runs' number behind "LABEL:", without counting. As why_run(). */
int why_median(struct why *why, struct why_row *row, const char *words, const char *label,
               unsigned runs, double *median, struct err *err);

/* The index of the column; the topic has it. */
size_t why_column(const struct why_topic *topic, const char *key);

/* A number of a row that has been measured; NAN when there is none, or no such row. */
double why_value(const struct why *why, const char *lane, const char *key);

/* Has any row been measured? */
bool why_has_numbers(const struct why *why);

void why_say(struct why *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

void why_print(FILE *file, const struct why *why);
json_t *why_json(const struct why *why);

#endif
