/* explain.c: see explain.h. */
#include "emu/dbt/explain.h"

#include <stdlib.h>

#include "emu/dbt/keep.h"
#include "emu/dbt/log.h"

/* The first phase: what is translated. */
static void print_lift(FILE *file, const struct kept *kept, struct listing *listing)
{
    if (listing_why(listing)[0] == '\0') {
        fputs("guest code and its source\n", file);
        dbt_log_guest(file, &kept->phases[0].block, listing);
    } else {
        fprintf(file, "no source lines: %s\n", listing_why(listing));
    }
    fputs("\nguest code and its IR\n", file);
}

static void print_phase(FILE *file, const struct kept *kept, unsigned number,
                        struct listing *listing)
{
    const struct kept_phase *at = &kept->phases[number];
    const char *name = phase_name(&at->phase), *meaning = phase_meaning(&at->phase);

    if (at->phase.kind == PHASE_PASS && !at->changed) {
        fprintf(file, "\npass %s: %s; nothing here\n", name, meaning);
        return;
    }
    switch (at->phase.kind) {
    case PHASE_LIFT: print_lift(file, kept, listing); break;
    case PHASE_PASS: fprintf(file, "\npass %s: %s\n", name, meaning); break;
    case PHASE_HOMES: fputs("\nregisters\n", file); break;
    case PHASE_EMIT:
        fputs("\nhost code (what all blocks share, and tables, are at 0 here)\n", file);
        break;
    }
    kept_print(file, kept, number, listing);
}

int dbt_explain(FILE *file, const struct mem *mem, uint64_t pc, const struct dbt_options *options,
                struct listing *listing, struct err *err)
{
    const struct code_source source = {.mem = mem};
    struct translation *translation = calloc(1, sizeof *translation);
    struct kept *kept = calloc(1, sizeof *kept);
    uint8_t *code = malloc(CACHE_BLOCK_CODE_MAX);
    struct emit_fixed fixed = {0};
    struct homes homes;
    struct x86 x;
    int answer = -1;

    if (translation == NULL || kept == NULL || code == NULL)
        err_die_oom();
    x = (struct x86){.start = code, .at = code, .end = code + CACHE_BLOCK_CODE_MAX};
    homes_init(&homes);
    translation->options = options;
    translation->reader = kept_reader(kept);
    if (!translation_lift(translation, &source, pc)) {
        err_set(err, "there is no code at 0x%llx", (unsigned long long)pc);
        goto out;
    }
    translation_passes(translation);
    translation_homes(translation, options->regs ? &homes : NULL);
    translation_emit(translation, &x,
                     &(struct emit_env){.options = options,
                                        .homes = options->regs ? &homes : NULL,
                                        .fixed = &fixed});
    for (unsigned i = 0; i < kept->count; i++)
        print_phase(file, kept, i, listing);
    answer = 0;

out:
    kept_fini(kept);
    free(kept);
    free(code);
    free(translation);
    return answer;
}
