/* cache.c: see cache.h. */
#include "emu/dbt/cache.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "emu/dbt/x86.h"

/* Maps a new memfd twice: at `write` and `execute`, or anywhere if they are NULL. */
static int map_code(struct cache *cache, int fixed, struct err *err)
{
    int fd = memfd_create("trivium code", MFD_CLOEXEC);
    void *write, *execute;

    if (fd < 0)
        return err_sys(err, errno, "making memory for translated code");
    if (ftruncate(fd, CACHE_CODE) < 0) {
        err_sys(err, errno, "making %d MiB of memory for translated code", CACHE_CODE >> 20);
        close(fd);
        return -1;
    }
    write = mmap(cache->write, CACHE_CODE, PROT_READ | PROT_WRITE, MAP_SHARED | fixed, fd, 0);
    execute = mmap((void *)(uintptr_t)cache->execute, CACHE_CODE, PROT_READ | PROT_EXEC,
                   MAP_SHARED | fixed, fd, 0);
    close(fd);
    if (write == MAP_FAILED || execute == MAP_FAILED) {
        err_sys(err, errno, "mapping memory for translated code");
        if (write != MAP_FAILED)
            munmap(write, CACHE_CODE);
        return err_hint(err, "a host that lets programs map memory that they execute (SELinux: "
                             "execmem)");
    }
    cache->write = write;
    cache->execute = execute;
    /* A child that executed this could change what its parent executes. */
    madvise(write, CACHE_CODE, MADV_DONTFORK);
    madvise(execute, CACHE_CODE, MADV_DONTFORK);
    return 0;
}

/* A jump to 0 must not take an entry that is empty for that of pc 0. */
static void guard_jumps(struct cache *cache)
{
    for (unsigned space = 0; space < CODE_SPACES; space++) {
        struct jump_entry *entry = &cache->tables->jumps[space].entries[0];

        if (entry->code == 0)
            entry->pc = 1;
    }
}

int cache_init(struct cache *cache, struct err *err)
{
    *cache = (struct cache){.limit = CACHE_CODE};
    cache->tables = mmap(NULL, sizeof *cache->tables, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (cache->tables == MAP_FAILED) {
        cache->tables = NULL;
        return err_sys(err, errno, "reserving %zu MiB for tables of translated code",
                       sizeof *cache->tables >> 20);
    }
    madvise(cache->tables, sizeof *cache->tables, MADV_NOHUGEPAGE);
    if (madvise(cache->tables, sizeof *cache->tables, MADV_WIPEONFORK) < 0) {
        err_sys(err, errno, "asking for memory that is wiped on fork");
        goto fail;
    }
    if (map_code(cache, 0, err) < 0)
        goto fail;
    cache->tables->alive = 1;
    guard_jumps(cache);
    return 0;

fail:
    munmap(cache->tables, sizeof *cache->tables);
    cache->tables = NULL;
    return -1;
}

void cache_fini(struct cache *cache)
{
    if (cache->tables == NULL)
        return;
    munmap(cache->tables, sizeof *cache->tables);
    munmap(cache->write, CACHE_CODE);
    munmap((void *)(uintptr_t)cache->execute, CACHE_CODE);
    *cache = (struct cache){0};
}

int cache_renew(struct cache *cache, struct err *err)
{
    if (map_code(cache, MAP_FIXED_NOREPLACE, err) < 0)
        return -1;
    cache->tables->alive = 1;
    guard_jumps(cache);
    return 0;
}

void cache_clear(struct cache *cache)
{
    struct cache_tables *tables = cache->tables;

    //@lab 4.3 drop all blocks
    for (unsigned i = 0; i < tables->place_count; i++)
        tables->places[i].block = 0;
    tables->block_count = 0;
    tables->insn_count = 0;
    tables->exit_count = 0;
    tables->pages.count = 0;
    tables->code_used = cache->fixed;
    cache_clear_jumps(cache);
    //| /* The places stay, and forget their blocks. */
    //| (void)tables;
    //| lab_todo("4.3");
    //@end
}

void cache_forget_places(struct cache *cache)
{
    memset(cache->tables->buckets, 0, sizeof cache->tables->buckets);
    cache->tables->place_count = 0;
}

void cache_clear_jumps_of(struct cache *cache, enum code_space space)
{
    struct jump_table *table = &cache->tables->jumps[space];

    for (unsigned i = 0; i < table->used_count; i++)
        table->entries[table->used[i]] = (struct jump_entry){0};
    table->used_count = 0;
    memset(table->pages, 0, sizeof table->pages);
    guard_jumps(cache);
}

static bool *page_of(struct jump_table *table, uint64_t gva)
{
    return &table->pages[(gva >> MEM_PAGE_SHIFT) % JUMP_PAGES];
}

void cache_clear_jumps(struct cache *cache)
{
    for (unsigned space = 0; space < CODE_SPACES; space++)
        cache_clear_jumps_of(cache, (enum code_space)space);
}

void cache_clear_jumps_to(struct cache *cache, uint64_t page)
{
    for (unsigned space = 0; space < CODE_SPACES; space++) {
        struct jump_table *table = &cache->tables->jumps[space];
        unsigned i = 0;

        if (!*page_of(table, page)) /* as a rule it is one of data */
            continue;
        while (i < table->used_count) {
            struct jump_entry *entry = &table->entries[table->used[i]];

            if (entry->pc - page < MEM_PAGE_SIZE) {
                *entry = (struct jump_entry){0};
                table->used[i] = table->used[--table->used_count];
            } else {
                i++;
            }
        }
    }
    guard_jumps(cache);
}

bool cache_enter_jump(struct cache *cache, uint32_t space, const struct block *block)
{
    struct jump_table *table = &cache->tables->jumps[space];
    unsigned index = (block->pc >> 1) % JUMP_ENTRIES;
    struct jump_entry *entry = &table->entries[index];
    uint64_t code = (uint64_t)(uintptr_t)(cache->execute + block->code);

    //@lab 4.6 let indirect jumps find the block
    if (entry->pc == block->pc && entry->code == code)
        return false;
    if (entry->code == 0)
        table->used[table->used_count++] = (uint16_t)index;
    *page_of(table, block->pc) = true;
    *entry = (struct jump_entry){.pc = block->pc, .code = code};
    return true;
    //| /* A new entry: write its index down in `used`, and mark its page, page_of(). */
    //| (void)entry;
    //| (void)code;
    //| lab_todo("4.6");
    //@end
}

static uint32_t *bucket_of(struct cache *cache, uint64_t pc)
{
    return &cache->tables->buckets[(pc >> 1 ^ pc >> 16) % CACHE_BUCKETS];
}

struct cache_place *cache_find_place(struct cache *cache, uint64_t pc, const uint8_t *page,
                                     uint32_t space)
{
    //@lab 4.1 find the place of that code
    uint32_t index = *bucket_of(cache, pc);

    while (index != 0) {
        struct cache_place *place = &cache->tables->places[index - 1];

        if (place->pc == pc && place->page == page && place->space == space)
            return place;
        index = place->next;
    }
    return NULL;
    //| /* An index of 0 is the end of the list; the place of index n is places[n - 1]. */
    //| (void)cache;
    //| (void)pc;
    //| (void)page;
    //| (void)space;
    //| lab_todo("4.1");
    //@end
}

struct cache_place *cache_enter(struct cache *cache, uint64_t pc, const uint8_t *page,
                                uint32_t space)
{
    struct cache_tables *tables = cache->tables;
    uint32_t *bucket = bucket_of(cache, pc);
    struct cache_place *place;

    if (tables->place_count == CACHE_PLACES)
        return NULL;
    place = &tables->places[tables->place_count++];
    *place = (struct cache_place){.pc = pc, .page = page, .space = space, .next = *bucket};
    *bucket = tables->place_count;
    return place;
}

struct block *cache_block_of(struct cache *cache, const struct cache_place *place)
{
    return place->block != 0 ? &cache->tables->blocks[place->block - 1] : NULL;
}

const struct cache_place *cache_place_of(const struct cache *cache, const struct block *block)
{
    return &cache->tables->places[block->place];
}

bool cache_is_dropped(const struct cache *cache, const struct block *block)
{
    return cache_place_of(cache, block)->block != (uint32_t)(block - cache->tables->blocks) + 1;
}

struct block *cache_find(struct cache *cache, uint64_t pc, const uint8_t *page, uint32_t space)
{
    const struct cache_place *place = cache_find_place(cache, pc, page, space);

    return place != NULL ? cache_block_of(cache, place) : NULL;
}

bool cache_has_room(const struct cache *cache)
{
    const struct cache_tables *tables = cache->tables;

    //@lab 4.2 is there room for a block of any size?
    return tables->code_used <= cache->limit - CACHE_BLOCK_CODE_MAX &&
           tables->block_count < CACHE_BLOCKS && tables->insn_count <= CACHE_INSNS - IR_INSNS_MAX &&
           tables->exit_count <= CACHE_EXITS - CACHE_BLOCK_EXITS_MAX;
    //| (void)tables;
    //| lab_todo("4.2");
    //@end
}

void cache_link(struct cache *cache, uint32_t exit, const struct block *to)
{
    struct x86 x = {.start = cache->write};

    x86_link(&x, cache->tables->exits[exit].field, to->code);
}

uint32_t cache_drop_page(struct cache *cache, unsigned page)
{
    struct cache_tables *tables = cache->tables;
    const uint8_t *hva = tables->pages.pages[page].hva;
    uint32_t dropped = 0;

    //@lab 4.7 drop the blocks of a page
    for (unsigned i = 0; i < tables->place_count; i++) {
        struct cache_place *place = &tables->places[i];

        if (place->page != hva)
            continue;
        dropped += place->block != 0;
        place->block = 0;
    }
    code_pages_forget(&tables->pages, page);
    cache_clear_jumps(cache);
    return dropped;
    //| (void)hva;
    //| (void)dropped;
    //| lab_todo("4.7");
    //@end
}

/* Blocks stand in the order of their code. */
const struct block *cache_block_at(const struct cache *cache, uint64_t address)
{
    const struct cache_tables *tables = cache->tables;
    uint64_t offset = address - (uint64_t)(uintptr_t)cache->execute;
    unsigned first = 0, end = tables->block_count;

    if (offset >= tables->code_used)
        return NULL;
    while (first < end) {
        unsigned middle = first + (end - first) / 2;

        if (tables->blocks[middle].code_end <= offset)
            first = middle + 1;
        else
            end = middle;
    }
    if (first == tables->block_count || tables->blocks[first].code > offset)
        return NULL;
    return &tables->blocks[first];
}

unsigned cache_insn_at(const struct cache *cache, const struct block *block, uint32_t offset)
{
    const struct cache_insn *insns = &cache->tables->insns[block->first_insn];
    unsigned index = 0;

    while (index + 1 < block->insn_count && insns[index + 1].code <= offset)
        index++;
    return index;
}
