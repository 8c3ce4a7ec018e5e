/* queens: in how many ways do n queens stand on a board without threat? Sets of columns as bits. */
#include "bench/programs/bench.h"

enum { SIZE = 9 };

#define BOARD ((UINT32_C(1) << SIZE) - 1)

/* Counts the ways to fill the rows from `row` on. `columns` are taken; `left` and `right` are
 * threatened along the diagonals; blocked[row] are squares on which nobody may stand. */
static uint64_t place(const uint32_t *blocked, int row, uint32_t columns, uint32_t left,
                      uint32_t right)
{
    uint32_t free = BOARD & ~(columns | left | right | blocked[row]);
    uint64_t ways = 0;

    if (row == SIZE)
        return 1;
    while (free != 0) {
        uint32_t square = free & (0 - free);

        free ^= square;
        ways +=
            place(blocked, row + 1, columns | square, (left | square) << 1, (right | square) >> 1);
    }
    return ways;
}

static uint64_t work(uint64_t rounds, uint64_t seed)
{
    uint64_t random = seed, sum = seed;

    for (uint64_t round = 0; round < rounds; round++) {
        uint32_t blocked[SIZE + 1] = {0};

        blocked[bench_random(&random) % SIZE] |= UINT32_C(1) << (bench_random(&random) % SIZE);
        sum = bench_add(sum, place(blocked, 0, 0, 0, 0));
    }
    return sum;
}

int main(int argc, char **argv)
{
    return bench_main("queens", ROUNDS_queens, work, argc, argv);
}
