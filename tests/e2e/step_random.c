/*
 * step_random.c: going back is exact.
 *
 *     step_random PROGRAM KERNEL INITRD        prints TAP; SEED= and MOVES= in the environment
 *
 * A process and a machine are stepped at random: by instructions, blocks and events, forward and
 * back, to positions anywhere, to breakpoints. Whatever way a position is reached, the whole state
 * there is the same: memory, harts, devices, blocks, code bytes, chains, tables, counters.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/step/step.h"
#include "tests/random.h"

enum { PLACES = 1 << 16 };

struct place {
    uint64_t position, hash;
    bool used;
};

struct session {
    struct random random;
    unsigned count, failed;
    struct place places[PLACES]; /* where we have been, by position */
    unsigned moves, met;         /* met: places that were come to again */
};

static void tap(struct session *session, bool ok, const char *what)
{
    session->count++;
    session->failed += ok ? 0 : 1;
    printf("%sok %u - %s\n", ok ? "" : "not ", session->count, what);
}

/* Is it as it was the last time we were here? */
static bool is_same(struct session *session, const struct step *step)
{
    uint64_t position = step_position(step);
    struct place *place = &session->places[position % PLACES];
    uint64_t hash = history_hash(step->history);

    if (place->used && place->position == position) {
        session->met++;
        if (place->hash != hash)
            printf("# position %llu: another state\n", (unsigned long long)position);
        return place->hash == hash;
    }
    *place = (struct place){position, hash, true};
    return true;
}

static enum step_result move(struct session *session, struct step *step, uint64_t end,
                             struct err *err)
{
    static const unsigned kinds[] = {(1U << EVENT_KIND_COUNT) - 1, 1U << EVENT_CHAIN,
                                     1U << EVENT_CLEAR | 1U << EVENT_TRAP, 1U << EVENT_SYSCALL};
    unsigned kind = kinds[random_below(&session->random, 4)];
    uint64_t few = 1 + random_below(&session->random, 4);

    switch (random_below(&session->random, 12)) {
    case 0:
    case 1: return step_insns(step, few, err);
    case 2:
    case 3: return step_insns_back(step, few, err);
    case 4: return step_block(step, err);
    case 5:
    case 6: return step_block_back(step, err);
    case 7: return step_event(step, kind, err);
    case 8:
    case 9: return step_event_back(step, kind, err);
    case 10: return step_insns_back(step, random_below(&session->random, 3000), err);
    default: return step_go(step, random_below(&session->random, end), err);
    }
}

/* To a breakpoint where we are, from before it, and back to it from behind. */
static bool breakpoints_are_found(struct session *session, struct step *step, struct err *err)
{
    uint64_t here, again;
    bool ok;

    step_go(step, 5000 + random_below(&session->random, 5000), err);
    here = step_position(step);
    step->breaks[0].pc = step_hart(step)->pc;
    step->break_count = 1;
    ok = step_run_back(step, err) == STEP_DONE && is_same(session, step);
    again = step_position(step); /* it may have been there before */
    while (ok && again < here) {
        ok = step_run(step, err) == STEP_DONE && is_same(session, step) &&
             step_position(step) > again && step_hart(step)->pc == step->breaks[0].pc;
        again = step_position(step);
    }
    step->break_count = 0;
    return ok && again == here;
}

/*
 * The block here, executed on the host instruction by instruction: where it is left, the registers
 * that live in the host's are what the guest has behind the block. *compared: there are such.
 */
static bool host_is_right(struct step *step, bool *compared, struct err *err)
{
    struct dbt_code_view code = dbt_code_view(step->subject->machine);
    const struct kept *kept = step_kept(step);
    struct host_state last;
    struct homes homes;

    *compared = false;
    if (kept == NULL || !step->is_made || !kept->has_homes)
        return true;
    if (step_host(step, false, err) == STEP_FAILED)
        return true; /* a turn ends within it */
    homes = kept->homes;
    last = step->trace.states[step->trace.count];
    *compared = step->trace.left && (last.pc == code.leave || last.pc >= code.blocks);
    if (!*compared)
        return true; /* the interpreter has had the last word */
    if (step_block(step, err) == STEP_FAILED)
        return false;
    for (unsigned i = 0; i < HOMES; i++) {
        if (last.registers[emit_home(i)] != step_hart(step)->x[homes.guest[i]])
            return false;
    }
    return true;
}

static void check_hosts(struct session *session, struct step *step, uint64_t end, const char *what)
{
    unsigned compared = 0;
    bool right = true, one;

    for (unsigned i = 0; right && i < 60; i++) {
        struct err err = {0};

        step_go(step, 1 + random_below(&session->random, end), &err);
        right = host_is_right(step, &one, &err);
        compared += one;
        if (strstr(err.text, "cannot be traced") != NULL) {
            printf("ok %u - %s # SKIP %s\n", ++session->count, what, err.text);
            return;
        }
    }
    printf("# %u blocks were executed by single host instructions\n", compared);
    tap(session, right && compared > 20, what);
}

static void check(struct session *session, struct subject *subject, const char *name, uint64_t end,
                  unsigned moves)
{
    struct step step;
    struct err err = {0};
    bool same = true;
    char text[160];

    memset(session->places, 0, sizeof session->places);
    session->met = 0;
    step_init(&step, subject, NULL);
    step.history->interval = 1 << 14; /* many checkpoints, and thinning, in a short run */
    for (unsigned i = 0; same && i < moves; i++)
        same = move(session, &step, end, &err) != STEP_FAILED && is_same(session, &step);
    snprintf(text, sizeof text, "%s: %u moves, and it is the same wherever it has been", name,
             moves);
    tap(session, same && session->met > moves / 50, text);
    printf("# %u of them led to where it had been; %u checkpoints, %u dropped\n", session->met,
           step.history->count, step.history->dropped);
    snprintf(text, sizeof text, "%s: breakpoints are found, ahead and back", name);
    tap(session, breakpoints_are_found(session, &step, &err), text);
    snprintf(text, sizeof text, "%s: single host instructions come to what the block does", name);
    check_hosts(session, &step, end, text);
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
    struct session *session = calloc(1, sizeof *session);
    const char *moves_text = getenv("MOVES");
    unsigned moves = moves_text != NULL ? (unsigned)strtoul(moves_text, NULL, 10) : 400;
    char name[] = "prime", option[] = "--max-prime", number[] = "2000", events[] = "--events",
         sixty[] = "60";
    char *words[] = {name, option, number, events, sixty, NULL}, *environment[] = {NULL};
    struct user_config user = {.argv = words, .envp = environment};
    struct board_config board = {.harts = 2, .memory = 32 << 20};
    struct err err = {0};
    struct subject *subject;
    uint64_t seed = random_seed();
    unsigned failed;

    if (session == NULL || argc != 4) {
        free(session);
        return 2;
    }
    session->random.state = seed;
    printf("# SEED=%llu\n", (unsigned long long)seed);
    user.path = argv[1];
    board.kernel = argv[2];
    board.initrd = argv[3];
    board.bootargs = "PATH=/bin init=/bin/sh -- -c \"fork 1 200 | fork 2 200 | cat\"";
    check(session, or_die(subject_process_new(&user, &err), &err), "a process", 2000000, moves);
    subject = or_die(subject_process_new(&user, &err), &err);
    dbt_limit_code(subject->machine, 0);
    check(session, subject, "a process with a tiny cache", 2000000, moves);
    check(session, or_die(subject_board_new(&board, &err), &err), "two harts", 3000000, moves / 10);
    printf("1..%u\n", session->count);
    failed = session->failed;
    free(session);
    return failed == 0 ? 0 : 1;
}
