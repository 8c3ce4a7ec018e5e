/* weak.c: see weak.h. */
#include "labs/09-ring/weak.h"
#include "labs/grade.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct own_layout weak_layout(uint64_t seed)
{
    struct random random = {.state = seed};
    struct own_layout layout;

    layout.size = 4U << random_below(&random, 3);
    layout.first = 8 + (unsigned)random_below(&random, OWN_WORDS - 8 - 16);
    layout.put = (unsigned)random_below(&random, 8);
    layout.taken = (layout.put + 1 + (unsigned)random_below(&random, 3)) % 8;
    layout.asleep = (layout.put + 4 + (unsigned)random_below(&random, 4)) % 8;
    return layout;
}

void weak_tell(const struct own_layout *layout)
{
    printf("Yours (%u, %u, %u, %u, %u): OWN_SIZE, OWN_PUT, OWN_TAKEN, OWN_ASLEEP, OWN_FIRST\n",
           layout->size, layout->put, layout->taken, layout->asleep, layout->first);
    fflush(stdout); /* a hole ends the process */
}

struct own_ring weak_new(uint64_t seed, uint16_t count)
{
    struct own_ring ring = {.layout = weak_layout(seed), .random = {.state = seed ^ count}};

    ring.words[ring.layout.put] = ring.words[ring.layout.taken] = count;
    weak_settle(&ring);
    return ring;
}

static bool is_entry(const struct own_ring *ring, unsigned word)
{
    return word >= ring->layout.first && word - ring->layout.first < ring->layout.size;
}

/* Ends the test if no end should touch that word, or this one should not store there. */
static void check_word(const struct own_ring *ring, unsigned word, bool stores)
{
    const struct own_layout *layout = &ring->layout;
    bool puts = ring->side == WEAK_PUTS;
    bool loads_it = word == layout->put || word == layout->taken || word == layout->asleep ||
                    is_entry(ring, word);
    bool stores_it = puts ? word == layout->put || is_entry(ring, word)
                          : word == layout->taken || word == layout->asleep;

    if (stores ? stores_it : loads_it)
        return;
    grade_wrong("%s() %s word %u, which is not for it", puts ? "own_put" : "own_take",
                stores ? "stored into" : "loaded", word);
    exit(grade_hint(puts ? "9.1.1" : "9.2.1", "Every SEED has a layout of its own"));
}

static void show(struct own_ring *ring, unsigned side, unsigned word)
{
    const struct own_layout *layout = &ring->layout;
    unsigned entry = layout->first + ring->count % layout->size;

    if (!ring->sides[side].waits[word])
        return;
    ring->sides[side].waits[word] = false;
    ring->words[word] = ring->sides[side].stored[word];
    if (side == WEAK_PUTS && word == layout->put &&
        ring->words[word] == (uint16_t)(ring->count + 1) && ring->words[entry] != ring->value)
        ring->published_early = true;
}

/* What one end has stored, in any order; its loads find nothing old. */
static void settle(struct own_ring *ring, unsigned side)
{
    unsigned start = (unsigned)random_below(&ring->random, OWN_WORDS);

    /* Nobody can look in between. So the entries come first, whatever the order was. */
    for (unsigned i = 0; i < OWN_WORDS; i++)
        if (is_entry(ring, (start + i) % OWN_WORDS))
            show(ring, side, (start + i) % OWN_WORDS);
    for (unsigned i = 0; i < OWN_WORDS; i++)
        show(ring, side, i);
    memcpy(ring->sides[side].old, ring->words, sizeof ring->words);
}

void weak_settle(struct own_ring *ring)
{
    settle(ring, WEAK_PUTS);
    settle(ring, WEAK_TAKES);
}

/* Between any two accesses: some stores become visible, and the other end may act. */
static void step(struct own_ring *ring)
{
    if (!ring->weak) {
        weak_settle(ring);
        return;
    }
    for (unsigned word = 0; word < OWN_WORDS; word++)
        for (unsigned side = 0; side < 2; side++)
            if (random_below(&ring->random, 4) == 0)
                show(ring, side, word);
    if (ring->nested || random_below(&ring->random, 3) != 0)
        return;
    ring->nested = true;
    ring->side = ring->side == WEAK_PUTS ? WEAK_TAKES : WEAK_PUTS;
    ring->other(ring);
    ring->side = ring->side == WEAK_PUTS ? WEAK_TAKES : WEAK_PUTS;
    ring->nested = false;
}

uint16_t own_read(struct own_ring *ring, unsigned word)
{
    unsigned side = ring->side;
    uint16_t value;

    check_word(ring, word, false);
    if (side == WEAK_TAKES && word == ring->layout.put)
        ring->looked_again = ring->ordered;
    if (ring->sides[side].waits[word]) {
        value = ring->sides[side].stored[word];
    } else {
        if (!ring->weak || random_below(&ring->random, 2) == 0)
            ring->sides[side].old[word] = ring->words[word];
        value = ring->sides[side].old[word];
    }
    step(ring);
    return value;
}

void own_write(struct own_ring *ring, unsigned word, uint16_t value)
{
    check_word(ring, word, true);
    if (word == ring->layout.asleep)
        ring->ordered = false;
    ring->sides[ring->side].stored[word] = ring->sides[ring->side].old[word] = value;
    ring->sides[ring->side].waits[word] = true;
    step(ring);
}

void own_barrier(struct own_ring *ring)
{
    settle(ring, ring->side);
    if (ring->side == WEAK_TAKES)
        ring->ordered = ring->sides[WEAK_TAKES].old[ring->layout.asleep] != 0;
    step(ring);
}
