/* terminal.c: a terminal of the container's own; see terminal.h. */
#include "ctr/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ctr/letter.h"

int terminal_check(struct err *err)
{
    if (isatty(STDIN_FILENO) != 1) {
        err_set(err, "a terminal for the program (--tty), but standard input is none");
        return err_hint(err, "without --tty");
    }
    if (tcgetpgrp(STDIN_FILENO) != getpgrp()) {
        err_set(err, "a terminal for the program (--tty), but Trivium runs in its background");
        return err_hint(err, "without &; or without --tty");
    }
    return 0;
}

static void copy_size(int from, int to)
{
    struct winsize size;

    if (ioctl(from, TIOCGWINSZ, &size) == 0)
        ioctl(to, TIOCSWINSZ, &size);
}

int terminal_make(int runner, uid_t owner, struct steps *steps, struct err *err)
{
    int master, slave, unlocked = 0;

    step_begin(steps, STEP_TERMINAL, "open(/dev/ptmx), ioctl(TIOCGPTPEER), sendmsg(SCM_RIGHTS)");
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0)
        return err_sys(err, errno, "cannot make a terminal in the container (/dev/ptmx)");
    slave = ioctl(master, TIOCSPTLCK, &unlocked) < 0
                ? -1
                : ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0 || (owner != 0 && fchown(slave, owner, (gid_t)-1) < 0)) {
        err_sys(err, errno, "cannot open the container's terminal (TIOCGPTPEER)");
    } else {
        copy_size(STDIN_FILENO, master);
        if (letter_send(runner, master) == 0) {
            close(master);
            step_end(steps, "a terminal of the container's own; the runner ties it to yours");
            return slave;
        }
        err_sys(err, errno, "cannot hand the container's terminal to the runner (sendmsg)");
    }
    close(master);
    if (slave >= 0)
        close(slave);
    return -1;
}

int terminal_enter(int slave, struct err *err)
{
    if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0) < 0)
        return err_sys(err, errno,
                       "cannot make the container's terminal the program's "
                       "(TIOCSCTTY)");
    for (int fd = 0; fd <= 2; fd++) {
        if (dup2(slave, fd) < 0)
            return err_sys(err, errno, "cannot give the program its terminal (dup2)");
    }
    return 0;
}

void relay_init(struct relay *relay, int channel)
{
    *relay = (struct relay){.channel = channel, .master = -1};
}

static void set_raw(const struct relay *relay)
{
    struct termios raw = relay->settings;

    cfmakeraw(&raw);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

/* Init has sent the master; or it has ended before. */
static void take_master(struct relay *relay)
{
    relay->master = letter_receive(relay->channel, true);
    close(relay->channel);
    relay->channel = -1;
    if (relay->master < 0)
        return;
    fcntl(relay->master, F_SETFL, O_NONBLOCK);
    if (tcgetattr(STDIN_FILENO, &relay->settings) == 0) {
        relay->raw = true;
        set_raw(relay);
    }
    relay_renew(relay);
}

/* The program sees that as a hangup. */
static void drop_master(struct relay *relay)
{
    if (relay->master >= 0)
        close(relay->master);
    relay->master = -1;
}

void relay_wait_for(const struct relay *relay, struct pollfd fds[RELAY_FDS])
{
    const struct pump *typed = &relay->typed, *shown = &relay->shown;
    bool tied = relay->master >= 0;

    fds[0] = (struct pollfd){.fd = relay->channel, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = tied && typed->from == typed->to ? STDIN_FILENO : -1,
                             .events = POLLIN};
    fds[2] =
        (struct pollfd){.fd = shown->from == shown->to ? -1 : STDOUT_FILENO, .events = POLLOUT};
    fds[3] = (struct pollfd){
        .fd = relay->master,
        .events = (short)((shown->from == shown->to ? POLLIN : 0) |
                          (typed->from == typed->to ? 0 : POLLOUT)),
    };
    if (fds[3].events == 0) /* a hangup would be told all the same, over and over */
        fds[3].fd = -1;
}

/* False: there is nothing more to come from there. */
static bool fill(struct pump *pump, int fd)
{
    ssize_t got = read(fd, pump->bytes, sizeof pump->bytes);

    pump->from = 0;
    pump->to = got > 0 ? (size_t)got : 0;
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

/* False: nobody takes it any more. */
static bool empty(struct pump *pump, int fd)
{
    ssize_t put = write(fd, pump->bytes + pump->from, pump->to - pump->from);

    if (put > 0)
        pump->from += (size_t)put;
    return put >= 0 || errno == EAGAIN || errno == EINTR;
}

void relay_move(struct relay *relay, const struct pollfd fds[RELAY_FDS])
{
    if (fds[0].fd >= 0 && fds[0].revents != 0)
        take_master(relay);
    if (fds[2].fd >= 0 && fds[2].revents != 0 && !empty(&relay->shown, STDOUT_FILENO)) {
        relay->shown.from = relay->shown.to; /* lost, as there is nobody to see it */
        drop_master(relay);
    }
    if (fds[1].fd >= 0 && fds[1].revents != 0 && !fill(&relay->typed, STDIN_FILENO))
        drop_master(relay);
    if (fds[3].fd < 0 || relay->master < 0)
        return;
    if ((fds[3].revents & POLLOUT) != 0 && !empty(&relay->typed, relay->master))
        relay->typed.from = relay->typed.to;
    if ((fds[3].revents & ~POLLOUT) != 0 && relay->shown.from == relay->shown.to &&
        !fill(&relay->shown, relay->master))
        drop_master(relay);
}

void relay_renew(struct relay *relay)
{
    if (relay->master < 0)
        return;
    copy_size(STDIN_FILENO, relay->master);
    if (relay->raw && tcgetpgrp(STDIN_FILENO) == getpgrp())
        set_raw(relay);
}

void relay_fini(struct relay *relay)
{
    struct pump *shown = &relay->shown;

    for (;;) {
        while (shown->from < shown->to && empty(shown, STDOUT_FILENO)) {
            struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

            poll(&out, 1, 1000);
        }
        if (relay->master < 0 || shown->from < shown->to || !fill(shown, relay->master) ||
            shown->to == 0)
            break;
    }
    drop_master(relay);
    if (relay->channel >= 0)
        close(relay->channel);
    relay->channel = -1;
    if (relay->raw)
        tcsetattr(STDIN_FILENO, TCSANOW, &relay->settings);
    relay->raw = false;
}
