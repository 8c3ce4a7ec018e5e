/*
 * init.h: the first process of a container: it makes the container from within, gives up the rights
 * that it needed for that, starts the program, and then only reaps and passes on signals.
 *
 * As process 1 it inherits every orphan, and when it ends, the kernel kills all that are left.
 */
#ifndef TRIVIUM_CTR_INIT_H
#define TRIVIUM_CTR_INIT_H

#include <signal.h>

#include "ctr/container.h"

/*
 * `go`: a pipe; a byte comes when ids are in place, its end when the runner is
 * dead, who keeps the other end open. `channel`: a socket for terminal_make(); -1: the program gets
 * no terminal. `mask`: the signals that the program shall have blocked. Ends
 * the process: with the program's status, or 125 and the report's err.
 */
_Noreturn void init_run(struct container *container, int go, int channel, const sigset_t *mask);

#endif
