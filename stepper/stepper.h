/*
 * stepper.h: the stepper on a screen: the program that is stepped (emu/step/step.h), and what of it
 * is looked at.
 *
 *     keys --control.h--> struct stepper --draw.h--> grid --> terminal, window, text, PNG
 *                           |
 *                           step, the model: moves forward and back
 *
 * Drawing is a function of this struct alone, and changes nothing in it. So a screen is the same as
 * text, on a terminal and in a window.
 *
 * layout.h says which pane is where, pane_*.c draw one each, status.c says what has just happened.
 * It is a scene (view/scene.h): view/loop.h joins it with a screen, view/script.h with a file of
 * commands and keys.
 */
#ifndef TRIVIUM_STEPPER_STEPPER_H
#define TRIVIUM_STEPPER_STEPPER_H

#include "emu/step/processes.h"
#include "stepper/block_text.h"
#include "view/scene.h"

/* What is shown: what the translator makes of the program, or the machine that runs (run.h). */
enum view { VIEW_TRANSLATE, VIEW_RUN, VIEW_COUNT };

/* What one step is. */
enum level { LEVEL_INSN, LEVEL_OP, LEVEL_HOST, LEVEL_PHASE, LEVEL_BLOCK, LEVEL_EVENT, LEVEL_COUNT };

/* The number of a pane is the key that brings it to the front. */
enum pane {
    PANE_OUTPUT,
    PANE_SOURCE,
    PANE_GUEST,
    PANE_IR,
    PANE_HOST,
    PANE_PHASES,
    PANE_REGISTERS,
    PANE_HOMES,
    PANE_CACHE,
    PANE_EVENTS,
    PANE_COUNT
};

/* What is looked at, and how, besides what every scene has. */
struct look {
    enum level level;
    int process;       /* the life that is lit in the view of the run; LIFE_NONE: none */
    unsigned selected; /* the guest instruction of the block that is lit in all panes */
    unsigned kind;     /* of events, for `n`: EVENT_KIND_COUNT is any */
    struct {
        unsigned focus, chosen[SCENE_PANES];
    } left[VIEW_COUNT]; /* the views as they were left: see struct scene */
};

/* The last move. */
struct moved {
    bool any;
    bool back;
    uint64_t from;       /* position */
    struct ir_insn insn; /* that was the next one there; without a row: there was none */
};

struct tour;

struct stepper {
    struct scene scene;
    struct step *step;   /* borrowed */
    const char *command; /* borrowed: what is stepped: "prime --max-prime 100" */
    const char *kind;    /* borrowed: "--user" or "machine" */
    const char *again;   /* borrowed: the command that comes here again */
    const char *sha256;  /* borrowed: of the program's file */
    struct tour *tour;   /* borrowed: its keys lead from stop to stop; NULL: none */
    struct look look;
    struct moved moved;
    struct block_text block;
    struct processes *processes; /* owned */
    uint64_t furthest;           /* position that was ever reached */
};

/* The stepper as a scene, in either view: scene.c. */
extern const struct scene_ops stepper_scenes[VIEW_COUNT];

/* Which view a scene of a stepper shows. */
enum view stepper_view(const struct scene *scene);

/* The other one; the panes that were in front there are so again. */
void stepper_set_view(struct stepper *stepper, enum view view);

/* `step` is at its start, or anywhere else. Texts that are borrowed are set by the caller. */
void stepper_init(struct stepper *stepper, struct step *step);
void stepper_fini(struct stepper *stepper);

/*
 * A move by one of a level, or by a command: first say that it begins, then that it is done. The
 * text of the block is then that of the one where it has led.
 */
void stepper_begin(struct stepper *stepper);
void stepper_end(struct stepper *stepper);

/* What is looked at, and how, is as at first again, but for the colours. */
void stepper_look_afresh(struct stepper *stepper);

/* Lights what is looked at: the operation's instruction, the host's, or the next one; the pane that
 * shows most of it comes to the front. */
void stepper_follow(struct stepper *stepper);

/* The pass that is left out where we are; NULL: none is. */
const struct pass *stepper_left_out(const struct stepper *stepper);

/* "instruction", "IR operation", ..., for people. */
const char *level_title(enum level level);

/* The letter of a guest instruction of the block, which stands before all that was made of it. */
char insn_letter(unsigned insn);

#endif
