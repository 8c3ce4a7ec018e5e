/*
 * pane_code.c: the panes of the block's code: the guest's, its IR, the host's; see panes.h.
 *
 *     ▶[c] 1016c  addi a0,sp,0        ▶ comes next, ○ came last
 *     | |
 *     | the letter of the guest instruction, before all that was made of it; in brackets, on a band
 *     mark                                                     if it is the one that is looked at
 */
#include <inttypes.h>
#include <string.h>

#include "emu/isa/disasm.h"
#include "stepper/panes.h"
#include "stepper/rows.h"
#include "view/glyph.h"

enum {
    GUTTER = 5,
    TWO_COLUMNS = PANE_TWO_COLUMNS - GUTTER,
    SPACIOUS = 60,   /* columns for whole addresses, and meanings */
    SHORT_BITS = 20, /* of an address that has no room */
};

bool pane_is_code(enum pane pane)
{
    return pane == PANE_GUEST || pane == PANE_IR || pane == PANE_HOST;
}

bool is_in_phases(const struct stepper *stepper)
{
    return stepper->look.level == LEVEL_PHASE || stepper->look.level == LEVEL_OP;
}

void shown_phases(const struct stepper *stepper, int *before, unsigned *after)
{
    *before = 0;
    *after = block_text_last_pass(&stepper->block);
    if (!is_in_phases(stepper))
        return;
    *after = stepper->step->phase;
    *before = (int)*after - 1;
}

const struct ir_block *shown_after(const struct stepper *stepper)
{
    unsigned after;
    int before;

    shown_phases(stepper, &before, &after);
    return &stepper->block.kept->phases[after].block;
}

static bool is_selected(const struct stepper *stepper, const struct row *row)
{
    return row->insn == stepper->look.selected && row->kind != ROW_TITLE;
}

static void draw_gutter(struct area area, int y, const struct stepper *stepper,
                        const struct rows *rows, unsigned number)
{
    const struct row *row = &rows->rows[number];
    bool selected = is_selected(stepper, row);

    if (selected)
        area_ground(area, 0, y, area.width, ROLE_BAND);
    if (number == rows->next)
        area_put(area, 0, y, GLYPH_TRIANGLE, ROLE_STRONG);
    else if (number == rows->previous)
        area_put(area, 0, y, GLYPH_CIRCLE, ROLE_STRONG);
    if (row->kind != ROW_CODE || row->insn == BLOCK_TEXT_NO_INSN)
        return;
    area_put(area, 2, y, (unsigned char)insn_letter(row->insn), selected ? ROLE_STRONG : ROLE_DIM);
    if (selected) {
        area_put(area, 1, y, '[', ROLE_STRONG);
        area_put(area, 3, y, ']', ROLE_STRONG);
    }
}

typedef void row_draw(struct area text, int y, const struct stepper *stepper, const struct row *row,
                      enum role role);

static void draw_rows(struct area area, const struct stepper *stepper, enum pane pane,
                      row_draw *draw)
{
    struct rows rows;
    struct area text = area_part(area, GUTTER, 0, area.width - GUTTER, area.height);
    unsigned top;

    rows_make(&rows, stepper, pane);
    top = rows_top(&rows, area.height, stepper->scene.scroll[pane]);
    for (int y = 0; y < area.height && top + (unsigned)y < rows.count; y++) {
        const struct row *row = &rows.rows[top + (unsigned)y];

        draw_gutter(area, y, stepper, &rows, top + (unsigned)y);
        draw(row->kind == ROW_TITLE ? area_part(area, 1, 0, area.width - 1, area.height) : text, y,
             stepper, row, is_selected(stepper, row) ? ROLE_STRONG : ROLE_TEXT);
    }
    if (rows.count == 0)
        area_wrap(area, 0, ROLE_DIM,
                  "There is no code here: it cannot be fetched, or has changed since it was "
                  "translated.");
    rows_fini(&rows);
}

int pane_insn_at(const struct stepper *stepper, enum pane pane, int height, int y)
{
    struct rows rows;
    unsigned number;
    int insn = -1;

    if (pane == PANE_SOURCE)
        return source_insn_at(stepper, height, y);
    if (!pane_is_code(pane))
        return -1;
    rows_make(&rows, stepper, pane);
    number = rows_top(&rows, height, stepper->scene.scroll[pane]) + (unsigned)y;
    if (y >= 0 && y < height && number < rows.count && rows.rows[number].insn != BLOCK_TEXT_NO_INSN)
        insn = rows.rows[number].insn;
    rows_fini(&rows);
    return insn;
}

/* Where the first line of the pane is, counted from where it would be without scrolling. */
static int default_top(const struct stepper *stepper, enum pane pane, int height, unsigned *top)
{
    struct rows rows;
    int focus;

    rows_make(&rows, stepper, pane);
    focus = (int)rows.focus;
    if (top != NULL)
        *top = rows_top(&rows, height, stepper->scene.scroll[pane]);
    rows_fini(&rows);
    return focus - height / 2;
}

void pane_select(struct stepper *stepper, enum pane pane, int height, unsigned insn)
{
    unsigned top = 0;

    if (pane_is_code(pane))
        default_top(stepper, pane, height, &top);
    memset(stepper->scene.scroll, 0, sizeof stepper->scene.scroll);
    stepper->look.selected = insn;
    if (pane_is_code(pane))
        stepper->scene.scroll[pane] = (int)top - default_top(stepper, pane, height, NULL);
}

/* "0xffffffc080201e18" becomes "…01e18" where code nearby has the same beginning. */
static void shorten_target(char *text, uint64_t pc)
{
    static const char dots[] = "…";
    char beginning[32], *found;
    size_t length = (size_t)snprintf(beginning, sizeof beginning, "0x%" PRIx64, pc >> SHORT_BITS);

    found = strstr(text, beginning);
    if (found == NULL)
        return;
    memcpy(found, dots, sizeof dots - 1);
    memmove(found + sizeof dots - 1, found + length, strlen(found + length) + 1);
}

static void draw_guest(struct area text, int y, const struct stepper *stepper,
                       const struct row *row, enum role role)
{
    const struct ir_insn *at = &block_text_lifted(&stepper->block)->insns[row->insn];
    char line[128];
    int x;

    if (row->kind == ROW_TITLE) {
        step_symbol(stepper->step, at->pc, line);
        area_cut(text, 0, y, text.width, ROLE_DIM, line[0] != '\0' ? line : "(no name)");
        return;
    }
    isa_disasm_abi(&at->insn, at->pc, line, sizeof line);
    if (text.width < SPACIOUS && at->pc >> SHORT_BITS >> 12 != 0) {
        x = area_print(text, 0, y, role == ROLE_STRONG ? role : ROLE_DIM, "…%05" PRIx64,
                       at->pc & ((1U << SHORT_BITS) - 1));
        shorten_target(line, at->pc);
    } else {
        x = area_print(text, 0, y, role == ROLE_STRONG ? role : ROLE_DIM, "%" PRIx64, at->pc);
    }
    area_cut(text, x + 1, y, text.width - x - 1, role, line);
    if (text.width < SPACIOUS)
        return;
    isa_describe(&at->insn, at->pc, line, sizeof line);
    area_cut(text, 38, y, text.width - 38, role == ROLE_STRONG ? role : ROLE_DIM, line);
}

void pane_guest_draw(struct area area, const struct stepper *stepper)
{
    draw_rows(area, stepper, PANE_GUEST, draw_guest);
}

/* ' ' as before, '~' another, '-' gone: by that phase. */
static char sign_of(const struct ir_op *before, const struct ir_op *after)
{
    if (after->removed != IR_KEPT)
        return before == NULL || before->removed == IR_KEPT ? '-' : '=';
    return before == NULL || ir_is_same_op(before, after) ? ' ' : '~';
}

/* In one column: the operation as it is after the phase; struck if it is gone. */
static void draw_op(struct area text, int y, const struct ir_op *op, char sign, enum role role)
{
    char line[BLOCK_TEXT_LINE];

    op_text(op, line);
    if (op->removed != IR_KEPT)
        role = ROLE_STRUCK;
    area_put(text, 0, y, op->removed != IR_KEPT ? '-' : (unsigned char)sign, ROLE_STRONG);
    area_cut(text, 2, y, text.width - 2, role, line);
}

/* What an operation was made of, before there was any: the word of its instruction. */
static void draw_before(struct area text, int y, const struct stepper *stepper,
                        const struct ir_op *before, const struct ir_op *after, enum role role)
{
    const struct ir_block *lifted = block_text_lifted(&stepper->block);

    if (before == NULL && after->insn < lifted->insn_count)
        area_print(text, 2, y, role, "word %0*" PRIx32, 2 * lifted->insns[after->insn].insn.length,
                   lifted->insns[after->insn].insn.word);
    else if (before != NULL)
        draw_op(text, y, before, ' ', role);
}

static void draw_after(struct area text, int y, const struct ir_op *before,
                       const struct ir_op *after, enum role role)
{
    char sign = sign_of(before, after);
    char line[BLOCK_TEXT_LINE];

    if (sign == '=') /* gone before */
        return;
    if (sign != '-') {
        draw_op(text, y, after, sign, role == ROLE_TEXT && sign == '~' ? ROLE_WARN : role);
        return;
    }
    area_put(text, 0, y, '-', ROLE_STRONG);
    snprintf(line, sizeof line, "%s", ir_reason(after));
    area_cut(text, 2, y, text.width - 2, role == ROLE_TEXT ? ROLE_WARN : role, line);
}

static void draw_ir(struct area text, int y, const struct stepper *stepper, const struct row *row,
                    enum role role)
{
    const struct kept *kept = stepper->block.kept;
    int before_phase, half = text.width / 2;
    const struct ir_op *before, *after;
    unsigned after_phase;
    char line[BLOCK_TEXT_LINE];
    bool hidden = stepper->scene.predict && stepper->look.level == LEVEL_OP &&
                  row->index >= stepper->step->op;

    shown_phases(stepper, &before_phase, &after_phase);
    after = &shown_after(stepper)->ops[row->index];
    before = before_phase < 0 ? NULL : &kept->phases[before_phase].block.ops[row->index];
    if (row->kind == ROW_REASON) {
        snprintf(line, sizeof line, "%s", hidden ? "?" : ir_reason(after));
        if (text_columns(line) > text.width)
            area_cut(text, 0, y, text.width, ROLE_STRONG, line);
        else
            area_right(text, text.width, y, ROLE_STRONG, line);
        return;
    }
    if (hidden)
        area_text(text, text.width < TWO_COLUMNS ? 2 : half + 2, y, role, "?");
    if (text.width < TWO_COLUMNS) {
        if (!hidden)
            draw_op(text, y, after, sign_of(before, after), role);
        return;
    }
    area_put(text, half - 1, y, GLYPH_VERTICAL, ROLE_FRAME);
    draw_before(area_part(text, 0, y, half - 1, 1), 0, stepper, before, after,
                after->removed != IR_KEPT ? ROLE_STRUCK : role);
    if (!hidden)
        draw_after(area_part(text, half, y, text.width - half, 1), 0, before, after, role);
}

void pane_ir_draw(struct area area, const struct stepper *stepper)
{
    draw_rows(area, stepper, PANE_IR, draw_ir);
}

static void draw_host(struct area text, int y, const struct stepper *stepper, const struct row *row,
                      enum role role)
{
    const struct host_line *line = &stepper->block.lines[row->index];
    uint32_t last = stepper->block.start + stepper->block.size;
    int digits = last < 0x10000 ? 4 : last < 0x100000 ? 5 : 7, end;
    char names[48];

    if (row->kind == ROW_TITLE) {
        area_cut(text, 0, y, text.width, ROLE_DIM, "behind the block: rarely needed");
        return;
    }
    area_print(text, 0, y, role == ROLE_STRONG ? role : ROLE_DIM, "%*" PRIx32, digits,
               line->offset);
    end = area_cut(text, digits + 1, y, text.width - digits - 1, role, line->text);
    host_line_guests(stepper->block.kept, line->text, names, sizeof names);
    if (end + 1 + text_columns(names) <= text.width)
        area_right(text, text.width, y, role == ROLE_STRONG ? role : ROLE_DIM, names);
}

void pane_host_draw(struct area area, const struct stepper *stepper)
{
    const struct kept *kept = stepper->block.kept;

    if (kept != NULL && is_in_phases(stepper) &&
        kept->phases[stepper->step->phase].phase.kind != PHASE_EMIT) {
        area_wrap(area, 0, ROLE_DIM, "Host code comes with the phase emit.");
        return;
    }
    if (stepper->block.lacks_capstone) {
        char line[96];

        snprintf(line, sizeof line,
                 "%" PRIu32 " bytes. What they mean Capstone would tell, which "
                 "this host has not (libcapstone4).",
                 stepper->block.size);
        area_wrap(area, 0, ROLE_WARN, line);
        return;
    }
    draw_rows(area, stepper, PANE_HOST, draw_host);
}
