/* copier.c: copying pages; see copier.h. */
#include "dev/copier.h"

#include <string.h>

enum { PAGE = 4096, DOORBELL = 0, COPIED = 8 };

/* The old page is read as a whole before the new one is written: they may overlap. */
static bool copy_page(const struct dma *dma, uint64_t to, uint64_t from)
{
    uint8_t page[PAGE];

    return to % PAGE == 0 && from % PAGE == 0 && dma_is_ram(dma, to, PAGE) &&
           dma_read(dma, from, page, PAGE) && dma_write(dma, to, page, PAGE);
}

static uint64_t copy_list(const struct dma *dma, uint64_t list)
{
    uint64_t count, done = 0, pair[2];

    if (!dma_read(dma, list, &count, sizeof count) || count > COPIER_PAGES)
        return 0;
    for (; done < count; done++) {
        if (!dma_read(dma, list + sizeof count + done * sizeof pair, pair, sizeof pair) ||
            !copy_page(dma, pair[0], pair[1]))
            break;
    }
    return done;
}

static bool load(void *device, uint64_t offset, unsigned width, uint64_t *value)
{
    (void)width;
    *value = offset == COPIED ? ((const struct copier *)device)->copied : 0;
    return true;
}

static bool store(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    struct copier *copier = device;

    if (offset == DOORBELL && width == 64)
        copier->copied = copy_list(copier->dma, value);
    return true;
}

void copier_init(struct copier *copier, const struct dma *dma)
{
    *copier = (struct copier){.dma = dma};
}

struct bus_range copier_range(struct copier *copier, uint64_t base)
{
    return (struct bus_range){.name = "copier",
                              .base = base,
                              .size = COPIER_SIZE,
                              .device = copier,
                              .load = load,
                              .store = store};
}
