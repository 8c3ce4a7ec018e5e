/* Spaces for the next fork; see spare.h. */
#include "guest/kernel/spare.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/batch.h"
#include "guest/kernel/file.h"
#include "guest/kernel/page.h"
#include "guest/kernel/spinlock.h"
#include "guest/kernel/table.h"

enum {
    SPARES_MAX = 16,
    LARGE = 1024, /* pages; what is charged more is not kept: looking through it takes too long */
};

struct spare {
    struct space space; /* without files: their areas are only compared */
    uint64_t held;      /* pages that it has; the rest of its charge is given back */
};

static struct {
    struct spinlock lock;
    uint32_t count;
    struct spare spares[SPARES_MAX]; /* the last one was kept last */
} state = {.lock = SPINLOCK_INIT("spares")};

/* The end of what one table maps, or of the area. */
static uint64_t table_end(uint64_t address, const struct area *area)
{
    uint64_t end = (address / TABLE_SPAN + 1) * TABLE_SPAN;
    return end < area->end ? end : area->end;
}

static uint64_t pages_held(const struct space *space)
{
    uint64_t pages = table_need(space);
    for (uint32_t i = 0; i < space->area_count; i++) {
        const struct area *area = &space->areas[i];
        for (uint64_t at = area->start; at < area->end; at = table_end(at, area)) {
            const uint64_t *entry = table_entry(space, at);
            for (uint64_t a = at; entry && a < table_end(at, area); a += PAGE_SIZE, entry++)
                pages += *entry != 0 && area->flags & AREA_CHARGED;
        }
    }
    return pages;
}

bool spare_keep(struct space *space)
{
    if (!arch_tables_are_dear() || space->charge > LARGE || space->large_count > 0)
        return false;
    uint64_t held = pages_held(space);
    for (uint32_t i = 0; i < space->area_count; i++) {
        if (space->areas[i].file)
            file_put(space->areas[i].file);
        space->areas[i].file = NULL;
    }
    spin_lock(&state.lock);
    bool room = state.count < SPARES_MAX;
    if (room) {
        struct spare *spare = &state.spares[state.count++];
        memory_release(space->charge - held);
        space_swap(&spare->space, space);
        spare->held = held;
    }
    spin_unlock(&state.lock);
    return room;
}

/* Whether a kept space is for the same areas; what is in them does not matter. */
static bool is_like(const struct space *a, const struct space *b)
{
    if (a->area_count != b->area_count || a->charge != b->charge)
        return false;
    for (uint32_t i = 0; i < a->area_count; i++) {
        const struct area *left = &a->areas[i];
        const struct area *right = &b->areas[i];
        if (left->start != right->start || left->end != right->end || left->flags != right->flags)
            return false;
    }
    return true;
}

/* Takes one for the areas of a space, and charges all that these may need. Returns its top table,
 * or NULL. */
static void *take(const struct space *like)
{
    void *root = NULL;
    spin_lock(&state.lock);
    for (uint32_t i = state.count; i-- > 0 && !root;) {
        struct spare *spare = &state.spares[i];
        struct spare *last = &state.spares[state.count - 1];
        if (!is_like(&spare->space, like) || !memory_reserve(like->charge - spare->held))
            continue;
        root = spare->space.root;
        if (spare != last) {
            space_swap(&spare->space, &last->space);
            spare->held = last->held;
        }
        last->space.area_count = 0;
        state.count--;
    }
    spin_unlock(&state.lock);
    return root;
}

static void put_page(uint64_t entry)
{
    if (entry != 0)
        page_put(page_at(pte_gpa(entry)));
}

/* Makes an entry what it is to be after a fork, and stores only what changes. */
static void fit_entry(uint64_t *to, uint64_t *from, bool copy_on_write)
{
    bool written = copy_on_write && pte_allows(*from, AREA_WRITE);
    if (written && batch_wanted()) {
        /* Into the child's page, if it has one of its own. */
        bool own = *to != 0 && pte_allows(*to, AREA_WRITE) && !page_shared(page_at(pte_gpa(*to)));
        void *page = own ? page_at(pte_gpa(*to)) : page_alloc(PAGE_AS_IS);
        if (batch_add(page, page_at(pte_gpa(*from)))) {
            if (!own) {
                put_page(*to);
                *to = (*from & ~pte_gpa(*from)) | page_gpa(page);
            }
            return;
        }
        if (!own)
            page_put(page);
    }
    if (written)
        *from = pte_without_write(*from);
    if (*to == *from)
        return;
    if (*from != 0)
        page_get(page_at(pte_gpa(*from)));
    put_page(*to);
    *to = *from;
}

bool spare_fork(struct space *child, struct space *parent)
{
    void *root = parent->large_count > 0 ? NULL : take(parent);
    if (!root)
        return false;
    space_copy_areas(child, parent);
    child->root = root;
    if (batch_wanted())
        batch_begin();
    for (uint32_t i = 0; i < child->area_count; i++) {
        const struct area *area = &child->areas[i];
        for (uint64_t at = area->start; at < area->end; at = table_end(at, area)) {
            uint64_t *from = table_entry(parent, at);
            uint64_t *to = from ? table_entry_make(child, at) : table_entry(child, at);
            uint64_t nothing = 0;
            for (uint64_t a = at; to && a < table_end(at, area); a += PAGE_SIZE, to++)
                fit_entry(to, from ? from++ : &nothing, !(area->flags & AREA_SHARED));
        }
    }
    if (batch_wanted())
        batch_end();
    arch_flush_all();
    return true;
}

bool spare_reserve(uint64_t pages)
{
    if (memory_reserve(pages))
        return true;
    spare_drop_all();
    return memory_reserve(pages);
}

void spare_drop_all(void)
{
    spin_lock(&state.lock);
    while (state.count > 0) {
        struct spare *spare = &state.spares[--state.count];
        spare->space.charge = spare->held;
        space_fini(&spare->space);
    }
    spin_unlock(&state.lock);
}
