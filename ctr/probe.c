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

int container_probe(struct err *reason)
{
    const struct container_config config = {.hostname = "probe"};
    struct container *container = container_new(&config, reason);
    int status = 0, answer = 0;
    pid_t pid;

    if (container == NULL)
        return -1;
    pid = fork();
    if (pid == 0)
        run_probe(container);
    if (pid < 0) {
        answer = err_sys(reason, errno, "cannot make a process to try a container with (fork)");
    } else {
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
    }
    container_settle(container);
    if (answer == 0 && container->report->refused) {
        *reason = container->report->err;
        answer = -1;
    } else if (answer == 0 && status != 0) {
        answer = err_set(reason, "a container without a program ended with wait status %d", status);
    }
    container_free(container);
    return answer;
}
