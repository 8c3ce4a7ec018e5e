/*
 * programs.h: what `trivium race` knows about the bundled programs: sensible arguments, which lines
 * of their output are measurements, and which must be the same in every way.
 *
 * Of any other program the wall time is measured, and its whole standard output is its answer.
 */
#ifndef TRIVIUM_CLI_PROGRAMS_H
#define TRIVIUM_CLI_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>

#define PROGRAM_METRICS_MAX 11
#define PROGRAM_ANSWERS_MAX 2

/* What most of a measured time goes to. */
enum program_work {
    WORK_COMPUTING, /* the program's own instructions */
    WORK_PAGING,    /* addresses: misses of caches and of the TLB, page faults */
    WORK_KERNEL,    /* other services of the kernel's */
    WORK_COUNT,
};

/* One measurement: the number after "LABEL:" in the output. */
struct program_metric {
    const char *name;   /* of its row; NULL: it is the program's only one */
    const char *label;  /* NULL: the wall time of the run, in seconds */
    const char *unit;   /* NULL: the word that follows the number */
    bool more;          /* a larger number is better */
    const char *answer; /* label of what must agree for this row alone; NULL: nothing */
    enum program_work work;
};

struct program {
    const char *name;
    const char *arguments;       /* for a race without arguments of the user's */
    const char *quick_arguments; /* for a first look; NULL: the same */
    struct program_metric metrics[PROGRAM_METRICS_MAX];
    size_t metric_count;
    const char *answers[PROGRAM_ANSWERS_MAX]; /* labels of what must agree; may be none */
    bool whole_output;                        /* all of standard output must agree */
    const char
        *inside; /* label of the time it took by its own clock, seconds; NULL: it says none */
};

/* What is known of the program called `name`. Never NULL: there is a row for all others. */
const struct program *programs_find(const char *name);

/* The work of the row called `measure` (or NULL) of that program. */
enum program_work programs_work(const char *name, const char *measure);

/*
 * The text after "LABEL:" up to the end of that line, without blanks around it. The length is put
 * into *length; NULL when no line begins with the label (after blanks).
 */
const char *programs_value(const char *output, const char *label, size_t *length);

#endif
