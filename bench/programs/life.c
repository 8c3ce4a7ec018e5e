/* life: Conway's Game of Life on a torus, a byte for each cell. */
#include "bench/programs/bench.h"

enum { SIZE = 128 };

static uint8_t cells[2][SIZE][SIZE];

static void step(uint8_t (*to)[SIZE], uint8_t (*from)[SIZE])
{
    for (int y = 0; y < SIZE; y++) {
        const uint8_t *above = from[(y + SIZE - 1) % SIZE];
        const uint8_t *here = from[y];
        const uint8_t *below = from[(y + 1) % SIZE];

        for (int x = 0; x < SIZE; x++) {
            int left = (x + SIZE - 1) % SIZE, right = (x + 1) % SIZE;
            int around = above[left] + above[x] + above[right] + here[left] + here[right] +
                         below[left] + below[x] + below[right];

            to[y][x] = around == 3 || (around == 2 && here[x] != 0);
        }
    }
}

static uint64_t count_alive(uint8_t (*board)[SIZE])
{
    uint64_t alive = 0;

    for (int y = 0; y < SIZE; y++) {
        for (int x = 0; x < SIZE; x++)
            alive += board[y][x];
    }
    return alive;
}

static uint64_t work(uint64_t rounds, uint64_t seed)
{
    uint64_t random = seed, sum = seed;

    for (int y = 0; y < SIZE; y++) {
        for (int x = 0; x < SIZE; x++)
            cells[0][y][x] = bench_random(&random) >> 40 & 1;
    }
    for (uint64_t round = 0; round < rounds; round++) {
        for (int i = 0; i < 16; i++)
            step(cells[(i + 1) % 2], cells[i % 2]);
        sum = bench_add(sum, count_alive(cells[0]));
        for (int i = 0; i < 32; i++) { /* or it would come to rest */
            uint64_t bits = bench_random(&random);

            cells[0][bits % SIZE][(bits >> 32) % SIZE] ^= 1;
        }
    }
    return sum;
}

int main(int argc, char **argv)
{
    return bench_main("life", ROUNDS_life, work, argc, argv);
}
