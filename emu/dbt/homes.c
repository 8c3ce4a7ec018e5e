/* homes.c: see homes.h. */
#include "emu/dbt/homes.h"

#include <string.h>

#include "emu/isa/decode.h"

enum {
    FIRST_LOOK = 6,     /* samples */
    SAMPLE_HEAT = 4096, /* of a whole block */
    GAIN = 8,           /* others must be better by one part in so many */
};

/* What gcc uses most in loops: a5 a4 a0 a3 a2 a1 sp s0 s1 a6. */
static const uint8_t usual[HOMES] = {15, 14, 10, 13, 12, 11, 2, 8, 9, 16};

static void give(struct homes *homes, const uint8_t guest[HOMES])
{
    memcpy(homes->guest, guest, HOMES);
    memset(homes->home, HOMES, sizeof homes->home);
    for (unsigned i = 0; i < HOMES; i++)
        homes->home[guest[i]] = (uint8_t)i;
}

void homes_init(struct homes *homes)
{
    *homes = (struct homes){.next_look = FIRST_LOOK};
    give(homes, usual);
}

void homes_sample(struct homes *homes, const uint32_t *words, unsigned count)
{
    homes->samples++;
    for (unsigned i = 0; i < count; i++) {
        struct insn insn;
        uint32_t reads, writes;

        if (!isa_decode(words[i], &insn))
            continue;
        reads = isa_reads(&insn);
        writes = isa_writes(&insn);
        //@lab 5.7 how hot is a register?
        for (unsigned reg = 1; reg < 32; reg++)
            homes->heat[reg] += ((reads >> reg & 1) + (writes >> reg & 1)) * (SAMPLE_HEAT / count);
        //| (void)reads;
        //| (void)writes;
        //| lab_todo("5.7");
        //@end
    }
}

static uint64_t heat_of(const struct homes *homes, const uint8_t *guest)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < HOMES; i++)
        sum += homes->heat[guest[i]];
    return sum;
}

/* The hottest registers. */
static void choose_best(const struct homes *homes, uint8_t best[HOMES])
{
    //@lab 5.6 which registers get a home
    uint32_t taken = 1;

    for (unsigned i = 0; i < HOMES; i++) {
        unsigned hottest = 0;

        for (unsigned reg = 1; reg < 32; reg++) {
            if ((taken >> reg & 1) == 0 &&
                (hottest == 0 || homes->heat[reg] > homes->heat[hottest]))
                hottest = reg;
        }
        best[i] = (uint8_t)hottest;
        taken |= UINT32_C(1) << hottest;
    }
    //| (void)homes;
    //| (void)best;
    //| lab_todo("5.6");
    //@end
}

bool homes_choose(struct homes *homes)
{
    uint8_t best[HOMES];
    uint64_t now, then;

    if (homes->samples < homes->next_look)
        return false;
    homes->next_look = homes->samples * 2;
    choose_best(homes, best);
    now = heat_of(homes, homes->guest);
    then = heat_of(homes, best);
    for (unsigned reg = 0; reg < 32; reg++)
        homes->heat[reg] /= 2;
    if (then <= now + now / GAIN)
        return false;
    give(homes, best);
    return true;
}
