/*
 * race_rungs.c: the rungs of the ladder below a way: the same way with one technique taken away, or
 * one mode chosen, so that the difference is what that brings; see race.h.
 */
#include <assert.h>
#include <stdio.h>

#include "cli/race.h"
#include "emu/dbt/dbt.h"
#include "emu/dbt/options.h"

/* A variant as people would give it to `trivium run`: it names the rung. */
static struct race_lane *add_rung(struct race *race, const struct race_lane *lane,
                                  const char *variant)
{
    struct race_lane *rung = &race->lanes[race->lane_count++];

    assert(race->lane_count <= RACE_LANES_MAX);
    *rung = *lane;
    snprintf(rung->variant, sizeof rung->variant, "%s", variant);
    return rung;
}

/* The translator without each of its techniques; those that this host lacks are off already. */
static void add_techniques(struct race *race, const struct race_lane *lane)
{
    const struct dbt_options all = dbt_options_all();

    for (size_t i = 0; i < dbt_option_count; i++) {
        const struct dbt_option *option = &dbt_option_table[i];
        struct race_lane *rung;
        char variant[RACE_VARIANT];

        if ((option->machine_only && !lane->machine) || !dbt_option_is_on(&all, option))
            continue;
        snprintf(variant, sizeof variant, "--dbt=-%s", option->name);
        rung = add_rung(race, lane, variant);
        snprintf(rung->switches, sizeof rung->switches, "-%s", option->name);
    }
}

void race_add_rungs(struct race *race)
{
    struct race_lane lanes[RACE_LANES_MAX];
    size_t count = race->lane_count;

    for (size_t i = 0; i < count; i++)
        lanes[i] = race->lanes[i];
    race->lane_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct way *way = lanes[i].way;

        race->lanes[race->lane_count++] = lanes[i];
        if (way->engine == &engine_dbt)
            add_techniques(race, &lanes[i]);
        if (!lanes[i].machine)
            continue;
        if (way->engine == &engine_interp && !way->no_tlb)
            add_rung(race, &lanes[i], "--no-tlb")->no_tlb = true;
        if (!way->emulated || way->engine == &engine_dbt)
            add_rung(race, &lanes[i], "--devices=ring")->ring = true;
        if (!way->emulated)
            add_rung(race, &lanes[i], "--fork=cow+batch")->fork_batch = true;
    }
}
