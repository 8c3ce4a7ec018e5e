/* Making and burying processes: what scheduler, exec and start-up share. process.h is for the rest.
 */
#ifndef TRIVIUM_GUEST_KERNEL_PROCESS_NEW_H
#define TRIVIUM_GUEST_KERNEL_PROCESS_NEW_H

#include "guest/kernel/process.h"

/* Makes the first process, without an address space; it starts in function(). Panics if there is no
 * memory for it. It still has to be enqueued. */
struct process *process_first(void (*function)(void));

/* With the scheduler's lock: gives back a process that has ended and left its stack. */
void process_free(struct process *process);

/* Whether the kernel has used more stack than there is. */
bool process_stack_overflowed(const struct process *process);

/* The clone system call, as far as it is fork: returns the child's pid, or -ENOMEM. */
int64_t process_fork(void);

/* wait4: the pid of a child that has ended, 0 if none has yet and `hang` is false, -ECHILD, -EINTR.
 * wanted: its pid, or -1 for any child. *status: how it ended. */
int64_t process_wait(int32_t wanted, bool hang, int32_t *status);

/* With the scheduler's lock: NULL if there is none; processes that have ended are found, too. */
struct process *process_find(int32_t pid);
/* With the scheduler's lock: all processes; NULL after the last. */
struct process *process_after(const struct process *process);

/* Replaces the program of the current process. `space` is where path, argv and envp (addresses of
 * pointers) are read from; NULL: kernel memory. Returns 0 with a fresh frame, or -errno with
 * nothing changed. */
int64_t process_exec(struct space *space, uint64_t path, uint64_t argv, uint64_t envp);

/* Delivers what signals the current process has: it ends, or stops until it is continued, or goes
 * on. */
void signal_deliver(void);

/* rt_sigaction, for the current process: whether it ignores a signal. Returns 0 or -EINVAL. */
int64_t signal_set_ignored(int number, bool ignored);
bool signal_is_ignored(int number);

/* The first process has ended, its files and memory are given back: ends the machine (main.c). */
_Noreturn void process_first_ended(int32_t status);

#endif
