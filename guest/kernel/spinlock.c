/* Spinlocks: what is not inline. */
#include "guest/kernel/spinlock.h"

void spin_init(struct spinlock *lock, const char *name)
{
    *lock = (struct spinlock){.name = name};
}

void spin_wait(struct spinlock *lock)
{
    do {
        /* Reading alone leaves the line shared, until it is worth another try. */
        while (__atomic_load_n(&lock->held, __ATOMIC_RELAXED))
            cpu_relax();
    } while (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE));
}

void spin_misused(const struct spinlock *lock, const char *how)
{
    panic("the lock of %s %s", lock->name, how);
}
