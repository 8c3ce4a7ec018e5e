/*
 * state.h: all that the translator keeps. For its own files: others see dbt.h, save.h, inspect.h.
 */
#ifndef TRIVIUM_EMU_DBT_STATE_H
#define TRIVIUM_EMU_DBT_STATE_H

#include "emu/dbt/cache.h"
#include "emu/dbt/dbt.h"
#include "emu/dbt/log.h"
#include "emu/dbt/pause.h"
#include "emu/dbt/profile.h"
#include "emu/dbt/translate.h"

struct dbt {
    struct cache cache;
    struct emit_fixed fixed;
    struct dbt_options options;
    struct homes homes;
    struct dbt_counts counts;
    unsigned log;             /* a set of enum dbt_log */
    struct log_owner phases;  /* of what is told of a translation's phases */
    struct profile *profile;  /* owned; NULL: none is wanted */
    struct emit_frame *frame; /* while translated code runs */
    uint64_t budgets;         /* times that one was used up */
    bool broken;              /* a child of a fork that got no memory for code */

    /* What the blocks are valid for ... */
    uint64_t code_epoch;
    const uint8_t *base;
    /* ... and the jump tables. */
    struct code_view view;

    struct translation translation; /* the one that is made */
    struct pause pause;
    struct machine *machine; /* that runs, and its hart: what events are about */
    struct hart *hart;
};

/* As in struct engine (dbt.c). */
enum stop dbt_run(struct machine *machine, struct hart *hart, uint64_t until);
bool dbt_fault(const struct machine *machine, const struct host_registers *registers);

/* Emits what all blocks share, for the homes that there are now. */
void dbt_make_fixed_code(struct dbt *dbt);

static inline bool dbt_wants(const struct dbt *dbt, enum event_kind kind)
{
    return events_want(&dbt->machine->events, kind);
}

/* Tells an event of the hart that runs. */
static inline void dbt_tell(const struct dbt *dbt, struct event event)
{
    event.hart = dbt->hart;
    events_send(&dbt->machine->events, &event);
}

/* The homes that blocks are emitted with; NULL: none. */
const struct homes *dbt_homes_of(const struct dbt *dbt);

/*
 * Where the hart's code is: hva of its page, in a process NULL. Changes nothing, and so does not
 * stand on what the TLB knows. False: it is not in RAM.
 */
bool dbt_code_page(const struct machine *machine, const struct hart *hart, const uint8_t **page);

/* The surroundings of a block that is read from there, with so many exits and instructions before
 * it in the cache. */
struct emit_env dbt_emit_env(const struct dbt *dbt, const struct code_source *source,
                             uint32_t first_exit, uint32_t first_insn);

#endif
