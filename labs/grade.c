/* grade.c: see grade.h. */
#include "labs/grade.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a, so that a seed may be a name. */
static uint64_t hash(const char *text)
{
    uint64_t value = UINT64_C(0xcbf29ce484222325);

    for (; *text != '\0'; text++)
        value = (value ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return value;
}

uint64_t grade_random(struct grade *grade)
{
    return random_next(&grade->random);
}

int grade_wrong(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    return GRADE_WRONG;
}

int grade_hint(const char *number, const char *what)
{
    printf("%s: make hint H=%s\n", what, number);
    return GRADE_WRONG;
}

int grade_main(int argc, char **argv, const struct grade_test *tests, size_t count)
{
    const char *seed = getenv("SEED");
    struct grade grade = {.seed = hash(seed == NULL || *seed == '\0' ? "trivium" : seed)};

    for (size_t i = 0; argc == 2 && i < count; i++) {
        if (strcmp(argv[1], tests[i].name) == 0) {
            grade.random.state = grade.seed ^ hash(tests[i].name);
            int result = tests[i].run(&grade);

            return result == GRADE_PASSED ? GRADE_STATUS_PASSED : result;
        }
    }
    fprintf(stderr, "usage: %s TEST, which is one of:\n", argv[0]);
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "  %s\n", tests[i].name);
    return 2;
}
