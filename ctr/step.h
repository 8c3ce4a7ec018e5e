/*
 * step.h: the steps by which a container is made, each told to whoever wants to know.
 *
 * A step is begun with what is asked of the kernel and ended with what that changed. Several
 * processes make a container (container.h has the picture); each has a struct steps of its own, and
 * one count goes through all of them. Nothing is formatted when nobody listens.
 *
 * Read next: steps.def, the kinds of steps; the listeners explain.h and recorder.h.
 */
#ifndef TRIVIUM_CTR_STEP_H
#define TRIVIUM_CTR_STEP_H

#include <stdbool.h>
#include <stdint.h>

#define STEP_TEXT 1024

enum step_kind {
#define STEP(kind, phase, title, without) STEP_##kind,
#include "ctr/steps.def"
#undef STEP
    STEP_KINDS,
};

/* What a step is for. */
enum step_phase {
    PHASE_LIMITS,
    PHASE_NAMES,
    PHASE_ROOT,
    PHASE_RIGHTS,
    PHASE_PROGRAM,
};

struct step_row {
    enum step_phase phase;
    const char *title;   /* in a few words */
    const char *without; /* what would be without steps of that kind */
};

extern const struct step_row step_rows[STEP_KINDS];

struct ctr_step {
    enum step_kind kind;
    unsigned number;
    const char *who;    /* which process: "runner", "init", ... */
    const char *call;   /* the system call with its arguments */
    const char *effect; /* what it changed */
    const char *file;   /* the path of a file that it wrote, and what; NULL: it wrote none */
    const char *text;
    double begun; /* on the clock of the steps */
    double ms;    /* that it took */
};

/* A listener. It is called in the process that made the step. */
struct ctr_observer {
    void (*step)(void *owner, const struct ctr_step *step);
    void *owner;
};

struct steps {
    const struct ctr_observer *observer; /* or NULL */
    const char *who;
    unsigned *count; /* in memory that the processes share */
    enum step_kind kind;
    double begun; /* milliseconds */
    char call[STEP_TEXT];
    char file[STEP_TEXT], text[STEP_TEXT]; /* an empty path: it writes none */
};

void steps_init(struct steps *steps, const struct ctr_observer *observer, const char *who,
                unsigned *count);

/* The clock of the steps, in milliseconds. */
double steps_now(void);

void step_begin(struct steps *steps, enum step_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Begins one that writes `text` to the file at `path`. */
void step_write(struct steps *steps, enum step_kind kind, const char *path, const char *text);

void step_end(struct steps *steps, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
