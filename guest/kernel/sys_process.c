/* System calls on processes. */
#include "guest/kernel/arch.h"
#include "guest/kernel/process_new.h"
#include "guest/kernel/sched.h"
#include "guest/kernel/syscall.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>

int64_t sys_exit(const uint64_t args[6])
{
    process_exit((int32_t)(args[0] & 0xff) << 8);
}

int64_t sys_getpid(const uint64_t args[6])
{
    (void)args;
    return process_current()->pid;
}

int64_t sys_getppid(const uint64_t args[6])
{
    (void)args;
    const struct process *self = process_current();
    sched_lock();
    int32_t pid = self->parent ? self->parent->pid : self->pid == 1 ? 0 : 1;
    sched_unlock();
    return pid;
}

/* There is one user, and it is the super-user. */
int64_t sys_getid(const uint64_t args[6])
{
    (void)args;
    return 0;
}

/* clone(flags, stack, ...): only what fork asks for. */
int64_t sys_clone(const uint64_t args[6])
{
    if (args[0] != SIGCHLD || args[1] != 0)
        return -EINVAL;
    return process_fork();
}

/* execve(path, argv, envp) */
int64_t sys_execve(const uint64_t args[6])
{
    return process_exec(&process_current()->space, args[0], args[1], args[2]);
}

/* wait4(pid, status, options, usage): there are no process groups but one, so 0 and -1 mean the
 * same; usage is not filled in, and must be NULL. */
int64_t sys_wait4(const uint64_t args[6])
{
    struct process *self = process_current();
    int32_t pid = (int32_t)args[0];
    int32_t status = 0;
    if (args[2] & ~(uint64_t)WNOHANG || args[3] != 0)
        return -EINVAL;
    if (pid < -1)
        return -ECHILD;
    int64_t result = process_wait(pid == 0 ? -1 : pid, !(args[2] & WNOHANG), &status);
    if (result > 0 && args[1] != 0 &&
        copy_to_user(&self->space, args[1], &status, sizeof(status)) < 0)
        return -EFAULT;
    return result;
}

/* kill(pid, signal): 0 is everybody, as there is one process group; -1 is everybody else. */
int64_t sys_kill(const uint64_t args[6])
{
    int32_t pid = (int32_t)args[0];
    int number = (int)args[1];
    if (pid < -1)
        return -ESRCH;
    if (pid == -1)
        return signal_send_others(number);
    return pid == 0 ? signal_send_all(number) : signal_send(pid, number);
}

/* The start of the kernel's struct sigaction, on every ISA. */
struct signal_action {
    uint64_t handler;
};

enum { SIGNAL_SET_SIZE = 8 };

/* rt_sigaction(signal, new, old, size of a signal set): without handlers. */
int64_t sys_rt_sigaction(const uint64_t args[6])
{
    struct space *space = &process_current()->space;
    int number = (int)args[0];
    struct signal_action action = {0};
    struct signal_action before = {signal_is_ignored(number) ? (uint64_t)SIG_IGN : 0};
    if (args[3] != SIGNAL_SET_SIZE || number < 1 || number > 64)
        return -EINVAL;
    if (args[1] != 0) {
        if (copy_from_user(space, &action, args[1], sizeof(action)) < 0)
            return -EFAULT;
        if (action.handler > (uint64_t)SIG_IGN)
            return -EINVAL;
        int64_t result = signal_set_ignored(number, action.handler == (uint64_t)SIG_IGN);
        if (result < 0)
            return result;
    }
    if (args[2] != 0 && copy_to_user(space, args[2], &before, sizeof(before)) < 0)
        return -EFAULT;
    return 0;
}

int64_t sys_sched_yield(const uint64_t args[6])
{
    (void)args;
    sched_yield_now();
    return 0;
}

static int put_name(uint64_t address, const char *name)
{
    return copy_to_user(&process_current()->space, address, name, strlen(name) + 1);
}

/* uname(names): six fields of the same size. */
int64_t sys_uname(const uint64_t args[6])
{
    const uint64_t field = sizeof(((struct utsname *)0)->sysname);
    const char *names[] = {"Trivium", "trivium", KERNEL_RELEASE, KERNEL_VERSION, arch_name(), ""};
    for (uint64_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (put_name(args[0] + i * field, names[i]) < 0)
            return -EFAULT;
    }
    return 0;
}
