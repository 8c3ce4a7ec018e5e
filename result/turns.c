/* turns.c: see turns.h. */
#include "result/turns.h"

size_t result_turn(size_t lanes, size_t round, size_t place)
{
    size_t pair, step;

    if (round == 0)
        return place;
    pair = (round - 1) / 2;
    if (round % 2 == 0)
        place = lanes - 1 - place;
    /* 0, 1, -1, 2, -2, ...: any two neighbours differ by another step. */
    step = place % 2 == 1 ? (place + 1) / 2 : lanes - place / 2;
    return (step + pair) % lanes;
}
