/*
 * pty.c: runs a command on a terminal of its own, for the tests that need one.
 *
 *     pty [--at TEXT ACTION]... COMMAND [ARGUMENTS...]
 *
 * What the command writes goes to standard output. Once TEXT has been seen, ACTION is done; the
 * next TEXT has to come after that.
 *
 *     ctrl-c    the key, which the terminal turns into SIGINT for the foreground process group
 *     leave     the keys Ctrl-A and x, by which an emulated machine is left
 *     hangup    the terminal goes away
 *     term      SIGTERM to the command's process alone
 *     kill      SIGKILL to it; the terminal then has some time to get its settings back
 *     type:KEYS these keys
 *     resize    the terminal becomes 100 columns wide
 *
 * At the end it says on standard error whether the terminal has the settings that it had at the
 * start, "terminal: same" or "terminal: changed", and exits with the command's status, 128 + n if
 * signal n killed it. After 20 seconds it gives up: status 99.
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#define PATIENCE_MS 20000
#define TEXT_MAX    256

struct session {
    char **at; /* the next text, and its action */
    int at_count;
    int master, slave; /* the slave is kept open: its settings outlive the command */
    pid_t child;
    bool killed;      /* by us: who is to put the terminal back is another process */
    char seen[65536]; /* what the command has written so far */
    size_t used;
};

static void act(struct session *session, const char *action)
{
    if (strcmp(action, "ctrl-c") == 0) {
        if (write(session->master, "\003", 1) != 1)
            perror("pty: write");
    } else if (strcmp(action, "leave") == 0) {
        if (write(session->master, "\001x", 2) != 2)
            perror("pty: write");
    } else if (strcmp(action, "term") == 0) {
        kill(session->child, SIGTERM);
    } else if (strcmp(action, "kill") == 0) {
        kill(session->child, SIGKILL);
        session->killed = true;
    } else if (strncmp(action, "type:", 5) == 0) {
        const char *keys = action + 5;

        if (write(session->master, keys, strlen(keys)) != (ssize_t)strlen(keys))
            perror("pty: write");
    } else if (strcmp(action, "resize") == 0) {
        ioctl(session->master, TIOCSWINSZ, &(struct winsize){.ws_row = 30, .ws_col = 100});
    } else {
        close(session->slave);
        close(session->master);
        session->master = session->slave = -1;
    }
}

/* False when there is nothing more to read. */
static bool copy_output(struct session *session)
{
    char *end = session->seen + session->used;
    ssize_t got = read(session->master, end, sizeof session->seen - 1 - session->used);

    if (got <= 0)
        return false;
    fwrite(end, 1, (size_t)got, stdout);
    fflush(stdout);
    session->used += (size_t)got;
    session->seen[session->used] = '\0';
    if (session->at_count > 0 && strstr(session->seen, session->at[1]) != NULL) {
        session->used = 0;
        session->at_count--;
        session->at += 3;
        act(session, session->at[-1]);
    }
    if (session->used > sizeof session->seen / 2) { /* a text is not cut in two */
        memmove(session->seen, session->seen + session->used - TEXT_MAX, TEXT_MAX);
        session->used = TEXT_MAX;
    }
    return session->master >= 0;
}

/* Until the command has ended; its wait status, or -1 when patience ends. */
static int follow(struct session *session)
{
    int status;

    for (int waited = 0; waited < PATIENCE_MS; waited += 20) {
        struct pollfd master = {.fd = session->master, .events = POLLIN};

        while (session->master >= 0 && poll(&master, 1, 0) > 0 && copy_output(session))
            continue;
        if (waitpid(session->child, &status, WNOHANG) == session->child) {
            while (session->master >= 0 && poll(&master, 1, 0) > 0 && copy_output(session))
                continue;
            return status;
        }
        usleep(20000);
    }
    kill(session->child, SIGKILL);
    return -1;
}

static bool same_settings(const struct termios *a, const struct termios *b)
{
    return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
           a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

/* Until the terminal's settings are those, or patience ends. What is written before they are set is
 * there by then. */
static void wait_for_settings(struct session *session, const struct termios *before)
{
    struct termios now;

    for (int waited = 0; waited < PATIENCE_MS; waited += 20) {
        struct pollfd master = {.fd = session->master, .events = POLLIN};

        while (poll(&master, 1, 0) > 0 && copy_output(session))
            continue;
        if (tcgetattr(session->slave, &now) == 0 && same_settings(before, &now))
            return;
        usleep(20000);
    }
}

static int usage(void)
{
    fputs("usage: pty [--at TEXT ACTION]... COMMAND [ARGUMENTS...]\n"
          "actions: ctrl-c leave hangup term kill type:KEYS resize\n",
          stderr);
    return 99;
}

int main(int argc, char **argv)
{
    static struct session session;
    const struct winsize size = {.ws_row = 24, .ws_col = 80};
    struct termios before, after;
    int first = 1, status;

    session.at = argv + 1;
    while (argc > first + 3 && strcmp(argv[first], "--at") == 0) {
        session.at_count++;
        first += 3;
    }
    if (first >= argc)
        return usage();
    if (openpty(&session.master, &session.slave, NULL, NULL, &size) < 0 ||
        tcgetattr(session.slave, &before) < 0) {
        perror("pty: openpty");
        return 99;
    }
    session.child = fork();
    if (session.child == 0) {
        close(session.master);
        login_tty(session.slave);
        signal(SIGINT, SIG_DFL); /* a shell's background jobs ignore both */
        signal(SIGQUIT, SIG_DFL);
        execvp(argv[first], argv + first);
        perror(argv[first]);
        _exit(127);
    }
    status = follow(&session);
    if (session.killed)
        wait_for_settings(&session, &before);
    if (session.slave >= 0 && tcgetattr(session.slave, &after) == 0)
        fprintf(stderr, "terminal: %s\n", same_settings(&before, &after) ? "same" : "changed");
    if (status == -1)
        return 99;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
