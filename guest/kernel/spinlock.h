/* A lock that is waited for by trying again.
 *
 * Interrupts are off in the kernel, so holding one keeps the processor. Nobody sleeps with a
 * spinlock held; wait_sleep() lets go of the one it is given. Order where two are held at once:
 * a lock of files or devices, then the scheduler's (process.h), then the page allocator's.
 */
#ifndef TRIVIUM_GUEST_KERNEL_SPINLOCK_H
#define TRIVIUM_GUEST_KERNEL_SPINLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct cpu;

struct spinlock {
    uint32_t held;     /* 0 or 1; changed by atomic exchange only */
    struct cpu *owner; /* who holds it; written by the owner */
    const char *name;  /* for panic */
};

#define SPINLOCK_INIT(text) \
    {                       \
        .name = (text)      \
    }

void spin_init(struct spinlock *lock, const char *name);
void spin_lock(struct spinlock *lock);
void spin_unlock(struct spinlock *lock);

/* Whether this processor holds the lock: for require(). */
bool spin_held(const struct spinlock *lock);

#endif
