/* counters.c: what the translator counts of its own work; see dbt.h. */
#include <string.h>

#include "emu/dbt/state.h"

const struct dbt_counts *dbt_counts(const struct machine *machine)
{
    const struct dbt *dbt = machine->engine_state;

    return &dbt->counts;
}

const struct engine_counter dbt_counters[] = {
#define COUNTER(name, meaning) {#name, meaning},
    DBT_COUNTERS(COUNTER)
#undef COUNTER
        {NULL, NULL},
};

_Static_assert(sizeof dbt_counters / sizeof *dbt_counters <= ENGINE_COUNTERS_MAX + 1,
               "too many counters");

void dbt_count(const struct machine *machine, uint64_t *counts)
{
    memcpy(counts, dbt_counts(machine), sizeof(struct dbt_counts));
}
