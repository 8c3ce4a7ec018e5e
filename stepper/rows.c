/* rows.c: see rows.h. */
#include "stepper/rows.h"

#include <stdlib.h>

#include "stepper/panes.h"

void rows_fini(struct rows *rows)
{
    free(rows->rows);
}

static void add(struct rows *rows, enum row_kind kind, uint8_t insn, unsigned index)
{
    rows->rows[rows->count++] = (struct row){kind, insn, (uint16_t)index};
}

/* A title wherever the code goes on elsewhere. */
static void make_guest(struct rows *rows, const struct ir_block *block)
{
    for (unsigned i = 0; i < block->insn_count; i++) {
        const struct ir_insn *before = i > 0 ? &block->insns[i - 1] : NULL;

        if (before == NULL || before->pc + before->insn.length != block->insns[i].pc)
            add(rows, ROW_TITLE, (uint8_t)i, i);
        add(rows, ROW_CODE, (uint8_t)i, i);
    }
}

static void make_ir(struct rows *rows, const struct stepper *stepper)
{
    const struct ir_block *block = shown_after(stepper);

    for (unsigned i = 0; i < block->op_count; i++) {
        uint8_t insn = (uint8_t)block->ops[i].insn;

        add(rows, ROW_CODE, insn, i);
        if (insn == stepper->look.selected && ir_reason(&block->ops[i])[0] != '\0')
            add(rows, ROW_REASON, insn, i);
    }
}

static void make_host(struct rows *rows, const struct block_text *block)
{
    for (unsigned i = 0; i < block->count; i++) {
        const struct host_line *line = &block->lines[i];

        if (line->cold && !block->lines[i - 1].cold)
            add(rows, ROW_TITLE, BLOCK_TEXT_NO_INSN, i);
        add(rows, ROW_CODE, line->insn, i);
    }
}

/* The first row of that instruction, from `from` on; count: none. */
static unsigned find_insn(const struct rows *rows, unsigned insn)
{
    unsigned i = 0;

    while (i < rows->count && (rows->rows[i].insn != insn || rows->rows[i].kind != ROW_CODE))
        i++;
    return i;
}

static unsigned find_index(const struct rows *rows, unsigned index)
{
    unsigned i = 0;

    while (i < rows->count && (rows->rows[i].index != index || rows->rows[i].kind != ROW_CODE))
        i++;
    return i;
}

/* The row of a host instruction that was, or will be, executed. */
static unsigned find_state(const struct rows *rows, const struct stepper *stepper, unsigned number)
{
    const struct block_text *block = &stepper->block;
    unsigned i = 0;

    while (i < block->count && block->lines[i].offset != stepper->step->trace.states[number].pc)
        i++;
    return find_index(rows, i);
}

static void mark(struct rows *rows, const struct stepper *stepper, enum pane pane)
{
    const struct step *step = stepper->step;
    unsigned done = step_done_in_block(step);

    rows->next = find_insn(rows, done);
    rows->previous = done > 0 ? find_insn(rows, done - 1) : rows->count;
    rows->focus = find_insn(rows, stepper->look.selected);
    if (pane == PANE_IR && stepper->look.level == LEVEL_OP) {
        rows->next = rows->focus = find_index(rows, step->op);
        rows->previous = step->op > 0 ? find_index(rows, step->op - 1) : rows->count;
    }
    if (pane == PANE_HOST && stepper->look.level == LEVEL_HOST && step->trace.states != NULL) {
        rows->next = rows->focus = find_state(rows, stepper, step->host);
        rows->previous = step->host > 0 ? find_state(rows, stepper, step->host - 1) : rows->count;
    }
    if (rows->focus == rows->count)
        rows->focus = 0;
}

void rows_make(struct rows *rows, const struct stepper *stepper, enum pane pane)
{
    const struct block_text *block = &stepper->block;

    *rows = (struct rows){0};
    if (block->kept == NULL)
        return;
    /* Not more than two for each thing that there is. */
    rows->rows = calloc(2 * ((size_t)IR_OPS_MAX + block->count), sizeof *rows->rows);
    if (rows->rows == NULL)
        err_die_oom();
    if (pane == PANE_GUEST)
        make_guest(rows, block_text_lifted(block));
    else if (pane == PANE_IR)
        make_ir(rows, stepper);
    else
        make_host(rows, block);
    mark(rows, stepper, pane);
}

unsigned rows_top(const struct rows *rows, int height, int scroll)
{
    int most = (int)rows->count - height, top = (int)rows->focus - height / 2 + scroll;

    if (top > most)
        top = most;
    return top < 0 ? 0 : (unsigned)top;
}
