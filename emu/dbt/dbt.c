/*
 * dbt.c: the dispatcher: finds or makes the block at pc, executes it, sees why it came back.
 *
 * Blocks that are chained do not come back at all; so most of the time is spent elsewhere.
 */
#include "emu/dbt/dbt.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <time.h>

#include "emu/cpu/access.h"
#include "emu/dbt/inspect.h"
#include "emu/dbt/log.h"
#include "emu/dbt/state.h"
#include "lib/host_arch.h"

enum { BOARD_SAMPLES = 16 }; /* a board's turns are short: one in so many is a sample (homes.h) */

#define BUDGET_MAX (INT64_C(1) << 40) /* instructions that are executed at a stretch */

struct emit_frame {
    struct machine *machine;
    struct hart *hart;
    uint64_t end;   /* hart->instret, when the budget is 0 */
    enum stop stop; /* why a step stopped */
};

static bool wants(const struct dbt *dbt, enum event_kind kind)
{
    return events_want(&dbt->machine->events, kind);
}

static void tell(const struct dbt *dbt, struct event event)
{
    event.hart = dbt->hart;
    events_send(&dbt->machine->events, &event);
}

/* The interpreter is about to do one instruction. */
static void count_interpreted(struct dbt *dbt)
{
    dbt->counts.steps++;
    if (wants(dbt, EVENT_INTERPRETED))
        tell(dbt, (struct event){.kind = EVENT_INTERPRETED});
}

/* Called by translated code. */
static uint64_t step_in_block(struct emit_frame *frame, uint32_t insn, int64_t budget)
{
    struct hart *hart = frame->hart;
    struct dbt *dbt = frame->machine->engine_state;
    const struct cache_insn *at = &dbt->cache.tables->insns[insn];

    hart->pc = at->pc;
    hart->instret = frame->end - (uint64_t)budget;
    count_interpreted(dbt);
    frame->stop = interp_step(frame->machine, hart, &at->insn);
    return frame->stop != STOP_COUNT;
}

const struct homes *dbt_homes_of(const struct dbt *dbt)
{
    return dbt->options.regs ? &dbt->homes : NULL;
}

static void make_fixed_code(struct dbt *dbt)
{
    struct x86 x = {
        .start = dbt->cache.write, .at = dbt->cache.write, .end = dbt->cache.write + CACHE_CODE};

    emit_fixed_code(&x, &dbt->fixed, dbt_homes_of(dbt), step_in_block);
    dbt->cache.fixed = x86_here(&x);
    dbt->cache.tables->code_used = dbt->cache.fixed;
}

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

static int dbt_attach(struct machine *machine, const struct engine_options *options,
                      struct err *err)
{
    struct dbt *dbt = calloc(1, sizeof *dbt);
    struct event_reader reader;

    if (dbt == NULL)
        err_die_oom();
    dbt->options = dbt_options_all();
    if (dbt_probe(err) < 0 ||
        (options->switches != NULL &&
         dbt_options_parse(&dbt->options, options->switches, err) < 0) ||
        (options->log != NULL && dbt_log_parse(&dbt->log, options->log, err) < 0) ||
        cache_init(&dbt->cache, err) < 0) {
        free(dbt);
        return -1;
    }
    homes_init(&dbt->homes);
    make_fixed_code(dbt);
    dbt->translation.options = &dbt->options;
    dbt->translation.reader = dbt_log_phases(&dbt->log);
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

/* Drops blocks: all of them, or (EVENT_DROP) those of a page. */
static void tell_drop(const struct dbt *dbt, enum event_kind kind, enum drop_reason reason,
                      uint32_t blocks)
{
    if (blocks != 0 && wants(dbt, kind))
        tell(dbt, (struct event){.kind = kind, .drop = {reason, blocks}});
}

static void clear(struct dbt *dbt, enum drop_reason reason)
{
    uint32_t blocks = dbt->cache.tables->block_count;

    tell_drop(dbt, EVENT_CLEAR, reason, blocks);
    dbt->counts.cleared += blocks != 0;
    dbt->counts.dropped += blocks;
    cache_clear(&dbt->cache);
}

/* Is what blocks were made of still there? What is not goes, with its blocks. */
static void check_code(struct dbt *dbt)
{
    const struct code_pages *pages = &dbt->cache.tables->pages;

    for (unsigned i = pages->count; i-- > 0;) {
        uint32_t dropped;

        if (code_page_is_valid(&pages->pages[i], dbt->machine))
            continue;
        if (!machine_is_board(dbt->machine)) {
            clear(dbt, DROP_CHANGED); /* any block may be chained to those of the page */
            return;
        }
        dropped = cache_drop_page(&dbt->cache, i);
        dbt->counts.dropped += dropped;
        tell_drop(dbt, EVENT_DROP, DROP_CHANGED, dropped);
    }
}

/* Code may have changed, or another program be there: what we have is held against it. */
static void see_code(struct dbt *dbt)
{
    const struct machine *machine = dbt->machine;

    if (dbt->base != machine->mem.base) {
        dbt->base = machine->mem.base;
        clear(dbt, DROP_PROGRAM);
    } else if (dbt->code_epoch != machine->code_epoch) {
        check_code(dbt);
    }
    dbt->code_epoch = machine->code_epoch;
}

static void tell_forget(const struct dbt *dbt, bool page, uint64_t gva)
{
    if (wants(dbt, EVENT_FORGET))
        tell(dbt, (struct event){.kind = EVENT_FORGET, .flush = {page, gva}});
}

/* The TLB may have forgotten pages: so do the tables of indirect jumps into them. */
static void see_tlb(struct dbt *dbt, const struct tlb *tlb)
{
    struct code_stale stale = code_view_update(&dbt->view, tlb);

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

/* False: there is no translating here. */
static bool get_ready(struct dbt *dbt)
{
    const struct machine *machine = dbt->machine;
    struct err err = {0};

    if (dbt->cache.tables->alive == 0 && !dbt->broken) {
        if (cache_renew(&dbt->cache, &err) < 0) {
            err_print(&err, stderr);
            dbt->broken = true;
        } else {
            make_fixed_code(dbt);
            dbt->counts.cleared++; /* all that was is the parent's */
        }
    }
    if (dbt->broken)
        return false;
    see_code(dbt);
    if (machine_is_board(machine))
        see_tlb(dbt, &machine->tlbs[dbt->hart->mhartid]);
    return true;
}

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Enters what was emitted. */
static struct block *keep_block(struct dbt *dbt, const uint8_t *page, unsigned space)
{
    struct cache_tables *tables = dbt->cache.tables;
    const struct ir_block *ir = &dbt->translation.block;
    const struct emit_result *result = &dbt->translation.result;
    struct block *block = &tables->blocks[tables->block_count];

    *block = (struct block){
        .pc = ir->insns[0].pc,
        .page = page,
        .space = space,
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
    tables->block_count++;
    tables->code_used = block->code_end;
    cache_enter(&dbt->cache, block);
    dbt->counts.blocks++;
    dbt->counts.insns += block->insn_count;
    dbt->counts.code += block->code_end - block->code;
    if (wants(dbt, EVENT_BLOCK))
        tell(dbt, (struct event){.kind = EVENT_BLOCK,
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
                             .first_exit = first_exit,
                             .first_insn = first_insn,
                             .page = source->page_gva};
}

/* The block at pc, newly translated; NULL: the interpreter has to have a look. */
static struct block *translate(struct dbt *dbt, uint64_t pc, const uint8_t *page, unsigned space)
{
    const struct code_source source = {.mem = &dbt->machine->mem,
                                       .page = page,
                                       .page_gva = pc & ~(MEM_PAGE_SIZE - 1),
                                       .space = (enum code_space)space};
    struct cache_tables *tables = dbt->cache.tables;
    uint64_t start = now_ns();
    struct emit_env env;
    struct block *block;
    struct x86 x;

    if (!translation_lift(&dbt->translation, &source, pc))
        return NULL;
    translation_passes(&dbt->translation);
    translation_homes(&dbt->translation, dbt_homes_of(dbt));
    if (!cache_has_room(&dbt->cache) || !note_pages(dbt, page)) {
        clear(dbt, DROP_FULL);
        note_pages(dbt, page);
    }
    x = (struct x86){.start = dbt->cache.write,
                     .at = dbt->cache.write + tables->code_used,
                     .end = dbt->cache.write + CACHE_CODE};
    env = dbt_emit_env(dbt, &source, tables->exit_count, tables->insn_count);
    translation_emit(&dbt->translation, &x, &env);
    dbt->counts.host_insns += x.insns;
    block = keep_block(dbt, page, space);
    dbt->counts.translate_ns += now_ns() - start;
    return block;
}

/* Indirect jumps find the block from now on. */
static void enter_jump(struct dbt *dbt, unsigned space, const struct block *block)
{
    if (cache_enter_jump(&dbt->cache, space, block) && wants(dbt, EVENT_JUMP))
        tell(dbt, (struct event){.kind = EVENT_JUMP, .link = {0, block->pc}});
}

static struct tlb *tlb_of(const struct dbt *dbt)
{
    return machine_is_board(dbt->machine) ? &dbt->machine->tlbs[dbt->hart->mhartid] : NULL;
}

/*
 * The block at hart->pc, found or made. STOP_TRAP: its first instruction cannot be fetched. A NULL
 * *block: the interpreter has to go on.
 */
static enum stop get_block(struct dbt *dbt, struct block **block)
{
    struct hart *hart = dbt->hart;
    const struct tlb *tlb = tlb_of(dbt);
    enum code_space space = code_space_of(tlb);
    const uint8_t *page = NULL;
    uint32_t word;

    *block = NULL;
    dbt->counts.lookups++;
    if (tlb != NULL) {
        if (access_fetch(dbt->machine, hart, &word) == STOP_TRAP)
            return STOP_TRAP;
        page = tlb_find(tlb, ACCESS_FETCH, hart->pc & ~(MEM_PAGE_SIZE - 1), 1);
        if (page == NULL)
            return STOP_COUNT;
    }
    *block = cache_find(&dbt->cache, hart->pc, page, space);
    if (*block == NULL)
        *block = translate(dbt, hart->pc, page, space);
    /* Another address space forgets those of U mode; of S mode all that are in stay. */
    if (*block != NULL && dbt->options.ibtc &&
        (space != SPACE_S || tlb_is_global(tlb, ACCESS_FETCH, hart->pc)))
        enter_jump(dbt, space, *block);
    return STOP_COUNT;
}

/* Lets the exit jump to the block from now on. On a board both are of one page. */
static void chain(struct dbt *dbt, uint32_t exit, const struct block *to)
{
    const struct cache_exit *at = &dbt->cache.tables->exits[exit];
    const struct block *from = &dbt->cache.tables->blocks[at->block];

    if (from->page != to->page || from->space != to->space)
        return;
    cache_link(&dbt->cache, exit, to);
    dbt->counts.chained++;
    if (wants(dbt, EVENT_CHAIN))
        tell(dbt, (struct event){.kind = EVENT_CHAIN, .link = {from->pc, to->pc}});
}

/* The budget was used up in front of that block. */
static void sample(struct dbt *dbt, const struct block *block)
{
    const struct cache_insn *insns = &dbt->cache.tables->insns[block->first_insn];
    uint32_t words[IR_INSNS_MAX];

    for (unsigned i = 0; i < block->insn_count; i++)
        words[i] = insns[i].insn.word;
    homes_sample(&dbt->homes, words, block->insn_count);
    if (homes_choose(&dbt->homes)) {
        dbt->counts.rehomed++;
        if (wants(dbt, EVENT_HOMES))
            tell(dbt, (struct event){.kind = EVENT_HOMES});
        clear(dbt, DROP_HOMES);
        make_fixed_code(dbt);
    }
}

/* At its next block the hart has used up what it may execute. */
static void note_budget(struct dbt *dbt)
{
    struct block *block;

    if (machine_is_board(dbt->machine) && ++dbt->budgets % BOARD_SAMPLES != 0)
        return;
    if (dbt->options.regs && dbt->options.hot && get_block(dbt, &block) != STOP_TRAP &&
        block != NULL)
        sample(dbt, block);
}

static enum stop step(struct dbt *dbt)
{
    enum stop stop;

    count_interpreted(dbt);
    stop = engine_interp.run(dbt->machine, dbt->hart, dbt->hart->instret + 1);
    see_code(dbt);
    if (machine_is_board(dbt->machine))
        see_tlb(dbt, &dbt->machine->tlbs[dbt->hart->mhartid]);
    return stop;
}

/* Executes from the block on until translated code comes back. */
static struct emit_left execute(struct dbt *dbt, struct emit_frame *frame, const uint8_t *code,
                                int64_t budget)
{
    const struct machine *machine = frame->machine;
    const void *gs_base = machine_is_board(machine)
                              ? (const void *)&machine->tlbs[frame->hart->mhartid]
                              : (const void *)machine->mem.base;
    const uint8_t *enter_code = dbt->cache.execute + dbt->fixed.enter;
    struct emit_left (*enter)(struct hart * hart, const uint8_t *code, int64_t budget,
                              const void *gs_base, struct emit_frame *frame);
    struct emit_left left;

    memcpy(&enter, &enter_code, sizeof enter);
    dbt->frame = frame;
    left = enter(frame->hart, code, budget, gs_base, frame);
    dbt->frame = NULL;
    return left;
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

/* The block that translated code stopped at; NULL: it is not to be found. Nothing is changed. */
static const struct block *stopped_at(struct dbt *dbt)
{
    const uint8_t *page;

    if (!dbt_code_page(dbt->machine, dbt->hart, &page))
        return NULL;
    return cache_find(&dbt->cache, dbt->hart->pc, page, code_space_of(tlb_of(dbt)));
}

/*
 * Translated code has stopped at a block that is longer than the `count` instructions which remain,
 * and it is not to be noticed. True: they were looked at ahead. Else *next is what comes.
 */
static bool look_ahead(struct dbt *dbt, uint64_t count, struct next *next)
{
    const struct block *block = stopped_at(dbt);
    uint64_t pcs[IR_INSNS_MAX];

    if (block == NULL || count >= block->insn_count)
        return false;
    *next = (struct next){.block = (uint32_t)(block - dbt->cache.tables->blocks),
                          .cleared = dbt->counts.cleared};
    dbt->pause.done = 0;
    if (count == 0)
        return true;
    for (unsigned i = 0; i < block->insn_count; i++)
        pcs[i] = dbt->cache.tables->insns[block->first_insn + i].pc;
    if (pause_look_ahead(&dbt->pause, dbt->machine, dbt->hart, pcs, (unsigned)count))
        return true;
    next->behind_check = true;
    return false;
}

/*
 * One round: from a block on until translated code comes back. *next: what comes first, and then
 * what comes next. *spent: it came back as its next block is longer than what may be executed.
 */
static enum stop go_on(struct dbt *dbt, struct emit_frame *frame, struct next *next, uint64_t until,
                       bool *spent)
{
    struct hart *hart = dbt->hart;
    struct cache_tables *tables = dbt->cache.tables;
    uint64_t left_to_do = until - hart->instret;
    int64_t budget = left_to_do < BUDGET_MAX ? (int64_t)left_to_do : BUDGET_MAX;
    bool stale = next->cleared != dbt->counts.cleared;
    struct block *block = NULL;
    struct emit_left left;

    if (next->block != NO_BLOCK && !stale && tables->blocks[next->block].dropped == 0)
        block = &tables->blocks[next->block];
    else if (get_block(dbt, &block) == STOP_TRAP)
        return STOP_TRAP;
    if (block == NULL) {
        *next = (struct next){.block = NO_BLOCK};
        return step(dbt);
    }
    /* If all was cleared in between, the exit is not there any more. */
    if (next->from_exit && next->cleared == dbt->counts.cleared)
        chain(dbt, next->exit, block);
    frame->end = hart->instret + (uint64_t)budget;
    if (next->behind_check)
        left = execute(dbt, frame, dbt->cache.execute + block->body,
                       budget - (int64_t)block->insn_count);
    else
        left = execute(dbt, frame, dbt->cache.execute + block->code, budget);
    *next = (struct next){.block = NO_BLOCK};
    if (left.why != LEAVE_STOPPED)
        hart->instret = frame->end - (uint64_t)left.budget;
    switch (left.why) {
    case LEAVE_LOOKUP: dbt->counts.misses++; break;
    case LEAVE_BUDGET: *spent = true; break;
    case LEAVE_STEP: return step(dbt);
    case LEAVE_STOPPED: return frame->stop;
    default:
        hart->pc = tables->exits[left.why].target;
        *next = (struct next){.block = NO_BLOCK,
                              .from_exit = true,
                              .exit = (uint32_t)left.why,
                              .cleared = dbt->counts.cleared};
    }
    return STOP_COUNT;
}

static enum stop dbt_run(struct machine *machine, struct hart *hart, uint64_t until)
{
    struct dbt *dbt = machine->engine_state;
    struct emit_frame frame = {.machine = machine, .hart = hart};
    enum stop stop = STOP_COUNT;
    struct next next;
    bool spent = false;

    if (hart->instret == until)
        return STOP_COUNT;
    dbt->machine = machine;
    dbt->hart = hart;
    next = pause_end(&dbt->pause, machine, hart);
    mmu_enter(machine, hart);
    if (!get_ready(dbt))
        return engine_interp.run(machine, hart, until);
    while (stop == STOP_COUNT && hart->instret != until) {
        stop = go_on(dbt, &frame, &next, until, &spent);
        if (!spent)
            continue;
        spent = false;
        if (!machine->observed) {
            note_budget(dbt);
            return engine_interp.run(machine, hart, until);
        }
        if (look_ahead(dbt, until - hart->instret, &next))
            break;
    }
    if (machine->observed && stop == STOP_COUNT)
        pause_begin(&dbt->pause, hart, &next);
    return stop;
}

/*
 * A fault of the host in translated code: the guest did what it may not. Execution goes on where
 * the interpreter is asked to do that instruction, with rax and r15 as that wants them.
 */
static bool dbt_fault(const struct machine *machine, const struct host_registers *registers)
{
    const struct dbt *dbt = machine->engine_state;
    const struct block *block;
    unsigned insn;

    if (dbt->frame == NULL)
        return false;
    block = cache_block_at(&dbt->cache, *registers->rip);
    if (block == NULL)
        return false;
    insn = cache_insn_at(&dbt->cache, block,
                         (uint32_t)(*registers->rip - (uint64_t)(uintptr_t)dbt->cache.execute));
    *registers->rax = dbt->cache.tables->insns[block->first_insn + insn].pc;
    *registers->r15 += block->insn_count - insn;
    *registers->rip = (uint64_t)(uintptr_t)(dbt->cache.execute + dbt->fixed.interpret);
    return true;
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
