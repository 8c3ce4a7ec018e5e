/* virtio_mmio.c: the registers of a virtio device; see virtio_mmio.h. */
#include "dev/virtio_mmio.h"

#include <assert.h>
#include <string.h>

/* VIRTIO 1.2, 4.2.2 and (L) 4.2.4; all of 32 bits. */
enum {
    MAGIC = 0x000,
    VERSION = 0x004,
    DEVICE_ID = 0x008,
    VENDOR_ID = 0x00c,
    DEVICE_FEATURES = 0x010,
    DEVICE_FEATURES_SELECT = 0x014,
    DRIVER_FEATURES = 0x020,
    DRIVER_FEATURES_SELECT = 0x024,
    GUEST_PAGE_SIZE = 0x028, /* L */
    QUEUE_SELECT = 0x030,
    QUEUE_SIZE_MAX = 0x034,
    QUEUE_SIZE = 0x038,
    QUEUE_ALIGN = 0x03c, /* L */
    QUEUE_PAGE = 0x040,  /* L */
    QUEUE_READY = 0x044,
    QUEUE_NOTIFY = 0x050,
    INTERRUPT_STATUS = 0x060,
    INTERRUPT_ACKNOWLEDGE = 0x064,
    STATUS = 0x070,
    QUEUE_DESCRIPTORS = 0x080, /* low half, high half at + 4; so the next two */
    QUEUE_AVAILABLE = 0x090,
    QUEUE_USED = 0x0a0,
    CONFIG_GENERATION = 0x0fc,
    CONFIG = 0x100,
};

enum { INTERRUPT_QUEUE = 1, INTERRUPT_CONFIG = 2 };

void virtio_mmio_init(struct virtio_mmio *virtio, uint32_t version,
                      const struct virtio_device *device, const struct dma *dma)
{
    assert(version == 1 || version == 2);
    assert(device->queues >= 1 && device->queues <= VIRTIO_MMIO_QUEUES_MAX);
    *virtio = (struct virtio_mmio){.version = version, .device = device, .dma = dma};
}

bool virtio_mmio_interrupts(const struct virtio_mmio *virtio)
{
    return virtio->state.interrupt != 0;
}

static void needs_reset(struct virtio_mmio *virtio)
{
    virtio->state.status |= VIRTIO_NEEDS_RESET;
    virtio->state.interrupt |= INTERRUPT_CONFIG;
}

static uint64_t offered_features(const struct virtio_mmio *virtio)
{
    return virtio->device->features | (virtio->version == 2 ? VIRTIO_F_VERSION_1 : 0);
}

/* The queue that is selected, or NULL: the driver may select any number. */
static struct virtqueue *selected_queue(struct virtio_mmio *virtio)
{
    uint32_t selected = virtio->state.queue_select;

    return selected < virtio->device->queues ? &virtio->state.queues[selected] : NULL;
}

static uint64_t align_up(uint64_t value, uint64_t alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

static bool is_queue_size(uint64_t size)
{
    return size >= 1 && size <= VIRTQUEUE_SIZE_MAX && (size & (size - 1)) == 0;
}

/* Legacy: where the three parts of a queue are follows from one page number (2.7.2). */
static void place_legacy_queue(struct virtio_mmio *virtio, struct virtqueue *queue, uint32_t page)
{
    struct virtio_mmio_state *state = &virtio->state;
    uint32_t align = state->queue_align[state->queue_select];

    state->queue_page[state->queue_select] = page;
    *queue = (struct virtqueue){.size = queue->size};
    if (page == 0)
        return; /* the driver gives the queue up */
    if (!is_queue_size(queue->size) || state->page_size == 0 || align == 0) {
        needs_reset(virtio);
        return;
    }
    queue->descriptors = (uint64_t)page * state->page_size;
    queue->available = queue->descriptors + 16 * (uint64_t)queue->size;
    queue->used = align_up(queue->available + 6 + 2 * (uint64_t)queue->size, align);
    queue->ready = 1;
}

static void make_queue_ready(struct virtio_mmio *virtio, struct virtqueue *queue, bool ready)
{
    if (!ready) {
        *queue = (struct virtqueue){.size = queue->size};
        return;
    }
    if (!is_queue_size(queue->size)) {
        needs_reset(virtio);
        return;
    }
    queue->next_available = 0;
    queue->next_used = 0;
    queue->ready = 1;
}

/*
 * The driver says that there are chains: all are served at once. Those that another processor makes
 * available meanwhile have a notification of their own coming; so this ends.
 */
static void notify(struct virtio_mmio *virtio, uint64_t number)
{
    struct virtio_mmio_state *state = &virtio->state;
    struct virtqueue *queue = &state->queues[number % VIRTIO_MMIO_QUEUES_MAX];
    struct virtqueue_chain chain;
    enum virtqueue_answer answer = VIRTQUEUE_EMPTY;
    bool moved = false;

    if (number >= virtio->device->queues || queue->ready == 0 ||
        (state->status & VIRTIO_DRIVER_OK) == 0 || (state->status & VIRTIO_NEEDS_RESET) != 0)
        return;
    for (uint32_t left = queue->size; left > 0; left--) {
        int64_t written;

        answer = virtqueue_pop(queue, virtio->dma, &chain);
        if (answer != VIRTQUEUE_CHAIN)
            break;
        written = virtio->device->request(virtio->device->owner, (unsigned)number, &chain);

        if (written == VIRTIO_LATER) {
            queue->next_available--;
            break;
        }
        if (written < 0 || !virtqueue_push(queue, virtio->dma, &chain, (uint32_t)written)) {
            answer = VIRTQUEUE_BROKEN;
            break;
        }
        moved = true;
    }
    if (answer == VIRTQUEUE_BROKEN)
        needs_reset(virtio);
    if (moved && virtqueue_wants_interrupt(queue, virtio->dma))
        state->interrupt |= INTERRUPT_QUEUE;
}

/* Writing 0 resets the device. FEATURES_OK stays off when the features do not please it (3.1.1). */
static void write_status(struct virtio_mmio *virtio, uint32_t status)
{
    struct virtio_mmio_state *state = &virtio->state;
    bool features_ok = (state->driver_features & ~offered_features(virtio)) == 0 &&
                       (virtio->version == 1 || (state->driver_features & VIRTIO_F_VERSION_1) != 0);

    if (status == 0) {
        *state = (struct virtio_mmio_state){0};
        return;
    }
    if (!features_ok)
        status &= ~(uint32_t)VIRTIO_FEATURES_OK;
    state->status = (status & 0xff) | (state->status & VIRTIO_NEEDS_RESET);
}

static uint32_t half_of(uint64_t value, uint32_t select)
{
    return select == 0 ? (uint32_t)value : select == 1 ? (uint32_t)(value >> 32) : 0;
}

static uint32_t read_register(struct virtio_mmio *virtio, uint64_t offset)
{
    struct virtio_mmio_state *state = &virtio->state;
    const struct virtqueue *queue = selected_queue(virtio);

    switch (offset) {
    case MAGIC: return 0x74726976; /* "virt" */
    case VERSION: return virtio->version;
    case DEVICE_ID: return virtio->device->id;
    case VENDOR_ID: return 0x56495254; /* "TRIV" */
    case DEVICE_FEATURES: return half_of(offered_features(virtio), state->device_features_select);
    case QUEUE_SIZE_MAX: return queue != NULL ? VIRTQUEUE_SIZE_MAX : 0;
    case QUEUE_PAGE:
        return virtio->version == 1 && queue != NULL ? state->queue_page[state->queue_select] : 0;
    case QUEUE_READY: return virtio->version == 2 && queue != NULL ? queue->ready : 0;
    case INTERRUPT_STATUS: return state->interrupt;
    case STATUS: return state->status;
    default: return 0; /* write-only, reserved, or CONFIG_GENERATION: it never changes */
    }
}

/* The configuration may be read in any width; beyond what the device has, it is zero. */
static uint64_t read_config(const struct virtio_mmio *virtio, uint64_t offset, unsigned width)
{
    uint64_t value = 0;

    if (offset + width / 8 <= VIRTIO_CONFIG_MAX)
        memcpy(&value, virtio->device->config + offset, width / 8);
    return value;
}

static bool load(void *device, uint64_t offset, unsigned width, uint64_t *value)
{
    struct virtio_mmio *virtio = device;

    if (offset >= CONFIG)
        *value = read_config(virtio, offset - CONFIG, width);
    else
        *value = width == 32 ? read_register(virtio, offset) : 0;
    return true;
}

static void write_half(uint64_t *value, uint64_t offset, uint32_t half)
{
    unsigned shift = offset % 8 == 0 ? 0 : 32;

    *value = (*value & ~(UINT64_C(0xffffffff) << shift)) | (uint64_t)half << shift;
}

/* The registers of the queue that is selected. They cannot be changed while it is in use. */
static void write_queue(struct virtio_mmio *virtio, struct virtqueue *queue, uint64_t offset,
                        uint32_t value)
{
    struct virtio_mmio_state *state = &virtio->state;
    bool legacy = virtio->version == 1;

    if (offset == QUEUE_PAGE && legacy)
        place_legacy_queue(virtio, queue, value);
    else if (offset == QUEUE_READY && !legacy)
        make_queue_ready(virtio, queue, (value & 1) != 0);
    if (queue->ready != 0)
        return;
    switch (offset) {
    case QUEUE_SIZE: queue->size = value; break;
    case QUEUE_ALIGN: state->queue_align[state->queue_select] = value; break;
    case QUEUE_DESCRIPTORS:
    case QUEUE_DESCRIPTORS + 4: write_half(&queue->descriptors, offset, value); break;
    case QUEUE_AVAILABLE:
    case QUEUE_AVAILABLE + 4: write_half(&queue->available, offset, value); break;
    case QUEUE_USED:
    case QUEUE_USED + 4: write_half(&queue->used, offset, value); break;
    default: break;
    }
}

static void write_register(struct virtio_mmio *virtio, uint64_t offset, uint32_t value)
{
    struct virtio_mmio_state *state = &virtio->state;
    struct virtqueue *queue = selected_queue(virtio);

    switch (offset) {
    case DEVICE_FEATURES_SELECT: state->device_features_select = value; break;
    case DRIVER_FEATURES_SELECT: state->driver_features_select = value; break;
    case DRIVER_FEATURES:
        if (state->driver_features_select < 2 && (state->status & VIRTIO_FEATURES_OK) == 0)
            write_half(&state->driver_features, 4 * (uint64_t)state->driver_features_select, value);
        break;
    case GUEST_PAGE_SIZE: state->page_size = value; break;
    case QUEUE_SELECT: state->queue_select = value; break;
    case QUEUE_NOTIFY: notify(virtio, value); break;
    case INTERRUPT_ACKNOWLEDGE: state->interrupt &= ~value; break;
    case STATUS: write_status(virtio, value); break;
    default:
        if (queue != NULL)
            write_queue(virtio, queue, offset, value);
        break;
    }
}

static bool store(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    if (offset < CONFIG && width == 32)
        write_register(device, offset, (uint32_t)value);
    return true;
}

struct bus_range virtio_mmio_range(struct virtio_mmio *virtio, uint64_t base)
{
    return (struct bus_range){.name = virtio->device->name,
                              .base = base,
                              .size = VIRTIO_MMIO_SIZE,
                              .device = virtio,
                              .load = load,
                              .store = store};
}
