/* Memory while booting; see holes.h. */
#include "guest/kernel/holes.h"

#include "guest/kernel/page.h"

enum { HOLES_MAX = 24 };

/* Memory that is not the allocator's. */
struct hole {
    uint64_t start;
    uint64_t end;
};

/* Only used while booting; in order of address. */
static struct {
    struct hole holes[HOLES_MAX];
    size_t count;
} reserved;

void holes_reserve(uint64_t start, uint64_t size)
{
    if (size == 0)
        return;
    if (reserved.count == HOLES_MAX)
        panic("more than %d ranges of memory are reserved", HOLES_MAX);
    size_t at = reserved.count++;
    for (; at > 0 && reserved.holes[at - 1].start > start; at--)
        reserved.holes[at] = reserved.holes[at - 1];
    reserved.holes[at] = (struct hole){page_down(start), page_up(start + size)};
}

void holes_add_memory(uint64_t start, uint64_t size)
{
    uint64_t end = page_down(start + size);
    start = page_up(start);
    for (size_t i = 0; i < reserved.count; i++) {
        const struct hole *hole = &reserved.holes[i];
        if (hole->end <= start || hole->start >= end)
            continue;
        if (hole->start > start)
            memory_add(start, hole->start - start);
        start = hole->end;
    }
    if (start < end)
        memory_add(start, end - start);
}
