/* contain_record.c: see contain_record.h. */
#include "cli/contain_record.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/contain_image.h"
#include "cli/launch.h"

struct recording {
    struct launch *launch;
    struct recorder *recorder;
};

/* A supervise_start. */
static int start(void *context, struct err *err)
{
    const struct recording *recording = context;

    if (recorder_redirect(recording->recorder, err) < 0)
        return -1;
    return contain_start(recording->launch, err);
}

/* What no record can have. */
static int check(const struct contain_options *wanted, struct err *err)
{
    if (!wanted->terminal)
        return 0;
    err_set(err, "who looks at a record later cannot type into it: --tty has no use here");
    return err_hint(err, "without --tty; or trivium run --on container --tty");
}

/* Until the program has ended. -1: it was not started, or supervised, or the user wants an end. */
static int run(struct recording *recording, struct err *err)
{
    const struct supervise_job job = {
        .start = start, .context = recording, .interrupt_kills = true};
    struct launch *launch = recording->launch;
    struct supervise_outcome outcome;
    struct supervisor supervisor;
    char how[LAUNCH_TEXT];
    int answer;

    if (supervisor_init(&supervisor, err) < 0)
        return -1;
    answer = supervisor_run(&supervisor, &job, &outcome, err);
    if (answer == 0) {
        launch_explain(how, launch, &outcome, 0);
        if (how[0] == '\0')
            snprintf(how, sizeof how, "exit status %d", outcome.status);
        recorder_end(recording->recorder, how);
    }
    contain_settle(launch, &outcome);
    recorder_finish(recording->recorder, launch->contain->container);
    if (answer == 0 && outcome.fate == FATE_STOPPED)
        supervisor_die(&supervisor, outcome.signal);
    supervisor_fini(&supervisor);
    if (answer == 0 && outcome.fate == FATE_REFUSED) {
        *err = outcome.err;
        answer = -1;
    }
    return answer;
}

struct recorder *contain_record(struct launch *launch, struct err *err)
{
    struct recording recording = {.launch = launch};
    struct contain_options wanted = *launch->contain_options;
    struct ctr_observer observer;
    int answer = -1;

    if (check(&wanted, err) < 0)
        return NULL;
    recording.recorder = recorder_new(err);
    if (recording.recorder == NULL)
        return NULL;
    observer = recorder_observer(recording.recorder);
    wanted.observer = &observer;
    launch->contain_options = &wanted;
    if (contain_prepare(launch, err) < 0)
        goto out;
    if (isatty(STDERR_FILENO) == 1)
        fprintf(stderr, "the program runs, and is recorded; Ctrl-C ends it\n");
    answer = run(&recording, err);
    contain_finish(launch);
out:
    launch->contain_options = NULL;
    if (answer == 0)
        return recording.recorder;
    recorder_free(recording.recorder);
    return NULL;
}
