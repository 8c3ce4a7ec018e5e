/* stress: does this kernel do what programs rely on? In the manner of xv6's usertests.
 *
 * Each test runs in a process of its own, so that a test that crashes, runs for ever or leaves its
 * files open harms no other. The expectations are those of any Linux: where a test makes sense
 * there, it passes there, too.
 *
 * The output is TAP, then one line with the totals. Read next: stress.h, then any of the subjects.
 */
#include "guest/bin/measure.h"
#include "guest/bin/options.h"
#include "guest/bin/stress/report.h"
#include "guest/bin/stress/stress.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct settings {
    uint64_t timeout; /* of one test, in nanoseconds */
    bool leaks;       /* a test that leaves less free memory than it found fails */
};

struct totals {
    unsigned int passed;
    unsigned int failed;
    unsigned int skipped;
};

static const struct test_group *const groups[] = {
    &process_tests, &signal_tests, &exec_tests,    &memory_tests, &large_tests,  &pipe_tests,
    &file_tests,    &folder_tests, &pointer_tests, &limit_tests,  &device_tests, &schedule_tests,
};

enum { GROUPS = sizeof(groups) / sizeof(groups[0]) };

/* The process of a test: never returns into the runner's loop. */
static _Noreturn void test_main(const struct test *test, const int pipe_fds[2])
{
    if (pipe_fds[1] != REPORT_FD) {
        CHECK(dup2(pipe_fds[1], REPORT_FD) == REPORT_FD);
        close(pipe_fds[1]);
    }
    if (pipe_fds[0] != REPORT_FD)
        close(pipe_fds[0]);
    test->run();
    fflush(stdout);
    _exit(STATUS_PASSED);
}

/* A child that sleeps as long as a test may take. */
static pid_t start_clock(const struct settings *settings)
{
    pid_t clock = test_fork();
    if (clock == 0) {
        test_sleep_ms(settings->timeout / NS_PER_MS);
        _exit(0);
    }
    return clock;
}

/* Waits for the test; kills it when its time is over. Returns the wait status. */
static int await_test(const struct settings *settings, pid_t test, pid_t clock)
{
    int status = 0;
    int ignored;
    pid_t ended;
    do {
        ended = waitpid(-1, &status, 0);
    } while (ended != clock && ended != test && (ended > 0 || errno == EINTR));
    CHECK(ended > 0);
    if (ended == clock) {
        printf("# no end after %" PRIu64 " s\n", settings->timeout / NS_PER_SECOND);
        kill(test, SIGKILL);
        waitpid(test, &status, 0);
        return status;
    }
    kill(clock, SIGKILL);
    waitpid(clock, &ignored, 0);
    return status;
}

/* Runs a test in a process of its own. Returns its wait status, and its report if it has skipped.
 */
static int start_test(const struct settings *settings, const struct test *test,
                      struct report *report)
{
    int fds[2];
    CHECK(pipe(fds) == 0);
    /* First, while there is memory: a test may take all of it. */
    pid_t clock = start_clock(settings);
    pid_t child = test_fork();
    if (child == 0)
        test_main(test, fds);
    int status = await_test(settings, child, clock);
    if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_SKIPPED)
        test_read(fds[0], report, sizeof(*report));
    close(fds[0]);
    close(fds[1]);
    return status;
}

/* Prints the line of a test that has ended. */
static void judge(struct totals *totals, const struct test *test, int status,
                  const struct report *report)
{
    unsigned int number = totals->passed + totals->failed + totals->skipped + 1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_PASSED) {
        totals->passed++;
        printf("ok %u - %s: %s\n", number, test->name, test->meaning);
    } else if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_SKIPPED) {
        totals->skipped++;
        printf("ok %u - %s: %s # SKIP %s\n", number, test->name, test->meaning, report->reason);
    } else {
        totals->failed++;
        if (WIFSIGNALED(status))
            printf("# ended by signal %d\n", WTERMSIG(status));
        printf("not ok %u - %s: %s\n", number, test->name, test->meaning);
    }
    fflush(stdout);
}

/* The memory of processes that nobody waits for comes back a moment later. */
static bool memory_is_back(uint64_t before)
{
    for (int tries = 0; tries < 100; tries++) {
        if (test_memory_kib("MemFree") >= before)
            return true;
        test_sleep_ms(10);
    }
    printf("# free memory: %" PRIu64 " KiB before, %" PRIu64 " KiB after\n", before,
           test_memory_kib("MemFree"));
    return false;
}

static void run_test(const struct settings *settings, struct totals *totals,
                     const struct test *test)
{
    struct report report = {0};
    uint64_t free_before = settings->leaks ? test_memory_kib("MemFree") : 0;
    int status = start_test(settings, test, &report);
    if (status == STATUS_KEPT << 8)
        status = STATUS_PASSED << 8;
    else if (settings->leaks && !memory_is_back(free_before))
        status = STATUS_FAILED << 8;
    judge(totals, test, status, &report);
}

static void do_nothing(void)
{
}

/* The runner's own pages come when it touches them for the first time, which is no leak of a test:
 * so it does once, before the first one, all that it does for a test. */
static void rehearse(const struct settings *settings)
{
    const struct test nothing = {"nothing", "nothing", do_nothing};
    struct report report = {0};
    start_test(settings, &nothing, &report);
}

/* Is it among the names, or are there no names? */
static bool chosen(const struct test *test, char *const *names)
{
    bool found = !*names;
    for (; *names; names++)
        found = found || strcmp(*names, test->name) == 0;
    return found;
}

static const struct test *find_test(const char *name)
{
    for (size_t g = 0; g < GROUPS; g++) {
        for (size_t i = 0; i < groups[g]->count; i++) {
            if (strcmp(groups[g]->tests[i].name, name) == 0)
                return &groups[g]->tests[i];
        }
    }
    return NULL;
}

/* What there is to do for a test, chosen by the command line. */
static void visit(const struct settings *settings, struct totals *totals, bool list,
                  const struct test *test)
{
    if (list)
        printf("%-20s %s\n", test->name, test->meaning);
    else
        run_test(settings, totals, test);
}

static void visit_all(const struct settings *settings, struct totals *totals, bool list,
                      char *const *names)
{
    for (size_t g = 0; g < GROUPS; g++) {
        for (size_t i = 0; i < groups[g]->count; i++) {
            if (chosen(&groups[g]->tests[i], names))
                visit(settings, totals, list, &groups[g]->tests[i]);
        }
    }
}

int main(int argc, char **argv)
{
    struct settings settings = {.timeout = 120 * NS_PER_SECOND};
    struct totals totals = {0};
    bool list = false;
    const struct option options[] = {
        {"list", 'l', OPTION_FLAG, &list, NULL, "name the tests, run none", 0, 0},
        {"leaks", 0, OPTION_FLAG, &settings.leaks, NULL,
         "fail tests after which less memory is free (not on a busy system)", 0, 0},
        {"timeout", 0, OPTION_SECONDS, &settings.timeout, "SECONDS", "for each test (120)", 0, 0},
    };
    const struct program program = {
        .name = "stress",
        .operands = "[TEST...]",
        .summary = "Test the kernel: all tests, or those named.",
        .notes = "Prints a line for each test; exits 1 if one has failed.",
        .options = options,
        .option_count = sizeof(options) / sizeof(options[0]),
    };
    if (argc > 2 && strcmp(argv[1], "--role") == 0)
        return exec_role(argc - 2, argv + 2);
    char **names = argv + options_parse(&program, argc, argv);
    for (char **name = names; *name; name++) {
        if (!find_test(*name))
            options_fail(&program, "no such test (see --list)", *name);
    }

    if (settings.leaks && !list)
        rehearse(&settings);
    visit_all(&settings, &totals, list, names);
    if (list)
        return 0;
    printf("1..%u\n", totals.passed + totals.failed + totals.skipped);
    printf("stress: %u passed, %u failed, %u skipped\n", totals.passed, totals.failed,
           totals.skipped);
    return totals.failed > 0;
}
