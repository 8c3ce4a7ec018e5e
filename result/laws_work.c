/* laws_work.c: what must hold because of what the programs do. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/digest.h"
#include "result/laws.h"

/* Counting primes takes a sieve. */
#define PRIMES_MAX 10000000

/* Native, container and KVM run one file; all engines another. */
static bool same_file(const struct result_row *a, const struct result_row *b)
{
    return (a->mode == NULL) == (b->mode == NULL) && result_same_command(a, b);
}

void law_hash(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE], other[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];

        law_row_place(place, result, i);
        if (row->binary_sha256 == NULL) {
            if (row->count > 0)
                law_broken(check, place, "it was measured, but of which file is not said");
            continue;
        }
        if (!digest_is_hex(row->binary_sha256))
            law_broken(check, place, "its binary_sha256 is no SHA-256");
        for (size_t j = 0; j < i; j++) {
            const struct result_row *before = &result->rows[j];

            if (before->binary_sha256 == NULL || !same_file(row, before))
                continue;
            if (strcmp(before->binary_sha256, row->binary_sha256) != 0)
                law_broken(check, place, "another file than that of %s",
                           law_row_place(other, result, j));
            break; /* and that one is like those before it */
        }
    }
}

void law_kernel(struct law_check *check, const struct result *result)
{
    const char *release =
        json_string_value(json_object_get(json_object_get(result->host, "system"), "release"));
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];
        bool hosts = row->kernel.sha256 == NULL && row->kernel.initrd_sha256 == NULL;

        law_row_place(place, result, i);
        if (row->count > 0 && row->different_kernel == hosts)
            law_broken(check, place,
                       hosts ? "the host's kernel is called a different one"
                             : "its own kernel is called the host's");
        if (!row->different_kernel && release != NULL && strcmp(release, row->kernel.version) != 0)
            law_broken(check, place, "its kernel is %.60s, but the host's is %.60s",
                       row->kernel.version, release);
    }
}

void law_answers(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE], other[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        for (size_t j = 0; j < i && result->rows[i].status == RESULT_OK; j++) {
            const struct result_row *row = &result->rows[i], *before = &result->rows[j];

            if (before->status != RESULT_OK || !result_same_measure(row, before))
                continue;
            if (json_equal(row->answers, before->answers) != 1)
                law_broken(check, law_row_place(place, result, i), "another answer than %s",
                           law_row_place(other, result, j));
            break;
        }
    }
}

void law_units(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        for (size_t j = 0; j < i && result->rows[i].unit != NULL; j++) {
            const struct result_row *row = &result->rows[i], *before = &result->rows[j];

            if (before->unit == NULL || !result_same_command(row, before) ||
                !result_same_text(row->measure, before->measure))
                continue;
            if (strcmp(row->unit, before->unit) != 0 || row->more != before->more)
                law_broken(check, law_row_place(place, result, i),
                           "in %.20s (%s is better), the same elsewhere in %.20s (%s)", row->unit,
                           row->more ? "more" : "less", before->unit,
                           before->more ? "more" : "less");
            break;
        }
    }
}

void law_positive(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];

        /* Only a time can come out below 0, as a difference of two. */
        for (size_t j = 0; j < row->count && row->more; j++) {
            if (row->samples[j] <= 0)
                law_broken(check, law_row_place(place, result, i), "sample %zu is a rate of %g", j,
                           row->samples[j]);
        }
    }
}

/* The number in a text of the answers; false: there is none. */
static bool answer_number(const struct result_row *row, const char *label, uint64_t *number)
{
    const char *text = json_string_value(json_object_get(row->answers, label));
    char *end;

    if (text == NULL)
        return false;
    *number = strtoull(text, &end, 10);
    return end != text && *end == '\0';
}

/* The number that is argument `index`; false: there is none. */
static bool arg_number(const struct result_row *row, size_t index, uint64_t *number)
{
    const char *text = json_string_value(json_array_get(row->args, index));
    char *end;

    if (text == NULL)
        return false;
    *number = strtoull(text, &end, 10);
    return end != text && *end == '\0' && *number < UINT32_MAX;
}

void law_forks(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];
        uint64_t start, end, forks, sum, count;

        if (strcmp(row->program, "fork") != 0 || row->status != RESULT_OK ||
            !arg_number(row, 0, &start) || !arg_number(row, 1, &end) || end < start)
            continue;
        count = end - start + 1;
        if (answer_number(row, "Forks", &forks) && forks != 2 * (count - 1))
            law_broken(check, law_row_place(place, result, i),
                       "a range of %" PRIu64 " takes %" PRIu64 " forks, not %" PRIu64, count,
                       2 * (count - 1), forks);
        if (answer_number(row, "Sum", &sum) && sum != (start + end) * count / 2)
            law_broken(check, law_row_place(place, result, i),
                       "the sum of %" PRIu64 " to %" PRIu64 " is not %" PRIu64, start, end, sum);
    }
}

/* As sysbench counts them: from 3 on. */
static uint64_t count_primes(size_t limit)
{
    char *composite = calloc(limit + 1, 1);
    uint64_t count = 0;

    if (composite == NULL)
        err_die_oom();
    for (size_t i = 3; i <= limit; i += 2) {
        count += !composite[i];
        for (size_t j = i * i; !composite[i] && j <= limit; j += 2 * i)
            composite[j] = 1;
    }
    free(composite);
    return count;
}

/* The value behind an option among the arguments. */
static bool option_number(const struct result_row *row, const char *option, uint64_t *number)
{
    const json_t *arg;
    size_t i;

    json_array_foreach(row->args, i, arg)
    {
        if (json_is_string(arg) && strcmp(json_string_value(arg), option) == 0)
            return arg_number(row, i + 1, number);
    }
    return false;
}

void law_primes(struct law_check *check, const struct result *result)
{
    uint64_t counted_limit = 0, counted = 0;
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];
        uint64_t limit, found;

        if (strcmp(row->program, "prime") != 0 || row->status != RESULT_OK ||
            !option_number(row, "--max-prime", &limit) || limit > PRIMES_MAX ||
            !answer_number(row, "Primes found", &found))
            continue;
        if (limit != counted_limit)
            counted = count_primes((size_t)limit);
        counted_limit = limit;
        if (found != counted)
            law_broken(check, law_row_place(place, result, i),
                       "from 3 to %" PRIu64 " there are %" PRIu64 " primes, not %" PRIu64, limit,
                       counted, found);
    }
}

/* Of what a run does a known number: what is rate times inside time. */
static bool known_work(const struct result_row *row, uint64_t *work)
{
    if (strcmp(row->program, "fork") == 0)
        return answer_number(row, "Forks", work);
    return strcmp(row->program, "prime") == 0 && option_number(row, "--events", work);
}

void law_rate(struct law_check *check, const struct result *result)
{
    char place[LAW_PLACE];

    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];
        size_t from = 0;
        uint64_t work;

        if (row->measure != NULL || !row->more || !known_work(row, &work))
            continue;
        for (size_t j = 0; j < row->count; j++) {
            const struct result_execution *run =
                result_run_of(result, row->entry, row->rounds[j], &from);
            double done;

            if (run == NULL)
                break;
            done = row->samples[j] * run->inside;
            /* The time is printed in 0.1 ms, or 1 us. */
            if (run->inside > 0 && !law_near(done, (double)work, 0.001, row->samples[j] * 0.0001))
                law_broken(check, law_row_place(place, result, i),
                           "sample %zu: %g each second for %g s are %.1f, not %" PRIu64, j,
                           row->samples[j], run->inside, done, work);
        }
    }
}
