/* test_stats.c: medians and intervals against values worked out by hand. */
#include "tests/unit/unit_main.h"

#include "lib/stats.h"
#include "tests/random.h"

START_TEST(an_odd_count_has_its_middle_as_median)
{
    const double samples[] = {5, 1, 9, 3, 7};
    struct stats_summary summary = stats_summarize(samples, 5);

    ck_assert_double_eq(summary.median, 5);
    ck_assert_double_eq(summary.min, 1);
    ck_assert_double_eq(summary.max, 9);
    ck_assert_double_eq(samples[0], 5); /* and the samples stay in order */
}
END_TEST

START_TEST(an_even_count_has_the_mean_of_the_middle_two_as_median)
{
    const double samples[] = {4, 1, 3, 2};

    ck_assert_double_eq(stats_summarize(samples, 4).median, 2.5);
}
END_TEST

START_TEST(one_sample_is_its_own_median)
{
    const double sample = -2.5;
    struct stats_summary summary = stats_summarize(&sample, 1);

    ck_assert_double_eq(summary.median, -2.5);
    ck_assert_double_eq(summary.min, -2.5);
    ck_assert_double_eq(summary.max, -2.5);
}
END_TEST

START_TEST(an_outlier_does_not_move_the_median)
{
    const double calm[] = {10, 11, 12, 13, 14}, wild[] = {10, 11, 12, 13, 14000};

    ck_assert_double_eq(stats_summarize(calm, 5).median, stats_summarize(wild, 5).median);
}
END_TEST

START_TEST(quantiles_lie_between_samples)
{
    const double samples[] = {4, 1, 3, 2, 10};

    ck_assert_double_eq(stats_quantile(samples, 5, 0), 1);
    ck_assert_double_eq(stats_quantile(samples, 5, 0.25), 2);
    ck_assert_double_eq(stats_quantile(samples, 5, 0.5), 3);
    ck_assert_double_eq_tol(stats_quantile(samples, 5, 0.9), 7.6, 1e-12);
    ck_assert_double_eq(stats_quantile(samples, 5, 1), 10);
    ck_assert_double_eq(stats_quantile(samples, 1, 0.75), 4);
}
END_TEST

START_TEST(the_interval_of_a_median_is_around_it)
{
    const double samples[] = {10, 12, 11, 13, 9};
    struct stats_interval interval = {-1, -1};

    ck_assert(!stats_median_interval(samples, 2, &interval));
    ck_assert_double_eq(interval.low, -1);
    ck_assert(stats_median_interval(samples, 5, &interval));
    ck_assert(interval.low >= 9 && interval.low < 11 && interval.high > 11 && interval.high <= 13);
}
END_TEST

START_TEST(too_few_samples_have_no_interval)
{
    const double samples[] = {1, 2, 3, 4, 5};
    struct stats_interval interval = {-1, -1};

    ck_assert(!stats_ratio_interval(samples, 2, samples, 5, &interval));
    ck_assert(!stats_ratio_interval(samples, 5, samples, 2, &interval));
    ck_assert_double_eq(interval.low, -1);
    ck_assert(stats_ratio_interval(samples, 3, samples, 3, &interval));
}
END_TEST

START_TEST(equal_samples_have_an_interval_of_no_width)
{
    const double a[] = {6, 6, 6}, b[] = {2, 2, 2, 2};
    struct stats_interval interval;

    ck_assert(stats_ratio_interval(a, 3, b, 4, &interval));
    ck_assert_double_eq(interval.low, 3);
    ck_assert_double_eq(interval.high, 3);
}
END_TEST

START_TEST(the_same_samples_give_the_same_interval)
{
    const double a[] = {6, 7, 9, 8}, b[] = {2, 3, 2, 1};
    struct stats_interval first, second;

    stats_ratio_interval(a, 4, b, 4, &first);
    stats_ratio_interval(a, 4, b, 4, &second);
    ck_assert_double_eq(first.low, second.low);
    ck_assert_double_eq(first.high, second.high);
}
END_TEST

/*
 * Noise of +-10 % around 6 and 2, many times. "95 %" is true of many samples only; of 15 it is
 * somewhat less, and 80 % is far enough from that to fail only when something is wrong.
 */
START_TEST(the_interval_holds_the_true_ratio_about_as_often_as_it_says)
{
    struct random random = random_begin();
    int inside = 0;

    for (int trial = 0; trial < 200; trial++) {
        double a[15], b[15];
        struct stats_interval interval;

        for (int i = 0; i < 15; i++) {
            a[i] = 6 * (0.9 + 0.2 * (double)random_below(&random, 1000001) / 1e6);
            b[i] = 2 * (0.9 + 0.2 * (double)random_below(&random, 1000001) / 1e6);
        }
        ck_assert(stats_ratio_interval(a, 15, b, 15, &interval));
        ck_assert_double_le(interval.low, interval.high);
        inside += interval.low <= 3 && 3 <= interval.high;
    }
    ck_assert_int_ge(inside, 160);
}
END_TEST

START_TEST(a_geometric_mean_is_of_the_medians)
{
    const double a[] = {2, 1, 900}, b[] = {8, 8}, c[] = {4};
    const struct stats_series series[] = {{a, 3}, {b, 2}, {c, 1}};

    ck_assert_double_eq_tol(stats_geomean(series, 3), 4, 1e-12);
    ck_assert_double_eq_tol(stats_geomean(series, 1), 2, 1e-12);
}
END_TEST

START_TEST(the_interval_of_a_geometric_mean_needs_samples_of_all)
{
    const double a[] = {2, 2, 2}, b[] = {8, 8, 8, 8};
    const struct stats_series few[] = {{a, 3}, {b, 2}}, enough[] = {{a, 3}, {b, 4}};
    struct stats_interval interval = {-1, -1};

    ck_assert(!stats_geomean_interval(few, 2, &interval));
    ck_assert_double_eq(interval.low, -1);
    ck_assert(stats_geomean_interval(enough, 2, &interval));
    ck_assert_double_eq_tol(interval.low, 4, 1e-12);
    ck_assert_double_eq_tol(interval.high, 4, 1e-12);
}
END_TEST

START_TEST(the_interval_of_a_geometric_mean_holds_it_and_narrows_with_more_series)
{
    const double noisy[] = {0.9, 0.95, 1, 1.05, 1.1};
    struct stats_series series[20];
    struct stats_interval one, many;

    for (int i = 0; i < 20; i++)
        series[i] = (struct stats_series){noisy, 5};
    ck_assert(stats_geomean_interval(series, 1, &one));
    ck_assert(stats_geomean_interval(series, 20, &many));
    ck_assert_double_ge(one.low, 0.9 - 1e-12);
    ck_assert_double_le(one.high, 1.1 + 1e-12);
    ck_assert(many.low < 1 && 1 < many.high);
    ck_assert_double_lt(many.high - many.low, (one.high - one.low) / 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("stats");
    TCase *tests = tcase_create("samples");

    tcase_add_test(tests, an_odd_count_has_its_middle_as_median);
    tcase_add_test(tests, an_even_count_has_the_mean_of_the_middle_two_as_median);
    tcase_add_test(tests, one_sample_is_its_own_median);
    tcase_add_test(tests, an_outlier_does_not_move_the_median);
    tcase_add_test(tests, quantiles_lie_between_samples);
    tcase_add_test(tests, the_interval_of_a_median_is_around_it);
    tcase_add_test(tests, too_few_samples_have_no_interval);
    tcase_add_test(tests, equal_samples_have_an_interval_of_no_width);
    tcase_add_test(tests, the_same_samples_give_the_same_interval);
    tcase_add_test(tests, the_interval_holds_the_true_ratio_about_as_often_as_it_says);
    tcase_add_test(tests, a_geometric_mean_is_of_the_medians);
    tcase_add_test(tests, the_interval_of_a_geometric_mean_needs_samples_of_all);
    tcase_add_test(tests, the_interval_of_a_geometric_mean_holds_it_and_narrows_with_more_series);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
