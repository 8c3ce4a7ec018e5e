/* container.c: the runner: it makes the names, waits, and ends as the program did; container.h. */
#include "ctr/container.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ctr/init.h"
#include "ctr/letter.h"
#include "ctr/terminal.h"

#define FAILED_STATUS 125

/* While the container runs. */
struct runner {
    struct container *container;
    pid_t init;
    int signal_fd;
    int memory_fd; /* see limits_watch_memory() */
    int status;    /* wait status of init, when it has ended */
    struct relay relay;
    pid_t parent; /* the supervisor */
};

/* What the kernel would refuse later, with less to say. */
static int check_names(unsigned shared, struct err *err)
{
    if (names_has(shared, NAME_USER) && geteuid() != 0) {
        err_set(err, "only root can make a container that has no user namespace of its own");
        return err_hint(err, "without --share user; or with sudo");
    }
    if (names_has(shared, NAME_PID) && !names_has(shared, NAME_USER) &&
        !names_has(shared, NAME_MOUNT)) {
        err_set(err, "with the host's process numbers a user namespace of its own has no right to "
                     "mount /proc");
        return err_hint(err, "--share pid,user as root; or --share pid,mount");
    }
    return 0;
}

static int check_image(const struct container *container, struct err *err)
{
    if (container->config.image == NULL || names_has(container->names, NAME_MOUNT))
        return 0;
    err_set(err, "with the host's files there is no place for those of an image");
    return err_hint(err, "without --share mount");
}

/* Who the program can be depends on who there is in the container. */
static int check_user(const struct container *container, struct err *err)
{
    const struct container_config *config = &container->config;

    if ((config->uid == 0 && config->gid == 0) || !names_has(container->names, NAME_USER) ||
        container->ids.range)
        return 0;
    err_set(err, "there is no user %u:%u in the container: without rights only its root is",
            (unsigned)config->uid, (unsigned)config->gid);
    return err_hint(err, "without --as; or with sudo");
}

/* It is listed as running. Who did not choose its name does without, where that cannot be. */
static int register_running(struct container *container, struct err *err)
{
    if (container->config.program == NULL ||
        running_open(&container->running, container->config.name, err) == 0)
        return 0;
    if (container->config.name != NULL)
        return -1;
    *err = (struct err){0};
    return 0;
}

/* All that can fail. */
static int prepare(struct container *container, struct err *err)
{
    const struct container_config *config = &container->config;

    if (check_names(config->shared, err) < 0 || check_user(container, err) < 0 ||
        check_image(container, err) < 0 || (config->terminal && terminal_check(err) < 0))
        return -1;
    if (config->program != NULL && config->image == NULL &&
        root_source_open(&container->source, config->program, config->inside, config->folder, err) <
            0)
        return -1;
    if (config->keep) {
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, container->keeper) < 0)
            return err_sys(err, errno, "cannot make a way out for what the container writes");
        config->image->keeper = container->keeper[1];
    }
    if (register_running(container, err) < 0)
        return -1;
    return limits_set(&config->limits, &container->groups, container->report->limits,
                      &container->steps, err);
}

struct container *container_new(const struct container_config *config, struct err *err)
{
    struct container *container = calloc(1, sizeof *container);
    double begun = steps_now();

    if (container == NULL)
        err_die_oom();
    container->config = *config;
    container->names = ((1u << NAME_COUNT) - 1) & ~config->shared;
    if (!config->own_clocks)
        container->names &= ~(1u << NAME_TIME);
    container->running = (struct running){.folder = -1, .fd = -1};
    container->keeper[0] = container->keeper[1] = -1;
    container->report = mmap(NULL, sizeof *container->report, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (container->report == MAP_FAILED)
        err_die_oom();
    steps_init(&container->steps, config->observer, "trivium", &container->report->steps);
    ids_choose(&container->ids, "", ids_may_map(), (unsigned)getpid());
    if (prepare(container, err) < 0) {
        container_free(container);
        return NULL;
    }
    container->report->prepare_ms = steps_now() - begun;
    return container;
}

void container_settle(struct container *container)
{
    struct container_report *report = container->report;

    container->steps.who = "trivium";
    limits_verify(&container->groups, report->limits);
    report->out_of_memory = report->limits[CONTROL_MEMORY].bites > 0;
    groups_remove(&container->groups, &container->steps);
    running_close(&container->running);
}

int container_kept(const struct container *container, struct layer_origin *origin)
{
    const struct ids *ids = &container->ids;

    *origin = (struct layer_origin){.upper = true, .bytes_most = container->config.image->upper};
    if (!names_has(container->names, NAME_USER)) {
        origin->ids = IDS_RANGE;
    } else if (ids->range) {
        origin->uid = origin->gid = ids->base;
        origin->ids = IDS_RANGE;
    } else {
        origin->uid = ids->uid;
        origin->gid = ids->gid;
        origin->ids = 1;
    }
    return letter_receive(container->keeper[0], false);
}

void container_free(struct container *container)
{
    running_close(&container->running);
    for (int i = 0; i < 2; i++) {
        if (container->keeper[i] >= 0)
            close(container->keeper[i]);
    }
    root_source_close(&container->source);
    munmap(container->report, sizeof *container->report);
    free(container);
}

/* For `trivium ps`; the container is being made meanwhile. */
static void tell_running(const struct runner *runner)
{
    const struct container *container = runner->container;
    const struct container_config *config = &container->config;
    struct running_container facts = {.init = runner->init, .since = time(NULL)};
    size_t used = 0;

    if (container->running.fd < 0)
        return;
    for (char *const *word = config->argv; *word != NULL && used < sizeof facts.program; word++)
        used += (size_t)snprintf(facts.program + used, sizeof facts.program - used, "%s%s",
                                 used == 0 ? "" : " ", *word);
    for (char *at = facts.program; *at != '\0'; at++) {
        if (*at < ' ' || *at > '~')
            *at = '?'; /* it goes into JSON, and to a terminal */
    }
    if (config->image_name != NULL)
        snprintf(facts.image, sizeof facts.image, "%s", config->image_name);
    for (unsigned i = 0; i < CONTROL_COUNT; i++) {
        const struct group *group = groups_find(&container->groups, (enum control)i);

        if (group == NULL)
            continue;
        facts.groups[i].version = group->version;
        memcpy(facts.groups[i].path, group->path, sizeof group->path);
    }
    running_tell(&container->running, &facts);
}

/* A process in new namespaces, as fork() would make it in the old ones. */
static pid_t clone_init(struct runner *runner, struct err *err)
{
    struct container *container = runner->container;
    struct clone_args args = {
        .flags = names_flags(container->names),
        .exit_signal = SIGCHLD,
    };
    int group = groups_clone_fd(&container->groups);
    char text[160];
    pid_t pid;

    if (group >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (unsigned)group;
    }
    names_text(text, sizeof text, container->names);
    step_begin(&container->steps, STEP_CLONE, "clone3(%s%s)", text,
               group >= 0 ? "|CLONE_INTO_CGROUP" : "");
    pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (pid < 0) {
        err_sys(err, errno, "cannot make a process in namespaces of its own (clone3)");
        names_refused(err);
    }
    return pid;
}

/* What the new process needs from outside, before it may go on. */
static int provide(struct runner *runner, struct err *err)
{
    struct container *container = runner->container;

    return names_has(container->names, NAME_USER)
               ? ids_write(&container->ids, runner->init, &container->steps, err)
               : 0;
}

/*
 * The runner keeps its end of the pipe: that it closes tells init that the runner is dead. Through
 * the other pair, where there is one, init hands out the container's terminal.
 */
static int start_init(struct runner *runner, const sigset_t *mask, struct err *err)
{
    struct steps *steps = &runner->container->steps;
    int go[2], pair[2] = {-1, -1}, answer = -1;

    if (pipe2(go, O_CLOEXEC) < 0 || (runner->container->config.terminal &&
                                     socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0))
        return err_sys(err, errno, "cannot make a pipe to the container's init");
    relay_init(&runner->relay, pair[0]);
    if (runner->container->config.facts || steps->observer != NULL)
        names_read(runner->container->report->facts.here);
    runner->init = clone_init(runner, err);
    if (runner->init == 0) {
        close(go[1]);
        close(runner->signal_fd);
        init_run(runner->container, go[0], pair[1], mask);
    }
    close(go[0]);
    if (pair[1] >= 0)
        close(pair[1]);
    if (runner->init > 0) {
        step_end(steps, "process %d here is the first of new namespaces; it waits for us",
                 (int)runner->init);
        answer = provide(runner, err);
        if (answer == 0 && write(go[1], "g", 1) != 1)
            answer = err_sys(err, errno, "cannot tell the container's init to go on");
    }
    if (answer == 0)
        tell_running(runner);
    if (answer < 0 && runner->init > 0) {
        kill(runner->init, SIGKILL);
        waitpid(runner->init, NULL, 0);
    }
    return answer;
}

/* Signals are the program's, but for those that are about our terminal. */
static void pass_signals(struct runner *runner)
{
    bool terminal = runner->container->config.terminal;
    struct signalfd_siginfo info;

    while (read(runner->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (terminal && (info.ssi_signo == SIGWINCH || info.ssi_signo == SIGCONT))
            relay_renew(&runner->relay);
        if (info.ssi_signo != SIGCHLD && !(terminal && info.ssi_signo == SIGWINCH))
            kill(runner->init, (int)info.ssi_signo);
    }
    if (terminal && getppid() != runner->parent) /* the supervisor was killed */
        kill(runner->init, SIGKILL);
}

/* Passes on what came in, until init has ended. Who is out of memory is killed as a whole. */
static void watch(struct runner *runner)
{
    struct pollfd fds[2 + RELAY_FDS] = {
        {.fd = runner->signal_fd, .events = POLLIN},
        {.fd = runner->memory_fd, .events = POLLIN},
    };

    while (waitpid(runner->init, &runner->status, WNOHANG) == 0) {
        relay_wait_for(&runner->relay, fds + 2);
        if (poll(fds, sizeof fds / sizeof *fds, -1) < 0)
            continue;
        if (fds[1].revents != 0) {
            kill(runner->init, SIGKILL);
            fds[1].fd = -1;
        }
        relay_move(&runner->relay, fds + 2);
        pass_signals(runner);
    }
    relay_fini(&runner->relay);
}

/* Killed with the supervisor, like everything it starts; but who has your terminal puts it back
 * first. */
static int outlive_supervisor(struct runner *runner, struct err *err)
{
    if (!runner->container->config.terminal)
        return 0;
    runner->parent = getppid();
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
        return err_sys(err, errno, "cannot watch over the supervisor (PR_SET_PDEATHSIG)");
    return 0;
}

/* Ends this process as the program ended. */
static _Noreturn void end_as(int signal_number, int status)
{
    const struct rlimit none = {0, 0};
    sigset_t set;

    if (signal_number == 0)
        _exit(status);
    setrlimit(RLIMIT_CORE, &none); /* the core would be Trivium's */
    prctl(PR_SET_DUMPABLE, 0);
    signal(signal_number, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, signal_number);
    raise(signal_number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    _exit(128 + signal_number);
}

int container_start(void *context, struct err *err)
{
    struct container *container = context;
    struct runner runner = {.container = container};
    const struct container_report *report = container->report;
    sigset_t all, mask;

    container->steps.who = "runner";
    container->report->facts.begun_ms = steps_now();
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &mask);
    runner.signal_fd = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    if (runner.signal_fd < 0)
        return err_sys(err, errno, "cannot watch over a container (signalfd)");
    runner.memory_fd = limits_watch_memory(&container->groups);
    if (outlive_supervisor(&runner, err) < 0 || start_init(&runner, &mask, err) < 0)
        return -1;
    watch(&runner);
    if (report->refused) {
        *err = report->err;
        return -1;
    }
    if (WIFSIGNALED(runner.status)) /* init itself: by the kernel, or from outside */
        end_as(WTERMSIG(runner.status), 0);
    end_as(report->signal, WEXITSTATUS(runner.status));
}
