/* virtio_console.c: the requests of a console; see virtio_console.h. */
#include "dev/virtio_console.h"

enum { ID_CONSOLE = 3, QUEUE_RECEIVE = 0, PIECE = 256 };

static int64_t request(void *owner, unsigned queue, const struct virtqueue_chain *chain)
{
    struct virtio_console *console = owner;
    uint8_t bytes[PIECE];

    if (queue == QUEUE_RECEIVE)
        return VIRTIO_LATER;
    if (chain->readable > VIRTIO_CONSOLE_MAX)
        return -1;
    for (uint64_t done = 0; done < chain->readable;) {
        uint64_t left = chain->readable - done;
        uint64_t count = left < sizeof bytes ? left : sizeof bytes;

        virtqueue_read(chain, console->dma, done, bytes, count);
        for (uint64_t i = 0; i < count; i++)
            console->send(console->owner, bytes[i]);
        done += count;
    }
    return 0;
}

void virtio_console_init(struct virtio_console *console, const struct dma *dma,
                         void (*send)(void *owner, uint8_t byte), void *owner)
{
    *console = (struct virtio_console){.dma = dma, .send = send, .owner = owner};
    console->device = (struct virtio_device){
        .name = "virtio-console",
        .id = ID_CONSOLE,
        .queues = 2,
        .request = request,
        .owner = console,
    };
}
