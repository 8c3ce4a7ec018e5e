/*
 * pane_registers.c: the registers: those that the last move has changed, with what they were, then
 * all; host registers where host instructions are stepped. See panes.h.
 */
#include <inttypes.h>

#include "emu/isa/disasm.h"
#include "stepper/panes.h"
#include "view/glyph.h"

enum { COLUMN = 25, NAME_WIDTH = 6 /* "*s10  " */, CHANGED = 39 };

static const char *name_of(unsigned reg)
{
    return isa_register_name('x', reg, NAMES_ABI);
}

/* What the next instruction will write is asked; the row behind. */
static int draw_questions(struct area area, int y, const struct stepper *stepper)
{
    const struct ir_block *lifted = block_text_lifted(&stepper->block);
    const struct hart *hart = step_hart(stepper->step);
    unsigned done = step_done_in_block(stepper->step);
    const struct insn *insn;

    if (!stepper->scene.predict || stepper->look.level != LEVEL_INSN || lifted == NULL ||
        done >= lifted->insn_count)
        return y;
    insn = &lifted->insns[done].insn;
    for (unsigned reg = 1; reg < 32; reg++) {
        if ((isa_writes(insn) >> reg & 1) != 0)
            area_print(area, 0, y++, ROLE_WARN, "?%-4s will be ?   (is 0x%" PRIx64 ")",
                       name_of(reg), hart->x[reg]);
    }
    if (insn->row != NULL && (isa_effects(insn->row) & EFFECT_CHANGES_PC) != 0)
        area_print(area, 0, y++, ROLE_WARN, "?pc   will be ?   (is 0x%" PRIx64 ")", hart->pc);
    return y;
}

static int draw_changed(struct area area, int y, const struct stepper *stepper)
{
    const struct hart *hart = step_hart(stepper->step), *before = &stepper->step->before;
    int count = 0, columns, rows, most;
    unsigned changed[32];

    if (hart->mhartid != before->mhartid) {
        area_print(area, 0, y, ROLE_WARN, "*hart %" PRIu64 ", was hart %" PRIu64, hart->mhartid,
                   before->mhartid);
        return y + 1;
    }
    if (hart->mode != before->mode)
        area_print(area, 0, y++, ROLE_WARN, "*mode %c, was %c", mode_letter((enum mode)hart->mode),
                   mode_letter((enum mode)before->mode));
    for (unsigned reg = 1; reg < 32; reg++) {
        if (hart->x[reg] != before->x[reg])
            changed[count++] = reg;
    }
    most = area.height / 2 > 3 ? area.height / 2 : 3;
    columns = count > 1 && area.width >= 2 * CHANGED ? area.width / CHANGED : 1;
    rows = (count + columns - 1) / columns;
    if (rows > most) { /* all are below, too, with their mark */
        area_print(area, 0, y + most - 1, ROLE_WARN, "* and %d more", count - columns * (most - 1));
        rows = most;
        count = columns * --most;
    } else {
        most = rows;
    }
    for (int i = 0; i < count; i++)
        area_print(area, i / most * CHANGED, y + i % most, ROLE_WARN,
                   "*%-4s 0x%" PRIx64 "  was 0x%" PRIx64, name_of(changed[i]), hart->x[changed[i]],
                   before->x[changed[i]]);
    return y + rows;
}

/* Those that the host instruction that is looked at changes. */
static int draw_host_changes(struct area area, int y, const struct stepper *stepper)
{
    const struct host_trace *trace = &stepper->step->trace;
    const struct host_state *at = &trace->states[stepper->step->host], *next = at + 1;
    bool any = false;

    for (unsigned reg = 0; reg < HOST_REGISTERS; reg++) {
        const char *home = kept_guest_in(stepper->block.kept, (enum x86_reg)reg);

        if (next->registers[reg] == at->registers[reg] || reg == X86_RSP)
            continue;
        area_print(area, 0, y++, ROLE_WARN, "*%-3s %s%s%s 0x%" PRIx64 "  was 0x%" PRIx64,
                   x86_reg_name((enum x86_reg)reg), home[0] != '\0' ? "(" : "", home,
                   home[0] != '\0' ? ")" : "", next->registers[reg], at->registers[reg]);
        any = true;
    }
    if (!any)
        area_text(area, 0, y++, ROLE_DIM, "no host register changes");
    return y;
}

/* All of the host, as they are before the instruction. */
static void draw_host_all(struct area area, int y, const struct stepper *stepper)
{
    const struct host_state *at = &stepper->step->trace.states[stepper->step->host];
    int columns = area.width / (COLUMN + 4) > 0 ? area.width / (COLUMN + 4) : 1;
    int rows = (HOST_REGISTERS + columns - 1) / columns;

    for (int reg = 0; reg < HOST_REGISTERS; reg++) {
        int x = reg / rows * (COLUMN + 4), line = y + reg % rows;

        if (reg == X86_RSP)
            area_text(area, x, line, ROLE_DIM, " rsp      Trivium's own stack");
        else
            area_print(area, x, line, ROLE_TEXT, " %-3s %-4s 0x%" PRIx64,
                       x86_reg_name((enum x86_reg)reg),
                       kept_guest_in(stepper->block.kept, (enum x86_reg)reg), at->registers[reg]);
    }
}

/* Those that are 0, in one line, as they say least. */
static void draw_zeros(struct area area, int y, const struct hart *hart)
{
    int x = area_text(area, 0, y, ROLE_DIM, " 0:");

    for (unsigned reg = 1; reg < 32 && x + 4 < area.width; reg++) {
        if (hart->x[reg] == 0)
            x = area_print(area, x, y, ROLE_DIM, " %s", name_of(reg));
    }
}

static int columns_of(const struct hart *hart, int width)
{
    int digits = 1, columns;

    for (unsigned reg = 1; reg < 32; reg++) {
        int count = 1;

        for (uint64_t rest = hart->x[reg] >> 4; rest != 0; rest >>= 4)
            count++;
        digits = count > digits ? count : digits;
    }
    columns = (width + 1) / (NAME_WIDTH + digits + 3);
    return columns > 0 ? columns : 1;
}

/* In as many columns as there is room for, from top to bottom. */
static void draw_all(struct area area, int y, const struct stepper *stepper)
{
    const struct hart *hart = step_hart(stepper->step), *before = &stepper->step->before;
    int columns = columns_of(hart, area.width), count = 0, rows, i = 0;

    area_print(area, 0, y++, ROLE_TEXT, " pc   0x%" PRIx64 "  hart %" PRIu64 "  mode %c", hart->pc,
               hart->mhartid, mode_letter((enum mode)hart->mode));
    for (unsigned reg = 1; reg < 32; reg++)
        count += hart->x[reg] != 0;
    rows = (count + columns - 1) / columns;
    for (unsigned reg = 1; reg < 32; reg++) {
        bool changed = hart->mhartid == before->mhartid && hart->x[reg] != before->x[reg];

        if (hart->x[reg] == 0)
            continue;
        area_print(area, i / rows * ((area.width + 1) / columns), y + i % rows,
                   changed ? ROLE_WARN : ROLE_TEXT, "%c%-4s 0x%" PRIx64, changed ? '*' : ' ',
                   name_of(reg), hart->x[reg]);
        i++;
    }
    draw_zeros(area, y + rows, hart);
}

void pane_registers_draw(struct area area, const struct stepper *stepper)
{
    int y = -stepper->scene.scroll[PANE_REGISTERS], first = y;

    if (stepper->look.level == LEVEL_HOST && stepper->step->trace.states != NULL) {
        y = draw_host_changes(area, y, stepper);
        draw_host_all(area, y + 1, stepper);
        return;
    }
    y = draw_questions(area, y, stepper);
    y = draw_changed(area, y, stepper);
    for (int x = 0; y > first && x < area.width; x++)
        area_put(area, x, y, GLYPH_DASHED, ROLE_FRAME);
    draw_all(area, y + (y > first), stepper);
}
