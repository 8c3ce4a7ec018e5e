/* Signals, as far as this library goes: send one, ignore one, or let it do what it does by default.
 * There are no handlers. */
#ifndef TRIVIUM_GUEST_LIB_SIGNAL_H
#define TRIVIUM_GUEST_LIB_SIGNAL_H

#include <sys/types.h>

#define SIGHUP  1
#define SIGINT  2
#define SIGQUIT 3
#define SIGABRT 6
#define SIGKILL 9
#define SIGSEGV 11
#define SIGPIPE 13
#define SIGTERM 15
#define SIGCHLD 17

#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)
#define SIG_ERR ((void (*)(int)) - 1)

/* Returns what was set before. Any action but SIG_DFL and SIG_IGN is EINVAL. */
void (*signal(int number, void (*action)(int)))(int);

int kill(pid_t pid, int number);

#endif
