/*
 * engine.c: the translator as an engine: whether this host can have it, how it comes to a machine
 * and leaves it, what it counts.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "emu/dbt/inspect.h"
#include "emu/dbt/log.h"
#include "emu/dbt/perfmap.h"
#include "emu/dbt/store.h"
#include "lib/host_arch.h"

int dbt_probe(struct err *reason)
{
    enum { HWCAP2_FSGSBASE = 1 << 1 };

    if (host_arch_machine() != EM_X86_64)
        return err_set(reason,
                       "the translator makes x86-64 code, and this host is another machine");
    if ((getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE) == 0) {
        err_set(reason,
                "the translator needs the instruction wrgsbase, which this host's processor "
                "or kernel does not give to programs");
        return err_hint(reason, "Linux 5.9 or later, not started with nofsgsbase");
    }
    return 0;
}

static int parse_options(struct dbt *dbt, const struct engine_options *options, struct err *err)
{
    dbt->options = dbt_options_all();
    if (options->log != NULL && dbt_log_parse(&dbt->log, options->log, err) < 0)
        return -1;
    if ((dbt->log & LOG_TRANSLATION) != 0) /* whoever asks wants to see it, from the first one on */
        dbt->options.tier = false;
    if (options->switches == NULL)
        return 0;
    return dbt_options_parse(&dbt->options, options->switches, err);
}

static int dbt_attach(struct machine *machine, const struct engine_options *options,
                      struct err *err)
{
    struct dbt *dbt = calloc(1, sizeof *dbt);
    struct event_reader reader;

    if (dbt == NULL)
        err_die_oom();
    if (dbt_probe(err) < 0 || parse_options(dbt, options, err) < 0 ||
        cache_init(&dbt->cache, err) < 0) {
        free(dbt);
        return -1;
    }
    if ((dbt->log & LOG_PERF) != 0 && perfmap_begin(err) < 0) {
        cache_fini(&dbt->cache);
        free(dbt);
        return -1;
    }
    if ((dbt->log & LOG_PROFILE) != 0)
        dbt->profile = profile_new(machine);
    if ((dbt->log & LOG_EXEC) != 0) /* each is executed by the dispatcher, which tells */
        dbt->options.chain = dbt->options.ibtc = false;
    homes_init(&dbt->homes);
    dbt_make_fixed_code(dbt);
    dbt->translation.options = &dbt->options;
    dbt->phases = (struct log_owner){.log = dbt->log, .listing = options->listing};
    dbt->translation.reader = dbt_log_phases(&dbt->phases);
    reader = dbt_log_events(&dbt->log);
    if (reader.kinds != 0)
        events_add(&machine->events, &reader);
    dbt->machine = machine;
    machine->engine_state = dbt;
    return 0;
}

static void dbt_detach(struct machine *machine)
{
    struct dbt *dbt = machine->engine_state;

    if (dbt == NULL)
        return;
    events_remove(&machine->events, &dbt->log);
    if (dbt->profile != NULL)
        profile_print(dbt->profile, stderr);
    profile_free(dbt->profile);
    cache_fini(&dbt->cache);
    free(dbt);
    machine->engine_state = NULL;
}

const struct dbt_counts *dbt_counts(const struct machine *machine)
{
    const struct dbt *dbt = machine->engine_state;

    return &dbt->counts;
}

void dbt_limit_code(struct machine *machine, uint32_t bytes)
{
    struct dbt *dbt = machine->engine_state;

    if (bytes > CACHE_CODE)
        bytes = CACHE_CODE;
    dbt->cache.limit = bytes < CACHE_CODE_MIN ? CACHE_CODE_MIN : bytes;
}

void dbt_leave_out(struct machine *machine, struct hart *hart, unsigned left_out)
{
    struct dbt *dbt = machine->engine_state;

    dbt->hart = hart; /* whom the event is about */
    dbt->options.left_out = left_out;
    store_clear(dbt, DROP_PASSES);
}

unsigned dbt_left_out(const struct machine *machine)
{
    const struct dbt *dbt = machine->engine_state;

    return dbt->options.left_out;
}

bool dbt_has_pass(const struct machine *machine, unsigned pass)
{
    const struct dbt *dbt = machine->engine_state;
    struct dbt_options options = dbt->options;

    options.left_out = 0;
    return pass < pass_count && pass_is_on(&passes[pass], &options);
}

static const struct engine_counter counters[] = {
#define COUNTER(name, meaning) {#name, meaning},
    DBT_COUNTERS(COUNTER)
#undef COUNTER
        {NULL, NULL},
};

_Static_assert(sizeof counters / sizeof *counters <= ENGINE_COUNTERS_MAX + 1, "too many counters");

static void dbt_count(const struct machine *machine, uint64_t *counts)
{
    memcpy(counts, dbt_counts(machine), sizeof(struct dbt_counts));
}

const struct engine engine_dbt = {
    .name = "dbt",
    .summary = "blocks translated to x86-64 code",
    .run = dbt_run,
    .attach = dbt_attach,
    .detach = dbt_detach,
    .fault = dbt_fault,
    .show = dbt_show,
    .counters = counters,
    .count = dbt_count,
};
