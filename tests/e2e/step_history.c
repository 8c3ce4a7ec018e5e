/*
 * step_history.c: what going back costs, in positions and bytes, which are the same on every host.
 *
 *     step_history PROGRAM KERNEL INITRD        prints TAP
 *
 * POSITIONS= in the environment: how many (100 million).
 * A process and a machine run on for so many positions. What is kept of it stays in its bounds; and
 * back over a million, wherever that is, no more is run again than that a second would do (times
 * are told, and not judged). Then the state is what it was.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "emu/step/step.h"

#define MILLION    UINT64_C(1000000)
#define BYTES_MOST ((size_t)512 << 20)

struct session {
    unsigned count, failed;
    uint64_t positions;
};

static void tap(struct session *session, bool ok, const char *name, const char *what)
{
    session->count++;
    session->failed += ok ? 0 : 1;
    printf("%sok %u - %s: %s\n", ok ? "" : "not ", session->count, name, what);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The most memory that this process ever had. */
static uint64_t most_memory(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_maxrss << 10;
}

/* Back over a million from here, and on again. */
static bool back_is_cheap(struct step *step, struct err *err)
{
    struct history *history = step->history;
    uint64_t here = step_position(step), hash = history_hash(history);
    double start = now(), seconds;
    enum step_result result = step_insns_back(step, MILLION, err);
    uint64_t again = history->run_again;
    bool ok;

    seconds = now() - start;
    ok = result == STEP_DONE && step_position(step) == here - MILLION &&
         again <= HISTORY_INTERVAL_MAX;
    printf("# from %" PRIu64 " back over a million: %" PRIu64 " were run again, %.3f s\n", here,
           again, seconds);
    step_insns(step, MILLION, err);
    return ok && step_position(step) == here && history_hash(history) == hash;
}

static void check(struct session *session, struct subject *subject, const char *name)
{
    struct step step;
    struct err err = {0};
    size_t most = 0;
    bool cheap = true, far = true;
    double start = now();
    uint64_t from;

    step_init(&step, subject, NULL);
    for (unsigned tenth = 1; tenth <= 10; tenth++) {
        step_go(&step, session->positions / 10 * tenth, &err);
        most = history_bytes(step.history) > most ? history_bytes(step.history) : most;
    }
    printf("# %s: %" PRIu64
           " positions, %.1f s; %u checkpoints of %u, %zu KiB; the program has %" PRIu64
           " KiB in all\n",
           name, step_position(&step), now() - start, step.history->count,
           step.history->count + step.history->dropped, most >> 10, most_memory() >> 10);
    tap(session, step_position(&step) == session->positions, name, "it comes so far");
    tap(session, most <= HISTORY_BYTES + (HISTORY_BYTES >> 3) && most_memory() < BYTES_MOST, name,
        "its history stays below 512 MiB");
    for (unsigned i = 0; cheap && i < 3; i++) {
        cheap = back_is_cheap(&step, &err);
        step_insns_back(&step, 3 * MILLION + i, &err);
    }
    tap(session, cheap, name, "back over a million, not many are run again");
    /* Far away, as far as the widest gap is told to be. */
    for (unsigned i = 1; far && i < 4; i++) {
        uint64_t to = session->positions / 4 * i;

        step_go(&step, to, &err);
        far = step_position(&step) == to &&
              step.history->run_again <= history_widest(step.history, &from) + HISTORY_INTERVAL_MAX;
        printf("# to %" PRIu64 ": %" PRIu64 " were run again\n", to, step.history->run_again);
    }
    tap(session, far, name, "... nor to far away, as is told");
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
    struct session session = {.positions = 100 * MILLION};
    const char *positions = getenv("POSITIONS");
    char name[] = "prime", option[] = "--max-prime", number[] = "20000", events[] = "--events",
         all[] = "5000000";
    char *words[] = {name, option, number, events, all, NULL}, *environment[] = {NULL};
    struct user_config user = {.argv = words, .envp = environment};
    struct board_config board = {.harts = 2, .memory = 64 << 20};
    struct err err = {0};

    if (argc != 4)
        return 2;
    if (positions != NULL)
        session.positions = strtoull(positions, NULL, 10);
    user.path = argv[1];
    board.kernel = argv[2];
    board.initrd = argv[3];
    board.bootargs =
        "PATH=/bin init=/bin/sh -- -c \"fork 1 1500 | fork 2 1500 | cat; prime --events "
        "1000000 --max-prime 20000\"";
    check(&session, or_die(subject_process_new(&user, &err), &err), "a process");
    check(&session, or_die(subject_board_new(&board, &err), &err), "a machine of two harts");
    printf("1..%u\n", session.count);
    return session.failed == 0 ? 0 : 1;
}
