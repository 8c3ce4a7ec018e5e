/* bus.c: finding the device of an address; see bus.h. */
#include "dev/bus.h"

#include <assert.h>
#include <stddef.h>

void bus_register(struct bus *bus, const struct bus_range *range)
{
    assert(bus->count < BUS_RANGES_MAX);
    assert(range->size > 0 && range->base + (range->size - 1) >= range->base);
    for (unsigned i = 0; i < bus->count; i++) {
        const struct bus_range *other = &bus->ranges[i];

        assert(range->base > other->base + (other->size - 1) ||
               other->base > range->base + (range->size - 1));
    }
    bus->ranges[bus->count++] = *range;
}

/* There are few devices: a search from the first to the last finds one at once. */
static struct bus_range *find(struct bus *bus, uint64_t gpa, unsigned width)
{
    if ((gpa & (width / 8 - 1)) != 0)
        return NULL;
    for (unsigned i = 0; i < bus->count; i++) {
        struct bus_range *range = &bus->ranges[i];

        if (gpa >= range->base && gpa - range->base < range->size)
            return range->size - (gpa - range->base) >= width / 8 ? range : NULL;
    }
    return NULL;
}

bool bus_load(struct bus *bus, uint64_t gpa, unsigned width, uint64_t *value)
{
    struct bus_range *range = find(bus, gpa, width);

    if (range == NULL)
        return false;
    range->loads++;
    return range->load(range->device, gpa - range->base, width, value);
}

bool bus_store(struct bus *bus, uint64_t gpa, unsigned width, uint64_t value)
{
    struct bus_range *range = find(bus, gpa, width);

    if (range == NULL)
        return false;
    range->stores++;
    return range->store(range->device, gpa - range->base, width, value);
}
