/*
 * dbt.c: the dispatcher: has the block at pc found or made (store.c), executes it, sees why it came
 * back.
 *
 * Blocks that are chained do not come back at all; so most of the time is spent elsewhere.
 */
#include "emu/dbt/dbt.h"

#include <string.h>

#include "emu/cpu/access.h"
#include "emu/dbt/log.h"
#include "emu/dbt/store.h"
#include "lib/host_arch.h"

enum { BOARD_SAMPLES = 16 }; /* a board's turns are short: one in so many is a sample (homes.h) */

#define BUDGET_MAX (INT64_C(1) << 40) /* instructions that are executed at a stretch */

struct emit_frame {
    struct machine *machine;
    struct hart *hart;
    uint64_t end;   /* hart->instret, when the budget is 0 */
    enum stop stop; /* why a step stopped */
};

/* The interpreter is about to do one instruction. */
static void count_interpreted(struct dbt *dbt)
{
    dbt->counts.steps++;
    if (dbt_wants(dbt, EVENT_INTERPRETED))
        dbt_tell(dbt, (struct event){.kind = EVENT_INTERPRETED});
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

void dbt_make_fixed_code(struct dbt *dbt)
{
    struct x86 x = {
        .start = dbt->cache.write, .at = dbt->cache.write, .end = dbt->cache.write + CACHE_CODE};

    emit_fixed_code(&x, &dbt->fixed, dbt_homes_of(dbt), step_in_block);
    dbt->cache.fixed = x86_here(&x);
    dbt->cache.tables->code_used = dbt->cache.fixed;
}

/* False: there is no translating here. */
static bool get_ready(struct dbt *dbt)
{
    struct err err = {0};

    if (dbt->cache.tables->alive == 0 && !dbt->broken) {
        if (cache_renew(&dbt->cache, &err) < 0) {
            err_print(&err, stderr);
            dbt->broken = true;
        } else {
            dbt_make_fixed_code(dbt);
            dbt->counts.cleared++; /* all that was is the parent's */
        }
    }
    if (dbt->broken)
        return false;
    store_see_code(dbt);
    store_see_tlb(dbt);
    return true;
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
        if (dbt_wants(dbt, EVENT_HOMES))
            dbt_tell(dbt, (struct event){.kind = EVENT_HOMES});
        store_clear(dbt, DROP_HOMES);
        dbt_make_fixed_code(dbt);
    }
}

/* At its next block the hart has used up what it may execute. */
static void note_budget(struct dbt *dbt)
{
    struct block *block;

    if (machine_is_board(dbt->machine) && ++dbt->budgets % BOARD_SAMPLES != 0)
        return;
    if (dbt->options.regs && dbt->options.hot && store_get(dbt, &block) == FOUND_BLOCK)
        sample(dbt, block);
}

static enum stop step(struct dbt *dbt)
{
    enum stop stop;

    count_interpreted(dbt);
    stop = engine_interp.run(dbt->machine, dbt->hart, dbt->hart->instret + 1);
    store_see_code(dbt);
    store_see_tlb(dbt);
    return stop;
}

/*
 * The first tier: the interpreter executes code that is entered seldom, next->cold instructions of
 * it at most, up to where it jumps. Behind that, what comes next is looked up. next->cold are left
 * when the count was reached before.
 */
static enum stop run_cold(struct dbt *dbt, struct next *next, uint64_t until)
{
    struct hart *hart = dbt->hart;
    uint64_t start = hart->instret, end = start + next->cold;
    bool jumped;
    enum stop stop = interp_straight(dbt->machine, hart, end < until ? end : until, &jumped);

    dbt->counts.cold_insns += hart->instret - start;
    next->cold = jumped ? 0 : (unsigned)(end - hart->instret);
    store_see_code(dbt);
    store_see_tlb(dbt);
    return stop;
}

/* At the hart's pc there is no block. */
static enum stop do_without(struct dbt *dbt, enum found found, struct next *next, uint64_t until)
{
    *next = (struct next){.block = NO_BLOCK};
    if (found == FOUND_TRAP)
        return STOP_TRAP;
    if (found == FOUND_NONE)
        return step(dbt);
    if ((dbt->log & LOG_EXEC) != 0)
        fprintf(stderr, "exec 0x%llx, cold\n", (unsigned long long)dbt->hart->pc);
    next->cold = IR_INSNS_MAX;
    return run_cold(dbt, next, until);
}

/* Executes from the block on until translated code comes back. */
static struct emit_left execute(struct dbt *dbt, struct emit_frame *frame, const uint8_t *code,
                                int64_t budget)
{
    const struct tlb *tlb = machine_tlb(frame->machine, frame->hart);
    const void *gs_base = tlb != NULL ? (const void *)tlb : frame->machine->mem.base;
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

/* The block that translated code stopped at; NULL: it is not to be found. Nothing is changed. */
static const struct block *stopped_at(struct dbt *dbt)
{
    const uint8_t *page;

    if (!dbt_code_page(dbt->machine, dbt->hart, &page))
        return NULL;
    return cache_find(&dbt->cache, dbt->hart->pc, page,
                      code_space_of(machine_tlb(dbt->machine, dbt->hart)));
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
    enum found found = FOUND_BLOCK;
    struct emit_left left;

    if (next->cold != 0)
        return run_cold(dbt, next, until);

    if (next->block != NO_BLOCK && !stale &&
        !cache_is_dropped(&dbt->cache, &tables->blocks[next->block]))
        block = &tables->blocks[next->block];
    else
        found = store_get(dbt, &block);
    if (found != FOUND_BLOCK)
        return do_without(dbt, found, next, until);
    /* If all was cleared in between, the exit is not there any more. */
    if (next->from_exit && next->cleared == dbt->counts.cleared)
        store_chain(dbt, next->exit, block);
    frame->end = hart->instret + (uint64_t)budget;
    if ((dbt->log & LOG_EXEC) != 0)
        fprintf(stderr, "exec 0x%llx\n", (unsigned long long)block->pc);
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

enum stop dbt_run(struct machine *machine, struct hart *hart, uint64_t until)
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
bool dbt_fault(const struct machine *machine, const struct host_registers *registers)
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
