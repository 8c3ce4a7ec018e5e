/* probe.c: can this host run a container? It is found out by making one, up to the program. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctr/container.h"

/* In a child, which becomes the runner of a container without a program. */
static _Noreturn void run_probe(struct container *container)
{
    struct err err = {0};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    container_start(container, &err); /* comes back only if it failed */
    container->report->err = err;
    container->report->refused = true;
    _exit(1);
}

/* One run, without limits of its own. */
static int run_once(struct container *container, struct err *err)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        run_probe(container);
    if (pid < 0)
        return err_sys(err, errno, "cannot make a process to try a container with (fork)");
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (container->report->refused) {
        *err = container->report->err;
        return -1;
    }
    return status == 0
               ? 0
               : err_set(err, "a container without a program ended with wait status %d", status);
}

/* Which controllers' groups can be made. */
static void try_groups(struct container_trial *trial)
{
    struct groups groups;
    struct steps silent;
    struct err err;

    steps_init(&silent, NULL, "", NULL);
    groups_init(&groups);
    for (unsigned i = 0; i < CONTROL_COUNT; i++) {
        if (groups_add(&groups, (enum control)i, &silent, &err) == 0)
            trial->version[i] = groups_find(&groups, (enum control)i)->version;
        else if (trial->limits.text[0] == '\0')
            trial->limits = err;
    }
    groups_remove(&groups, &silent);
}

int container_try(struct container_trial *trial, struct err *err)
{
    const struct container_config config = {.hostname = "probe"};
    double begun = steps_now();
    struct container *container = container_new(&config, err);
    int answer;

    *trial = (struct container_trial){0};
    if (container == NULL)
        return -1;
    answer = run_once(container, err);
    container_settle(container);
    trial->ms = steps_now() - begun;
    trial->range = container->ids.range;
    container_free(container);
    if (answer == 0)
        try_groups(trial);
    return answer;
}
