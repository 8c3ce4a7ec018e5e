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
#include "emu/dbt/cache.h"
#include "emu/dbt/emit.h"
#include "emu/dbt/lift.h"
#include "emu/dbt/log.h"
#include "emu/dbt/passes.h"
#include "lib/host_arch.h"

enum { BOARD_SAMPLES = 16 }; /* a board's turns are short: one in so many is a sample (homes.h) */

#define BUDGET_MAX (INT64_C(1) << 40) /* instructions that are executed at a stretch */

struct dbt {
    struct cache cache;
    struct emit_fixed fixed;
    struct dbt_options options;
    struct homes homes;
    struct dbt_counts counts;
    unsigned log;             /* a set of enum dbt_log */
    struct emit_frame *frame; /* while translated code runs */
    uint64_t budgets;         /* times that one was used up */
    bool broken;              /* a child of a fork that got no memory for code */

    /* What the blocks are valid for ... */
    uint64_t code_epoch;
    const uint8_t *base;
    /* ... and the jump tables. */
    struct code_view view;

    /* Of the translation that is made. */
    struct ir_block block;
    struct emit_result result;
};

struct emit_frame {
    struct machine *machine;
    struct hart *hart;
    uint64_t end;   /* hart->instret, when the budget is 0 */
    enum stop stop; /* why a step stopped */
};

/* Called by translated code. */
static uint64_t step_in_block(struct emit_frame *frame, uint32_t insn, int64_t budget)
{
    struct hart *hart = frame->hart;
    struct dbt *dbt = frame->machine->engine_state;
    const struct cache_insn *at = &dbt->cache.tables->insns[insn];

    hart->pc = at->pc;
    hart->instret = frame->end - (uint64_t)budget;
    dbt->counts.steps++;
    frame->stop = interp_step(frame->machine, hart, &at->insn);
    return frame->stop != STOP_COUNT;
}

static const struct homes *homes_of(const struct dbt *dbt)
{
    return dbt->options.regs ? &dbt->homes : NULL;
}

static void make_fixed_code(struct dbt *dbt)
{
    struct x86 x = {
        .start = dbt->cache.write, .at = dbt->cache.write, .end = dbt->cache.write + CACHE_CODE};

    emit_fixed_code(&x, &dbt->fixed, homes_of(dbt), step_in_block);
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
    machine->engine_state = dbt;
    return 0;
}

static void dbt_detach(struct machine *machine)
{
    struct dbt *dbt = machine->engine_state;

    if (dbt == NULL)
        return;
    cache_fini(&dbt->cache);
    free(dbt);
    machine->engine_state = NULL;
}

const struct dbt_counts *dbt_counts(const struct machine *machine)
{
    const struct dbt *dbt = machine->engine_state;

    return &dbt->counts;
}

static void clear(struct dbt *dbt)
{
    dbt->counts.cleared++;
    if ((dbt->log & LOG_CLEAR) != 0)
        fprintf(stderr, "clear: %u blocks are dropped\n", dbt->cache.tables->block_count);
    cache_clear(&dbt->cache);
}

/* Is what blocks were made of still there? What is not goes, with its blocks. */
static void check_code(struct dbt *dbt, const struct machine *machine)
{
    const struct code_pages *pages = &dbt->cache.tables->pages;

    for (unsigned i = pages->count; i-- > 0;) {
        if (code_page_is_valid(&pages->pages[i], machine))
            continue;
        if (!machine_is_board(machine)) {
            clear(dbt); /* any block may be chained to those of the page */
            return;
        }
        cache_drop_page(&dbt->cache, i);
    }
}

/* Code may have changed, or another program be there: what we have is held against it. */
static void see_code(struct dbt *dbt, const struct machine *machine)
{
    if (dbt->base != machine->mem.base) {
        dbt->base = machine->mem.base;
        clear(dbt);
    } else if (dbt->code_epoch != machine->code_epoch) {
        check_code(dbt, machine);
    }
    dbt->code_epoch = machine->code_epoch;
}

/* The TLB may have forgotten pages: so do the tables of indirect jumps into them. */
static void see_tlb(struct dbt *dbt, const struct tlb *tlb)
{
    struct code_stale stale = code_view_update(&dbt->view, tlb);

    if (stale.all)
        cache_clear_jumps(&dbt->cache);
    else if (stale.user)
        cache_clear_jumps_of(&dbt->cache, SPACE_U);
    if (stale.page)
        cache_clear_jumps_to(&dbt->cache, stale.gva);
}

/* False: there is no translating here. */
static bool get_ready(struct dbt *dbt, const struct machine *machine, const struct hart *hart)
{
    struct err err = {0};

    if (dbt->cache.tables->alive == 0 && !dbt->broken) {
        if (cache_renew(&dbt->cache, &err) < 0) {
            err_print(&err, stderr);
            dbt->broken = true;
        } else {
            make_fixed_code(dbt);
        }
    }
    if (dbt->broken)
        return false;
    see_code(dbt, machine);
    if (machine_is_board(machine)) {
        see_tlb(dbt, &machine->tlbs[hart->mhartid]);
    }
    return true;
}

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Enters what was emitted. */
static struct block *keep_block(struct dbt *dbt, const struct x86 *x, const uint8_t *page,
                                unsigned space)
{
    struct cache_tables *tables = dbt->cache.tables;
    const struct ir_block *ir = &dbt->block;
    const struct emit_result *result = &dbt->result;
    struct block *block = &tables->blocks[tables->block_count];

    *block = (struct block){
        .pc = ir->insns[0].pc,
        .page = page,
        .space = space,
        .code = result->code,
        .code_end = x86_here(x),
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
    return block;
}

/* Remembers the guest pages that the block was read from. */
static bool note_pages(struct dbt *dbt, const struct machine *machine, const uint8_t *page)
{
    if (page != NULL)
        return code_pages_note(&dbt->cache.tables->pages, page);
    for (unsigned i = 0; i < dbt->block.insn_count; i++) {
        const struct ir_insn *at = &dbt->block.insns[i];
        uint64_t ends[2] = {at->pc, at->pc + at->insn.length - 1};

        for (unsigned end = 0; end < 2; end++) {
            const uint8_t *hva = machine->mem.base + (ends[end] & ~(MEM_PAGE_SIZE - 1));

            if (hva != page && !code_pages_note(&dbt->cache.tables->pages, hva))
                return false;
            page = hva; /* as a rule the next one is the same */
        }
    }
    return true;
}

/* The block at pc, newly translated; NULL: the interpreter has to have a look. */
static struct block *translate(struct dbt *dbt, const struct machine *machine, uint64_t pc,
                               const uint8_t *page, unsigned space)
{
    struct code_source source = {.mem = &machine->mem,
                                 .page = page,
                                 .page_gva = pc & ~(MEM_PAGE_SIZE - 1),
                                 .space = (enum code_space)space};
    struct cache_tables *tables = dbt->cache.tables;
    uint64_t start = now_ns();
    struct block *block;
    struct x86 x;

    lift_block(&dbt->block, &source, pc, &dbt->options);
    if (dbt->block.insn_count == 0)
        return NULL;
    if ((dbt->log & LOG_IN_ASM) != 0)
        dbt_log_guest(stderr, &dbt->block);
    if ((dbt->log & LOG_OP) != 0)
        dbt_log_ir(stderr, "op", &dbt->block);
    passes_run(&dbt->block, &dbt->options);
    if ((dbt->log & LOG_OP_OPT) != 0)
        dbt_log_ir(stderr, "op_opt", &dbt->block);
    if (!cache_has_room(&dbt->cache) || !note_pages(dbt, machine, page)) {
        clear(dbt);
        note_pages(dbt, machine, page);
    }
    x = (struct x86){.start = dbt->cache.write,
                     .at = dbt->cache.write + tables->code_used,
                     .end = dbt->cache.write + CACHE_CODE};
    emit_block(&x, &dbt->block,
               &(struct emit_env){.options = &dbt->options,
                                  .homes = homes_of(dbt),
                                  .fixed = &dbt->fixed,
                                  .is_board = page != NULL,
                                  .jumps = (uint64_t)(uintptr_t)&tables->jumps[space],
                                  .counts = machine->row_counts,
                                  .first_exit = tables->exit_count,
                                  .first_insn = tables->insn_count,
                                  .page = source.page_gva},
               &dbt->result);
    block = keep_block(dbt, &x, page, space);
    if ((dbt->log & LOG_OUT_ASM) != 0)
        dbt_log_host(stderr, &dbt->block, dbt->cache.write, block->code, block->code_end,
                     dbt->result.insn_code);
    dbt->counts.translate_ns += now_ns() - start;
    return block;
}

/*
 * The block at hart->pc, found or made. STOP_TRAP: its first instruction cannot be fetched. A NULL
 * *block: the interpreter has to go on.
 */
static enum stop get_block(struct dbt *dbt, struct machine *machine, struct hart *hart,
                           struct block **block)
{
    const struct tlb *tlb = machine_is_board(machine) ? &machine->tlbs[hart->mhartid] : NULL;
    enum code_space space = code_space_of(tlb);
    const uint8_t *page = NULL;
    uint32_t word;

    *block = NULL;
    dbt->counts.lookups++;
    if (tlb != NULL) {
        if (access_fetch(machine, hart, &word) == STOP_TRAP)
            return STOP_TRAP;
        page = tlb_find(tlb, ACCESS_FETCH, hart->pc & ~(MEM_PAGE_SIZE - 1), 1);
        if (page == NULL)
            return STOP_COUNT;
    }
    *block = cache_find(&dbt->cache, hart->pc, page, space);
    if (*block == NULL)
        *block = translate(dbt, machine, hart->pc, page, space);
    /* Another address space forgets those of U mode; of S mode all that are in stay. */
    if (*block != NULL && dbt->options.ibtc &&
        (space != SPACE_S || tlb_is_global(tlb, ACCESS_FETCH, hart->pc)))
        cache_enter_jump(&dbt->cache, space, *block);
    return STOP_COUNT;
}

/* Lets the exit jump to the block from now on. On a board both are of one page. */
static void chain(struct dbt *dbt, const struct cache_exit *exit, const struct block *to)
{
    const struct block *from = &dbt->cache.tables->blocks[exit->block];
    struct x86 x = {.start = dbt->cache.write};

    if (from->page != to->page || from->space != to->space)
        return;
    x86_link(&x, exit->field, to->code);
    dbt->counts.chained++;
    if ((dbt->log & LOG_CHAIN) != 0)
        fprintf(stderr, "chain: 0x%llx -> 0x%llx\n", (unsigned long long)from->pc,
                (unsigned long long)to->pc);
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
        clear(dbt);
        make_fixed_code(dbt);
    }
}

/* At its next block the hart has used up what it may execute. */
static void note_budget(struct dbt *dbt, struct machine *machine, struct hart *hart)
{
    struct block *block;

    if (machine_is_board(machine) && ++dbt->budgets % BOARD_SAMPLES != 0)
        return;
    if (dbt->options.regs && dbt->options.hot &&
        get_block(dbt, machine, hart, &block) != STOP_TRAP && block != NULL)
        sample(dbt, block);
}

static enum stop step(struct dbt *dbt, struct machine *machine, struct hart *hart)
{
    enum stop stop = engine_interp.run(machine, hart, hart->instret + 1);

    dbt->counts.steps++;
    see_code(dbt, machine);
    if (machine_is_board(machine))
        see_tlb(dbt, &machine->tlbs[hart->mhartid]);
    return stop;
}

/* Executes from the block on until translated code comes back. */
static struct emit_left execute(struct dbt *dbt, struct emit_frame *frame,
                                const struct block *block, int64_t budget)
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
    left = enter(frame->hart, dbt->cache.execute + block->code, budget, gs_base, frame);
    dbt->frame = NULL;
    return left;
}

/* The exit that execution came back from, to be chained to the block that comes next. */
struct pending {
    uint32_t exit;
    uint64_t cleared;
    bool is;
};

static void chain_pending(struct dbt *dbt, const struct pending *pending, const struct block *to)
{
    /* If all was cleared in between, the exit is not there any more. */
    if (pending->is && pending->cleared == dbt->counts.cleared)
        chain(dbt, &dbt->cache.tables->exits[pending->exit], to);
}

static enum stop dbt_run(struct machine *machine, struct hart *hart, uint64_t until)
{
    struct dbt *dbt = machine->engine_state;
    struct emit_frame frame = {.machine = machine, .hart = hart};
    struct pending pending = {.is = false};
    enum stop stop = STOP_COUNT;

    mmu_enter(machine, hart);
    if (!get_ready(dbt, machine, hart))
        return engine_interp.run(machine, hart, until);
    while (stop == STOP_COUNT && hart->instret != until) {
        uint64_t left_to_do = until - hart->instret;
        int64_t budget = left_to_do < BUDGET_MAX ? (int64_t)left_to_do : BUDGET_MAX;
        struct emit_left left;
        struct block *block;

        if (get_block(dbt, machine, hart, &block) == STOP_TRAP)
            return STOP_TRAP;
        if (block == NULL) {
            pending.is = false;
            stop = step(dbt, machine, hart);
            continue;
        }
        chain_pending(dbt, &pending, block);
        frame.end = hart->instret + (uint64_t)budget;
        left = execute(dbt, &frame, block, budget);
        pending.is = false;
        if (left.why != LEAVE_STOPPED)
            hart->instret = frame.end - (uint64_t)left.budget;
        switch (left.why) {
        case LEAVE_LOOKUP: break;
        case LEAVE_BUDGET:
            note_budget(dbt, machine, hart);
            return engine_interp.run(machine, hart, until);
        case LEAVE_STEP: stop = step(dbt, machine, hart); break;
        case LEAVE_STOPPED: stop = frame.stop; break;
        default:
            hart->pc = dbt->cache.tables->exits[left.why].target;
            pending = (struct pending){
                .exit = (uint32_t)left.why, .cleared = dbt->counts.cleared, .is = true};
        }
    }
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

const struct engine engine_dbt = {
    .name = "dbt",
    .summary = "blocks translated to x86-64 code",
    .run = dbt_run,
    .attach = dbt_attach,
    .detach = dbt_detach,
    .fault = dbt_fault,
};
