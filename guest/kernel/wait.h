/* Waiting for something to happen: a queue of sleeping processes.
 *
 * The pattern is that of a condition variable. What is waited for is protected by a spinlock:
 *
 *   spin_lock(&pipe->lock);                              spin_lock(&pipe->lock);
 *   while (pipe_is_empty(pipe)) {                        pipe_put(pipe, byte);
 *       if (wait_sleep(&pipe->readers, &pipe->lock))     wait_wake(&pipe->readers);
 *           ... interrupted by a signal: unlock,         spin_unlock(&pipe->lock);
 *           ... return -EINTR
 *   }
 */
#ifndef TRIVIUM_GUEST_KERNEL_WAIT_H
#define TRIVIUM_GUEST_KERNEL_WAIT_H

#include "guest/kernel/kernel.h"

struct process;
struct spinlock;

/* All zeros is an empty queue. Owned by the scheduler's lock. */
struct wait_queue {
    struct process *first;
    struct process *last;
};

/* Sleeps until woken. Lets go of the lock meanwhile and holds it again at the end. Returns 0, or
 * -EINTR at once or later if a signal is to be delivered; the caller then gives up. */
int wait_sleep(struct wait_queue *queue, struct spinlock *lock);

/* The same, without regard to signals: for what is sure to happen soon, as a disk's answer. */
void wait_sleep_surely(struct wait_queue *queue, struct spinlock *lock);

/* Wakes all that sleep in the queue. Also from interrupt handlers. */
void wait_wake(struct wait_queue *queue);

#endif
