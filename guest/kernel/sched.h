/* The scheduler: who runs where, who waits, who is to be woken when. wait.h is its face for
 * drivers.
 *
 * One lock protects the run queue, the wait queues, the alarms and the tree of processes. It is
 * held across a switch: taken by who leaves, let go by who comes.
 */
#ifndef TRIVIUM_GUEST_KERNEL_SCHED_H
#define TRIVIUM_GUEST_KERNEL_SCHED_H

#include "guest/kernel/process.h"

void sched_lock(void);
void sched_unlock(void);
void sched_require_locked(void);

/* Makes a processor known, and idles on it for ever, running what there is to run. */
void sched_cpu_init(struct cpu *cpu);
_Noreturn void sched_idle(void);

/* The first thing a new process does on its own stack: ends the switch to it and unlocks. */
void sched_begin(void);

/* All of these with the lock held. */

/* Appends a process to the run queue, and wakes a processor that has nothing to do. */
void sched_enqueue(struct process *process);
/* Leaves the processor to others, until somebody enqueues the current process, whose state the
 * caller has changed. */
void sched_leave(void);
/* Enqueues the current process and runs another at once. */
void sched_run_instead(struct process *process);
/* Sleeps in a queue (NULL: in none). Returns 0 or -EINTR; see wait_sleep(). */
int sched_sleep(struct wait_queue *queue, bool interruptible);
/* Sleeps until a time in clock ticks. Returns 0 or -EINTR. */
int sched_sleep_until(uint64_t ticks);
/* Ends a process's sleep, for whatever reason. */
void sched_wake(struct process *process);
void sched_wake_queue(struct wait_queue *queue);
/* Has a process that runs on another processor enter the kernel, where it sees its signals. */
void sched_interrupt(const struct process *process);

/* Without the lock: */

/* What all processors have counted. One that is counting meanwhile may be a little behind. */
struct kernel_counts sched_counts(void);
/* How many processors there are, by now. */
size_t sched_cpu_count(void);

/* Lets the others have their turn. */
void sched_yield_now(void);
/* A timer interrupt: alarms, and the end of a time slice. */
void sched_timer(void);
/* An interrupt by another processor, which has called arch_wake(). */
void sched_called(void);

#endif
