/* init.c: from the new names to the program; see init.h. */
#include "ctr/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ctr/harden.h"
#include "ctr/terminal.h"

#define FAILED_STATUS 125

static _Noreturn void refuse(struct container *container, const struct err *err)
{
    container->report->err = *err;
    container->report->refused = true;
    _exit(FAILED_STATUS);
}

/* Waits until the runner has done its part. Ends with the runner. */
static void wait_for_go(int go)
{
    char byte;
    ssize_t got;

    do {
        got = read(go, &byte, 1);
    } while (got < 0 && errno == EINTR);
    if (got != 1)
        _exit(FAILED_STATUS);
}

/* A folder of the host's as standard input would be a way out of the new root. */
static int check_descriptors(struct err *err)
{
    struct stat status;

    for (int fd = 0; fd <= 2; fd++) {
        if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode))
            return err_set(err,
                           "descriptor %d is a folder: the program could leave the container "
                           "by it",
                           fd);
    }
    return 0;
}

/*
 * A session of its own: signals of the container reach no process group of the host's, and the
 * terminal is nobody's to type into. Not to be looked into: /proc/1 would be a door to Trivium's
 * own file and memory.
 */
static int part_from_session(int go, struct steps *steps, struct err *err)
{
    struct pollfd runner = {.fd = go};

    step_begin(steps, STEP_SESSION,
               "setsid(), prctl(PR_SET_DUMPABLE, 0), prctl(PR_SET_PDEATHSIG, SIGKILL)");
    if (setsid() < 0)
        return err_sys(err, errno, "cannot make a session (setsid)");
    if (prctl(PR_SET_DUMPABLE, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ||
        prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return err_sys(err, errno, "cannot shut init off (prctl)");
    /* From now on we are told by a signal that the runner has died; but has it already? */
    if (poll(&runner, 1, 0) > 0)
        _exit(FAILED_STATUS);
    step_end(steps, "kill(0, ...) ends at the container; init cannot be looked into, and dies "
                    "with its runner");
    return 0;
}

/* What clone3 has made, for who listens: the numbers that /proc/self/ns shows, outside and inside.
 */
static void tell_names(struct container *container)
{
    const uint64_t *here = container->report->facts.here;
    uint64_t inside[NAME_COUNT];
    char text[STEP_TEXT] = "";
    size_t used = 0;

    if (container->steps.observer == NULL)
        return;
    step_begin(&container->steps, STEP_LOOK, "readlink(/proc/self/ns/*)");
    names_read(inside);
    for (unsigned i = 0; i < NAME_COUNT && used < sizeof text; i++) {
        if (here[i] != inside[i])
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %llu -> %llu",
                                     used == 0 ? "" : ", ", name_rows[i].link,
                                     (unsigned long long)here[i], (unsigned long long)inside[i]);
    }
    step_end(&container->steps, "%s", text);
}

static int make_names(struct container *container, struct err *err)
{
    struct steps *steps = &container->steps;

    if (names_has(container->names, NAME_CGROUP) && names_cgroup(steps, err) < 0)
        return -1;
    if (names_has(container->names, NAME_UTS) &&
        names_host(steps, container->config.hostname, err) < 0)
        return -1;
    if (names_has(container->names, NAME_NET) && names_loopback(steps, err) < 0)
        return -1;
    if (names_keyring(steps, err) < 0)
        return -1;
    tell_names(container);
    return 0;
}

static int make_root(struct container *container, struct err *err)
{
    const struct overlay_source *image = container->config.image;
    bool own = names_has(container->names, NAME_USER);
    int root;

    if (!names_has(container->names, NAME_MOUNT))
        return 0;
    umask(0022);
    if (root_part(&container->steps, err) < 0)
        return -1;
    root = image == NULL ? root_make(&container->source, &container->steps, err)
                         : overlay_make(image, ROOT_STAGE, !own || container->ids.range, own,
                                        &container->steps, err);
    return root < 0 ? -1 : root_enter(root, !container->config.privileged, &container->steps, err);
}

/*
 * Everything but the standard descriptors, the container's terminal (-1: none) and, where the
 * program has no name in here, its file: whatever the caller of Trivium left open does not get in.
 */
static int close_descriptors(const struct container *container, int slave, struct steps *steps,
                             struct err *err)
{
    int file = -1, low, high;

    step_begin(steps, STEP_DESCRIPTORS, "close_range(3, ...)");
    if (!names_has(container->names, NAME_MOUNT) && container->source.count > 0)
        file = container->source.files[0].fd;
    low = file < slave ? file : slave;
    high = file < slave ? slave : file;
    low = low < 2 ? 2 : low;
    high = high < 2 ? 2 : high;
    if ((low > 3 && close_range(3, (unsigned)low - 1, 0) < 0) ||
        (high > low + 1 && close_range((unsigned)low + 1, (unsigned)high - 1, 0) < 0) ||
        close_range((unsigned)high + 1, ~0u, 0) < 0) {
        return err_sys(err, errno, "cannot close inherited descriptors (close_range)");
    }
    step_end(steps, "of the host's open files only the standard three are left");
    return 0;
}

/* *slave: the container's terminal, where it gets one. */
static int prepare(struct container *container, int go, int channel, int *slave, struct err *err)
{
    struct steps *steps = &container->steps;

    if (check_descriptors(err) < 0 || groups_enter(&container->groups, steps, err) < 0)
        return -1;
    if (names_has(container->names, NAME_TIME) &&
        names_clocks(steps, container->config.time_offset, err) < 0)
        return -1;
    if (names_has(container->names, NAME_USER)) {
        if (ids_become_root(&container->ids, steps, err) < 0)
            return -1;
    } else if (ids_drop_groups(err) < 0) {
        return -1;
    }
    if (part_from_session(go, steps, err) < 0 || make_names(container, err) < 0 ||
        make_root(container, err) < 0)
        return -1;
    if (container->config.terminal) {
        *slave = terminal_make(channel, container->config.uid, steps, err);
        if (*slave < 0)
            return -1;
    }
    if (close_descriptors(container, *slave, steps, err) < 0)
        return -1;
    if (container->config.privileged)
        return 0;
    if (harden_limits(steps, err) < 0 || harden_rights(steps, err) < 0)
        return -1;
    return harden_calls(steps, err);
}

static void take_facts(struct container *container)
{
    struct container_facts *facts = &container->report->facts;

    facts->start_ms = steps_now() - facts->begun_ms;
    names_read(facts->inside);
    harden_read(&facts->hardening);
    facts->valid = true;
}

/* Adds "NAME=VALUE", in place of another of that name. */
static void set_variable(const char **environment, size_t *count, const char *text)
{
    size_t name = strcspn(text, "="), at = 0;

    while (at < *count && strncmp(environment[at], text, name + 1) != 0)
        at++;
    environment[at] = text;
    if (at == *count)
        (*count)++;
}

/* The standard one, and what is asked for. `terminal` is where TERM is kept. */
static char **new_environment(const char *path, const char *const *asked, char terminal[64])
{
    const char *type = getenv("TERM"), **environment;
    size_t count = 0, most = 4;

    while (asked != NULL && asked[most - 4] != NULL)
        most++;
    environment = calloc(most, sizeof *environment);
    if (environment == NULL)
        err_die_oom();
    snprintf(terminal, 64, "TERM=%s", type == NULL ? "dumb" : type);
    set_variable(environment, &count, path);
    set_variable(environment, &count, "HOME=/");
    set_variable(environment, &count, terminal);
    while (asked != NULL && *asked != NULL)
        set_variable(environment, &count, *asked++);
    return (char **)(uintptr_t)environment; /* execve() does not write to it */
}

/* The user that is asked for, in the folder that is asked for, which that user can enter. */
static int become_user(struct container *container, struct err *err)
{
    const struct container_config *config = &container->config;
    struct steps *steps = &container->steps;
    uid_t uid = config->uid;
    gid_t gid = config->gid;

    if (uid != 0 || gid != 0) {
        step_begin(steps, STEP_USER, "setgroups(0), setresgid(%u), setresuid(%u)", (unsigned)gid,
                   (unsigned)uid);
        if (syscall(SYS_setgroups, 0, NULL) < 0 || setresgid(gid, gid, gid) < 0 ||
            setresuid(uid, uid, uid) < 0)
            return err_sys(err, errno, "cannot become user %u:%u in the container", (unsigned)uid,
                           (unsigned)gid);
        step_end(steps, "%s",
                 uid == 0 ? "root, of another group" : "who is not root has no rights");
    }
    if (config->workdir != NULL && chdir(config->workdir) < 0) {
        err_sys(err, errno, "cannot go to %s in the container (--workdir)", config->workdir);
        return err->code == ENOENT ? err_hint(err, "a folder that is there: trivium run --on "
                                                   "container ls /")
                                   : -1;
    }
    return 0;
}

/* Comes back when that cannot be done; errno says why. */
static void execute(const struct container *container, char **environment)
{
    const struct container_config *config = &container->config;
    char path[128];

    if (config->image != NULL) {
        environ = environment; /* it has the PATH to search */
        execvp(config->program, config->argv);
    } else if (names_has(container->names, NAME_MOUNT)) {
        snprintf(path, sizeof path, "/%s", config->inside);
        execve(path, config->argv, environment);
    } else {
        execveat(container->source.files[0].fd, "", config->argv, environment, AT_EMPTY_PATH);
    }
}

/* In the child that becomes the program. */
static _Noreturn void become_program(struct container *container, pid_t init, int slave,
                                     const sigset_t *mask)
{
    const struct container_config *config = &container->config;
    char terminal[64];
    char **environment = new_environment(
        config->image == NULL ? "PATH=/bin" : "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        config->environment, terminal);
    struct err err = {0};

    container->steps.who = "program";
    if (config->facts)
        take_facts(container);
    if (slave < 0) /* else it will lead a session, which who leads a group cannot begin */
        setpgid(0, 0);
    if (become_user(container, &err) < 0)
        refuse(container, &err);
    /* The kernel ends us with init where the process numbers are our own, but only there. It
     * forgets that when the user changes. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != init)
        _exit(FAILED_STATUS);
    step_begin(&container->steps, STEP_EXEC, "execve(%s%s)", config->image == NULL ? "/" : "",
               config->inside);
    step_end(&container->steps, "from here on it is the program");
    if (slave >= 0 && terminal_enter(slave, &err) < 0)
        refuse(container, &err);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execute(container, environment);
    err_sys(&err, errno, "cannot execute %s in the container", config->program);
    if (err.code == ENOENT && config->image != NULL)
        err_hint(&err, "a name that is in the image (trivium image layers)");
    else if (err.code == ENOENT)
        err_hint(&err,
                 "a static program (cc -static): the container has none of the host's libraries");
    refuse(container, &err);
}

/* Reaps all that have ended. True: the program is among them, and *status is its wait status. */
static bool reap(pid_t program, int *status)
{
    bool found = false;
    int ended;

    //@lab 10.8 who has ended
    for (pid_t pid = waitpid(-1, &ended, WNOHANG); pid > 0; pid = waitpid(-1, &ended, WNOHANG)) {
        if (pid == program) {
            *status = ended;
            found = true;
        }
    }
    //| (void)program;
    //| (void)status;
    //| (void)ended;
    //| lab_todo("10.8");
    //@end
    return found;
}

/* Until the program ends: reap, pass on. Every signal is blocked and waited for. */
static int watch(pid_t program)
{
    sigset_t all;
    int status = 0;

    sigfillset(&all);
    //@lab 10.9 what process 1 does all day
    while (!reap(program, &status)) {
        int number = sigwaitinfo(&all, NULL);

        if (number > 0 && number != SIGCHLD)
            kill(program, number);
    }
    //| (void)program;
    //| (void)reap;
    //| lab_todo("10.9");
    //@end
    return status;
}

_Noreturn void init_run(struct container *container, int go, int channel, const sigset_t *mask)
{
    sigset_t all;
    struct err err = {0};
    pid_t program, init = getpid();
    int status, slave = -1;

    steps_init(&container->steps, container->config.observer, "init", &container->report->steps);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    wait_for_go(go);
    if (prepare(container, go, channel, &slave, &err) < 0)
        refuse(container, &err);
    if (container->config.program == NULL)
        _exit(0);
    step_begin(&container->steps, STEP_FORK, "fork()");
    program = fork();
    if (program < 0) {
        err_sys(&err, errno, "cannot make a process for the program (fork)");
        if (err.code == EAGAIN)
            err_hint(&err, "a larger --pids: the container's init is one of them");
        refuse(container, &err);
    }
    if (program == 0)
        become_program(container, init, slave, mask);
    status = watch(program);
    if (WIFSIGNALED(status)) {
        container->report->signal = WTERMSIG(status);
        _exit(128 + WTERMSIG(status));
    }
    _exit(WEXITSTATUS(status));
}
