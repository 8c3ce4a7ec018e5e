/* test_input.c: the log of what is not determined: recorded, replayed, and found not to fit. */
#include "emu/board/input.h"
#include "tests/unit/unit_main.h"

struct source {
    uint64_t ticks;
    const char *keys; /* typed one after the other; '.': nothing at this look */
    unsigned asked;
};

static uint64_t source_clock(void *owner)
{
    struct source *source = owner;

    source->asked++;
    return source->ticks += 7;
}

static bool source_console(void *owner, uint16_t *typed)
{
    struct source *source = owner;

    source->asked++;
    if (*source->keys == '\0')
        return false;
    *typed = (uint8_t)*source->keys++;
    return *typed != '.';
}

static uint64_t source_entropy(void *owner)
{
    struct source *source = owner;

    source->asked++;
    return source->ticks * 31;
}

static void init(struct input *input, struct source *source, const char *keys, bool recording)
{
    const struct input_sources sources = {.clock = source_clock,
                                          .console = source_console,
                                          .entropy = source_entropy,
                                          .owner = source};

    *source = (struct source){.keys = keys};
    input_init(input, &sources, recording);
}

/* Everything that a machine asks in some steps, as one number. */
static uint64_t live(struct input *input)
{
    uint64_t hash = 0;
    uint16_t typed = 0;

    for (uint64_t step = 0; step < 6; step++) {
        hash = hash * 31 + input_clock(input, step);
        if (input_console(input, step, &typed))
            hash = hash * 31 + typed;
        if (step == 3)
            hash = hash * 31 + input_entropy(input, step);
        hash = hash * 31 + input_disk(input, step, step % 2 == 0);
    }
    return hash;
}

START_TEST(a_replay_gives_the_same_answers_without_asking)
{
    struct input input, other;
    struct source source, dead;
    uint64_t first;

    init(&input, &source, "a.b..c", true);
    first = live(&input);
    ck_assert_uint_eq(input.count, 6 + 3 + 1 + 6);
    input_rewind(&input, 0);
    source.asked = 0;
    ck_assert_uint_eq(live(&input), first);
    ck_assert_uint_eq(source.asked, 0);
    ck_assert(!input.diverged);

    init(&other, &dead, "xxxxxx", false);
    input_load(&other, input.events, input.count, 6);
    ck_assert_uint_eq(live(&other), first);
    ck_assert_uint_eq(dead.asked, 0);
    input_fini(&input);
    input_fini(&other);
}
END_TEST

START_TEST(behind_the_end_of_the_log_the_host_is_asked_again)
{
    struct input input;
    struct source source;
    uint16_t typed;

    init(&input, &source, "a", true);
    input_clock(&input, 1);
    input_rewind(&input, 0);
    ck_assert_uint_eq(input_clock(&input, 1), 7);
    ck_assert_uint_eq(input_clock(&input, 2), 14);
    ck_assert(input_console(&input, 2, &typed) && typed == 'a');
    ck_assert_uint_eq(input.count, 3);
    ck_assert(!input.diverged);
    input_fini(&input);
}
END_TEST

START_TEST(without_recording_nothing_is_kept)
{
    struct input input;
    struct source source;

    init(&input, &source, "abcdef", false);
    live(&input);
    ck_assert_uint_eq(input.count, 0);
    input_fini(&input);
}
END_TEST

START_TEST(another_question_than_the_logs_is_a_divergence_and_drops_its_tail)
{
    static const struct {
        uint64_t step;
        bool entropy;
    } cases[] = {{5, false}, {3, true}};

    for (unsigned i = 0; i < 2; i++) {
        struct input input;
        struct source source;

        init(&input, &source, "", true);
        for (uint64_t step = 1; step <= 10; step++)
            input_clock(&input, step);
        input_rewind(&input, 2);
        if (cases[i].entropy)
            input_entropy(&input, cases[i].step);
        else
            ck_assert_uint_eq(input_clock(&input, cases[i].step), 77);
        ck_assert(input.diverged);
        ck_assert_uint_eq(input.count, 3);
        input_rewind(&input, 0);
        ck_assert(!input.diverged);
        input_fini(&input);
    }
}
END_TEST

START_TEST(a_key_that_nobody_fetched_in_its_time_is_a_divergence)
{
    struct input input;
    struct source source;
    uint16_t typed;

    init(&input, &source, "k", true);
    ck_assert(input_console(&input, 5, &typed));
    input_rewind(&input, 0);
    ck_assert(!input_console(&input, 4, &typed));
    ck_assert(!input.diverged);
    ck_assert(!input_console(&input, 6, &typed));
    ck_assert(input.diverged);
    input_fini(&input);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("input");
    TCase *log = tcase_create("log");

    tcase_add_test(log, a_replay_gives_the_same_answers_without_asking);
    tcase_add_test(log, behind_the_end_of_the_log_the_host_is_asked_again);
    tcase_add_test(log, without_recording_nothing_is_kept);
    tcase_add_test(log, another_question_than_the_logs_is_a_divergence_and_drops_its_tail);
    tcase_add_test(log, a_key_that_nobody_fetched_in_its_time_is_a_divergence);
    suite_add_tcase(suite, log);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
