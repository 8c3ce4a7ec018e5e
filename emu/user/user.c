/* user.c: starting a user-mode program, what it did in all, and ending as it ended; see user.h. */
#include "emu/user/user.h"

#include "emu/user/process.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

struct user_totals *user_totals_new(void)
{
    struct user_totals *totals =
        mmap(NULL, sizeof *totals, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return totals != MAP_FAILED ? totals : NULL;
}

void user_totals_free(struct user_totals *totals)
{
    if (totals != NULL)
        munmap(totals, sizeof *totals);
}

bool user_totals_explain(const struct user_totals *totals, int signal)
{
    return (totals->first_ended && totals->first_end.signal == signal) ||
           (signal < 64 && (totals->signals_sent >> signal & 1) != 0);
}

static void note_start(struct user_totals *totals)
{
    if (totals == NULL)
        return;
    totals->first_process = getpid();
    __atomic_fetch_add(&totals->processes_started, 1, __ATOMIC_RELAXED);
}

/* In each process of the program. */
static void note_end(struct user_totals *totals, const struct user_end *end)
{
    if (totals == NULL)
        return;
    __atomic_fetch_add(&totals->processes_ended, 1, __ATOMIC_RELAXED);
    if (totals->first_process == getpid()) {
        totals->first_end = *end;
        totals->first_ended = true;
    }
}

int user_run(const struct user_config *config, struct user_end *end, struct err *err)
{
    struct process *process = calloc(1, sizeof *process);
    int result = -1;

    if (process == NULL)
        err_die_oom();
    if (process_init(process, config, err) == -1)
        goto out;
    note_start(config->totals);
    process_run(process, UINT64_MAX);
    *end = process->end;
    note_end(config->totals, end);
    process_fini(process);
    result = 0;

out:
    free(process);
    return result;
}

_Noreturn void user_finish(const struct user_end *end)
{
    const struct sigaction action = {.sa_handler = SIG_DFL};
    const struct rlimit no_core = {.rlim_cur = 0, .rlim_max = 0};
    sigset_t set;

    if (end->signal == 0)
        _exit(end->status);
    /* A core file of Trivium would say nothing about the guest. */
    setrlimit(RLIMIT_CORE, &no_core);
    sigaction(end->signal, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, end->signal);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    kill(getpid(), end->signal);
    /* A signal whose default is to do nothing: the status that a shell would show. */
    _exit(128 + end->signal);
}
