/* sort: quicksort of random numbers, small parts by insertion: comparisons nobody can predict. */
#include "bench/programs/bench.h"

enum { COUNT = 1 << 15, SMALL = 12 };

static uint32_t values[COUNT];

static void insertion_sort(uint32_t *first, uint32_t *last)
{
    for (uint32_t *next = first + 1; next <= last; next++) {
        uint32_t value = *next, *hole = next;

        for (; hole > first && hole[-1] > value; hole--)
            *hole = hole[-1];
        *hole = value;
    }
}

static uint32_t median(uint32_t a, uint32_t b, uint32_t c)
{
    if (a > b) {
        uint32_t t = a;

        a = b;
        b = t;
    }
    return c < a ? a : c > b ? b : c;
}

/* Hoare's partition around the median of three; the smaller part by recursion, the other by a turn.
 */
static void quick_sort(uint32_t *first, uint32_t *last)
{
    while (last - first > SMALL) {
        uint32_t pivot = median(*first, first[(last - first) / 2], *last);
        uint32_t *left = first, *right = last;

        while (left <= right) {
            while (*left < pivot)
                left++;
            while (*right > pivot)
                right--;
            if (left <= right) {
                uint32_t t = *left;

                *left++ = *right;
                *right-- = t;
            }
        }
        if (right - first < last - left) {
            quick_sort(first, right);
            first = left;
        } else {
            quick_sort(left, last);
            last = right;
        }
    }
    insertion_sort(first, last);
}

static uint64_t work(uint64_t rounds, uint64_t seed)
{
    uint64_t random = seed, sum = seed;

    for (uint64_t round = 0; round < rounds; round++) {
        for (int i = 0; i < COUNT; i++)
            values[i] = (uint32_t)(bench_random(&random) >> 24);
        quick_sort(values, values + COUNT - 1);
        for (int i = 0; i < COUNT; i += 512)
            sum = bench_add(sum, values[i]);
    }
    return sum;
}

int main(int argc, char **argv)
{
    return bench_main("sort", ROUNDS_sort, work, argc, argv);
}
