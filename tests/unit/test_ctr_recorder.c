/* test_ctr_recorder.c: what is kept of a container's run, with steps that nobody really makes. */
#include "tests/unit/unit_main.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctr/recorder.h"
#include "ctr/sight.h"

START_TEST(each_kind_of_step_has_a_title_and_says_what_would_be_without)
{
    for (unsigned i = 0; i < STEP_KINDS; i++) {
        const char *without = step_rows[i].without;

        ck_assert_uint_gt(strlen(step_rows[i].title), 3);
        ck_assert_uint_le(strlen(step_rows[i].title), 18); /* a column */
        ck_assert_uint_gt(strlen(without), 20);
        ck_assert_int_eq(without[strlen(without) - 1], '.');
    }
}
END_TEST

START_TEST(what_a_process_sees_of_itself_is_what_the_kernel_says)
{
    char link[64], wanted[64];
    struct sight sight;
    ssize_t length;

    sight_self(&sight);
    ck_assert(sight.seen);
    ck_assert_int_eq(sight.pid, getpid());
    ck_assert_uint_eq(sight.uid, geteuid());
    ck_assert_uint_gt(sight.mounts, 0);
    ck_assert_str_ne(sight.root, "");
    length = readlink("/proc/self/ns/uts", link, sizeof link - 1);
    ck_assert_int_gt(length, 0);
    link[length] = '\0';
    snprintf(wanted, sizeof wanted, "uts:[%llu]", (unsigned long long)sight.names[NAME_UTS]);
    ck_assert_str_eq(link, wanted);
}
END_TEST

/* A child that does nothing until its end of the pipe is closed. */
static pid_t make_child(int go[2], const char *name)
{
    char byte;
    pid_t pid;

    ck_assert_int_eq(pipe(go), 0);
    pid = fork();
    if (pid == 0) {
        close(go[1]);
        prctl(PR_SET_NAME, name);
        while (read(go[0], &byte, 1) > 0)
            ;
        _exit(0);
    }
    close(go[0]);
    return pid;
}

START_TEST(a_process_is_found_below_its_parent_and_its_name_does_no_harm)
{
    struct sight_tree tree;
    struct sight sight;
    int go[2];
    pid_t pid = make_child(go, "\x1b[31mred");

    do
        sight_tree(getpid(), &tree); /* until it has its name */
    while (tree.count == 0 || strstr(tree.list[0].name, "red") == NULL);
    ck_assert_uint_eq(tree.count, 1);
    ck_assert_int_eq(tree.list[0].outer, pid);
    ck_assert_int_eq(tree.list[0].inner, pid); /* no namespace of its own */
    ck_assert_int_eq(tree.list[0].parent, getpid());
    for (const char *at = tree.list[0].name; *at != '\0'; at++)
        ck_assert(*at >= ' ' && *at <= '~');
    ck_assert(sight_of(pid, &sight));
    ck_assert_int_eq(sight.pid, pid);
    close(go[1]);
    waitpid(pid, NULL, 0);
    ck_assert(!sight_of(pid, &sight));
    ck_assert(!sight.seen);
}
END_TEST

/* The recorder's listener, for steps of this process. */
struct session {
    struct ctr_recorder *recorder;
    struct ctr_observer observer;
    struct steps steps;
    unsigned count;
    int status; /* of run_program()'s child */
};

static void begin(struct session *session, const char *who)
{
    struct err err = {0};

    *session = (struct session){.recorder = ctr_recorder_new(&err)};
    ck_assert_msg(session->recorder != NULL, "%s", err.text);
    session->observer = ctr_recorder_observer(session->recorder);
    steps_init(&session->steps, &session->observer, who, &session->count);
}

static const struct ctr_moment *last(const struct session *session)
{
    const struct ctr_record *record = ctr_recorder_record(session->recorder);

    ck_assert_uint_gt(record->count, 0);
    return &record->moments[record->count - 1];
}

START_TEST(a_step_is_kept_with_what_its_process_sees)
{
    struct session session;

    begin(&session, "init");
    step_begin(&session.steps, STEP_HOSTNAME, "sethostname(\"%s\")", "x");
    step_end(&session.steps, "the host's name was %s", "y");
    ck_assert_int_eq(last(&session)->what, MOMENT_STEP);
    ck_assert_int_eq(last(&session)->kind, STEP_HOSTNAME);
    ck_assert_str_eq(last(&session)->who, "init");
    ck_assert_str_eq(last(&session)->call, "sethostname(\"x\")");
    ck_assert_str_eq(last(&session)->effect, "the host's name was y");
    ck_assert(last(&session)->inside.seen);
    ck_assert_int_eq(last(&session)->inside.pid, getpid());
    ck_assert_int_eq(last(&session)->file, -1);
    ck_assert(ctr_recorder_record(session.recorder)->host.seen);
    ctr_recorder_free(session.recorder);
}
END_TEST

START_TEST(from_outside_the_first_process_below_the_runner_is_seen)
{
    struct session session;
    int go[2];
    pid_t pid;

    begin(&session, "runner");
    pid = make_child(go, "child");
    step_begin(&session.steps, STEP_CLONE, "clone3()");
    step_end(&session.steps, "done");
    ck_assert(!last(&session)->inside.seen); /* it is outside itself */
    ck_assert(last(&session)->outside.seen);
    ck_assert_int_eq(last(&session)->outside.pid, pid);
    ck_assert_uint_eq(last(&session)->tree.count, 1);
    close(go[1]);
    waitpid(pid, NULL, 0);
    ctr_recorder_free(session.recorder);
}
END_TEST

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static void remove_folder(const char *folder)
{
    static const char *const names[] = {"memory.max", "memory.current", "cgroup.controllers",
                                        "cpuset.cpus"};
    char path[128];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}

static void end_write(struct session *session, const char *folder, const char *name,
                      const char *text)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    step_write(&session->steps, STEP_GROUP_LIMIT, path, text);
    step_end(&session->steps, "done");
}

/* A kernel that rounds a limit must be shown as doing so. */
START_TEST(what_is_asked_and_what_the_file_says_are_two_things)
{
    char folder[] = "/tmp/trivium-recorder.XXXXXX";
    const struct ctr_record *record;
    struct session session;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    write_file(folder, "memory.max", "65536\n");
    write_file(folder, "memory.current", "4096\n");
    write_file(folder, "cgroup.controllers", "memory\n");
    begin(&session, "trivium");
    end_write(&session, folder, "memory.max", "65537");
    end_write(&session, folder, "cgroup.procs", "1"); /* no limit */
    record = ctr_recorder_record(session.recorder);
    ck_assert_uint_eq(record->file_count, 1);
    ck_assert_int_eq(record->files[0].control, CONTROL_MEMORY);
    ck_assert_int_eq(record->files[0].version, 2);
    ck_assert_str_eq(record->files[0].asked, "65537");
    ck_assert_int_eq(record->moments[0].file, 0);
    ck_assert_str_eq(record->moments[0].now[0], "65536");
    ck_assert_int_eq(record->moments[0].used[CONTROL_MEMORY], 4096);
    ck_assert_int_eq(record->moments[0].used[CONTROL_PIDS], -1);
    ck_assert_int_eq(last(&session)->file, -1);
    write_file(folder, "memory.max", "max\n");
    step_begin(&session.steps, STEP_FORK, "fork()");
    step_end(&session.steps, "done");
    ck_assert_str_eq(last(&session)->now[0], "max");
    ctr_recorder_free(session.recorder);
    remove_folder(folder);
}
END_TEST

START_TEST(the_cpuset_is_not_taken_for_the_cpu)
{
    char folder[] = "/tmp/trivium-recorder.XXXXXX";
    struct session session;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    write_file(folder, "cpuset.cpus", "0\n");
    begin(&session, "trivium");
    end_write(&session, folder, "cpuset.cpus", "0");
    ck_assert_int_eq(ctr_recorder_record(session.recorder)->files[0].control, CONTROL_CPUSET);
    ck_assert_int_eq(ctr_recorder_record(session.recorder)->files[0].version, 1);
    ctr_recorder_free(session.recorder);
    remove_folder(folder);
}
END_TEST

/* Makes the moment of execve, and a child that writes as a program would, after it. */
static void run_program(struct session *session, const char *text, size_t times)
{
    pid_t pid;

    step_begin(&session->steps, STEP_EXEC, "execve()");
    step_end(&session->steps, "done");
    pid = fork();
    if (pid == 0) {
        struct err err;

        if (ctr_recorder_redirect(session->recorder, &err) < 0)
            _exit(1);
        for (size_t i = 0; i < times; i++) {
            if (write(1 + (int)(i % 2), text, strlen(text)) < 0)
                _exit(1);
        }
        _exit(read(0, &pid, 1) == 0 ? 0 : 1); /* its input is empty */
    }
    waitpid(pid, &session->status, 0);
}

START_TEST(what_the_program_writes_is_kept_up_to_a_bound)
{
    const char *line = "0123456789012345678901234567890123456789012345678901234567890\n";
    size_t times = CTR_RECORD_OUTPUT / strlen(line) + 100;
    const struct ctr_record *record;
    struct session session;

    begin(&session, "program");
    run_program(&session, line, times);
    ck_assert_int_eq(session.status, 0); /* the child was content */
    ctr_recorder_end(session.recorder, "exit status 0");
    record = ctr_recorder_record(session.recorder);
    ck_assert_uint_eq(record->output_total, times * strlen(line));
    ck_assert_uint_eq(record->output_used, CTR_RECORD_OUTPUT);
    ck_assert_mem_eq(record->output, line, strlen(line));
    ck_assert_int_eq(last(&session)->what, MOMENT_END);
    ck_assert_str_eq(last(&session)->effect, "exit status 0");
    ck_assert_uint_eq(last(&session)->output, CTR_RECORD_OUTPUT);
    ck_assert_uint_eq(record->moments[0].output, 0);
    ctr_recorder_free(session.recorder);
}
END_TEST

START_TEST(moments_that_have_no_place_are_counted)
{
    const struct ctr_record *record;
    struct session session;

    begin(&session, "trivium");
    for (unsigned i = 0; i < CTR_RECORD_MOMENTS + 5; i++) {
        step_begin(&session.steps, STEP_PROC_HIDE, "call(%u)", i);
        step_end(&session.steps, "done");
    }
    record = ctr_recorder_record(session.recorder);
    ck_assert_uint_eq(record->count, CTR_RECORD_MOMENTS);
    ck_assert_uint_eq(record->lost, 5);
    ctr_recorder_end(session.recorder, "exit status 0");
    ck_assert_int_eq(last(&session)->what, MOMENT_END); /* that one is never missing */
    ctr_recorder_free(session.recorder);
}
END_TEST

START_TEST(time_is_that_of_the_steps_and_not_of_looking)
{
    const struct ctr_record *record;
    struct session session;
    double took;

    begin(&session, "init");
    took = steps_now();
    for (unsigned i = 0; i < 20; i++) {
        step_begin(&session.steps, STEP_PROC_HIDE, "call(%u)", i);
        step_end(&session.steps, "done");
    }
    took = steps_now() - took; /* mostly looks: these steps do nothing */
    record = ctr_recorder_record(session.recorder);
    ck_assert(record->moments[0].at >= 0 && record->moments[0].at < 0.5);
    for (unsigned i = 1; i < record->count; i++)
        ck_assert(record->moments[i].at >= record->moments[i - 1].at);
    ck_assert_double_lt(last(&session)->at, took / 2);
    ctr_recorder_free(session.recorder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ctr_recorder");
    TCase *tests = tcase_create("recorder");

    tcase_add_test(tests, each_kind_of_step_has_a_title_and_says_what_would_be_without);
    tcase_add_test(tests, what_a_process_sees_of_itself_is_what_the_kernel_says);
    tcase_add_test(tests, a_process_is_found_below_its_parent_and_its_name_does_no_harm);
    tcase_add_test(tests, a_step_is_kept_with_what_its_process_sees);
    tcase_add_test(tests, from_outside_the_first_process_below_the_runner_is_seen);
    tcase_add_test(tests, what_is_asked_and_what_the_file_says_are_two_things);
    tcase_add_test(tests, the_cpuset_is_not_taken_for_the_cpu);
    tcase_add_test(tests, what_the_program_writes_is_kept_up_to_a_bound);
    tcase_add_test(tests, moments_that_have_no_place_are_counted);
    tcase_add_test(tests, time_is_that_of_the_steps_and_not_of_looking);
    suite_add_tcase(suite, tests);
    return unit_main(suite);
}
