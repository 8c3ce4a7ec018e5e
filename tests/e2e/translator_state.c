/*
 * translator_state.c: the translator's state is a matter of what was executed, and can be had back.
 *
 *     translator_state PROGRAM KERNEL INITRD        prints TAP; SEED= in the environment
 *
 * A process and a machine run to random counts N < M, are saved at N, run on to M, are set back,
 * and run to M once more: memory, harts, blocks, the bytes of the cache, its chains and all
 * counters are what they were. It is the same if the way to M is interrupted wherever chance has
 * it. With a cache so small that it is cleared in between, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/board/board.h"
#include "emu/board/snapshot.h"
#include "emu/cpu/hash.h"
#include "emu/dbt/dbt.h"
#include "emu/dbt/inspect.h"
#include "emu/dbt/save.h"
#include "emu/user/record.h"
#include "emu/user/save.h"
#include "tests/board/machine.h"

/* What is run: one of the two. */
struct subject {
    struct process *process;
    struct board *board;
    struct machine *machine;
};

/* All of it at one time. */
struct saved {
    struct process_saved *process;
    struct snapshot *board;
    struct tlb *tlbs;
    uint64_t code_epoch;
    struct dbt_saved *dbt;
};

struct session {
    struct random random;
    unsigned count, failed;
};

static void tap(struct session *session, bool ok, const char *what, const char *name)
{
    session->count++;
    session->failed += ok ? 0 : 1;
    printf("%sok %u - %s: %s\n", ok ? "" : "not ", session->count, what, name);
}

static bool run_to(struct subject *subject, uint64_t until)
{
    int status;

    if (subject->process != NULL)
        return process_run(subject->process, until) == PROCESS_COUNT;
    return board_run(subject->board, until, &status) == BOARD_STEPS;
}

static uint64_t position(const struct subject *subject)
{
    return subject->process != NULL ? subject->process->hart.instret : board_step(subject->board);
}

static uint64_t hash_of(struct subject *subject)
{
    uint64_t hash =
        subject->process != NULL ? process_hash(subject->process) : snapshot_hash(subject->board);

    return hash_word(hash, dbt_hash(subject->machine));
}

static void save(struct subject *subject, struct saved *saved)
{
    *saved = (struct saved){.dbt = dbt_save(subject->machine, NULL, NULL),
                            .code_epoch = subject->machine->code_epoch};
    if (subject->process != NULL) {
        saved->process = process_save(subject->process, NULL, NULL);
        return;
    }
    saved->board = snapshot_new(subject->board);
    saved->tlbs = malloc(subject->board->hart_count * sizeof *saved->tlbs);
    if (saved->tlbs == NULL)
        abort();
    memcpy(saved->tlbs, subject->board->tlbs, subject->board->hart_count * sizeof *saved->tlbs);
}

static void load(struct subject *subject, const struct saved *saved)
{
    struct err err;

    if (saved->process != NULL && process_load(saved->process, subject->process, &err) < 0)
        abort();
    if (saved->tlbs != NULL) {
        snapshot_load(saved->board, subject->board);
        memcpy(subject->board->tlbs, saved->tlbs, subject->board->hart_count * sizeof *saved->tlbs);
    }
    subject->machine->code_epoch = saved->code_epoch;
    dbt_load(saved->dbt, subject->machine);
}

static void saved_fini(struct saved *saved)
{
    dbt_saved_free(saved->dbt);
    process_saved_free(saved->process);
    snapshot_free(saved->board);
    free(saved->tlbs);
}

/* Goes to `until` in pieces of 1 to `most` instructions. */
static bool wander(struct session *session, struct subject *subject, uint64_t until, uint64_t most)
{
    while (position(subject) < until) {
        uint64_t next = position(subject) + 1 + random_below(&session->random, most);

        if (!run_to(subject, next < until ? next : until))
            return false;
    }
    return true;
}

struct findings {
    bool replayed, wandered, right;
    unsigned rounds, blocks; /* blocks: that were compared */
};

/* Is what is in the cache what the blocks' translation, done again, comes to? */
static void compare_translations(const struct subject *subject, struct findings *findings)
{
    struct kept *kept = calloc(1, sizeof *kept);
    uint32_t blocks = dbt_cache_view(subject->machine).blocks;
    struct dbt_block_view view;

    for (uint32_t i = 0; findings->right && i < blocks; i++) {
        findings->right = dbt_block_view(subject->machine, i, &view) &&
                          (view.dropped || dbt_block_kept(subject->machine, i, kept));
        kept_fini(kept);
    }
    free(kept);
    findings->blocks += blocks;
}

/* From where the subject is, `span` instructions further than `from`. */
static void try_once(struct session *session, struct subject *subject, uint64_t span,
                     struct findings *findings)
{
    uint64_t start = position(subject);
    uint64_t n = start + random_below(&session->random, span);
    uint64_t m = n + 1 + random_below(&session->random, span);
    struct saved saved, begin;
    uint64_t at_n, at_m;
    bool ok;

    save(subject, &begin);
    ok = run_to(subject, n);
    at_n = hash_of(subject);
    save(subject, &saved);
    ok = ok && run_to(subject, m);
    at_m = hash_of(subject);
    load(subject, &saved);
    ok = ok && hash_of(subject) == at_n && run_to(subject, m) && hash_of(subject) == at_m;
    findings->replayed &= ok;
    load(subject, &begin);
    ok = wander(session, subject, n, span / 10 + 1) && hash_of(subject) == at_n &&
         (m - n > 2000 || wander(session, subject, m, 3)) && run_to(subject, m) &&
         hash_of(subject) == at_m;
    findings->wandered &= ok;
    if (findings->rounds++ % 16 == 0)
        compare_translations(subject, findings);
    saved_fini(&saved);
    saved_fini(&begin);
}

static void check(struct session *session, struct subject *subject, const char *what, uint64_t end,
                  unsigned rounds)
{
    static const uint64_t spans[] = {3, 100, 3000, 200000, 1200000};
    enum { SPANS = sizeof spans / sizeof *spans };
    struct findings findings = {true, true, true, 0, 0};
    uint64_t start = position(subject);
    struct saved begin;

    save(subject, &begin);
    for (unsigned i = 0; i < rounds; i++) {
        if (position(subject) + 2 * spans[SPANS - 1] > end)
            load(subject, &begin);
        if (i % 4 == 3 &&
            !run_to(subject, position(subject) + random_below(&session->random, (end - start) / 4)))
            load(subject, &begin);
        if (position(subject) + 2 * spans[SPANS - 1] <= end)
            try_once(session, subject, spans[random_below(&session->random, SPANS)], &findings);
    }
    load(subject, &begin);
    saved_fini(&begin);
    if (run_to(subject, end))
        compare_translations(subject, &findings);
    tap(session, findings.replayed, what, "saved, run on, set back and run again, it is the same");
    tap(session, findings.wandered, what, "where it was stopped on the way leaves no trace");
    tap(session, findings.right && findings.rounds > rounds / 2 && findings.blocks > 0, what,
        "the code in the cache is what its translation comes to");
}

static void ignore(void *owner, int fd, const void *text, size_t bytes)
{
    (void)owner, (void)fd, (void)text, (void)bytes;
}

static void check_process(struct session *session, const char *path, const char *switches,
                          uint32_t limit, const char *what)
{
    char name[] = "prime", option[] = "--max-prime", number[] = "2000", events[] = "--events",
         sixty[] = "60";
    char *argv[] = {name, option, number, events, sixty, NULL}, *envp[] = {NULL};
    const struct user_config config = {.engine = &engine_dbt,
                                       .path = path,
                                       .argv = argv,
                                       .envp = envp,
                                       .engine_options = {.switches = switches}};
    struct process *process = calloc(1, sizeof *process);
    struct subject subject = {.process = process};
    struct err err = {0};

    if (process == NULL || process_init(process, &config, &err) < 0) {
        err_print(&err, stderr);
        exit(1);
    }
    record_attach(process, ignore, NULL);
    subject.machine = &process->machine;
    dbt_limit_code(subject.machine, limit);
    check(session, &subject, what, 4500000, 120);
    if (limit == 0) {
        run_to(&subject, 4500000);
        tap(session, dbt_counts(subject.machine)->cleared > 2, what, "its cache was cleared");
    }
    process_fini(process);
    free(process);
}

static void check_board(struct session *session, const char *kernel, const char *initrd,
                        unsigned harts, uint32_t limit, const char *what)
{
    struct test_host host;
    struct board_config config;
    struct subject subject = {.board = NULL};

    test_host_init(&host, 1, 0);
    config = test_config(&host, kernel);
    config.engine = &engine_dbt;
    config.initrd = initrd;
    config.bootargs = "PATH=/bin init=/bin/sh -- -c \"fork 1 200 | fork 2 200 | cat\"";
    config.harts = harts;
    config.memory = 32 << 20;
    subject.board = test_board(&config);
    subject.machine = &subject.board->machine;
    dbt_limit_code(subject.machine, limit);
    check(session, &subject, what, 3600000, 20);
    if (limit == 0) {
        run_to(&subject, 3000000);
        tap(session, dbt_counts(subject.machine)->cleared > 2, what, "its cache was cleared");
    }
    board_free(subject.board);
}

int main(int argc, char **argv)
{
    struct session session = {.count = 0};
    uint64_t seed = random_seed();

    if (argc != 4)
        return 2;
    session.random.state = seed;
    printf("# SEED=%llu\n", (unsigned long long)seed);
    check_process(&session, argv[1], NULL, UINT32_MAX, "a process");
    check_process(&session, argv[1], NULL, 0, "a process with a tiny cache");
    check_process(&session, argv[1], "-chain,-ibtc,-unroll", UINT32_MAX, "... without chains");
    check_process(&session, argv[1], "-tier", 0, "... that translates at once");
    check_board(&session, argv[2], argv[3], 1, UINT32_MAX, "a machine");
    check_board(&session, argv[2], argv[3], 2, 0, "two harts with a tiny cache");
    printf("1..%u\n", session.count);
    return session.failed == 0 ? 0 : 1;
}
