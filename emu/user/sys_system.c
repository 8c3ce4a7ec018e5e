/* sys_system.c: system calls about the system itself: clock, name, limits. */
#include "emu/user/syscall.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>

/* clock_gettime(clock, time): through the C library, which on most hosts need not ask the kernel */
int64_t sys_clock_gettime(struct process *process, const uint64_t a[6])
{
    struct timespec now;

    if (clock_gettime((clockid_t)a[0], &now) == -1)
        return -errno;
    return space_write(&process->program.space, a[1], &now, sizeof now);
}

/* uname(names): the host's, but for the processor */
int64_t sys_uname(struct process *process, const uint64_t a[6])
{
    struct utsname names;

    if (uname(&names) == -1)
        return -errno;
    memset(names.machine, 0, sizeof names.machine);
    memcpy(names.machine, "riscv64", sizeof "riscv64");
    return space_write(&process->program.space, a[0], &names, sizeof names);
}

/* Does the limit mean the same for the guest's process as for the host's, which runs it? */
static bool is_shared_limit(int resource)
{
    switch (resource) {
    case RLIMIT_CORE:
    case RLIMIT_CPU:
    case RLIMIT_FSIZE:
    case RLIMIT_NOFILE:
    case RLIMIT_NPROC: return true;
    default: return false; /* RLIMIT_AS would count our own reservation */
    }
}

/* prlimit64(process id, resource, new limit, old limit) */
int64_t sys_prlimit64(struct process *process, const uint64_t a[6])
{
    const struct space *space = &process->program.space;
    struct rlimit new_limit, old_limit;
    int resource = (int)a[1];

    if (a[2] != 0 && space_read(space, a[2], &new_limit, sizeof new_limit) < 0)
        return -EFAULT;
    if (a[2] != 0 && !is_shared_limit(resource))
        return -EPERM;
    if (prlimit((pid_t)a[0], (enum __rlimit_resource)resource, a[2] != 0 ? &new_limit : NULL,
                &old_limit) == -1)
        return -errno;
    if (resource == RLIMIT_STACK)
        old_limit.rlim_cur = SPACE_STACK_SIZE;
    return a[3] != 0 ? space_write(space, a[3], &old_limit, sizeof old_limit) : 0;
}
