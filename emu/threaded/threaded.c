/* threaded.c: the dispatcher: finds or makes the block at pc, executes it; see threaded.h. */
#include "emu/threaded/threaded.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "emu/cpu/access.h"
#include "emu/threaded/blocks.h"
#include "emu/threaded/build.h"
#include "emu/threaded/handlers.h"
#include "lib/tail_call.h"

_Static_assert(TAIL_CALLS_MAX >= BLOCK_INSNS_MAX, "every block fits into a stretch");

#define THREADED_COUNTERS(COUNTER)                                   \
    COUNTER(blocks, "blocks made")                                   \
    COUNTER(insns, "guest instructions in them")                     \
    COUNTER(dropped, "blocks dropped, to be made again when needed") \
    COUNTER(cleared, "times that all were dropped")                  \
    COUNTER(linked, "jumps linked to their block")                   \
    COUNTER(lookups, "look-ups by the dispatcher")

struct threaded_counts {
#define COUNTER(name, meaning) uint64_t name;
    THREADED_COUNTERS(COUNTER)
#undef COUNTER
};

struct threaded {
    struct blocks *blocks;
    struct threaded_counts counts; /* what it did, for --stats */
    bool counted;                  /* the blocks count what they execute */

    /* What the blocks are valid for ... */
    uint64_t code_epoch;
    const uint8_t *base;
    /* ... and the tables of jumps. */
    struct code_view view;
};

static int threaded_attach(struct machine *machine, const struct engine_options *options,
                           struct err *err)
{
    struct threaded *threaded;

    if (engine_refuse_options("threaded", options, err) < 0)
        return -1;
    threaded = calloc(1, sizeof *threaded);
    if (threaded == NULL)
        err_die_oom();
    threaded->blocks = blocks_new();
    machine->engine_state = threaded;
    return 0;
}

static void threaded_detach(struct machine *machine)
{
    struct threaded *threaded = machine->engine_state;

    if (threaded == NULL)
        return;
    free(threaded->blocks);
    free(threaded);
    machine->engine_state = NULL;
}

static void clear(struct threaded *threaded)
{
    threaded->counts.cleared++;
    threaded->counts.dropped += threaded->blocks->block_count;
    blocks_clear(threaded->blocks);
}

/* Is what blocks were made of still there? What is not goes, with its blocks. */
static void check_code(struct threaded *threaded, const struct machine *machine)
{
    const struct code_pages *pages = &threaded->blocks->pages;

    for (unsigned i = pages->count; i-- > 0;) {
        if (code_page_is_valid(&pages->pages[i], machine))
            continue;
        if (!machine_is_board(machine)) {
            clear(threaded); /* any block may be linked to those of the page */
            return;
        }
        threaded->counts.dropped += blocks_drop_page(threaded->blocks, i);
    }
}

/* Code may have changed, or another program be there: what we have is held against it. */
static void see_code(struct threaded *threaded, const struct machine *machine)
{
    if (threaded->base != machine->mem.base) {
        threaded->base = machine->mem.base;
        clear(threaded);
    } else if (threaded->code_epoch != machine->code_epoch) {
        check_code(threaded, machine);
    }
    threaded->code_epoch = machine->code_epoch;
}

/* The TLB may have forgotten pages: so do the tables of jumps into them. */
static void see_tlb(struct threaded *threaded, const struct tlb *tlb)
{
    struct code_stale stale = code_view_update(&threaded->view, tlb);

    if (stale.all)
        blocks_clear_jumps(threaded->blocks);
    else if (stale.user)
        blocks_clear_jumps_of(threaded->blocks, SPACE_U);
    if (stale.page)
        blocks_clear_jumps_to(threaded->blocks, stale.gva);
}

/* The interpreter may have changed the mode, and what addresses mean. */
static void see_space(struct threaded *threaded, struct relay *relay)
{
    if (relay->tlb != NULL)
        see_tlb(threaded, relay->tlb);
    relay->jumps = &threaded->blocks->jumps[code_space_of(relay->tlb)];
}

/* Remembers the guest pages that the block was read from. */
static bool note_pages(struct threaded *threaded, const struct machine *machine,
                       const struct block *block, const struct built *built)
{
    bool done = true;

    if (block->page != NULL)
        return code_pages_note(&threaded->blocks->pages, block->page);
    for (unsigned i = 0; i < built->page_count && done; i++)
        done = code_pages_note(&threaded->blocks->pages, machine->mem.base + built->pages[i]);
    return done;
}

/* The block at pc, newly made; NULL: the interpreter has to have a look. */
static const struct block *make_block(struct threaded *threaded, const struct machine *machine,
                                      uint64_t pc, const uint8_t *page)
{
    const struct code_source source = {
        .mem = &machine->mem, .page = page, .page_gva = pc & ~(MEM_PAGE_SIZE - 1)};
    struct blocks *blocks = threaded->blocks;
    struct block *block;
    struct built built;

    if (!blocks_has_room(blocks))
        clear(threaded);
    block = blocks_next(blocks);
    build_block(
        block, &built, &source, pc,
        (struct build_extras){.counted = threaded->counted, .noted = machine->stores != NULL});
    if (block->count == 0)
        return NULL;
    if (!note_pages(threaded, machine, block, &built)) {
        clear(threaded);
        return make_block(threaded, machine, pc, page);
    }
    blocks_enter(blocks, built.record_count);
    threaded->counts.blocks++;
    threaded->counts.insns += block->count;
    return block;
}

/*
 * The block at hart->pc, found or made. STOP_TRAP: its first instruction cannot be fetched. A NULL
 * *block: the interpreter has to go on.
 */
static enum stop get_block(struct threaded *threaded, struct machine *machine, struct hart *hart,
                           const struct tlb *tlb, const struct block **block)
{
    enum code_space space = code_space_of(tlb);
    const uint8_t *page = NULL;
    uint32_t word;

    *block = NULL;
    threaded->counts.lookups++;
    if (tlb != NULL) {
        if (access_fetch(machine, hart, &word) == STOP_TRAP)
            return STOP_TRAP;
        page = tlb_find(tlb, ACCESS_FETCH, hart->pc & ~(MEM_PAGE_SIZE - 1), 1);
        if (page == NULL)
            return STOP_COUNT;
    }
    *block = blocks_find(threaded->blocks, hart->pc, page);
    if (*block == NULL)
        *block = make_block(threaded, machine, hart->pc, page);
    /* Another address space forgets those of U mode; of S mode all that are in stay. */
    if (*block != NULL && (space != SPACE_S || tlb_is_global(tlb, ACCESS_FETCH, hart->pc)))
        blocks_enter_jump(threaded->blocks, space, *block);
    return STOP_COUNT;
}

/* Lets the record jump to the block from now on. On a board both are of one page. */
static void link_jump(struct threaded *threaded, struct record *jump, const struct block *to)
{
    const struct block *from = blocks_block_of(threaded->blocks, jump);

    if (from->page == to->page && (to->page == NULL || (from->pc ^ to->pc) < MEM_PAGE_SIZE)) {
        jump->to = to;
        threaded->counts.linked++;
    }
}

/* Executes from the block on, but no more than `limit` instructions, which are enough for it. */
static enum stop execute(struct relay *relay, struct hart *hart, const struct block *block,
                         uint64_t limit)
{
    int64_t budget = limit < TAIL_CALLS_MAX ? (int64_t)limit : TAIL_CALLS_MAX;
    struct record *first = (struct record *)(uintptr_t)block->records;

    relay->end = hart->instret + (uint64_t)budget;
    return first->handler(first, hart, relay, budget - block->count);
}

/* Executes until there is a reason to stop. */
static enum stop run(struct threaded *threaded, struct relay *relay, struct hart *hart,
                     uint64_t until)
{
    struct machine *machine = relay->machine;
    enum stop stop = STOP_COUNT;

    while (stop == STOP_COUNT && hart->instret != until) {
        struct record *jump = relay->jump;
        uint64_t cleared = threaded->counts.cleared;
        const struct block *block;

        see_code(threaded, machine);
        see_space(threaded, relay);
        if (get_block(threaded, machine, hart, relay->tlb, &block) == STOP_TRAP)
            return STOP_TRAP;
        if (jump != NULL && block != NULL && cleared == threaded->counts.cleared)
            link_jump(threaded, jump, block);
        relay->jump = NULL;
        if (block == NULL)
            stop = engine_interp.run(machine, hart, hart->instret + 1);
        else if (block->count > until - hart->instret)
            return engine_interp.run(machine, hart, until);
        else
            stop = execute(relay, hart, block, until - hart->instret);
    }
    return stop;
}

static enum stop threaded_run(struct machine *machine, struct hart *hart, uint64_t until)
{
    struct threaded *threaded = machine->engine_state;
    struct relay relay = {
        .mem = machine->mem, .machine = machine, .tlb = machine_tlb(machine, hart)};

    if (threaded->counted != (machine->row_counts != NULL)) {
        clear(threaded);
        threaded->counted = !threaded->counted;
    }
    mmu_enter(machine, hart);
    return run(threaded, &relay, hart, until);
}

/* Blocks of that pc, record by record. */
static void threaded_show(const struct machine *machine, uint64_t pc, FILE *file)
{
    const struct threaded *threaded = machine->engine_state;
    const struct blocks *blocks = threaded->blocks;

    for (unsigned i = 0; i < blocks->block_count; i++) {
        const struct block *block = blocks->list[i];

        if (block->pc != pc || block->dropped)
            continue;
        fprintf(file, "records: %u instructions\n", block->count);
        for (unsigned k = 0; k < block->count; k++) {
            const struct record *record = &block->records[k];
            bool step = record->handler == handler_step || record->handler == handler_step_last;

            fprintf(file, "      0x%" PRIx64 "  rd %u, rs1 %u, rs2 %u, imm %" PRId32 "%s\n",
                    record->pc, record->rd, record->rs1, record->rs2, record->imm,
                    step ? ", left to the interpreter" : "");
        }
    }
}

static const struct engine_counter counters[] = {
#define COUNTER(name, meaning) {#name, meaning},
    THREADED_COUNTERS(COUNTER)
#undef COUNTER
        {NULL, NULL},
};

static void threaded_count(const struct machine *machine, uint64_t *counts)
{
    const struct threaded *threaded = machine->engine_state;

    memcpy(counts, &threaded->counts, sizeof threaded->counts);
}

const struct engine engine_threaded = {
    .name = "threaded",
    .summary = "instructions decoded once, then executed by the function of each",
    .run = threaded_run,
    .attach = threaded_attach,
    .detach = threaded_detach,
    .show = threaded_show,
    .counters = counters,
    .count = threaded_count,
};
