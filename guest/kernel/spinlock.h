/* A lock that is waited for by trying again.
 *
 * Interrupts are off in the kernel, so holding one keeps the processor. Nobody sleeps with a
 * spinlock held; wait_sleep() lets go of the one it is given. Order where two are held at once:
 * a lock of files or devices, then the scheduler's (process.h), then the page allocator's.
 */
#ifndef TRIVIUM_GUEST_KERNEL_SPINLOCK_H
#define TRIVIUM_GUEST_KERNEL_SPINLOCK_H

#include <machine/cpu.h>

#include "guest/kernel/kernel.h"

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

/* Parts of what follows that are seldom needed. */
void spin_wait(struct spinlock *lock);
_Noreturn void spin_misused(const struct spinlock *lock, const char *how);

/* Whether this processor holds the lock: for require(). */
static inline bool spin_held(const struct spinlock *lock)
{
    return __atomic_load_n(&lock->held, __ATOMIC_RELAXED) &&
           __atomic_load_n(&lock->owner, __ATOMIC_RELAXED) == cpu_this();
}

static inline void spin_lock(struct spinlock *lock)
{
    if (spin_held(lock))
        spin_misused(lock, "is taken twice");
    if (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE))
        spin_wait(lock);
    __atomic_store_n(&lock->owner, cpu_this(), __ATOMIC_RELAXED);
}

static inline void spin_unlock(struct spinlock *lock)
{
    if (!spin_held(lock))
        spin_misused(lock, "is not ours");
    __atomic_store_n(&lock->owner, NULL, __ATOMIC_RELAXED);
    __atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}

#endif
