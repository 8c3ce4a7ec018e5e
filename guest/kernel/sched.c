/* The scheduler: a queue of those that could run, first come, first served, for a slice of time
 * each.
 *
 * A slice ends only for somebody who waits: while the queue is empty no timer interrupts a process,
 * for an interrupt can cost as much as all else that the kernel does for it. So who enqueues sets
 * the timer of its own processor, and the first slice that ends there calls the other processors.
 *
 * A process that leaves switches straight to the next one's stack; if there is none, to the idle
 * context of its processor, which waits for interrupts. Whoever makes a process runnable wakes one
 * waiting processor for it.
 * Read next: arch/rv64/switch.S
 */
#include "guest/kernel/sched.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/boot.h"
#include "guest/kernel/cpu.h"
#include "guest/kernel/observe.h"
#include "guest/kernel/process_new.h"
#include "guest/kernel/spinlock.h"

#include <machine/memory.h>

#include <errno.h>
#include <stddef.h>

enum { SLICES_PER_SECOND = 100, GIVEN_MOST = 64 };

/* All fields under the lock. */
static struct {
    struct spinlock lock;
    struct wait_queue runnable;
    struct process *alarms; /* in order of time */
    struct cpu *cpus[CPUS_MAX];
    size_t cpu_count;
    uint64_t given; /* turns that were given to a child */
} sched = {.lock = SPINLOCK_INIT("scheduler")};

const struct observe_cpus observe_cpus = {
    .magic = OBSERVE_MAGIC,
    .map = KERNEL_MAP,
    .cpus = (uint64_t)sched.cpus,
    .count = (uint64_t)&sched.cpu_count,
    .hardware = offsetof(struct cpu, hardware),
    .current = offsetof(struct cpu, current),
};

void sched_lock(void)
{
    spin_lock(&sched.lock);
}

void sched_unlock(void)
{
    spin_unlock(&sched.lock);
}

void sched_require_locked(void)
{
    require(spin_held(&sched.lock));
}

struct process *process_current(void)
{
    return cpu_this()->current;
}

void sched_cpu_init(struct cpu *cpu)
{
    sched_lock();
    require(sched.cpu_count < CPUS_MAX);
    cpu->timer = UINT64_MAX;
    cpu->index = (uint32_t)sched.cpu_count;
    sched.cpus[sched.cpu_count++] = cpu;
    sched_unlock();
}

/* Queues: a process is in at most one, so the links are in it. */

static void queue_append(struct wait_queue *queue, struct process *process)
{
    process->queue_next = NULL;
    process->queue_previous = queue->last;
    if (queue->last)
        queue->last->queue_next = process;
    else
        queue->first = process;
    queue->last = process;
}

static void queue_prepend(struct wait_queue *queue, struct process *process)
{
    process->queue_previous = NULL;
    process->queue_next = queue->first;
    if (queue->first)
        queue->first->queue_previous = process;
    else
        queue->last = process;
    queue->first = process;
}

static void queue_remove(struct wait_queue *queue, struct process *process)
{
    if (process->queue_previous)
        process->queue_previous->queue_next = process->queue_next;
    else
        queue->first = process->queue_next;
    if (process->queue_next)
        process->queue_next->queue_previous = process->queue_previous;
    else
        queue->last = process->queue_previous;
}

/* Alarms. */

static void alarm_add(struct process *process, uint64_t ticks)
{
    struct process **link = &sched.alarms;
    while (*link && (*link)->alarm <= ticks)
        link = &(*link)->alarm_next;
    process->alarm = ticks;
    process->alarm_set = true;
    process->alarm_next = *link;
    *link = process;
}

static void alarm_remove(struct process *process)
{
    struct process **link = &sched.alarms;
    while (*link != process)
        link = &(*link)->alarm_next;
    *link = process->alarm_next;
    process->alarm_set = false;
}

/* When the timer has to interrupt: when the turn of the current process ends, if another waits for
 * it, and when the first alarm is due. */
static uint64_t timer_due(const struct cpu *cpu)
{
    uint64_t due = cpu->current && sched.runnable.first ? cpu->slice_end : UINT64_MAX;
    return sched.alarms && sched.alarms->alarm < due ? sched.alarms->alarm : due;
}

/* Sees to it that the timer interrupts when it has to. One that comes too early does no harm, so it
 * is left as it is: setting it is a call to the firmware. */
static void timer_arm(struct cpu *cpu)
{
    uint64_t due = timer_due(cpu);
    if (due < cpu->timer) {
        cpu->timer = due;
        arch_timer_set(due);
    }
}

/* Finds a processor for who has just been enqueued: one that waits, or else this one when the turn
 * of its process is over. */
static void cpu_find(void)
{
    if (cpu_this()->waiting) {
        /* An interrupt woke this one, and that is where we are. */
        cpu_this()->waiting = false;
        return;
    }
    for (size_t i = 0; i < sched.cpu_count; i++) {
        struct cpu *cpu = sched.cpus[i];
        if (cpu->waiting) {
            cpu->waiting = false;
            arch_wake(cpu);
            return;
        }
    }
    timer_arm(cpu_this());
}

/* Calls the processors whose processes have run since nobody waited: no timer ends their turns. */
static void call_untimed(void)
{
    for (size_t i = 0; i < sched.cpu_count; i++) {
        struct cpu *cpu = sched.cpus[i];
        if (cpu != cpu_this() && cpu->current && cpu->timer > cpu->slice_end)
            arch_wake(cpu);
    }
}

size_t sched_cpu_count(void)
{
    sched_lock();
    size_t count = sched.cpu_count;
    sched_unlock();
    return count;
}

struct kernel_counts sched_counts(void)
{
    struct kernel_counts sum = {0};
    for (size_t i = 0; i < sched.cpu_count; i++) {
        sum.syscalls += sched.cpus[i]->counts.syscalls;
        sum.page_faults += sched.cpus[i]->counts.page_faults;
        sum.switches += sched.cpus[i]->counts.switches;
        sum.pages_copied += sched.cpus[i]->counts.pages_copied;
    }
    return sum;
}

void sched_enqueue(struct process *process)
{
    process->state = PROCESS_RUNNABLE;
    queue_append(&sched.runnable, process);
    cpu_find();
}

static struct process *take_runnable(void)
{
    struct process *process = sched.runnable.first;
    if (process)
        queue_remove(&sched.runnable, process);
    return process;
}

/* On the stack of who was switched to: what could not be done before the other stack was left. */
static void switch_end(void)
{
    struct cpu *cpu = cpu_this();
    struct process *previous = cpu->previous;
    cpu->previous = NULL;
    if (previous && previous->state == PROCESS_DEAD)
        process_free(previous);
}

/* Switches from the current process, or from idling, to a process or (NULL) to idling. */
static void switch_to(struct process *next)
{
    struct cpu *cpu = cpu_this();
    struct process *previous = cpu->current;
    uint64_t now = clock_ticks();
    struct context *from = previous ? &previous->context : &cpu->idle;

    if (previous) {
        previous->last_cpu = cpu;
        if (process_stack_overflowed(previous))
            panic("the kernel stack of process %d has overflowed", previous->pid);
        previous->run_ticks += now - previous->run_since;
    }
    cpu->previous = previous;
    cpu->current = next;
    if (next) {
        cpu->counts.switches++;
        next->state = PROCESS_RUNNING;
        next->run_since = now;
        cpu->slice_end = now + boot_get()->ticks_per_second / SLICES_PER_SECOND;
        timer_arm(cpu);
        /* Other processors may have written the code that it will execute here. */
        if (next->last_cpu != cpu)
            arch_code_changed();
    }
    arch_space_load(next && next->space.root ? &next->space : NULL);
    arch_switch(from, next ? &next->context : &cpu->idle);
    switch_end();
}

void sched_leave(void)
{
    sched_require_locked();
    switch_to(take_runnable());
}

/* Whether a process that gives its turn to its child is to be next, and not last. Then a tree of
 * forks grows branch by branch, and few of its processes live at once: good where each costs much,
 * but not fair to those who wait, who come first at every GIVEN_MOST-th fork. */
static bool is_next(void)
{
    return arch_tables_are_dear() && ++sched.given % GIVEN_MOST != 0;
}

void sched_run_instead(struct process *process)
{
    sched_require_locked();
    struct process *self = process_current();
    if (is_next()) {
        self->state = PROCESS_RUNNABLE;
        queue_prepend(&sched.runnable, self);
        cpu_find();
    } else {
        sched_enqueue(self);
    }
    switch_to(process);
}

void sched_begin(void)
{
    switch_end();
    sched_unlock();
}

void sched_idle(void)
{
    struct cpu *cpu = cpu_this();
    sched_lock();
    for (;;) {
        struct process *next = take_runnable();
        if (next) {
            switch_to(next);
            continue;
        }
        cpu->waiting = true;
        timer_arm(cpu);
        sched_unlock();
        arch_wait();
        sched_lock();
        cpu->waiting = false;
    }
}

void sched_wake(struct process *process)
{
    sched_require_locked();
    if (process->waits_in)
        queue_remove(process->waits_in, process);
    process->waits_in = NULL;
    if (process->alarm_set)
        alarm_remove(process);
    sched_enqueue(process);
}

void sched_wake_queue(struct wait_queue *queue)
{
    sched_require_locked();
    while (queue->first)
        sched_wake(queue->first);
}

int sched_sleep(struct wait_queue *queue, bool interruptible)
{
    sched_require_locked();
    struct process *self = process_current();
    if (interruptible && self->signals_pending)
        return -EINTR;
    self->state = PROCESS_SLEEPING;
    self->interruptible = interruptible;
    self->waits_in = queue;
    if (queue)
        queue_append(queue, self);
    sched_leave();
    return interruptible && self->signals_pending ? -EINTR : 0;
}

int sched_sleep_until(uint64_t ticks)
{
    alarm_add(process_current(), ticks);
    int result = sched_sleep(NULL, true);
    /* A signal that was there before the sleep has left the alarm behind. */
    if (process_current()->alarm_set)
        alarm_remove(process_current());
    return result;
}

int wait_sleep(struct wait_queue *queue, struct spinlock *lock)
{
    sched_lock();
    spin_unlock(lock);
    int result = sched_sleep(queue, true);
    sched_unlock();
    spin_lock(lock);
    return result;
}

void wait_sleep_surely(struct wait_queue *queue, struct spinlock *lock)
{
    sched_lock();
    spin_unlock(lock);
    sched_sleep(queue, false);
    sched_unlock();
    spin_lock(lock);
}

void wait_wake(struct wait_queue *queue)
{
    sched_lock();
    sched_wake_queue(queue);
    sched_unlock();
}

void sched_interrupt(const struct process *process)
{
    sched_require_locked();
    for (size_t i = 0; i < sched.cpu_count; i++) {
        struct cpu *cpu = sched.cpus[i];
        if (cpu != cpu_this() && cpu->current == process)
            arch_wake(cpu);
    }
}

/* The next one's turn, if there is one; the current process waits for another turn. */
static void rotate(void)
{
    struct process *self = process_current();
    struct process *next = take_runnable();
    if (!next)
        return;
    self->state = PROCESS_RUNNABLE;
    queue_append(&sched.runnable, self);
    switch_to(next);
}

void sched_yield_now(void)
{
    sched_lock();
    rotate();
    sched_unlock();
}

static bool turn_is_over(const struct cpu *cpu, uint64_t now)
{
    return cpu->current && sched.runnable.first && now >= cpu->slice_end;
}

void sched_timer(void)
{
    struct cpu *cpu = cpu_this();
    uint64_t now = clock_ticks();

    sched_lock();
    while (sched.alarms && sched.alarms->alarm <= now)
        sched_wake(sched.alarms);
    cpu->timer = UINT64_MAX;
    if (turn_is_over(cpu, now)) {
        call_untimed();
        rotate(); /* which sets the timer for the next turn */
    } else {
        /* In any case, even for never: until then the interrupt stays pending. */
        cpu->timer = timer_due(cpu);
        arch_timer_set(cpu->timer);
    }
    sched_unlock();
}

void sched_called(void)
{
    struct cpu *cpu = cpu_this();

    sched_lock();
    if (turn_is_over(cpu, clock_ticks()))
        rotate();
    else
        timer_arm(cpu);
    sched_unlock();
}
