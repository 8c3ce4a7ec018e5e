/*
 * board.h: the whole emulated computer: harts, memory and devices, in one struct.
 *
 *       run.c: who runs, until when          sbi.c: the firmware
 *     ------------------------------------------------------------
 *       emu/cpu: hart 0, hart 1, ...         input.c: the outside
 *     ------------------------------------------------------------
 *       RAM      dev/: CLINT  PLIC  UART  virtio block  syscon
 *
 * It is the owner of its harts in the sense of emu/cpu/engine.h. One thread runs all of it, harts
 * taking turns, so that the same start and the same input (input.h) give the same run.
 *
 * Everything that a guest could notice stands in plain data: the harts, the `state` of each device,
 * struct sbi_state, struct schedule, and RAM. snapshot.h copies it.
 *
 * Read next: run.c, then sbi.c; load.h and tree.h for how a guest gets in.
 */
#ifndef TRIVIUM_EMU_BOARD_BOARD_H
#define TRIVIUM_EMU_BOARD_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "dev/bus.h"
#include "dev/clint.h"
#include "dev/disk.h"
#include "dev/dma.h"
#include "dev/plic.h"
#include "dev/syscon.h"
#include "dev/uart.h"
#include "dev/virtio_block.h"
#include "dev/virtio_console.h"
#include "dev/virtio_mmio.h"
#include "emu/board/input.h"
#include "emu/board/sbi.h"
#include "emu/cpu/engine.h"
#include "lib/err.h"

#define BOARD_HARTS_MAX CLINT_HARTS_MAX
/* Steps to a tick of the deterministic clock: a machine of a thousand million steps a second. */
#define BOARD_STEPS_PER_TICK 100

#define BOARD_MEMORY_MIN     (UINT64_C(4) << 20)
#define BOARD_MEMORY_MAX     (UINT64_C(64) << 30)

/* What is below the kernel. */
enum firmware {
    FIRMWARE_SBI,        /* sbi.h; the kernel starts in S mode */
    FIRMWARE_SBI_LEGACY, /* the same, as old as can be: only the calls of SBI 0.1, all harts start
                          */
    FIRMWARE_NONE,       /* the kernel starts in M mode */
};

/* What the board needs of the host, each called with `owner`. */
struct board_host {
    struct input_sources sources;
    /* A byte for the console. */
    void (*output)(void *owner, uint8_t byte);
    /*
     * Nothing happens for that time, or (UINT64_MAX) until something is typed; coming back early
     * does no harm. False: nothing will ever be typed any more, and there is no need to wait for
     * it.
     */
    bool (*wait)(void *owner, uint64_t nanoseconds);
    /* Does the user want to leave? */
    bool (*quit)(void *owner);
    void *owner;
};

struct board_config {
    const struct engine *engine;
    struct engine_options engine_options;
    unsigned harts;       /* 1 .. BOARD_HARTS_MAX */
    uint64_t memory;      /* bytes; rounded up to whole pages */
    const char *kernel;   /* path of an ELF file, or of a flat image */
    const char *initrd;   /* path, or NULL */
    const char *bootargs; /* not NULL */
    const char *disk;     /* path of a disk image, or NULL */
    enum firmware firmware;
    bool deterministic; /* the clock counts steps (run.c); no host clock, no random bits */
    bool no_tlb;        /* every access is a walk through the page tables */
    bool no_adue;       /* hardware does not set A and D bits, but faults */
    bool planted;       /* a sensitive register that does not trap: CSR_PLANTED (emu/cpu/csr.h) */
    bool legacy_virtio; /* virtio-mmio version 1 instead of 2 */
    bool ring;          /* the guest\'s output by a virtio console, besides the UART */
    bool recording;     /* log all input */
    bool count_rows;    /* of the ISA table, and events */
    const struct input_event *input; /* a log to be replayed from the start, or NULL; copied */
    size_t input_count;
    uint64_t input_known; /* see input_load() */
    struct board_host host;
};

/* Whose turn it is, and what time. Plain data. */
struct schedule {
    uint64_t step;                     /* see run.c; between two runs of an engine */
    uint64_t idle_ticks;               /* deterministic: the time that idle harts have skipped */
    uint64_t clock_offset;             /* else: what is added to the host's ticks */
    uint64_t last_time;                /* the time that was read last */
    uint64_t console_step;             /* the console was looked at */
    uint64_t current;                  /* the hart whose turn it is */
    uint64_t quantum_left;             /* steps until it is another's */
    uint64_t in_slice;                 /* 1: it was interrupted by board_run()'s `until` only */
    uint64_t waiting[BOARD_HARTS_MAX]; /* 1: in wfi */
};

struct board {
    struct machine machine;
    const struct engine *engine;
    struct board_host host;
    enum firmware firmware;
    bool deterministic;

    unsigned hart_count;
    struct hart harts[BOARD_HARTS_MAX];
    struct tlb *tlbs; /* owned; hart_count of them */
    struct schedule schedule;
    uint64_t slice_start; /* instret of the hart that runs, when it began to; while one runs */
    bool running;         /* one does */
    struct sbi_state sbi;

    struct dma dma;  /* RAM (ram.h) */
    uint64_t tohost; /* gpa of the kernel's word of that name, 0: it has none (run.c) */

    struct bus bus;
    struct uart uart;
    struct clint clint;
    struct plic plic;
    struct syscon syscon;
    bool has_disk;
    int disk_fd;      /* owned if there is a disk */
    struct disk disk; /* these three as well */
    struct virtio_block block;
    struct virtio_mmio virtio;

    bool has_ring;
    struct virtio_console ring;
    struct virtio_mmio ring_virtio; /* in the slot behind the disk's, if there is one */
    uint64_t bytes_sent;            /* to the console: for people, not the guest's to see */

    struct input input;

    bool tracing;               /* hash each stop of each hart into `trace` */
    uint64_t trace;             /* HASH_START at first */
    struct row_counts rows;     /* if config.count_rows */
    struct event_counts events; /* what happened, for --stats */
};

/*
 * A board with its kernel loaded, about to execute its first instruction; NULL: err says why the
 * host or the files did not allow it. Ended by board_free(). The host's functions must work from
 * now on.
 */
struct board *board_new(const struct board_config *config, struct err *err);
void board_free(struct board *board);

/* The step count and the time now, also while a hart runs. */
uint64_t board_step(const struct board *board);
uint64_t board_time(struct board *board);

/* Why a run came to its end. */
enum board_end {
    BOARD_STEPS,     /* the step count was reached */
    BOARD_POWER_OFF, /* the guest switched it off: *status */
    BOARD_RESET,     /* the guest wants to start again */
    BOARD_QUIT,      /* the user wants to leave */
    BOARD_STUCK,     /* all harts wait, and nothing can come any more */
    BOARD_TOHOST,    /* the guest wrote to `tohost` what we do not know */
};

/*
 * Runs until the step count is `until`, or the machine ends (run.c). It can be asked to go on after
 * BOARD_STEPS. *status is 0 .. 255, after BOARD_POWER_OFF.
 */
enum board_end board_run(struct board *board, uint64_t until, int *status);

#endif
