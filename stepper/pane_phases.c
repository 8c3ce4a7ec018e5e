/* pane_phases.c: the phases of the block's translation; see panes.h. */
#include <stdio.h>

#include "stepper/panes.h"
#include "view/glyph.h"

enum { SPACIOUS = 76 /* columns for all names with blanks between */ };

/* The phase that is looked at; behind the last one, when the block is run. */
static unsigned current(const struct stepper *stepper)
{
    return is_in_phases(stepper) ? stepper->step->phase : stepper->block.kept->count;
}

static int draw_name(struct area area, int x, const char *name, bool changed, bool here)
{
    char text[32];
    int start = x;

    if (here)
        area_put(area, x++, 0, GLYPH_TRIANGLE, ROLE_STRONG);
    snprintf(text, sizeof text, changed ? "[%s]" : "%s", name);
    x = area_text(area, x, 0, here ? ROLE_STRONG : ROLE_TEXT, text);
    if (here)
        area_ground(area, start, 0, x - start, ROLE_BAND);
    return x;
}

void phases_line(struct area area, const struct stepper *stepper)
{
    const struct kept *kept = stepper->block.kept;
    int gap = area.width < SPACIOUS ? 0 : 1, x = area_text(area, 0, 0, ROLE_DIM, "bytes") + gap;

    if (kept == NULL)
        return;
    for (unsigned i = 0; i <= kept->count; i++) {
        const struct kept_phase *at = i < kept->count ? &kept->phases[i] : NULL;

        area_put(area, x, 0, GLYPH_ARROW, ROLE_DIM);
        x = draw_name(area, x + 1 + gap, at != NULL ? phase_name(&at->phase) : "run",
                      at != NULL && at->phase.kind == PHASE_PASS && at->changed,
                      i == current(stepper)) +
            gap;
    }
    area_cut(area, x + 2, 0, area.width - x - 2, ROLE_DIM, "[ ] has changed something");
}

/* How many operations a pass has removed, and made others. */
void phase_effect(const struct kept *kept, unsigned phase, unsigned *removed, unsigned *changed)
{
    const struct ir_block *block = &kept->phases[phase].block;
    const struct ir_block *before = &kept->phases[phase > 0 ? phase - 1 : 0].block;

    *removed = *changed = 0;
    for (unsigned i = 0; i < block->op_count; i++) {
        if (block->ops[i].removed != before->ops[i].removed)
            ++*removed;
        else if (!ir_is_same_op(&block->ops[i], &before->ops[i]))
            ++*changed;
    }
}

static void draw_phase(struct area area, int y, const struct stepper *stepper, unsigned number)
{
    const struct kept *kept = stepper->block.kept;
    const struct kept_phase *at = &kept->phases[number];
    unsigned removed, changed;
    char text[96] = "";

    phase_effect(kept, number, &removed, &changed);
    switch (at->phase.kind) {
    case PHASE_LIFT:
        snprintf(text, sizeof text, "%u operations of %u instructions", at->block.op_count,
                 at->block.insn_count);
        break;
    case PHASE_PASS:
        if (at->changed)
            snprintf(text, sizeof text, "%u changed, %u removed", changed, removed);
        else
            snprintf(text, sizeof text, "nothing here");
        break;
    case PHASE_HOMES: break;
    case PHASE_EMIT: snprintf(text, sizeof text, "%u bytes", kept->size); break;
    }
    if (number == current(stepper)) {
        area_put(area, 0, y, GLYPH_TRIANGLE, ROLE_STRONG);
        area_ground(area, 0, y, area.width, ROLE_BAND);
    }
    area_text(area, 2, y, number == current(stepper) ? ROLE_STRONG : ROLE_TEXT,
              phase_name(&at->phase));
    area_cut(area, 12, y, 40, ROLE_TEXT, phase_meaning(&at->phase));
    area_cut(area, 54, y, area.width - 54, ROLE_TEXT, text);
}

/* Where it has room: one in a line, with what it does and has done. */
void pane_phases_draw(struct area area, const struct stepper *stepper)
{
    const struct kept *kept = stepper->block.kept;

    if (area.height == 1 || kept == NULL) {
        phases_line(area, stepper);
        return;
    }
    for (unsigned i = 0; i < kept->count; i++)
        draw_phase(area, (int)i, stepper, i);
}
