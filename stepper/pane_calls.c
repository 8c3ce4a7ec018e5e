/* pane_calls.c: system calls, harts, and what was counted; see run.h. */
#include <inttypes.h>

#include "stepper/run.h"
#include "view/glyph.h"

enum { CALL_LINE = 200, MOST_CALLED = 6 };

static void draw_call(struct area area, int y, const struct stepper *stepper, int64_t number)
{
    const struct processes *processes = stepper->processes;
    const struct process_record *record = &processes->log[number];
    const struct process_life *life = &processes->now.lives[record->life];
    bool lit = stepper->look.process == record->life, fresh = run_is_fresh(stepper, record->number);
    int64_t result = record->call.result;
    char text[CALL_LINE], position[32], pid[16];
    int x = 12;

    if (result != 0 && result < processes->now.records)
        fresh |= run_is_fresh(stepper, processes->log[result].number);
    area_put(area, 0, y, fresh ? '*' : ' ', ROLE_WARN);
    area_right(area, x, y, ROLE_DIM, grouped(position, record->position));
    if (life->seen.pid != 0) {
        snprintf(pid, sizeof pid, lit ? "[%" PRId32 "]" : "%" PRId32 " ", life->seen.pid);
        area_right(area, x + 7, y, lit ? ROLE_STRONG : ROLE_DIM, pid);
        x += 7;
    }
    call_text(processes, number, text, sizeof text);
    area_cut(area, x + 1, y, area.width - x - 1, fresh ? ROLE_WARN : ROLE_TEXT, text);
}

/* The last ones, the latest at the bottom. */
void run_calls_draw(struct area area, const struct stepper *stepper)
{
    const struct processes *processes = stepper->processes;
    int skip = -stepper->scene.scroll[RUN_CALLS], y = area.height; /* up is into the past */
    int64_t calls = (int64_t)processes->now.calls, at = processes->now.records - 1;

    if (skip > calls - area.height)
        skip = calls > area.height ? (int)(calls - area.height) : 0;
    if (calls < area.height)
        y = (int)calls;
    if (calls == 0)
        area_wrap(area, 0, ROLE_DIM, "No program has called its kernel so far.");
    for (; at >= 0 && y > 0; at--) {
        if (processes->log[at].kind == RECORD_CALL && skip-- <= 0)
            draw_call(area, --y, stepper, at);
    }
}

/* What a hart does, and why it does not go on. */
static const char *doing_text(const struct stepper *stepper, uint64_t hart)
{
    const struct subject *subject = stepper->step->subject;

    if (stepper->step->has_ended)
        return "it does not go on: see below";
    if (subject->ops->doing == NULL)
        return "executes; its kernel is the host's";
    switch (subject->ops->doing(subject, hart)) {
    case HART_TURN: return "it is its turn: it executes";
    case HART_READY: return "could go on: its turn comes";
    case HART_WAITS: return "waits for an interrupt (wfi)";
    case HART_STOPPED: return "the kernel has not started it";
    }
    return "";
}

/* The row behind. */
static int draw_hart(struct area area, int y, const struct stepper *stepper, uint64_t number)
{
    const struct step *step = stepper->step;
    const struct hart *hart = step->subject->ops->hart_at(step->subject, number);
    int life = processes_on_hart(stepper->processes, number), x;
    bool turn = step_hart(step) == hart;
    char symbol[80];

    area_put(area, 0, y, turn ? GLYPH_TRIANGLE : ' ', ROLE_STRONG);
    x = area_print(area, 1, y, turn ? ROLE_STRONG : ROLE_TEXT, "hart %" PRIu64 "  mode %c", number,
                   mode_letter((enum mode)hart->mode));
    if (life >= 0 && stepper->processes->view.known)
        area_print(area, x, y, ROLE_TEXT, "  pid %" PRId32 " %s",
                   stepper->processes->now.lives[life].seen.pid,
                   stepper->processes->now.lives[life].seen.name);
    else if (stepper->processes->view.known)
        area_text(area, x, y, ROLE_DIM, "  no process");
    y++;
    x = area_print(area, 3, y, ROLE_TEXT, "0x%" PRIx64 " ", hart->pc);
    area_cut(area, x, y, area.width - x, ROLE_TEXT, step_symbol(step, hart->pc, symbol));
    y++;
    area_text(area, 3, y++, ROLE_DIM, doing_text(stepper, number));
    return y;
}

void run_harts_draw(struct area area, const struct stepper *stepper)
{
    const struct subject *subject = stepper->step->subject;
    unsigned harts = subject->ops->harts != NULL ? subject->ops->harts(subject) : 1;
    int y = -3 * stepper->scene.scroll[RUN_HARTS];

    for (unsigned hart = 0; hart < harts; hart++)
        y = draw_hart(area, y, stepper, hart);
}

static int draw_counter(struct area area, int y, uint64_t count, const char *what)
{
    char number[32];

    area_right(area, 13, y, ROLE_TEXT, grouped(number, count));
    area_cut(area, 15, y, area.width - 15, ROLE_TEXT, what);
    return y + 1;
}

/* The calls that were made most, of each number: the row behind. */
static int draw_most_called(struct area area, int y, const struct event_totals *totals)
{
    bool told[HISTORY_CALLS] = {false};

    for (unsigned i = 0; i < MOST_CALLED; i++) {
        unsigned most = 0;
        char text[48];

        for (unsigned call = 0; call < HISTORY_CALLS; call++) {
            if (!told[call] && (told[most] || totals->calls[call] > totals->calls[most]))
                most = call;
        }
        if (told[most] || totals->calls[most] == 0)
            break;
        told[most] = true;
        snprintf(text, sizeof text, "  %s",
                 user_syscall_name(most) != NULL ? user_syscall_name(most) : "others");
        y = draw_counter(area, y, totals->calls[most], text);
    }
    return y;
}

void run_counters_draw(struct area area, const struct stepper *stepper)
{
    const struct step *step = stepper->step;
    const struct event_totals *totals = &step->history->totals;
    const struct process_lives *now = &stepper->processes->now;
    bool is_host = stepper->processes->is_host;
    uint64_t calls = 0;
    int y = -stepper->scene.scroll[RUN_COUNTERS];

    for (unsigned i = 0; i < HISTORY_CALLS; i++)
        calls += totals->calls[i];
    y = draw_counter(area, y, step_position(step),
                     is_host ? "instructions" : "steps of the machine");
    if (stepper->processes->view.known) {
        y = draw_counter(area, y, now->forks, "forks (F)");
        y = draw_counter(area, y, now->execs, "execs (E)");
        y = draw_counter(area, y, now->exits, "exits (X)");
    }
    y = draw_counter(area, y, output_end(step), "bytes written");
    y = draw_counter(area, y, calls, "system calls (.)");
    y = draw_most_called(area, y, totals);
    if (is_host)
        return;
    y = draw_counter(area, y, totals->kinds[EVENT_TRAP], "traps, calls too");
    y = draw_counter(area, y, totals->kinds[EVENT_INTERRUPT], "interrupts");
    y = draw_counter(area, y, totals->kinds[EVENT_SWITCH], "other page tables");
    y = draw_counter(area, y, totals->kinds[EVENT_TLB_FILL], "pages into a TLB");
    draw_counter(area, y, totals->kinds[EVENT_DEVICE], "device accesses");
}
