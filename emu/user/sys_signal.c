/*
 * sys_signal.c: signals. They are the host's own, with the host's numbers; sending, blocking and
 * ignoring them work. What is not provided are handlers in the guest.
 */
#include "emu/user/syscall.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* struct sigaction of rv64 Linux: unlike x86-64's it has no restorer. */
struct guest_sigaction {
    uint64_t handler;
    uint64_t flags;
    uint64_t mask;
};

enum {
    GUEST_SIG_DFL = 0,
    GUEST_SIG_IGN = 1,
};

/* The signal may end this very process, and whoever waits for it should know whose doing it was. */
static void announce(struct process *process, uint64_t signal)
{
    process_add_totals(process);
    if (process->totals != NULL && signal < 64)
        __atomic_fetch_or(&process->totals->signals_sent, UINT64_C(1) << signal, __ATOMIC_RELAXED);
}

/* kill(process id, signal) */
int64_t sys_kill(struct process *process, const uint64_t a[6])
{
    announce(process, a[1]);
    return kill((pid_t)a[0], (int)a[1]) == -1 ? -errno : 0;
}

/* tkill(thread id, signal) */
int64_t sys_tkill(struct process *process, const uint64_t a[6])
{
    announce(process, a[1]);
    return syscall(SYS_tkill, (pid_t)a[0], (int)a[1]) == -1 ? -errno : 0;
}

/* tgkill(process id, thread id, signal) */
int64_t sys_tgkill(struct process *process, const uint64_t a[6])
{
    announce(process, a[2]);
    return syscall(SYS_tgkill, (pid_t)a[0], (pid_t)a[1], (int)a[2]) == -1 ? -errno : 0;
}

/* What the guest believes its disposition of a signal to be. */
static int64_t get_action(const struct process *process, int signal, struct guest_sigaction *action)
{
    struct sigaction host;

    if (sigaction(signal, NULL, &host) == -1)
        return -errno;
    *action = (struct guest_sigaction){.handler = GUEST_SIG_DFL};
    if (fault_guard_takes(signal) ? (process->guard.ignored >> signal & 1) != 0
                                  : host.sa_handler == SIG_IGN)
        action->handler = GUEST_SIG_IGN;
    return 0;
}

/* SIGBUS and SIGSEGV keep our own handler on the host: see fault.h. */
static int64_t set_action(struct process *process, int signal, const struct guest_sigaction *action)
{
    struct sigaction host = {
        .sa_handler = action->handler == GUEST_SIG_IGN ? SIG_IGN : SIG_DFL,
        .sa_flags = (int)(action->flags & (SA_NOCLDSTOP | SA_NOCLDWAIT)),
    };

    if (action->handler != GUEST_SIG_DFL && action->handler != GUEST_SIG_IGN) {
        syscall_complain(process, GUEST_rt_sigaction, ": signal handlers are");
        return -ENOSYS;
    }
    if (fault_guard_takes(signal)) {
        process->guard.ignored &= ~(UINT64_C(1) << signal);
        if (action->handler == GUEST_SIG_IGN)
            process->guard.ignored |= UINT64_C(1) << signal;
        return 0;
    }
    return sigaction(signal, &host, NULL) == -1 ? -errno : 0;
}

/* rt_sigaction(signal, new action, old action, size of a mask) */
int64_t sys_rt_sigaction(struct process *process, const uint64_t a[6])
{
    const struct space *space = &process->program.space;
    struct guest_sigaction new_action, old_action;
    int64_t result;

    if (a[3] != sizeof new_action.mask)
        return -EINVAL;
    if (a[1] != 0 && space_read(space, a[1], &new_action, sizeof new_action) < 0)
        return -EFAULT;
    result = get_action(process, (int)a[0], &old_action);
    if (result == 0 && a[1] != 0)
        result = set_action(process, (int)a[0], &new_action);
    if (result == 0 && a[2] != 0)
        result = space_write(space, a[2], &old_action, sizeof old_action);
    return result;
}
