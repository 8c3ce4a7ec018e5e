/*
 * grade.c: what of lab 10 is graded without a container: writes to control groups, of both
 * versions, which are folders here; and what the kernel makes of mounts and maps. See labs/grade.h.
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
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctr/group.h"
#include "ctr/limits.h"
#include "ctr/mounts.h"
#include "ctr/root.h"
#include "labs/10-container/own.h"
#include "labs/grade.h"

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

/* Three hierarchies: two of version 1, one of version 2, in which init was started already. */
static int enter(struct grade *grade)
{
    static const char *const old_files[] = {"tasks", NULL}, *const new_files[] = {NULL};
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
        if (i != newer && !is_written(&played[i], "tasks", "0"))
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

/* What the seed asks for. */
struct wanted {
    unsigned user, pages, inodes, mode;
    unsigned attributes;
};

static const struct {
    unsigned attribute;
    unsigned long flag; /* of statvfs(3) */
    const char *name;
} attributes[] = {
    {MOUNT_ATTR_RDONLY, ST_RDONLY, "read-only"},
    {MOUNT_ATTR_NOEXEC, ST_NOEXEC, "noexec"},
    {MOUNT_ATTR_NOATIME, ST_NOATIME, "noatime"},
};

static struct wanted wanted_of(struct grade *grade)
{
    struct wanted wanted = {
        .user = (unsigned)(grade_random(grade) % 60000 + 1),
        .pages = (unsigned)(grade_random(grade) % 500 + 10),
        .inodes = (unsigned)(grade_random(grade) % 500 + 10),
        .mode = 0700 | (unsigned)(grade_random(grade) % 64),
    };
    unsigned set = (unsigned)(grade_random(grade) % 6 + 1); /* not none, not all */

    printf(
        "Your container: whoever runs it is user %u there; its tmpfs holds %u KiB and %u inodes, "
        "the mode of its folder is %04o, and it is mounted",
        wanted.user, wanted.pages * 4, wanted.inodes, wanted.mode);
    for (unsigned i = 0; i < 3; i++) {
        bool has = (set >> i & 1) != 0;

        if (has)
            wanted.attributes |= attributes[i].attribute;
        printf(" %s%s", has ? "" : "not ", attributes[i].name);
    }
    putchar('\n');
    return wanted;
}

/* In the new names, when the map is there: what has the kernel made of it? */
static int look(const struct wanted *wanted, const struct own_container *own)
{
    struct err err = {0};
    struct statvfs got;
    struct stat status;
    int mount;

    if (getuid() != wanted->user) {
        grade_wrong("in there you are user %u, expected %u", getuid(), wanted->user);
        return grade_hint("10.10.1", "Every SEED has a container of its own");
    }
    mount = mounts_new("tmpfs", own->options, own->attributes, &err);
    if (mount < 0 || fstatvfs(mount, &got) < 0 || fstat(mount, &status) < 0) {
        err_print(&err, stdout);
        return grade_hint("10.10.2", "The kernel does not take these options");
    }
    if (got.f_blocks * got.f_frsize != (uint64_t)wanted->pages * 4096 ||
        got.f_files != wanted->inodes || (status.st_mode & 07777) != wanted->mode) {
        grade_wrong("the tmpfs: expected %u KiB, %u inodes, mode %04o, got %llu KiB, %llu inodes, "
                    "mode %04o",
                    wanted->pages * 4, wanted->inodes, wanted->mode,
                    (unsigned long long)(got.f_blocks * got.f_frsize) / 1024,
                    (unsigned long long)got.f_files, status.st_mode & 07777);
        return grade_hint("10.10.2", "Every SEED has a container of its own");
    }
    for (unsigned i = 0; i < 3; i++) {
        bool want = (wanted->attributes & attributes[i].attribute) != 0;

        if (want != ((got.f_flag & attributes[i].flag) != 0)) {
            grade_wrong("the mount: expected it to be %s%s", want ? "" : "not ",
                        attributes[i].name);
            return grade_hint("10.10.3", "Attributes belong to the mount, not to what is mounted");
        }
    }
    return GRADE_PASSED;
}

/* Writes the map of the process that waits for it. */
static bool write_map(pid_t pid, const char *users)
{
    char path[64];
    FILE *file;
    bool done;

    snprintf(path, sizeof path, "/proc/%d/uid_map", (int)pid);
    file = fopen(path, "we");
    if (file == NULL)
        return false;
    done = fputs(users, file) >= 0;
    return fclose(file) == 0 && done;
}

static int own_inside(struct grade *grade)
{
    struct wanted wanted = wanted_of(grade);
    struct own_container own = {.users = ""};
    int ready[2], go[2], answer = GRADE_WRONG, status;
    char byte = 0;
    pid_t pid;

    fflush(stdout);
    own_container(&own, geteuid());
    own.users[sizeof own.users - 1] = own.options[sizeof own.options - 1] = '\0';
    if (pipe(ready) < 0 || pipe(go) < 0)
        return cannot("a pipe");
    pid = fork();
    if (pid == 0) {
        bool made = unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;

        if (!made)
            answer = cannot("a user namespace");
        close(go[1]);
        if (write(ready[1], made ? "y" : "n", 1) == 1 && made && read(go[0], &byte, 1) == 1)
            answer = look(&wanted, &own);
        fflush(stdout);
        _exit(answer);
    }
    close(ready[1]);
    if (pid < 0 || read(ready[0], &byte, 1) != 1)
        return cannot("a process");
    if (byte == 'y' && !write_map(pid, own.users)) {
        close(go[1]); /* it waits no longer */
        waitpid(pid, NULL, 0);
        grade_wrong("the kernel does not take '%s' for a uid_map: %s", own.users, strerror(errno));
        return grade_hint("10.10.1", "Without rights, only oneself can be mapped");
    }
    answer = byte != 'y' || write(go[1], "g", 1) == 1 ? GRADE_PASSED : GRADE_WRONG;
    waitpid(pid, &status, 0);
    return answer == GRADE_PASSED && WIFEXITED(status) ? WEXITSTATUS(status) : GRADE_WRONG;
}

static int own(struct grade *grade)
{
    return in_child(own_inside, grade);
}

int main(int argc, char **argv)
{
    static const struct grade_test tests[] = {
        {"cpu", cpu}, {"memory", memory}, {"enter", enter}, {"apart", apart}, {"own", own},
    };

    return grade_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
