/* test_supervise.c: what becomes of a program under supervision, and what it finds. */
#include "tests/unit/unit_main.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/supervise.h"

/* Runs `start` with these limits; the captures are the caller's to end, if they are given. */
static struct supervise_outcome supervise(supervise_start *start, double timeout,
                                          struct supervise_capture *out,
                                          struct supervise_capture *errors)
{
    const struct supervise_job job = {
        .start = start,
        .timeout = timeout,
        .out = out,
        .errors = errors,
    };
    struct supervise_outcome outcome;
    struct supervisor supervisor;
    struct err err;

    ck_assert_int_eq(supervisor_init(&supervisor, &err), 0);
    ck_assert_int_eq(supervisor_run(&supervisor, &job, &outcome, &err), 0);
    supervisor_fini(&supervisor);
    /* Whatever it was: no child is left. */
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
    return outcome;
}

static int start_exit(void *context, struct err *err)
{
    (void)context;
    (void)err;
    _exit(42);
}

START_TEST(an_exit_status_comes_back)
{
    struct supervise_outcome outcome = supervise(start_exit, 0, NULL, NULL);

    ck_assert_int_eq(outcome.fate, FATE_EXITED);
    ck_assert_int_eq(outcome.status, 42);
    ck_assert(!outcome.interrupted);
    ck_assert_double_gt(outcome.wall, 0);
}
END_TEST

static int start_die(void *context, struct err *err)
{
    (void)context;
    (void)err;
    raise(SIGUSR1);
    return -1;
}

START_TEST(a_deadly_signal_comes_back)
{
    struct supervise_outcome outcome = supervise(start_die, 0, NULL, NULL);

    ck_assert_int_eq(outcome.fate, FATE_KILLED);
    ck_assert_int_eq(outcome.signal, SIGUSR1);
}
END_TEST

static int start_refuse(void *context, struct err *err)
{
    (void)context;
    err_sys(err, ENOEXEC, "cannot become %s", "it");
    return err_hint(err, "something else");
}

START_TEST(why_it_could_not_start_comes_back)
{
    struct supervise_outcome outcome = supervise(start_refuse, 0, NULL, NULL);

    ck_assert_int_eq(outcome.fate, FATE_REFUSED);
    ck_assert_int_eq(outcome.err.code, ENOEXEC);
    ck_assert_str_eq(outcome.err.text, "cannot become it: Exec format error");
    ck_assert_str_eq(outcome.err.hint, "something else");
}
END_TEST

static _Noreturn void wait_for_ever(void)
{
    for (;;)
        pause();
}

static int start_loop(void *context, struct err *err)
{
    (void)context;
    (void)err;
    wait_for_ever();
}

START_TEST(a_time_limit_ends_it)
{
    struct supervise_outcome outcome = supervise(start_loop, 0.1, NULL, NULL);

    ck_assert_int_eq(outcome.fate, FATE_TIMEOUT);
    ck_assert_uint_eq(outcome.killed, 1);
    ck_assert_double_ge(outcome.wall, 0.1);
    ck_assert_double_lt(outcome.wall, 5);
}
END_TEST

/* Three processes, each the child of the one before, the last two in sessions of their own. */
static int start_family(void *context, struct err *err)
{
    (void)context;
    (void)err;
    for (int i = 0; i < 2 && fork() == 0; i++)
        setsid();
    wait_for_ever();
}

START_TEST(a_time_limit_ends_the_whole_family)
{
    struct supervise_outcome outcome = supervise(start_family, 0.2, NULL, NULL);

    ck_assert_int_eq(outcome.fate, FATE_TIMEOUT);
    ck_assert_uint_eq(outcome.killed, 3);
}
END_TEST

static int start_orphan(void *context, struct err *err)
{
    (void)context;
    (void)err;
    if (fork() == 0)
        wait_for_ever();
    _exit(7);
}

START_TEST(what_it_leaves_behind_is_ended)
{
    struct supervise_outcome outcome = supervise(start_orphan, 0, NULL, NULL);

    ck_assert_int_eq(outcome.fate, FATE_EXITED);
    ck_assert_int_eq(outcome.status, 7);
    ck_assert_uint_eq(outcome.killed, 1);
}
END_TEST

static int start_write(void *context, struct err *err)
{
    char byte;

    (void)context;
    (void)err;
    if (read(STDIN_FILENO, &byte, 1) != 0)
        _exit(1);
    for (int i = 0; i < 30000; i++) {
        if (write(STDOUT_FILENO, "0123456789", 10) != 10 || write(STDERR_FILENO, "e", 1) != 1)
            _exit(2);
    }
    _exit(0);
}

START_TEST(output_is_captured_up_to_its_limit)
{
    struct supervise_capture out, errors;
    struct supervise_outcome outcome;

    supervise_capture_init(&out, 25);
    supervise_capture_init(&errors, 100000);
    outcome = supervise(start_write, 0, &out, &errors);
    ck_assert_int_eq(outcome.fate, FATE_EXITED);
    ck_assert_int_eq(outcome.status, 0);
    ck_assert_str_eq(out.data, "0123456789012345678901234");
    ck_assert_uint_eq(out.used, 25);
    ck_assert_uint_eq(out.total, 300000);
    ck_assert_uint_eq(errors.used, 30000);
    ck_assert_uint_eq(strspn(errors.data, "e"), 30000);
    supervise_capture_fini(&out);
    supervise_capture_fini(&errors);
}
END_TEST

static int count_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int count = 0;

    if (dir == NULL)
        return 99;
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

static int start_count_descriptors(void *context, struct err *err)
{
    (void)context;
    (void)err;
    _exit(count_descriptors());
}

START_TEST(it_finds_no_descriptor_of_the_supervisor)
{
    struct supervise_capture out, errors;
    int before = count_descriptors();

    ck_assert_int_eq(supervise(start_count_descriptors, 0, NULL, NULL).status, before);
    supervise_capture_init(&out, 1);
    supervise_capture_init(&errors, 1);
    ck_assert_int_eq(supervise(start_count_descriptors, 0, &out, &errors).status, before);
    supervise_capture_fini(&out);
    supervise_capture_fini(&errors);
}
END_TEST

/* Its status: how many signals are blocked or have another handler than the usual one. */
static int start_count_signals(void *context, struct err *err)
{
    struct sigaction action;
    sigset_t blocked;
    int count = 0;

    (void)context;
    (void)err;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    for (int number = 1; number < 32; number++) {
        sigaction(number, NULL, &action);
        count += sigismember(&blocked, number) || action.sa_handler != SIG_DFL;
    }
    _exit(count);
}

START_TEST(it_finds_all_signals_as_they_were_before)
{
    for (int number = 1; number < 32; number++)
        signal(number, SIG_DFL);
    ck_assert_int_eq(supervise(start_count_signals, 0, NULL, NULL).status, 0);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    ck_assert_int_eq(supervise(start_count_signals, 0, NULL, NULL).status, 2);
}
END_TEST

static int start_interrupt_parent(void *context, struct err *err)
{
    (void)context;
    (void)err;
    signal(SIGINT, SIG_IGN);
    kill(getppid(), SIGINT);
    usleep(50000);
    _exit(5);
}

START_TEST(an_interrupt_is_noted_and_the_fate_is_the_programs)
{
    struct supervise_outcome outcome = supervise(start_interrupt_parent, 0, NULL, NULL);

    ck_assert(outcome.interrupted);
    ck_assert_int_eq(outcome.fate, FATE_EXITED);
    ck_assert_int_eq(outcome.status, 5);
}
END_TEST

static int start_stop_parent(void *context, struct err *err)
{
    kill(getppid(), SIGTERM);
    return start_loop(context, err);
}

START_TEST(a_signal_to_end_ends_the_program_first)
{
    struct supervise_outcome outcome = supervise(start_stop_parent, 0, NULL, NULL);

    ck_assert_int_eq(outcome.fate, FATE_STOPPED);
    ck_assert_int_eq(outcome.signal, SIGTERM);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("supervise");
    TCase *tests = tcase_create("a run");

    tcase_set_timeout(tests, 20);
    tcase_add_test(tests, an_exit_status_comes_back);
    tcase_add_test(tests, a_deadly_signal_comes_back);
    tcase_add_test(tests, why_it_could_not_start_comes_back);
    tcase_add_test(tests, a_time_limit_ends_it);
    tcase_add_test(tests, a_time_limit_ends_the_whole_family);
    tcase_add_test(tests, what_it_leaves_behind_is_ended);
    tcase_add_test(tests, output_is_captured_up_to_its_limit);
    tcase_add_test(tests, it_finds_no_descriptor_of_the_supervisor);
    tcase_add_test(tests, it_finds_all_signals_as_they_were_before);
    tcase_add_test(tests, an_interrupt_is_noted_and_the_fate_is_the_programs);
    tcase_add_test(tests, a_signal_to_end_ends_the_program_first);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
