/* launch.c: what is said about the end of a run; see launch.h. */
#include "cli/launch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/contain.h"
#include "cli/status.h"
#include "cli/text.h"

static bool is_crash_signal(int signal_number)
{
    switch (signal_number) {
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
    case SIGABRT:
    case SIGTRAP:
    case SIGSYS: return true;
    default: return false;
    }
}

bool launch_crashed(const struct launch *launch, const struct supervise_outcome *outcome)
{
    if (launch->machine != NULL)
        return outcome->fate == FATE_KILLED && is_crash_signal(outcome->signal);
    return launch->way->emulated && outcome->fate == FATE_KILLED &&
           is_crash_signal(outcome->signal) &&
           !user_totals_explain(launch->totals, outcome->signal);
}

int launch_status(const struct launch *launch, const struct supervise_outcome *outcome)
{
    switch (outcome->fate) {
    case FATE_EXITED: return outcome->status;
    case FATE_TIMEOUT: return STATUS_TIMEOUT;
    case FATE_KILLED:
        /* A machine ends by itself, or it was ended from outside: no guest can kill it. */
        return launch->machine != NULL || launch_crashed(launch, outcome)
                   ? STATUS_FAILED
                   : STATUS_SIGNAL + outcome->signal;
    case FATE_REFUSED:
    case FATE_STOPPED: break;
    }
    return STATUS_FAILED;
}

static void explain_kill(char text[LAUNCH_TEXT], const struct launch *launch,
                         const struct supervise_outcome *outcome)
{
    char name[TEXT_SIZE];

    text_signal(name, outcome->signal);
    if (launch_crashed(launch, outcome))
        snprintf(text, LAUNCH_TEXT,
                 "Trivium itself failed while it ran %s (signal %d: %s); please report this",
                 launch->argv[0], outcome->signal, name);
    else
        snprintf(text, LAUNCH_TEXT, "%s was killed by signal %d (%s)", launch->argv[0],
                 outcome->signal, name);
}

void launch_explain(char text[LAUNCH_TEXT], const struct launch *launch,
                    const struct supervise_outcome *outcome, double timeout)
{
    text[0] = '\0';
    switch (outcome->fate) {
    case FATE_EXITED:
        if (outcome->killed > 0)
            snprintf(text, LAUNCH_TEXT, "%s ended and left %u process%s running; killed",
                     launch->argv[0], outcome->killed, outcome->killed == 1 ? "" : "es");
        break;
    case FATE_KILLED:
        explain_kill(text, launch, outcome);
        if (launch->contain != NULL && contain_report(launch)->out_of_memory)
            strncat(text, ": out of memory (OOM), the limit is --memory",
                    LAUNCH_TEXT - strlen(text) - 1);
        break;
    case FATE_TIMEOUT:
        snprintf(text, LAUNCH_TEXT, "%s did not end within %g s: killed, %u process%s in all",
                 launch->argv[0], timeout, outcome->killed, outcome->killed == 1 ? "" : "es");
        break;
    case FATE_REFUSED: snprintf(text, LAUNCH_TEXT, "%s", outcome->err.text); break;
    case FATE_STOPPED: break;
    }
}

/* "PATH=FOLDER:..." with the folder of `program`. */
static char *new_path_entry(const char *program)
{
    int folder_length = (int)(strrchr(program, '/') - program);
    const char *path = getenv("PATH");
    char *entry;

    if (asprintf(&entry, "PATH=%.*s%s%s", folder_length, program, path == NULL ? "" : ":",
                 path == NULL ? "" : path) < 0)
        err_die_oom();
    return entry;
}

char **launch_environment_new(const char *path)
{
    size_t count = 0;
    char **environment;

    while (environ[count] != NULL)
        count++;
    environment = calloc(count + 2, sizeof *environment);
    if (environment == NULL)
        err_die_oom();
    environment[0] = new_path_entry(path);
    for (size_t i = 0, used = 1; i < count; i++) {
        if (strncmp(environ[i], "PATH=", 5) != 0)
            environment[used++] = environ[i];
    }
    return environment;
}

void launch_environment_free(char **environment)
{
    free(environment[0]); /* the others are ours no more than environ's */
    free(environment);
}
