/* save.c: see save.h. */
#include "emu/user/save.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "emu/cpu/hash.h"
#include "emu/user/record.h"

/* Pages of the same rights, one after the other. */
struct run {
    uint64_t first, count; /* page numbers */
    uint8_t perm;
};

struct process_saved {
    struct hart hart;
    uint64_t heap_end, slice_end, instret_added, code_epoch;
    bool ended;
    struct user_end end;
    size_t record_next;
    struct run *runs; /* owned; ascending */
    size_t run_count;
    struct pages pages; /* those that are not zero */
};

/* The first run of mapped pages at or after that page. False: there is none. */
static bool next_run(const struct space *space, uint64_t page, struct run *run)
{
    uint64_t last = SPACE_SPAN >> MEM_PAGE_SHIFT;

    while (page < last && space->perm[page] == 0) {
        page++;
        if (page >= space->low_end >> MEM_PAGE_SHIFT && page < space->high_start >> MEM_PAGE_SHIFT)
            page = space->high_start >> MEM_PAGE_SHIFT;
    }
    *run = (struct run){.first = page, .perm = page < last ? space->perm[page] : 0};
    while (page < last && space->perm[page] == run->perm)
        page++;
    run->count = page - run->first;
    return run->perm != 0;
}

static void *grow(void *list, size_t count, size_t size)
{
    if ((count & (count - 1)) != 0)
        return list;
    list = realloc(list, (count == 0 ? 1 : 2 * count) * size);
    if (list == NULL)
        err_die_oom();
    return list;
}

/* What the guest may not even read, the host may not, either: but for a moment. */
static void unlock(const struct space *space, const struct run *run, bool open)
{
    if ((run->perm & (MEM_READ | MEM_WRITE | MEM_EXEC)) == 0)
        mprotect(space->base + (run->first << MEM_PAGE_SHIFT), run->count << MEM_PAGE_SHIFT,
                 open ? PROT_READ : PROT_NONE);
}

static void save_pages(struct process_saved *saved, const struct space *space,
                       const struct run *run)
{
    unlock(space, run, true);
    for (uint64_t page = run->first; page < run->first + run->count; page++) {
        const uint8_t *hva = space->base + (page << MEM_PAGE_SHIFT);

        if (!mem_page_is_zero(hva))
            pages_add(&saved->pages, page, hva, MEM_PAGE_SIZE);
    }
    unlock(space, run, false);
}

struct process_saved *process_save(const struct process *process, struct page_pool *pool,
                                   const struct process_saved *like)
{
    const struct space *space = &process->program.space;
    struct process_saved *saved = malloc(sizeof *saved);
    struct run run;

    if (saved == NULL)
        err_die_oom();
    *saved = (struct process_saved){
        .hart = process->hart,
        .heap_end = space->heap_end,
        .slice_end = process->slice_end,
        .instret_added = process->instret_added,
        .code_epoch = process->machine.code_epoch,
        .ended = process->ended,
        .end = process->end,
        .record_next = record_next(process->record),
    };
    pages_begin(&saved->pages, pool, like != NULL ? &like->pages : NULL);
    for (uint64_t page = 0; next_run(space, page, &run); page = run.first + run.count) {
        saved->runs = grow(saved->runs, saved->run_count, sizeof *saved->runs);
        saved->runs[saved->run_count++] = run;
        save_pages(saved, space, &run);
    }
    pages_end(&saved->pages);
    return saved;
}

void process_saved_free(struct process_saved *saved)
{
    if (saved == NULL)
        return;
    free(saved->runs);
    pages_fini(&saved->pages);
    free(saved);
}

size_t process_saved_bytes(const struct process_saved *saved)
{
    return sizeof *saved + 2 * saved->run_count * sizeof *saved->runs +
           pages_bytes(&saved->pages); /* runs grow by doubling */
}

/* Nothing is mapped, then zeros are where something was, then comes what was there. */
static int load_space(const struct process_saved *saved, struct space *space)
{
    const struct pages *pages = &saved->pages;
    size_t page = 0;
    struct run run;

    while (next_run(space, 0, &run)) {
        if (space_unmap(space, run.first << MEM_PAGE_SHIFT, run.count << MEM_PAGE_SHIFT) < 0)
            return -errno;
    }
    for (size_t i = 0; i < saved->run_count; i++) {
        const struct run *at = &saved->runs[i];
        const struct space_request request = {
            .gva = at->first << MEM_PAGE_SHIFT,
            .length = at->count << MEM_PAGE_SHIFT,
            .prot = PROT_READ | PROT_WRITE,
            .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
            .fd = -1,
        };
        int64_t gva = space_map(space, &request);

        if (gva < 0)
            return (int)gva;
        for (; page < pages->count && pages->list[page].number < at->first + at->count; page++)
            memcpy(space->base + (pages->list[page].number << MEM_PAGE_SHIFT),
                   pages->list[page].copy->data, MEM_PAGE_SIZE);
        gva = space_protect(space, request.gva, request.length,
                            at->perm & (uint8_t)(MEM_READ | MEM_WRITE | MEM_EXEC));
        if (gva < 0)
            return (int)gva;
    }
    return 0;
}

/* The same pages are mapped, with the same rights. */
static bool is_same_map(const struct process_saved *saved, const struct space *space)
{
    uint64_t page = 0;
    struct run run;

    for (size_t i = 0; i < saved->run_count; i++) {
        const struct run *at = &saved->runs[i];

        if (!next_run(space, page, &run) || run.first != at->first || run.count != at->count ||
            run.perm != at->perm)
            return false;
        page = run.first + run.count;
    }
    return !next_run(space, page, &run);
}

/* Only those pages of a run are written that are others now. False: they may not be. */
static bool load_run(const struct process_saved *saved, const struct space *space,
                     const struct run *run, size_t *next)
{
    static const uint8_t zero[MEM_PAGE_SIZE];
    const struct pages *pages = &saved->pages;

    for (uint64_t page = run->first; page < run->first + run->count; page++) {
        uint8_t *hva = space->base + (page << MEM_PAGE_SHIFT);
        const uint8_t *then = zero;

        if (*next < pages->count && pages->list[*next].number == page)
            then = pages->list[(*next)++].copy->data;
        if (memcmp(hva, then, MEM_PAGE_SIZE) == 0)
            continue;
        if ((run->perm & MEM_WRITE) == 0)
            return false;
        memcpy(hva, then, MEM_PAGE_SIZE);
    }
    return true;
}

/* False: it takes more than to write pages; nothing is lost. */
static bool load_in_place(const struct process_saved *saved, const struct space *space)
{
    bool done = is_same_map(saved, space);
    size_t next = 0;

    for (size_t i = 0; done && i < saved->run_count; i++) {
        unlock(space, &saved->runs[i], true);
        done = load_run(saved, space, &saved->runs[i], &next);
        unlock(space, &saved->runs[i], false);
    }
    return done;
}

int process_load(const struct process_saved *saved, struct process *process, struct err *err)
{
    struct space *space = &process->program.space;
    int answer = load_in_place(saved, space) ? 0 : load_space(saved, space);

    if (answer < 0)
        return err_sys(err, -answer, "giving the process its memory back");
    space->heap_end = saved->heap_end;
    process->hart = saved->hart;
    process->slice_end = saved->slice_end;
    process->instret_added = saved->instret_added;
    process->machine.code_epoch = saved->code_epoch;
    process->ended = saved->ended;
    process->end = saved->end;
    record_rewind(process->record, saved->record_next);
    return 0;
}

uint64_t process_hash(const struct process *process)
{
    const struct space *space = &process->program.space;
    uint64_t hash = hash_bytes(HASH_START, &process->hart, HART_STATE_SIZE);
    struct run run;

    hash = hash_word(hash, space->heap_end);
    hash = hash_word(hash, process->slice_end);
    hash = hash_word(hash, process->ended);
    hash = hash_word(hash, record_next(process->record));
    for (uint64_t page = 0; next_run(space, page, &run); page = run.first + run.count) {
        hash = hash_word(hash, run.first);
        hash = hash_word(hash, run.count << 8 | run.perm);
        unlock(space, &run, true);
        for (uint64_t i = run.first; i < run.first + run.count; i++) {
            if (mem_page_is_zero(space->base + (i << MEM_PAGE_SHIFT)))
                continue;
            hash = hash_word(hash, i);
            hash = hash_bytes(hash, space->base + (i << MEM_PAGE_SHIFT), MEM_PAGE_SIZE);
        }
        unlock(space, &run, false);
    }
    return hash;
}
