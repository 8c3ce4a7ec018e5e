/* The kernels of mix whose price is that of addresses: translating them (chase), and bringing the
 * memory behind them (touch). See kernels.h.
 */
#include "guest/bin/kernels.h"

#include <sys/mman.h>

enum { PAGE = 4096 };

/* chase: loads from all over the memory, each from where the one before says, so that none can
 * begin early. With more pages than a processor remembers, each load is a walk through page tables,
 * too; in a virtual machine that is a walk through two kinds of them.
 *
 * The order is that of a linear congruential generator modulo the number of nodes n, a power of
 * two. Its factor is 1 more than a multiple of 4 and its increment is odd, so it comes to each
 * number once before it starts again: one cycle, which is made in the order of addresses. Source:
 * Knuth, The Art of Computer Programming 2, 3.2.1.2. */
#define CHASE_FACTOR    UINT64_C(0x5851f42d4c957f2d)
#define CHASE_INCREMENT UINT64_C(0x14057b7ef767814f)

struct chase_node {
    struct chase_node *next;
    uint64_t number;
    struct chase_node *place; /* of the first node: where the next batch goes on */
    uint64_t count;           /* of the first node: how many there are */
    uint64_t unused[4];       /* fills a cache line of 64 bytes */
};

_Static_assert(sizeof(struct chase_node) == 64, "a node is a cache line");

void chase_prepare(void *memory, size_t size)
{
    struct chase_node *nodes = memory;
    uint64_t count = size / sizeof(*nodes);
    for (uint64_t i = 0; i < count; i++) {
        nodes[i].next = &nodes[(i * CHASE_FACTOR + CHASE_INCREMENT) & (count - 1)];
        nodes[i].number = i;
    }
    nodes[0].place = nodes;
    nodes[0].count = count;
}

/* Goes on where the batch before has stopped, or it would find everything in the caches. The answer
 * is the same nevertheless: of CHASE_LOADS numbers in a row the lower 16 bits are each value once.
 */
int chase_batch(void *memory, uint64_t *answer)
{
    struct chase_node *nodes = memory;
    const struct chase_node *node = nodes->place;
    uint64_t sum = nodes->count;
    for (uint64_t i = 0; i < CHASE_LOADS; i++) {
        uint64_t low = node->number % CHASE_LOADS;
        sum += low * low;
        node = node->next;
    }
    nodes->place = &nodes[node->number];
    *answer = sum;
    return 0;
}

/* touch: each page of fresh memory is a fault, in which the kernel finds a page, fills it with
 * zeros and puts it into the page table. */
int touch_batch(void *memory, uint64_t *answer)
{
    const size_t size = TOUCH_PAGES * PAGE;
    uint64_t sum = 0;
    (void)memory;
    volatile unsigned char *fresh =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fresh == MAP_FAILED)
        return -1;
    /* A kernel without large pages refuses, and does as it is told. */
    madvise((void *)(uintptr_t)fresh, size, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < size; i += PAGE) {
        fresh[i] = (unsigned char)(i / PAGE);
        sum = sum * 31 + fresh[i] + fresh[i + 1];
    }
    *answer = sum;
    return munmap((void *)(uintptr_t)fresh, size);
}
