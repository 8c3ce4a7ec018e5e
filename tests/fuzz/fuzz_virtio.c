/*
 * fuzz_virtio.c: a hostile driver of the virtio disk: arbitrary rings, arbitrary register accesses.
 *
 * The input is a script: bytes that say which registers are accessed and with what, and which bytes
 * are put into memory, where the queue's three rings are as likely as not. Memory stands between
 * two pages that nobody may touch, and the disk is exactly as large as it says, so an access
 * outside of either is a crash. Besides, a device that needs a reset must not serve requests before
 * it got one.
 *
 * Read next: mk/fuzz.mk, dev/virtqueue.h.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "dev/disk.h"
#include "dev/virtio_block.h"
#include "dev/virtio_mmio.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RAM = 0x40000000, RAM_SIZE = 0x4000, PAGE = 0x1000, DISK_SIZE = 3 * 4096 + 512 };
enum { QUEUE_SIZE = 4, AVAILABLE = RAM + 0x100, USED = RAM + 0x200, BASE = 0x1000 };

static void require(bool promise)
{
    if (!promise)
        abort();
}

/* What is left of the input; beyond its end come zeros. */
struct script {
    const uint8_t *data;
    size_t size;
};

static uint64_t take(struct script *script, size_t bytes)
{
    uint64_t value = 0;
    size_t there = bytes < script->size ? bytes : script->size;

    memcpy(&value, script->data, there);
    script->data += there;
    script->size -= there;
    return value;
}

struct world {
    struct bus bus;
    struct dma dma;
    struct disk disk;
    struct virtio_block block;
    struct virtio_mmio virtio;
    uint8_t *room;   /* RAM between two guard pages; mapped */
    uint64_t served; /* image blocks that were read: the device is at work */
    bool fails;
};

static bool read_image(void *owner, uint64_t offset, void *to, size_t bytes)
{
    struct world *world = owner;

    require(offset <= DISK_SIZE && bytes <= DISK_SIZE - offset);
    memset(to, 'd', bytes);
    world->served++;
    return !world->fails;
}

static void world_init(struct world *world, uint32_t version)
{
    struct bus_range range;

    *world = (struct world){.fails = false};
    world->room =
        mmap(NULL, RAM_SIZE + 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    require(world->room != MAP_FAILED);
    require(mprotect(world->room, PAGE, PROT_NONE) == 0);
    require(mprotect(world->room + PAGE + RAM_SIZE, PAGE, PROT_NONE) == 0);
    world->dma = (struct dma){.ram = world->room + PAGE, .base = RAM, .size = RAM_SIZE};
    disk_init(&world->disk, DISK_SIZE, read_image, world);
    virtio_block_init(&world->block, &world->disk, &world->dma);
    virtio_mmio_init(&world->virtio, version, &world->block.device, &world->dma);
    range = virtio_mmio_range(&world->virtio, BASE);
    bus_register(&world->bus, &range);
}

static void world_fini(struct world *world)
{
    disk_fini(&world->disk);
    munmap(world->room, RAM_SIZE + 2 * PAGE);
}

static void put(struct world *world, uint64_t offset, uint64_t value)
{
    require(bus_store(&world->bus, BASE + offset, 32, value));
}

/* A driver's usual start, so that what follows gets beyond the first check. */
static void start(struct world *world)
{
    put(world, 0x70, 0);
    put(world, 0x24, 1);
    put(world, 0x20, 1);
    put(world, 0x28, 0x1000);
    put(world, 0x38, QUEUE_SIZE);
    put(world, 0x3c, 64);
    put(world, 0x40, RAM >> 12);
    put(world, 0x80, RAM);
    put(world, 0x90, AVAILABLE);
    put(world, 0xa0, USED);
    put(world, 0x44, 1);
    put(world, 0x70, 15);
}

/* A descriptor whose fields are likely to be good, each by itself. */
static void put_descriptor(struct world *world, struct script *script)
{
    uint64_t index = take(script, 1) % QUEUE_SIZE;
    uint64_t gpa = RAM + take(script, 2);
    uint32_t bytes = (uint32_t)take(script, 2);
    uint16_t flags = (uint16_t)(take(script, 1) % 8);
    uint16_t next = (uint16_t)(take(script, 1) % (QUEUE_SIZE + 1));
    uint8_t *at = world->dma.ram + 16 * index;

    memcpy(at, &gpa, 8);
    memcpy(at + 8, &bytes, 4);
    memcpy(at + 12, &flags, 2);
    memcpy(at + 14, &next, 2);
}

/* The header of a request, or whatever lies there. */
static void put_bytes(struct world *world, struct script *script)
{
    uint64_t at = take(script, 2) % RAM_SIZE;
    uint64_t count = take(script, 1) % 32;

    for (uint64_t i = 0; i < count && at + i < RAM_SIZE; i++)
        world->dma.ram[at + i] = (uint8_t)take(script, 1);
}

/* The driver says that there is one more chain, or that many. */
static void make_available(struct world *world, struct script *script)
{
    uint8_t *ring = world->dma.ram + (AVAILABLE - RAM);
    uint16_t index;

    memcpy(&index, ring + 2, sizeof index);
    ring[4 + 2 * (index % QUEUE_SIZE)] = (uint8_t)take(script, 1);
    index = (uint16_t)(index + 1 + take(script, 1) / 64);
    memcpy(ring + 2, &index, sizeof index);
}

static void notify(struct world *world)
{
    bool dead = (world->virtio.state.status & VIRTIO_NEEDS_RESET) != 0;
    uint64_t before = world->served;

    put(world, 0x50, 0);
    require(!dead || world->served == before);
}

static void access_register(struct world *world, struct script *script)
{
    uint64_t offset = take(script, 2) % 0x140;
    unsigned width = 8U << take(script, 1) % 4;
    uint64_t value = take(script, 8);

    bus_store(&world->bus, BASE + offset, width, value);
    bus_load(&world->bus, BASE + offset, width, &value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct script script = {.data = data, .size = size};
    struct world world;

    world_init(&world, 1 + take(&script, 1) % 2);
    start(&world);
    while (script.size > 0) {
        switch (take(&script, 1) % 8) {
        case 0:
        case 1: put_descriptor(&world, &script); break;
        case 2: put_bytes(&world, &script); break;
        case 3: make_available(&world, &script); break;
        case 4: notify(&world); break;
        case 5: access_register(&world, &script); break;
        case 6: world.fails = !world.fails; break;
        default: start(&world); break;
        }
        virtio_mmio_interrupts(&world.virtio);
    }
    world_fini(&world);
    return 0;
}
