/* clint.c: the registers of the core-local interruptor; see clint.h. */
#include "dev/clint.h"

#include <assert.h>
#include <string.h>

enum { MSIP = 0, MTIMECMP = 0x4000, MTIME = 0xbff8 };

void clint_init(struct clint *clint, unsigned harts, uint64_t (*time)(void *owner), void *owner)
{
    assert(harts >= 1 && harts <= CLINT_HARTS_MAX);
    *clint = (struct clint){.harts = harts, .time = time, .owner = owner};
    memset(clint->state.mtimecmp, 0xff, sizeof clint->state.mtimecmp);
}

bool clint_software(const struct clint *clint, unsigned hart)
{
    return clint->state.msip[hart] != 0;
}

bool clint_timer(const struct clint *clint, unsigned hart, uint64_t now)
{
    return now >= clint->state.mtimecmp[hart];
}

/* The low or high half of an 8-byte register, or all of it; offset: 0 or 4. */
static uint64_t part_of(uint64_t whole, uint64_t offset, unsigned width)
{
    return width == 64 ? whole : (uint32_t)(whole >> (8 * offset));
}

static uint64_t with_part(uint64_t whole, uint64_t offset, unsigned width, uint64_t value)
{
    uint64_t mask = UINT64_C(0xffffffff) << (8 * offset);

    return width == 64 ? value : (whole & ~mask) | (value << (8 * offset) & mask);
}

static bool load(void *device, uint64_t offset, unsigned width, uint64_t *value)
{
    const struct clint *clint = device;

    *value = 0;
    if (width < 32)
        return false;
    if (offset < MSIP + 4 * (uint64_t)clint->harts)
        *value = width == 32 ? clint->state.msip[offset / 4] : 0;
    else if (offset >= MTIMECMP && offset < MTIMECMP + 8 * (uint64_t)clint->harts)
        *value = part_of(clint->state.mtimecmp[(offset - MTIMECMP) / 8], offset % 8, width);
    else if (offset >= MTIME && offset < MTIME + 8)
        *value = part_of(clint->time(clint->owner), offset % 8, width);
    return true;
}

static bool store(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    struct clint *clint = device;

    if (width < 32)
        return false;
    if (offset < MSIP + 4 * (uint64_t)clint->harts) {
        if (width == 32)
            clint->state.msip[offset / 4] = value & 1;
    } else if (offset >= MTIMECMP && offset < MTIMECMP + 8 * (uint64_t)clint->harts) {
        uint64_t *compare = &clint->state.mtimecmp[(offset - MTIMECMP) / 8];

        *compare = with_part(*compare, offset % 8, width, value);
    }
    return true;
}

struct bus_range clint_range(struct clint *clint, uint64_t base)
{
    return (struct bus_range){.name = "clint",
                              .base = base,
                              .size = CLINT_SIZE,
                              .device = clint,
                              .load = load,
                              .store = store};
}
