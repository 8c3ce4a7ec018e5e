/* harden.c: giving up rights; see harden.h. */
#include "ctr/harden.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ctr_filter.inc"

/*
 * What root in a container may still do, to files and processes of the container. Not among them:
 * devices (CAP_MKNOD), raw packets (CAP_NET_RAW), another root (CAP_SYS_CHROOT), rights in files
 * (CAP_SETFCAP), and all that is for the whole system.
 */
static const struct {
    cap_value_t right;
    const char *why;
} kept[] = {
    {CAP_CHOWN, "give files away"},
    {CAP_DAC_OVERRIDE, "read and write any file, as root does"},
    {CAP_FOWNER, "change modes of any file"},
    {CAP_FSETID, "keep set-user-id bits of changed files"},
    {CAP_KILL, "signal any process"},
    {CAP_NET_BIND_SERVICE, "bind ports below 1024"},
    {CAP_SETGID, "become another group"},
    {CAP_SETUID, "become another user"},
};

/* The most that a process may have; it can have had less. */
static const struct {
    __rlimit_resource_t resource;
    const char *name;
    rlim_t most;
} lowered[] = {
    {RLIMIT_CORE, "core", 0},
    {RLIMIT_NOFILE, "nofile", 65536},
    {RLIMIT_MEMLOCK, "memlock", 8 << 20},
    {RLIMIT_MSGQUEUE, "msgqueue", 819200},
};

int harden_limits(struct steps *steps, struct err *err)
{
    step_begin(steps, STEP_RLIMITS, "prlimit(core 0, nofile 65536, memlock 8M, msgqueue 800K)");
    for (size_t i = 0; i < sizeof lowered / sizeof *lowered; i++) {
        struct rlimit limit;

        if (getrlimit(lowered[i].resource, &limit) < 0)
            return err_sys(err, errno, "cannot read the limit %s (getrlimit)", lowered[i].name);
        if (limit.rlim_max > lowered[i].most)
            limit.rlim_max = lowered[i].most;
        if (limit.rlim_cur > limit.rlim_max)
            limit.rlim_cur = limit.rlim_max;
        if (setrlimit(lowered[i].resource, &limit) < 0)
            return err_sys(err, errno, "cannot lower the limit %s (setrlimit)", lowered[i].name);
    }
    step_end(steps, "limits of a process are these, or lower if they were");
    return 0;
}

static bool is_kept(cap_value_t right)
{
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        if (kept[i].right == right)
            return true;
    }
    return false;
}

/* The bounding set: what no execve() can give back. */
static int drop_bounding(struct err *err)
{
    cap_value_t count = cap_max_bits();

    for (cap_value_t right = 0; right < count; right++) {
        if (!is_kept(right) && cap_get_bound(right) == CAP_SET && cap_drop_bound(right) < 0)
            return err_sys(err, errno, "cannot drop right %d from the bounding set", right);
    }
    return 0;
}

/* Effective and permitted: what is kept of what we have. Inheritable (CVE-2022-27650): nothing. */
static int drop_own(struct err *err)
{
    cap_t now = cap_get_proc(), wanted = cap_init();
    int answer = now == NULL || wanted == NULL ? -1 : 0;

    for (size_t i = 0; i < sizeof kept / sizeof *kept && answer == 0; i++) {
        cap_flag_value_t has = CAP_CLEAR;

        answer = cap_get_flag(now, kept[i].right, CAP_PERMITTED, &has);
        if (answer == 0 && has == CAP_SET)
            answer = cap_set_flag(wanted, CAP_PERMITTED, 1, &kept[i].right, CAP_SET) |
                     cap_set_flag(wanted, CAP_EFFECTIVE, 1, &kept[i].right, CAP_SET);
    }
    if (answer == 0)
        answer = cap_set_proc(wanted);
    if (answer < 0)
        err_sys(err, errno, "cannot give up rights (cap_set_proc)");
    if (now != NULL)
        cap_free(now);
    if (wanted != NULL)
        cap_free(wanted);
    return answer;
}

int harden_rights(struct steps *steps, struct err *err)
{
    struct hardening before = {0}, after;
    char names[256];

    if (steps->observer != NULL)
        harden_read(&before);
    step_begin(steps, STEP_RIGHTS,
               "prctl(PR_CAPBSET_DROP) of all but %zu, capset(), "
               "prctl(PR_CAP_AMBIENT_CLEAR_ALL)",
               sizeof kept / sizeof *kept);
    if (drop_bounding(err) < 0 || drop_own(err) < 0)
        return -1;
    if (cap_reset_ambient() < 0)
        return err_sys(err, errno, "cannot clear the ambient rights");
    if (steps->observer != NULL) {
        harden_read(&after);
        harden_names(names, sizeof names, after.bounding);
        step_end(steps, "rights were %012" PRIx64 " and are %012" PRIx64 ": %s", before.bounding,
                 after.bounding, names);
    }
    return 0;
}

static int load_filter(const struct sock_filter *filter, size_t count)
{
    const struct sock_fprog program = {
        .len = (unsigned short)count,
        .filter = (struct sock_filter *)(uintptr_t)filter, /* the kernel only reads it */
    };

    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

int harden_calls(struct steps *steps, struct err *err)
{
    size_t calls = sizeof filter_calls / sizeof *filter_calls;
    size_t arguments = sizeof filter_arguments / sizeof *filter_arguments;

    step_begin(steps, STEP_NO_NEW_PRIVS, "prctl(PR_SET_NO_NEW_PRIVS)");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return err_sys(err, errno, "cannot give up growing rights (PR_SET_NO_NEW_PRIVS)");
    step_end(steps, "no execve() adds rights");
    step_begin(steps, STEP_SECCOMP, "seccomp(SECCOMP_SET_MODE_FILTER), twice");
    if (load_filter(filter_arguments, arguments) < 0 || load_filter(filter_calls, calls) < 0) {
        err_sys(err, errno, "cannot load the filter of system calls (seccomp)");
        return err_hint(err, "a kernel with CONFIG_SECCOMP_FILTER");
    }
    step_end(steps, "%zu instructions of BPF look at each system call; calls.def says which pass",
             calls + arguments);
    return 0;
}

const struct sock_filter *harden_filter(int which, size_t *count)
{
    *count = which == 0 ? sizeof filter_calls / sizeof *filter_calls
                        : sizeof filter_arguments / sizeof *filter_arguments;
    return which == 0 ? filter_calls : filter_arguments;
}

void harden_read(struct hardening *hardening)
{
    harden_read_of("self", hardening);
}

void harden_read_of(const char *who, struct hardening *hardening)
{
    char line[256], path[32];
    unsigned number;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%s/status", who);
    file = fopen(path, "re");
    *hardening = (struct hardening){0};
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        sscanf(line, "CapEff: %" SCNx64, &hardening->effective);
        sscanf(line, "CapBnd: %" SCNx64, &hardening->bounding);
        sscanf(line, "Seccomp_filters: %d", &hardening->filters);
        if (sscanf(line, "NoNewPrivs: %u", &number) == 1)
            hardening->no_new_privs = number == 1;
    }
    if (file != NULL)
        fclose(file);
}

void harden_names(char *text, size_t size, uint64_t set)
{
    size_t used = 0;

    text[0] = '\0';
    for (cap_value_t right = 0; right < 64 && used < size; right++) {
        char *name = (set >> right & 1) == 0 ? NULL : cap_to_name(right);

        if (name != NULL)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used == 0 ? "" : " ",
                                     strncmp(name, "cap_", 4) == 0 ? name + 4 : name);
        cap_free(name);
    }
    if (text[0] == '\0')
        snprintf(text, size, "none");
}
