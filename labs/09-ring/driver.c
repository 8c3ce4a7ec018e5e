/* driver.c: see driver.h. */
#include "labs/09-ring/driver.h"
#include "labs/grade.h"

#include <stdlib.h>
#include <string.h>

enum { NOTIFY = 0x50, STALL_MAX = 5, IDLE_MAX = 1000, SHOWN_MAX = 1 << 20 };

/* The device sends a byte. */
static void show(void *owner, uint8_t byte)
{
    struct driver *driver = owner;

    if (driver->shown_count < driver->shown_max)
        driver->shown[driver->shown_count++] = (char)byte;
}

/* What the device writes the driver sees at once. */
static void device_wrote(void *owner, uint64_t gpa, uint64_t bytes)
{
    struct driver *driver = owner;

    memcpy(driver->own + (gpa - DRIVER_RAM), driver->dma.ram + (gpa - DRIVER_RAM), bytes);
}

struct driver *driver_new(uint64_t seed)
{
    struct driver *driver = calloc(1, sizeof *driver);
    uint8_t *memory = calloc(2 * DRIVER_PAGES + 1, DRIVER_PAGE);
    char *shown = malloc(SHOWN_MAX);
    struct bus_range range;

    if (driver == NULL || memory == NULL || shown == NULL)
        abort();
    driver->random.state = seed;
    driver->dma = (struct dma){.ram = memory,
                               .base = DRIVER_RAM,
                               .size = DRIVER_PAGES * DRIVER_PAGE,
                               .wrote = device_wrote,
                               .owner = driver};
    driver->own = memory + DRIVER_PAGES * DRIVER_PAGE;
    driver->shown = shown;
    driver->shown_max = SHOWN_MAX;
    virtio_console_init(&driver->console, &driver->dma, show, driver);
    virtio_mmio_init(&driver->virtio, 2, &driver->console.device, &driver->dma);
    range = virtio_mmio_range(&driver->virtio, DRIVER_REGISTERS);
    bus_register(&driver->bus, &range);
    kernel_plug(driver, driver->own, memory + 2 * DRIVER_PAGES * DRIVER_PAGE);
    return driver;
}

uint16_t driver_get(const struct driver *driver, uint64_t gpa)
{
    uint16_t value;

    memcpy(&value, driver->own + (gpa - DRIVER_RAM), sizeof value);
    return value;
}

void driver_set(struct driver *driver, uint64_t gpa, uint16_t value)
{
    dma_write(&driver->dma, gpa, &value, sizeof value);
}

void *driver_page(struct driver *driver)
{
    unsigned page = driver->given++ * DRIVER_GAP;

    if (page >= DRIVER_PAGES)
        abort();
    return driver->own + page * DRIVER_PAGE;
}

static struct virtqueue *queue_of(struct driver *driver)
{
    return &driver->virtio.state.queues[DRIVER_QUEUE];
}

/* Does the device see another number there than the driver does? */
static bool differs(const struct driver *driver, uint64_t gpa, size_t bytes)
{
    uint64_t at = gpa - DRIVER_RAM;

    return memcmp(driver->own + at, driver->dma.ram + at, bytes) != 0;
}

void driver_barrier(struct driver *driver)
{
    const struct virtqueue *queue = queue_of(driver);
    uint64_t index = queue->available + 2;
    bool moved = queue->ready != 0 && differs(driver, index, 2);

    for (unsigned i = 0; i < driver->given; i++) {
        uint64_t page = DRIVER_RAM + i * DRIVER_GAP * DRIVER_PAGE;
        bool holds_queue =
            queue->ready != 0 && queue->available / DRIVER_PAGE == page / DRIVER_PAGE;

        if (!differs(driver, page, DRIVER_PAGE))
            continue;
        driver->reused |= driver->rung && !holds_queue;
        if (moved && (!holds_queue || differs(driver, page, index - page) ||
                      differs(driver, index + 2, page + DRIVER_PAGE - index - 2)))
            driver->unordered = true;
        memcpy(driver->dma.ram + (page - DRIVER_RAM), driver->own + (page - DRIVER_RAM),
               DRIVER_PAGE);
    }
    driver_turn(driver, true);
}

/* The device looks into its queue. */
static void serve(struct driver *driver)
{
    const struct virtqueue *queue = queue_of(driver);
    uint16_t answered;

    driver->rung = false;
    if (!driver->lies) {
        bus_store(&driver->bus, DRIVER_REGISTERS + NOTIFY, 32, driver->last_doorbell);
        return;
    }
    answered = driver_get(driver, queue->used + 2);
    driver_set(driver, queue->used + 4 + answered % DRIVER_SIZE * 8, 3);
    driver_set(driver, queue->used + 2, (uint16_t)(answered + 1));
}

void driver_turn(struct driver *driver, bool ordered)
{
    void (*at_turn)(struct driver *) = driver->at_turn;

    driver->ordered += ordered;
    driver->at_turn = NULL;
    if (at_turn != NULL)
        at_turn(driver);
    if (driver->rung && driver->stall-- == 0)
        serve(driver);
    else if (!driver->rung && ++driver->idle > IDLE_MAX)
        exit(grade_wrong("the driver waits for an answer that will not come: the device %s",
                         (driver->virtio.state.status & VIRTIO_NEEDS_RESET) != 0
                             ? "found its queue broken"
                             : "found nothing new when it was rung for"));
}

uint32_t driver_load(struct driver *driver, uint64_t offset)
{
    uint64_t value = 0;

    bus_load(&driver->bus, DRIVER_REGISTERS + offset, 32, &value);
    return (uint32_t)value;
}

void driver_store(struct driver *driver, uint64_t offset, uint32_t value)
{
    const struct virtqueue *queue = queue_of(driver);

    if (offset != NOTIFY) {
        bus_store(&driver->bus, DRIVER_REGISTERS + offset, 32, value);
        return;
    }
    driver->doorbells++;
    driver->last_doorbell = value;
    driver->idle = 0;
    driver->unseen |= differs(driver, queue->available + 2, 2);
    driver->rung = !driver->deaf;
    driver->stall = (unsigned)random_below(&driver->random, STALL_MAX);
}
