/*
 * tour.h: the guided tour: stops through one program, from its bytes to chained host code.
 *
 * The tour is a script (script.h), tour.script, and stands in the executable. Each stop moves to
 * where something is to be seen, has a note that tells what, and expects of the screen what the
 * note claims. Where that is not so, because the translator is another one, or was told to leave
 * something out, the note is not shown: in its place it says that this stop cannot be.
 *
 * A stop is made from the start of the program on, by all stops before it. So one can go to any
 * stop from anywhere, whatever was done at another.
 */
#ifndef TRIVIUM_STEPPER_TOUR_H
#define TRIVIUM_STEPPER_TOUR_H

#include "stepper/stepper.h"
#include "view/script.h"

enum { TOUR_TITLE = 64 };

struct tour {
    struct script script;     /* its width and height: of the screen that stops expect things of */
    char *text;               /* owned: the lines of the script */
    unsigned stop, count;     /* that is shown, from 1; 0: none yet */
    uint64_t position;        /* where the stop is: if anything of it differs now, */
    unsigned phase, op, host; /* the user has gone elsewhere */
    enum level level;
};

/* The program that is toured, and its arguments, for a process. */
enum { TOUR_WORDS = 8 };
struct tour_command {
    char text[64];
    char *words[TOUR_WORDS]; /* into text; then NULL */
};

/* Fills it in, and answers its words. */
char **tour_command(struct tour_command *command);

void tour_init(struct tour *tour, struct stepper *stepper);
void tour_fini(struct tour *tour);

/* Goes to a stop, from 1. What its commands write goes to `out`. False: it cannot be shown. */
bool tour_show(struct tour *tour, struct stepper *stepper, unsigned stop, FILE *out);

/* A key that leads through the tour: Enter to the next stop; b to the one before, unless steps of
 * the user's own have led away from the stop. False: it is none; it means what it always does. */
bool tour_key(struct tour *tour, struct stepper *stepper, uint32_t key);

#endif
