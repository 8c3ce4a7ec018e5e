/* inspect.c: see inspect.h. */
#include "emu/dbt/inspect.h"

#include <stdlib.h>
#include <string.h>

#include "emu/cpu/mmu.h"
#include "emu/dbt/log.h"
#include "emu/dbt/state.h"

struct dbt_place dbt_place(const struct machine *machine)
{
    const struct dbt *dbt = machine->engine_state;
    const struct next *next = &dbt->pause.next;

    if (dbt->pause.is && next->cold != 0)
        return (struct dbt_place){.in_cold = true, .done = IR_INSNS_MAX - next->cold};
    if (!dbt->pause.is || next->block == NO_BLOCK || next->cleared != dbt->counts.cleared)
        return (struct dbt_place){.in_block = false};
    return (struct dbt_place){.in_block = true, .block = next->block, .done = dbt->pause.done};
}

/* Where the exit's jump leads: an offset in the cache. */
static uint32_t leads_to(const struct cache *cache, const struct cache_exit *exit)
{
    int32_t distance;

    memcpy(&distance, cache->write + exit->field, sizeof distance);
    return exit->field + (uint32_t)sizeof distance + (uint32_t)distance;
}

static struct dbt_exit_view view_exit(const struct cache *cache, const struct cache_exit *exit)
{
    const struct block *from = &cache->tables->blocks[exit->block];
    uint32_t target = leads_to(cache, exit);
    const struct block *to;

    /* Behind the block's beginning is its own code that leaves. */
    if (target > from->code && target < from->code_end)
        return (struct dbt_exit_view){.target = exit->target};
    to = cache_block_at(cache, (uint64_t)(uintptr_t)(cache->execute + target));
    if (to == NULL)
        return (struct dbt_exit_view){.target = exit->target};
    return (struct dbt_exit_view){
        .target = exit->target, .chained = true, .to = (uint32_t)(to - cache->tables->blocks)};
}

struct dbt_cache_view dbt_cache_view(const struct machine *machine)
{
    const struct dbt *dbt = machine->engine_state;
    const struct cache_tables *tables = dbt->cache.tables;
    struct dbt_cache_view view = {
        .blocks = tables->block_count,
        .code_used = tables->code_used,
        .fixed = dbt->cache.fixed,
        .exits = tables->exit_count,
        .pages = tables->pages.count,
    };

    for (unsigned i = 0; i < tables->block_count; i++)
        view.dropped += cache_is_dropped(&dbt->cache, &tables->blocks[i]);
    for (unsigned i = 0; i < tables->exit_count; i++)
        view.chained += view_exit(&dbt->cache, &tables->exits[i]).chained;
    for (unsigned space = 0; space < CODE_SPACES; space++)
        view.jumps += tables->jumps[space].used_count;
    return view;
}

bool dbt_block_view(const struct machine *machine, uint32_t number, struct dbt_block_view *view)
{
    const struct dbt *dbt = machine->engine_state;
    const struct cache_tables *tables = dbt->cache.tables;
    const struct block *block;

    if (number >= tables->block_count)
        return false;
    block = &tables->blocks[number];
    *view = (struct dbt_block_view){
        .pc = block->pc,
        .insns = block->insn_count,
        .code = block->code,
        .code_end = block->code_end,
        .dropped = cache_is_dropped(&dbt->cache, block),
        .exit_count = block->exit_count,
    };
    for (unsigned i = 0; i < block->exit_count; i++)
        view->exits[i] = view_exit(&dbt->cache, &tables->exits[block->first_exit + i]);
    return true;
}

/* Is the code that was emitted now what is in the cache, but for what was linked since? */
static bool is_same_code(const struct cache *cache, const struct block *block, const uint8_t *code)
{
    size_t bytes = block->code_end - block->code;
    uint8_t *linked = malloc(bytes);
    bool same;

    if (linked == NULL)
        err_die_oom();
    memcpy(linked, cache->write + block->code, bytes);
    for (unsigned i = 0; i < block->exit_count; i++) {
        uint32_t field = cache->tables->exits[block->first_exit + i].field;

        memcpy(linked + (field - block->code), code + field, sizeof field);
    }
    same = memcmp(linked, code + block->code, bytes) == 0;
    free(linked);
    return same;
}

/* A block to be translated for its phases only. */
struct draft {
    uint64_t pc;
    const uint8_t *page;
    unsigned space;
    uint32_t code, first_exit, first_insn; /* where it is, or would be, in the cache */
};

/* Emits to the same offset as in the cache, but into a buffer of ours: so distances are the same.
 * False: there is nothing at pc. The code is to be freed. */
static bool translate(const struct dbt *dbt, const struct draft *draft, struct kept *kept,
                      uint8_t **code, uint32_t *code_end)
{
    const struct code_source source = {.mem = &dbt->machine->mem,
                                       .page = draft->page,
                                       .page_gva = draft->pc & ~(MEM_PAGE_SIZE - 1),
                                       .space = (enum code_space)draft->space};
    struct translation *translation = calloc(1, sizeof *translation);
    struct emit_env env = dbt_emit_env(dbt, &source, draft->first_exit, draft->first_insn);
    struct x86 x;
    bool made;

    *code = calloc(1, CACHE_CODE); /* of which little is touched */
    if (translation == NULL || *code == NULL)
        err_die_oom();
    x = (struct x86){.start = *code, .at = *code + draft->code, .end = *code + CACHE_CODE};
    translation->options = &dbt->options;
    translation->reader = kept_reader(kept);
    made = translation_lift(translation, &source, draft->pc);
    if (made) {
        translation_passes(translation);
        translation_homes(translation, env.homes);
        translation_emit(translation, &x, &env);
    }
    *code_end = translation->code_end;
    free(translation);
    return made;
}

bool dbt_block_kept(const struct machine *machine, uint32_t number, struct kept *kept)
{
    const struct dbt *dbt = machine->engine_state;
    const struct block *block = &dbt->cache.tables->blocks[number];
    const struct cache_place *place = cache_place_of(&dbt->cache, block);
    const struct draft draft = {block->pc,   place->page,       place->space,
                                block->code, block->first_exit, block->first_insn};
    uint8_t *code;
    uint32_t end;
    bool same = translate(dbt, &draft, kept, &code, &end) && end == block->code_end &&
                is_same_code(&dbt->cache, block, code);

    free(code);
    return same;
}

/* That of hart->pc, when no run is on: the hart may have taken a trap since the last one, so that
 * its TLB has another context. */
static enum code_space space_of(const struct machine *machine, const struct hart *hart)
{
    return machine_is_board(machine) ? code_space_in(mmu_context(hart, ACCESS_FETCH)) : SPACE_BARE;
}

bool dbt_find(const struct machine *machine, const struct hart *hart, uint32_t *number)
{
    struct dbt *dbt = machine->engine_state;
    enum code_space space = space_of(machine, hart);
    const uint8_t *page;
    const struct block *block = NULL;

    if (dbt_code_page(machine, hart, &page))
        block = cache_find(&dbt->cache, hart->pc, page, space);
    if (block != NULL)
        *number = (uint32_t)(block - dbt->cache.tables->blocks);
    return block != NULL;
}

unsigned dbt_entries_left(const struct machine *machine, const struct hart *hart)
{
    struct dbt *dbt = machine->engine_state;
    const struct cache_place *place = NULL;
    const uint8_t *page;

    if (dbt_code_page(machine, hart, &page))
        place = cache_find_place(&dbt->cache, hart->pc, page, space_of(machine, hart));
    if (!dbt->options.tier || (place != NULL && place->block != 0))
        return 0;
    return place != NULL ? COLD_ENTRIES - place->entered : COLD_ENTRIES;
}

bool dbt_preview(const struct machine *machine, const struct hart *hart, struct kept *kept)
{
    const struct dbt *dbt = machine->engine_state;
    const struct cache_tables *tables = dbt->cache.tables;
    struct draft draft = {.pc = hart->pc,
                          .space = space_of(machine, hart),
                          .code = tables->code_used,
                          .first_exit = tables->exit_count,
                          .first_insn = tables->insn_count};
    uint8_t *code;
    uint32_t end;
    bool made;

    if (!dbt_code_page(machine, hart, &draft.page))
        return false;
    made = translate(dbt, &draft, kept, &code, &end);
    free(code);
    return made;
}

void dbt_show(const struct machine *machine, uint64_t pc, FILE *file)
{
    const struct dbt *dbt = machine->engine_state;
    const struct cache_tables *tables = dbt->cache.tables;
    struct ir_block shown;

    for (unsigned i = 0; i < tables->block_count; i++) {
        const struct block *block = &tables->blocks[i];
        const struct cache_insn *insns = &tables->insns[block->first_insn];
        uint32_t code[IR_INSNS_MAX];

        if (block->pc != pc || cache_is_dropped(&dbt->cache, block))
            continue;
        shown.insn_count = block->insn_count;
        for (unsigned k = 0; k < block->insn_count; k++) {
            shown.insns[k] = (struct ir_insn){.pc = insns[k].pc, .insn = insns[k].insn};
            code[k] = insns[k].code;
        }
        dbt_log_host(file, &shown,
                     &(struct log_code){.bytes = dbt->cache.write + block->code,
                                        .start = block->code,
                                        .size = block->code_end - block->code,
                                        .insn_code = code});
    }
}

struct dbt_code_view dbt_code_view(const struct machine *machine)
{
    const struct dbt *dbt = machine->engine_state;

    return (struct dbt_code_view){.bytes = dbt->cache.execute,
                                  .leave = dbt->fixed.leave,
                                  .step = dbt->fixed.step,
                                  .blocks = dbt->cache.fixed};
}

unsigned dbt_insn_at(const struct machine *machine, uint32_t number, uint32_t offset)
{
    const struct dbt *dbt = machine->engine_state;

    return cache_insn_at(&dbt->cache, &dbt->cache.tables->blocks[number], offset);
}

int dbt_renew(struct machine *machine, struct err *err)
{
    struct dbt *dbt = machine->engine_state;

    return cache_renew(&dbt->cache, err);
}

/* At the end of code memory. If a block should reach to there, it does not trap. */
void dbt_trap_at_entry(struct machine *machine)
{
    enum { BYTES = 16 };
    struct dbt *dbt = machine->engine_state;
    struct x86 x = {.start = dbt->cache.write,
                    .at = dbt->cache.write + CACHE_CODE - BYTES,
                    .end = dbt->cache.write + CACHE_CODE};
    uint32_t enter = x86_here(&x);

    if (dbt->cache.tables->code_used > enter)
        return;
    x86_trap(&x);
    x86_link(&x, x86_jump(&x), dbt->fixed.enter);
    dbt->fixed.enter = enter;
}
