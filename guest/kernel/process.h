/* A process, and the scheduler's view of it.
 *
 * struct process is one page of its own; its kernel stack is another. Who may touch a field stands
 * beside it:
 *   own    only the process itself, or whoever makes or buries it
 *   sched  with the scheduler's lock held
 *
 *            process_fork                     schedule
 *   (new) ----------------> RUNNABLE <------------------------> RUNNING
 *                              ^   wait_wake, signal_send        |   |
 *                              +------------------ SLEEPING <----+   | process_exit
 *                              +------------------ STOPPED  <----+   v
 *                                                                  ZOMBIE ---> (wait4 frees it)
 */
#ifndef TRIVIUM_GUEST_KERNEL_PROCESS_H
#define TRIVIUM_GUEST_KERNEL_PROCESS_H

#include "guest/kernel/file.h"
#include "guest/kernel/space.h"
#include "guest/kernel/wait.h"

#include <machine/context.h>

struct cpu;
struct trap_frame;

enum process_state {
    PROCESS_RUNNABLE, /* this order is read from outside: observe.h */
    PROCESS_RUNNING,
    PROCESS_SLEEPING,
    PROCESS_STOPPED,
    PROCESS_ZOMBIE, /* ended, and its parent does not know yet */
    PROCESS_DEAD,   /* ended, and nobody will ask */
};

enum { PROCESS_NAME_SIZE = 16 };

struct process {
    int32_t pid;                  /* constant */
    char name[PROCESS_NAME_SIZE]; /* own; the program's file name, for /proc; sched for others */

    enum process_state state;    /* sched */
    bool interruptible;          /* sched: a signal ends its sleep */
    struct wait_queue *waits_in; /* sched: where it sleeps, or NULL */
    struct process *queue_next;  /* sched: in the run queue or a wait queue */
    struct process *queue_previous;
    uint64_t alarm; /* sched: clock ticks at which its sleep ends, if alarm_set */
    bool alarm_set;
    struct process *alarm_next; /* sched: the next later alarm */

    struct process *parent;       /* sched; NULL for the first, and for orphans */
    struct process *children;     /* sched */
    struct process *sibling_next; /* sched */
    struct process *sibling_previous;
    struct wait_queue child_ended; /* where it waits for them */
    int32_t exit_status;           /* sched: as wait4 shows it, once it has ended */

    struct process *all_next; /* sched: all processes in order of pid */
    struct process *all_previous;
    struct process *hash_next; /* sched: those whose pid has the same hash */

    uint64_t signals_pending; /* sched; bit n - 1 is signal n */
    uint64_t signals_ignored; /* sched */

    struct context context;   /* sched: where it goes on when it is switched to */
    uint8_t *stack;           /* constant: its kernel stack, a page */
    struct trap_frame *frame; /* constant: its registers as a program, on that stack */
    struct cpu *last_cpu;     /* sched: where it ran before */
    uint64_t sleep_until;     /* own: clock ticks; not 0 in a nanosleep that was interrupted */
    uint64_t run_since;       /* own: clock ticks when it was switched to last */
    uint64_t run_ticks;       /* own: time on processors before that */

    struct space space; /* own */
    struct files files; /* own: descriptors and current folder (file.h) */
};

/* The process that runs on this processor; never NULL in a system call. */
struct process *process_current(void);

/* What /proc and reports want to know. */
struct process_info {
    int32_t pid;
    int32_t parent; /* 0: none */
    char state;     /* R S T Z, as in /proc/N/stat */
    char name[PROCESS_NAME_SIZE];
    uint64_t ticks; /* time on processors, in clock ticks */
    uint64_t bytes; /* size of its address space */
    uint64_t large; /* of them, bytes of large pages */
};

/* Describes the process with the smallest pid that is at least `pid`. Returns false if there is
 * none. */
bool process_info(int32_t pid, struct process_info *info);

/* Ends the current process; wait4 shows status (sys/wait.h of the C library draws it). */
_Noreturn void process_exit(int32_t status);

/* Sends a signal to one process; to all (there is one process group, that of the console, so this
 * is what Ctrl-C does); to all but the first and the current process. Returns 0, -ESRCH or -EINVAL.
 * Signal 0 only asks whether there is somebody. The first two may be called by interrupt handlers.
 */
int signal_send(int32_t pid, int number);
int signal_send_all(int number);
int signal_send_others(int number);

/* Whether the current process has a signal that is not ignored: a long loop in the kernel ends
 * then. */
bool signal_is_pending(void);

/* How many processes there were at most at once; and, in DEBUG kernels, how many bytes of its
 * kernel stack any of those that have ended has used, of a page. */
uint64_t process_peak(void);
uint64_t process_stack_peak(void);

#endif
