/* passes.c: the passes in their order; see passes.h. */
#include "emu/dbt/passes.h"

const struct pass passes[] = {
    {"fold", "computes what is known already", pass_fold, offsetof(struct dbt_options, opt)},
    {"fuse", "makes one operation of several", pass_fuse, offsetof(struct dbt_options, fuse)},
    {"dead", "removes what nobody sees", pass_dead, offsetof(struct dbt_options, opt)},
    {"narrow", "leaves out upper halves", pass_narrow, offsetof(struct dbt_options, narrow)},
};

const size_t pass_count = sizeof passes / sizeof *passes;

bool pass_is_on(const struct pass *pass, const struct dbt_options *options)
{
    return *(const bool *)(const void *)((const char *)options + pass->option) &&
           (options->left_out >> (pass - passes) & 1) == 0;
}
