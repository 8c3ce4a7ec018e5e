/* supervise.c: forking, watching and ending one program; see supervise.h. */
#include "lib/supervise.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/proctree.h"

/* How long what a program left behind may still take to end by itself, and then to die. */
#define GRACE_SECONDS    0.1
#define PATIENCE_SECONDS 5.0

#define FAILED_STATUS    125

/* Written by the child before its end, read by the supervisor after it. */
struct supervise_page {
    bool refused; /* it could not become the program: `err` says why */
    struct err err;
};

/* One run while it goes on. */
struct run {
    struct supervisor *supervisor;
    const struct supervise_job *job;
    struct supervise_outcome *outcome;
    pid_t pid;
    bool ended;     /* the first process: `status` says how */
    bool all_ended; /* no child is left */
    int status;
    int out_fd, errors_fd; /* read ends of what is captured; -1: none, or at its end */
};

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Remembers the settings of the first standard descriptor that is a terminal. */
static void save_terminal(struct supervisor *supervisor)
{
    supervisor->terminal_fd = -1;
    for (int fd = 0; fd <= 2 && supervisor->terminal_fd < 0; fd++) {
        if (tcgetattr(fd, &supervisor->terminal) == 0)
            supervisor->terminal_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    }
}

static bool same_settings(const struct termios *a, const struct termios *b)
{
    return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
           a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

/*
 * Puts the terminal's settings back if the program changed them. In the background we leave them
 * alone: they are those of whatever runs in the foreground. A foreground without processes is what
 * a program with job control left behind; then the terminal is ours again.
 */
static void restore_terminal(const struct supervisor *supervisor)
{
    int fd = supervisor->terminal_fd;
    struct termios current;
    pid_t foreground;

    if (fd < 0)
        return;
    foreground = tcgetpgrp(fd);
    if (foreground > 0 && foreground != getpgrp() && kill(-foreground, 0) < 0 && errno == ESRCH &&
        tcsetpgrp(fd, getpgrp()) == 0) /* SIGTTOU is blocked */
        foreground = getpgrp();
    if (foreground == getpgrp() && tcgetattr(fd, &current) == 0 &&
        !same_settings(&current, &supervisor->terminal))
        tcsetattr(fd, TCSANOW, &supervisor->terminal);
}

/* The signals to read from the descriptor: those that the caller had not chosen to ignore. */
static void watched_signals(sigset_t *set)
{
    static const int ending[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
    struct sigaction action;

    sigemptyset(set);
    sigaddset(set, SIGCHLD);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        sigaction(ending[i], NULL, &action);
        if (action.sa_handler != SIG_IGN)
            sigaddset(set, ending[i]);
    }
}

int supervisor_init(struct supervisor *supervisor, struct err *err)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, standard = {.sa_handler = SIG_DFL};
    sigset_t watched, blocked;

    *supervisor = (struct supervisor){.signal_fd = -1, .terminal_fd = -1};
    supervisor->page = mmap(NULL, sizeof *supervisor->page, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (supervisor->page == MAP_FAILED)
        return err_sys(err, errno, "cannot share a page with the program's process");
    watched_signals(&watched);
    supervisor->signal_fd = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    if (supervisor->signal_fd < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0) {
        err_sys(err, errno, "cannot watch over processes (signalfd, PR_SET_CHILD_SUBREAPER)");
        if (supervisor->signal_fd >= 0)
            close(supervisor->signal_fd);
        munmap(supervisor->page, sizeof *supervisor->page);
        return -1;
    }
    blocked = watched;
    sigaddset(&blocked, SIGTTOU);
    sigprocmask(SIG_BLOCK, &blocked, &supervisor->old_mask);
    sigaction(SIGPIPE, &ignore, &supervisor->old_pipe);
    sigaction(SIGCHLD, &standard, &supervisor->old_child);
    save_terminal(supervisor);
    return 0;
}

/* Signals as they were before supervisor_init(): what a program must see. */
static void restore_signals(const struct supervisor *supervisor)
{
    sigaction(SIGPIPE, &supervisor->old_pipe, NULL);
    sigaction(SIGCHLD, &supervisor->old_child, NULL);
    sigprocmask(SIG_SETMASK, &supervisor->old_mask, NULL);
}

static void close_descriptors(const struct supervisor *supervisor)
{
    close(supervisor->signal_fd);
    if (supervisor->terminal_fd >= 0)
        close(supervisor->terminal_fd);
}

void supervisor_fini(struct supervisor *supervisor)
{
    restore_terminal(supervisor);
    close_descriptors(supervisor);
    supervisor->terminal_fd = -1; /* for supervisor_die() */
    sigaction(SIGCHLD, &supervisor->old_child, NULL);
    sigprocmask(SIG_SETMASK, &supervisor->old_mask, NULL);
    munmap(supervisor->page, sizeof *supervisor->page);
}

_Noreturn void supervisor_die(struct supervisor *supervisor, int signal_number)
{
    sigset_t set;

    restore_terminal(supervisor);
    signal(signal_number, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, signal_number);
    raise(signal_number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    _exit(128 + signal_number);
}

/* stdin empty, stdout and stderr into the pipes. */
static int redirect(int out_fd, int errors_fd, struct err *err)
{
    int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (null_fd < 0)
        return err_sys(err, errno, "cannot open /dev/null");
    if (dup2(null_fd, STDIN_FILENO) < 0 || dup2(out_fd, STDOUT_FILENO) < 0 ||
        dup2(errors_fd, STDERR_FILENO) < 0)
        return err_sys(err, errno, "cannot redirect the program's output");
    close(null_fd);
    close(out_fd);
    close(errors_fd);
    return 0;
}

/*
 * Everything from here on happens in the child. No descriptor of the supervisor may stay open: an
 * emulated program shares the process's descriptor table.
 */
static _Noreturn void become_program(const struct run *run, pid_t parent, int out_fd, int errors_fd)
{
    struct supervise_page *page = run->supervisor->page;
    struct err err;
    int answer = 0;

    prctl(PR_SET_PDEATHSIG, SIGKILL); /* should the supervisor itself be killed */
    if (getppid() != parent)
        _exit(FAILED_STATUS);
    close_descriptors(run->supervisor);
    restore_signals(run->supervisor);
    if (run->out_fd >= 0) {
        close(run->out_fd);
        close(run->errors_fd);
        answer = redirect(out_fd, errors_fd, &err);
    }
    if (answer == 0)
        answer = run->job->start(run->job->context, &err);
    assert(answer < 0);
    page->err = err;
    page->refused = true;
    _exit(FAILED_STATUS);
}

/* Forks the child, with pipes where output is captured. */
static int start_child(struct run *run, struct err *err)
{
    int out[2] = {-1, -1}, errors[2] = {-1, -1};
    pid_t parent = getpid();
    int answer = -1;

    if (run->job->out != NULL && (pipe2(out, O_CLOEXEC) < 0 || pipe2(errors, O_CLOEXEC) < 0)) {
        err_sys(err, errno, "cannot make a pipe for the program's output");
        goto out;
    }
    run->out_fd = out[0];
    run->errors_fd = errors[0];
    *run->supervisor->page = (struct supervise_page){0};
    fflush(NULL); /* or what is still buffered would be written twice */
    run->pid = fork();
    if (run->pid == 0)
        become_program(run, parent, out[1], errors[1]);
    if (run->pid < 0) {
        err_sys(err, errno, "cannot make a process for the program (fork)");
        err_hint(err, "end other programs, or raise the limit on processes (ulimit -u)");
        goto out;
    }
    answer = 0;
out:
    if (out[1] >= 0)
        close(out[1]);
    if (errors[1] >= 0)
        close(errors[1]);
    if (answer < 0 && out[0] >= 0)
        close(out[0]);
    if (answer < 0 && errors[0] >= 0)
        close(errors[0]);
    return answer;
}

/* Takes in what a pipe holds. At its end (or when it fails) closes it and sets *fd to -1. */
static void read_capture(struct supervise_capture *capture, int *fd)
{
    char buffer[16384];
    ssize_t got = read(*fd, buffer, sizeof buffer);
    size_t kept;

    if (got < 0 && errno == EINTR)
        return;
    if (got <= 0) {
        close(*fd);
        *fd = -1;
        return;
    }
    kept = capture->limit - capture->used;
    if (kept > (size_t)got)
        kept = (size_t)got;
    memcpy(capture->data + capture->used, buffer, kept);
    capture->used += kept;
    capture->data[capture->used] = '\0';
    capture->total += (uint64_t)got;
}

static void reap(struct run *run)
{
    struct supervise_outcome *outcome = run->outcome;
    struct proctree_end end;
    int answer;

    for (answer = proctree_reap(&end); answer == 1; answer = proctree_reap(&end)) {
        uint64_t peak = (uint64_t)end.usage.ru_maxrss * 1024;

        outcome->user += seconds_of(end.usage.ru_utime);
        outcome->system += seconds_of(end.usage.ru_stime);
        outcome->page_faults += (uint64_t)end.usage.ru_minflt + (uint64_t)end.usage.ru_majflt;
        outcome->switches += (uint64_t)end.usage.ru_nvcsw + (uint64_t)end.usage.ru_nivcsw;
        if (peak > outcome->peak_bytes)
            outcome->peak_bytes = peak;
        if (end.pid == run->pid) {
            run->ended = true;
            run->status = end.status;
        }
    }
    run->all_ended = answer < 0;
}

/* Acts on one signal that came in. True when it ends the run. */
static bool take_signal(struct run *run, const struct signalfd_siginfo *info)
{
    int number = (int)info->ssi_signo;

    switch (number) {
    case SIGCHLD: reap(run); return false;
    case SIGINT:
    case SIGQUIT:
        run->outcome->interrupted = true;
        /* A terminal tells the whole process group; kill(1) told only us. */
        if (info->ssi_code <= 0 && !run->ended)
            kill(run->pid, number);
        return run->job->interrupt_kills;
    default:
        run->outcome->fate = FATE_STOPPED;
        run->outcome->signal = number;
        return true;
    }
}

static bool take_signals(struct run *run)
{
    struct signalfd_siginfo info;
    bool ends = false;

    while (read(run->supervisor->signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
        ends |= take_signal(run, &info);
    return ends;
}

/* Waits for something to happen, at most until `deadline`, and deals with it. True: end the run. */
static bool wait_for_event(struct run *run, double deadline)
{
    struct pollfd fds[3] = {
        {.fd = run->supervisor->signal_fd, .events = POLLIN},
        {.fd = run->out_fd, .events = POLLIN},
        {.fd = run->errors_fd, .events = POLLIN},
    };
    double left = deadline - now();
    int milliseconds = -1;

    if (isfinite(deadline))
        milliseconds = left <= 0 ? 0 : left > 1e6 ? 1000000000 : (int)ceil(left * 1000);
    if (poll(fds, 3, milliseconds) <= 0)
        return false;
    if (fds[1].revents != 0)
        read_capture(run->job->out, &run->out_fd);
    if (fds[2].revents != 0)
        read_capture(run->job->errors, &run->errors_fd);
    return fds[0].revents != 0 && take_signals(run);
}

/* Until the first process has ended, the time is up, or a signal ends the run. */
static void wait_for_program(struct run *run, double deadline)
{
    while (!run->ended) {
        if (wait_for_event(run, deadline))
            return;
        if (!run->ended && now() >= deadline) {
            run->outcome->fate = FATE_TIMEOUT;
            return;
        }
    }
}

/* Until no child is left, or `deadline`. */
static void wait_for_all(struct run *run, double deadline)
{
    reap(run);
    while (!run->all_ended && now() < deadline)
        wait_for_event(run, deadline);
}

/* Kills whatever is left, reaps it, and reads to their ends the pipes that it held. */
static void end_all(struct run *run)
{
    double patience = now() + PATIENCE_SECONDS;

    if (run->ended && run->outcome->fate == FATE_EXITED)
        wait_for_all(run, now() + GRACE_SECONDS);
    else
        reap(run);
    while (!run->all_ended && now() < patience) {
        run->outcome->killed += proctree_kill();
        wait_for_all(run, now() + GRACE_SECONDS);
    }
    while ((run->out_fd >= 0 || run->errors_fd >= 0) && now() < patience)
        wait_for_event(run, patience);
    if (run->out_fd >= 0)
        close(run->out_fd);
    if (run->errors_fd >= 0)
        close(run->errors_fd);
}

/* The fate of a program that ended by itself: from its wait status and what its child wrote. */
static void judge(const struct run *run)
{
    const struct supervise_page *page = run->supervisor->page;
    struct supervise_outcome *outcome = run->outcome;

    if (!run->ended) {
        /* Killed but not reaped: it runs as somebody else, or hangs in the host kernel. */
        outcome->fate = FATE_KILLED;
        outcome->signal = SIGKILL;
    } else if (page->refused) {
        outcome->fate = FATE_REFUSED;
        outcome->err = page->err;
    } else if (WIFEXITED(run->status)) {
        outcome->fate = FATE_EXITED;
        outcome->status = WEXITSTATUS(run->status);
    } else {
        outcome->fate = FATE_KILLED;
        outcome->signal = WTERMSIG(run->status);
    }
}

int supervisor_run(struct supervisor *supervisor, const struct supervise_job *job,
                   struct supervise_outcome *outcome, struct err *err)
{
    struct run run = {
        .supervisor = supervisor,
        .job = job,
        .outcome = outcome,
        .out_fd = -1,
        .errors_fd = -1,
    };
    double start = now();

    assert((job->out == NULL) == (job->errors == NULL));
    *outcome = (struct supervise_outcome){.fate = FATE_EXITED};
    if (start_child(&run, err) < 0)
        return -1;
    wait_for_program(&run, job->timeout > 0 ? start + job->timeout : HUGE_VAL);
    outcome->wall = now() - start;
    end_all(&run);
    restore_terminal(supervisor);
    if (outcome->fate == FATE_EXITED)
        judge(&run);
    return 0;
}

int supervisor_pending(struct supervisor *supervisor)
{
    struct signalfd_siginfo info;

    while (read(supervisor->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGCHLD)
            return (int)info.ssi_signo;
    }
    return 0;
}

void supervise_capture_init(struct supervise_capture *capture, size_t limit)
{
    *capture = (struct supervise_capture){.data = malloc(limit + 1), .limit = limit};
    if (capture->data == NULL)
        err_die_oom();
    capture->data[0] = '\0';
}

void supervise_capture_fini(struct supervise_capture *capture)
{
    free(capture->data);
}
