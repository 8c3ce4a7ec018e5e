/* Processes: made by fork, ended by exit, buried by wait.
 *
 * Not here: what they run (exec.c), their memory (space.c), their turn (sched.c).
 */
#include "guest/kernel/process_new.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/boot.h"
#include "guest/kernel/cpu.h"
#include "guest/kernel/observe.h"
#include "guest/kernel/page.h"
#include "guest/kernel/sched.h"
#include "guest/kernel/spare.h"

#include <machine/frame.h>
#include <machine/memory.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

enum {
    HASH_SIZE = 256,
    PROCESS_PAGES = 2,   /* struct process and the kernel stack */
    STACK_UNUSED = 0x5a, /* in DEBUG kernels: a byte of a stack that was never written */
};

/* At the far end of each kernel stack. */
static const uint64_t stack_mark = 0x6b63617473444e45; /* "ENDstack" */

/* All fields under the scheduler's lock. */
static struct {
    struct process *first; /* in order of pid */
    struct process *last;
    struct process *hash[HASH_SIZE];
    int32_t last_pid;
    uint64_t count;
    uint64_t peak;
    uint64_t stack_peak; /* in DEBUG kernels: bytes that any of them used of its kernel stack */
} processes;

_Static_assert(sizeof(struct process) <= PAGE_SIZE, "a process is one page");

const struct observe_processes observe_processes = {
    .magic = OBSERVE_MAGIC,
    .map = KERNEL_MAP,
    .first = (uint64_t)&processes.first,
    .next = offsetof(struct process, all_next),
    .pid = offsetof(struct process, pid),
    .name = offsetof(struct process, name),
    .state = offsetof(struct process, state),
    .parent = offsetof(struct process, parent),
    .status = offsetof(struct process, exit_status),
};

static struct process **hash_link(int32_t pid)
{
    return &processes.hash[(uint32_t)pid % HASH_SIZE];
}

struct process *process_find(int32_t pid)
{
    sched_require_locked();
    struct process *process = *hash_link(pid);
    while (process && process->pid != pid)
        process = process->hash_next;
    return process;
}

struct process *process_after(const struct process *process)
{
    sched_require_locked();
    return process ? process->all_next : processes.first;
}

uint64_t process_peak(void)
{
    return __atomic_load_n(&processes.peak, __ATOMIC_RELAXED);
}

static void take_pid(struct process *process)
{
    do
        processes.last_pid = processes.last_pid == INT_MAX ? 1 : processes.last_pid + 1;
    while (process_find(processes.last_pid));
    process->pid = processes.last_pid;
}

/* Gives the process a pid and makes it known. */
static void enlist(struct process *process)
{
    sched_require_locked();
    take_pid(process);
    struct process **link = hash_link(process->pid);
    process->hash_next = *link;
    *link = process;

    /* The highest pid of all, as a rule. */
    struct process *before = processes.last;
    while (before && before->pid > process->pid)
        before = before->all_previous;
    process->all_previous = before;
    process->all_next = before ? before->all_next : processes.first;
    *(before ? &before->all_next : &processes.first) = process;
    *(process->all_next ? &process->all_next->all_previous : &processes.last) = process;

    if (++processes.count > processes.peak)
        __atomic_store_n(&processes.peak, processes.count, __ATOMIC_RELAXED);
}

static void delist(struct process *process)
{
    struct process **link = hash_link(process->pid);
    while (*link != process)
        link = &(*link)->hash_next;
    *link = process->hash_next;
    *(process->all_previous ? &process->all_previous->all_next : &processes.first) =
        process->all_next;
    *(process->all_next ? &process->all_next->all_previous : &processes.last) =
        process->all_previous;
    processes.count--;
}

static void child_add(struct process *parent, struct process *child)
{
    child->parent = parent;
    child->sibling_previous = NULL;
    child->sibling_next = parent->children;
    if (child->sibling_next)
        child->sibling_next->sibling_previous = child;
    parent->children = child;
}

static void child_remove(struct process *child)
{
    if (child->sibling_previous)
        child->sibling_previous->sibling_next = child->sibling_next;
    else
        child->parent->children = child->sibling_next;
    if (child->sibling_next)
        child->sibling_next->sibling_previous = child->sibling_previous;
    child->parent = NULL;
}

/* Memory for a process, which starts in function(); NULL if there is not enough. */
static struct process *process_new(void (*function)(void))
{
    if (!spare_reserve(PROCESS_PAGES))
        return NULL;
    struct process *process = page_alloc(PAGE_ZEROED);
    process->stack = page_alloc(PAGE_AS_IS);
    if (KERNEL_DEBUG)
        memset(process->stack, STACK_UNUSED, PAGE_SIZE);
    memcpy(process->stack, &stack_mark, sizeof(stack_mark));
    uint8_t *top = process->stack + PAGE_SIZE - sizeof(struct trap_frame);
    process->frame = (struct trap_frame *)(void *)top;
    arch_context_init(&process->context, top, function);
    return process;
}

/* The opposite of process_new(). */
static void process_drop(struct process *process)
{
    page_put(process->stack);
    page_put(process);
    memory_release(PROCESS_PAGES);
}

/* Notes how deep a stack was used, which shows in the bytes that were never written. */
static void note_stack(const struct process *process)
{
    uint64_t unused = sizeof(stack_mark);
    while (unused < PAGE_SIZE && process->stack[unused] == STACK_UNUSED)
        unused++;
    if (PAGE_SIZE - unused > processes.stack_peak)
        processes.stack_peak = PAGE_SIZE - unused;
}

uint64_t process_stack_peak(void)
{
    return processes.stack_peak;
}

bool process_stack_overflowed(const struct process *process)
{
    return memcmp(process->stack, &stack_mark, sizeof(stack_mark)) != 0;
}

void process_free(struct process *process)
{
    sched_require_locked();
    require(process->state == PROCESS_DEAD && !process->children && !process->parent);
    if (KERNEL_DEBUG)
        note_stack(process);
    delist(process);
    process_drop(process);
}

struct process *process_first(void (*function)(void))
{
    struct process *process = process_new(function);
    if (!process)
        panic("there is no memory for the first process");
    memcpy(process->name, "init", sizeof("init"));
    sched_lock();
    enlist(process);
    sched_unlock();
    return process;
}

/* Where a forked child starts, on its own kernel stack. */
static void child_start(void)
{
    sched_begin();
    arch_return_to_user(process_current()->frame);
}

int64_t process_fork(void)
{
    struct process *parent = process_current();
    struct process *child = process_new(child_start);
    if (!child)
        return -ENOMEM;
    int result = space_fork(&child->space, &parent->space);
    if (result < 0) {
        process_drop(child);
        return result;
    }
    memcpy(child->name, parent->name, sizeof(child->name));
    *child->frame = *parent->frame;
    arch_frame_set_result(child->frame, 0);
    files_fork(&child->files, &parent->files);

    sched_lock();
    child->signals_ignored = parent->signals_ignored;
    enlist(child);
    child_add(parent, child);
    int32_t pid = child->pid;
    /* The child first: it most often calls exec or exits soon, and the parent need not copy the
     * pages that both still share. */
    sched_run_instead(child);
    sched_unlock();
    return pid;
}

/* The children of a process that ends: nobody will wait for them. */
static void orphan_children(struct process *parent)
{
    while (parent->children) {
        struct process *child = parent->children;
        child_remove(child);
        if (child->state == PROCESS_ZOMBIE) {
            child->state = PROCESS_DEAD;
            process_free(child);
        }
    }
}

void process_exit(int32_t status)
{
    struct process *self = process_current();
    files_exit(&self->files);
    arch_space_load(NULL);
    if (!spare_keep(&self->space))
        space_fini(&self->space);
    if (self->pid == 1)
        process_first_ended(status);

    sched_lock();
    orphan_children(self);
    self->exit_status = status;
    struct process *parent = self->parent;
    if (parent && parent->signals_ignored & (uint64_t)1 << (SIGCHLD - 1)) {
        /* It has said that it does not want to know. It may wait for the last of them, though. */
        child_remove(self);
    }
    self->state = self->parent ? PROCESS_ZOMBIE : PROCESS_DEAD;
    if (parent)
        sched_wake_queue(&parent->child_ended);
    sched_leave();
    panic("a process that has ended runs");
}

/* Takes one child that has ended from its parent. Returns its pid, 0 if none has, or -ECHILD. */
static int64_t bury_child(struct process *parent, int32_t wanted, int32_t *status)
{
    bool exists = false;
    for (struct process *child = parent->children; child; child = child->sibling_next) {
        if (wanted != -1 && child->pid != wanted)
            continue;
        exists = true;
        if (child->state == PROCESS_ZOMBIE) {
            int32_t pid = child->pid;
            *status = child->exit_status;
            child_remove(child);
            child->state = PROCESS_DEAD;
            process_free(child);
            return pid;
        }
    }
    return exists ? 0 : -ECHILD;
}

int64_t process_wait(int32_t wanted, bool hang, int32_t *status)
{
    struct process *self = process_current();
    sched_lock();
    int64_t result = bury_child(self, wanted, status);
    while (result == 0 && hang) {
        result = sched_sleep(&self->child_ended, true);
        if (result == 0)
            result = bury_child(self, wanted, status);
    }
    sched_unlock();
    return result;
}

/* As /proc/N/stat calls them. */
static char state_letter(enum process_state state)
{
    switch (state) {
    case PROCESS_RUNNABLE:
    case PROCESS_RUNNING: return 'R';
    case PROCESS_SLEEPING: return 'S';
    case PROCESS_STOPPED: return 'T';
    case PROCESS_ZOMBIE:
    case PROCESS_DEAD: return 'Z';
    }
    panic("state %d", (int)state);
}

/* With the lock: the first process whose pid is at least this. */
static struct process *find_from(int32_t pid)
{
    struct process *process = process_find(pid);
    if (process)
        return process;
    /* Who asks for one after the other comes from a process that is there. */
    process = process_find(pid - 1);
    if (!process)
        process = processes.first;
    while (process && process->pid < pid)
        process = process->all_next;
    return process;
}

bool process_info(int32_t pid, struct process_info *info)
{
    sched_lock();
    const struct process *process = find_from(pid);
    if (process) {
        *info = (struct process_info){
            .pid = process->pid,
            .parent = process->parent     ? process->parent->pid
                      : process->pid == 1 ? 0
                                          : 1,
            .state = state_letter(process->state),
            .ticks = process->run_ticks,
            .bytes = space_size(&process->space),
            .large = space_large_size(&process->space),
        };
        memcpy(info->name, process->name, sizeof(info->name));
    }
    sched_unlock();
    return process != NULL;
}
