/*
 * pane_homes.c: where the block's registers are while it runs, and who reads and writes them; see
 * panes.h.
 *
 *               ▶                    a column for each guest instruction; the next one
 *     a5  rbx   .w.b..r.             r it reads a5, w it writes it, b both
 *     ra  memory  ..r..              in the hart, not in a register of the host
 */
#include "emu/isa/disasm.h"
#include "stepper/panes.h"
#include "view/glyph.h"

enum { STRIP_X = 11 };

static char use_of(const struct insn *insn, unsigned reg)
{
    bool reads = (isa_reads(insn) >> reg & 1) != 0, writes = (isa_writes(insn) >> reg & 1) != 0;

    if (reads)
        return writes ? 'b' : 'r';
    return writes ? 'w' : '\0';
}

static const char *place_of(const struct kept *kept, unsigned reg)
{
    unsigned home = kept->has_homes ? kept->homes.home[reg] : HOMES;

    return home < HOMES ? x86_reg_name(emit_home(home)) : "memory";
}

/* The strip alone is `area`; `first` is its first column's instruction. */
static void draw_strip(struct area area, int y, const struct ir_block *block, unsigned reg,
                       unsigned first)
{
    for (unsigned i = first; i < block->insn_count; i++) {
        char use = use_of(&block->insns[i].insn, reg);

        area_put(area, (int)(i - first), y, use != 0 ? (unsigned char)use : GLYPH_DOT,
                 use == 0     ? ROLE_FRAME
                 : use == 'r' ? ROLE_TEXT
                              : ROLE_WARN);
    }
}

static uint32_t used_registers(const struct ir_block *block)
{
    uint32_t used = 0;

    for (unsigned i = 0; i < block->insn_count; i++)
        used |= isa_reads(&block->insns[i].insn) | isa_writes(&block->insns[i].insn);
    return used;
}

/* The first instruction that has a column, so that the lit one has one. */
static unsigned first_column(const struct ir_block *block, unsigned selected, int width)
{
    unsigned room = width > 1 ? (unsigned)width : 1, first = 0;

    if (block->insn_count > room && selected > room / 2)
        first = selected - room / 2;
    if (block->insn_count > room && first > block->insn_count - room)
        first = block->insn_count - room;
    return first;
}

void pane_homes_draw(struct area area, const struct stepper *stepper)
{
    const struct kept *kept = stepper->block.kept;
    const struct ir_block *block = block_text_lifted(&stepper->block);
    int y = 1 - stepper->scene.scroll[PANE_HOMES];
    struct area strip = area_part(area, STRIP_X, 0, area.width - STRIP_X, area.height);
    unsigned done = step_done_in_block(stepper->step), first;
    uint32_t used;

    if (kept == NULL)
        return;
    if (is_in_phases(stepper) && kept->phases[stepper->step->phase].phase.kind < PHASE_HOMES) {
        area_wrap(area, 0, ROLE_DIM, "Homes are given in the phase homes, after all passes.");
        return;
    }
    used = used_registers(block);
    first = first_column(block, stepper->look.selected, strip.width);
    for (unsigned reg = 1; reg < 32; reg++) {
        if ((used >> reg & 1) == 0)
            continue;
        if (y > 0) {
            area_print(area, 0, y, ROLE_TEXT, "%-3s %s", isa_register_name('x', reg, NAMES_ABI),
                       place_of(kept, reg));
            draw_strip(strip, y, block, reg, first);
        }
        y++;
    }
    for (unsigned i = first; i < block->insn_count; i++)
        area_put(strip, (int)(i - first), 0, (unsigned char)insn_letter(i),
                 i == done ? ROLE_STRONG : ROLE_DIM);
    area_text(area, 0, 0, ROLE_DIM, "guest host");
    for (int line = 0; line < y; line++)
        area_ground(strip, (int)(stepper->look.selected - first), line, 1, ROLE_BAND);
}
