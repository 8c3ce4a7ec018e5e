/*
 * grade_own.h: a task that each student has for himself, as its numbers are drawn from the seed.
 *
 * A rule says what has to be computed, given the numbers and an input. The student's answer is
 * asked for many inputs. If one is wrong, it is looked for other numbers that explain all that was
 * answered: then it is the answer of another seed.
 *
 * Read next: labs/02-decode/grade.c, which has a short rule; decision 0045.
 */
#ifndef TRIVIUM_LABS_GRADE_OWN_H
#define TRIVIUM_LABS_GRADE_OWN_H

#include "labs/grade.h"

enum { OWN_NUMBERS = 5, OWN_INPUTS = 3 };

struct own_rule {
    const char *hint; /* as "2.11.1" */
    struct {
        unsigned least, count; /* which it may be: least, ... least + count - 1; count 0: none */
    } numbers[OWN_NUMBERS];
    void (*tell)(const unsigned *numbers);       /* the task, in one line, without its end */
    void (*show)(const uint64_t *input);         /* an input, the same way */
    void (*narrow)(unsigned i, uint64_t *input); /* the i-th: random numbers before. May be NULL */
    uint64_t (*want)(const unsigned *numbers, const uint64_t *input);
    uint64_t (*got)(const uint64_t *input); /* asks the student's answer */
};

/* The body of a test "own". Prints "Yours (NUMBER, ...): TASK" first. Returns GRADE_... */
int own_grade(struct grade *grade, const struct own_rule *rule);

#endif
