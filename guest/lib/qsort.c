/* qsort as a heap sort: in place, n log n steps at worst, no recursion.
 *
 * The array is seen as a binary tree: the children of element i are 2i + 1 and 2i + 2. In a heap no
 * child is greater than its parent, so the root is the greatest element of all.
 */
#include <stdlib.h>

struct heap {
    unsigned char *base;
    size_t size; /* of one element, in bytes */
    int (*compare)(const void *, const void *);
};

static int heap_compare(const struct heap *heap, size_t left, size_t right)
{
    return heap->compare(heap->base + left * heap->size, heap->base + right * heap->size);
}

static void heap_swap(const struct heap *heap, size_t left, size_t right)
{
    unsigned char *a = heap->base + left * heap->size;
    unsigned char *b = heap->base + right * heap->size;
    for (size_t i = 0; i < heap->size; i++) {
        unsigned char byte = a[i];
        a[i] = b[i];
        b[i] = byte;
    }
}

/* Lets the element at i sink until neither of its children, among the first count, is greater. */
static void heap_sink(const struct heap *heap, size_t i, size_t count)
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= count)
            return;
        if (child + 1 < count && heap_compare(heap, child, child + 1) < 0)
            child++;
        if (heap_compare(heap, i, child) >= 0)
            return;
        heap_swap(heap, i, child);
        i = child;
    }
}

void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    struct heap heap = {base, size, compare};
    for (size_t i = count / 2; i > 0; i--)
        heap_sink(&heap, i - 1, count);
    for (size_t last = count; last > 1; last--) {
        heap_swap(&heap, 0, last - 1);
        heap_sink(&heap, 0, last - 1);
    }
}
