/*
 * ways.h: the ways of running a program, as one table.
 *
 * A way runs programs of one machine type, in the child of the supervisor (lib/supervise.h), in one
 * or both of two manners: as a process, whose system calls the host's kernel answers; or on a whole
 * machine, with the bundled kernel. What differs between two ways is one row here; everything else
 * that `run` and `race` do is the same for all. A new way is a new row.
 */
#ifndef TRIVIUM_CLI_WAYS_H
#define TRIVIUM_CLI_WAYS_H

#include <stdbool.h>
#include <stddef.h>

#include "emu/cpu/engine.h"
#include "emu/user/user.h"
#include "lib/err.h"
#include "lib/supervise.h"

struct launch;

struct way {
    const char *name;            /* as in --on NAME */
    const char *summary;         /* one line for --help */
    const char *kernel;          /* of a process: whose kernel it is, behind its name: "(host)" */
    const char *arch;            /* the folder of its bundled programs: guest/ARCH/NAME */
    unsigned machine_type;       /* EM_* of the files that it runs */
    bool emulated;               /* a processor of ours executes it: instructions can be counted */
    bool special;                /* takes part in a race only where --on names it */
    bool optional;               /* hosts that cannot are common, and nothing is wrong with them */
    const char *user_name;       /* of a way with both manners: what it is called as a process */
    const struct engine *engine; /* of an emulated way */
    bool no_tlb;                 /* of its machine */
    const char *machine;         /* what its machine is, in words; NULL: it has none */
    /* What of this host changes the meaning of the way's numbers, in a few words; NULL: nothing
     * does. A NULL function: nothing ever does. */
    const char *(*remark)(void);
    int (*probe)(struct err *reason); /* -1: this host cannot; the reason says why */
    supervise_start *start;           /* as a process; context: struct launch; or NULL */
    supervise_start *machine_start;   /* on a machine; context: struct machine_launch; or NULL */
    /* Of a way that needs something before the process is there, and leaves something behind it;
     * else NULL. In this order: prepare, start, settle, finish. */
    int (*prepare)(struct launch *launch, struct err *err);
    void (*settle)(struct launch *launch, struct supervise_outcome *outcome);
    void (*finish)(struct launch *launch);
};

struct contain;
struct contain_options;
struct machine_totals;

/* What a way's start() is given. All is borrowed. */
struct launch {
    const struct way *way;
    const char *path; /* the executable file */
    char *const *argv;
    char *const *envp;
    struct user_totals *totals;     /* where an emulated way adds up what it did; else NULL */
    struct machine_totals *machine; /* what a whole machine did (machine.h); NULL: there was none */
    const char *kernel;             /* of a whole machine: the path of its kernel; else NULL */
    struct engine_options engine_options;
    bool count_rows; /* count each row of the ISA table, too: slows it a little */
    const struct contain_options *contain_options; /* of a container; NULL: the standard */
    struct contain *contain; /* of a container: what its prepare() made (contain.h) */
};

extern const struct way ways[];
extern const size_t ways_count;

/* The way of that name; NULL, and err names those that there are. */
const struct way *ways_find(const char *name, struct err *err);

/* What runs on an emulated way with these options: its own engine, or that one checked. */
const struct engine *ways_engine(const struct way *way, const struct engine_options *options);

/* The way that `trivium run` takes for a file of machine type EM_*; NULL when none fits. */
const struct way *ways_for_machine(unsigned machine);

#endif
