/* Pools of small objects. A pool's page starts with this header; objects fill the rest. As with
 * pages themselves (page.c), those that were never used are taken in turn, and freed ones are in a
 * list.
 *
 *   | pool_page | object | object | ... | never used |       an object's page is its address
 *                                        fresh               rounded down
 */
#include "guest/kernel/pool.h"

#include "guest/kernel/page.h"

#include <string.h>

struct free_object {
    struct free_object *next;
};

/* All fields belong to the pool's lock. Pages that are full are in no list. */
struct pool_page {
    struct pool_page *next;
    struct pool_page *previous;
    struct free_object *free;
    uint32_t used;  /* objects */
    uint32_t fresh; /* offset in the page of what was never used */
};

/* As large as a multiple of 16, which keeps the alignment of objects. */
_Static_assert(sizeof(struct pool_page) % 16 == 0, "objects are aligned to 16 bytes");

static bool has_fresh(const struct pool *pool, const struct pool_page *page)
{
    return page->fresh + pool->size <= PAGE_SIZE;
}

static bool is_full(const struct pool *pool, const struct pool_page *page)
{
    return !page->free && !has_fresh(pool, page);
}

static struct pool_page *page_of(void *object)
{
    return (struct pool_page *)(uintptr_t)page_down((uintptr_t)object);
}

static void list_add(struct pool *pool, struct pool_page *page)
{
    page->previous = NULL;
    page->next = pool->partial;
    if (page->next)
        page->next->previous = page;
    pool->partial = page;
}

static void list_remove(struct pool *pool, struct pool_page *page)
{
    if (page->previous)
        page->previous->next = page->next;
    else
        pool->partial = page->next;
    if (page->next)
        page->next->previous = page->previous;
}

/* Adds a page of free objects. Returns false when there is no memory. */
static bool pool_grow(struct pool *pool)
{
    require(pool->size >= sizeof(struct free_object));
    require(pool->size <= PAGE_SIZE - sizeof(struct pool_page));
    if (!memory_reserve(1))
        return false;
    struct pool_page *page = page_alloc(PAGE_AS_IS);
    *page = (struct pool_page){.fresh = sizeof(*page)};
    list_add(pool, page);
    return true;
}

/* An object of a page that is not full. */
static struct free_object *take(const struct pool *pool, struct pool_page *page)
{
    struct free_object *object = page->free;
    if (object) {
        page->free = object->next;
    } else {
        object = (struct free_object *)(void *)((char *)page + page->fresh);
        page->fresh += (uint32_t)pool->size;
    }
    page->used++;
    return object;
}

void *pool_alloc(struct pool *pool)
{
    struct free_object *object = NULL;
    spin_lock(&pool->lock);
    if (pool->partial || pool_grow(pool)) {
        struct pool_page *page = pool->partial;
        object = take(pool, page);
        if (is_full(pool, page))
            list_remove(pool, page);
    }
    spin_unlock(&pool->lock);
    return object ? memset(object, 0, pool->size) : NULL;
}

void pool_free(struct pool *pool, void *object)
{
    struct pool_page *page = page_of(object);
    struct free_object *free = object;
    spin_lock(&pool->lock);
    require(page->used > 0);
    if (is_full(pool, page))
        list_add(pool, page);
    free->next = page->free;
    page->free = free;
    page->used--;
    bool empty = page->used == 0;
    if (empty)
        list_remove(pool, page);
    spin_unlock(&pool->lock);
    if (empty) {
        page_put(page);
        memory_release(1);
    }
}
