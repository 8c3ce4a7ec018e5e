/* step.c: see step.h. */
#include "emu/step/step.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/dbt/dbt.h"

enum { CHUNK_FIRST = 256, CHUNK_MAX = 1 << 20 }; /* positions, when an event is looked for */

static void note_output(void *owner, uint64_t position, const char *text, size_t bytes)
{
    struct step *step = owner;

    for (size_t i = 0; i < bytes; i++) {
        size_t count = step->written_count;

        if ((count & (count - 1)) == 0) { /* doubled whenever it is a power of two */
            step->written =
                realloc(step->written, (count == 0 ? 1 : 2 * count) * sizeof *step->written);
            if (step->written == NULL)
                err_die_oom();
        }
        step->written[step->written_count++] = (struct written){position, text[i]};
    }
}

void step_init(struct step *step, struct subject *subject, const struct elf_symbols *symbols)
{
    *step = (struct step){.subject = subject,
                          .symbols = symbols,
                          .history = malloc(sizeof *step->history),
                          .kept = calloc(1, sizeof *step->kept)};
    if (step->history == NULL || step->kept == NULL)
        err_die_oom();
    subject->output = note_output;
    subject->owner = step;
    history_init(step->history, subject);
    step->before = *step_hart(step);
}

void step_fini(struct step *step)
{
    history_fini(step->history);
    free(step->history);
    kept_fini(step->kept);
    free(step->kept);
    free(step->written);
    host_trace_fini(&step->trace);
    step->subject->ops->free(step->subject);
}

uint64_t step_position(const struct step *step)
{
    return history_position(step->history);
}

const struct hart *step_hart(const struct step *step)
{
    return step->subject->ops->hart(step->subject);
}

/* A move begins: what is there now is what it was. */
static void begin(struct step *step)
{
    step->before = *step_hart(step);
    step->before_totals = step->history->totals;
}

/* A move is over. */
static enum step_result end(struct step *step, enum subject_stop stop)
{
    kept_fini(step->kept);
    host_trace_fini(&step->trace);
    step->has_kept = false;
    step->phase = 0;
    step->op = 0;
    step->has_ended = stop != SUBJECT_COUNT;
    return step->has_ended ? STEP_ENDED : STEP_DONE;
}

/* Part of a move. */
static int go(struct step *step, uint64_t position, enum subject_stop *stop, struct err *err)
{
    return history_go(step->history, position, stop, err);
}

static enum step_result move_to(struct step *step, uint64_t position, struct err *err)
{
    enum subject_stop stop;

    if (go(step, position, &stop, err) < 0)
        return STEP_FAILED;
    return end(step, stop);
}

enum step_result step_go(struct step *step, uint64_t position, struct err *err)
{
    begin(step);
    return move_to(step, position, err);
}

enum step_result step_insns(struct step *step, uint64_t count, struct err *err)
{
    uint64_t here = step_position(step);

    begin(step);
    if (step->has_ended)
        return STEP_ENDED;
    return move_to(step, count < UINT64_MAX - here ? here + count : UINT64_MAX, err);
}

enum step_result step_insns_back(struct step *step, uint64_t count, struct err *err)
{
    uint64_t here = step_position(step);

    if (here == 0)
        return STEP_NOWHERE;
    return step_go(step, count < here ? here - count : 0, err);
}

/* To where the block ends, or cold code is left for the next look-up. */
enum step_result step_block(struct step *step, struct err *err)
{
    struct machine *machine = step->subject->machine;
    enum subject_stop stop = SUBJECT_COUNT;
    struct dbt_place place;

    (void)err;
    begin(step);
    if (step->has_ended)
        return STEP_ENDED;
    do {
        stop = history_run(step->history, step_position(step) + 1);
        place = dbt_place(machine);
    } while (stop == SUBJECT_COUNT && place.done > 0);
    return end(step, stop);
}

enum step_result step_block_back(struct step *step, struct err *err)
{
    enum subject_stop stop;
    struct dbt_place place;
    uint64_t here = step_position(step);

    if (here == 0)
        return STEP_NOWHERE;
    begin(step);
    if (go(step, here - 1, &stop, err) < 0)
        return STEP_FAILED;
    place = dbt_place(step->subject->machine);
    return move_to(step, here - 1 - place.done, err);
}

static uint64_t count_of(const struct event_totals *totals, unsigned kinds)
{
    uint64_t count = 0;

    for (unsigned kind = 0; kind < EVENT_KIND_COUNT; kind++)
        count += (kinds >> kind & 1) != 0 ? totals->kinds[kind] : 0;
    return count;
}

/* The first position in (low, high] at which more than `count` have happened: there is one. */
static enum step_result narrow(struct step *step, uint64_t low, uint64_t high, unsigned kinds,
                               uint64_t count, struct err *err)
{
    enum subject_stop stop;

    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;

        if (go(step, middle, &stop, err) < 0)
            return STEP_FAILED;
        if (count_of(&step->history->totals, kinds) > count)
            high = middle;
        else
            low = middle;
    }
    return move_to(step, high, err);
}

/* Not beyond `limit`. */
static enum step_result find_event(struct step *step, unsigned kinds, uint64_t limit,
                                   struct err *err)
{
    uint64_t count = count_of(&step->history->totals, kinds);
    uint64_t chunk = CHUNK_FIRST;
    enum subject_stop stop = SUBJECT_COUNT;

    while (stop == SUBJECT_COUNT && step_position(step) < limit) {
        uint64_t low = step_position(step);
        uint64_t high = limit - low < chunk ? limit : low + chunk;

        stop = history_run(step->history, high);
        if (count_of(&step->history->totals, kinds) > count)
            return narrow(step, low, step_position(step), kinds, count, err);
        chunk = 4 * chunk < CHUNK_MAX ? 4 * chunk : CHUNK_MAX;
    }
    return end(step, stop) == STEP_ENDED ? STEP_ENDED : STEP_LIMIT;
}

enum step_result step_event(struct step *step, unsigned kinds, struct err *err)
{
    begin(step);
    if (step->has_ended)
        return STEP_ENDED;
    return find_event(step, kinds, step_position(step) + STEP_RUN_MAX, err);
}

enum step_result step_event_back(struct step *step, unsigned kinds, struct err *err)
{
    const struct history *history = step->history;
    uint64_t here = step_position(step), low = 0, high = here - 1, count;
    enum subject_stop stop;

    if (here == 0)
        return STEP_NOWHERE;
    begin(step);
    if (go(step, here - 1, &stop, err) < 0)
        return STEP_FAILED;
    count = count_of(&history->totals, kinds);
    if (count == 0)
        return move_to(step, 0, err);
    for (unsigned i = 0; i < history->count && history->checkpoints[i].position < high; i++) {
        if (count_of(&history->checkpoints[i].totals, kinds) < count)
            low = history->checkpoints[i].position;
    }
    return narrow(step, low, high, kinds, count - 1, err);
}

static bool is_break(void *owner, const struct hart *hart)
{
    const struct step *step = owner;

    for (unsigned i = 0; i < step->break_count; i++) {
        if (step->breaks[i].pc == hart->pc)
            return true;
    }
    return false;
}

enum step_result step_run(struct step *step, struct err *err)
{
    uint64_t here = step_position(step), limit = here + STEP_RUN_MAX;
    enum step_result result;
    bool found = false;

    begin(step);
    if (step->has_ended)
        return STEP_ENDED;
    if (step->break_count > 0)
        found = history_scout(step->history, here + STEP_SCOUT_MAX, is_break, step, &limit, err);
    if (err->text[0] != '\0')
        return STEP_FAILED;
    if (step->break_events != 0) {
        result = find_event(step, step->break_events, limit, err);
        return found && result == STEP_LIMIT ? STEP_DONE : result;
    }
    if (step->break_count > 0 && !found && limit < here + STEP_SCOUT_MAX)
        limit = here + STEP_RUN_MAX; /* it has come to its end: so do we */
    result = move_to(step, limit, err);
    return result == STEP_DONE && !found ? STEP_LIMIT : result;
}

/* The last breakpoint between two positions, the first of which is where we are; 0: none. */
static uint64_t last_break(struct step *step, uint64_t until, struct err *err)
{
    uint64_t last = 0, position = step_position(step);
    enum subject_stop stop = SUBJECT_COUNT;

    if (is_break(step, step_hart(step)))
        last = position;
    while (stop == SUBJECT_COUNT && err->text[0] == '\0' &&
           history_scout(step->history, until, is_break, step, &position, err)) {
        if (position >= until)
            break;
        last = position;
        stop = history_run(step->history, position);
    }
    return last;
}

enum step_result step_run_back(struct step *step, struct err *err)
{
    const struct history *history = step->history;
    uint64_t here = step_position(step), until = here, last = 0;
    enum subject_stop stop;

    if (here == 0)
        return STEP_NOWHERE;
    begin(step);
    while (step->break_count > 0 && until > 0 && last == 0) {
        unsigned i = history->count - 1;
        uint64_t from;

        while (history->checkpoints[i].position >= until)
            i--;
        from = history->checkpoints[i].position;
        if (go(step, from, &stop, err) < 0)
            return STEP_FAILED;
        last = last_break(step, until, err);
        if (err->text[0] != '\0')
            return STEP_FAILED;
        until = from;
    }
    return move_to(step, last, err);
}

const struct kept *step_kept(struct step *step)
{
    const struct machine *machine = step->subject->machine;
    const struct hart *hart = step_hart(step);
    struct dbt_place place = dbt_place(machine);

    if (step->has_kept)
        return step->kept;
    step->number = place.block;
    step->is_made = place.in_block || dbt_find(machine, hart, &step->number);
    if (step->is_made)
        step->has_kept = dbt_block_kept(machine, step->number, step->kept);
    else
        step->has_kept = dbt_preview(machine, hart, step->kept);
    if (!step->has_kept)
        kept_fini(step->kept);
    return step->has_kept ? step->kept : NULL;
}

unsigned step_done_in_block(const struct step *step)
{
    struct dbt_place place = dbt_place(step->subject->machine);

    return place.in_block ? place.done : 0;
}

enum step_result step_phase(struct step *step, bool back)
{
    const struct kept *kept = step_kept(step);

    if (kept == NULL || (back ? step->phase == 0 : step->phase + 1 == kept->count))
        return STEP_NOWHERE;
    step->phase += back ? -1U : 1U;
    step->op = 0;
    return STEP_DONE;
}

enum step_result step_op(struct step *step, bool back)
{
    const struct kept *kept = step_kept(step);
    enum step_result result;

    if (kept == NULL)
        return STEP_NOWHERE;
    if (back ? step->op > 0 : step->op + 1 < kept->phases[step->phase].block.op_count) {
        step->op += back ? -1U : 1U;
        return STEP_DONE;
    }
    result = step_phase(step, back);
    if (result == STEP_DONE && back)
        step->op = kept->phases[step->phase].block.op_count - 1;
    return result;
}

/* We go to where the block begins, and come back. */
static enum step_result trace_block(struct step *step, struct err *err)
{
    uint64_t here = step_position(step);
    struct dbt_block_view block;
    enum subject_stop stop;
    int made;

    if (step_kept(step) == NULL || !step->is_made)
        return STEP_NOWHERE;
    dbt_block_view(step->subject->machine, step->number, &block);
    step->host = 0;
    if (go(step, here - step_done_in_block(step), &stop, err) < 0)
        return STEP_FAILED;
    made = host_trace_make(&step->trace, step->history, &block, err);
    if (made < 0)
        host_trace_fini(&step->trace);
    if (go(step, here, &stop, err) < 0 || made < 0)
        return STEP_FAILED;
    return STEP_DONE;
}

enum step_result step_host(struct step *step, bool back, struct err *err)
{
    if (step->trace.states == NULL)
        return trace_block(step, err);
    if (back ? step->host == 0 : step->host + 1 == step->trace.count)
        return STEP_NOWHERE;
    step->host += back ? -1U : 1U;
    return STEP_DONE;
}

const char *step_symbol(const struct step *step, uint64_t pc, char text[80])
{
    uint64_t offset;
    const char *name = step->symbols != NULL ? elf_symbols_find(step->symbols, pc, &offset) : NULL;

    text[0] = '\0';
    if (name != NULL && offset != 0)
        snprintf(text, 80, "%.60s+0x%" PRIx64, name, offset);
    else if (name != NULL)
        snprintf(text, 80, "%.60s", name);
    return text;
}
