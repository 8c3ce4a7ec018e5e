/* laws_derived.c: what a file says of its samples, against what they give when they are asked
 * again. */
#include <string.h>

#include "result/laws.h"

/* The file has all digits: what is not equal was not computed from these samples. */
static bool same(double a, double b)
{
    return law_near(a, b, 1e-9, 1e-300);
}

void law_extremes(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];
        const struct stats_summary *claimed = &row->summary;

        if (claimed->min > claimed->median || claimed->median > claimed->max)
            law_broken(check, law_row_place(place, result, i),
                       "min %g, median %g, max %g are not in this order", claimed->min,
                       claimed->median, claimed->max);
        if (row->count == 0 && (claimed->median != 0 || claimed->min != 0 || claimed->max != 0))
            law_broken(check, law_row_place(place, result, i), "numbers without any sample");
    }
}

void law_median(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct stats_summary *claimed = &result->rows[i].summary;
        const struct stats_summary *right = &check->fresh->rows[i].summary;

        if (!same(claimed->median, right->median) || !same(claimed->min, right->min) ||
            !same(claimed->max, right->max))
            law_broken(check, law_row_place(place, result, i),
                       "median, min and max of the samples are %g, %g, %g, not %g, %g, %g",
                       right->median, right->min, right->max, claimed->median, claimed->min,
                       claimed->max);
    }
}

static void compare_intervals(struct law_check *check, const char *place, const char *what,
                              const struct stats_interval *claimed,
                              const struct stats_interval *right)
{
    if (!same(claimed->low, right->low) || !same(claimed->high, right->high))
        law_broken(check, place, "the interval of the %s is %g to %g, not %g to %g", what,
                   right->low, right->high, claimed->low, claimed->high);
}

void law_interval(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++)
        compare_intervals(check, law_row_place(place, result, i), "median",
                          &result->rows[i].median_interval, &check->fresh->rows[i].median_interval);
}

void law_ratio(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        double claimed = result->rows[i].native.speed;
        double right = check->fresh->rows[i].native.speed;

        if (!same(claimed, right))
            law_broken(check, law_row_place(place, result, i),
                       "the medians give a ratio to native of %g, not %g", right, claimed);
    }
}

void law_ratio_interval(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++)
        compare_intervals(check, law_row_place(place, result, i), "ratio",
                          &result->rows[i].native.interval, &check->fresh->rows[i].native.interval);
}

/* A file of an earlier version claims nothing. */
void law_explained(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct explained *claimed = &result->rows[i].explained;
        const struct explained *right = &check->fresh->rows[i].explained;

        if (!claimed->has_ratio)
            continue;
        if (claimed->estimated != right->estimated || !same(claimed->low, right->low) ||
            !same(claimed->high, right->high) || !same(claimed->left_over, right->left_over))
            law_broken(
                check, law_row_place(place, result, i),
                "the counters account for x%g to x%g and leave %g over, not x%g to x%g and %g",
                right->low, right->high, right->left_over, claimed->low, claimed->high,
                claimed->left_over);
        else if (strcmp(claimed->sentence, right->sentence) != 0)
            law_broken(check, law_row_place(place, result, i), "the counters say: %s",
                       right->sentence);
    }
}

void law_rung(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_ratio *claimed = &result->rows[i].rung;
        const struct result_ratio *right = &check->fresh->rows[i].rung;

        if (!same(claimed->speed, right->speed))
            law_broken(check, law_row_place(place, result, i),
                       "the ratio to its own way is %g, not %g", right->speed, claimed->speed);
        compare_intervals(check, law_row_place(place, result, i), "ratio to its own way",
                          &claimed->interval, &right->interval);
    }
}

void law_same_kernel(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_ratio *claimed = &result->rows[i].same_kernel;
        const struct result_ratio *right = &check->fresh->rows[i].same_kernel;

        if (!same(claimed->speed, right->speed))
            law_broken(check, law_row_place(place, result, i),
                       "the ratio within its kernel is %g, not %g", right->speed, claimed->speed);
        compare_intervals(check, law_row_place(place, result, i), "ratio within its kernel",
                          &claimed->interval, &right->interval);
    }
}

void law_step(struct law_check *check, const struct result *result)
{
    const struct result *fresh = check->fresh;
    char place[LAW_PLACE];

    if (result->step_count != fresh->step_count)
        law_broken(check, "steps", "the calibration loop makes %zu step%s, not %zu",
                   fresh->step_count, fresh->step_count == 1 ? "" : "s", result->step_count);
    for (size_t i = 0; i < result->step_count && i < fresh->step_count; i++) {
        const struct result_step *claimed = &result->steps[i], *right = &fresh->steps[i];

        snprintf(place, sizeof place, "steps[%zu]", i);
        if (claimed->execution != right->execution || claimed->stolen != right->stolen ||
            !same(claimed->from, right->from) || !same(claimed->to, right->to))
            law_broken(check, place, "the loop steps at execution %zu, from %g to %g s",
                       right->execution, right->from, right->to);
    }
}

void law_used(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *claimed = &result->rows[i], *right = &check->fresh->rows[i];

        if (claimed->first_used != right->first_used || claimed->used != right->used)
            law_broken(check, law_row_place(place, result, i),
                       "%zu samples from number %zu on lie between two steps, not %zu from %zu",
                       right->used, right->first_used, claimed->used, claimed->first_used);
    }
}

void law_noisy(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *claimed = &result->rows[i], *right = &check->fresh->rows[i];

        if (claimed->noisy != right->noisy)
            law_broken(check, law_row_place(place, result, i), "its median is %s",
                       right->noisy ? "noisy, and the file denies it" : "not noisy");
        if (claimed->inconclusive != right->inconclusive)
            law_broken(check, law_row_place(place, result, i), "the ratio is %s",
                       right->inconclusive ? "inconclusive, and the file denies it"
                                           : "not inconclusive");
    }
    if (result->noisy != check->fresh->noisy)
        law_broken(check, "noisy", "the host was %snoisy", check->fresh->noisy ? "" : "not ");
}
