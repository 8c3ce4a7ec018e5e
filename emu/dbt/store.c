/*
 * store.c: which blocks there are: made, found, chained, dropped when their code has changed; see
 * store.h. All that changes here is told as an event.
 */
#include "emu/dbt/store.h"

#include <time.h>

#include "emu/cpu/access.h"
#include "emu/dbt/log.h"
#include "emu/dbt/perfmap.h"

const struct homes *dbt_homes_of(const struct dbt *dbt)
{
    return dbt->options.regs ? &dbt->homes : NULL;
}

/* Drops blocks: all of them, or (EVENT_DROP) those of a page. */
static void tell_drop(const struct dbt *dbt, enum event_kind kind, enum drop_reason reason,
                      uint32_t blocks)
{
    if (blocks != 0 && dbt_wants(dbt, kind))
        dbt_tell(dbt, (struct event){.kind = kind, .drop = {reason, blocks}});
}

void store_clear(struct dbt *dbt, enum drop_reason reason)
{
    uint32_t blocks = dbt->cache.tables->block_count;

    tell_drop(dbt, EVENT_CLEAR, reason, blocks);
    if (dbt->profile != NULL)
        profile_keep(dbt->profile);
    dbt->counts.cleared += blocks != 0;
    dbt->counts.dropped += blocks;
    cache_clear(&dbt->cache);
}

/* Is what blocks were made of still there? What is not goes, with its blocks. */
static void check_code(struct dbt *dbt)
{
    const struct code_pages *pages = &dbt->cache.tables->pages;

    //@lab 4.8 is what blocks were made of still there?
    for (unsigned i = pages->count; i-- > 0;) {
        uint32_t dropped;

        if (code_page_is_valid(&pages->pages[i], dbt->machine))
            continue;
        if (!machine_is_board(dbt->machine)) {
            store_clear(dbt, DROP_CHANGED); /* any block may be chained to those of the page */
            return;
        }
        dropped = cache_drop_page(&dbt->cache, i);
        dbt->counts.dropped += dropped;
        tell_drop(dbt, EVENT_DROP, DROP_CHANGED, dropped);
    }
    //| /* In a process all blocks go (store_clear(), DROP_CHANGED), on a board those of the page:
    //|  * cache_drop_page(), counts.dropped, tell_drop() of EVENT_DROP and DROP_CHANGED. */
    //| (void)pages;
    //| lab_todo("4.8");
    //@end
}

/* Code may have changed, or another program be there: what we have is held against it. */
void store_see_code(struct dbt *dbt)
{
    const struct machine *machine = dbt->machine;

    if (dbt->base != machine->mem.base) {
        dbt->base = machine->mem.base;
        store_clear(dbt, DROP_PROGRAM);
        cache_forget_places(&dbt->cache);
    } else if (dbt->code_epoch != machine->code_epoch) {
        check_code(dbt);
    }
    dbt->code_epoch = machine->code_epoch;
}

static void tell_forget(const struct dbt *dbt, bool page, uint64_t gva)
{
    if (dbt_wants(dbt, EVENT_FORGET))
        dbt_tell(dbt, (struct event){.kind = EVENT_FORGET, .flush = {page, gva}});
}

/* The hart's TLB may have forgotten pages: so do the tables of indirect jumps into them. */
void store_see_tlb(struct dbt *dbt)
{
    const struct tlb *tlb = machine_tlb(dbt->machine, dbt->hart);
    struct code_stale stale;

    if (tlb == NULL)
        return;
    stale = code_view_update(&dbt->view, tlb);
    if (stale.all)
        cache_clear_jumps(&dbt->cache);
    else if (stale.user)
        cache_clear_jumps_of(&dbt->cache, SPACE_U);
    if (stale.all || stale.user)
        tell_forget(dbt, false, 0);
    if (stale.page) {
        cache_clear_jumps_to(&dbt->cache, stale.gva);
        tell_forget(dbt, true, stale.gva);
    }
}

bool dbt_code_page(const struct machine *machine, const struct hart *hart, const uint8_t **page)
{
    struct walk walk;

    *page = NULL;
    if (!machine_is_board(machine))
        return true;
    walk = mmu_walk(machine, hart, hart->pc, ACCESS_FETCH);
    if (walk.ok)
        *page = phys_ram(&machine->phys, walk.gpa - walk.gpa % MEM_PAGE_SIZE, MEM_PAGE_SIZE);
    return *page != NULL;
}

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Enters what was emitted. */
static struct block *keep_block(struct dbt *dbt, struct cache_place *place)
{
    struct cache_tables *tables = dbt->cache.tables;
    const struct ir_block *ir = &dbt->translation.block;
    const struct emit_result *result = &dbt->translation.result;
    struct block *block = &tables->blocks[tables->block_count];

    *block = (struct block){
        .pc = place->pc,
        .place = (uint32_t)(place - tables->places),
        .code = result->code,
        .body = result->body,
        .code_end = dbt->translation.code_end,
        .first_insn = tables->insn_count,
        .insn_count = ir->insn_count,
        .first_exit = tables->exit_count,
        .exit_count = result->exit_count,
    };
    for (unsigned i = 0; i < ir->insn_count; i++)
        tables->insns[tables->insn_count++] = (struct cache_insn){
            .pc = ir->insns[i].pc, .insn = ir->insns[i].insn, .code = result->insn_code[i]};
    for (unsigned i = 0; i < result->exit_count; i++)
        tables->exits[tables->exit_count++] = (struct cache_exit){.target = result->exits[i].target,
                                                                  .field = result->exits[i].field,
                                                                  .block = tables->block_count};
    tables->code_used = block->code_end;
    place->block = ++tables->block_count;
    dbt->counts.blocks++;
    dbt->counts.retranslated += place->made;
    dbt->counts.cold -= place->made == 0 && place->entered != 0;
    place->made = 1;
    dbt->counts.insns += block->insn_count;
    dbt->counts.code += block->code_end - block->code;
    if ((dbt->log & LOG_PERF) != 0)
        perfmap_add(dbt->cache.execute + block->code, block->code_end - block->code, block->pc);
    if (dbt_wants(dbt, EVENT_BLOCK))
        dbt_tell(dbt, (struct event){.kind = EVENT_BLOCK,
                                     .block = {.pc = block->pc,
                                               .number = tables->block_count - 1,
                                               .insns = block->insn_count,
                                               .bytes = block->code_end - block->code}});
    return block;
}

/* Remembers the guest pages that the block was read from. */
static bool note_pages(struct dbt *dbt, const uint8_t *page)
{
    const struct ir_block *ir = &dbt->translation.block;

    if (page != NULL)
        return code_pages_note(&dbt->cache.tables->pages, page);
    for (unsigned i = 0; i < ir->insn_count; i++) {
        const struct ir_insn *at = &ir->insns[i];
        uint64_t ends[2] = {at->pc, at->pc + at->insn.length - 1};

        for (unsigned end = 0; end < 2; end++) {
            const uint8_t *hva = dbt->machine->mem.base + (ends[end] & ~(MEM_PAGE_SIZE - 1));

            if (hva != page && !code_pages_note(&dbt->cache.tables->pages, hva))
                return false;
            page = hva; /* as a rule the next one is the same */
        }
    }
    return true;
}

struct emit_env dbt_emit_env(const struct dbt *dbt, const struct code_source *source,
                             uint32_t first_exit, uint32_t first_insn)
{
    return (struct emit_env){.options = &dbt->options,
                             .homes = dbt_homes_of(dbt),
                             .fixed = &dbt->fixed,
                             .is_board = source->page != NULL,
                             .jumps = (uint64_t)(uintptr_t)&dbt->cache.tables->jumps[source->space],
                             .counts = dbt->machine->row_counts,
                             .tally = dbt->machine->row_counts != NULL ? &dbt->counts : NULL,
                             .stores = dbt->machine->stores,
                             .first_exit = first_exit,
                             .first_insn = first_insn,
                             .page = source->page_gva};
}

/* The block that is at that place, newly translated; NULL: the interpreter has to have a look. */
static struct block *translate(struct dbt *dbt, struct cache_place *place)
{
    const struct code_source source = {.mem = &dbt->machine->mem,
                                       .page = place->page,
                                       .page_gva = place->pc & ~(MEM_PAGE_SIZE - 1),
                                       .space = (enum code_space)place->space};
    struct cache_tables *tables = dbt->cache.tables;
    uint64_t start = now_ns();
    struct emit_env env;
    struct block *block;
    struct x86 x;

    if (!translation_lift(&dbt->translation, &source, place->pc))
        return NULL;
    translation_passes(&dbt->translation);
    translation_homes(&dbt->translation, dbt_homes_of(dbt));
    if (!cache_has_room(&dbt->cache) || !note_pages(dbt, place->page)) {
        store_clear(dbt, DROP_FULL);
        note_pages(dbt, place->page);
    }
    x = (struct x86){.start = dbt->cache.write,
                     .at = dbt->cache.write + tables->code_used,
                     .end = dbt->cache.write + CACHE_CODE};
    env = dbt_emit_env(dbt, &source, tables->exit_count, tables->insn_count);
    if (dbt->profile != NULL)
        env.executions = profile_counter(dbt->profile, tables->block_count);
    translation_emit(&dbt->translation, &x, &env);
    dbt->counts.host_insns += x.insns;
    block = keep_block(dbt, place);
    dbt->counts.translate_ns += now_ns() - start;
    return block;
}

/* Indirect jumps find the block from now on. */
static void enter_jump(struct dbt *dbt, unsigned space, const struct block *block)
{
    if (cache_enter_jump(&dbt->cache, space, block) && dbt_wants(dbt, EVENT_JUMP))
        dbt_tell(dbt, (struct event){.kind = EVENT_JUMP, .link = {0, block->pc}});
}

/* The place of that code. There is always room for one: if need be, as all are forgotten. */
static struct cache_place *place_at(struct dbt *dbt, uint64_t pc, const uint8_t *page,
                                    unsigned space)
{
    struct cache_place *place = cache_find_place(&dbt->cache, pc, page, space);

    if (place == NULL)
        place = cache_enter(&dbt->cache, pc, page, space);
    if (place != NULL)
        return place;
    store_clear(dbt, DROP_FULL);
    cache_forget_places(&dbt->cache);
    return cache_enter(&dbt->cache, pc, page, space);
}

/*
 * The place is entered, and has no block. Shall it stay so this time? That is decided by counting
 * alone, and not by a clock: whoever executes the same comes to the same blocks.
 */
static bool is_cold(struct dbt *dbt, struct cache_place *place)
{
    if (!dbt->options.tier || place->entered == COLD_ENTRIES)
        return false;
    dbt->counts.cold += place->entered == 0;
    place->entered++;
    if (dbt_wants(dbt, EVENT_COLD))
        dbt_tell(dbt, (struct event){.kind = EVENT_COLD, .cold = {place->entered}});
    return true;
}

enum found store_get(struct dbt *dbt, struct block **block)
{
    struct hart *hart = dbt->hart;
    const struct tlb *tlb = machine_tlb(dbt->machine, hart);
    enum code_space space = code_space_of(tlb);
    const uint8_t *page = NULL;
    struct cache_place *place;
    uint32_t word;

    dbt->counts.lookups++;
    if (tlb != NULL) {
        if (access_fetch(dbt->machine, hart, &word) == STOP_TRAP)
            return FOUND_TRAP;
        page = tlb_find(tlb, ACCESS_FETCH, hart->pc & ~(MEM_PAGE_SIZE - 1), 1);
        if (page == NULL)
            return FOUND_NONE;
    }
    place = place_at(dbt, hart->pc, page, space);
    *block = cache_block_of(&dbt->cache, place);
    if (*block == NULL) {
        if (is_cold(dbt, place))
            return FOUND_COLD;
        *block = translate(dbt, place);
        if (*block == NULL)
            return FOUND_NONE;
    }
    /* Another address space forgets those of U mode; of S mode all that are in stay. */
    if (dbt->options.ibtc && (space != SPACE_S || tlb_is_global(tlb, ACCESS_FETCH, hart->pc)))
        enter_jump(dbt, space, *block);
    return FOUND_BLOCK;
}

/* Lets the exit jump to the block from now on. On a board both are of one page. */
void store_chain(struct dbt *dbt, uint32_t exit, const struct block *to)
{
    const struct cache_exit *at = &dbt->cache.tables->exits[exit];
    const struct block *from = &dbt->cache.tables->blocks[at->block];
    const struct cache_place *start = cache_place_of(&dbt->cache, from);
    const struct cache_place *end = cache_place_of(&dbt->cache, to);

    //@lab 4.5 may the exit jump there? Then let it
    if (start->page != end->page || start->space != end->space)
        return;
    cache_link(&dbt->cache, exit, to);
    dbt->counts.chained++;
    //| /* Count it, or return. */
    //| (void)start;
    //| (void)end;
    //| lab_todo("4.5");
    //@end
    if (dbt_wants(dbt, EVENT_CHAIN))
        dbt_tell(dbt, (struct event){.kind = EVENT_CHAIN, .link = {from->pc, to->pc}});
}
