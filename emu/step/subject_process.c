/* subject_process.c: a process of user mode is stepped; see subject.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/dbt/dbt.h"
#include "emu/step/subject.h"
#include "emu/user/record.h"
#include "emu/user/save.h"

enum { REGISTER_A7 = 17 };

struct process_subject {
    struct subject subject;
    struct process process;
};

static struct process *process_of(const struct subject *subject)
{
    return &((struct process_subject *)(uintptr_t)subject)->process;
}

static enum subject_stop run(struct subject *subject, uint64_t until)
{
    switch (process_run(process_of(subject), until)) {
    case PROCESS_COUNT: return SUBJECT_COUNT;
    case PROCESS_ENDED: return SUBJECT_ENDED;
    case PROCESS_REFUSED: break;
    }
    return SUBJECT_REFUSED;
}

static uint64_t position(const struct subject *subject)
{
    return process_of(subject)->hart.instret;
}

static struct hart *hart(struct subject *subject)
{
    return &process_of(subject)->hart;
}

static struct subject_saved *save(struct subject *subject, struct page_pool *pool,
                                  const struct subject_saved *like)
{
    return (struct subject_saved *)process_save(process_of(subject), pool,
                                                (const struct process_saved *)like);
}

static int load(struct subject *subject, const struct subject_saved *saved, struct err *err)
{
    return process_load((const struct process_saved *)saved, process_of(subject), err);
}

static void saved_free(struct subject_saved *saved)
{
    process_saved_free((struct process_saved *)saved);
}

static size_t saved_bytes(const struct subject_saved *saved)
{
    return process_saved_bytes((const struct process_saved *)saved);
}

static uint64_t hash(struct subject *subject)
{
    return process_hash(process_of(subject));
}

static void set_engine(struct subject *subject, const struct engine *engine)
{
    process_of(subject)->engine = engine;
}

static void end_text(const struct subject *subject, char *text, size_t size)
{
    const struct process *process = process_of(subject);
    uint64_t number = process->hart.x[REGISTER_A7];
    const char *name = user_syscall_name(number);

    if (!process->ended)
        snprintf(text, size,
                 "the program asks for system call %llu (%s), which could not be taken back; on a "
                 "machine (without --user) it could",
                 (unsigned long long)number, name != NULL ? name : "unknown");
    else if (process->end.signal != 0)
        snprintf(text, size, "signal %d has ended the program: %s, 0x%llx, at pc 0x%llx",
                 process->end.signal, trap_name(process->hart.trap.cause),
                 (unsigned long long)process->hart.trap.value,
                 (unsigned long long)process->hart.pc);
    else
        snprintf(text, size, "the program has ended with status %d", process->end.status);
}

static void free_subject(struct subject *subject)
{
    struct process *process = process_of(subject);

    process->engine = &engine_dbt;
    process_fini(process);
    free(subject);
}

static struct hart *hart_at(struct subject *subject, uint64_t number)
{
    (void)number; /* there is one */
    return hart(subject);
}

static bool read_memory(struct subject *subject, uint64_t address, void *to, unsigned bytes)
{
    const struct mem *mem = &subject->machine->mem;

    if (!mem_may(mem, address, bytes, MEM_READ))
        return false;
    memcpy(to, mem->base + address, bytes);
    return true;
}

static bool translate(struct subject *subject, uint64_t gva, uint64_t *address)
{
    *address = gva;
    return mem_may(&subject->machine->mem, gva, 1, MEM_READ);
}

static const struct subject_ops ops = {
    .unit = "instruction",
    .run = run,
    .position = position,
    .hart = hart,
    .save = save,
    .load = load,
    .saved_free = saved_free,
    .saved_bytes = saved_bytes,
    .hash = hash,
    .set_engine = set_engine,
    .end_text = end_text,
    .free = free_subject,
    .hart_at = hart_at,
    .read = read_memory,
    .translate = translate,
};

static void tell_output(void *owner, int fd, const void *text, size_t bytes)
{
    const struct subject *subject = owner;

    (void)fd;
    subject->output(subject->owner, position(subject), text, bytes);
}

struct subject *subject_process_new(const struct user_config *config, struct err *err)
{
    struct process_subject *subject = calloc(1, sizeof *subject);
    struct user_config own = *config;

    if (subject == NULL)
        err_die_oom();
    own.engine = &engine_dbt;
    own.totals = NULL;
    if (process_init(&subject->process, &own, err) == -1) {
        free(subject);
        return NULL;
    }
    subject->subject = (struct subject){.ops = &ops, .machine = &subject->process.machine};
    record_attach(&subject->process, tell_output, subject);
    return &subject->subject;
}
