/* Copying a list of pages, by a loop or by the machine's copier; see batch.h. */
#include "guest/kernel/batch.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/boot.h"
#include "guest/kernel/cpu.h"
#include "guest/kernel/mmio.h"
#include "guest/kernel/page.h"
#include "guest/kernel/place.h"
#include "guest/kernel/spinlock.h"

#include <string.h>

/* As the copier reads it: gpas. */
struct batch_list {
    uint64_t count;
    struct {
        uint64_t to;
        uint64_t from;
    } pages[BATCH_PAGES];
};

static struct {
    bool wanted;             /* constant after booting, as are the next two */
    uint8_t *copier;         /* its doorbell; NULL: there is none */
    struct batch_list *list; /* lock: a page */
    struct spinlock lock;
} batch = {.lock = SPINLOCK_INIT("batch")};

void batch_boot(void)
{
    const char *wanted = boot_word("fork=");
    struct place place;
    if (!wanted || strcmp(wanted, "batch") != 0)
        return;
    if (!memory_reserve(1))
        panic("there is no memory for a list of pages");
    batch.list = page_alloc(PAGE_ZEROED);
    batch.wanted = true;
    if (place_find(DEVICE_COPIER, 0, &place))
        batch.copier = arch_map(place.gpa);
}

bool batch_wanted(void)
{
    return batch.wanted;
}

void batch_begin(void)
{
    spin_lock(&batch.lock);
    batch.list->count = 0;
}

bool batch_add(void *to, const void *from)
{
    require(spin_held(&batch.lock));
    if (batch.list->count == BATCH_PAGES)
        return false;
    batch.list->pages[batch.list->count].to = page_gpa(to);
    batch.list->pages[batch.list->count].from = page_gpa(from);
    batch.list->count++;
    return true;
}

void batch_end(void)
{
    const struct batch_list *list = batch.list;
    cpu_this()->counts.pages_copied += list->count;
    if (batch.copier && list->count > 0) {
        mmio_barrier();
        mmio_write64(batch.copier, page_gpa(list));
        mmio_barrier();
    } else {
        for (uint64_t i = 0; i < list->count; i++)
            page_copy(page_at(list->pages[i].to), page_at(list->pages[i].from));
    }
    spin_unlock(&batch.lock);
}
