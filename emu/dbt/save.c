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

/* A list of which only the beginning is in use. */
struct part {
    void *data; /* in the cache */
    size_t bytes;
};

enum { PART_PLACES, PART_BLOCKS, PART_INSNS, PART_EXITS, PART_PAGES, PART_CODE, PARTS };

static void list_parts(const struct cache *cache, struct part parts[PARTS])
{
    struct cache_tables *tables = cache->tables;
    const struct part list[PARTS] = {
        [PART_PLACES] = {tables->places, tables->place_count * sizeof *tables->places},
        [PART_BLOCKS] = {tables->blocks, tables->block_count * sizeof *tables->blocks},
        [PART_INSNS] = {tables->insns, tables->insn_count * sizeof *tables->insns},
        [PART_EXITS] = {tables->exits, tables->exit_count * sizeof *tables->exits},
        [PART_PAGES] = {tables->pages.pages, tables->pages.count * sizeof *tables->pages.pages},
        [PART_CODE] = {cache->write, tables->code_used},
    };

    memcpy(parts, list, sizeof list);
}

/* A table of indirect jumps: its entries that are used, in the order of `used`. */
struct saved_jumps {
    uint32_t count;
    uint16_t *used;             /* owned, as is */
    struct jump_entry *entries; /* this */
};

struct dbt_saved {
    struct emit_fixed fixed;
    struct homes homes;
    struct dbt_counts counts;
    struct code_view view;
    struct pause pause;
    uint64_t budgets, code_epoch;
    const uint8_t *base;
    uint32_t fixed_bytes;
    uint32_t code_used, place_count, block_count, insn_count, exit_count, page_count;
    struct saved_jumps jumps[CODE_SPACES];
    uint8_t *data; /* owned: all parts, one after the other */
    size_t bytes;  /* of that */
};

static void *allocate(size_t bytes)
{
    void *data = malloc(bytes + 1); /* none would be NULL on some hosts */

    if (data == NULL)
        err_die_oom();
    return data;
}

static void save_jumps(struct saved_jumps *saved, const struct jump_table *table)
{
    saved->count = table->used_count;
    saved->used = allocate(saved->count * sizeof *saved->used);
    saved->entries = allocate(saved->count * sizeof *saved->entries);
    for (unsigned i = 0; i < saved->count; i++) {
        saved->used[i] = table->used[i];
        saved->entries[i] = table->entries[table->used[i]];
    }
}

struct dbt_saved *dbt_save(const struct machine *machine)
{
    const struct dbt *dbt = machine->engine_state;
    const struct cache_tables *tables = dbt->cache.tables;
    struct dbt_saved *saved = allocate(sizeof *saved);
    struct part parts[PARTS];
    size_t bytes = 0;

    *saved = (struct dbt_saved){
        .fixed = dbt->fixed,
        .homes = dbt->homes,
        .counts = dbt->counts,
        .view = dbt->view,
        .pause = dbt->pause,
        .budgets = dbt->budgets,
        .code_epoch = dbt->code_epoch,
        .base = dbt->base,
        .fixed_bytes = dbt->cache.fixed,
        .code_used = tables->code_used,
        .place_count = tables->place_count,
        .block_count = tables->block_count,
        .insn_count = tables->insn_count,
        .exit_count = tables->exit_count,
        .page_count = tables->pages.count,
    };
    list_parts(&dbt->cache, parts);
    for (unsigned i = 0; i < PARTS; i++)
        saved->bytes += parts[i].bytes;
    saved->data = allocate(saved->bytes);
    for (unsigned i = 0; i < PARTS; i++) {
        memcpy(saved->data + bytes, parts[i].data, parts[i].bytes);
        bytes += parts[i].bytes;
    }
    for (unsigned space = 0; space < CODE_SPACES; space++)
        save_jumps(&saved->jumps[space], &tables->jumps[space]);
    return saved;
}

void dbt_saved_free(struct dbt_saved *saved)
{
    if (saved == NULL)
        return;
    for (unsigned space = 0; space < CODE_SPACES; space++) {
        free(saved->jumps[space].used);
        free(saved->jumps[space].entries);
    }
    free(saved->data);
    free(saved);
}

size_t dbt_saved_bytes(const struct dbt_saved *saved)
{
    size_t bytes = sizeof *saved + saved->bytes;

    for (unsigned space = 0; space < CODE_SPACES; space++)
        bytes += saved->jumps[space].count * (sizeof(struct jump_entry) + sizeof(uint16_t));
    return bytes;
}

static void load_cache(const struct dbt_saved *saved, struct cache *cache)
{
    struct cache_tables *tables = cache->tables;
    struct part parts[PARTS];
    const uint8_t *data = saved->data;

    cache_clear(cache);
    cache_forget_places(cache);
    cache->fixed = saved->fixed_bytes;
    tables->code_used = saved->code_used;
    tables->place_count = saved->place_count;
    tables->block_count = saved->block_count;
    tables->insn_count = saved->insn_count;
    tables->exit_count = saved->exit_count;
    tables->pages.count = saved->page_count;
    list_parts(cache, parts);
    for (unsigned i = 0; i < PARTS; i++) {
        memcpy(parts[i].data, data, parts[i].bytes);
        data += parts[i].bytes;
    }
    cache_enter_all(cache);
    for (unsigned space = 0; space < CODE_SPACES; space++) {
        const struct saved_jumps *jumps = &saved->jumps[space];
        struct jump_table *table = &tables->jumps[space];

        table->used_count = jumps->count;
        for (unsigned i = 0; i < jumps->count; i++) {
            table->used[i] = jumps->used[i];
            table->entries[jumps->used[i]] = jumps->entries[i];
            cache_note_jump(cache, (enum code_space)space, jumps->entries[i].pc);
        }
    }
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
    hash = hash_word(hash, dbt->budgets);
    hash = hash_homes(hash, &dbt->homes);
    hash = hash_pause(hash, &dbt->pause);
    list_parts(&dbt->cache, parts);
    for (unsigned i = 0; i < PARTS; i++) {
        if (i != PART_INSNS)
            hash = hash_bytes(hash, parts[i].data, parts[i].bytes);
    }
    hash = hash_insns(hash, dbt->cache.tables);
    for (unsigned space = 0; space < CODE_SPACES; space++)
        hash = hash_bytes(hash, dbt->cache.tables->jumps[space].entries,
                          sizeof dbt->cache.tables->jumps[space].entries);
    return hash;
}
