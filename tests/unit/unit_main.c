/*
 * unit_main.c: from Check's results to TAP lines; see unit_main.h.
 *
 * Check's interface gives everything about a result but the name of its test, which it writes into
 * its own TAP log only: "ok 1 - FILE:CASE:TEST: MESSAGE". So that log goes to a temporary file, and
 * the names are read from it, in the order of the results.
 */
#include "tests/unit/unit_main.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads on to the log's next test and prints its name, "name of the test" for name_of_the_test. */
static void print_sentence(FILE *log, const char *tcname)
{
    char line[1024], field[128];
    const char *name = NULL;

    snprintf(field, sizeof field, ":%s:", tcname);
    while (name == NULL && fgets(line, sizeof line, log) != NULL) {
        if (strncmp(line, "ok ", 3) == 0 || strncmp(line, "not ok ", 7) == 0)
            name = strstr(line, field);
    }
    if (name == NULL)
        return;
    for (const char *c = name + strlen(field); *c != ':' && *c != '\0'; c++)
        putchar(*c == '_' ? ' ' : *c);
}

static void print_diagnostic(TestResult *result)
{
    const char *message = tr_msg(result);

    printf("# %s:%d: ", tr_lfile(result), tr_lno(result));
    for (const char *c = message == NULL ? "" : message; *c != '\0'; c++) {
        putchar(*c);
        if (*c == '\n')
            printf("# ");
    }
    putchar('\n');
}

int unit_main(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    FILE *log = tmpfile();
    char log_path[64];
    TestResult **results;
    int count, failed;

    if (log == NULL) {
        perror("tmpfile");
        return EXIT_FAILURE;
    }
    /* Check gives a test four seconds. That is for tests that hang, and a busy host makes some
     * late. */
    setenv("CK_DEFAULT_TIMEOUT", "120", 0);
    snprintf(log_path, sizeof log_path, "/proc/self/fd/%d", fileno(log));
    srunner_set_tap(runner, log_path);
    srunner_run_all(runner, CK_SILENT);
    count = srunner_ntests_run(runner);
    failed = srunner_ntests_failed(runner);
    results = srunner_results(runner);
    printf("1..%d\n", count);
    for (int i = 0; i < count; i++) {
        bool passed = tr_rtype(results[i]) == CK_PASS;

        printf("%s %d - %s: ", passed ? "ok" : "not ok", i + 1, tr_tcname(results[i]));
        print_sentence(log, tr_tcname(results[i]));
        putchar('\n');
        if (!passed)
            print_diagnostic(results[i]);
    }
    fclose(log);
    free(results);
    srunner_free(runner);
    /* A suite that ran nothing has checked nothing. */
    return failed == 0 && count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
