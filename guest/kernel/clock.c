/* The clock: ticks of the machine's timer as nanoseconds, and back. */
#include "guest/kernel/clock.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/boot.h"
#include "guest/kernel/page.h"
#include "guest/lib/shared_page.h"

#include <machine/cpu.h>

/* Written while booting, constant from then on. */
static struct {
    uint64_t multiplier;
    void *page; /* what programs see of it */
} shared;

void clock_boot(void)
{
    shared.multiplier = shared_page_multiplier(boot_get()->ticks_per_second);
    if (!memory_reserve(1))
        panic("there is no memory for the page that programs share with the kernel");
    struct shared_page *page = page_alloc(PAGE_ZEROED);
    page->multiplier = shared.multiplier;
    arch_shared_page_init(page);
    shared.page = page;
}

void *clock_shared_page(void)
{
    return shared.page;
}

/* As programs compute it, so that they and the kernel agree. */
uint64_t clock_ns(uint64_t ticks)
{
    return shared_page_ns(ticks, shared.multiplier);
}

uint64_t clock_now(void)
{
    return clock_ns(clock_ticks());
}

uint64_t clock_ticks_of(uint64_t nanoseconds)
{
    uint64_t rate = boot_get()->ticks_per_second;
    uint64_t part = nanoseconds % NS_PER_SECOND * rate;
    uint64_t ticks =
        nanoseconds / NS_PER_SECOND * rate + (part + NS_PER_SECOND - 1) / NS_PER_SECOND;
    /* The multiplier is rounded down, by less than one part in 2^29: so many ticks it may take more
     * until clock_ns() has come so far. */
    return ticks + (ticks >> 29) + 1;
}
