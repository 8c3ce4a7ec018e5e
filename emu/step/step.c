/* step.c: see step.h. */
#include "emu/step/step.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/dbt/dbt.h"
#include "emu/dbt/log.h"
#include "emu/step/move.h"

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
    step->met = STEP_BREAKS;
}

void step_set_listing(struct step *step, struct listing *listing)
{
    step->listing = listing;
}

unsigned step_programs(struct step *step)
{
    const struct kept *kept = step_kept(step);

    return kept != NULL ? dbt_log_programs(&kept->phases[0].block, step->listing) : 0;
}

bool step_line(struct step *step, struct listing_line *line)
{
    return listing_find(step->listing, step_programs(step), step_hart(step)->pc, line);
}

int step_type(struct step *step, const char *line, struct err *err)
{
    const struct subject_ops *ops = step->subject->ops;

    if (ops->type == NULL)
        return err_set(err, "a process has this terminal; what is typed to a machine can be "
                            "remembered");
    ops->type(step->subject, line, strlen(line));
    ops->type(step->subject, "\n", 1);
    step->has_ended = false; /* one that waited for ever does not wait now */
    return 0;
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

void step_move_begin(struct step *step)
{
    step->before = *step_hart(step);
    step->before_totals = step->history->totals;
    step->met = STEP_BREAKS;
}

enum step_result step_move_end(struct step *step, enum subject_stop stop)
{
    kept_fini(step->kept);
    host_trace_fini(&step->trace);
    step->has_kept = false;
    step->phase = 0;
    step->op = 0;
    step->has_ended = stop != SUBJECT_COUNT;
    return step->has_ended ? STEP_ENDED : STEP_DONE;
}

int step_move_go(struct step *step, uint64_t position, enum subject_stop *stop, struct err *err)
{
    return history_go(step->history, position, stop, err);
}

enum step_result step_move_to(struct step *step, uint64_t position, struct err *err)
{
    enum subject_stop stop;

    if (step_move_go(step, position, &stop, err) < 0)
        return STEP_FAILED;
    return step_move_end(step, stop);
}

enum step_result step_go(struct step *step, uint64_t position, struct err *err)
{
    step_move_begin(step);
    return step_move_to(step, position, err);
}

enum step_result step_insns(struct step *step, uint64_t count, struct err *err)
{
    uint64_t here = step_position(step);

    step_move_begin(step);
    if (step->has_ended)
        return STEP_ENDED;
    return step_move_to(step, count < UINT64_MAX - here ? here + count : UINT64_MAX, err);
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
    step_move_begin(step);
    if (step->has_ended)
        return STEP_ENDED;
    do {
        stop = history_run(step->history, step_position(step) + 1);
        place = dbt_place(machine);
    } while (stop == SUBJECT_COUNT && place.done > 0);
    return step_move_end(step, stop);
}

enum step_result step_block_back(struct step *step, struct err *err)
{
    enum subject_stop stop;
    struct dbt_place place;
    uint64_t here = step_position(step);

    if (here == 0)
        return STEP_NOWHERE;
    step_move_begin(step);
    if (step_move_go(step, here - 1, &stop, err) < 0)
        return STEP_FAILED;
    place = dbt_place(step->subject->machine);
    return step_move_to(step, here - 1 - place.done, err);
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

enum step_result step_leave_out(struct step *step, unsigned left_out, struct err *err)
{
    uint64_t here = step_position(step);
    enum subject_stop stop;

    if (step->has_ended)
        return STEP_ENDED;
    step_move_begin(step);
    if (step_move_go(step, here - step_done_in_block(step), &stop, err) < 0)
        return STEP_FAILED;
    history_leave_out(step->history, left_out);
    return step_move_to(step, here, err);
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
    if (step_move_go(step, here - step_done_in_block(step), &stop, err) < 0)
        return STEP_FAILED;
    made = host_trace_make(&step->trace, step->history, &block, err);
    if (made < 0)
        host_trace_fini(&step->trace);
    if (step_move_go(step, here, &stop, err) < 0 || made < 0)
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
