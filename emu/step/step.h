/*
 * step.h: the stepper's model: where we are in a program's run and in the translation of its
 * block, and how to get elsewhere. It knows no view: plain.h is one.
 *
 * A place has two coordinates. One is the position (subject.h): what was executed. The other is
 * within the current block's translation: which phase is looked at, and which of its operations.
 * The latter moves nothing in the machine: phases of a translation take no guest time.
 *
 * Read next: history.h (how positions are reached), stops.h and find.c (where a run stops),
 * commands.h (what people type).
 */
#ifndef TRIVIUM_EMU_STEP_STEP_H
#define TRIVIUM_EMU_STEP_STEP_H

#include "emu/dbt/inspect.h"
#include "emu/step/history.h"
#include "emu/step/host.h"
#include "emu/step/stops.h"
#include "lib/elf.h"
#include "lib/listing.h"

enum {
    STEP_BREAKS = 32,
    STEP_RUN_MAX = 1000000000, /* positions that one command goes on at most */
    STEP_SCOUT_MAX = 50000000, /* ... when the interpreter looks for a breakpoint at each of them */
};

/* A byte that the program has written. */
struct written {
    uint64_t position;
    char byte;
};

struct step {
    struct subject *subject;           /* owned */
    const struct elf_symbols *symbols; /* or NULL */
    struct listing *listing;           /* source lines, or NULL */
    struct history *history;           /* owned */
    struct breakpoint breaks[STEP_BREAKS];
    unsigned break_count;
    unsigned break_events; /* a set of 1 << enum event_kind, where a run stops, too, */
    uint64_t break_calls[HISTORY_CALLS / 64]; /* and at these system calls, a bit for each */
    unsigned met; /* the breakpoint that has ended the last move; STEP_BREAKS: none has */

    struct written *written;     /* owned: all that was ever written, however far we are now */
    size_t written_count, shown; /* what a view has shown of it */

    bool has_ended;     /* the subject: it cannot go on from here */
    struct hart before; /* the hart before the last move: what has changed? */
    struct event_totals before_totals;

    struct kept *kept; /* owned: the current block's translation, if has_kept */
    bool has_kept;
    bool is_made; /* it is in the cache, as number */
    uint32_t number;
    unsigned phase, op; /* looked at */

    struct host_trace trace; /* of the current block, if it has states */
    unsigned host;           /* the instruction of it that is looked at */
};

/* How a move went. */
enum step_result {
    STEP_DONE,
    STEP_ENDED,   /* the subject came to its end, or may not go on: its end_text() */
    STEP_NOWHERE, /* there is nothing in that direction; nothing has changed */
    STEP_LIMIT,   /* it went on for STEP_RUN_MAX positions, and did not come so far */
    STEP_FAILED,  /* the host has refused something: err says what */
};

/* Takes the subject, which is at its start. *step must stay where it is: it is told of output. */
void step_init(struct step *step, struct subject *subject, const struct elf_symbols *symbols);
void step_fini(struct step *step);

/* Source lines of what is stepped; it must stay as long as *step. NULL: there are none. */
void step_set_listing(struct step *step, struct listing *listing);

/* Of those programs the ones that have the current block in their files: a set, as in listing.h. */
unsigned step_programs(struct step *step);

/* The line of the instruction that comes next. False: none is known; listing_why() may say why. */
bool step_line(struct step *step, struct listing_line *line);

uint64_t step_position(const struct step *step);
const struct hart *step_hart(const struct step *step);

/*
 * Types a line to the console of a machine. It changes no past: it is read behind all positions
 * that the run has come to so far. -1: it is a process, which has none.
 */
int step_type(struct step *step, const char *line, struct err *err);

/* Moves. A count of 0 is none. */
enum step_result step_go(struct step *step, uint64_t position, struct err *err);
enum step_result step_insns(struct step *step, uint64_t count, struct err *err);
enum step_result step_insns_back(struct step *step, uint64_t count, struct err *err);
enum step_result step_block(struct step *step, struct err *err);
enum step_result step_block_back(struct step *step, struct err *err);

/* To where the next event of these kinds has happened; back to where the last one before had. */
enum step_result step_event(struct step *step, unsigned kinds, struct err *err);
enum step_result step_event_back(struct step *step, unsigned kinds, struct err *err);

/* To the next breakpoint, of places, changes and events, or the end; back to the last one, or the
 * start. */
enum step_result step_run(struct step *step, struct err *err);
enum step_result step_run_back(struct step *step, struct err *err);

/*
 * The current block's translation: of the block that is executed or comes next; if there is none
 * yet, the one that will be made. NULL: its code cannot be fetched, or has changed since.
 */
const struct kept *step_kept(struct step *step);

/* How many instructions of the current block were executed. */
unsigned step_done_in_block(const struct step *step);

/* Another phase is looked at, or another operation in it (and so perhaps another phase). */
enum step_result step_phase(struct step *step, bool back);
enum step_result step_op(struct step *step, bool back);

/*
 * The translator leaves out these passes from the current block on, a set of 1 << number in
 * passes[], and no others: the block is really translated anew, and so is what is run (history.h).
 * The position stays.
 */
enum step_result step_leave_out(struct step *step, unsigned left_out, struct err *err);

/*
 * Another host instruction of the current block is looked at, as it is executed from the block's
 * beginning on (host.h); the first time, the first one.
 */
enum step_result step_host(struct step *step, bool back, struct err *err);

/* "main+0x10", or "" if nothing is known. */
const char *step_symbol(const struct step *step, uint64_t pc, char text[80]);

#endif
