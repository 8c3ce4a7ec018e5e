/*
 * grade.h: the few functions that the graders of the labs share.
 *
 * A grader (labs/NN-NAME/grade.c) is called with the name of a test, and says by its exit status
 * what became of it: GRADE_STATUS_PASSED, GRADE_WRONG, GRADE_SKIPPED, or LAB_TODO_STATUS by way of
 * lab_todo(). What it prints before is shown to the student. labs/lab adds up; it also sees crashes
 * and loops.
 */
#ifndef TRIVIUM_LABS_GRADE_H
#define TRIVIUM_LABS_GRADE_H

#include <stddef.h>
#include <stdint.h>

#include "tests/random.h"

/* The status of a grader whose test was passed: not 0, with which a student's exit() may end it. */
enum { GRADE_STATUS_PASSED = 90 };

enum { GRADE_PASSED = 0, GRADE_WRONG = 1, GRADE_SKIPPED = 77 };

struct grade {
    struct random random; /* of grade_random() */
    uint64_t seed;        /* of this student: a hash of SEED in the environment */
};

struct grade_test {
    const char *name;
    int (*run)(struct grade *grade); /* GRADE_... */
};

/* Finds the test that argv[1] names and runs it. Returns what main() should. */
int grade_main(int argc, char **argv, const struct grade_test *tests, size_t count);

/* The next of a series that the student's seed decides. */
uint64_t grade_random(struct grade *grade);

/* Prints the line, and returns GRADE_WRONG. Say what was done, what was expected, what came. */
int grade_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Tells a student whose mistake was recognised, NUMBER being as for `make hint H=NUMBER`. Returns
 * GRADE_WRONG. */
int grade_hint(const char *number, const char *what);

#endif
