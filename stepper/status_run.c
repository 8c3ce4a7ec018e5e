/* status_run.c: what the last move has done to processes, in a sentence; see status.h. */
#include <inttypes.h>

#include "emu/cpu/mmu.h"
#include "stepper/run.h"
#include "stepper/status.h"

/* Which of two records of one move is the one to be told. */
static unsigned weight(const struct processes *processes, const struct process_record *record)
{
    if (record_is_fork(record))
        return 6;
    if (record_is_end(record))
        return 5;
    if (record_is_exec(processes, record))
        return 4;
    if (record->kind == RECORD_CALL)
        return 3;
    return record->kind == RECORD_RESULT ? 2 : 1;
}

/* "pid 12, sh,"; of a machine that does not tell pids, or of a process, less. */
static void print_who(const struct stepper *stepper, int number, char *text, size_t size)
{
    const struct process_life *life = &stepper->processes->now.lives[number];

    if (stepper->processes->is_host)
        snprintf(text, size, "The program");
    else if (life->seen.pid != 0)
        snprintf(text, size, "pid %" PRId32 ", %s,", life->seen.pid, life->seen.name);
    else
        snprintf(text, size, "The program of the page tables at 0x%" PRIx64, satp_root(life->satp));
}

static void print_record(const struct stepper *stepper, int64_t number, char *text, size_t size)
{
    const struct processes *processes = stepper->processes;
    const struct process_record *record = &processes->log[number];
    const struct process_life *life = &processes->now.lives[record->life];
    char who[64], what[200];

    print_who(stepper, record->life, who, sizeof who);
    if (record_is_fork(record)) {
        int parent = record->seen.parent;

        what[0] = '\0';
        if (parent >= 0)
            snprintf(what, sizeof what, " of pid %" PRId32, processes->now.lives[parent].seen.pid);
        snprintf(text, size, "Forked: %s is a new child%s.", who, what);
    } else if (record->kind == RECORD_GONE && !processes->is_host) {
        life_text(processes, life, -1, what, sizeof what);
        snprintf(text, size, "%s is gone: it has %s, and nobody has to be told any more.", who,
                 what);
    } else if (record_is_end(record)) {
        life_text(processes, life, -1, what, sizeof what);
        snprintf(text, size, "%s has %s.", who, what);
    } else if (record->kind == RECORD_CALL) {
        call_text(processes, number, what, sizeof what);
        snprintf(text, size, "%s calls its kernel: %s.", who, what);
    } else if (record->kind == RECORD_RESULT) {
        call_text(processes, record->result.call, what, sizeof what);
        snprintf(text, size,
                 record_is_exec(processes, record) ? "%s is another program from now on: %s."
                                                   : "%s has its answer: %s.",
                 who, what);
    } else {
        life_text(processes, life, -1, what, sizeof what);
        snprintf(text, size, "%s %s%s now.", who, life->seen.state == PROCESS_RUNNING ? "" : "is ",
                 what);
    }
}

/* The weightiest of the last move's from that position on; -1: there is none. */
static int64_t main_record(const struct stepper *stepper, uint64_t from)
{
    const struct processes *processes = stepper->processes;
    unsigned most = 0;
    int64_t told = -1;

    for (int64_t i = processes->now.records - 1; i >= 0; i--) {
        const struct process_record *record = &processes->log[i];

        if (!run_is_fresh(stepper, record->number) || record->position < from)
            break;
        if (weight(processes, record) > most) {
            most = weight(processes, record);
            told = i;
        }
    }
    return told;
}

bool status_run(const struct stepper *stepper, char *text, size_t size)
{
    uint64_t now = step_position(stepper->step);
    int64_t told = main_record(stepper, now > 0 ? now - 1 : 0); /* where it ended tells most */

    if (told < 0)
        told = main_record(stepper, 0);
    if (told >= 0)
        print_record(stepper, told, text, size);
    return told >= 0;
}
