/* programs.c: the bundled programs as contestants; see programs.h. */
#include "cli/programs.h"

#include <string.h>

#define MIX(kernel, work)                                          \
    {                                                              \
        kernel, kernel " rate", NULL, true, kernel " answer", work \
    }
#define COST(name, label, work)              \
    {                                        \
        name, label, NULL, false, NULL, work \
    }

static const struct program programs[] = {
    {
        .name = "prime",
        .arguments = "--max-prime 10000 --time 0.5",
        .quick_arguments = "--max-prime 10000 --time 0.1",
        .metrics = {{NULL, "events per second", "events/s", true, NULL, WORK_COMPUTING}},
        .metric_count = 1,
        .answers = {"Primes found"},
        .inside = "total time",
    },
    {
        .name = "fork",
        .arguments = "1 200",
        .quick_arguments = "1 100",
        .metrics = {{NULL, "Forks per second", "forks/s", true, NULL, WORK_KERNEL}},
        .metric_count = 1,
        .answers = {"Sum", "Forks"},
        .inside = "Total time",
    },
    {
        .name = "mix",
        .arguments = "--time 30 --size 16",
        .quick_arguments = "--time 10 --size 4",
        .metrics = {MIX("divide", WORK_COMPUTING), MIX("alu", WORK_COMPUTING),
                    MIX("byte", WORK_COMPUTING), MIX("memory", WORK_PAGING),
                    MIX("call", WORK_COMPUTING), MIX("indirect", WORK_COMPUTING),
                    MIX("syscall", WORK_KERNEL), MIX("fork", WORK_KERNEL),
                    MIX("chase-2m", WORK_PAGING), MIX("chase-4k", WORK_PAGING),
                    MIX("touch", WORK_PAGING)},
        .metric_count = 11,
    },
    {
        .name = "syscalls",
        .arguments = "--time 50",
        .metrics = {COST("getppid", "getppid", WORK_KERNEL),
                    COST("own pipe", "pipe within one process", WORK_KERNEL),
                    COST("pipe trip", "pipe to another process and back", WORK_KERNEL),
                    COST("map", "mmap, touch, munmap", WORK_PAGING),
                    COST("switch", "context switch", WORK_KERNEL)},
        .metric_count = 5,
    },
};

static const struct program any_other = {
    .name = "",
    .arguments = "",
    .metrics = {{NULL, NULL, "s", false, NULL, WORK_KERNEL}},
    .metric_count = 1,
    .whole_output = true,
};

const struct program *programs_find(const char *name)
{
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        if (strcmp(programs[i].name, name) == 0)
            return &programs[i];
    }
    return &any_other;
}

enum program_work programs_work(const char *name, const char *measure)
{
    const struct program *program = programs_find(name);

    for (size_t i = 1; i < program->metric_count && measure != NULL; i++) {
        if (strcmp(program->metrics[i].name, measure) == 0)
            return program->metrics[i].work;
    }
    return program->metrics[0].work;
}

const char *programs_value(const char *output, const char *label, size_t *length)
{
    size_t label_length = strlen(label);

    for (const char *line = output; *line != '\0'; line += strcspn(line, "\n")) {
        const char *at = line + strspn(line, " \n");

        line = at;
        if (strncmp(at, label, label_length) != 0 || at[label_length] != ':')
            continue;
        at += label_length + 1;
        at += strspn(at, " ");
        *length = strcspn(at, "\n");
        while (*length > 0 && at[*length - 1] == ' ')
            (*length)--;
        return at;
    }
    return NULL;
}
