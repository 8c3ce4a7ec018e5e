/* compare.c: see compare.h. */
#include "result/compare.h"

#include <math.h>

const char *const compare_verdict_names[] = {"same", "faster", "slower", "not comparable"};

/* The text at host.PART.MEMBER, or NULL. */
static const char *host_text(const json_t *host, const char *part, const char *member)
{
    return json_string_value(json_object_get(json_object_get(host, part), member));
}

void compare_hosts(const struct result *before, const json_t *host, char reason[256])
{
    const char *old_cpu = host_text(before->host, "cpu", "model");
    const char *new_cpu = host_text(host, "cpu", "model");
    const json_t *old_virtual = json_object_get(before->host, "virtual");
    bool was = json_is_true(json_object_get(old_virtual, "hypervisor"));
    bool is = json_is_true(json_object_get(json_object_get(host, "virtual"), "hypervisor"));

    reason[0] = '\0';
    if (!result_same_text(old_cpu, new_cpu))
        snprintf(reason, 256, "other CPU: it was %.80s, this is %.80s",
                 old_cpu == NULL ? "unknown" : old_cpu, new_cpu == NULL ? "unknown" : new_cpu);
    else if (was != is)
        snprintf(reason, 256, "it was %sin a virtual machine, this is%s", was ? "" : "not ",
                 is ? "" : " not");
}

static const struct result_row *find_row(const struct result *result, const struct result_row *row)
{
    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *other = &result->rows[i];

        if (result_same_way(row, other) && result_same_text(row->measure, other->measure) &&
            result_same_command(row, other))
            return other;
    }
    return NULL;
}

/* True when the two cannot be compared, and why; else their ratio is known. */
static bool differs(struct compare_row *row)
{
    const struct result_row *before = row->before, *now = row->now;
    char *reason = row->reason;
    size_t size = sizeof row->reason;

    if (now == NULL)
        snprintf(reason, size, "it does not take part now");
    else if (before->status != RESULT_OK || before->used == 0)
        snprintf(reason, size, "it was %s", result_status_names[before->status]);
    else if (now->status != RESULT_OK || now->used == 0)
        snprintf(reason, size, "it is %s now: %.200s", result_status_names[now->status],
                 now->reason == NULL ? "" : now->reason);
    else if (!result_same_text(before->binary_sha256, now->binary_sha256))
        snprintf(reason, size, "other hash: the program is another file, %.12s... was %.12s...",
                 now->binary_sha256 == NULL ? "" : now->binary_sha256,
                 before->binary_sha256 == NULL ? "" : before->binary_sha256);
    else if (!result_same_text(before->kernel.name, now->kernel.name) ||
             !result_same_text(before->kernel.version, now->kernel.version))
        snprintf(reason, size, "other kernel: %.40s %.60s, was %.40s %.60s", now->kernel.name,
                 now->kernel.version, before->kernel.name, before->kernel.version);
    else if (!result_same_text(before->kernel.sha256, now->kernel.sha256))
        snprintf(reason, size, "other kernel: it is another build");
    else if (!result_same_text(before->kernel.where, now->kernel.where))
        snprintf(reason, size, "its kernel runs %.80s, was %.80s",
                 now->kernel.where == NULL ? "?" : now->kernel.where,
                 before->kernel.where == NULL ? "?" : before->kernel.where);
    else if (json_equal(before->answers, now->answers) != 1)
        snprintf(reason, size, "other answers");
    else if (!result_same_text(before->unit, now->unit) || before->more != now->more)
        snprintf(reason, size, "other unit");
    else if (!result_compare_speed(&row->ratio, now, before))
        snprintf(reason, size, "a sample is 0 or less");
    else
        return false;
    return true;
}

static void judge(struct compare_row *row)
{
    double speed = row->ratio.speed, low = row->ratio.interval.low, high = row->ratio.interval.high;

    if (low <= 0) {
        snprintf(row->reason, sizeof row->reason, "fewer than %d runs on one side",
                 STATS_INTERVAL_SAMPLES);
        return;
    }
    if (low <= 1 && 1 <= high) {
        if ((high - low) / 2 / speed <= COMPARE_SAME)
            row->verdict = COMPARE_ALIKE;
        else
            snprintf(row->reason, sizeof row->reason, "too noisy: x%.2f to x%.2f says neither", low,
                     high);
    } else if (fabs(log(speed)) <= log(1 + COMPARE_SAME)) {
        row->verdict = COMPARE_ALIKE;
    } else {
        row->verdict = speed > 1 ? COMPARE_FASTER : COMPARE_SLOWER;
    }
}

size_t compare_results(const struct result *before, const struct result *now,
                       struct compare_row *rows)
{
    for (size_t i = 0; i < before->row_count; i++) {
        rows[i] = (struct compare_row){
            .before = &before->rows[i],
            .now = find_row(now, &before->rows[i]),
            .verdict = COMPARE_NOT,
        };
        if (!differs(&rows[i]))
            judge(&rows[i]);
    }
    return before->row_count;
}
