/* kernel_view.c: see kernel_view.h. */
#include "emu/step/kernel_view.h"

#include <inttypes.h>
#include <string.h>

#define OBSERVE_MAGIC UINT64_C(0x3153424f56495254) /* guest/kernel/observe.h */

enum { WORD = 8, PROCESSES_WORDS = 9, CPUS_WORDS = 6 };

/* Sv39's upper half, where RISC-V kernels see all memory. */
#define KERNEL_MAP UINT64_C(0xffffffc000000000)

/* Of the kernel's map. */
static bool read_at(struct subject *subject, uint64_t gva, void *to, unsigned bytes)
{
    return subject->ops->read(subject, gva - KERNEL_MAP, to, bytes);
}

/* 0 where nothing can be read. */
static uint64_t word_at(struct subject *subject, uint64_t gva)
{
    uint64_t word = 0;

    return read_at(subject, gva, &word, sizeof word) ? word : 0;
}

static int32_t int_at(struct subject *subject, uint64_t gva)
{
    int32_t number = 0;

    return read_at(subject, gva, &number, sizeof number) ? number : 0;
}

/* A constant's words, of which the second is the map that it is read by. */
static bool read_words(struct subject *subject, uint64_t gva, uint64_t *words, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (!read_at(subject, gva + i * WORD, &words[i], WORD))
            return false;
    }
    return words[0] == OBSERVE_MAGIC && words[1] == KERNEL_MAP;
}

int kernel_view_init(struct kernel_view *view, struct subject *subject, uint64_t processes,
                     uint64_t cpus, struct err *err)
{
    uint64_t p[PROCESSES_WORDS], c[CPUS_WORDS];

    memset(view, 0, sizeof *view);
    if (!read_words(subject, processes, p, PROCESSES_WORDS) ||
        !read_words(subject, cpus, c, CPUS_WORDS))
        return err_set(err,
                       "what this kernel has at 0x%" PRIx64 " and 0x%" PRIx64
                       " does not say where its processes are",
                       processes, cpus);
    *view = (struct kernel_view){.known = true,
                                 .first = p[2],
                                 .next = p[3],
                                 .pid = p[4],
                                 .name = p[5],
                                 .state = p[6],
                                 .parent = p[7],
                                 .status = p[8],
                                 .cpus = c[2],
                                 .count = c[3],
                                 .hardware = c[4],
                                 .current = c[5]};
    return 0;
}

static void read_name(struct subject *subject, uint64_t gva, char name[PROCESS_NAME])
{
    memset(name, 0, PROCESS_NAME);
    for (unsigned i = 0; i < PROCESS_NAME; i += WORD)
        read_at(subject, gva + i, name + i, WORD);
    name[PROCESS_NAME - 1] = '\0';
    for (char *at = name; *at != '\0'; at++) {
        if (*at < ' ' || *at > '~')
            *at = '?';
    }
}

static void read_process(const struct kernel_view *view, struct subject *subject, uint64_t process,
                         struct process_seen *seen)
{
    uint64_t parent = word_at(subject, process + view->parent);
    uint32_t state = (uint32_t)int_at(subject, process + view->state);

    *seen = (struct process_seen){
        .pid = int_at(subject, process + view->pid),
        .parent = parent != 0 ? int_at(subject, parent + view->pid) : 0,
        .state = state < PROCESS_STATES ? (enum process_state)state : PROCESS_STATES,
    };
    if (seen->state == PROCESS_ZOMBIE)
        seen->status = int_at(subject, process + view->status);
    read_name(subject, process + view->name, seen->name);
}

unsigned kernel_view_read(const struct kernel_view *view, struct subject *subject,
                          struct process_seen seen[KERNEL_VIEW_PROCESSES], bool *more)
{
    uint64_t process = view->known ? word_at(subject, view->first) : 0;
    unsigned count = 0;

    while (process != 0 && count < KERNEL_VIEW_PROCESSES) {
        read_process(view, subject, process, &seen[count++]);
        process = word_at(subject, process + view->next);
    }
    *more = process != 0;
    return count;
}

int32_t kernel_view_on_hart(const struct kernel_view *view, struct subject *subject, uint64_t hart)
{
    uint64_t count = view->known ? word_at(subject, view->count) : 0;

    for (uint64_t i = 0; i < count && i < KERNEL_VIEW_CPUS; i++) {
        uint64_t cpu = word_at(subject, view->cpus + i * WORD), process;

        if (cpu == 0 || word_at(subject, cpu + view->hardware) != hart)
            continue;
        process = word_at(subject, cpu + view->current);
        return process != 0 ? int_at(subject, process + view->pid) : 0;
    }
    return 0;
}
