/*
 * own.c: the allocator of the seed "trivium", which is that of whoever gives no SEED.
 *
 * Another seed has other numbers, so this answer is of no use to it.
 */
#include "labs/05-optimize/own.h"

void own_homes(const uint32_t reads[32], const uint32_t writes[32], uint8_t *homes)
{
    //@lab 5.8 your own allocator
    uint32_t taken = 1 | 1 << 8;

    for (unsigned home = 0; home < 4; home++) {
        unsigned best = 0;

        for (unsigned reg = 1; reg < 32; reg++)
            if ((taken >> reg & 1) == 0 &&
                (best == 0 || reads[reg] + writes[reg] > reads[best] + writes[best]))
                best = reg;
        taken |= UINT32_C(1) << best;
        homes[home] = (uint8_t)best;
    }
    //| (void)reads;
    //| (void)writes;
    //| (void)homes;
    //| lab_todo("5.8");
    //@end
}
