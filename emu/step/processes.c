/* processes.c: the log, and what it comes to; see processes.h. */
#include "emu/step/processes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "emu/step/move.h"
#include "emu/user/syscall.h"

enum { REGISTER_A0 = 10, REGISTER_A7 = 17, CHUNK = 1 << 18 };

/* The kinds of events that are listened to, and counted, as they are the machine's own: what the
 * translator does is not among them. */
static const enum event_kind kinds_heard[] = {EVENT_TRAP, EVENT_RETURN, EVENT_SWITCH,
                                              EVENT_SYSCALL};

static uint64_t events_of(const struct event_totals *totals)
{
    uint64_t count = 0;

    for (unsigned i = 0; i < sizeof kinds_heard / sizeof *kinds_heard; i++)
        count += totals->kinds[kinds_heard[i]];
    return count;
}

uint64_t processes_events(const struct step *step)
{
    return events_of(&step->history->totals);
}

uint64_t processes_events_before(const struct step *step)
{
    return events_of(&step->before_totals);
}

/* What a power of two has filled is doubled. */
static void *grown(void *list, int64_t count, size_t size)
{
    if ((count & (count - 1)) != 0)
        return list;
    list = realloc(list, (count == 0 ? 1 : 2 * (size_t)count) * size);
    if (list == NULL)
        err_die_oom();
    return list;
}

/* A fork is known at a birth, or where the child gets its parent, some instructions later. */
bool record_is_fork(const struct process_record *record)
{
    return record->kind == RECORD_SEEN && record->seen.is_new && record->seen.now.pid > 1;
}

bool record_is_end(const struct process_record *record)
{
    return (record->kind == RECORD_SEEN && record->seen.now.state == PROCESS_ZOMBIE) ||
           record->kind == RECORD_GONE;
}

bool record_is_exec(const struct processes *processes, const struct process_record *record)
{
    return record->kind == RECORD_RESULT && (int64_t)record->result.value >= 0 &&
           processes->log[record->result.call].call.number == GUEST_execve;
}

static struct process_life *life_new(struct process_lives *lives,
                                     const struct process_record *record)
{
    struct process_life *life;

    lives->lives = grown(lives->lives, lives->count, sizeof *lives->lives);
    life = &lives->lives[lives->count++];
    *life = (struct process_life){.born = record->position,
                                  .changed = record->position,
                                  .seen = record->seen.now,
                                  .parent = record->seen.parent,
                                  .satp = record->seen.satp,
                                  .pending = -1};
    lives->forks += record_is_fork(record);
    return life;
}

static void take_seen(struct process_lives *lives, const struct process_record *record)
{
    const struct process_seen *now = &record->seen.now;
    struct process_life *life =
        record->seen.is_new ? life_new(lives, record) : &lives->lives[record->life];

    if (now->state != life->seen.state)
        life->changed = record->position;
    if (now->state == PROCESS_ZOMBIE && life->ended == 0) {
        life->ended = record->position;
        life->has_status = true;
        lives->exits++;
    }
    if (now->parent != 0) /* whose parent has ended keeps the one that it had */
        life->parent = record->seen.parent;
    life->seen = *now;
    life->touched = record->number;
}

static void take_gone(struct process_lives *lives, const struct process_record *record)
{
    struct process_life *life = &lives->lives[record->life];

    life->gone = true;
    life->touched = record->number;
    if (life->ended == 0) {
        life->ended = record->position;
        lives->exits++;
    }
}

/* What exit() was told is the status, even if nobody sees the zombie. */
static void take_call(struct process_lives *lives, const struct process_record *record)
{
    struct process_life *life = &lives->lives[record->life];

    life->calls++;
    lives->calls++;
    life->pending = lives->records;
    if (record->call.number == GUEST_exit || record->call.number == GUEST_exit_group) {
        life->has_status = true;
        life->seen.status = (int32_t)(record->call.arguments[0] & 0xff) << 8;
    }
}

static void take_result(struct process_lives *lives, const struct process_record *record,
                        const struct process_record *call)
{
    struct process_life *life = &lives->lives[record->life];

    life->pending = -1;
    if (call->call.number == GUEST_execve && (int64_t)record->result.value >= 0) {
        life->executed = record->position;
        lives->execs++;
    }
}

static void take(struct process_lives *lives, const struct process_record *log)
{
    const struct process_record *record = &log[lives->records];

    switch (record->kind) {
    case RECORD_SEEN: take_seen(lives, record); break;
    case RECORD_GONE: take_gone(lives, record); break;
    case RECORD_CALL: take_call(lives, record); break;
    case RECORD_RESULT: take_result(lives, record, &log[record->result.call]); break;
    }
    lives->records++;
}

/* A record for the log, whose kind's part is to be filled in before log_end(); NULL: it is full. */
static struct process_record *log_begin(struct processes *processes, enum record_kind kind,
                                        int life)
{
    struct process_record *record;

    if (processes->count == LOG_RECORDS || processes->full != 0) {
        if (processes->full == 0)
            processes->full = step_position(processes->step);
        return NULL;
    }
    processes->log = grown(processes->log, processes->count, sizeof *processes->log);
    record = &processes->log[processes->count];
    *record = (struct process_record){.kind = kind,
                                      .life = life,
                                      .number = processes->last,
                                      .position = step_position(processes->step)};
    return record;
}

static void log_end(struct processes *processes)
{
    processes->count++;
    take(&processes->ends, processes->log);
}

static void log_seen(struct processes *processes, int life, const struct process_seen *seen,
                     uint64_t satp)
{
    struct process_record *record = log_begin(processes, RECORD_SEEN, life);

    if (record == NULL)
        return;
    record->seen.now = *seen;
    record->seen.parent =
        seen->parent != 0 ? processes_find(&processes->ends, seen->parent) : LIFE_NONE;
    record->seen.is_new = life == processes->ends.count;
    record->seen.satp = satp;
    log_end(processes);
}

static void log_gone(struct processes *processes, int life)
{
    if (log_begin(processes, RECORD_GONE, life) != NULL)
        log_end(processes);
}

/* Which of `count` that are alive it is, from the place where it should be on. */
static int find_alive(const struct processes *processes, const int *alive, unsigned count,
                      int32_t pid, unsigned from)
{
    for (unsigned i = 0; i < count; i++) {
        int life = alive[(from + i) % count];

        if (processes->ends.lives[life].seen.pid == pid)
            return life;
    }
    return LIFE_NONE;
}

static bool is_same(const struct process_life *life, const struct process_seen *seen)
{
    return seen->state == life->seen.state && strcmp(seen->name, life->seen.name) == 0 &&
           seen->parent == life->seen.parent &&
           (seen->state != PROCESS_ZOMBIE || seen->status == life->seen.status);
}

/* Those that were alive and are not among the `count` that are now. */
static void bury(struct processes *processes, const int *alive, unsigned count)
{
    unsigned at = 0;

    for (unsigned i = 0; i < processes->alive_count; i++) {
        unsigned k = 0;

        if (at < count && alive[at] == processes->alive[i]) {
            at++; /* in the same order, as a rule */
            continue;
        }
        while (k < count && alive[k] != processes->alive[i])
            k++;
        if (k == count)
            log_gone(processes, processes->alive[i]);
    }
}

/* Asks the kernel who there is. */
static void look(struct processes *processes)
{
    struct process_seen seen[KERNEL_VIEW_PROCESSES];
    int alive[KERNEL_VIEW_PROCESSES];
    unsigned count, living = 0;
    bool more;

    if (!processes->view.known)
        return;
    if (processes->count > LOG_RECORDS - 2 * KERNEL_VIEW_PROCESSES && processes->full == 0)
        processes->full = step_position(processes->step); /* all of them, or none */
    if (processes->full != 0)
        return;
    count = kernel_view_read(&processes->view, processes->step->subject, seen, &more);
    if (more && processes->more == 0)
        processes->more = step_position(processes->step);
    for (unsigned i = 0; i < count; i++) {
        int life = find_alive(processes, processes->alive, processes->alive_count, seen[i].pid, i);

        if (life == LIFE_NONE) /* a chain may come back to itself */
            life = find_alive(processes, alive, living, seen[i].pid, 0);
        if (life == LIFE_NONE)
            life = processes->ends.count;
        if (life == processes->ends.count || !is_same(&processes->ends.lives[life], &seen[i]))
            log_seen(processes, life, &seen[i], 0);
        alive[living++] = life;
    }
    if (!more)
        bury(processes, alive, living);
    memcpy(processes->alive, alive, living * sizeof *alive);
    processes->alive_count = living;
}

/* By its pid, or if nobody tells of pids, by its page tables. */
static int life_on(const struct processes *processes, const struct hart *hart)
{
    if (processes->is_host)
        return 0;
    if (processes->view.known)
        return find_alive(
            processes, processes->alive, processes->alive_count,
            kernel_view_on_hart(&processes->view, processes->step->subject, hart->mhartid), 0);
    for (unsigned i = 0; i < processes->alive_count; i++) {
        if (processes->ends.lives[processes->alive[i]].satp == hart->satp)
            return processes->alive[i];
    }
    return LIFE_NONE;
}

/* Page tables that were never seen in user mode: the oldest ones are forgotten when they are many.
 */
static int life_of_tables(struct processes *processes, const struct hart *hart)
{
    const struct process_seen seen = {.state = PROCESS_STATES};
    int life = processes->ends.count;

    log_seen(processes, life, &seen, hart->satp);
    if (processes->ends.count == life) /* there was no room */
        return LIFE_NONE;
    if (processes->alive_count == KERNEL_VIEW_PROCESSES) {
        if (processes->more == 0)
            processes->more = step_position(processes->step);
        memmove(processes->alive, processes->alive + 1,
                (KERNEL_VIEW_PROCESSES - 1) * sizeof *processes->alive);
        processes->alive_count--;
    }
    processes->alive[processes->alive_count++] = life;
    return life;
}

/* What is at that gva of the program, up to `most` bytes, or to the end of a string. */
static uint8_t read_text(const struct processes *processes, uint64_t gva, uint64_t most,
                         bool is_string, char text[CALL_TEXT])
{
    struct subject *subject = processes->step->subject;
    uint64_t address = 0;
    uint8_t count = 0;

    while (count < CALL_TEXT && count < most) {
        uint64_t at = gva + count;

        /* Eight bytes that begin where they should are in one page. */
        if ((count == 0 || at % 8 == 0) && !subject->ops->translate(subject, at, &address))
            break;
        if (!subject->ops->read(subject, address, &text[count], 1) ||
            (is_string && text[count] == '\0'))
            break;
        address++;
        count++;
    }
    return count;
}

static void log_call(struct processes *processes, int life, const struct hart *hart, uint64_t first)
{
    struct process_record *record = log_begin(processes, RECORD_CALL, life);
    const char *kinds;

    if (record == NULL)
        return;
    record->call.number = hart->x[REGISTER_A7];
    record->call.arguments[0] = first;
    for (unsigned i = 1; i < CALL_ARGUMENTS; i++)
        record->call.arguments[i] = hart->x[REGISTER_A0 + i];
    kinds = call_kinds(record->call.number);
    for (unsigned i = 0; kinds[i] != '\0'; i++) {
        bool is_string = kinds[i] == 's';

        if (!is_string && (kinds[i] != 'b' || record->call.number != GUEST_write))
            continue; /* buffers that are still to be filled */
        record->call.text_bytes = read_text(processes, record->call.arguments[i],
                                            is_string ? UINT64_MAX : record->call.arguments[i + 1],
                                            is_string, record->call.text);
        break;
    }
    log_end(processes);
}

static void log_result(struct processes *processes, int life, uint64_t value)
{
    int64_t call = processes->ends.lives[life].pending;
    struct process_record *record;

    if (call < 0)
        return;
    record = log_begin(processes, RECORD_RESULT, life);
    if (record == NULL)
        return;
    record->result.value = value;
    record->result.call = call;
    processes->log[call].call.result = processes->count;
    log_end(processes);
}

/* A machine's kernel was called by a program. */
static void note_trap(struct processes *processes, const struct event *event)
{
    int life;

    if (event->trap.cause != TRAP_ECALL_U)
        return;
    life = life_on(processes, event->hart);
    if (life == LIFE_NONE && !processes->view.known)
        life = life_of_tables(processes, event->hart);
    if (life != LIFE_NONE)
        log_call(processes, life, event->hart, event->hart->x[REGISTER_A0]);
}

static void note_return(struct processes *processes, const struct event *event)
{
    int life;

    if (event->change.to != MODE_U)
        return;
    look(processes);
    life = life_on(processes, event->hart);
    if (life != LIFE_NONE)
        log_result(processes, life, event->hart->x[REGISTER_A0]);
}

/* The host has answered, or the process has ended by that call. */
static void note_answer(struct processes *processes, const struct event *event)
{
    log_call(processes, 0, event->hart, event->syscall.first);
    if (event->syscall.number == GUEST_exit || event->syscall.number == GUEST_exit_group)
        log_gone(processes, 0);
    else
        log_result(processes, 0, event->syscall.answer);
}

static void note(void *owner, const struct event *event)
{
    struct processes *processes = owner;
    uint64_t number = processes_events(processes->step); /* history.c has counted it */

    if (processes->step->history->loading || number <= processes->last)
        return; /* the past is run again */
    processes->last = number;
    if (event->kind == EVENT_TRAP)
        note_trap(processes, event);
    else if (event->kind == EVENT_RETURN)
        note_return(processes, event);
    else if (event->kind == EVENT_SWITCH)
        look(processes);
    else if (event->kind == EVENT_SYSCALL)
        note_answer(processes, event);
}

void processes_init(struct processes *processes, struct step *step)
{
    struct event_reader reader = {.notify = note, .owner = processes};

    for (unsigned i = 0; i < sizeof kinds_heard / sizeof *kinds_heard; i++)
        reader.kinds |= 1U << kinds_heard[i];
    memset(processes, 0, sizeof *processes);
    processes->step = step;
    processes->last = processes_events(step);
    processes->is_host = step->subject->ops->harts == NULL;
    if (processes->is_host) {
        const struct process_seen seen = {.state = PROCESS_RUNNING, .name = "program"};

        log_seen(processes, 0, &seen, 0);
    } else {
        processes_set_kernel(processes, 0, 0);
    }
    events_add(&step->subject->machine->events, &reader);
    processes_update(processes);
}

void processes_fini(struct processes *processes)
{
    events_remove(&processes->step->subject->machine->events, processes);
    free(processes->log);
    free(processes->ends.lives);
    free(processes->now.lives);
}

void processes_set_kernel(struct processes *processes, uint64_t list, uint64_t cpus)
{
    processes->why = (struct err){0};
    if (list == 0 || cpus == 0)
        err_set(&processes->why,
                "this kernel does not say where its processes are (it has no symbols "
                "observe_processes and observe_cpus)");
    else
        kernel_view_init(&processes->view, processes->step->subject, list, cpus, &processes->why);
}

void processes_update(struct processes *processes)
{
    struct process_lives *now = &processes->now;
    uint64_t events = processes_events(processes->step);

    if (now->records > 0 && processes->log[now->records - 1].number > events)
        *now = (struct process_lives){.lives = now->lives}; /* we went back */
    while (now->records < processes->count && processes->log[now->records].number <= events)
        take(now, processes->log);
}

int processes_find(const struct process_lives *lives, int32_t pid)
{
    int life = lives->count - 1;

    while (life >= 0 && lives->lives[life].seen.pid != pid)
        life--;
    return life;
}

int processes_on_hart(const struct processes *processes, uint64_t hart)
{
    struct subject *subject = processes->step->subject;
    const struct process_lives *now = &processes->now;
    int life = now->count - 1;
    int32_t pid;

    if (processes->is_host)
        return 0;
    if (processes->view.known) {
        pid = kernel_view_on_hart(&processes->view, subject, hart);
        return pid != 0 ? processes_find(now, pid) : LIFE_NONE;
    }
    while (life >= 0 && now->lives[life].satp != subject->ops->hart_at(subject, hart)->satp)
        life--;
    return life;
}

int64_t processes_after(const struct processes *processes, uint64_t events)
{
    int64_t low = 0, high = processes->count;

    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        if (processes->log[middle].number <= events)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* That record's event has happened where the move ends. */
static enum step_result move_to_record(struct processes *processes, int64_t number, struct err *err)
{
    const struct process_record record = processes->log[number];
    enum step_result result = step_move_to(processes->step, record.position, err);

    if (result == STEP_DONE && processes_events(processes->step) < record.number)
        result = step_move_to(processes->step, record.position + 1, err);
    return result;
}

static bool is_of(const struct processes *processes, int64_t number, int life)
{
    return life == LIFE_ANY || processes->log[number].life == life;
}

static enum step_result step_back(struct processes *processes, int life, struct err *err)
{
    uint64_t here = step_position(processes->step);
    enum subject_stop stop;
    int64_t at;

    if (here == 0)
        return STEP_NOWHERE;
    step_move_begin(processes->step);
    if (step_move_go(processes->step, here - 1, &stop, err) < 0)
        return STEP_FAILED;
    at = processes_after(processes, processes_events(processes->step)) - 1;
    while (at >= 0 && !is_of(processes, at, life))
        at--;
    return at >= 0 ? move_to_record(processes, at, err) : step_move_to(processes->step, 0, err);
}

enum step_result processes_step(struct processes *processes, int life, bool back, struct err *err)
{
    struct step *step = processes->step;
    uint64_t limit = step_position(step) + STEP_RUN_MAX;
    int64_t at = processes_after(processes, processes_events(step));
    enum subject_stop stop = SUBJECT_COUNT;

    if (back)
        return step_back(processes, life, err);
    step_move_begin(step);
    for (;;) {
        while (at < processes->count && !is_of(processes, at, life))
            at++;
        if (at < processes->count)
            return move_to_record(processes, at, err);
        if (stop != SUBJECT_COUNT || step_position(step) >= limit || step->has_ended)
            break;
        if (step_move_go(step, step_position(step) + CHUNK, &stop, err) < 0)
            return STEP_FAILED;
    }
    return step_move_end(step, step->has_ended ? SUBJECT_ENDED : stop) == STEP_ENDED ? STEP_ENDED
                                                                                     : STEP_LIMIT;
}
