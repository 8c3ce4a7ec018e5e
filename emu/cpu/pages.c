/* pages.c: see pages.h. */
#include "emu/cpu/pages.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

void pages_begin(struct pages *pages, struct page_pool *pool, const struct pages *like)
{
    *pages = (struct pages){.pool = pool, .like = like};
}

/* The page of that number in the older table, if it is the same; else NULL. */
static struct page_copy *find_same(struct pages *pages, uint64_t number, const void *data,
                                   size_t bytes)
{
    const struct pages *like = pages->like;
    size_t next = pages->like_next;

    if (like == NULL)
        return NULL;
    while (next < like->count && like->list[next].number < number)
        next++;
    pages->like_next = next;
    if (next == like->count || like->list[next].number != number ||
        memcmp(like->list[next].copy->data, data, bytes) != 0)
        return NULL;
    return like->list[next].copy;
}

static struct page_copy *copy_page(struct page_pool *pool, const void *data, size_t bytes)
{
    struct page_copy *copy = malloc(sizeof *copy);

    if (copy == NULL)
        err_die_oom();
    copy->refs = 0;
    memcpy(copy->data, data, bytes);
    memset(copy->data + bytes, 0, MEM_PAGE_SIZE - bytes);
    if (pool != NULL) {
        pool->kept++;
        pool->copied++;
    }
    return copy;
}

void pages_add(struct pages *pages, uint64_t number, const void *data, size_t bytes)
{
    struct page_copy *copy = find_same(pages, number, data, bytes);

    if (copy == NULL)
        copy = copy_page(pages->pool, data, bytes);
    copy->refs++;
    if (pages->count == pages->capacity) {
        pages->capacity = pages->capacity == 0 ? 64 : 2 * pages->capacity;
        pages->list = realloc(pages->list, pages->capacity * sizeof *pages->list);
        if (pages->list == NULL)
            err_die_oom();
    }
    pages->list[pages->count++] = (struct page_ref){number, copy};
}

void pages_end(struct pages *pages)
{
    pages->like = NULL;
}

size_t pages_bytes(const struct pages *pages)
{
    return pages->capacity * sizeof *pages->list;
}

void pages_fini(struct pages *pages)
{
    for (size_t i = 0; i < pages->count; i++) {
        struct page_copy *copy = pages->list[i].copy;

        if (--copy->refs > 0)
            continue;
        free(copy);
        if (pages->pool != NULL)
            pages->pool->kept--;
    }
    free(pages->list);
    *pages = (struct pages){0};
}
