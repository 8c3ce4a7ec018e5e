/* syscon.c: one register that ends the machine; see syscon.h. */
#include "dev/syscon.h"

enum { PASS = 0x5555, FAIL = 0x3333, RESET = 0x7777 };

void syscon_init(struct syscon *syscon)
{
    *syscon = (struct syscon){.state = {.wish = SYSCON_RUN}};
}

static bool load(void *device, uint64_t offset, unsigned width, uint64_t *value)
{
    (void)device;
    (void)offset;
    (void)width;
    *value = 0;
    return true;
}

static bool store(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    struct syscon_state *state = &((struct syscon *)device)->state;

    if (offset != 0 || width < 16 || state->wish != SYSCON_RUN)
        return true;
    switch (value & 0xffff) {
    case PASS: *state = (struct syscon_state){.wish = SYSCON_POWER_OFF}; break;
    case FAIL:
        *state = (struct syscon_state){.wish = SYSCON_POWER_OFF,
                                       .status = width == 16 ? 0 : value >> 16 & 0xff};
        break;
    case RESET: *state = (struct syscon_state){.wish = SYSCON_RESET}; break;
    default: break;
    }
    return true;
}

struct bus_range syscon_range(struct syscon *syscon, uint64_t base)
{
    return (struct bus_range){.name = "syscon",
                              .base = base,
                              .size = SYSCON_SIZE,
                              .device = syscon,
                              .load = load,
                              .store = store};
}
