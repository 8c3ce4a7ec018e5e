/*
 * machine.h: `trivium run` of a whole machine, emulated or virtual: a kernel, and what runs on it.
 *
 * The options that describe the machine, the start of it in the supervisor's child, and what it
 * did. The kernel is a file of the user's (--kernel), or the bundled one, which is told by its boot
 * arguments which program to run (guest/kernel/boot.h) and ends the machine with that program's
 * status.
 *
 * Read next: emu/board/board.h; kvm/pc.h.
 */
#ifndef TRIVIUM_CLI_MACHINE_H
#define TRIVIUM_CLI_MACHINE_H

#include <argp.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "emu/board/board.h"
#include "kvm/exits.h"
#include "lib/err.h"

struct exit_log;

struct machine_options {
    bool wanted;                        /* any of the options was given */
    const char *kernel;                 /* path, or NULL: the bundled one */
    const char *initrd, *append, *disk; /* NULL: not given */
    enum firmware firmware;
    bool deterministic, no_tlb, no_adue, planted, legacy_virtio;
    unsigned cpus;
    uint64_t memory;  /* bytes */
    bool fork_batch;  /* fork copies what was written at once */
    bool ring;        /* output by a virtio console, and not byte by byte */
    unsigned explain; /* exits that are to be told, with all requests before; 0: nothing */
    /* Options that other ways have, too, as they were given: NULL: not. See machine_options_take().
     */
    const char *cpus_text, *memory_text, *explain_text;
};

/* What a machine has done, in memory that its supervisor shares. */
struct machine_totals {
    bool ended; /* the rest is valid */
    struct {
        bool known; /* the kernel was one that counts */
        uint64_t syscalls, page_faults, switches, pages_copied;
        uint64_t processors, memory; /* that it had: started; bytes, but for its own image */
    } kernel;
    uint64_t processors, memory; /* that were asked for */
    bool is_virtual;             /* `exits` and the devices are; else all but `exits` */
    struct exit_counts exits;
    uint64_t console_bytes; /* that the guest has printed */
    struct row_counts rows;
    struct event_counts events;
    uint64_t engine[ENGINE_COUNTERS_MAX]; /* what the engine counts, as its counters say */
    uint64_t instructions, steps;
    unsigned device_count;
    struct {
        char name[24];
        uint64_t loads, stores;
        struct exit_count exits; /* of a virtual machine; a string instruction has many accesses */
    } devices[BUS_RANGES_MAX];
};

/* One start. All is borrowed. */
struct machine_launch {
    const struct engine *engine; /* of an emulated one */
    struct engine_options engine_options;
    const struct machine_options *options;
    const char *kernel; /* path */
    const char *initrd; /* path, or NULL */
    const char *bootargs;
    bool count;           /* rows and events, into totals */
    struct exit_log *log; /* of a virtual one: where its exits are kept; shared, zeroed; or NULL */
    struct machine_totals *totals;
};

/* What the options are without any: one processor, 256 MiB. */
void machine_options_init(struct machine_options *machine);

/* For argp_children: its input is a struct machine_options. */
extern const struct argp machine_argp;

/* As above: --explain, which is of no use where a record tells the same. */
extern const struct argp machine_explain_argp;

/* Takes those options as a machine's that a container has with another meaning: --cpus, --memory
 * and
 * --explain. Ends the program with a message when they are no good. */
void machine_options_take(struct machine_options *machine, struct argp_state *state);

/*
 * The boot arguments with which the bundled kernel runs the bundled program argv[0]; `append` (or
 * NULL) stands before them. `terminal`: its console is a terminal of the user's, and not a pipe
 * whose bytes must arrive as they are. To be freed. NULL: they are longer than the kernel takes.
 */
char *machine_bootargs_new(const char *append, char *const *argv, bool fork_batch, bool terminal,
                           struct err *err);

/* Zeroed and shared with children. Ends the program when there is no memory. */
struct machine_totals *machine_totals_new(void);
void machine_totals_free(struct machine_totals *totals);

/* supervise_starts: they build and run the machine, and end this process as it ended. */
int machine_start(void *context, struct err *err);
int virtual_start(void *context, struct err *err); /* virtual.c */

/* Whether this host can run virtual machines: -1, and why not. */
int virtual_probe(struct err *reason);
const char *virtual_remark(void); /* see struct way */

/* Takes over what our kernel has counted itself, and has left in the machine's memory when it
 * powered off. `kernel` is its file; nothing is taken from one that does not count. */
void machine_take_kernel(struct machine_totals *totals, const struct dma *dma, const char *kernel);

/* What it did: for people, and as the "counters" of a JSON result (a new reference). */
void machine_stats_print(FILE *file, const struct machine_totals *totals, double wall, bool rows);
json_t *machine_stats_json(const struct machine_totals *totals);

/* Their parts about a virtual machine. */
void virtual_stats_print(FILE *file, const struct machine_totals *totals);
json_t *virtual_stats_json(const struct machine_totals *totals);

#endif
