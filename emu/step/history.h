/*
 * history.h: goes back and forth in the run of a subject: checkpoints, and running again from them.
 *
 *     0 ----c-------c-------c---X---c--->      to go back from here to X: the checkpoint before it,
 *                                              and on from there
 *
 * A checkpoint holds all: the subject, its translator, and what was told of events; but pages that
 * are as in the checkpoint before it are shared with that (emu/cpu/pages.h). As a run is
 * determined, all checkpoints stay good, those that are ahead, too. When they are too many, the one
 * goes that leaves the smallest gap, as compared with how far away it is: they stand close where
 * people step, and far apart elsewhere. What is lost is no position, but time, as there is more to
 * be run again.
 */
#ifndef TRIVIUM_EMU_STEP_HISTORY_H
#define TRIVIUM_EMU_STEP_HISTORY_H

#include "emu/step/subject.h"

#define HISTORY_BYTES ((size_t)384 << 20) /* what checkpoints may take */

enum {
    HISTORY_CHECKPOINTS = 64,
    HISTORY_INTERVAL = 1 << 20, /* positions between two of them, at first; in a long run more, */
    HISTORY_INTERVAL_MAX = 8 * HISTORY_INTERVAL, /* up to this */
    HISTORY_NEAR = 1 << 16,   /* whoever goes farther leaves one this near to where he comes */
    HISTORY_EVENTS = 1 << 12, /* the last so many are kept */
    HISTORY_CALLS = 512,      /* system calls have numbers below this; others count as the last */
};

/* An event, with where it happened: its hart may be another by now. */
struct seen_event {
    struct event event;
    uint64_t pc;       /* 0: of no hart */
    uint64_t position; /* when; that it has happened may show one step later */
};

/* How many there were, up to a position. */
struct event_totals {
    uint64_t all;
    uint64_t kinds[EVENT_KIND_COUNT];
    uint64_t calls[HISTORY_CALLS]; /* system calls by number: answered, of a process; or traps */
};

/* Events that somebody looks for: of some kinds, and system calls of some numbers. */
struct event_set {
    unsigned kinds;                     /* 1 << enum event_kind */
    uint64_t calls[HISTORY_CALLS / 64]; /* system calls, a bit for each number */
};

uint64_t event_set_count(const struct event_set *set, const struct event_totals *totals);
bool event_set_is_empty(const struct event_set *set);
bool event_set_has_kind(const struct event_set *set, enum event_kind kind);

/* What people do to the translator on the way: from here on these passes are left out. */
struct left_out {
    uint64_t position;
    unsigned passes; /* 1 << number in passes[] */
};

struct checkpoint {
    uint64_t position;
    size_t next_left_out;          /* of the history's, those before it are in force */
    struct subject_saved *subject; /* owned */
    struct dbt_saved *dbt;         /* owned */
    struct event_totals totals;
    size_t bytes; /* without pages */
};

struct history {
    struct subject *subject;
    struct checkpoint checkpoints[HISTORY_CHECKPOINTS]; /* ascending; the first is never dropped */
    unsigned count;
    uint64_t interval;
    unsigned dropped;      /* checkpoints, so far */
    uint64_t run_again;    /* positions that the last history_go() had to run again: what it cost */
    struct page_pool pool; /* of all checkpoints: what is changed from one to the next, in pages */
    size_t bytes;          /* of them, without pages */
    uint64_t loads;        /* times that one was gone back to, so far */
    struct left_out *left_out;            /* owned; ascending, and what is later comes later */
    size_t left_out_count, next_left_out; /* from the latter on they are ahead */
    bool loading;                         /* a checkpoint is */
    struct event_totals totals;           /* up to now */
    uint64_t most; /* events that there ever were: what the ring has been used for */
    struct seen_event ring[HISTORY_EVENTS];
};

/* Begins where the subject is, which is its start; listens to its events. It stays where it is. */
void history_init(struct history *history, struct subject *subject);
void history_fini(struct history *history);

uint64_t history_position(const struct history *history);

/* Forward to that position, if the subject gets so far. */
enum subject_stop history_run(struct history *history, uint64_t until);

/*
 * To that position, which is before this one, or ahead. If that is far, there is a checkpoint near
 * it from then on, so that the next steps back cost little. -1: the host has refused something.
 * *stop, if it is ahead, is as of history_run(); else SUBJECT_COUNT.
 */
int history_go(struct history *history, uint64_t position, enum subject_stop *stop,
               struct err *err);

/*
 * Here, before a block and not within, the translator is told to leave out these passes, a set of
 * 1 << number in passes[], and no others: all blocks are made anew from here on. It belongs to the
 * run from now on: going back before it undoes it, and coming here again does it again. The run
 * that was ahead so far is another now, and with it what was left out there.
 */
void history_leave_out(struct history *history, unsigned left_out);

/*
 * Runs on under the interpreter, which can be asked after each instruction, until `found` says so,
 * or `most` is reached; then goes back to where it was. True: *position is where it was found; it
 * is after the present one. *position is how far it came, otherwise.
 */
bool history_scout(struct history *history, uint64_t most,
                   bool (*found)(void *owner, const struct hart *hart), void *owner,
                   uint64_t *position, struct err *err);

/* The same, but up to `most`, for the last position at or before it where it is found. */
bool history_scout_last(struct history *history, uint64_t most,
                        bool (*found)(void *owner, const struct hart *hart), void *owner,
                        uint64_t *position, struct err *err);

/* The widest gap between two checkpoints: how many positions, and where it begins. */
uint64_t history_widest(const struct history *history, uint64_t *from);

/* What the checkpoints take. */
size_t history_bytes(const struct history *history);

/* All as it is now, to come back to, as scouting does; to be dropped. */
struct checkpoint history_take(struct history *history);
void history_drop(const struct history *history, struct checkpoint *checkpoint);

/* The event of that number (0: the first of all); NULL: it is not kept any more. */
const struct seen_event *history_event(const struct history *history, uint64_t number);

/* Of subject and translator. */
uint64_t history_hash(const struct history *history);

#endif
