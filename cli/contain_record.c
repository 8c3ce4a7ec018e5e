/* contain_record.c: see contain_record.h. */
#include "cli/contain_record.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/contain_image.h"
#include "cli/launch.h"

struct recording {
    struct launch *launch;
    struct ctr_recorder *recorder;
    double timeout; /* seconds */
};

/* A supervise_start. */
static int start(void *context, struct err *err)
{
    const struct recording *recording = context;

    if (ctr_recorder_redirect(recording->recorder, err) < 0)
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
    const struct supervise_job job = {.start = start,
                                      .context = recording,
                                      .interrupt_kills = true,
                                      .timeout = recording->timeout};
    struct launch *launch = recording->launch;
    struct supervise_outcome outcome;
    struct supervisor supervisor;
    char how[LAUNCH_TEXT];
    int answer;

    if (supervisor_init(&supervisor, err) < 0)
        return -1;
    answer = supervisor_run(&supervisor, &job, &outcome, err);
    if (answer == 0) {
        launch_explain(how, launch, &outcome, recording->timeout);
        if (how[0] == '\0')
            snprintf(how, sizeof how, "exit status %d", outcome.status);
        ctr_recorder_end(recording->recorder, how);
    }
    contain_settle(launch, &outcome);
    ctr_recorder_finish(recording->recorder, launch->contain->container);
    if (answer == 0 && outcome.fate == FATE_STOPPED)
        supervisor_die(&supervisor, outcome.signal);
    supervisor_fini(&supervisor);
    if (answer == 0 && outcome.fate == FATE_REFUSED) {
        *err = outcome.err;
        answer = -1;
    }
    return answer;
}

struct ctr_recorder *contain_record(struct launch *launch, double timeout, struct err *err)
{
    struct recording recording = {.launch = launch, .timeout = timeout};
    struct contain_options wanted = *launch->contain_options;
    struct ctr_observer observer;
    int answer = -1;

    if (check(&wanted, err) < 0)
        return NULL;
    recording.recorder = ctr_recorder_new(err);
    if (recording.recorder == NULL)
        return NULL;
    observer = ctr_recorder_observer(recording.recorder);
    wanted.observer = &observer;
    launch->contain_options = &wanted;
    if (contain_prepare(launch, err) < 0)
        goto out;
    if (isatty(STDERR_FILENO) == 1)
        fprintf(stderr, "recording %s in a container, for %g s at most ...\n", launch->path,
                timeout);
    answer = run(&recording, err);
    contain_finish(launch);
out:
    launch->contain_options = NULL;
    if (answer == 0)
        return recording.recorder;
    ctr_recorder_free(recording.recorder);
    return NULL;
}
