/* virtqueue.c: taking chains of buffers out of guest memory, suspicious of each; see virtqueue.h.
 */
#include "dev/virtqueue.h"

#include <assert.h>

/* VIRTIO 1.2, 2.7.5 */
struct descriptor {
    uint64_t gpa;
    uint32_t bytes;
    uint16_t flags;
    uint16_t next;
};

enum { DESCRIPTOR_NEXT = 1, DESCRIPTOR_WRITE = 2, DESCRIPTOR_INDIRECT = 4 };
enum { AVAILABLE_NO_INTERRUPT = 1 };

/* Where in the two rings (2.7.6, 2.7.8): flags, index, then the entries. */
enum { RING_FLAGS = 0, RING_INDEX = 2, RING_ENTRIES = 4 };

struct used_entry {
    uint32_t head;
    uint32_t written;
};

/* Adds one descriptor to the chain. False: the driver must not do that. */
static bool add_part(struct virtqueue_chain *chain, const struct dma *dma,
                     const struct descriptor *descriptor)
{
    //@lab 9.7 a buffer of somebody you do not trust
    bool writable = (descriptor->flags & DESCRIPTOR_WRITE) != 0;

    if ((descriptor->flags & DESCRIPTOR_INDIRECT) != 0)
        return false; /* not offered */
    if (!writable && chain->writable > 0)
        return false; /* what is to be read comes first (2.7.4.2) */
    if (!dma_is_ram(dma, descriptor->gpa, descriptor->bytes))
        return false;
    chain->parts[chain->count++] = (struct virtqueue_part){
        .gpa = descriptor->gpa, .bytes = descriptor->bytes, .writable = writable};
    *(writable ? &chain->writable : &chain->readable) += descriptor->bytes;
    return true;
    //| (void)chain;
    //| (void)dma;
    //| (void)descriptor;
    //| lab_todo("9.7");
    //@end
}

/* Follows the chain from its head. A chain longer than the queue has a loop. */
static bool collect(const struct virtqueue *queue, const struct dma *dma,
                    struct virtqueue_chain *chain)
{
    //@lab 9.8 a chain that may have no end
    uint16_t at = chain->head;

    while (at < queue->size && chain->count < queue->size) {
        struct descriptor descriptor;

        if (!dma_read(dma, queue->descriptors + at * sizeof descriptor, &descriptor,
                      sizeof descriptor) ||
            !add_part(chain, dma, &descriptor))
            return false;
        if ((descriptor.flags & DESCRIPTOR_NEXT) == 0)
            return true;
        at = descriptor.next;
    }
    return false;
    //| (void)queue;
    //| (void)dma;
    //| (void)chain;
    //| (void)add_part;
    //| lab_todo("9.8");
    //@end
}

enum virtqueue_answer virtqueue_pop(struct virtqueue *queue, const struct dma *dma,
                                    struct virtqueue_chain *chain)
{
    assert(queue->ready != 0 && queue->size >= 1 && queue->size <= VIRTQUEUE_SIZE_MAX);
    //@lab 9.9 the next request
    uint16_t index, entry;

    if (!dma_read_index(dma, queue->available + RING_INDEX, &index))
        return VIRTQUEUE_BROKEN;
    if (index == queue->next_available)
        return VIRTQUEUE_EMPTY;
    if ((uint16_t)(index - queue->next_available) > queue->size)
        return VIRTQUEUE_BROKEN; /* more than the ring can hold */
    entry = (uint16_t)(queue->next_available % queue->size);
    *chain = (struct virtqueue_chain){.count = 0};
    if (!dma_read(dma, queue->available + RING_ENTRIES + entry * sizeof chain->head, &chain->head,
                  sizeof chain->head) ||
        !collect(queue, dma, chain))
        return VIRTQUEUE_BROKEN;
    queue->next_available++;
    return VIRTQUEUE_CHAIN;
    //| (void)dma;
    //| (void)chain;
    //| (void)collect;
    //| lab_todo("9.9");
    //@end
}

bool virtqueue_push(struct virtqueue *queue, const struct dma *dma,
                    const struct virtqueue_chain *chain, uint32_t written)
{
    //@lab 9.10 give it back
    const struct used_entry entry = {.head = chain->head, .written = written};
    uint16_t slot = (uint16_t)(queue->next_used % queue->size);

    if (!dma_write(dma, queue->used + RING_ENTRIES + slot * sizeof entry, &entry, sizeof entry))
        return false;
    queue->next_used++;
    return dma_write_index(dma, queue->used + RING_INDEX, queue->next_used);
    //| (void)queue;
    //| (void)dma;
    //| (void)chain;
    //| (void)written;
    //| lab_todo("9.10");
    //@end
}

bool virtqueue_wants_interrupt(const struct virtqueue *queue, const struct dma *dma)
{
    //@lab 9.11 leave it in peace
    uint16_t flags;

    return !dma_read(dma, queue->available + RING_FLAGS, &flags, sizeof flags) ||
           (flags & AVAILABLE_NO_INTERRUPT) == 0;
    //| (void)queue;
    //| (void)dma;
    //| lab_todo("9.11");
    //@end
}

/* One of the pieces that a run of bytes falls into. */
struct piece {
    uint64_t gpa, bytes;
};

/*
 * The next piece of the run of `left` bytes that begins at *offset among the parts of one sort,
 * *offset being counted from part *index on. Moves both on.
 */
static struct piece next_piece(const struct virtqueue_chain *chain, bool writable, unsigned *index,
                               uint64_t *offset, uint64_t left)
{
    const struct virtqueue_part *part = &chain->parts[*index];
    struct piece piece;

    while (part->writable != writable || *offset >= part->bytes) {
        if (part->writable == writable)
            *offset -= part->bytes;
        ++*index;
        assert(*index < chain->count);
        part = &chain->parts[*index];
    }
    piece = (struct piece){.gpa = part->gpa + *offset, .bytes = part->bytes - *offset};
    if (piece.bytes > left)
        piece.bytes = left;
    *offset += piece.bytes;
    return piece;
}

void virtqueue_read(const struct virtqueue_chain *chain, const struct dma *dma, uint64_t offset,
                    void *to, uint64_t bytes)
{
    uint8_t *at = to;
    unsigned index = 0;

    while (bytes > 0) {
        struct piece piece = next_piece(chain, false, &index, &offset, bytes);
        bool done = dma_read(dma, piece.gpa, at, piece.bytes);

        assert(done); /* all parts were checked */
        at += piece.bytes;
        bytes -= piece.bytes;
    }
}

void virtqueue_write(const struct virtqueue_chain *chain, const struct dma *dma, uint64_t offset,
                     const void *from, uint64_t bytes)
{
    const uint8_t *at = from;
    unsigned index = 0;

    while (bytes > 0) {
        struct piece piece = next_piece(chain, true, &index, &offset, bytes);
        bool done = dma_write(dma, piece.gpa, at, piece.bytes);

        assert(done);
        at += piece.bytes;
        bytes -= piece.bytes;
    }
}
