/*
 * grade.c: the grader of lab 4: the code cache, chaining, invalidation. See labs/grade.h.
 *
 * Some tests call a part of the cache alone, the others let a guest program run and ask the
 * translator's counters. What a program computes is compared with the interpreter.
 */
#include "labs/grade.h"
#include "emu/dbt/dbt.h"
#include "emu/dbt/state.h"
#include "emu/dbt/store.h"
#include "emu/dbt/x86.h"
#include "emu/isa/encode.h"
#include "labs/04-chaining/own.h"
#include "labs/bench.h"
#include "labs/grade_own.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, PAGES = 256 };

static struct cache *cache_new(void)
{
    struct cache *cache = calloc(1, sizeof *cache);
    struct err err = {0};

    if (cache == NULL || cache_init(cache, &err) < 0) {
        err_print(&err, stdout);
        exit(GRADE_SKIPPED);
    }
    return cache;
}

static int places(struct grade *grade)
{
    enum { COUNT = 2000 };
    static const uint8_t pages[2];
    struct cache *cache = cache_new();
    uint64_t base = (grade_random(grade) & 0xffff) << 12;

    if (cache_find_place(cache, base, NULL, 0) != NULL) {
        grade_wrong("a cache without any place: expected none to be found, got one");
        return grade_hint("4.1.1", "The list of a bucket may be empty");
    }
    /* Each pc is there in several places, and each bucket has several of them. */
    for (uint64_t i = 0; i < COUNT; i++)
        for (unsigned other = 0; other < 3; other++)
            cache_enter(cache, base + i * 4 % PAGE + (i >> 10 << 16),
                        other == 0 ? NULL : &pages[other - 1], other);
    for (uint64_t i = 0; i < COUNT; i++) {
        for (unsigned other = 0; other < 3; other++) {
            uint64_t pc = base + i * 4 % PAGE + (i >> 10 << 16);
            const uint8_t *page = other == 0 ? NULL : &pages[other - 1];
            const struct cache_place *place = cache_find_place(cache, pc, page, other);

            if (place == NULL) {
                grade_wrong("place %" PRIu64 " of 0x%" PRIx64
                            ": expected it to be found, got nothing",
                            i, pc);
                return grade_hint("4.1.2", "More than one place may be in a bucket");
            }
            if (place->pc != pc || place->page != page || place->space != other) {
                grade_wrong("place %" PRIu64 " of 0x%" PRIx64 ", space %u: got that of 0x%" PRIx64
                            ", space %u",
                            i, pc, other, place->pc, place->space);
                return grade_hint("4.1.3", "The same address is other code on another page");
            }
        }
    }
    if (cache_find_place(cache, base + 2, NULL, 0) == NULL)
        return GRADE_PASSED;
    grade_wrong("0x%" PRIx64 ", which was never entered: expected nothing, got a place", base + 2);
    return grade_hint("4.1.3", "A bucket has code of several addresses");
}

static int room_is(struct cache *cache, bool want, const char *what)
{
    if (cache_has_room(cache) == want)
        return GRADE_PASSED;
    grade_wrong("%s: expected %s, got %s", what, want ? "room" : "none", want ? "none" : "room");
    return grade_hint(want ? "4.2.1" : "4.2.2",
                      "Four things can run out, and the largest block must fit");
}

static int room(struct grade *grade)
{
    struct cache *cache = cache_new();
    struct cache_tables *tables = cache->tables;
    uint32_t limit = CACHE_CODE_MIN + (uint32_t)(grade_random(grade) % 100000);

    cache->limit = limit;
    tables->code_used = limit - CACHE_BLOCK_CODE_MAX;
    if (room_is(cache, true, "just enough code for the largest block"))
        return GRADE_WRONG;
    tables->code_used++;
    if (room_is(cache, false, "a byte less of code than the largest block has"))
        return GRADE_WRONG;
    tables->code_used = 0;
    tables->block_count = CACHE_BLOCKS;
    if (room_is(cache, false, "no block more"))
        return GRADE_WRONG;
    tables->block_count = 0;
    tables->insn_count = CACHE_INSNS - IR_INSNS_MAX + 1;
    if (room_is(cache, false, "an instruction less than the largest block has"))
        return GRADE_WRONG;
    tables->insn_count = 0;
    tables->exit_count = CACHE_EXITS - CACHE_BLOCK_EXITS_MAX + 1;
    return room_is(cache, false, "an exit less than a block may have");
}

/* A block of that place. */
static struct block *put_block(struct cache *cache, struct cache_place *place)
{
    struct cache_tables *tables = cache->tables;
    struct block *block = &tables->blocks[tables->block_count];

    *block = (struct block){.pc = place->pc,
                            .place = (uint32_t)(place - tables->places),
                            .code = tables->code_used,
                            .code_end = tables->code_used + 64};
    tables->code_used += 64;
    place->block = ++tables->block_count;
    return block;
}

static int clear(struct grade *grade)
{
    struct cache *cache = cache_new();
    struct cache_tables *tables = cache->tables;
    struct cache_place *place;

    cache->fixed = tables->code_used = 100 + (uint32_t)(grade_random(grade) % 100);
    place = cache_enter(cache, 0x1000, NULL, 0);
    cache_enter_jump(cache, 0, put_block(cache, place));
    tables->insn_count = tables->exit_count = 7;
    tables->pages.count = 1;
    cache_clear(cache);
    if (tables->block_count != 0 || tables->insn_count != 0 || tables->exit_count != 0 ||
        tables->pages.count != 0) {
        grade_wrong("expected 0 blocks, instructions, exits, pages, got %u, %u, %u, %u",
                    tables->block_count, tables->insn_count, tables->exit_count,
                    tables->pages.count);
        return grade_hint("4.3.1", "What belongs to blocks goes with them");
    }
    if (tables->code_used != cache->fixed) {
        grade_wrong("code_used: expected %u, got %u", cache->fixed, tables->code_used);
        return grade_hint("4.3.2", "What all blocks share stays");
    }
    if (place->block != 0 || tables->jumps[0].entries[0x1000 / 2 % JUMP_ENTRIES].code != 0) {
        grade_wrong("expected nobody to point to a block any more, got %s",
                    place->block != 0 ? "a place that does"
                                      : "an entry of the jump table that does");
        return grade_hint("4.3.3", "Who points to a block, points into what will be other code");
    }
    return GRADE_PASSED;
}

static int patch(struct grade *grade)
{
    enum { SIZE = 1 << 20 };
    uint8_t *buffer = calloc(1, SIZE);

    if (buffer == NULL)
        abort();
    for (unsigned i = 0; i < 1000; i++) {
        uint32_t from = (uint32_t)(grade_random(grade) % (SIZE - 8)),
                 to = (uint32_t)(grade_random(grade) % SIZE);
        struct x86 x = {.start = buffer, .at = buffer + from, .end = buffer + SIZE};
        uint32_t field = x86_jump(&x);
        int64_t lands;
        int32_t distance;

        x86_link(&x, field, to);
        memcpy(&distance, buffer + from + 1, 4);
        lands = (int64_t)from + 5 + distance;
        if (lands == to)
            continue;
        grade_wrong(
            "a jump at 0x%x, to be patched to 0x%x: expected it to go there, got 0x%" PRIx64, from,
            to, (uint64_t)lands);
        return grade_hint(lands == to + 4 || lands == to + 5 ? "4.4.2" : "4.4.1",
                          "A distance from where?");
    }
    return GRADE_PASSED;
}

/* The distance that stands at the exit's field. */
static int32_t distance_at(const struct cache *cache, uint32_t field)
{
    int32_t distance;

    memcpy(&distance, cache->write + field, sizeof distance);
    return distance;
}

static int permission(struct grade *grade)
{
    static const uint8_t pages[2];
    struct dbt *dbt = calloc(1, sizeof *dbt);
    struct machine machine = {0};

    if (dbt == NULL)
        abort();
    dbt->machine = &machine;
    for (unsigned i = 0; i < 4; i++) {
        struct cache *cache = cache_new();
        struct cache_place *from = cache_enter(cache, 0x1000, &pages[0], 1);
        struct cache_place *to = cache_enter(cache, 0x1040 + (grade_random(grade) & 0xfc0),
                                             &pages[i == 1], i == 2 ? 2 : 1);
        bool allowed = i == 0 || i == 3, chained;

        put_block(cache, from);
        put_block(cache, to);
        cache->tables->exits[5] = (struct cache_exit){.target = to->pc, .field = 32, .block = 0};
        dbt->cache = *cache;
        dbt->counts.chained = 0;
        store_chain(dbt, 5, &cache->tables->blocks[1]);
        chained = distance_at(cache, 32) != 0;
        if (chained == allowed && dbt->counts.chained == allowed)
            continue;
        grade_wrong(
            "an exit to a block %s: expected it %s (counted %d), got it %s (counted %" PRIu64 ")",
            i == 1   ? "of another page"
            : i == 2 ? "of another space"
                     : "of the same page and space",
            allowed ? "chained" : "not chained", allowed, chained ? "chained" : "not chained",
            dbt->counts.chained);
        return grade_hint(allowed ? "4.5.1" : "4.5.2", "A chain never asks where it is again");
    }
    return GRADE_PASSED;
}

static int indirect(struct grade *grade)
{
    struct cache *cache = cache_new();
    struct jump_table *table = &cache->tables->jumps[1];
    uint64_t pc = (grade_random(grade) & 0xffffff) * 2 + 0x1000;
    struct block *first = put_block(cache, cache_enter(cache, pc, NULL, 1));
    struct block *second = put_block(cache, cache_enter(cache, pc + 2 * JUMP_ENTRIES, NULL, 1));
    const struct jump_entry *entry = &table->entries[pc / 2 % JUMP_ENTRIES];

    if (!cache_enter_jump(cache, 1, first) || cache_enter_jump(cache, 1, first)) {
        grade_wrong("a block that is entered twice: expected true, then false");
        return grade_hint("4.6.1", "What is there already is nothing new");
    }
    if (entry->pc != pc || entry->code != (uint64_t)(uintptr_t)(cache->execute + first->code)) {
        grade_wrong("expected an entry for 0x%" PRIx64 ", got one for 0x%" PRIx64, pc, entry->pc);
        return grade_hint("4.6.1", "The entry says which pc, and where its code is executed");
    }
    cache_enter_jump(cache, 1, second); /* the same entry */
    if (entry->pc != second->pc || table->used_count != 1) {
        grade_wrong("a second block for the same entry: expected pc 0x%" PRIx64
                    " and 1 entry used, got 0x%" PRIx64 " and %u",
                    second->pc, entry->pc, table->used_count);
        return grade_hint(table->used_count == 0 ? "4.6.3" : "4.6.2",
                          "Several blocks share an entry");
    }
    cache_clear_jumps_to(cache, second->pc & ~UINT64_C(4095));
    if (entry->code == 0)
        return GRADE_PASSED;
    grade_wrong("jumps into the page are forgotten: expected the entry empty, got it as it was");
    return grade_hint("4.6.3", "Whoever forgets has to find it");
}

static int page(struct grade *grade)
{
    uint8_t memory[3][PAGE];
    struct cache *cache = cache_new();
    struct cache_place *kept[2], *gone[3];
    struct block *block;
    uint32_t dropped;

    for (unsigned i = 0; i < 3; i++) {
        memset(memory[i], (int)(grade_random(grade) & 255), PAGE);
        code_pages_note(&cache->tables->pages, memory[i]);
        gone[i] = cache_enter(cache, 0x2000 + 64 * i, memory[1], 1);
    }
    kept[0] = cache_enter(cache, 0x2000, memory[0], 1);
    kept[1] = cache_enter(cache, 0x2000, memory[2], 1);
    put_block(cache, kept[0]);
    put_block(cache, gone[0]);
    block = put_block(cache, gone[1]); /* the third place has none */
    put_block(cache, kept[1]);
    cache_enter_jump(cache, 1, block);
    dropped = cache_drop_page(cache, 1);
    if (kept[0]->block == 0 || kept[1]->block == 0) {
        grade_wrong("blocks of other pages: expected them to stay, got them dropped");
        return grade_hint("4.7.1", "Only what was read from that page");
    }
    if (gone[0]->block != 0 || gone[1]->block != 0 || dropped != 2) {
        grade_wrong("two blocks of the page: expected both dropped and 2, got %u", dropped);
        return grade_hint("4.7.1", "All that was read from that page, and that was there");
    }
    if (cache->tables->pages.count != 2 || cache->tables->pages.pages[1].hva != memory[2]) {
        grade_wrong("expected the copy of the page forgotten, got it kept");
        return grade_hint("4.7.2", "Nothing stands on that copy any more");
    }
    if (cache->tables->jumps[1].entries[block->pc / 2 % JUMP_ENTRIES].code == 0)
        return GRADE_PASSED;
    grade_wrong("an indirect jump to a dropped block: expected it forgotten, got it kept");
    return grade_hint("4.7.3", "Who else knows the block?");
}

/* A guest in flat memory, under the translator. */
static struct bench *translated_new(const char *switches)
{
    struct bench *bench = bench_new(PAGES);
    const struct engine_options options = {.switches = switches};
    struct err err = {0};

    if (engine_attach(&engine_dbt, &bench->machine, &options, &err) < 0) {
        err_print(&err, stdout);
        exit(GRADE_SKIPPED);
    }
    return bench;
}

/* Runs both engines from pc 0; are all registers the same? */
static int same(struct bench *bench, uint64_t until, const char *what, const char *hint)
{
    struct hart interpreted = {0};

    bench->hart = (struct hart){0};
    engine_interp.run(&bench->machine, &interpreted, until);
    engine_dbt.run(&bench->machine, &bench->hart, until);
    for (unsigned reg = 0; reg < 32; reg++) {
        if (bench->hart.x[reg] == interpreted.x[reg])
            continue;
        grade_wrong("%s: after %" PRIu64 " instructions, x%u: expected 0x%" PRIx64
                    ", got 0x%" PRIx64,
                    what, until, reg, interpreted.x[reg], bench->hart.x[reg]);
        return grade_hint(hint, "Old code was executed, or code of elsewhere");
    }
    return GRADE_PASSED;
}

/* Twenty blocks that jump to each other in a circle, with a constant of the student's in each. */
static void put_circle(struct bench *bench, struct grade *grade)
{
    for (unsigned i = 0; i < 20; i++) {
        bench_put(bench, ROW_ADDI, 5, 5, 0, (int64_t)(grade_random(grade) % 2000));
        bench_put(bench, ROW_XORI, 6, 5, 0, (int64_t)(grade_random(grade) % 2000));
        bench_put(bench, ROW_JAL, 0, 0, 0, i < 19 ? 52 : -(int64_t)bench->end);
        bench->end += 48;
    }
}

static int chained(struct grade *grade)
{
    /* Without techniques that would have nothing to chain: blocks end at each jump. */
    struct bench *bench = translated_new("-tier,-trace,-unroll,-hot");
    const struct dbt_counts *counts = dbt_counts(&bench->machine);

    put_circle(bench, grade);
    if (same(bench, 1000000, "a circle of blocks", "4.4.1"))
        return GRADE_WRONG;
    if (counts->lookups <= 100)
        return GRADE_PASSED;
    grade_wrong(
        "look-ups by the dispatcher in a million instructions: expected 100 at most, got %" PRIu64
        " (%" PRIu64 " exits chained)",
        counts->lookups, counts->chained);
    return grade_hint(counts->chained == 0 ? "4.5.1" : "4.4.3",
                      "Each way through the dispatcher is dear");
}

static int changed(struct grade *grade)
{
    struct bench *bench = translated_new("-tier,-trace,-unroll,-hot");
    const struct dbt_counts *counts = dbt_counts(&bench->machine);
    uint32_t word =
        isa_encode(&isa_rows[ROW_ADDI], 5, 5, 0, (int64_t)(grade_random(grade) % 1000) + 7);
    uint64_t blocks;

    put_circle(bench, grade);
    if (same(bench, 5000, "a circle of blocks", "4.4.1"))
        return GRADE_WRONG;
    blocks = counts->blocks;
    bench->machine.code_epoch++; /* it may have changed, but has not */
    if (same(bench, 5000, "the same code again", "4.8.1"))
        return GRADE_WRONG;
    if (counts->blocks != blocks) {
        grade_wrong("a fence.i, and no code has changed: expected no new block, got %" PRIu64,
                    counts->blocks - blocks);
        return grade_hint("4.8.2", "What is still true can stay");
    }
    memcpy(bench->memory, &word, 4);
    bench->machine.code_epoch++;
    return same(bench, 5000, "the first instruction is another, after a fence.i", "4.8.1");
}

static int full(struct grade *grade)
{
    struct bench *bench = translated_new("-tier,-trace,-unroll,-hot");

    while (bench->end < PAGES * PAGE - 64) {
        bench_put(bench, ROW_ADDI, 5, 5, 0, (int64_t)(grade_random(grade) % 2000));
        bench_put(bench, ROW_XOR, 6, 6, 5, 0);
        bench_put(bench, ROW_JAL, 0, 0, 0,
                  bench->end < PAGES * PAGE - 128 ? 24 : -(int64_t)(bench->end % 65536));
        bench->end += 20;
    }
    dbt_limit_code(&bench->machine, 100000);
    if (same(bench, 200000, "more code than there is room for", "4.3.3"))
        return GRADE_WRONG;
    if (dbt_counts(&bench->machine)->cleared > 2)
        return GRADE_PASSED;
    return grade_wrong(
        "more code than there is room for: expected all to be dropped more than twice, got %" PRIu64,
        dbt_counts(&bench->machine)->cleared);
}

/* The student's own jump: an opcode, and how far, in units, from so many units behind its begin. */

enum { OPCODE, UNIT_LOG, BASE, BYTES, HIGH_FIRST };

enum { LONGEST = 5, UNTOUCHED = 0xee };

static void own_tell(const unsigned *numbers)
{
    printf("a byte 0x%02x, then %u bytes, the %s first: the distance in units of %u, counted from "
           "%u units behind `from`",
           numbers[OPCODE], numbers[BYTES], numbers[HIGH_FIRST] != 0 ? "highest" : "lowest",
           1U << numbers[UNIT_LOG], numbers[BASE]);
}

static void own_narrow(unsigned i, uint64_t *input)
{
    (void)i;
    input[0] = input[0] % 65536 * 16;
    input[1] = input[1] % 65536 * 16;
    input[2] %= LONGEST + 1;
}

static void own_show(const uint64_t *input)
{
    printf("from 0x%" PRIx64 " to 0x%" PRIx64 ", byte %" PRIu64 " (it was 0x%x)", input[0],
           input[1], input[2], UNTOUCHED);
}

static uint64_t own_want(const unsigned *numbers, const uint64_t *input)
{
    unsigned bytes = numbers[BYTES], at = (unsigned)input[2];
    int64_t units =
        ((int64_t)input[1] - (int64_t)input[0]) / (INT64_C(1) << numbers[UNIT_LOG]) - numbers[BASE];

    if (at == 0)
        return numbers[OPCODE];
    if (at > bytes)
        return UNTOUCHED;
    return (uint64_t)units >> 8 * (numbers[HIGH_FIRST] != 0 ? bytes - at : at - 1) & 0xff;
}

static uint64_t own_got(const uint64_t *input)
{
    uint8_t jump[16];

    memset(jump, UNTOUCHED, sizeof jump);
    own_jump(jump, (uint32_t)input[0], (uint32_t)input[1]);
    return jump[input[2]];
}

static int own(struct grade *grade)
{
    static const struct own_rule rule = {
        .hint = "4.9.1",
        .numbers = {[OPCODE] = {1, 200},
                    [UNIT_LOG] = {0, 4},
                    [BASE] = {1, 15},
                    [BYTES] = {3, 2},
                    [HIGH_FIRST] = {0, 2}},
        .tell = own_tell,
        .show = own_show,
        .narrow = own_narrow,
        .want = own_want,
        .got = own_got,
    };

    return own_grade(grade, &rule);
}

int main(int argc, char **argv)
{
    static const struct grade_test tests[] = {
        {"places", places},         {"room", room},         {"clear", clear}, {"patch", patch},
        {"permission", permission}, {"indirect", indirect}, {"page", page},   {"chained", chained},
        {"changed", changed},       {"full", full},         {"own", own},
    };

    return grade_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
