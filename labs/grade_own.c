/* grade_own.c: see grade_own.h. */
#include "labs/grade_own.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

enum { ASKED = 1000 };

struct asked {
    uint64_t input[OWN_INPUTS], got;
};

static void tell(const struct own_rule *rule, const unsigned *numbers)
{
    fputs("Yours (", stdout);
    for (unsigned i = 0; i < OWN_NUMBERS && rule->numbers[i].count != 0; i++)
        printf("%s%u", i == 0 ? "" : ", ", numbers[i]);
    fputs("): ", stdout);
    rule->tell(numbers);
    putchar('\n');
    fflush(stdout); /* the answer may not come back */
}

/* The first question to which these numbers have another answer; ASKED: none. */
static unsigned first_wrong(const struct own_rule *rule, const unsigned *numbers,
                            const struct asked *asked)
{
    unsigned i = 0;

    while (i < ASKED && rule->want(numbers, asked[i].input) == asked[i].got)
        i++;
    return i;
}

/* The numbers that come next, as on a counter; false: those were the last. */
static bool count_on(const struct own_rule *rule, unsigned *numbers)
{
    for (unsigned i = 0; i < OWN_NUMBERS && rule->numbers[i].count != 0; i++) {
        if (++numbers[i] < rule->numbers[i].least + rule->numbers[i].count)
            return true;
        numbers[i] = rule->numbers[i].least;
    }
    return false;
}

static bool is_anothers(const struct own_rule *rule, const struct asked *asked)
{
    unsigned numbers[OWN_NUMBERS];

    for (unsigned i = 0; i < OWN_NUMBERS; i++)
        numbers[i] = rule->numbers[i].least;
    do {
        if (first_wrong(rule, numbers, asked) == ASKED)
            return true;
    } while (count_on(rule, numbers));
    return false;
}

int own_grade(struct grade *grade, const struct own_rule *rule)
{
    unsigned numbers[OWN_NUMBERS] = {0}, wrong;
    struct asked asked[ASKED];

    for (unsigned i = 0; i < OWN_NUMBERS && rule->numbers[i].count != 0; i++)
        numbers[i] =
            rule->numbers[i].least + (unsigned)(grade_random(grade) % rule->numbers[i].count);
    tell(rule, numbers);
    for (unsigned i = 0; i < ASKED; i++) {
        for (unsigned part = 0; part < OWN_INPUTS; part++)
            asked[i].input[part] = grade_random(grade);
        if (rule->narrow != NULL)
            rule->narrow(i, asked[i].input);
        asked[i].got = rule->got(asked[i].input);
    }
    wrong = first_wrong(rule, numbers, asked);
    if (wrong == ASKED)
        return GRADE_PASSED;
    rule->show(asked[wrong].input);
    grade_wrong(": expected 0x%" PRIx64 ", got 0x%" PRIx64, rule->want(numbers, asked[wrong].input),
                asked[wrong].got);
    return grade_hint(rule->hint, is_anothers(rule, asked) ? "That is another SEED's answer"
                                                           : "Every SEED has numbers of its own");
}
