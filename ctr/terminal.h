/*
 * terminal.h: a terminal of the container's own, and its tie to the one that Trivium runs on.
 *
 *     your terminal, raw <--> runner (relay) <--> master | slave: 0, 1, 2 of the program
 *
 * The pair is made in the container, from its own /dev/pts, and the master is handed to the runner.
 * So the program has no descriptor of a file of the host's, keys that mean a signal mean it to the
 * container's processes, and what is typed into its terminal never reaches yours.
 *
 * Your terminal's settings are put back by the runner, or, should that be killed, by the supervisor
 * (lib/supervise.h); if the supervisor is killed, the runner is told by a signal.
 *
 * Source: pty(7), TIOCGPTPEER in ioctl_tty(2).
 */
#ifndef TRIVIUM_CTR_TERMINAL_H
#define TRIVIUM_CTR_TERMINAL_H

#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

#include "ctr/step.h"
#include "lib/err.h"

/* Whether standard input is a terminal that is ours to use. */
int terminal_check(struct err *err);

/* In init: makes the pair, in the size of standard input, owned by that user; sends the master
 * through the socket `runner`. Answers the slave. */
int terminal_make(int runner, uid_t owner, struct steps *steps, struct err *err);

/* In the program's process: a session with that terminal, which becomes descriptors 0 to 2. */
int terminal_enter(int slave, struct err *err);

/* Bytes on their way. */
struct pump {
    char bytes[2048];
    size_t from, to;
};

/* In the runner. */
struct relay {
    int channel; /* the other end of init's socket; -1: no relay, or init has sent the master */
    int master;  /* -1: not there yet, or no more */
    bool raw;    /* `settings` are to be put back */
    struct termios settings;
    struct pump typed, shown;
};

#define RELAY_FDS 4

/* `channel` is taken over; -1: there is no terminal, and the other functions do nothing. */
void relay_init(struct relay *relay, int channel);

/* What to wait for, and what to do when the waiting is over. */
void relay_wait_for(const struct relay *relay, struct pollfd fds[RELAY_FDS]);
void relay_move(struct relay *relay, const struct pollfd fds[RELAY_FDS]);

/* Your terminal has another size, or another program had it in between. */
void relay_renew(struct relay *relay);

/* Shows what is left, and puts the terminal's settings back. */
void relay_fini(struct relay *relay);

#endif
