/*
 * board_contract.c: the contract of the machine (emu/board), with the guest kernel as its program.
 *
 *     board_contract KERNEL INITRD        prints TAP
 *
 * Two deterministic runs are the same, step by step, with 1 and 4 harts; a machine that is taken
 * back lives the same again, devices included; and what was recorded under the host's clock, with
 * keys that come when they like, replays on another machine. All of it under every engine; and two
 * engines make the same run.
 *
 * What tests/unit/test_board.c says of small programs is said of a whole system here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/board/board.h"
#include "emu/board/snapshot.h"
#include "emu/dbt/dbt.h"
#include "emu/threaded/threaded.h"
#include "tests/board/machine.h"

enum { START = 400000, STEPS = 1000000 };

struct session {
    const char *kernel, *initrd;
    const struct engine *engine; /* of the machines that are made */
    unsigned count, failed;
};

static void tap(struct session *session, bool ok, const char *name, unsigned harts)
{
    session->count++;
    session->failed += ok ? 0 : 1;
    printf("%sok %u - %s: %s, with %u hart%s\n", ok ? "" : "not ", session->count,
           session->engine->name, name, harts, harts == 1 ? "" : "s");
}

/* A machine on which many processes are at work at once; the kernel echoes what is typed. */
static struct board *new_board(const struct session *session, struct test_host *host,
                               unsigned harts, bool deterministic, const struct input *log)
{
    struct board_config config = test_config(host, session->kernel);
    struct board *board;

    config.engine = session->engine;
    config.initrd = session->initrd;
    config.bootargs = "PATH=/bin init=/bin/sh -- -c \"fork 1 200 | fork 2 200 | cat\"";
    config.harts = harts;
    config.memory = 64 << 20;
    config.deterministic = deterministic;
    config.recording = log == NULL;
    config.input = log != NULL ? log->events : NULL;
    config.input_count = log != NULL ? log->count : 0;
    config.input_known = START + STEPS;
    board = test_board(&config);
    board->tracing = true;
    return board;
}

/* The machine after that step; its end before that is a failure, too. */
static bool run_to(struct board *board, uint64_t step)
{
    int status;

    return board_run(board, step, &status) == BOARD_STEPS;
}

static bool is_same(struct board *a, struct board *b)
{
    return a->trace == b->trace && snapshot_hash(a) == snapshot_hash(b);
}

static void check_deterministic(struct session *session, unsigned harts)
{
    struct test_host hosts[2];
    struct board *boards[2];
    bool ran = true;

    for (unsigned i = 0; i < 2; i++) {
        test_host_init(&hosts[i], 1 + i, 0); /* the two hosts have nothing in common */
        boards[i] = new_board(session, &hosts[i], harts, true, NULL);
        ran = run_to(boards[i], START + STEPS) && ran;
    }
    tap(session, ran, "the kernel runs for 1.4 million steps", harts);
    tap(session, is_same(boards[0], boards[1]), "two deterministic runs are the same", harts);
    ran = run_to(boards[0], START + STEPS + 1);
    tap(session, ran && !is_same(boards[0], boards[1]), "and one more step is seen", harts);
    board_free(boards[0]);
    board_free(boards[1]);
}

/* The session's engine against the interpreter, looked at often: at each end of a turn both are the
 * same to the last register, and now and then all memory is compared, too. */
static void check_engines(struct session *session, unsigned harts)
{
    const struct engine *engine = session->engine;
    struct test_host hosts[2];
    struct board *boards[2];
    bool same = true;

    for (unsigned i = 0; i < 2; i++) {
        test_host_init(&hosts[i], 3, 0);
        session->engine = i == 0 ? &engine_interp : engine;
        boards[i] = new_board(session, &hosts[i], harts, true, NULL);
    }
    for (uint64_t step = STEPS / 4 + 1; same && step < START + STEPS; step += STEPS / 4 + 1) {
        same = run_to(boards[0], step) && run_to(boards[1], step);
        same = same && is_same(boards[0], boards[1]);
    }
    tap(session, same, "the run is the interpreter's", harts);
    board_free(boards[0]);
    board_free(boards[1]);
}

/* Runs on, goes back, runs on again: the same state and the same trace. */
static bool lives_again(struct board *board)
{
    struct snapshot *snapshot = snapshot_new(board);
    uint64_t before = snapshot_hash(board), trace, after;
    bool same;

    same = run_to(board, START + STEPS);
    trace = board->trace;
    after = snapshot_hash(board);
    snapshot_load(snapshot, board);
    same = same && snapshot_hash(board) == before && after != before;
    same = same && run_to(board, START + STEPS);
    same = same && board->trace == trace && snapshot_hash(board) == after;
    snapshot_free(snapshot);
    return same && !board->input.diverged;
}

static void check_restored(struct session *session, unsigned harts)
{
    for (unsigned deterministic = 0; deterministic < 2; deterministic++) {
        struct test_host host;
        struct board *board;

        test_host_init(&host, 5, 9);
        board = new_board(session, &host, harts, deterministic != 0, NULL);
        tap(session, run_to(board, START) && lives_again(board),
            deterministic != 0 ? "a machine that was taken back lives the same again"
                               : "also under the host's clock, with keys typed",
            harts);
        board_free(board);
    }
}

static void check_replay(struct session *session, unsigned harts)
{
    struct test_host live, dead;
    struct board *first, *second;
    bool ran;

    test_host_init(&live, 7, 9);
    first = new_board(session, &live, harts, false, NULL);
    ran = run_to(first, START + STEPS);
    test_host_init(&dead, 8, 9);
    second = new_board(session, &dead, harts, false, &first->input);
    ran = run_to(second, START + STEPS) && ran;
    tap(session,
        ran && is_same(first, second) && dead.asked == 0 && !second->input.diverged &&
            strcmp(live.output, dead.output) == 0,
        "logged input replays on a machine without a host", harts);
    printf("# %zu events, %zu bytes of output\n", first->input.count, live.used);
    board_free(first);
    board_free(second);
}

int main(int argc, char **argv)
{
    static const struct engine *const engines[] = {&engine_interp, &engine_threaded, &engine_dbt};
    struct session session = {.kernel = argv[1], .initrd = argc > 2 ? argv[2] : NULL};

    if (argc != 3) {
        fputs("board_contract KERNEL INITRD\n", stderr);
        return EXIT_FAILURE;
    }
    for (unsigned i = 0; i < sizeof engines / sizeof engines[0]; i++) {
        session.engine = engines[i];
        for (unsigned harts = 1; harts <= 4; harts += 3) {
            check_deterministic(&session, harts);
            check_restored(&session, harts);
            check_replay(&session, harts);
            if (session.engine != &engine_interp)
                check_engines(&session, harts);
        }
    }
    printf("1..%u\n", session.count);
    return session.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
