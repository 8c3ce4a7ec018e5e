/* translate.c: see translate.h. */
#include "emu/dbt/translate.h"

static void tell(const struct translation *translation, enum phase_kind kind,
                 const struct pass *pass)
{
    const struct phase phase = {.kind = kind, .pass = pass};

    if (translation->reader.done != NULL)
        translation->reader.done(translation->reader.owner, translation, &phase);
}

bool translation_lift(struct translation *translation, const struct code_source *source,
                      uint64_t pc)
{
    lift_block(&translation->block, source, pc, translation->options);
    if (translation->block.insn_count == 0)
        return false;
    tell(translation, PHASE_LIFT, NULL);
    return true;
}

void translation_passes(struct translation *translation)
{
    for (size_t i = 0; i < pass_count; i++) {
        if (!pass_is_on(&passes[i], translation->options))
            continue;
        passes[i].run(&translation->block);
        tell(translation, PHASE_PASS, &passes[i]);
    }
}

void translation_homes(struct translation *translation, const struct homes *homes)
{
    translation->homes = homes;
    tell(translation, PHASE_HOMES, NULL);
}

void translation_emit(struct translation *translation, struct x86 *x, const struct emit_env *env)
{
    emit_block(x, &translation->block, env, &translation->result);
    translation->code = x->start;
    translation->code_end = x86_here(x);
    tell(translation, PHASE_EMIT, NULL);
}
