/*
 * rows.h: the lines of the panes that show code, before they are drawn: which instruction each is
 * of, and which of them there is room for.
 */
#ifndef TRIVIUM_STEPPER_ROWS_H
#define TRIVIUM_STEPPER_ROWS_H

#include "stepper/stepper.h"

enum row_kind {
    ROW_TITLE,  /* of what follows */
    ROW_CODE,   /* an instruction or an operation */
    ROW_REASON, /* why the operation above it is another, or has gone */
};

struct row {
    enum row_kind kind;
    uint8_t insn;   /* of the block's; BLOCK_TEXT_NO_INSN: of none */
    uint16_t index; /* of the instruction, operation, or host line */
};

struct rows {
    struct row *rows; /* owned */
    unsigned count;
    unsigned focus;          /* the one that should be seen */
    unsigned next, previous; /* which are marked so; count: none */
};

/* Of PANE_GUEST, PANE_IR or PANE_HOST; of none if there is no code. To be freed by rows_fini(). */
void rows_make(struct rows *rows, const struct stepper *stepper, enum pane pane);
void rows_fini(struct rows *rows);

/* The first that is shown where there are `height` lines. */
unsigned rows_top(const struct rows *rows, int height, int scroll);

#endif
