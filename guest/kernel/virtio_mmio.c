/* The virtio-mmio transport. See virtio_mmio.h.
 *
 * A request is a chain of descriptors. Its first number goes into the ring of what is available,
 * and comes back in the ring of what is used:
 *
 *   descriptors  0 -> 1 -> 2          available ring        used ring
 *                (header, data,       index: how many       index: how many came back
 *                 status)             have been given       ring[i % 8].id = 0
 *                                     ring[i % 8] = 0
 *
 * As there is one request at a time, it always has the descriptors 0, 1 and 2.
 */
#include "guest/kernel/virtio_mmio.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/mmio.h"
#include "guest/kernel/page.h"

enum {
    QUEUE_SIZE = 8, /* a power of two */
    QUEUE_ALIGN = 256,
    MAGIC_VALUE = 0x74726976, /* "virt" */
};

/* Offsets of registers. */
enum {
    MAGIC = 0x00,
    VERSION = 0x04,
    DEVICE_ID = 0x08,
    DEVICE_FEATURES = 0x10,
    DEVICE_FEATURES_SELECT = 0x14,
    DRIVER_FEATURES = 0x20,
    DRIVER_FEATURES_SELECT = 0x24,
    GUEST_PAGE_SIZE = 0x28, /* version 1 */
    QUEUE_SELECT = 0x30,
    QUEUE_SIZE_MAX = 0x34,
    QUEUE_SIZE_SET = 0x38,
    QUEUE_ALIGN_SET = 0x3c, /* version 1 */
    QUEUE_PAGE = 0x40,      /* version 1 */
    QUEUE_READY = 0x44,     /* version 2 */
    QUEUE_NOTIFY = 0x50,
    INTERRUPT_STATUS = 0x60,
    INTERRUPT_ACKNOWLEDGE = 0x64,
    STATUS = 0x70,
    QUEUE_DESCRIPTORS = 0x80, /* version 2: addresses, in two halves */
    QUEUE_AVAILABLE = 0x90,
    QUEUE_USED = 0xa0,
    CONFIG = 0x100,
};

enum {
    STATUS_ACKNOWLEDGE = 1,
    STATUS_DRIVER = 2,
    STATUS_DRIVER_OK = 4,
    STATUS_FEATURES_OK = 8,
    STATUS_FAILED = 128,
};

enum { FEATURE_VERSION_1 = 1 }; /* bit 32 */

enum { AVAILABLE_NO_INTERRUPT = 1 };

enum { DESCRIPTOR_NEXT = 1, DESCRIPTOR_DEVICE_WRITES = 2 };

struct descriptor {
    uint64_t gpa;
    uint32_t size;
    uint16_t flags;
    uint16_t next;
};

struct used {
    uint32_t id;
    uint32_t size;
};

/* What both sides see. In version 1 the parts must follow one another, the used ring at the next
 * multiple of the alignment; version 2 is told where each of them is. */
struct virtio_queue {
    struct descriptor descriptors[QUEUE_SIZE];
    uint16_t available_flags;
    uint16_t available_index;
    uint16_t available[QUEUE_SIZE];
    uint16_t used_event;
    _Alignas(QUEUE_ALIGN) uint16_t used_flags;
    uint16_t used_index;
    struct used used[QUEUE_SIZE];
};

_Static_assert(sizeof(struct virtio_queue) <= 4096, "a queue is a page");
_Static_assert(offsetof(struct virtio_queue, used_flags) == QUEUE_ALIGN, "right behind the rest");

static uint32_t get(const struct virtio_device *device, uint32_t offset)
{
    return mmio_read32(device->registers + offset);
}

static void set(const struct virtio_device *device, uint32_t offset, uint32_t value)
{
    mmio_write32(device->registers + offset, value);
}

static void set_address(const struct virtio_device *device, uint32_t offset, const void *memory)
{
    uint64_t gpa = page_gpa(memory);
    set(device, offset, (uint32_t)gpa);
    set(device, offset + 4, (uint32_t)(gpa >> 32));
}

bool virtio_probe(struct virtio_device *device, const struct place *place, uint32_t kind)
{
    *device = (struct virtio_device){0};
    if (place->size < CONFIG)
        return false;
    device->registers = arch_map(place->gpa);
    device->version = get(device, VERSION);
    device->line = place->line;
    return get(device, MAGIC) == MAGIC_VALUE && (device->version == 1 || device->version == 2) &&
           get(device, DEVICE_ID) == kind;
}

/* Agrees on features. Returns false if the device does not. */
static bool agree(const struct virtio_device *device, uint32_t wanted)
{
    set(device, DEVICE_FEATURES_SELECT, 0);
    uint32_t offered = get(device, DEVICE_FEATURES);
    set(device, DRIVER_FEATURES_SELECT, 0);
    set(device, DRIVER_FEATURES, offered & wanted);
    if (device->version == 1)
        return true;
    set(device, DEVICE_FEATURES_SELECT, 1);
    if (!(get(device, DEVICE_FEATURES) & FEATURE_VERSION_1))
        return false;
    set(device, DRIVER_FEATURES_SELECT, 1);
    set(device, DRIVER_FEATURES, FEATURE_VERSION_1);
    set(device, STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK);
    return get(device, STATUS) & STATUS_FEATURES_OK;
}

/* Tells the device where its queue is. Returns false if it has none of our size. */
static bool set_queue(const struct virtio_device *device)
{
    struct virtio_queue *queue = device->queue;
    queue->available_flags = device->quiet ? AVAILABLE_NO_INTERRUPT : 0;
    set(device, QUEUE_SELECT, device->queue_number);
    if (get(device, QUEUE_SIZE_MAX) < QUEUE_SIZE)
        return false;
    set(device, QUEUE_SIZE_SET, QUEUE_SIZE);
    if (device->version == 1) {
        set(device, GUEST_PAGE_SIZE, PAGE_SIZE);
        set(device, QUEUE_ALIGN_SET, QUEUE_ALIGN);
        set(device, QUEUE_PAGE, (uint32_t)(page_gpa(queue) / PAGE_SIZE));
        return true;
    }
    set_address(device, QUEUE_DESCRIPTORS, queue->descriptors);
    set_address(device, QUEUE_AVAILABLE, &queue->available_flags);
    set_address(device, QUEUE_USED, &queue->used_flags);
    set(device, QUEUE_READY, 1);
    return true;
}

bool virtio_start(struct virtio_device *device, uint32_t wanted)
{
    if (!memory_reserve(1))
        return false;
    device->queue = page_alloc(PAGE_ZEROED);
    set(device, STATUS, 0);
    set(device, STATUS, STATUS_ACKNOWLEDGE);
    set(device, STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
    if (!agree(device, wanted) || !set_queue(device)) {
        set(device, STATUS, STATUS_FAILED);
        page_put(device->queue);
        memory_release(1);
        return false;
    }
    uint32_t status = STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK;
    set(device, STATUS, device->version == 1 ? status : status | STATUS_FEATURES_OK);
    return true;
}

uint32_t virtio_config(const struct virtio_device *device, uint32_t offset)
{
    return get(device, CONFIG + offset);
}

void virtio_submit(struct virtio_device *device, const struct virtio_buffer *buffers, size_t count)
{
    struct virtio_queue *queue = device->queue;
    require(count > 0 && count <= VIRTIO_BUFFERS_MAX);
    //@lab 9.3 a chain of buffers
    for (size_t i = 0; i < count; i++) {
        queue->descriptors[i] = (struct descriptor){
            .gpa = page_gpa(buffers[i].memory),
            .size = buffers[i].size,
            .flags = (uint16_t)((i + 1 < count ? DESCRIPTOR_NEXT : 0) |
                                (buffers[i].device_writes ? DESCRIPTOR_DEVICE_WRITES : 0)),
            .next = (uint16_t)(i + 1),
        };
    }
    //| (void)queue;
    //| (void)buffers;
    //| lab_todo("9.3");
    //@end
    //@lab 9.4 publish it, then ring
    uint16_t index = queue->available_index;
    queue->available[index % QUEUE_SIZE] = 0;
    mmio_barrier(); /* the device may look as soon as it sees the index */
    __atomic_store_n(&queue->available_index, (uint16_t)(index + 1), __ATOMIC_RELEASE);
    mmio_barrier();
    set(device, QUEUE_NOTIFY, device->queue_number);
    //| lab_todo("9.4");
    //@end
}

bool virtio_answered(struct virtio_device *device)
{
    struct virtio_queue *queue = device->queue;
    //@lab 9.5 has it been answered?
    uint16_t index = __atomic_load_n(&queue->used_index, __ATOMIC_ACQUIRE);
    if (index == device->used)
        return false;
    mmio_barrier();
    device->broken =
        (uint16_t)(index - device->used) != 1 || queue->used[device->used % QUEUE_SIZE].id != 0;
    device->used = index;
    return true;
    //| (void)queue;
    //| lab_todo("9.5");
    //@end
}

void virtio_acknowledge(const struct virtio_device *device)
{
    set(device, INTERRUPT_ACKNOWLEDGE, get(device, INTERRUPT_STATUS));
}
