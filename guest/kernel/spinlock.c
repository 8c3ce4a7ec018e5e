/* Spinlocks: an atomic exchange, tried until it finds 0. */
#include "guest/kernel/spinlock.h"

#include "guest/kernel/kernel.h"

#include <machine/cpu.h>

void spin_init(struct spinlock *lock, const char *name)
{
    *lock = (struct spinlock){.name = name};
}

bool spin_held(const struct spinlock *lock)
{
    return __atomic_load_n(&lock->held, __ATOMIC_RELAXED) &&
           __atomic_load_n(&lock->owner, __ATOMIC_RELAXED) == cpu_this();
}

void spin_lock(struct spinlock *lock)
{
    if (spin_held(lock))
        panic("the lock of %s is taken twice", lock->name);
    while (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE)) {
        /* Reading alone leaves the line shared, until it is worth another try. */
        while (__atomic_load_n(&lock->held, __ATOMIC_RELAXED))
            cpu_relax();
    }
    __atomic_store_n(&lock->owner, cpu_this(), __ATOMIC_RELAXED);
}

void spin_unlock(struct spinlock *lock)
{
    if (!spin_held(lock))
        panic("the lock of %s is not ours", lock->name);
    __atomic_store_n(&lock->owner, NULL, __ATOMIC_RELAXED);
    __atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}
