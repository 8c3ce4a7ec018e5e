/* test_result.c: what follows from samples, on made-up ones: no clock is asked here. */
#include "tests/unit/unit_main.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "result/drift.h"
#include "result/laws.h"
#include "result/result.h"
#include "result/turns.h"
#include "tests/random.h"

/* A normal variable, near enough: the sum of twelve uniform ones. */
static double noise(struct random *random)
{
    double sum = -6;

    for (int i = 0; i < 12; i++)
        sum += (double)random_below(random, 1000001) / 1e6;
    return sum;
}

START_TEST(a_flat_series_has_no_step)
{
    const double values[] = {5, 5, 5, 5, 5, 5, 5, 5};
    struct drift drift;

    drift_find(&drift, values, 8, 0.1, 2);
    ck_assert_uint_eq(drift.count, 0);
}
END_TEST

/* The column of a report: "14.2, 12.4, 3.0, 3.0, 3.5". */
START_TEST(the_collapse_of_a_column_is_a_step)
{
    const double values[] = {14.2, 12.4, 3.0, 3.0, 3.5};
    struct drift drift;

    drift_find(&drift, values, 5, 0.25, 2);
    ck_assert_uint_eq(drift.count, 1);
    ck_assert_uint_eq(drift.at[0], 2);
}
END_TEST

START_TEST(columns_that_only_scatter_have_no_step)
{
    static const double columns[][5] = {{90.8, 96.1, 93.0, 94.4, 92.2},
                                        {3496, 3560, 3541, 3533, 3520},
                                        {30.9, 31.6, 31.2, 31.5, 31.0}};
    struct drift drift;

    for (size_t i = 0; i < 3; i++) {
        drift_find(&drift, columns[i], 5, 0.25, 2);
        ck_assert_uint_eq(drift.count, 0);
    }
}
END_TEST

START_TEST(one_wild_value_is_no_step)
{
    const double values[] = {5, 5.1, 4.9, 50, 5, 5.1, 4.9, 5, 5.1};
    struct drift drift;

    drift_find(&drift, values, 9, 0.1, 2);
    ck_assert_uint_eq(drift.count, 0);
}
END_TEST

START_TEST(up_and_down_again_are_two_steps)
{
    double values[60];
    struct drift drift;

    for (int i = 0; i < 60; i++)
        values[i] = (i >= 20 && i < 45 ? 8.0 : 5.0) + 0.01 * (i % 3);
    drift_find(&drift, values, 60, 0.1, 4);
    ck_assert_uint_eq(drift.count, 2);
    ck_assert_uint_eq(drift.at[0], 20);
    ck_assert_uint_eq(drift.at[1], 45);
}
END_TEST

START_TEST(a_step_of_a_long_series_is_found_in_its_block)
{
    enum { COUNT = 20000 };
    double *values = calloc(COUNT, sizeof *values);
    struct drift drift;

    for (int i = 0; i < COUNT; i++)
        values[i] = i < 13000 ? 1 : 2;
    drift_find(&drift, values, COUNT, 0.1, 4);
    free(values);
    ck_assert_uint_eq(drift.count, 1);
    ck_assert_uint_ge(drift.at[0], 13000 - 40);
    ck_assert_uint_le(drift.at[0], 13000 + 40);
}
END_TEST

/* A host at rest, then one with a neighbour who takes now less and now more. */
START_TEST(unsteady_work_of_a_neighbour_is_a_step_all_the_same)
{
    double values[80];
    struct drift drift;

    for (int i = 0; i < 80; i++)
        values[i] = i < 25 ? 4.8 + 0.1 * (i % 2) : 8.8 + 4 * (i % 3);
    drift_find(&drift, values, 80, 0.1, 4);
    ck_assert_uint_eq(drift.count, 1);
    ck_assert_uint_eq(drift.at[0], 25);
}
END_TEST

/* How many of `trials` made-up series of `count` values have a step, and the first of it from
 * `least` to `most`. */
static int count_stepped(double (*value)(struct random *random, int i), int count, int trials,
                         size_t least, size_t most)
{
    struct random random = random_begin();
    int found = 0;

    for (int trial = 0; trial < trials; trial++) {
        double values[80];
        struct drift drift;

        for (int i = 0; i < count; i++)
            values[i] = value(&random, i);
        drift_find(&drift, values, (size_t)count, 0.1, 4);
        found += drift.count >= 1 && drift.at[0] >= least && drift.at[0] <= most;
    }
    return found;
}

static double by_turns(struct random *random, int i)
{
    (void)i;
    return random_below(random, 4) == 0 ? 4.8 : 8.8;
}

static double noisy(struct random *random, int i)
{
    (void)i;
    return 5 * (1 + 0.02 * noise(random));
}

static double noisy_step(struct random *random, int i)
{
    return (i < 30 ? 5 : 7) * (1 + 0.02 * noise(random));
}

/* Now this, now that from beginning to end: no step, however many of one kind come together. */
START_TEST(two_levels_by_turns_are_no_step)
{
    ck_assert_int_le(count_stepped(by_turns, 80, 1000, 0, 80), 10);
}
END_TEST

/* Noise of 2 % around one level, many times: nearly never a step of 10 %. */
START_TEST(noise_is_hardly_ever_taken_for_a_step)
{
    ck_assert_int_le(count_stepped(noisy, 50, 300, 0, 50), 3);
}
END_TEST

/* ... and a step of 40 % in it nearly always is one, close to where it was. */
START_TEST(a_step_is_found_in_noise)
{
    ck_assert_int_ge(count_stepped(noisy_step, 50, 300, 28, 32), 295);
}
END_TEST

/* A race of two ways on one kernel, `runs` rounds after the one to warm up. */
struct made_up {
    struct result result;
    struct result_row rows[2];
    struct result_execution executions[64];
    double samples[2][32];
    size_t rounds[2][32];
};

static void make_up(struct made_up *made, size_t runs)
{
    static const char *const ways[] = {"native", "container"};

    memset(made, 0, sizeof *made);
    for (size_t way = 0; way < 2; way++) {
        made->rows[way] = (struct result_row){.entry = way,
                                              .program = "fork",
                                              .args = json_array(),
                                              .way = ways[way],
                                              .kernel = {.name = "Linux", .version = "6"},
                                              .unit = "forks/s",
                                              .more = true,
                                              .samples = made->samples[way],
                                              .rounds = made->rounds[way],
                                              .count = runs,
                                              .answers = json_object(),
                                              .counters = json_null()};
        for (size_t i = 0; i < runs; i++) {
            made->samples[way][i] = (way == 0 ? 1000 : 500) + (double)(i % 3);
            made->rounds[way][i] = i + 1;
        }
    }
    for (size_t i = 0; i < 2 * (runs + 1); i++)
        made->executions[i] =
            (struct result_execution){.entry = i % 2,
                                      .round = i / 2,
                                      .start = (double)(i + 1),
                                      .outside = 0.5,
                                      .inside = 0.4,
                                      .loop_wall = 0.005 + 0.00001 * (double)(i % 3),
                                      .loop_cpu = 0.005,
                                      .ok = true};
    made->result = (struct result){.host = json_object(),
                                   .rows = made->rows,
                                   .row_count = 2,
                                   .runs = runs,
                                   .executions = made->executions,
                                   .execution_count = 2 * (runs + 1),
                                   .cpus = json_null(),
                                   .command = json_array()};
}

static void unmake(struct made_up *made)
{
    for (size_t i = 0; i < 2; i++) {
        json_decref(made->rows[i].args);
        json_decref(made->rows[i].answers);
    }
    json_decref(made->result.host);
    json_decref(made->result.command);
    free(made->result.steps);
}

START_TEST(a_calm_race_has_numbers_of_all_its_samples)
{
    struct made_up made;

    make_up(&made, 9);
    result_derive(&made.result);
    ck_assert_uint_eq(made.result.step_count, 0);
    ck_assert_uint_eq(made.rows[0].used, 9);
    ck_assert_double_eq(made.rows[0].summary.median, 1001);
    ck_assert_double_eq_tol(made.rows[1].native.speed, 501.0 / 1001, 1e-12);
    ck_assert_double_eq(made.rows[1].native.speed, made.rows[1].same_kernel.speed);
    ck_assert(!made.result.noisy);
    unmake(&made);
}
END_TEST

/* A busy loop is planted: from the sixth round on the loop takes twice as long, on and off the
 * processor. */
START_TEST(a_busy_neighbour_makes_a_step_that_no_median_crosses)
{
    struct made_up made;

    make_up(&made, 12);
    for (size_t i = 12; i < made.result.execution_count; i++)
        made.executions[i].loop_wall *= 2;
    for (size_t i = 5; i < 12; i++)
        made.samples[0][i] = made.samples[1][i] = 7;
    result_derive(&made.result);
    ck_assert_uint_eq(made.result.step_count, 1);
    ck_assert_uint_eq(made.result.steps[0].execution, 12);
    ck_assert(made.result.steps[0].stolen);
    ck_assert_double_eq_tol(made.result.steps[0].to / made.result.steps[0].from, 2, 0.01);
    ck_assert_uint_eq(made.rows[0].first_used, 5); /* rounds 6 to 12: the longer side */
    ck_assert_uint_eq(made.rows[0].used, 7);
    ck_assert_double_eq(made.rows[0].summary.max, 7);
    unmake(&made);
}
END_TEST

/* One who works from the beginning to the end makes no step. */
START_TEST(a_neighbour_who_is_always_there_is_seen_as_a_share)
{
    struct made_up made;

    make_up(&made, 12);
    result_derive(&made.result);
    ck_assert_double_lt(result_stolen(&made.result), RESULT_CROWDED);
    for (size_t i = 0; i < made.result.execution_count; i++)
        made.executions[i].loop_wall *= 2;
    result_derive(&made.result);
    ck_assert_uint_eq(made.result.step_count, 0);
    ck_assert_double_eq_tol(result_stolen(&made.result), 0.5, 0.01);
    unmake(&made);
}
END_TEST

START_TEST(a_throttled_processor_is_told_from_a_neighbour)
{
    struct made_up made;

    make_up(&made, 12);
    for (size_t i = 12; i < made.result.execution_count; i++) {
        made.executions[i].loop_wall *= 1.5;
        made.executions[i].loop_cpu *= 1.5;
    }
    result_derive(&made.result);
    ck_assert_uint_eq(made.result.step_count, 1);
    ck_assert(!made.result.steps[0].stolen);
    unmake(&made);
}
END_TEST

START_TEST(wide_intervals_are_noisy)
{
    struct made_up made;

    make_up(&made, 9);
    for (size_t i = 0; i < 9; i++)
        made.samples[1][i] = 500 + 40 * (double)(i % 5);
    result_derive(&made.result);
    ck_assert(!made.rows[0].noisy);
    ck_assert(made.rows[1].noisy);
    ck_assert(made.result.noisy);
    ck_assert(made.rows[1].inconclusive);
    unmake(&made);
}
END_TEST

START_TEST(kernels_are_compared_within_themselves)
{
    struct made_up made;

    make_up(&made, 5);
    made.rows[1].way = "dbt";
    made.rows[1].kernel.name = "Trivium";
    made.rows[1].different_kernel = true;
    result_derive(&made.result);
    ck_assert_uint_eq(made.rows[1].same_kernel.to, 1);
    ck_assert_double_eq(made.rows[1].same_kernel.speed, 1);
    ck_assert_double_eq_tol(made.rows[1].native.speed, 0.5, 0.01);
    unmake(&made);
}
END_TEST

static void count_report(void *context, const struct law *law, const char *place, const char *text)
{
    (void)law;
    ck_assert(place[0] != '\0' && text[0] != '\0');
    ++*(int *)context;
}

START_TEST(each_law_has_one_subject_and_says_what_and_why)
{
    for (size_t i = 0; i < laws_count; i++) {
        ck_assert_int_eq(
            (laws[i].result != NULL) + (laws[i].sysbench != NULL) + (laws[i].column != NULL), 1);
        ck_assert(laws[i].formula[0] != '\0' && laws[i].why[0] != '\0');
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(laws[i].name, laws[j].name);
    }
}
END_TEST

START_TEST(a_column_that_collapses_breaks_its_law)
{
    struct sysbench runs[5] = {{.events = 142, .total_time = 10},
                               {.events = 124, .total_time = 10},
                               {.events = 30, .total_time = 10},
                               {.events = 30, .total_time = 10},
                               {.events = 35, .total_time = 10}};
    int told = 0;

    ck_assert_uint_eq(laws_check_column(runs, 5, count_report, &told), 1);
    ck_assert_int_eq(told, 1);
    ck_assert_uint_eq(laws_check_column(runs, 2, count_report, &told), 0);
    ck_assert_uint_eq(laws_check_column(runs, 0, count_report, &told), 0);
}
END_TEST

static void expect_no_report(void *context, const struct law *law, const char *place,
                             const char *text)
{
    (void)context;
    ck_abort_msg("%s: %s: %s", place, law->name, text);
}

/* As the time of a context switch, which is a difference, can be. */
START_TEST(what_is_below_0_comes_back_from_the_file_as_it_was)
{
    struct made_up made;
    struct result again;
    struct err err = {0};
    json_t *json;
    char *text;

    make_up(&made, 5);
    made.rows[0].more = made.rows[1].more = false;
    made.rows[0].binary_sha256 = made.rows[1].binary_sha256 =
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    made.samples[1][2] = -414;
    made.samples[1][3] = -500;
    made.samples[1][4] = -30;
    made.result.version = made.result.started = "";
    result_derive(&made.result);
    ck_assert_double_lt(made.rows[1].median_interval.low, 0);
    json = result_json(&made.result);
    text = json_dumps(json, 0);
    ck_assert_msg(result_parse(&again, text, strlen(text), "FILE", &err) == 0, "%s", err.text);
    ck_assert_double_eq(again.rows[1].median_interval.low, made.rows[1].median_interval.low);
    ck_assert_uint_eq(laws_check_result(&again, expect_no_report, NULL), 0);
    result_fini(&again);
    free(text);
    json_decref(json);
    unmake(&made);
}
END_TEST

/* What is no result file is refused with its name, one line, and what is wrong. */
START_TEST(what_is_no_result_is_refused)
{
    static const char *const texts[] = {"",
                                        "{",
                                        "[]",
                                        "3",
                                        "{}",
                                        "{\"schema\": 3}",
                                        "nonsense",
                                        "{\"schema\": \"trivium-race/1\"}",
                                        "{\"schema\": \"trivium-race/2\"}",
                                        "{\"schema\": \"trivium-race/2\", \"schema\": \"x\"}",
                                        "\xff\xfe",
                                        "{\"a\": 1e999}"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct result result;
        struct err err = {0};

        ck_assert_int_eq(result_parse(&result, texts[i], strlen(texts[i]), "FILE", &err), -1);
        ck_assert_msg(strncmp(err.text, "FILE: ", 6) == 0, "%s", err.text);
        ck_assert_ptr_null(strchr(err.text, '\n'));
    }
}
END_TEST

START_TEST(what_is_nested_too_deep_is_refused)
{
    char text[10000];
    struct result result;
    struct err err = {0};

    memset(text, '[', sizeof text);
    ck_assert_int_eq(result_parse(&result, text, sizeof text, "FILE", &err), -1);
    ck_assert_ptr_nonnull(strstr(err.text, "nested"));
}
END_TEST

/* How often each lane runs right behind each other one of its round, over two rounds for each lane.
 */
static void count_neighbours(size_t lanes, unsigned behind[16][16], unsigned at[16][16])
{
    for (size_t round = 1; round <= 2 * lanes; round++) {
        for (size_t place = 0; place < lanes; place++) {
            size_t lane = result_turn(lanes, round, place);

            ck_assert_uint_lt(lane, lanes);
            at[lane][place]++;
            if (place > 0)
                behind[lane][result_turn(lanes, round, place - 1)]++;
        }
    }
}

START_TEST(turns_favour_no_place_and_no_neighbour)
{
    for (size_t lanes = 1; lanes <= 16; lanes++) {
        unsigned behind[16][16] = {{0}}, at[16][16] = {{0}};

        count_neighbours(lanes, behind, at);
        for (size_t i = 0; i < lanes; i++) {
            for (size_t j = 0; j < lanes; j++) {
                ck_assert_uint_eq(behind[i][j], i == j ? 0 : 2);
                ck_assert_uint_eq(at[i][j], 2);
            }
        }
    }
}
END_TEST

START_TEST(each_second_round_is_the_one_before_backwards)
{
    for (size_t round = 1; round < 20; round += 2) {
        for (size_t place = 0; place < 9; place++)
            ck_assert_uint_eq(result_turn(9, round, place), result_turn(9, round + 1, 8 - place));
    }
    for (size_t place = 0; place < 9; place++) /* to warm up: as in the table */
        ck_assert_uint_eq(result_turn(9, 0, place), place);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("result");
    TCase *tests = tcase_create("made-up samples");

    tcase_add_test(tests, a_flat_series_has_no_step);
    tcase_add_test(tests, the_collapse_of_a_column_is_a_step);
    tcase_add_test(tests, columns_that_only_scatter_have_no_step);
    tcase_add_test(tests, one_wild_value_is_no_step);
    tcase_add_test(tests, up_and_down_again_are_two_steps);
    tcase_add_test(tests, unsteady_work_of_a_neighbour_is_a_step_all_the_same);
    tcase_add_test(tests, two_levels_by_turns_are_no_step);
    tcase_add_test(tests, a_step_of_a_long_series_is_found_in_its_block);
    tcase_add_test(tests, noise_is_hardly_ever_taken_for_a_step);
    tcase_add_test(tests, a_step_is_found_in_noise);
    tcase_add_test(tests, a_calm_race_has_numbers_of_all_its_samples);
    tcase_add_test(tests, a_busy_neighbour_makes_a_step_that_no_median_crosses);
    tcase_add_test(tests, a_neighbour_who_is_always_there_is_seen_as_a_share);
    tcase_add_test(tests, a_throttled_processor_is_told_from_a_neighbour);
    tcase_add_test(tests, wide_intervals_are_noisy);
    tcase_add_test(tests, kernels_are_compared_within_themselves);
    tcase_add_test(tests, each_law_has_one_subject_and_says_what_and_why);
    tcase_add_test(tests, a_column_that_collapses_breaks_its_law);
    tcase_add_test(tests, what_is_below_0_comes_back_from_the_file_as_it_was);
    tcase_add_test(tests, what_is_no_result_is_refused);
    tcase_add_test(tests, turns_favour_no_place_and_no_neighbour);
    tcase_add_test(tests, each_second_round_is_the_one_before_backwards);
    tcase_add_test(tests, what_is_nested_too_deep_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
