/* keep.c: see keep.h. */
#include "emu/dbt/keep.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "emu/dbt/log.h"
#include "emu/isa/disasm.h"
#include "lib/err.h"

void kept_fini(struct kept *kept)
{
    free(kept->code);
    memset(kept, 0, sizeof *kept);
}

static void keep_code(struct kept *kept, const struct translation *translation)
{
    const struct emit_result *result = &translation->result;

    kept->start = result->code;
    kept->size = translation->code_end - result->code;
    kept->code = malloc(kept->size);
    if (kept->code == NULL)
        err_die_oom();
    memcpy(kept->code, translation->code + kept->start, kept->size);
    memcpy(kept->insn_code, result->insn_code, sizeof kept->insn_code);
}

static void keep(void *owner, const struct translation *translation, const struct phase *phase)
{
    struct kept *kept = owner;
    struct kept_phase *at = &kept->phases[kept->count];

    assert(kept->count < KEPT_PHASES);
    *at = (struct kept_phase){.phase = *phase, .block = translation->block};
    at->changed = kept->count == 0 || !ir_is_same(&at->block, &at[-1].block);
    kept->count++;
    if (phase->kind == PHASE_HOMES && translation->homes != NULL) {
        kept->homes = *translation->homes;
        kept->has_homes = true;
    }
    if (phase->kind == PHASE_EMIT)
        keep_code(kept, translation);
}

struct phase_reader kept_reader(struct kept *kept)
{
    kept_fini(kept);
    return (struct phase_reader){.done = keep, .owner = kept};
}

const char *phase_name(const struct phase *phase)
{
    switch (phase->kind) {
    case PHASE_LIFT: return "lift";
    case PHASE_PASS: return phase->pass->name;
    case PHASE_HOMES: return "homes";
    case PHASE_EMIT: return "emit";
    }
    return "?";
}

const char *phase_meaning(const struct phase *phase)
{
    switch (phase->kind) {
    case PHASE_LIFT: return "guest code becomes IR";
    case PHASE_PASS: return phase->pass->meaning;
    case PHASE_HOMES: return "where the block's registers are";
    case PHASE_EMIT: return "IR becomes host code";
    }
    return "?";
}

const char *kept_guest_in(const struct kept *kept, enum x86_reg host)
{
    for (unsigned i = 0; kept->has_homes && i < HOMES; i++) {
        if (emit_home(i) == host)
            return isa_register_name('x', kept->homes.guest[i], NAMES_ABI);
    }
    return "";
}

void kept_print(FILE *file, const struct kept *kept, unsigned phase, struct listing *listing)
{
    const struct kept_phase *at = &kept->phases[phase];

    switch (at->phase.kind) {
    case PHASE_LIFT:
    case PHASE_PASS: ir_print(file, &at->block); break;
    case PHASE_HOMES: dbt_log_homes(file, &at->block, kept->has_homes ? &kept->homes : NULL); break;
    case PHASE_EMIT:
        dbt_log_host(file, &at->block,
                     &(struct log_code){.bytes = kept->code,
                                        .start = kept->start,
                                        .size = kept->size,
                                        .insn_code = kept->insn_code,
                                        .listing = listing});
        break;
    }
}
