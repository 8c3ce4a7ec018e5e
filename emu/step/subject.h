/*
 * subject.h: what is stepped: a process, or a machine with a kernel. Both under the translator,
 * both determined: time is a count, and what the outside answers is asked once only.
 *
 * A *position* is a count from the start: of instructions that a process has retired, of steps of a
 * board (emu/board/run.c). Everything is a matter of the position: memory, registers, blocks.
 *
 * Read next: subject_process.c, subject_board.c; then history.h, which goes back and forth.
 */
#ifndef TRIVIUM_EMU_STEP_SUBJECT_H
#define TRIVIUM_EMU_STEP_SUBJECT_H

#include "emu/board/board.h"
#include "emu/cpu/machine.h"
#include "emu/cpu/pages.h"
#include "emu/user/user.h"
#include "lib/err.h"

struct subject;
struct subject_saved;

/* Why a run came back. */
enum subject_stop {
    SUBJECT_COUNT,   /* the position is the one that was asked for */
    SUBJECT_ENDED,   /* the program, or the machine, has ended: end_text() says how */
    SUBJECT_REFUSED, /* what it wants to do could not be undone: the same */
};

/* What a hart of a machine does. */
enum hart_doing {
    HART_TURN,    /* it is its turn: it executes */
    HART_READY,   /* it could, and its turn comes */
    HART_WAITS,   /* for an interrupt: wfi */
    HART_STOPPED, /* the kernel has not started it */
};

/* Text that the program has written, at that position; once: not when its past is run again. */
typedef void subject_output(void *owner, uint64_t position, const char *text, size_t bytes);

struct subject_ops {
    const char *unit; /* of positions: "instruction", "step" */
    enum subject_stop (*run)(struct subject *subject, uint64_t until);
    uint64_t (*position)(const struct subject *subject);
    struct hart *(*hart)(struct subject *subject); /* that runs, or is the next to do so */
    /* Pages are shared with those of `like`, or NULL (emu/cpu/pages.h). */
    struct subject_saved *(*save)(struct subject *subject, struct page_pool *pool,
                                  const struct subject_saved *like);
    int (*load)(struct subject *subject, const struct subject_saved *saved, struct err *err);
    void (*saved_free)(struct subject_saved *saved);
    size_t (*saved_bytes)(const struct subject_saved *saved); /* without pages */
    uint64_t (*hash)(struct subject *subject);                /* of all but the translator */
    /* Another engine: then what it does to the translator is to be undone by load(). */
    void (*set_engine)(struct subject *subject, const struct engine *engine);
    void (*end_text)(const struct subject *subject, char *text, size_t size);
    void (*free)(struct subject *subject);
    struct hart *(*hart_at)(struct subject *subject, uint64_t number); /* of that mhartid */
    /*
     * Memory, as a process has it, or a machine physically: up to 8 bytes at an address. False:
     * there is none, or it may not be read. Nothing is changed by it.
     */
    bool (*read)(struct subject *subject, uint64_t address, void *to, unsigned bytes);
    /* The address of a gva of the hart that runs: a process has no other. False: there is none. */
    bool (*translate)(struct subject *subject, uint64_t gva, uint64_t *address);
    /* Of a machine: how many harts, and what one does; NULL: it is a process. */
    unsigned (*harts)(const struct subject *subject);
    enum hart_doing (*doing)(const struct subject *subject, uint64_t number);
    /* Types to the console; NULL: there is none. */
    void (*type)(struct subject *subject, const char *text, size_t bytes);
};

struct subject {
    const struct subject_ops *ops;
    struct machine *machine;
    subject_output *output; /* set by whoever takes the subject, before it runs */
    void *owner;            /* of output */
};

/* NULL: err says why. config: engine and totals are chosen here. */
struct subject *subject_process_new(const struct user_config *config, struct err *err);

/* config: engine, host and determinism are chosen here. */
struct subject *subject_board_new(const struct board_config *config, struct err *err);

#endif
