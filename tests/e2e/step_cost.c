/*
 * step_cost.c: what a step costs, in what is the same on every host: pages copied, checkpoints gone
 * back to, positions run again, stops of a traced process; and that what is left out is left out.
 *
 *     step_cost PROGRAM KERNEL INITRD        prints TAP
 *
 * Times are bench/step.c's.
 */
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/step/step.h"

enum { FAR = 3000000, STEPS = 20, PASSES_MOST = 8, ANY = (1 << EVENT_KIND_COUNT) - 1 };

struct session {
    unsigned count, failed;
};

static void tap(struct session *session, bool ok, const char *name, const char *what)
{
    session->count++;
    session->failed += ok ? 0 : 1;
    printf("%sok %u - %s: %s\n", ok ? "" : "not ", session->count, name, what);
}

/* Pages that a checkpoint here copies, as it differs from the one before. */
static size_t copied_here(struct history *history)
{
    size_t before = history->pool.copied;
    struct checkpoint checkpoint = history_take(history);

    history_drop(history, &checkpoint);
    return history->pool.copied - before;
}

static void check_pages(struct session *session, struct step *step, const char *name)
{
    struct history *history = step->history;
    size_t all = history->pool.kept, kept, copied;
    struct err err = {0};

    tap(session, copied_here(history) == 0, name,
        "a checkpoint where nothing has changed copies no page");
    step_go(step, FAR, &err);
    kept = history->pool.kept;
    copied = copied_here(history);
    printf(
        "# of %zu pages at first; behind %d positions a checkpoint copies %zu, and %u have %zu\n",
        all, FAR, copied, history->count, kept);
    tap(session, kept > all && copied < all / 4, name, "... and else those that have");
    tap(session, history->pool.kept == kept, name, "they go with it");
}

/* Checkpoints that were gone back to by STEPS moves to events. */
static uint64_t loads_of(struct step *step,
                         enum step_result (*move)(struct step *, unsigned, struct err *))
{
    uint64_t before = step->history->loads;
    struct err err = {0};

    for (unsigned i = 0; i < STEPS; i++) {
        if (move(step, ANY, &err) != STEP_DONE)
            return UINT64_MAX;
    }
    return step->history->loads - before;
}

static void check_back(struct session *session, struct step *step, const char *name)
{
    struct history *history = step->history;
    struct err err = {0};
    uint64_t there, back;

    step_insns_back(step, 1, &err);
    printf("# back by one: %" PRIu64 " positions were run again\n", history->run_again);
    tap(session, history->run_again <= HISTORY_NEAR, name,
        "wherever one has gone to, steps back from there are near a checkpoint");
    there = loads_of(step, step_event);
    back = loads_of(step, step_event_back);
    printf("# %d events: %" PRIu64 " checkpoints gone back to; back: %" PRIu64 "\n", STEPS, there,
           back);
    tap(session, there <= STEPS && back <= 2 * STEPS, name,
        "an event is looked for where it was noted, and is there");
}

/* Host instructions of STEPS blocks. False: a child is not to be traced here. */
static bool follow_blocks(struct step *step, unsigned *blocks, unsigned *most, bool *once)
{
    struct err err = {0};

    for (unsigned i = 0; i < STEPS && step_block(step, &err) == STEP_DONE; i++) {
        const struct host_state *states;

        if (step_kept(step) == NULL || !step->is_made)
            continue;
        if (step_host(step, false, &err) != STEP_DONE)
            return strstr(err.text, "cannot be traced") == NULL;
        states = step->trace.states;
        step_host(step, false, &err);
        *once = *once && step->trace.states == states;
        *most = step->trace.stops - step->trace.count > *most
                    ? step->trace.stops - step->trace.count
                    : *most;
        ++*blocks;
    }
    return true;
}

static void check_host(struct session *session, struct step *step, const char *name)
{
    cpu_set_t before, behind;
    unsigned blocks = 0, most = 0;
    bool once = true;

    CPU_ZERO(&before);
    CPU_ZERO(&behind);
    sched_getaffinity(0, sizeof before, &before);
    if (!follow_blocks(step, &blocks, &most, &once)) {
        printf("ok %u - %s: host instructions # SKIP this host lets no child be traced\n",
               ++session->count, name);
        return;
    }
    printf("# of %u blocks the helper process was stopped at most %u times outside\n", blocks,
           most);
    tap(session, blocks > 0 && most < 64, name, "a helper process is stepped in the block alone");
    tap(session, once, name, "... and one does for all of its instructions");
    sched_getaffinity(0, sizeof behind, &behind);
    tap(session, CPU_COUNT(&before) > 0 && CPU_EQUAL(&before, &behind), name,
        "... on one processor, but we may be on any again");
}

static uint32_t bytes_here(struct step *step)
{
    const struct kept *kept = step_kept(step);
    struct dbt_block_view view;

    if (kept == NULL)
        return 0;
    if (!step->is_made)
        return kept->size;
    dbt_block_view(step->subject->machine, step->number, &view);
    return view.code_end - view.code == kept->size ? kept->size : 0;
}

/* With a pass, without it, and with it again by going back. */
static void check_left_out(struct session *session, struct step *step, const char *name)
{
    const struct machine *machine = step->subject->machine;
    unsigned other[PASSES_MOST] = {0};
    bool undone = true, real = true, changed_all_often = pass_count <= PASSES_MOST;
    struct err err = {0};

    for (unsigned i = 0; i < 2 * STEPS && step_block(step, &err) == STEP_DONE; i++) {
        unsigned pass = i % (unsigned)pass_count;
        uint64_t here = step_position(step), hash;
        uint32_t with, without;

        step_insns_back(step, 1, &err);
        hash = history_hash(step->history);
        step_insns(step, 1, &err);
        with = bytes_here(step);
        step_leave_out(step, 1U << pass, &err);
        without = bytes_here(step);
        step_insns(step, 1, &err); /* it is made, and run */
        real = real && with > 0 && bytes_here(step) > 0 && dbt_left_out(machine) == 1U << pass;
        other[pass % PASSES_MOST] += with != without;
        step_insns_back(step, 2, &err);
        undone = undone && history_hash(step->history) == hash && dbt_left_out(machine) == 0;
        step_go(step, here, &err);
        undone = undone && dbt_left_out(machine) == 1U << pass && bytes_here(step) == without;
        step_leave_out(step, 0, &err);
        real = real && bytes_here(step) == with;
    }
    printf("# blocks with other code: without");
    for (size_t i = 0; i < pass_count; i++) {
        printf(" %s %u", passes[i].name, other[i]);
        /* What these do not change in a few blocks they change nowhere; of others there are few. */
        if (strcmp(passes[i].name, "fold") == 0 || strcmp(passes[i].name, "dead") == 0)
            changed_all_often = changed_all_often && other[i] > 0;
    }
    printf("\n");
    tap(session, real && changed_all_often, name,
        "host code is as long as a translation without the pass has it; without fold, and dead, another");
    tap(session, undone, name, "going back undoes that, and going there again does it");
}

/* Where the program ends nothing comes that would be translated; but it is said, and said again. */
static void check_left_out_at_end(struct session *session, struct step *step, const char *name)
{
    struct err err = {0};
    uint64_t end, hash;

    step_go(step, UINT64_MAX, &err);
    end = step_position(step);
    tap(session, step_leave_out(step, 1, &err) == STEP_ENDED, name,
        "behind the end nothing is left out");
    step_go(step, end, &err); /* it is not known to be the end */
    step_leave_out(step, 1, &err);
    hash = history_hash(step->history);
    step_go(step, end - 1, &err);
    step_go(step, UINT64_MAX, &err);
    tap(session, step_position(step) == end && history_hash(step->history) == hash, name,
        "what is left out at its end is so again there");
}

static void check(struct session *session, struct subject *subject, const char *name)
{
    struct step step;

    step_init(&step, subject, NULL);
    check_pages(session, &step, name);
    check_back(session, &step, name);
    check_host(session, &step, name);
    check_left_out(session, &step, name);
    check_left_out_at_end(session, &step, name);
    step_fini(&step);
}

static struct subject *or_die(struct subject *subject, const struct err *err)
{
    if (subject == NULL) {
        err_print(err, stderr);
        exit(1);
    }
    return subject;
}

int main(int argc, char **argv)
{
    struct session session = {0};
    char name[] = "prime", option[] = "--max-prime", number[] = "20000";
    char *words[] = {name, option, number, NULL}, *environment[] = {NULL};
    struct user_config user = {
        .argv = words, .envp = environment, .engine_options = {.switches = "-tier"}};
    struct board_config board = {
        .harts = 2, .memory = 64 << 20, .engine_options = {.switches = "-tier"}};
    struct err err = {0};

    if (argc != 4)
        return 2;
    user.path = argv[1];
    board.kernel = argv[2];
    board.initrd = argv[3];
    board.bootargs = "PATH=/bin init=/bin/sh -- -c \"fork 1 600 | fork 2 600 | cat\"";
    check(&session, or_die(subject_process_new(&user, &err), &err), "a process");
    check(&session, or_die(subject_board_new(&board, &err), &err), "a machine of two harts");
    printf("1..%u\n", session.count);
    return session.failed == 0 ? 0 : 1;
}
