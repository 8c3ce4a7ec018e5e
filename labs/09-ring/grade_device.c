/* grade_device.c: the tests of the host's end of the virtio ring, by a driver that is good or
 * hostile. */
#include "dev/virtqueue.h"
#include "labs/09-ring/rows.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RAM UINT64_C(0x80000000)

enum { RAM_SIZE = 0x10000, NEXT = 1, WRITE = 2, INDIRECT = 4, PAGE = 4096, TURNS = 40 };
enum { DESCRIPTORS = 0x1000, AVAILABLE = 0x2000, USED = 0x3000, DATA = 0x4000 };

/* VIRTIO 1.2, 2.7.5 */
struct descriptor {
    uint64_t gpa;
    uint32_t bytes;
    uint16_t flags, next;
};

struct device {
    struct dma dma;
    struct virtqueue queue;
    struct virtqueue_chain *chain; /* a page that is forbidden follows it */
    uint8_t ram[RAM_SIZE];
    bool early;             /* the used index was written before its entry */
    uint32_t head, written; /* of the entry that has to be there then */
};

/* Without a limit on its length, a chain that is a loop leads out of its array. (Nothing may be
 * printed here in the usual way.) */
static void out_of_chain(int number)
{
    static const char text[] =
        "a chain that is a loop: expected VIRTQUEUE_BROKEN, but it was followed out of the array\n"
        "A chain cannot be longer than the queue: make hint H=9.8.3\n";

    (void)number;
    _exit(write(STDOUT_FILENO, text, sizeof text - 1) > 0 ? GRADE_WRONG : 2);
}

static struct device *device_new(struct grade *grade, uint16_t first)
{
    struct device *device = calloc(1, sizeof *device);
    size_t room = (sizeof *device->chain + PAGE - 1) / PAGE * PAGE;
    uint8_t *pages =
        mmap(NULL, room + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (device == NULL || pages == MAP_FAILED || mprotect(pages + room, PAGE, PROT_NONE) != 0)
        abort();
    device->chain = (void *)(pages + room - sizeof *device->chain);
    device->dma = (struct dma){.ram = device->ram, .base = RAM, .size = RAM_SIZE};
    device->queue = (struct virtqueue){.size = 4U << grade->seed % 3,
                                       .ready = 1,
                                       .descriptors = RAM + DESCRIPTORS,
                                       .available = RAM + AVAILABLE,
                                       .used = RAM + USED,
                                       .next_available = first,
                                       .next_used = first};
    memcpy(device->ram + AVAILABLE + 2, &first, sizeof first);
    return device;
}

static void describe(struct device *device, unsigned number, struct descriptor descriptor)
{
    memcpy(device->ram + DESCRIPTORS + number * sizeof descriptor, &descriptor, sizeof descriptor);
}

static void set16(struct device *device, uint64_t at, uint16_t value)
{
    memcpy(device->ram + at, &value, sizeof value);
}

static uint16_t get16(const struct device *device, uint64_t at)
{
    uint16_t value;

    memcpy(&value, device->ram + at, sizeof value);
    return value;
}

/* The driver makes a chain available. */
static void give(struct device *device, uint16_t head)
{
    uint16_t index = get16(device, AVAILABLE + 2);

    set16(device, AVAILABLE + 4 + index % device->queue.size * 2, head);
    set16(device, AVAILABLE + 2, (uint16_t)(index + 1));
}

static enum virtqueue_answer pop(struct device *device)
{
    memset(device->chain, 0xa5, sizeof *device->chain);
    return virtqueue_pop(&device->queue, &device->dma, device->chain);
}

/* One buffer that must be refused, behind a good one for reading or writing. */
static bool refuses(struct grade *grade, struct descriptor bad, uint16_t before)
{
    struct device *device = device_new(grade, 0);

    describe(device, 0, (struct descriptor){RAM + DATA, 16, before | NEXT, 1});
    describe(device, 1, bad);
    give(device, 0);
    return pop(device) == VIRTQUEUE_BROKEN;
}

static int good_buffers(struct grade *grade)
{
    struct device *device = device_new(grade, 0);
    uint32_t out = 1 + (uint32_t)(grade_random(grade) % 5000);
    uint32_t in = 1 + (uint32_t)(grade_random(grade) % 5000);
    const struct virtqueue_chain *chain = device->chain;

    describe(device, 0, (struct descriptor){RAM + RAM_SIZE - out, out, NEXT, 1});
    describe(device, 1, (struct descriptor){RAM + DATA, out, NEXT, 2});
    describe(device, 2, (struct descriptor){RAM, in, WRITE, 0});
    give(device, 0);
    if (pop(device) == VIRTQUEUE_CHAIN && chain->count == 3 && chain->readable == 2 * out &&
        chain->writable == in && chain->parts[0].gpa == RAM + RAM_SIZE - out &&
        chain->parts[1].bytes == out && chain->parts[2].gpa == RAM && chain->parts[2].writable &&
        !chain->parts[1].writable)
        return GRADE_PASSED;
    grade_wrong(
        "%u bytes to read at the end of RAM, %u more, %u to write at its beginning: expected a "
        "chain of these three, got %u, with %llu to read and %llu to write",
        out, out, in, chain->count, (unsigned long long)chain->readable,
        (unsigned long long)chain->writable);
    return grade_hint("9.7.1", "Parts, and their sums");
}

int row_buffers(struct grade *grade)
{
    uint32_t some = 2 + (uint32_t)(grade_random(grade) % 5000);
    const struct {
        const char *what;
        struct descriptor bad;
        uint16_t before;
        const char *hint, *why;
    } rows[] = {
        {"a buffer of which one byte is behind RAM",
         {RAM + RAM_SIZE - some + 1, some, 0, 0},
         0,
         "9.7.2",
         "All of it must be RAM"},
        {"a buffer of which one byte is before RAM",
         {RAM - 1, some, WRITE, 0},
         0,
         "9.7.2",
         "All of it must be RAM"},
        {"a buffer that goes over the end of all addresses",
         {UINT64_MAX - some / 2, some, 0, 0},
         0,
         "9.7.2",
         "An end can be less than its beginning"},
        {"a list of buffers elsewhere, which was not offered",
         {RAM + DATA, 16, INDIRECT, 0},
         0,
         "9.7.3",
         "There are flags that change what it is"},
        {"a buffer to read behind one to write",
         {RAM + DATA, some, 0, 0},
         WRITE,
         "9.7.3",
         "What is to be read comes first"},
    };

    if (good_buffers(grade) != GRADE_PASSED)
        return GRADE_WRONG;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (refuses(grade, rows[i].bad, rows[i].before))
            continue;
        grade_wrong("%s: expected VIRTQUEUE_BROKEN, got another answer", rows[i].what);
        return grade_hint(rows[i].hint, rows[i].why);
    }
    return GRADE_PASSED;
}

/* The longest chain, whose descriptors stand in an order of their own. */
static int longest_chain(struct grade *grade)
{
    struct device *device = device_new(grade, 0);
    uint32_t size = device->queue.size, step = 3; /* no divisor of a power of two */
    uint16_t at = (uint16_t)(grade_random(grade) % size);

    give(device, at);
    for (uint32_t i = 0; i < size; i++) {
        uint16_t next = (uint16_t)((at + step) % size);

        describe(device, at, (struct descriptor){RAM + DATA + i, 1, i + 1 < size ? NEXT : 0, next});
        at = next;
    }
    if (pop(device) != VIRTQUEUE_CHAIN || device->chain->count != size) {
        grade_wrong("a chain of all %u descriptors: expected them, got %s", size,
                    device->chain->count == size ? "VIRTQUEUE_BROKEN" : "others");
        return grade_hint("9.8.1", "From the head, by `next`, to the one without NEXT");
    }
    for (uint32_t i = 0; i < size; i++) {
        if (device->chain->parts[i].gpa == RAM + DATA + i)
            continue;
        grade_wrong("a chain of all %u descriptors: expected part %u to be at 0x%llx, got 0x%llx",
                    size, i, (unsigned long long)(RAM + DATA + i),
                    (unsigned long long)device->chain->parts[i].gpa);
        return grade_hint("9.8.1", "From the head, by `next`, to the one without NEXT");
    }
    return GRADE_PASSED;
}

int row_chains(struct grade *grade)
{
    struct device *device = device_new(grade, 0);
    uint16_t size = (uint16_t)device->queue.size;
    uint16_t beyond = (uint16_t)(size + grade_random(grade) % 100);

    if (longest_chain(grade) != GRADE_PASSED)
        return GRADE_WRONG;
    for (unsigned turn = 0; turn < 2; turn++) {
        device = device_new(grade, 0);
        describe(device, 0, (struct descriptor){RAM + DATA, 1, turn == 0 ? 0 : NEXT, beyond});
        describe(device, beyond, (struct descriptor){RAM + DATA, 1, 0, 0});
        give(device, turn == 0 ? beyond : 0);
        if (pop(device) == VIRTQUEUE_BROKEN)
            continue;
        grade_wrong("a %s of %u in a queue of %u: expected VIRTQUEUE_BROKEN, got another answer",
                    turn == 0 ? "head" : "next", beyond, size);
        return grade_hint("9.8.2", "There are no descriptors behind the last");
    }
    device = device_new(grade, 0);
    device->queue.descriptors = RAM + RAM_SIZE - 8;
    give(device, 0);
    if (pop(device) != VIRTQUEUE_BROKEN) {
        grade_wrong("descriptors that are half in RAM: expected VIRTQUEUE_BROKEN");
        return grade_hint("9.8.2", "dma_read() says whether there was anything to be read");
    }
    signal(SIGSEGV, out_of_chain);
    for (uint16_t back = 0; back < 2; back++) {
        device = device_new(grade, 0);
        describe(device, 0, (struct descriptor){RAM + DATA, 0, NEXT, 1});
        describe(device, 1, (struct descriptor){RAM + DATA, 0, NEXT, back});
        give(device, 0);
        if (pop(device) == VIRTQUEUE_BROKEN)
            continue;
        grade_wrong("a chain that is a loop: expected VIRTQUEUE_BROKEN, got another answer");
        return grade_hint("9.8.3", "A chain cannot be longer than the queue");
    }
    return GRADE_PASSED;
}

/* Full queues in turn, from that index on. */
static int full_queues(struct grade *grade, uint16_t first)
{
    struct device *device = device_new(grade, first);
    uint16_t size = (uint16_t)device->queue.size;

    for (uint16_t i = 0; i < size; i++)
        describe(device, i, (struct descriptor){RAM + DATA, i, 0, 0});
    for (unsigned turn = 0; turn < TURNS; turn++) {
        uint16_t count = turn == 0 ? size : (uint16_t)(grade_random(grade) % (size + 1U));

        for (uint16_t i = 0; i < count; i++)
            give(device, (uint16_t)((turn + i) % size));
        for (uint16_t i = 0; i < count; i++) {
            if (pop(device) == VIRTQUEUE_CHAIN && device->chain->head == (turn + i) % size)
                continue;
            grade_wrong("request %u of %u, in a queue of %u: expected head %u, got %s", i + 1,
                        count, size, (turn + i) % size,
                        device->chain->head == 0xa5a5 ? "none" : "another");
            return grade_hint("9.9.1",
                              "Each once, in order; the entry is the index modulo the size");
        }
        if (pop(device) == VIRTQUEUE_EMPTY)
            continue;
        grade_wrong("all %u requests were taken: expected VIRTQUEUE_EMPTY, got another answer",
                    count);
        return grade_hint("9.9.1", "Empty is when as many were taken as the index says");
    }
    return GRADE_PASSED;
}

int row_next(struct grade *grade)
{
    uint16_t first = (uint16_t)(65536 - 1 - grade_random(grade) % TURNS);
    struct device *device;

    if (full_queues(grade, first) != GRADE_PASSED)
        return GRADE_WRONG;
    for (uint16_t more = 1; more < 0x8000; more = (uint16_t)(more * 8)) {
        uint16_t index;

        device = device_new(grade, first);
        describe(device, 0, (struct descriptor){RAM + DATA, 1, 0, 0});
        index = (uint16_t)(first + device->queue.size + more);
        set16(device, AVAILABLE + 2, index);
        if (pop(device) == VIRTQUEUE_BROKEN && device->queue.next_available == first)
            continue;
        grade_wrong("%u were taken, in a queue of %u, and the index says %u: expected "
                    "VIRTQUEUE_BROKEN and nothing taken, got another answer",
                    first, device->queue.size, index);
        return grade_hint("9.9.2", "A queue cannot hold more than its size");
    }
    device = device_new(grade, 0);
    describe(device, 0, (struct descriptor){RAM + DATA, 1, 0, 0});
    device->queue.available = RAM + AVAILABLE + 0x101;
    set16(device, AVAILABLE + 0x101 + 2, 1);
    if (pop(device) == VIRTQUEUE_BROKEN)
        return GRADE_PASSED;
    grade_wrong("an index at an odd address, which no processor loads at once: expected "
                "VIRTQUEUE_BROKEN, got another answer");
    return grade_hint("9.9.3", "What orders memory is dma_read_index()");
}

/* Told of each write of the device's: is the entry there when the index is? */
static void wrote(void *owner, uint64_t gpa, uint64_t bytes)
{
    struct device *device = owner;
    uint16_t index = get16(device, USED + 2);
    uint64_t at = USED + 4 + (uint16_t)(index - 1) % device->queue.size * 8;
    uint32_t entry[2];

    memcpy(entry, device->ram + at, sizeof entry);
    if (gpa <= RAM + USED + 2 && gpa + bytes > RAM + USED + 2)
        device->early = entry[0] != device->head || entry[1] != device->written;
}

int row_back(struct grade *grade)
{
    uint16_t first = (uint16_t)(65536 - 1 - grade_random(grade) % (TURNS / 2));
    struct device *device = device_new(grade, first);

    device->dma.wrote = wrote;
    device->dma.owner = device;
    memset(device->ram + USED + 4, 0xff, 8 * (size_t)device->queue.size);
    for (unsigned turn = 0; turn < TURNS; turn++) {
        uint16_t index = (uint16_t)(first + turn);
        uint64_t at = USED + 4 + index % device->queue.size * 8;
        uint32_t entry[2];
        bool done;

        device->head = (uint32_t)(grade_random(grade) % device->queue.size);
        device->written = (uint32_t)(grade_random(grade) % 1000 + turn * 1000);
        device->chain->head = (uint16_t)device->head;
        done = virtqueue_push(&device->queue, &device->dma, device->chain, device->written);
        memcpy(entry, device->ram + at, sizeof entry);
        if (!done || entry[0] != device->head || entry[1] != device->written ||
            get16(device, USED + 2) != (uint16_t)(index + 1)) {
            grade_wrong(
                "give chain %u back, of which %u bytes were written: expected these in entry "
                "%u and the index %u, got %u and %u, and %u",
                device->head, device->written, index % device->queue.size, (uint16_t)(index + 1),
                entry[0], entry[1], get16(device, USED + 2));
            return grade_hint("9.10.1",
                              "The index runs on; the entry is the index modulo the size");
        }
        if (device->early) {
            grade_wrong("give chain %u back: expected its entry to be there when the index moves",
                        device->head);
            return grade_hint("9.10.2", "The driver may look at any time");
        }
    }
    device->queue.used = RAM + RAM_SIZE - 2;
    if (!virtqueue_push(&device->queue, &device->dma, device->chain, 0))
        return GRADE_PASSED;
    grade_wrong("a used ring outside of RAM: expected false, got true");
    return grade_hint("9.10.3", "What cannot be written was not given back");
}

int row_peace(struct grade *grade)
{
    static const uint16_t flags[] = {0, 1, 2, 3, 0x8000, 0x8001, 0xfffe, 0xffff};
    struct device *device = device_new(grade, 0);

    for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) {
        bool want = flags[i] % 2 == 0;

        set16(device, AVAILABLE, flags[i]);
        if (virtqueue_wants_interrupt(&device->queue, &device->dma) == want)
            continue;
        grade_wrong("flags of the available ring 0x%x: expected the driver to want %s", flags[i],
                    want ? "an interrupt" : "none");
        return flags[i] < 2 ? grade_hint("9.11.1", "Its lowest bit says: none, please")
                            : grade_hint("9.11.2", "The other bits are nobody's");
    }
    device->queue.available = RAM + RAM_SIZE;
    if (virtqueue_wants_interrupt(&device->queue, &device->dma))
        return GRADE_PASSED;
    grade_wrong("flags that are outside of RAM: expected an interrupt");
    return grade_hint("9.11.3", "One too many does less harm than one too few");
}
