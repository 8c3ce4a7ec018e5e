/*
 * pane_cache.c: the code cache: a tile for each block, and where the current one leads; see
 * panes.h.
 */
#include <inttypes.h>

#include "stepper/panes.h"
#include "view/glyph.h"

enum { TILE = 2 };

/* The current block, one with a jump to another block, one without, one that was dropped. */
static uint32_t tile_of(const struct stepper *stepper, uint32_t number,
                        const struct dbt_block_view *view)
{
    if (stepper->block.kept != NULL && stepper->step->is_made && stepper->step->number == number)
        return GLYPH_DIAMOND;
    if (view->dropped)
        return GLYPH_TIMES;
    for (unsigned i = 0; i < view->exit_count; i++) {
        if (view->exits[i].chained)
            return GLYPH_DISC;
    }
    return GLYPH_CIRCLE;
}

/* The last blocks that there is room for, or those from the current one on; the row behind. */
static int draw_tiles(struct area area, int y, int rows, const struct stepper *stepper,
                      uint32_t blocks)
{
    uint32_t across = area.width < TILE ? 1 : (uint32_t)area.width / TILE;
    uint32_t most = across * (uint32_t)rows, first = blocks > most ? blocks - most : 0;
    uint32_t last = 0;
    struct dbt_block_view view;

    if (stepper->step->is_made && stepper->step->number < first)
        first = stepper->step->number; /* it is seen in any case */
    for (uint32_t i = first; i < blocks && i - first < most; i++) {
        uint32_t at = i - first;
        uint32_t tile;

        last = at / across + 1;
        if (!dbt_block_view(stepper->step->subject->machine, i, &view))
            continue;
        tile = tile_of(stepper, i, &view);
        area_put(area, (int)(at % across) * TILE, y + (int)(at / across), tile,
                 tile == GLYPH_DIAMOND ? ROLE_STRONG : ROLE_TEXT);
        if (tile == GLYPH_DIAMOND)
            area_ground(area, (int)(at % across) * TILE, y + (int)(at / across), 1, ROLE_BAND);
    }
    return y + (int)last;
}

/* How many exits lead to that block, if this one is the first of them; else 0. */
static unsigned exits_to(const struct dbt_block_view *view, unsigned number)
{
    unsigned count = 0;

    for (unsigned i = 0; i < view->exit_count; i++) {
        if (!view->exits[i].chained || view->exits[i].to != view->exits[number].to)
            continue;
        if (i < number)
            return 0;
        count++;
    }
    return count;
}

/* Its exits; the row behind. */
static int draw_exits(struct area area, int y, const struct stepper *stepper,
                      const struct dbt_block_view *view)
{
    unsigned open = 0;
    char symbol[80];

    for (unsigned i = 0; i < view->exit_count; i++) {
        const struct dbt_exit_view *exit = &view->exits[i];
        unsigned count = exit->chained ? exits_to(view, i) : 0;

        open += !exit->chained;
        if (count > 0)
            area_print(area, 0, y++, ROLE_TEXT, "  %u exit%s chained to #%u, 0x%" PRIx64 " %s",
                       count, count == 1 ? "" : "s", exit->to, exit->target,
                       step_symbol(stepper->step, exit->target, symbol));
    }
    if (open > 0)
        area_print(area, 0, y++, ROLE_DIM, "  %u exit%s by way of the dispatcher", open,
                   open == 1 ? "" : "s");
    return y;
}

/* Blocks that jump to this one. */
static void draw_entries(struct area area, int y, const struct stepper *stepper, uint32_t blocks)
{
    const struct step *step = stepper->step;
    struct dbt_block_view view;
    int x = area_text(area, 0, y, ROLE_DIM, "  entered from");
    bool any = false;

    for (uint32_t i = 0; i < blocks && x < area.width - 6; i++) {
        if (!dbt_block_view(step->subject->machine, i, &view))
            continue;
        for (unsigned k = 0; k < view.exit_count; k++) {
            if (!view.exits[k].chained || view.exits[k].to != step->number)
                continue;
            x = area_print(area, x, y, ROLE_TEXT, " #%u", i);
            any = true;
            break;
        }
    }
    if (!any)
        area_text(area, x, y, ROLE_DIM, " the dispatcher only");
}

void pane_cache_draw(struct area area, const struct stepper *stepper)
{
    struct step *step = stepper->step;
    struct dbt_cache_view cache = dbt_cache_view(step->subject->machine);
    struct dbt_block_view view;
    int y = -stepper->scene.scroll[PANE_CACHE];

    area_print(area, 0, y++, ROLE_TEXT, "%u block%s, %u bytes; %u of %u exits chained",
               cache.blocks, cache.blocks == 1 ? "" : "s", cache.code_used, cache.chained,
               cache.exits);
    y = draw_tiles(area, y, area.height > 8 ? area.height - 6 : 1, stepper, cache.blocks);
    if (stepper->block.kept != NULL && step->is_made &&
        dbt_block_view(step->subject->machine, step->number, &view)) {
        char symbol[80];

        area_print(area, 0, y++, ROLE_TEXT, "#%u 0x%" PRIx64 " %s", step->number, view.pc,
                   step_symbol(step, view.pc, symbol));
        area_print(area, 0, y++, ROLE_TEXT, "  %u instructions, %u bytes", view.insns,
                   view.code_end - view.code);
        y = draw_exits(area, y, stepper, &view);
        draw_entries(area, y++, stepper, cache.blocks);
    } else {
        unsigned left = dbt_entries_left(step->subject->machine, step_hart(step));

        area_text(area, 0, y++, ROLE_TEXT, "no block here yet");
        if (left == 0)
            area_text(area, 0, y++, ROLE_TEXT, "  the next step makes one");
        else
            area_print(area, 0, y++, ROLE_TEXT, "  cold: interpreted %u more time%s", left,
                       left == 1 ? "" : "s");
    }
}
