/* recorder.c: writing a container's record; see recorder.h. */
#include "ctr/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 2000.0 /* of a step, for the looker */
#define TICK_MS     4      /* between two looks at a program that runs */
#define THINNING    8      /* and at least that part of the time that it has run */

/* What the looker is asked to do. */
enum order { ORDER_LOOK, ORDER_DRAIN, ORDER_STOP };

/* In memory that all processes share. One asks at a time: steps come one after the other. */
struct shared {
    struct ctr_record record;
    double begun, looked; /* the clock at the first step; what looks took since, milliseconds */
    pid_t runner;
    enum order order;
    _Atomic uint32_t asked, answered; /* futexes: they count */
};

struct ctr_recorder {
    struct shared *shared; /* owned */
    int pipe[2];           /* owned: what the program writes */
    pthread_t looker;
    bool running;                       /* the looker's own: the program runs */
    double run_began, run_seen;         /* as above: since when, and when it was looked at */
    struct group groups[CONTROL_COUNT]; /* owned descriptors; -1: no limit is written there */
};

static void futex_wait(_Atomic uint32_t *word, uint32_t value, const struct timespec *most)
{
    syscall(SYS_futex, word, FUTEX_WAIT, value, most, NULL, 0);
}

static void futex_wake(_Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Has the looker do that, and waits until it is done. */
static void ask(struct shared *shared, enum order order)
{
    static const struct timespec most = {.tv_nsec = 100000000};
    double begun = steps_now();
    uint32_t number, done;

    shared->order = order;
    number = atomic_fetch_add(&shared->asked, 1) + 1;
    futex_wake(&shared->asked);
    for (done = atomic_load(&shared->answered);
         (int32_t)(number - done) > 0 && steps_now() - begun < PATIENCE_MS;
         done = atomic_load(&shared->answered))
        futex_wait(&shared->answered, done, &most);
}

/* NULL: there is no place. It counts when record->count does. */
static struct ctr_moment *next_moment(struct shared *shared, enum moment_what what)
{
    struct ctr_record *record = &shared->record;
    struct ctr_moment *moment = &record->moments[record->count];

    if (record->count == CTR_RECORD_MOMENTS) {
        record->lost++;
        return NULL;
    }
    *moment = (struct ctr_moment){.what = what, .file = -1, .output = record->output_used};
    return moment;
}

/* When it was, without the looks before it. It is never before the moment that was the last. */
static void set_time(struct shared *shared, struct ctr_moment *moment, double clock)
{
    const struct ctr_record *record = &shared->record;
    double last = record->count == 0 ? 0 : record->moments[record->count - 1].at;

    moment->at = clock - shared->begun - shared->looked;
    if (moment->at < last)
        moment->at = last;
}

/* The controller is what stands before the first dot of a file's name. */
static enum control control_of(const char *name)
{
    unsigned i = 0;

    while (i < CONTROL_COUNT && (strncmp(name, control_names[i], strcspn(name, ".")) != 0 ||
                                 control_names[i][strcspn(name, ".")] != '\0'))
        i++;
    return (enum control)i;
}

/* From now on the file is looked at after each step. Answers its number, or -1. */
static int watch_file(struct ctr_recorder *recorder, const char *path, const char *text)
{
    struct ctr_record *record = &recorder->shared->record;
    struct ctr_record_file *file = &record->files[record->file_count];
    const char *name = strrchr(path, '/');
    enum control control = name == NULL ? CONTROL_COUNT : control_of(name + 1);
    struct group *group;

    if (control == CONTROL_COUNT || record->file_count == CTR_RECORD_FILES)
        return -1;
    group = &recorder->groups[control];
    if (group->fd < 0) {
        snprintf(group->path, sizeof group->path, "%.*s", (int)(name - path), path);
        group->fd = open(group->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        group->version = faccessat(group->fd, "cgroup.controllers", F_OK, 0) == 0 ? 2 : 1;
    }
    file->control = control;
    file->version = group->version;
    snprintf(file->path, sizeof file->path, "%s", path);
    snprintf(file->asked, sizeof file->asked, "%s", text);
    return (int)record->file_count++;
}

/* In the process that made the step. */
static void on_step(void *owner, const struct ctr_step *step)
{
    struct ctr_recorder *recorder = owner;
    struct shared *shared = recorder->shared;
    double begun = steps_now();
    struct ctr_moment *moment = next_moment(shared, MOMENT_STEP);

    if (moment == NULL)
        return;
    if (shared->record.count == 0)
        shared->begun = step->begun;
    moment->kind = step->kind;
    set_time(shared, moment, step->begun);
    snprintf(moment->who, sizeof moment->who, "%s", step->who);
    snprintf(moment->call, sizeof moment->call, "%s", step->call);
    snprintf(moment->effect, sizeof moment->effect, "%s", step->effect);
    if (step->kind == STEP_GROUP_LIMIT && step->file != NULL)
        moment->file = watch_file(recorder, step->file, step->text);
    if (strcmp(step->who, "runner") == 0)
        shared->runner = getpid();
    if (strcmp(step->who, "init") == 0 || strcmp(step->who, "program") == 0)
        sight_self(&moment->inside);
    shared->record.count++;
    ask(shared, ORDER_LOOK);
    shared->looked += steps_now() - begun;
}

/* What the program has written, without waiting. False: nothing. */
static bool take_output(struct ctr_recorder *recorder)
{
    struct ctr_record *record = &recorder->shared->record;
    char bytes[16384];
    ssize_t got = read(recorder->pipe[0], bytes, sizeof bytes);
    size_t kept = CTR_RECORD_OUTPUT - record->output_used;

    if (got <= 0)
        return false;
    if (kept > (size_t)got)
        kept = (size_t)got;
    memcpy(record->output + record->output_used, bytes, kept);
    record->output_used += kept;
    record->output_total += (size_t)got;
    return true;
}

/* From the host. */
static void look(const struct ctr_recorder *recorder, struct ctr_moment *moment)
{
    const struct ctr_record *record = &recorder->shared->record;
    const struct sight_tree *tree = &moment->tree;
    bool program = moment->what == MOMENT_RUN || strcmp(moment->who, "program") == 0;

    moment->output = record->output_used;
    if (recorder->shared->runner > 0 && strcmp(moment->who, "trivium") != 0)
        sight_tree(recorder->shared->runner, &moment->tree);
    if (tree->count > 0)
        sight_of(tree->list[program && tree->count > 1 ? 1 : 0].outer, &moment->outside);
    for (unsigned i = 0; i < record->file_count; i++) {
        const struct group *group = &recorder->groups[record->files[i].control];

        group_read(group, strrchr(record->files[i].path, '/') + 1, moment->now[i],
                   sizeof moment->now[i]);
    }
    for (unsigned i = 0; i < CONTROL_COUNT; i++) {
        const struct group *group = &recorder->groups[i];

        moment->used[i] = group->fd < 0 ? -1 : limits_used((enum control)i, group);
    }
}

static bool same_processes(const struct sight_tree *a, const struct sight_tree *b)
{
    bool same = a->count == b->count && a->more == b->more;

    for (unsigned i = 0; i < a->count && same; i++)
        same =
            a->list[i].outer == b->list[i].outer && strcmp(a->list[i].name, b->list[i].name) == 0;
    return same;
}

/* Waits a tick for output. A moment is added when something has changed. */
static void watch_run(struct ctr_recorder *recorder)
{
    struct pollfd output = {.fd = recorder->pipe[0], .events = POLLIN};
    struct ctr_record *record = &recorder->shared->record;
    double now, gap;
    struct ctr_moment *last = &record->moments[record->count - 1], *moment;

    if (poll(&output, 1, TICK_MS) > 0)
        take_output(recorder);
    now = steps_now();
    gap = (now - recorder->run_began) / THINNING;
    if (now - recorder->run_seen < (gap < TICK_MS ? TICK_MS : gap))
        return;
    moment = record->count == CTR_RECORD_MOMENTS ? NULL : next_moment(recorder->shared, MOMENT_RUN);
    if (moment == NULL)
        return;
    recorder->run_seen = now;
    set_time(recorder->shared, moment, now);
    look(recorder, moment);
    if (moment->tree.count < 2 ||
        (same_processes(&moment->tree, &last->tree) && moment->output == last->output))
        return;
    snprintf(moment->call, sizeof moment->call, "the program runs");
    snprintf(moment->effect, sizeof moment->effect,
             "%u processes besides init; %zu bytes written so far",
             moment->tree.count - 1 + moment->tree.more, moment->output);
    record->count++;
}

/* Does what it is asked for. False: it is over. */
static bool obey(struct ctr_recorder *recorder)
{
    struct shared *shared = recorder->shared;
    struct ctr_record *record = &shared->record;
    struct ctr_moment *moment;

    if (shared->order == ORDER_STOP)
        return false;
    if (shared->order == ORDER_DRAIN) {
        while (take_output(recorder))
            ;
        recorder->running = false;
        return true;
    }
    moment = &record->moments[record->count - 1]; /* who asks has made it */
    look(recorder, moment);
    if (moment->what == MOMENT_STEP && moment->kind == STEP_EXEC) {
        recorder->running = true;
        recorder->run_began = recorder->run_seen = steps_now();
    }
    return true;
}

static void *look_on(void *context)
{
    struct ctr_recorder *recorder = context;
    struct shared *shared = recorder->shared;
    uint32_t seen = 0;
    bool more = true;

    while (more) {
        uint32_t asked = atomic_load(&shared->asked);

        if (asked == seen && recorder->running)
            watch_run(recorder);
        else if (asked == seen)
            futex_wait(&shared->asked, seen, NULL);
        if (asked == seen)
            continue;
        more = obey(recorder);
        seen = asked;
        atomic_store(&shared->answered, seen);
        futex_wake(&shared->answered);
    }
    return NULL;
}

/* No signal is the looker's. */
static int start_looker(struct ctr_recorder *recorder)
{
    sigset_t all, mask;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &mask);
    error = pthread_create(&recorder->looker, NULL, look_on, recorder);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    return error;
}

static void close_pipe(struct ctr_recorder *recorder)
{
    for (int i = 0; i < 2; i++) {
        if (recorder->pipe[i] >= 0)
            close(recorder->pipe[i]);
        recorder->pipe[i] = -1;
    }
}

struct ctr_recorder *ctr_recorder_new(struct err *err)
{
    struct ctr_recorder *recorder = calloc(1, sizeof *recorder);
    int error;

    if (recorder == NULL)
        err_die_oom();
    recorder->shared = mmap(NULL, sizeof *recorder->shared, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (recorder->shared == MAP_FAILED)
        err_die_oom();
    for (unsigned i = 0; i < CONTROL_COUNT; i++)
        recorder->groups[i].fd = -1;
    sight_self(&recorder->shared->record.host);
    recorder->shared->record.rights = geteuid() == 0;
    recorder->pipe[0] = recorder->pipe[1] = -1;
    error =
        pipe2(recorder->pipe, O_CLOEXEC) < 0 || fcntl(recorder->pipe[0], F_SETFL, O_NONBLOCK) < 0
            ? errno
            : start_looker(recorder);
    if (error == 0)
        return recorder;
    err_sys(err, error, "cannot look on while a container is made (pipe, thread)");
    close_pipe(recorder);
    ctr_recorder_free(recorder);
    return NULL;
}

struct ctr_observer ctr_recorder_observer(struct ctr_recorder *recorder)
{
    return (struct ctr_observer){.step = on_step, .owner = recorder};
}

int ctr_recorder_redirect(const struct ctr_recorder *recorder, struct err *err)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC), answer = 0;

    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(recorder->pipe[1], STDOUT_FILENO) < 0 ||
        dup2(recorder->pipe[1], STDERR_FILENO) < 0)
        answer = err_sys(err, errno, "cannot take in the program's output (dup2)");
    if (null >= 0)
        close(null);
    return answer;
}

void ctr_recorder_end(struct ctr_recorder *recorder, const char *how)
{
    struct shared *shared = recorder->shared;
    struct ctr_moment *moment;
    double now = steps_now();

    ask(shared, ORDER_DRAIN); /* from then on the looker adds nothing */
    moment = next_moment(shared, MOMENT_END);
    if (moment == NULL) { /* the last one gives way */
        shared->record.count--;
        moment = next_moment(shared, MOMENT_END);
    }
    set_time(shared, moment, shared->record.count == 0 ? shared->begun : now);
    snprintf(moment->call, sizeof moment->call, "the program ends");
    snprintf(moment->effect, sizeof moment->effect, "%s", how);
    shared->record.count++;
    ask(shared, ORDER_LOOK);
}

void ctr_recorder_finish(struct ctr_recorder *recorder, const struct container *container)
{
    struct ctr_record *record = &recorder->shared->record;

    ask(recorder->shared, ORDER_STOP);
    pthread_join(recorder->looker, NULL);
    close_pipe(recorder);
    record->names = container->names;
    record->ids = container->ids;
    memcpy(record->limits, container->report->limits, sizeof record->limits);
}

const struct ctr_record *ctr_recorder_record(const struct ctr_recorder *recorder)
{
    return &recorder->shared->record;
}

/* Before ctr_recorder_finish() it is a run that did not come to its end. */
void ctr_recorder_free(struct ctr_recorder *recorder)
{
    if (recorder->pipe[0] >= 0) {
        ask(recorder->shared, ORDER_STOP);
        pthread_join(recorder->looker, NULL);
        close_pipe(recorder);
    }
    for (unsigned i = 0; i < CONTROL_COUNT; i++) {
        if (recorder->groups[i].fd >= 0)
            close(recorder->groups[i].fd);
    }
    munmap(recorder->shared, sizeof *recorder->shared);
    free(recorder);
}
