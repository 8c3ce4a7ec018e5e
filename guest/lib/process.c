/* Processes: make one, become another program, wait for one, signal one. */
#include "guest/lib/syscall.h"

#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t fork(void)
{
    fflush(stdout);
    /* With no new stack and no flag but the signal at its end, clone is fork. */
    return (pid_t)syscall5(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

int execve(const char *path, char *const argv[], char *const envp[])
{
    return (int)syscall3(SYS_execve, (long)path, (long)argv, (long)envp);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
    return (pid_t)syscall4(SYS_wait4, pid, (long)status, options, 0);
}

pid_t wait(int *status)
{
    return waitpid(-1, status, 0);
}

pid_t getpid(void)
{
    return (pid_t)syscall0(SYS_getpid);
}

pid_t getppid(void)
{
    return (pid_t)syscall0(SYS_getppid);
}

int sched_yield(void)
{
    return (int)syscall0(SYS_sched_yield);
}

int kill(pid_t pid, int number)
{
    return (int)syscall2(SYS_kill, pid, number);
}

void (*signal(int number, void (*action)(int)))(int)
{
    /* The kernel's struct sigaction differs between ISAs, but in each the first word is the action
     * and all the others may be 0 when there is no handler. */
    uintptr_t wanted[4] = {(uintptr_t)action};
    uintptr_t before[4] = {0};
    const long mask_bytes = 8;
    if (action != SIG_DFL && action != SIG_IGN) {
        errno = EINVAL;
        return SIG_ERR;
    }
    if (syscall4(SYS_rt_sigaction, number, (long)wanted, (long)before, mask_bytes) < 0)
        return SIG_ERR;
    return (void (*)(int))before[0];
}

int uname(struct utsname *names)
{
    return (int)syscall1(SYS_uname, (long)names);
}
