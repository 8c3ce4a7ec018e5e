/* matmul: the product of two matrices of 32-bit integers, row by column as in the definition. */
#include "bench/programs/bench.h"

enum { SIZE = 128, ROWS = 16 };

static uint32_t a[SIZE][SIZE], b[SIZE][SIZE], product[SIZE][SIZE];

/* ROWS rows of the product. */
static void multiply(int first)
{
    for (int row = first; row < first + ROWS; row++) {
        for (int column = 0; column < SIZE; column++) {
            uint32_t sum = 0;

            for (int k = 0; k < SIZE; k++)
                sum += a[row][k] * b[k][column];
            product[row][column] = sum;
        }
    }
}

static uint64_t work(uint64_t rounds, uint64_t seed)
{
    uint64_t random = seed, sum = seed;

    for (int i = 0; i < SIZE; i++) {
        for (int j = 0; j < SIZE; j++) {
            a[i][j] = (uint32_t)(bench_random(&random) >> 20);
            b[i][j] = (uint32_t)(bench_random(&random) >> 20);
        }
    }
    for (uint64_t round = 0; round < rounds; round++) {
        int row = (int)(round % (SIZE / ROWS)) * ROWS;

        multiply(row);
        for (int i = 0; i < SIZE; i++) { /* the next time it is another product */
            a[row][i] = product[row][SIZE - 1 - i];
            sum = bench_add(sum, product[row + i % ROWS][i]);
        }
    }
    return sum;
}

int main(int argc, char **argv)
{
    return bench_main("matmul", ROUNDS_matmul, work, argc, argv);
}
