/*
 * step.h: the steps by which a container is made, each told to whoever wants to know.
 *
 * A step is begun with what is asked of the kernel and ended with what that changed. Several
 * processes make a container (container.h has the picture); each has a struct steps of its own, and
 * one count goes through all of them. Nothing is formatted when nobody listens.
 *
 * Read next: explain.h, a listener.
 */
#ifndef TRIVIUM_CTR_STEP_H
#define TRIVIUM_CTR_STEP_H

#include <stdbool.h>
#include <stdint.h>

#define STEP_TEXT 1024

struct ctr_step {
    unsigned number;
    const char *who;    /* which process: "runner", "init", ... */
    const char *call;   /* the system call with its arguments */
    const char *effect; /* what it changed */
    double ms;          /* that it took */
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
    double begun;    /* milliseconds */
    char call[STEP_TEXT];
};

void steps_init(struct steps *steps, const struct ctr_observer *observer, const char *who,
                unsigned *count);

/* The clock of the steps, in milliseconds. */
double steps_now(void);

void step_begin(struct steps *steps, const char *format, ...) __attribute__((format(printf, 2, 3)));
void step_end(struct steps *steps, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
