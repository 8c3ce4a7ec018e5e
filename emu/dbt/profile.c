/* profile.c: see profile.h. */
#include "emu/dbt/profile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "emu/dbt/inspect.h"
#include "emu/dbt/state.h"

enum { SHOWN = 10, SHOWN_WITH_CODE = 3, FIRST_ROOM = 1024 };

/* What was counted at a pc. Blocks of several address spaces are one, if their pc is. */
struct hot {
    uint64_t pc;
    uint64_t executions;
    uint64_t insns; /* at most: a block may be left before its end */
};

struct profile {
    const struct machine *machine;
    uint64_t *counters; /* owned; CACHE_BLOCKS, of which the host makes those that are used */
    struct hot *hot;    /* owned; a hash table by pc, executions 0: free */
    size_t count, room; /* room: a power of two */
};

struct profile *profile_new(const struct machine *machine)
{
    struct profile *profile = calloc(1, sizeof *profile);

    if (profile == NULL)
        err_die_oom();
    profile->machine = machine;
    profile->room = FIRST_ROOM;
    profile->counters = calloc(CACHE_BLOCKS, sizeof *profile->counters);
    profile->hot = calloc(profile->room, sizeof *profile->hot);
    if (profile->counters == NULL || profile->hot == NULL)
        err_die_oom();
    return profile;
}

void profile_free(struct profile *profile)
{
    if (profile == NULL)
        return;
    free(profile->counters);
    free(profile->hot);
    free(profile);
}

uint64_t *profile_counter(const struct profile *profile, uint32_t block)
{
    return &profile->counters[block];
}

/* The place of that pc: its own, or a free one. */
static struct hot *place(const struct profile *profile, uint64_t pc)
{
    size_t at = (size_t)(pc * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (profile->room - 1);

    while (profile->hot[at].executions != 0 && profile->hot[at].pc != pc)
        at = (at + 1) & (profile->room - 1);
    return &profile->hot[at];
}

static void grow(struct profile *profile)
{
    struct hot *old = profile->hot;
    size_t room = profile->room;

    profile->room *= 2;
    profile->hot = calloc(profile->room, sizeof *profile->hot);
    if (profile->hot == NULL)
        err_die_oom();
    for (size_t i = 0; i < room; i++) {
        if (old[i].executions != 0)
            *place(profile, old[i].pc) = old[i];
    }
    free(old);
}

static void add(struct profile *profile, uint64_t pc, uint64_t executions, uint64_t insns)
{
    struct hot *hot;

    if (2 * (profile->count + 1) > profile->room)
        grow(profile);
    hot = place(profile, pc);
    profile->count += hot->executions == 0;
    hot->pc = pc;
    hot->executions += executions;
    hot->insns += insns;
}

void profile_keep(struct profile *profile)
{
    const struct dbt *dbt = profile->machine->engine_state;
    const struct cache_tables *tables = dbt->cache.tables;

    for (uint32_t i = 0; i < tables->block_count; i++) {
        const struct block *block = &tables->blocks[i];
        uint64_t executions = profile->counters[i];

        if (executions != 0)
            add(profile, block->pc, executions, executions * block->insn_count);
        profile->counters[i] = 0;
    }
}

static int compare(const void *a, const void *b)
{
    const struct hot *left = a, *right = b;

    return (left->insns < right->insns) - (left->insns > right->insns);
}

void profile_print(struct profile *profile, FILE *file)
{
    uint64_t all = 0;

    profile_keep(profile);
    for (size_t i = 0; i < profile->room; i++)
        all += profile->hot[i].insns;
    qsort(profile->hot, profile->room, sizeof *profile->hot, compare);
    fprintf(file, "profile: the hottest of %zu blocks, by the instructions in them\n",
            profile->count);
    for (size_t i = 0; i < SHOWN && i < profile->count; i++) {
        const struct hot *hot = &profile->hot[i];

        fprintf(file, "%6.2f %%  %14" PRIu64 " times %4" PRIu64 " instructions  at 0x%" PRIx64 "\n",
                100.0 * (double)hot->insns / (double)all, hot->executions,
                hot->insns / hot->executions, hot->pc);
    }
    for (size_t i = 0; i < SHOWN_WITH_CODE && i < profile->count; i++) {
        fprintf(file, "profile: the code at 0x%" PRIx64 "\n", profile->hot[i].pc);
        dbt_show(profile->machine, profile->hot[i].pc, file);
    }
    /* No table any more, in that order. */
    memset(profile->hot, 0, profile->room * sizeof *profile->hot);
    profile->count = 0;
}
