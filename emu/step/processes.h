/*
 * processes.h: the processes of what is stepped, and their system calls: as they are at a position.
 *
 *     traps, returns, page tables changed --> log: what became of whom, when --> lives, at a
 * position
 *
 * Whenever the machine goes to user mode, or to other page tables, the kernel is asked which
 * processes it has (kernel_view.h), and what is another than before goes into the log; so do the
 * system calls that programs make, where they trap, and their results, where they return. The log
 * has each of these once, however often the past is run again, as a run is determined. What was
 * true at a position is what its beginning, up to there, comes to: going back un-forks.
 *
 * So a process is seen at the first of those events behind what has happened in the kernel, some
 * hundred steps later. Of a kernel that does not say where its processes are nothing but the page
 * tables is known: each is a life of its own, and nobody is its parent. A process of user mode has
 * the host for a kernel: it is one life, whose forks end the stepping.
 */
#ifndef TRIVIUM_EMU_STEP_PROCESSES_H
#define TRIVIUM_EMU_STEP_PROCESSES_H

#include "emu/step/kernel_view.h"
#include "emu/step/step.h"

enum {
    CALL_ARGUMENTS = 6,
    CALL_TEXT = 24,
    LOG_RECORDS = 1 << 18, /* what the log holds; behind that the past is told, and no more */
    LIFE_NONE = -1,
    LIFE_ANY = -2,
};

enum record_kind {
    RECORD_SEEN, /* a process is new, or another than before: seen */
    RECORD_GONE, /* the kernel does not have it any more */
    RECORD_CALL, /* a system call: call */
    RECORD_RESULT,
};

struct process_record {
    enum record_kind kind;
    int life;          /* which process: the number of its birth */
    uint64_t number;   /* of the event that it was noticed at: how many there had been, with it */
    uint64_t position; /* where that was; it never falls from record to record */
    union {
        struct {
            struct process_seen now;
            int parent;    /* its parent's life, or LIFE_NONE */
            bool is_new;   /* its birth */
            uint64_t satp; /* of a kernel that does not tell; else 0 */
        } seen;
        struct {
            uint64_t number;
            uint64_t arguments[CALL_ARGUMENTS];
            int64_t result;       /* the number of its result's record; 0: none has come yet */
            char text[CALL_TEXT]; /* what its path or buffer begins with; shorter by 1: all of it */
            uint8_t text_bytes;   /* of that */
        } call;
        struct {
            uint64_t value;
            int64_t call; /* the number of its record */
        } result;
    };
};

/* A process, from its birth on, as far as we are. */
struct process_life {
    struct process_seen seen;
    int parent;        /* its life */
    uint64_t satp;     /* as above */
    uint64_t born;     /* positions; 0: none */
    uint64_t changed;  /* its state is this one since then */
    uint64_t executed; /* another program, for the last time */
    uint64_t ended;
    uint64_t touched; /* the number of the event that has made it what it is */
    bool gone;        /* buried, too */
    bool has_status;  /* seen.status */
    uint64_t calls;   /* that it has made */
    int64_t pending;  /* the record of the call that it has made and that has not returned; -1 */
};

/* Lives at some position. */
struct process_lives {
    struct process_life *lives; /* owned; in order of birth */
    int count;
    int64_t records; /* so many of the log have been taken */
    uint64_t forks, execs, exits, calls;
};

struct processes {
    struct step *step; /* borrowed */
    struct kernel_view view;
    struct err why; /* there is no tree; empty: there is one */
    bool is_host;   /* it is a process, whose kernel is the host's */
    uint64_t more;  /* the kernel has more processes than are looked at, since there; 0: not so */
    uint64_t full;  /* the log is, since this position; 0: it is not */

    struct process_record *log; /* owned */
    int64_t count;
    uint64_t last;                    /* the number of the last event that was looked at */
    struct process_lives ends;        /* at the end of the log, */
    int alive[KERNEL_VIEW_PROCESSES]; /* and who is alive then, in the kernel's order */
    unsigned alive_count;

    struct process_lives now; /* where the step is: processes_update() */
};

/* Listens to the step, which is at its start. *processes must stay where it is, and end first. */
void processes_init(struct processes *processes, struct step *step);
void processes_fini(struct processes *processes);

/*
 * The kernel of this machine has the constants of guest/kernel/observe.h at these gvas: before the
 * first move. 0: it has none, as far as is known. What is wrong with them is in processes->why.
 */
void processes_set_kernel(struct processes *processes, uint64_t list, uint64_t cpus);

/* Is it an event of a fork, of an exec, of an end, or a call? */
bool record_is_fork(const struct process_record *record);
bool record_is_exec(const struct processes *processes, const struct process_record *record);
bool record_is_end(const struct process_record *record);

/* processes->now, for where the step is now. */
void processes_update(struct processes *processes);

/* The life of the process on that hart now; LIFE_NONE: of none that is known. */
int processes_on_hart(const struct processes *processes, uint64_t hart);

/* The life with that pid, the last one; LIFE_NONE: there is none. */
int processes_find(const struct process_lives *lives, int32_t pid);

/* The first of the log's records that is not true yet where that many events have happened. */
int64_t processes_after(const struct processes *processes, uint64_t events);

/* How many events have happened where the step is now; and before its last move. */
uint64_t processes_events(const struct step *step);
uint64_t processes_events_before(const struct step *step);

/* A letter for each argument of the call of that number, as in emu/user/syscall_table.def; "" if it
 * is not known. */
const char *call_kinds(uint64_t number);

/* "write(1, "hello", 5)", and its result, if it has come: " = 5". */
void call_text(const struct processes *processes, int64_t record, char *text, size_t size);

/* "ready", "asleep in wait4", "ended with 0"; "on hart 1" or, if hart is -1, "runs". */
void life_text(const struct processes *processes, const struct process_life *life, int hart,
               char *text, size_t size);

/*
 * To the next event of a life, or of LIFE_ANY: a call, its answer, another state; or back to the
 * last one before.
 * STEP_LIMIT: none has come for long.
 */
enum step_result processes_step(struct processes *processes, int life, bool back, struct err *err);

#endif
