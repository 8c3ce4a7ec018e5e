/* Signals, as far as this kernel goes: one is ignored, or does what it does by default. There are
 * no handlers.
 *
 * A signal is noted (pending) by whoever sends it and delivered by the process itself, on its way
 * back to user mode. Most end the process; some stop it; some mean nothing.
 */
#include "guest/kernel/process_new.h"
#include "guest/kernel/sched.h"

#include <errno.h>
#include <signal.h>

/* What the C library has no name for. Source: Linux, asm-generic/signal.h. */
enum {
    SIGCONT = 18,
    SIGSTOP = 19,
    SIGTSTP = 20,
    SIGTTIN = 21,
    SIGTTOU = 22,
    SIGURG = 23,
    SIGWINCH = 28,
    SIGNAL_LAST = 64,
};

static uint64_t bit(int number)
{
    return (uint64_t)1 << (number - 1);
}

static uint64_t stop_signals(void)
{
    return bit(SIGSTOP) | bit(SIGTSTP) | bit(SIGTTIN) | bit(SIGTTOU);
}

static bool means_nothing(int number)
{
    return number == SIGCHLD || number == SIGCONT || number == SIGURG || number == SIGWINCH;
}

/* With the scheduler's lock. */
static void send(struct process *process, int number)
{
    if (number == 0 || process->state == PROCESS_ZOMBIE || process->state == PROCESS_DEAD)
        return;
    if (number == SIGCONT)
        process->signals_pending &= ~stop_signals();
    bool goes_on = number == SIGCONT || number == SIGKILL;
    if (process->state == PROCESS_STOPPED && goes_on)
        sched_wake(process);
    if (means_nothing(number) || process->signals_ignored & bit(number))
        return;
    process->signals_pending |= bit(number);
    if (process->state == PROCESS_SLEEPING && process->interruptible)
        sched_wake(process);
    else if (process->state == PROCESS_RUNNING)
        sched_interrupt(process);
}

/* To all; but if `sender` is given, not to it and not to the first process. */
static int send_all(int number, const struct process *sender)
{
    if (number < 0 || number > SIGNAL_LAST)
        return -EINVAL;
    bool found = false;
    sched_lock();
    for (struct process *process = process_after(NULL); process; process = process_after(process)) {
        if (sender && (process == sender || process->pid == 1))
            continue;
        send(process, number);
        found = true;
    }
    sched_unlock();
    return found ? 0 : -ESRCH;
}

int signal_send(int32_t pid, int number)
{
    if (number < 0 || number > SIGNAL_LAST)
        return -EINVAL;
    sched_lock();
    struct process *process = process_find(pid);
    if (process)
        send(process, number);
    sched_unlock();
    return process ? 0 : -ESRCH;
}

int signal_send_all(int number)
{
    return send_all(number, NULL);
}

int signal_send_others(int number)
{
    return send_all(number, process_current());
}

bool signal_is_pending(void)
{
    return __atomic_load_n(&process_current()->signals_pending, __ATOMIC_RELAXED) != 0;
}

/* With the scheduler's lock: takes the first that is pending; 0 if none is. */
static int take_pending(struct process *self)
{
    self->signals_pending &= ~self->signals_ignored;
    /* What ends it goes before what stops it. */
    uint64_t set = self->signals_pending & ~stop_signals();
    if (set == 0)
        set = self->signals_pending;
    if (set == 0)
        return 0;
    int number = 1;
    while (!(set & bit(number)))
        number++;
    self->signals_pending &= ~bit(number);
    return number;
}

void signal_deliver(void)
{
    struct process *self = process_current();
    if (!signal_is_pending())
        return;
    sched_lock();
    for (int number; (number = take_pending(self)) != 0;) {
        if (!(bit(number) & stop_signals())) {
            sched_unlock();
            process_exit(number);
        }
        self->state = PROCESS_STOPPED;
        sched_leave();
    }
    sched_unlock();
}

int64_t signal_set_ignored(int number, bool ignored)
{
    if (number < 1 || number > SIGNAL_LAST || number == SIGKILL || number == SIGSTOP)
        return -EINVAL;
    struct process *self = process_current();
    sched_lock();
    if (ignored)
        self->signals_ignored |= bit(number);
    else
        self->signals_ignored &= ~bit(number);
    self->signals_pending &= ~self->signals_ignored;
    sched_unlock();
    return 0;
}

bool signal_is_ignored(int number)
{
    return number >= 1 && number <= SIGNAL_LAST && process_current()->signals_ignored & bit(number);
}
