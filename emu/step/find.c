/*
 * find.c: the moves of step.h that go to something: an event, a breakpoint.
 *
 * An event is found by running on. How many there have been is fixed for each position; so where it
 * was noted tells where to look, and if it is not there, halving does. Other breakpoints are looked
 * for by the interpreter, which can be asked at each.
 */
#include "emu/step/move.h"

enum { CHUNK_FIRST = 256, CHUNK_MAX = 1 << 20 }; /* positions, when an event is looked for */

/*
 * The first position in (low, high] by which more than `count` have happened, looked for around
 * where it was noted: as an instruction is counted before what it does (a system call) or behind,
 * and what happens in a block shows when that is done. 0: it is not there.
 */
static int look_near(struct step *step, uint64_t low, uint64_t high, const struct event_set *set,
                     uint64_t count, uint64_t noted, uint64_t *position, struct err *err)
{
    enum subject_stop stop = SUBJECT_COUNT;

    *position = 0;
    if (noted < low || noted > high)
        return 0;
    if (step_move_go(step, noted > low ? noted - 1 : low, &stop, err) < 0)
        return -1;
    if (event_set_count(set, &step->history->totals) > count)
        return 0;
    for (unsigned i = 0; i <= IR_INSNS_MAX + 1 && stop == SUBJECT_COUNT && *position == 0; i++) {
        stop = history_run(step->history, step_position(step) + 1);
        if (event_set_count(set, &step->history->totals) > count)
            *position = step_position(step);
    }
    return 0;
}

/* The first position in (low, high] by which more than `count` have happened: there is one. seen:
 * it was noted as that; or NULL. */
static int narrow(struct step *step, uint64_t low, uint64_t high, const struct event_set *set,
                  uint64_t count, const struct seen_event *seen, uint64_t *position,
                  struct err *err)
{
    enum subject_stop stop;

    if (seen != NULL && look_near(step, low, high, set, count, seen->position, position, err) < 0)
        return -1;
    if (seen != NULL && *position != 0)
        return 0;
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;

        if (step_move_go(step, middle, &stop, err) < 0)
            return -1;
        if (event_set_count(set, &step->history->totals) > count)
            high = middle;
        else
            low = middle;
    }
    *position = high;
    return 0;
}

/* The first event of those from number `from` on, below `to`, that is of the set's kinds, or the
 * last; NULL: it is not kept, or the set is of system calls. */
static const struct seen_event *look_up(const struct history *history, const struct event_set *set,
                                        uint64_t from, uint64_t to, bool last)
{
    for (uint64_t i = 0; i < to - from; i++) {
        const struct seen_event *seen = history_event(history, last ? to - 1 - i : from + i);

        if (seen == NULL || event_set_has_kind(set, seen->event.kind))
            return seen;
    }
    return NULL;
}

/* To the next event, if it is not beyond `limit`. */
static enum step_result find_event(struct step *step, const struct event_set *set, uint64_t limit,
                                   struct err *err)
{
    uint64_t count = event_set_count(set, &step->history->totals);
    uint64_t first = step->history->totals.all, chunk = CHUNK_FIRST, position;
    enum subject_stop stop = SUBJECT_COUNT;

    while (stop == SUBJECT_COUNT && step_position(step) < limit) {
        uint64_t low = step_position(step);
        uint64_t high = limit - low < chunk ? limit : low + chunk;

        stop = history_run(step->history, high);
        if (event_set_count(set, &step->history->totals) > count) {
            const struct seen_event *seen =
                look_up(step->history, set, first, step->history->totals.all, false);

            if (narrow(step, low, step_position(step), set, count, seen, &position, err) < 0)
                return STEP_FAILED;
            return step_move_to(step, position, err);
        }
        chunk = 4 * chunk < CHUNK_MAX ? 4 * chunk : CHUNK_MAX;
    }
    return step_move_end(step, stop) == STEP_ENDED ? STEP_ENDED : STEP_LIMIT;
}

enum step_result step_event(struct step *step, unsigned kinds, struct err *err)
{
    const struct event_set set = {.kinds = kinds};

    step_move_begin(step);
    if (step->has_ended)
        return STEP_ENDED;
    return find_event(step, &set, step_position(step) + STEP_RUN_MAX, err);
}

/* *position = that of the last event before position `here`, which is not 0; or 0: there was none.
 * Where we are then is anywhere. */
static int last_event(struct step *step, const struct event_set *set, uint64_t here,
                      uint64_t *position, struct err *err)
{
    const struct history *history = step->history;
    uint64_t low = 0, high = here - 1, count;
    enum subject_stop stop;

    *position = 0;
    if (step_move_go(step, high, &stop, err) < 0)
        return -1;
    count = event_set_count(set, &history->totals);
    if (count == 0)
        return 0;
    for (unsigned i = 0; i < history->count && history->checkpoints[i].position < high; i++) {
        if (event_set_count(set, &history->checkpoints[i].totals) < count)
            low = history->checkpoints[i].position;
    }
    return narrow(step, low, high, set, count - 1,
                  look_up(history, set, 0, history->totals.all, true), position, err);
}

enum step_result step_event_back(struct step *step, unsigned kinds, struct err *err)
{
    const struct event_set set = {.kinds = kinds};
    uint64_t here = step_position(step), position;

    if (here == 0)
        return STEP_NOWHERE;
    step_move_begin(step);
    if (last_event(step, &set, here, &position, err) < 0)
        return STEP_FAILED;
    return step_move_to(step, position, err);
}

/* For a scout: is any of the breakpoints met? step->met says which. */
static bool meets(void *owner, const struct hart *hart)
{
    struct step *step = owner;
    unsigned met = breaks_meet(step->breaks, step->break_count, step->subject);

    (void)hart;
    if (met == step->break_count)
        return false;
    step->met = met;
    return true;
}

static struct event_set wanted_events(const struct step *step)
{
    struct event_set set = {.kinds = step->break_events};

    for (unsigned i = 0; i < HISTORY_CALLS / 64; i++)
        set.calls[i] = step->break_calls[i];
    return set;
}

enum step_result step_run(struct step *step, struct err *err)
{
    uint64_t here = step_position(step), limit = here + STEP_RUN_MAX;
    struct event_set events = wanted_events(step);
    enum step_result result;
    unsigned met;
    bool found = false;

    step_move_begin(step);
    if (step->has_ended)
        return STEP_ENDED;
    if (step->break_count > 0) {
        breaks_begin(step->breaks, step->break_count, step->subject);
        found = history_scout(step->history, here + STEP_SCOUT_MAX, meets, step, &limit, err);
    }
    if (err->text[0] != '\0')
        return STEP_FAILED;
    met = step->met;
    step->met = STEP_BREAKS;
    if (!event_set_is_empty(&events)) {
        result = find_event(step, &events, limit, err);
        if (!found || result != STEP_LIMIT)
            return result;
        step->met = met;
        return STEP_DONE;
    }
    if (step->break_count > 0 && !found && limit < here + STEP_SCOUT_MAX)
        limit = here + STEP_RUN_MAX; /* it has come to its end: so do we */
    result = step_move_to(step, limit, err);
    step->met = met;
    return result == STEP_DONE && !found ? STEP_LIMIT : result;
}

/*
 * *position = where the last breakpoint before position `here` was met, and step->met is which; or
 * 0, if none was. From checkpoint to checkpoint, the latest stretch first.
 */
static int last_break(struct step *step, uint64_t here, uint64_t *position, struct err *err)
{
    const struct history *history = step->history;
    enum subject_stop stop;

    while (step->break_count > 0 && here > 1) {
        unsigned i = history->count - 1;
        uint64_t from;

        while (history->checkpoints[i].position >= here - 1)
            i--;
        from = history->checkpoints[i].position;
        if (step_move_go(step, from, &stop, err) < 0)
            return -1;
        breaks_begin(step->breaks, step->break_count, step->subject);
        if (history_scout_last(step->history, here - 1, meets, step, position, err))
            return 0;
        if (err->text[0] != '\0')
            return -1;
        here = from + 1; /* what is met at `from` is seen from the checkpoint before it */
    }
    *position = 0;
    return 0;
}

enum step_result step_run_back(struct step *step, struct err *err)
{
    uint64_t here = step_position(step), last = 0, event = 0;
    struct event_set events = wanted_events(step);
    enum step_result result;
    unsigned met;

    if (here == 0)
        return STEP_NOWHERE;
    step_move_begin(step);
    if (last_break(step, here, &last, err) < 0 ||
        (!event_set_is_empty(&events) && last_event(step, &events, here, &event, err) < 0))
        return STEP_FAILED;
    met = last >= event && last > 0 ? step->met : STEP_BREAKS;
    result = step_move_to(step, last >= event ? last : event, err);
    step->met = met;
    return result;
}
