/* programs.c: the bundled programs as contestants; see programs.h. */
#include "cli/programs.h"

#include <string.h>

#define MIX(kernel)                                          \
    {                                                        \
        kernel, kernel " rate", NULL, true, kernel " answer" \
    }
#define COST(name, label)              \
    {                                  \
        name, label, NULL, false, NULL \
    }

static const struct program programs[] = {
    {
        .name = "prime",
        .arguments = "--max-prime 10000 --time 0.5",
        .quick_arguments = "--max-prime 10000 --time 0.1",
        .metrics = {{NULL, "events per second", "events/s", true, NULL}},
        .metric_count = 1,
        .answers = {"Primes found"},
        .inside = "total time",
    },
    {
        .name = "fork",
        .arguments = "1 200",
        .quick_arguments = "1 100",
        .metrics = {{NULL, "Forks per second", "forks/s", true, NULL}},
        .metric_count = 1,
        .answers = {"Sum", "Forks"},
        .inside = "Total time",
    },
    {
        .name = "mix",
        .arguments = "--time 50",
        .quick_arguments = "--time 10",
        .metrics = {MIX("divide"), MIX("alu"), MIX("byte"), MIX("memory"), MIX("call"),
                    MIX("indirect"), MIX("syscall"), MIX("fork")},
        .metric_count = 8,
    },
    {
        .name = "syscalls",
        .arguments = "--time 50",
        .metrics = {COST("getppid", "getppid"), COST("own pipe", "pipe within one process"),
                    COST("pipe trip", "pipe to another process and back"),
                    COST("map", "mmap, touch, munmap"), COST("switch", "context switch")},
        .metric_count = 5,
    },
};

static const struct program any_other = {
    .name = "",
    .arguments = "",
    .metrics = {{NULL, NULL, "s", false, NULL}},
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
