/* save.c: see save.h. */
#include "emu/dbt/save.h"

#include <stdlib.h>
#include <string.h>

#include "emu/cpu/hash.h"
#include "emu/dbt/state.h"

/* What is hashed as it is must have no padding. */
_Static_assert(sizeof(struct cache_place) == 2 * 8 + 4 * 4, "struct cache_place has padding");
_Static_assert(sizeof(struct block) == 8 + 8 * 4, "struct block has padding");
_Static_assert(sizeof(struct cache_exit) == 16, "struct cache_exit has padding");
_Static_assert(sizeof(struct dbt_counts) == 18 * 8, "struct dbt_counts has padding");

/*
 * The tables of a cache are one piece of memory, in which everything refers to everything by index
 * or offset. What is in use of it: the head, with the counts, the index and the tables of jumps;
 * then of each list the beginning. The code is the last part.
 */
struct part {
    void *data; /* in the cache: always there */
    size_t bytes;
};

enum { PART_HEAD, PART_PLACES, PART_BLOCKS, PART_INSNS, PART_EXITS, PART_PAGES, PART_CODE, PARTS };

static void list_parts(const struct cache *cache, struct part parts[PARTS])
{
    struct cache_tables *tables = cache->tables;
    const struct part list[PARTS] = {
        [PART_HEAD] = {tables, offsetof(struct cache_tables, places)},
        [PART_PLACES] = {tables->places, tables->place_count * sizeof *tables->places},
        [PART_BLOCKS] = {tables->blocks, tables->block_count * sizeof *tables->blocks},
        [PART_INSNS] = {tables->insns, tables->insn_count * sizeof *tables->insns},
        [PART_EXITS] = {tables->exits, tables->exit_count * sizeof *tables->exits},
        [PART_PAGES] = {&tables->pages, offsetof(struct code_pages, pages) +
                                            tables->pages.count * sizeof *tables->pages.pages},
        [PART_CODE] = {cache->write, tables->code_used},
    };

    memcpy(parts, list, sizeof list);
}

struct dbt_saved {
    struct emit_fixed fixed;
    struct homes homes;
    struct dbt_counts counts;
    struct code_view view;
    struct pause pause;
    unsigned left_out;
    uint64_t budgets, code_epoch;
    const uint8_t *base;
    uint32_t fixed_bytes;
    size_t bytes[PARTS]; /* of each part */
    struct pages pages;  /* the parts: of each its pages, from page_number() on */
};

/* Of the first page of a part; no part has so many. */
static uint64_t page_number(unsigned part)
{
    return (uint64_t)part << 32;
}

static void *allocate(size_t bytes)
{
    void *data = malloc(bytes);

    if (data == NULL)
        err_die_oom();
    return data;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void save_cache(struct dbt_saved *saved, const struct cache *cache)
{
    struct part parts[PARTS];

    list_parts(cache, parts);
    for (unsigned i = 0; i < PARTS; i++) {
        const uint8_t *data = parts[i].data;

        saved->bytes[i] = parts[i].bytes;
        for (size_t at = 0; at < parts[i].bytes; at += MEM_PAGE_SIZE)
            pages_add(&saved->pages, page_number(i) + at / MEM_PAGE_SIZE, data + at,
                      smaller(parts[i].bytes - at, MEM_PAGE_SIZE));
    }
    saved->fixed_bytes = cache->fixed;
}

static void load_cache(const struct dbt_saved *saved, struct cache *cache)
{
    const struct page_ref *page = saved->pages.list;
    struct part parts[PARTS];

    list_parts(cache, parts);
    for (unsigned i = 0; i < PARTS; i++) {
        uint8_t *data = parts[i].data;

        for (size_t at = 0; at < saved->bytes[i]; at += MEM_PAGE_SIZE, page++)
            memcpy(data + at, page->copy->data, smaller(saved->bytes[i] - at, MEM_PAGE_SIZE));
    }
    cache->fixed = saved->fixed_bytes;
}

struct dbt_saved *dbt_save(const struct machine *machine, struct page_pool *pool,
                           const struct dbt_saved *like)
{
    const struct dbt *dbt = machine->engine_state;
    struct dbt_saved *saved = allocate(sizeof *saved);

    *saved = (struct dbt_saved){
        .fixed = dbt->fixed,
        .homes = dbt->homes,
        .counts = dbt->counts,
        .left_out = dbt->options.left_out,
        .view = dbt->view,
        .pause = dbt->pause,
        .budgets = dbt->budgets,
        .code_epoch = dbt->code_epoch,
        .base = dbt->base,
    };
    pages_begin(&saved->pages, pool, like != NULL ? &like->pages : NULL);
    save_cache(saved, &dbt->cache);
    pages_end(&saved->pages);
    return saved;
}

void dbt_saved_free(struct dbt_saved *saved)
{
    if (saved == NULL)
        return;
    pages_fini(&saved->pages);
    free(saved);
}

size_t dbt_saved_bytes(const struct dbt_saved *saved)
{
    return sizeof *saved + pages_bytes(&saved->pages);
}

void dbt_load(const struct dbt_saved *saved, struct machine *machine)
{
    struct dbt *dbt = machine->engine_state;
    uint64_t translate_ns = dbt->counts.translate_ns;

    load_cache(saved, &dbt->cache);
    dbt->fixed = saved->fixed;
    dbt->homes = saved->homes;
    dbt->counts = saved->counts;
    dbt->counts.translate_ns = translate_ns;
    dbt->options.left_out = saved->left_out;
    dbt->view = saved->view;
    dbt->pause = saved->pause;
    dbt->budgets = saved->budgets;
    dbt->code_epoch = saved->code_epoch;
    dbt->base = saved->base;
}

static uint64_t hash_insns(uint64_t hash, const struct cache_tables *tables)
{
    for (unsigned i = 0; i < tables->insn_count; i++) {
        hash = hash_word(hash, tables->insns[i].pc);
        hash = hash_word(hash, tables->insns[i].insn.word);
        hash = hash_word(hash, tables->insns[i].code);
    }
    return hash;
}

static uint64_t hash_homes(uint64_t hash, const struct homes *homes)
{
    hash = hash_bytes(hash, homes->guest, sizeof homes->guest);
    hash = hash_bytes(hash, homes->heat, sizeof homes->heat);
    hash = hash_word(hash, homes->samples);
    return hash_word(hash, homes->next_look);
}

static uint64_t hash_pause(uint64_t hash, const struct pause *pause)
{
    hash = hash_word(hash, pause->is);
    if (!pause->is)
        return hash;
    hash = hash_word(hash, pause->done);
    hash = hash_word(hash, pause->next.block);
    hash = hash_word(hash, pause->next.cold);
    hash = hash_word(hash, pause->next.from_exit);
    return hash_word(hash, pause->next.exit);
}

uint64_t dbt_hash(const struct machine *machine)
{
    const struct dbt *dbt = machine->engine_state;
    struct dbt_counts counts = dbt->counts;
    uint64_t hash = HASH_START;
    struct part parts[PARTS];

    counts.translate_ns = 0;
    hash = hash_bytes(hash, &counts, sizeof counts);
    hash = hash_word(hash, dbt->options.left_out);
    hash = hash_word(hash, dbt->budgets);
    hash = hash_homes(hash, &dbt->homes);
    hash = hash_pause(hash, &dbt->pause);
    list_parts(&dbt->cache, parts);
    for (unsigned i = PART_PLACES; i < PARTS; i++) {
        if (i != PART_INSNS)
            hash = hash_bytes(hash, parts[i].data, parts[i].bytes);
    }
    hash = hash_insns(hash, dbt->cache.tables);
    for (unsigned space = 0; space < CODE_SPACES; space++)
        hash = hash_bytes(hash, dbt->cache.tables->jumps[space].entries,
                          sizeof dbt->cache.tables->jumps[space].entries);
    return hash;
}
