/* The start of the kernel, the first process, and the end of the machine.
 *
 * Read next: arch/rv64/start.S (what came before), exec.c, sched.c
 */
#include "guest/kernel/main.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/batch.h"
#include "guest/kernel/boot.h"
#include "guest/kernel/clock.h"
#include "guest/kernel/cpu.h"
#include "guest/kernel/irq.h"
#include "guest/kernel/page.h"
#include "guest/kernel/process_new.h"
#include "guest/kernel/random.h"
#include "guest/kernel/sched.h"
#include "guest/kernel/spare.h"

#include <string.h>
#include <sys/wait.h>

/* Written by the first process as it starts, constant from then on. */
static struct {
    uint64_t free_before_init; /* pages */
    uint64_t
        ticks_boot; /* from the kernel's first instructions to the execve of the first program */
    uint64_t ticks_program; /* and to the program's first instruction */
} at_boot;

/* The vectors of the first program, in a page of their own. */
struct init_vectors {
    const char *argv[BOOT_WORDS_MAX + 2];
    const char *envp[64];
};

_Static_assert(sizeof(struct init_vectors) <= PAGE_SIZE, "they are one page");

/* NAME=VALUE where NAME begins with a capital letter. */
static bool is_environment(const char *word)
{
    return word[0] >= 'A' && word[0] <= 'Z' && strchr(word, '=');
}

static void collect_vectors(struct init_vectors *vectors, const char *path)
{
    const struct boot *boot = boot_get();
    size_t argc = 0;
    size_t envc = 0;
    vectors->argv[argc++] = path;
    for (size_t i = boot->argument_start; i < boot->word_count; i++)
        vectors->argv[argc++] = boot->words[i];

    vectors->envp[envc++] = "PATH=/bin";
    vectors->envp[envc++] = "HOME=/";
    for (size_t i = 0; i < boot->argument_start; i++) {
        if (is_environment(boot->words[i]) && envc < ARRAY_SIZE(vectors->envp) - 1)
            vectors->envp[envc++] = boot->words[i];
    }
}

/* The first process starts here, in the kernel: it executes its program as any process would. */
static void init_start(void)
{
    sched_begin();
    struct process *self = process_current();
    at_boot.free_before_init = memory_state().free;
    if (space_init(&self->space) < 0)
        panic("there is no memory for the first process");
    const char *path = boot_word("init=");
    if (!path)
        path = "/bin/sh";
    if (files_init(&self->files) < 0 || !memory_reserve(1))
        panic("the first process has no console");
    struct init_vectors *vectors = page_alloc(PAGE_ZEROED);
    collect_vectors(vectors, path);
    at_boot.ticks_boot = clock_ticks() - boot_get()->start;
    int64_t result =
        process_exec(NULL, (uintptr_t)path, (uintptr_t)vectors->argv, (uintptr_t)vectors->envp);
    page_put(vectors);
    memory_release(1);
    if (result < 0) {
        printk("kernel: cannot execute the first program, %s: error %ld\n", path, -result);
        arch_power_off(result == -2 ? 127 : 126);
    }
    at_boot.ticks_program = clock_ticks() - boot_get()->start;
    arch_return_to_user(self->frame);
}

/* For whoever looks at the machine's memory when it is off: Trivium finds it by this name.
 */
struct kernel_report kernel_report;

/* The machine's exit status, as a shell would say it. */
static int machine_status(int32_t status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void process_first_ended(int32_t status)
{
    if (boot_word("report")) {
        spare_drop_all();
        struct memory_state memory = memory_state();
        printk(
            "kernel: at most %lu processes at once; free pages: %lu before the first, %lu after\n",
            process_peak(), at_boot.free_before_init, memory.free);
        printk("kernel: %lu ticks of the clock from the start to the first program, %lu to its "
               "execve\n",
               at_boot.ticks_program, at_boot.ticks_boot);
        if (KERNEL_DEBUG)
            printk("kernel: at most %lu bytes of a kernel stack used\n", process_stack_peak());
    }
    kernel_report = (struct kernel_report){
        .counts = sched_counts(),
        .processors = sched_cpu_count(),
        .memory = memory_state().total * PAGE_SIZE,
    };
    arch_power_off(machine_status(status));
}

void kernel_main(struct cpu *cpu)
{
    sched_cpu_init(cpu);
    const char *ram = boot_word("ram=");
    if (ram && strcmp(ram, "zero") == 0)
        memory_is_zeroed();
    memory_ready();
    clock_boot();
    batch_boot();
    random_init(arch_seed());
    files_boot();
    irq_cpu_start();
    arch_start_secondaries();
    struct process *init = process_first(init_start);
    sched_lock();
    sched_enqueue(init);
    sched_unlock();
    sched_idle();
}

void kernel_secondary(struct cpu *cpu)
{
    sched_cpu_init(cpu);
    irq_cpu_start();
    sched_idle();
}
