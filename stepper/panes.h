/*
 * panes.h: what each pane shows. Each fills the inside of its frame.
 */
#ifndef TRIVIUM_STEPPER_PANES_H
#define TRIVIUM_STEPPER_PANES_H

#include "stepper/stepper.h"
#include "view/grid.h"

typedef void pane_draw(struct area area, const struct stepper *stepper);

pane_draw pane_output_draw, pane_source_draw, pane_guest_draw, pane_ir_draw, pane_host_draw,
    pane_phases_draw, pane_registers_draw, pane_homes_draw, pane_cache_draw, pane_events_draw;

/* How many bytes were written up to here. */
size_t output_end(const struct step *step);

/* Has it a line for each thing that the block is made of (rows.h)? */
bool pane_is_code(enum pane pane);

enum { PANE_TWO_COLUMNS = 58 /* the least width for an IR pane with before and after */ };

/* The guest instruction of the block that line `y` of the pane is about, whose inside has so many
 * lines; -1: none. */
int pane_insn_at(const struct stepper *stepper, enum pane pane, int height, int y);

/* The first instruction of the block that is of the source line there; -1: none. And the file. */
int source_insn_at(const struct stepper *stepper, int height, int y);
void source_remark(const struct stepper *stepper, char *text, size_t size);

/* What is to be said of what any pane shows, so wide, such as the number of the block. */
void pane_remark(const struct stepper *stepper, enum pane pane, int width, char *text, size_t size);

/* How many operations a pass has removed, and made others. */
void phase_effect(const struct kept *kept, unsigned phase, unsigned *removed, unsigned *changed);

/* Lights an instruction; the lines of that pane, whose inside has so many, stay where they are. */
void pane_select(struct stepper *stepper, enum pane pane, int height, unsigned insn);

/* The phases in one line. */
void phases_line(struct area area, const struct stepper *stepper);

/* Which two phases the IR pane shows; *before is -1 where there is none. */
void shown_phases(const struct stepper *stepper, int *before, unsigned *after);

/* The operations after it. */
const struct ir_block *shown_after(const struct stepper *stepper);

/* Is the translation looked at phase by phase, or operation by operation? */
bool is_in_phases(const struct stepper *stepper);

/* The guest registers that a host instruction is about: "a4 sp". */
void host_line_guests(const struct kept *kept, const char *text, char *names, size_t size);

#endif
