/* history.c: see history.h. */
#include "emu/step/history.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "emu/cpu/hash.h"
#include "emu/dbt/dbt.h"
#include "emu/dbt/inspect.h"
#include "emu/dbt/save.h"

enum { REGISTER_A7 = 17 };

/* Counts a system call: a process is told of its answer, on a machine it is a trap. */
static void count_call(struct event_totals *totals, const struct event *event)
{
    uint64_t number;

    if (event->kind == EVENT_SYSCALL)
        number = event->syscall.number;
    else if (event->hart != NULL && event->kind == EVENT_TRAP && event->trap.cause == TRAP_ECALL_U)
        number = event->hart->x[REGISTER_A7];
    else
        return;
    totals->calls[number < HISTORY_CALLS ? number : HISTORY_CALLS - 1]++;
}

uint64_t event_set_count(const struct event_set *set, const struct event_totals *totals)
{
    uint64_t count = 0;

    for (unsigned kind = 0; kind < EVENT_KIND_COUNT; kind++)
        count += event_set_has_kind(set, (enum event_kind)kind) ? totals->kinds[kind] : 0;
    for (unsigned call = 0; call < HISTORY_CALLS; call++)
        count += (set->calls[call / 64] >> call % 64 & 1) != 0 ? totals->calls[call] : 0;
    return count;
}

bool event_set_has_kind(const struct event_set *set, enum event_kind kind)
{
    return (set->kinds >> kind & 1) != 0;
}

bool event_set_is_empty(const struct event_set *set)
{
    uint64_t any = set->kinds;

    for (unsigned i = 0; i < HISTORY_CALLS / 64; i++)
        any |= set->calls[i];
    return any == 0;
}

static void note(void *owner, const struct event *event)
{
    struct history *history = owner;
    struct seen_event *seen = &history->ring[history->totals.all % HISTORY_EVENTS];

    if (history->loading) /* what is put back is not what the subject does */
        return;
    *seen = (struct seen_event){.event = *event,
                                .pc = event->hart != NULL ? event->hart->pc : 0,
                                .position = history_position(history)};
    count_call(&history->totals, event);
    seen->event.hart = NULL;
    history->totals.all++;
    history->totals.kinds[event->kind]++;
    if (history->totals.all > history->most)
        history->most = history->totals.all;
}

size_t history_bytes(const struct history *history)
{
    return history->bytes + history->pool.kept * sizeof(struct page_copy);
}

/* The last checkpoint at or before that position. */
static unsigned find(const struct history *history, uint64_t position)
{
    unsigned i = history->count - 1;

    while (history->checkpoints[i].position > position)
        i--;
    return i;
}

struct checkpoint history_take(struct history *history)
{
    struct subject *subject = history->subject;
    uint64_t here = history_position(history);
    struct checkpoint like = {0}, checkpoint;

    if (history->count > 0)
        like = history->checkpoints[find(history, here)];
    checkpoint = (struct checkpoint){
        .position = here,
        .next_left_out = history->next_left_out,
        .subject = subject->ops->save(subject, &history->pool, like.subject),
        .dbt = dbt_save(subject->machine, &history->pool, like.dbt),
        .totals = history->totals,
    };
    checkpoint.bytes =
        subject->ops->saved_bytes(checkpoint.subject) + dbt_saved_bytes(checkpoint.dbt);
    return checkpoint;
}

void history_drop(const struct history *history, struct checkpoint *checkpoint)
{
    history->subject->ops->saved_free(checkpoint->subject);
    dbt_saved_free(checkpoint->dbt);
}

static int load(struct history *history, const struct checkpoint *checkpoint, struct err *err)
{
    struct subject *subject = history->subject;
    int done;

    history->loads++;
    history->loading = true;
    done = subject->ops->load(subject, checkpoint->subject, err);
    history->loading = false;
    if (done < 0)
        return -1;
    dbt_load(checkpoint->dbt, subject->machine);
    history->totals = checkpoint->totals;
    history->next_left_out = checkpoint->next_left_out;
    return 0;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a < b ? b - a : a - b;
}

static void drop_at(struct history *history, unsigned number)
{
    struct checkpoint *list = history->checkpoints;

    history->bytes -= list[number].bytes;
    history_drop(history, &list[number]);
    history->count--;
    memmove(&list[number], &list[number + 1], (history->count - number) * sizeof *list);
}

/* Neither the first nor the last one; see history.h. */
static void thin(struct history *history)
{
    struct checkpoint *list = history->checkpoints;
    uint64_t here = history_position(history);
    double least = 0;
    unsigned victim = 0;

    for (unsigned i = 1; i + 1 < history->count; i++) {
        double gap = (double)(list[i + 1].position - list[i - 1].position);
        double share = gap / (double)(distance(here, list[i].position) + 1);

        if (victim == 0 || share < least) {
            victim = i;
            least = share;
        }
    }
    drop_at(history, victim);
    history->dropped++;
}

uint64_t history_widest(const struct history *history, uint64_t *from)
{
    uint64_t widest = 0;

    *from = 0;
    for (unsigned i = 0; i + 1 < history->count; i++) {
        const struct checkpoint *at = &history->checkpoints[i];

        if (at[1].position - at->position > widest) {
            widest = at[1].position - at->position;
            *from = at->position;
        }
    }
    return widest;
}

/* Here, if the one before is so far away. */
static void add_checkpoint(struct history *history, uint64_t far)
{
    uint64_t here = history_position(history);
    unsigned before = find(history, here);

    if (here - history->checkpoints[before].position < far)
        return;
    memmove(&history->checkpoints[before + 2], &history->checkpoints[before + 1],
            (history->count - before - 1) * sizeof *history->checkpoints);
    history->checkpoints[before + 1] = history_take(history);
    history->bytes += history->checkpoints[before + 1].bytes;
    history->count++;
    while (history->count == HISTORY_CHECKPOINTS ||
           (history_bytes(history) > HISTORY_BYTES && history->count > 2))
        thin(history);
    /* A checkpoint takes time, too: in a long run it may be gone back for a bit longer. */
    if (here / HISTORY_CHECKPOINTS > history->interval)
        history->interval = here / HISTORY_CHECKPOINTS < HISTORY_INTERVAL_MAX
                                ? here / HISTORY_CHECKPOINTS
                                : HISTORY_INTERVAL_MAX;
}

void history_init(struct history *history, struct subject *subject)
{
    const struct event_reader reader = {
        .kinds = (1U << EVENT_KIND_COUNT) - 1, .notify = note, .owner = history};

    *history = (struct history){.subject = subject, .interval = HISTORY_INTERVAL};
    events_add(&subject->machine->events, &reader);
    history->checkpoints[0] = history_take(history);
    history->bytes = history->checkpoints[0].bytes;
    history->count = 1;
}

void history_fini(struct history *history)
{
    events_remove(&history->subject->machine->events, history);
    for (unsigned i = 0; i < history->count; i++)
        history_drop(history, &history->checkpoints[i]);
    free(history->left_out);
}

uint64_t history_position(const struct history *history)
{
    return history->subject->ops->position(history->subject);
}

/* Does what is to be done here. The position of what comes next: it does not get beyond it. */
static uint64_t leave_out_due(struct history *history)
{
    struct subject *subject = history->subject;

    for (; history->next_left_out < history->left_out_count; history->next_left_out++) {
        const struct left_out *next = &history->left_out[history->next_left_out];

        if (next->position > history_position(history))
            return next->position;
        dbt_leave_out(subject->machine, subject->ops->hart(subject), next->passes);
    }
    return UINT64_MAX;
}

void history_leave_out(struct history *history, unsigned left_out)
{
    size_t count = history->next_left_out;
    uint64_t here = history_position(history);

    while (history->checkpoints[history->count - 1].position > here)
        drop_at(history, history->count - 1);
    history->left_out = realloc(history->left_out, (count + 1) * sizeof *history->left_out);
    if (history->left_out == NULL)
        err_die_oom();
    history->left_out[count] = (struct left_out){here, left_out};
    history->left_out_count = count + 1;
    leave_out_due(history);
}

enum subject_stop history_run(struct history *history, uint64_t until)
{
    struct subject *subject = history->subject;
    enum subject_stop stop = SUBJECT_COUNT;
    uint64_t due = leave_out_due(history);

    while (stop == SUBJECT_COUNT && history_position(history) < until) {
        uint64_t last = history->checkpoints[find(history, history_position(history))].position;
        uint64_t next = last + history->interval;

        if (next <= history_position(history)) /* it was not needed there, as another one is near */
            next = history_position(history) + history->interval;
        next = smaller(smaller(next, until), due);
        stop = subject->ops->run(subject, next);
        due = leave_out_due(history); /* where it ends, too */
        if (stop == SUBJECT_COUNT)
            add_checkpoint(history, history->interval);
    }
    return stop;
}

int history_go(struct history *history, uint64_t position, enum subject_stop *stop, struct err *err)
{
    const struct checkpoint *checkpoint = &history->checkpoints[find(history, position)];

    history->run_again = 0;
    /* Nearer than running from here? */
    if (position < history_position(history) || checkpoint->position > history_position(history)) {
        if (load(history, checkpoint, err) < 0)
            return -1;
        history->run_again = position - checkpoint->position;
    }
    if (position > history_position(history) + HISTORY_NEAR) {
        *stop = history_run(history, position - HISTORY_NEAR);
        if (*stop != SUBJECT_COUNT)
            return 0;
        add_checkpoint(history, HISTORY_NEAR);
    }
    *stop = history_run(history, position);
    return 0;
}

/* Both kinds of scouting: to the first position where it is found, or the last one. */
static bool scout(struct history *history, uint64_t most, bool last,
                  bool (*found)(void *owner, const struct hart *hart), void *owner,
                  uint64_t *position, struct err *err)
{
    struct subject *subject = history->subject;
    struct checkpoint here = history_take(history);
    unsigned wanted = subject->machine->events.wanted;
    enum subject_stop stop = SUBJECT_COUNT;
    bool is_found = false;

    subject->machine->events.wanted = 0;
    subject->ops->set_engine(subject, &engine_interp);
    while (stop == SUBJECT_COUNT && (last || !is_found) && history_position(history) < most) {
        stop = subject->ops->run(subject, history_position(history) + 1);
        if (stop == SUBJECT_COUNT && found(owner, subject->ops->hart(subject))) {
            is_found = true;
            *position = history_position(history);
        }
    }
    if (!is_found)
        *position = history_position(history);
    subject->ops->set_engine(subject, &engine_dbt);
    subject->machine->events.wanted = wanted;
    if (load(history, &here, err) < 0)
        is_found = false;
    history_drop(history, &here);
    return is_found;
}

bool history_scout(struct history *history, uint64_t most,
                   bool (*found)(void *owner, const struct hart *hart), void *owner,
                   uint64_t *position, struct err *err)
{
    return scout(history, most, false, found, owner, position, err);
}

bool history_scout_last(struct history *history, uint64_t most,
                        bool (*found)(void *owner, const struct hart *hart), void *owner,
                        uint64_t *position, struct err *err)
{
    return scout(history, most, true, found, owner, position, err);
}

const struct seen_event *history_event(const struct history *history, uint64_t number)
{
    if (number >= history->totals.all || number + HISTORY_EVENTS < history->most)
        return NULL;
    return &history->ring[number % HISTORY_EVENTS];
}

uint64_t history_hash(const struct history *history)
{
    return hash_word(history->subject->ops->hash(history->subject),
                     dbt_hash(history->subject->machine));
}
