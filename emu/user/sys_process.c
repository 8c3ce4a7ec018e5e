/* sys_process.c: system calls that make and end processes, but for execve (sys_exec.c). */
#include "emu/user/syscall.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    REGISTER_SP = 2,
    REGISTER_TP = 4, /* the thread pointer */
};

/* exit(status): with one thread it is exit_group() */
int64_t sys_exit(struct process *process, const uint64_t a[6])
{
    process_exit(process, (int)a[0]);
    return 0;
}

/* exit_group(status) */
int64_t sys_exit_group(struct process *process, const uint64_t a[6])
{
    process_exit(process, (int)a[0]);
    return 0;
}

/* What remains to be done in the child of a fork. */
static void become_child(struct process *process, const uint64_t a[6])
{
    uint32_t id = (uint32_t)getpid();

    process->instret_added = process->hart.instret;
    if (a[1] != 0)
        process->hart.x[REGISTER_SP] = a[1];
    if (a[0] & CLONE_SETTLS)
        process->hart.x[REGISTER_TP] = a[3];
    if (a[0] & CLONE_CHILD_SETTID) /* Linux ignores a bad address, too */
        space_write(&process->program.space, a[4], &id, sizeof id);
}

/*
 * clone(flags, stack, parent_id, tls, child_id), this argument order being rv64's
 *
 * A fork is a fork of the host process: the child comes back from here as the parent does. A vfork
 * (CLONE_VM | CLONE_VFORK) is done as a fork: the child gets a copy of the memory that it would
 * have shared until its exec, and the parent does not wait. Threads are not provided.
 */
int64_t sys_clone(struct process *process, const uint64_t a[6])
{
    const uint64_t vfork = CLONE_VM | CLONE_VFORK;
    const uint64_t known = vfork | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID |
                           CLONE_CHILD_CLEARTID | CSIGNAL;
    uint64_t flags = a[0];
    uint32_t id;
    pid_t child;

    if ((flags & ~known) != 0 || (flags & CSIGNAL) != SIGCHLD ||
        ((flags & vfork) != 0 && (flags & vfork) != vfork)) {
        syscall_complain(process, GUEST_clone, ": threads and namespaces are");
        return -ENOSYS;
    }
    process_add_totals(process);
    child = fork();
    if (child == -1)
        return -errno;
    if (child == 0) {
        become_child(process, a);
        return 0;
    }
    if (process->totals != NULL)
        __atomic_fetch_add(&process->totals->processes_started, 1, __ATOMIC_RELAXED);
    id = (uint32_t)child;
    if (flags & CLONE_PARENT_SETTID)
        space_write(&process->program.space, a[2], &id, sizeof id);
    return child;
}

/* set_tid_address(address): where a thread's end is announced; nobody can wait for it */
int64_t sys_set_tid_address(struct process *process, const uint64_t a[6])
{
    (void)process;
    (void)a;
    return (int64_t)syscall(SYS_gettid);
}

/* futex(word, operation, value, timeout, word2, value3): between processes that share memory */
int64_t sys_futex(struct process *process, const uint64_t a[6])
{
    const struct space *space = &process->program.space;
    long result;

    switch ((int)a[1] & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
    case FUTEX_WAKE:
    case FUTEX_WAIT_BITSET:
    case FUTEX_WAKE_BITSET:
        result = syscall(SYS_futex, space_pointer(space, a[0]), (int)a[1], (uint32_t)a[2],
                         space_pointer(space, a[3]), NULL, (uint32_t)a[5]);
        return result == -1 ? -errno : result;
    default: return -ENOSYS;
    }
}

/* prctl(option, ...): the options that name a process and bind it to its parent */
int64_t sys_prctl(struct process *process, const uint64_t a[6])
{
    long result;

    switch ((int)a[0]) {
    case PR_SET_NAME:
    case PR_GET_NAME:
        result = syscall(SYS_prctl, (int)a[0], space_pointer(&process->program.space, a[1]));
        break;
    case PR_SET_PDEATHSIG: result = syscall(SYS_prctl, PR_SET_PDEATHSIG, a[1]); break;
    default: return -EINVAL;
    }
    return result == -1 ? -errno : result;
}
