/* race_judge.c: are the answers the same? See race.h. */
#include <string.h>

#include "cli/race.h"
#include "cli/text.h"

/* The first entrant that has answered: what it says is what the others must say. */
static const struct race_entrant *reference_of(const struct race_contest *contest)
{
    for (size_t i = 0; i < contest->entrant_count; i++) {
        if (contest->entrants[i].status == RESULT_OK)
            return &contest->entrants[i];
    }
    return NULL;
}

/* Compares one answer; NULL on either side: that way has not come so far. */
static void compare(enum result_status *status, char reason[RACE_REASON], const char *label,
                    const struct race_entrant *reference, const char *right, const char *answer)
{
    if (right == NULL || answer == NULL || strcmp(right, answer) == 0)
        return;
    *status = RESULT_WRONG;
    snprintf(reason, RACE_REASON, "%s: %.80s, but %.80s on %s", label, answer, right,
             reference->lane->name);
    text_make_printable(reason);
}

/* The length of the line that begins at `text`, as far as it is shown. */
static int shown_length(const char *text)
{
    size_t length = strcspn(text, "\n");

    return length > 60 ? 60 : (int)length;
}

static void compare_outputs(struct race_entrant *entrant, const struct race_entrant *reference)
{
    const char *a = entrant->output, *b = reference->output;
    size_t line_start = 0, line = 1;

    if (a == NULL || b == NULL ||
        (entrant->output_size == reference->output_size && memcmp(a, b, entrant->output_size) == 0))
        return;
    /* One is no prefix of the other unless it is shorter: a NUL then stands behind its last byte.
     */
    for (size_t i = 0; i < entrant->output_size && i < reference->output_size && a[i] == b[i];
         i++) {
        if (a[i] == '\n') {
            line_start = i + 1;
            line++;
        }
    }
    entrant->status = RESULT_WRONG;
    snprintf(entrant->reason, RACE_REASON, "line %zu of its output is \"%.*s\", but \"%.*s\" on %s",
             line, shown_length(a + line_start), a + line_start, shown_length(b + line_start),
             b + line_start, reference->lane->name);
    text_make_printable(entrant->reason);
}

static void compare_entrant(struct race_entrant *entrant, const struct race_entrant *reference,
                            const struct program *program)
{
    if (program->whole_output)
        compare_outputs(entrant, reference);
    for (size_t i = 0; i < PROGRAM_ANSWERS_MAX && program->answers[i] != NULL; i++)
        compare(&entrant->status, entrant->reason, program->answers[i], reference,
                reference->answers[i], entrant->answers[i]);
    for (size_t i = 0; i < program->metric_count; i++) {
        struct race_cell *cell = &entrant->cells[i];

        compare(&cell->status, cell->reason, program->metrics[i].answer, reference,
                reference->cells[i].answer, cell->answer);
    }
}

/* Did some way print this metric, or why it could not? (`mix divide` leaves ten of mix's kernels
 * out.) */
static bool has_metric(const struct race_contest *contest, size_t metric)
{
    for (size_t i = 0; i < contest->entrant_count; i++) {
        const struct race_cell *cell = &contest->entrants[i].cells[metric];

        if (cell->count > 0 || cell->status == RESULT_UNAVAILABLE)
            return true;
    }
    return false;
}

/* In a race that came to its end, a way that ran has every measurement that another has. */
static void find_missing(const struct race_contest *contest, struct race_entrant *entrant)
{
    for (size_t i = 0; i < contest->program->metric_count; i++) {
        struct race_cell *cell = &entrant->cells[i];

        if (cell->count > 0 || cell->status != RESULT_OK || !has_metric(contest, i))
            continue;
        cell->status = RESULT_FAILED;
        snprintf(cell->reason, RACE_REASON, "it printed no line \"%s: ...\"",
                 contest->program->metrics[i].label);
    }
}

static void judge_contest(struct race_contest *contest, bool complete)
{
    const struct race_entrant *reference = reference_of(contest);

    for (size_t i = 0; i < contest->entrant_count; i++) {
        struct race_entrant *entrant = &contest->entrants[i];

        if (entrant->status != RESULT_OK)
            continue;
        compare_entrant(entrant, reference, contest->program); /* itself, too: no difference */
        if (complete && entrant->status == RESULT_OK)
            find_missing(contest, entrant);
    }
}

size_t race_entry(const struct race *race, size_t contest, size_t entrant)
{
    return contest * race->lane_count + entrant;
}

void race_judge(struct race *race)
{
    for (size_t i = 0; i < race->contest_count; i++)
        judge_contest(&race->contests[i], !race->interrupted);
}

enum result_status race_cell_status(const struct race_entrant *entrant,
                                    const struct race_cell *cell, const char **reason)
{
    bool whole = entrant->status != RESULT_OK;

    *reason = whole ? entrant->reason : cell->reason;
    return whole ? entrant->status : cell->status;
}

/* Has anything of it been measured? */
static bool has_metrics(const struct race_contest *contest)
{
    for (size_t i = 0; i < contest->program->metric_count; i++) {
        if (has_metric(contest, i))
            return true;
    }
    return false;
}

bool race_shows_metric(const struct race_contest *contest, size_t metric)
{
    return has_metric(contest, metric) || (metric == 0 && !has_metrics(contest));
}
