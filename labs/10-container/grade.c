/*
 * grade.c: what of lab 10 is graded without a container: writes to control groups, of both
 * versions, which are folders here; and how mounts are parted. See labs/grade.h.
 *
 * All else is in `run`.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctr/group.h"
#include "ctr/limits.h"
#include "ctr/root.h"
#include "labs/10-container/own.h"
#include "labs/grade_own.h"

/* The files of a group that is played, of which there may be fewer. */
#define FILES_MOST 4

struct played {
    struct group group;
    char folder[32];          /* where it really is; group.path is only for messages */
    const char *const *files; /* up to NULL */
    unsigned count;           /* of steps */
    struct steps steps;
};

/* A folder with those files, which are empty. */
static void play(struct played *played, int version, const char *const *files)
{
    *played = (struct played){
        .group = {.version = version}, .folder = "/tmp/trivium-lab.XXXXXX", .files = files};
    steps_init(&played->steps, NULL, "grader", &played->count);
    snprintf(played->group.path, sizeof played->group.path, "group-of-version-%d", version);
    if (mkdtemp(played->folder) == NULL ||
        (played->group.fd = open(played->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
        perror(played->folder);
        exit(2);
    }
    for (; *files != NULL; files++)
        close(openat(played->group.fd, *files, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static void play_fini(struct played *played)
{
    for (const char *const *file = played->files; *file != NULL; file++)
        unlinkat(played->group.fd, *file, 0);
    close(played->group.fd);
    rmdir(played->folder);
}

/* What was written to a file of the group; "" if nothing. The caller frees it. */
static char *written(const struct played *played, const char *file)
{
    char text[64];

    group_read(&played->group, file, text, sizeof text);
    return strdup(text);
}

/* Compares one file; says what is wrong. */
static bool is_written(const struct played *played, const char *file, const char *want)
{
    char *got = written(played, file);
    bool same = strcmp(got, want) == 0;

    if (!same)
        grade_wrong("version %d: expected '%s' in %s, got '%s'", played->group.version, want, file,
                    got);
    free(got);
    return same;
}

/* Has the student's code write one limit to a played group. */
static bool limit(struct played *played, const struct limits *limits, enum control control)
{
    struct limit_report report = {0};
    struct err err = {0};

    if (limits_write(limits, control, &played->group, &report, &played->steps, &err) == 0)
        return true;
    err_print(&err, stdout);
    return false;
}

static const char *const cpu_files[][FILES_MOST] = {
    [1] = {"cpu.cfs_period_us", "cpu.cfs_quota_us"},
    [2] = {"cpu.max"},
};

static int cpu(struct grade *grade)
{
    /* Whole microseconds, so that no rounding is asked for; and less than the kernel takes. */
    unsigned many = (unsigned)(grade_random(grade) % 1000 + 1) * 250;
    const unsigned quotas[] = {many, 100};

    for (int version = 1; version <= 2; version++) {
        for (size_t i = 0; i < 2; i++) {
            struct limits limits = {.cpus = quotas[i] / (double)LIMITS_PERIOD};
            unsigned least = quotas[i] < 1000 ? 1000 : quotas[i];
            struct played played;
            char want[32];
            bool done;

            play(&played, version, cpu_files[version]);
            snprintf(want, sizeof want, version == 1 ? "%u" : "%u %d", least, LIMITS_PERIOD);
            done = limit(&played, &limits, CONTROL_CPU) &&
                   (version == 2 ? is_written(&played, "cpu.max", want)
                                 : is_written(&played, "cpu.cfs_quota_us", want) &&
                                       is_written(&played, "cpu.cfs_period_us", "100000"));
            play_fini(&played);
            if (!done) {
                printf("(--cpus %g)\n", limits.cpus);
                return i == 1 ? grade_hint("10.5.3", "The kernel takes no quota below 1000 us")
                       : version == 1
                           ? grade_hint("10.5.1", "Version 1 has a file for each number")
                           : grade_hint("10.5.2", "Version 2 has one file for both numbers");
            }
        }
    }
    return GRADE_PASSED;
}

static const char *const memory_files[][FILES_MOST] = {
    [1] = {"memory.limit_in_bytes", "memory.memsw.limit_in_bytes"},
    [2] = {"memory.max", "memory.swap.max", "memory.oom.group"},
};

/* The same where the kernel does not count swap. */
static const char *const no_swap_files[][FILES_MOST] = {
    [1] = {"memory.limit_in_bytes"},
    [2] = {"memory.max", "memory.oom.group"},
};

static int memory_of(int version, bool swap, uint64_t bytes)
{
    const struct limits limits = {.memory = bytes};
    struct played played;
    char want[32];
    int answer = GRADE_PASSED;

    play(&played, version, swap ? memory_files[version] : no_swap_files[version]);
    snprintf(want, sizeof want, "%llu", (unsigned long long)bytes);
    if (!limit(&played, &limits, CONTROL_MEMORY))
        answer = swap ? grade_hint("10.6.1", "Each version has files of its own")
                      : grade_hint("10.6.2", "A kernel that does not count swap has no such file");
    else if (!is_written(&played, version == 1 ? "memory.limit_in_bytes" : "memory.max", want))
        answer = grade_hint("10.6.1", "The limit is in bytes");
    else if (swap &&
             !is_written(&played, version == 1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max",
                         version == 1 ? want : "0"))
        answer = grade_hint("10.6.2", "Who may swap is not limited");
    else if (version == 2 && !is_written(&played, "memory.oom.group", "1"))
        answer = grade_hint("10.6.3", "Of a container that is out of memory nothing may be left");
    play_fini(&played);
    return answer;
}

static int memory(struct grade *grade)
{
    uint64_t bytes = (grade_random(grade) % 4096 + 256) << 12;

    for (int version = 1; version <= 2; version++) {
        for (int swap = 1; swap >= 0; swap--) {
            int answer = memory_of(version, swap != 0, bytes);

            if (answer != GRADE_PASSED)
                return answer;
        }
    }
    return GRADE_PASSED;
}

/* Has who runs this entered the group? By either file, as "0" or by number: all are the same. */
static bool is_entered(const struct played *played)
{
    char *task = written(played, "tasks"), *process = written(played, "cgroup.procs"), self[16];
    const char *who = process[0] != '\0' ? process : task;
    bool entered;

    snprintf(self, sizeof self, "%d", (int)getpid());
    entered = strcmp(who, "0") == 0 || strcmp(who, self) == 0;
    if (!entered)
        grade_wrong("version 1: expected '0' in tasks, got '%s'", who);
    free(task);
    free(process);
    return entered;
}

/* Three hierarchies: two of version 1, one of version 2, in which init was started already. */
static int enter(struct grade *grade)
{
    static const char *const old_files[] = {"tasks", "cgroup.procs", NULL};
    static const char *const new_files[] = {NULL};
    struct played played[3];
    struct groups groups = {.count = 3};
    struct err err = {0};
    unsigned newer = (unsigned)(grade_random(grade) % 3);
    int answer = GRADE_PASSED;

    for (unsigned i = 0; i < 3; i++) {
        play(&played[i], i == newer ? 2 : 1, i == newer ? new_files : old_files);
        groups.list[i] = played[i].group;
    }
    if (groups_enter(&groups, &played[0].steps, &err) < 0) {
        err_print(&err, stdout);
        answer = grade_hint("10.7.2", "In version 2's group it is already");
    }
    for (unsigned i = 0; i < 3 && answer == GRADE_PASSED; i++) {
        if (i != newer && !is_entered(&played[i]))
            answer = grade_hint("10.7.1", "Each group of version 1 has a file of who is in it");
    }
    for (unsigned i = 0; i < 3; i++)
        play_fini(&played[i]);
    return answer;
}

/* This computer refuses: the test is skipped. */
static int cannot(const char *what)
{
    printf("%s is refused here: %s\ntry: build/trivium doctor, which says what helps\n", what,
           strerror(errno));
    return GRADE_SKIPPED;
}

/* Runs `inside` in a child; its status is the answer, and lab_todo() ends us, too. */
static int in_child(int (*inside)(struct grade *grade), struct grade *grade)
{
    int status;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        int answer = inside(grade);

        fflush(stdout);
        _exit(answer == GRADE_PASSED ? GRADE_STATUS_PASSED : answer);
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0)
        return cannot("a process");
    if (WIFSIGNALED(status))
        return grade_wrong("it was killed by SIG%s", sigabbrev_np(WTERMSIG(status)));
    if (WEXITSTATUS(status) == GRADE_PASSED)
        return grade_wrong("it ended before the test did");
    return WEXITSTATUS(status) == GRADE_STATUS_PASSED ? GRADE_PASSED : WEXITSTATUS(status);
}

static int apart_inside(struct grade *grade)
{
    unsigned count = 0;
    struct steps steps;
    struct err err = {0};
    char line[1024];
    unsigned shared = 0;
    FILE *file;

    (void)grade;
    steps_init(&steps, NULL, "grader", &count);
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
        return cannot("a user namespace");
    /* So that some lie below others, as on systemd's hosts, and all are shared with somebody. */
    if (mount("/tmp", "/tmp", NULL, MS_BIND, NULL) < 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) < 0)
        return cannot("a mount");
    if (root_part(&steps, &err) < 0) {
        err_print(&err, stdout);
        return grade_hint("10.3.1", "mount(2) changes the propagation, too");
    }
    file = fopen("/proc/self/mountinfo", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strstr(line, " shared:") == NULL)
            continue;
        if (shared++ == 0)
            printf("still shared: %s", line);
    }
    if (file != NULL)
        fclose(file);
    if (shared == 0)
        return GRADE_PASSED;
    grade_wrong("mounts that are shared with others: expected 0, got %u", shared);
    return grade_hint("10.3.2", "What is mounted there, the host sees, too");
}

static int apart(struct grade *grade)
{
    return in_child(apart_inside, grade);
}

/* The student's own map: so many ids from 0 on, and one user who is somebody on the host. */

enum { BASE, COUNT, FIRST, USER };

/* Who is in no map is shown as this user: /proc/sys/kernel/overflowuid. */
enum { NOBODY = 65534 };

static void own_tell(const unsigned *numbers)
{
    printf("the first %u users of the container, from 0 on, are those from %u on of the host; and "
           "its user %u is the host's user %u",
           numbers[COUNT], numbers[BASE], numbers[FIRST], numbers[USER]);
}

static void own_narrow(unsigned i, uint64_t *input)
{
    input[0] = i < 200 ? i : 800 + i;
}

static void own_show(const uint64_t *input)
{
    printf("user %u of the container, on the host (0xfffe: nobody)", (unsigned)input[0]);
}

static uint64_t own_want(const unsigned *numbers, const uint64_t *input)
{
    if (input[0] < numbers[COUNT])
        return numbers[BASE] + input[0];
    return input[0] == numbers[FIRST] ? numbers[USER] : NOBODY;
}

/* As the kernel reads it. */
static uint64_t own_got(const uint64_t *input)
{
    char text[4096] = "", *rest = text;

    own_map(text, sizeof text);
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
        unsigned first, host, count;

        if (sscanf(line, "%u %u %u", &first, &host, &count) == 3 && input[0] >= first &&
            input[0] - first < count)
            return host + input[0] - first;
    }
    return NOBODY;
}

static int own(struct grade *grade)
{
    static const struct own_rule rule = {
        .hint = "10.10.1",
        .numbers =
            {[BASE] = {200000, 32}, [COUNT] = {100, 32}, [FIRST] = {1000, 32}, [USER] = {2000, 8}},
        .tell = own_tell,
        .show = own_show,
        .narrow = own_narrow,
        .want = own_want,
        .got = own_got,
    };

    return own_grade(grade, &rule);
}

int main(int argc, char **argv)
{
    static const struct grade_test tests[] = {
        {"cpu", cpu}, {"memory", memory}, {"enter", enter}, {"apart", apart}, {"own", own},
    };

    return grade_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
