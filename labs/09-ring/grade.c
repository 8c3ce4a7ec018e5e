/*
 * grade.c: the grader of lab 9: the student's own ring. What is asked of the virtio ring stands in
 * grade_driver.c and grade_device.c. See labs/grade.h.
 */
#include "labs/grade.h"
#include "labs/09-ring/rows.h"
#include "labs/09-ring/weak.h"

#include <stdio.h>
#include <string.h>

enum { VALUES = 20000 };

/* Both ends of a ring, and what has to come out of it: the i-th value is i * 40503, whoever puts
 * it. */
struct ends {
    struct own_ring ring; /* first, so that the ring leads to the rest */
    uint16_t put, taken;
    uint16_t first; /* where both counts began */
    unsigned values_put, values_taken, notices;
    bool asleep;       /* who takes, */
    bool looked_again; /* after it had said so */
    bool told;         /* since its turn began */
    bool lost;         /* it sleeps, there is something for it, and nobody will tell it */
    bool wrong;
    uint16_t wrong_value;
    bool broken; /* somebody said so */
};

static uint16_t value_of(unsigned number)
{
    return (uint16_t)(number * 40503U + 7);
}

static struct ends ends_new(struct grade *grade, uint16_t first)
{
    return (struct ends){
        .ring = weak_new(grade->seed, first), .put = first, .taken = first, .first = first};
}

/* A count that soon runs over. */
static uint16_t near_the_end(struct grade *grade)
{
    return (uint16_t)(65536 - 1 - grade_random(grade) % 40);
}

static enum own_answer put(struct ends *ends)
{
    enum own_answer answer;

    ends->ring.side = WEAK_PUTS;
    ends->ring.value = value_of(ends->values_put);
    ends->ring.count = (uint16_t)(ends->first + ends->values_put);
    answer = own_put(&ends->ring, &ends->put, ends->ring.value);
    if (answer != OWN_FULL)
        ends->values_put++;
    if (answer == OWN_NOTIFY) {
        ends->notices++;
        ends->asleep = false;
        ends->told = true;
    }
    ends->lost |= answer == OWN_QUIET && ends->asleep && ends->values_put > ends->values_taken;
    return answer;
}

static enum own_answer take(struct ends *ends)
{
    uint16_t value = 0;
    enum own_answer answer;

    ends->ring.side = WEAK_TAKES;
    ends->ring.looked_again = ends->ring.ordered = ends->told = false;
    answer = own_take(&ends->ring, &ends->taken, &value);
    if (answer == OWN_NOTHING && !ends->told) {
        ends->asleep = true;
        ends->looked_again = ends->ring.looked_again;
        ends->lost |= ends->values_put > ends->values_taken;
    }
    if (answer == OWN_BROKEN)
        ends->broken = true;
    if (answer == OWN_VALUE && value != value_of(ends->values_taken++) && !ends->wrong) {
        ends->wrong = true;
        ends->wrong_value = value;
    }
    return answer;
}

static int own_in_turn(struct grade *grade)
{
    struct ends ends = ends_new(grade, near_the_end(grade));
    const struct own_layout *layout = &ends.ring.layout;

    weak_tell(layout);
    for (unsigned i = 0; i < 100; i++) {
        uint16_t value = value_of(i), count = (uint16_t)(ends.first + i);
        unsigned entry = layout->first + count % layout->size;

        if (put(&ends) == OWN_FULL || ends.put != (uint16_t)(count + 1) ||
            ends.ring.words[layout->put] != ends.put || ends.ring.words[entry] != value) {
            grade_wrong(
                "put 0x%x, of which %u were put before: expected 0x%x in word %u and the count %u in "
                "word %u and in *put, got 0x%x, %u and %u",
                value, count, value, entry, (uint16_t)(count + 1), layout->put,
                ends.ring.words[entry], ends.ring.words[layout->put], ends.put);
            return grade_hint("9.1.1", "Counts run on; the entry is the count modulo the size");
        }
        if (take(&ends) != OWN_VALUE || ends.wrong || ends.taken != ends.put ||
            ends.ring.words[layout->taken] != ends.taken) {
            grade_wrong("take it: expected 0x%x, and the count %u in word %u and in *taken, got "
                        "0x%x, %u and %u",
                        value, ends.put, layout->taken, ends.wrong ? ends.wrong_value : value,
                        ends.ring.words[layout->taken], ends.taken);
            return grade_hint("9.2.1", "Counts run on; the entry is the count modulo the size");
        }
    }
    return GRADE_PASSED;
}

static int own_full(struct grade *grade)
{
    struct ends ends = ends_new(grade, near_the_end(grade));
    unsigned size = ends.ring.layout.size;

    for (unsigned turn = 0; turn < 20; turn++) {
        unsigned in = ends.values_put - ends.values_taken;

        while (in < size && put(&ends) != OWN_FULL)
            in++;
        if (in < size || put(&ends) != OWN_FULL) {
            grade_wrong("a ring of %u entries with %u in it: expected %s, got %s", size, in,
                        in < size ? "room for one more" : "OWN_FULL",
                        in < size ? "OWN_FULL" : "another answer");
            return grade_hint("9.1.1", "Full is when as many are in it as it has entries");
        }
        for (unsigned i = turn % 4 + 1; i > 0; i--) {
            if (take(&ends) == OWN_VALUE && !ends.wrong)
                continue;
            grade_wrong("a full ring: expected its values in order, got another answer");
            return grade_hint("9.2.1", "Up to OWN_SIZE entries are in it");
        }
    }
    return GRADE_PASSED;
}

static int own_hostile(struct grade *grade)
{
    struct ends ends = ends_new(grade, near_the_end(grade));
    const struct own_layout *layout = &ends.ring.layout;
    uint16_t count, lie;

    put(&ends);
    put(&ends);
    ends.ring.words[layout->put] = (uint16_t)grade_random(grade); /* no end loads its own count */
    put(&ends);
    if (ends.ring.words[layout->put] != (uint16_t)(ends.first + 3)) {
        grade_wrong("the other end writes over OWN_PUT, then a value is put: expected the count %u "
                    "there, got %u",
                    (uint16_t)(ends.first + 3), ends.ring.words[layout->put]);
        return grade_hint("9.1.1", "Your own count is in *put, where nobody else can change it");
    }
    ends.ring.words[layout->taken] = (uint16_t)grade_random(grade);
    if (take(&ends) != OWN_VALUE || ends.wrong || take(&ends) != OWN_VALUE || ends.wrong) {
        grade_wrong("the other end writes over OWN_TAKEN: expected the next value all the same");
        return grade_hint("9.2.1", "Your own count is in *taken, where nobody else can change it");
    }
    count = ends.put;
    lie = (uint16_t)(count + 1 + grade_random(grade) % 30000);
    ends.ring.words[layout->taken] = lie;
    if (put(&ends) != OWN_FULL || ends.put != count) {
        grade_wrong("%u were put, and OWN_TAKEN says %u: expected OWN_FULL", count, lie);
        return grade_hint("9.1.1", "More taken than put: whoever says so gets nothing more");
    }
    count = ends.taken;
    lie = (uint16_t)(count + layout->size + 1 + grade_random(grade) % 30000);
    ends.ring.words[layout->put] = lie;
    if (take(&ends) == OWN_BROKEN && ends.taken == count)
        return GRADE_PASSED;
    grade_wrong("%u were taken, %u entries, and OWN_PUT says %u: expected OWN_BROKEN", count,
                layout->size, lie);
    return grade_hint("9.2.1", "There cannot be more in a ring than it has entries");
}

static int own_notices(struct grade *grade)
{
    struct ends ends = ends_new(grade, near_the_end(grade));
    const struct own_layout *layout = &ends.ring.layout;
    unsigned bursts = 256, bytes = bursts * layout->size * (unsigned)sizeof(uint16_t);
    bool said = true; /* that it is awake */

    for (unsigned burst = 0; burst < bursts; burst++) {
        if (take(&ends) != OWN_NOTHING) {
            grade_wrong("take, of a ring that is empty: expected OWN_NOTHING, got another answer");
            return grade_hint("9.2.1", "As many put as taken: empty");
        }
        if (put(&ends) != OWN_NOTIFY) {
            grade_wrong("the other end sleeps, and a value is put: expected OWN_NOTIFY, got "
                        "another answer");
            return ends.ring.words[layout->asleep] == 0
                       ? grade_hint("9.2.3", "Who goes to sleep says so")
                       : grade_hint("9.1.3", "Who sleeps has to be told");
        }
        take(&ends);
        said = said && ends.ring.words[layout->asleep] == 0;
        for (unsigned i = 1; i < layout->size; i++)
            put(&ends);
        for (unsigned i = 1; i < layout->size; i++)
            take(&ends);
    }
    if (ends.notices == bursts)
        return GRADE_PASSED;
    grade_wrong("%u bursts of %u values: expected %u exits for each KiB, got %u", bursts,
                layout->size, bursts * 1024 / bytes, ends.notices * 1024 / bytes);
    return said ? grade_hint("9.1.3", "Who is awake need not be told")
                : grade_hint("9.2.3", "Who is awake says so");
}

/* The other end does one thing, unless it sleeps. */
static void other_end(struct own_ring *ring)
{
    struct ends *ends = (struct ends *)(void *)ring;
    uint16_t value = ring->value, count = ring->count;

    if (ring->side == WEAK_TAKES) {
        if (!ends->asleep)
            take(ends);
        return;
    }
    if (ends->values_put < VALUES)
        put(ends);
    ring->value = value;
    ring->count = count;
}

static int own_stalls(struct grade *grade)
{
    struct ends ends = ends_new(grade, (uint16_t)grade_random(grade));

    ends.ring.weak = true;
    ends.ring.other = other_end;
    ends.ring.random.state = grade_random(grade);
    for (unsigned idle = 0; idle < 1000 && !ends.wrong && !ends.lost;) {
        unsigned before = ends.values_put + ends.values_taken;
        bool turn = grade_random(grade) % 2 == 0;

        if (turn && ends.values_put < VALUES)
            put(&ends);
        else if (!turn && !ends.asleep)
            take(&ends);
        idle = ends.values_put + ends.values_taken == before ? idle + 1 : 0;
    }
    weak_settle(&ends.ring);
    if (ends.ring.published_early || ends.wrong || ends.broken) {
        grade_wrong("under stalls, value %u: expected 0x%x, got %s", ends.values_taken,
                    value_of(ends.values_taken - 1),
                    ends.broken ? "OWN_BROKEN" : "what was there before");
        return ends.ring.published_early
                   ? grade_hint("9.1.2", "The count was visible before the entry that it tells of")
                   : grade_hint("9.2.2", "What is loaded after the count may be older than it");
    }
    if (ends.values_taken == VALUES && !ends.lost)
        return GRADE_PASSED;
    grade_wrong("under stalls: expected all %u values to be taken; after %u, one end sleeps, %u "
                "values wait, and nobody will tell it",
                VALUES, ends.values_taken, ends.values_put - ends.values_taken);
    return ends.looked_again
               ? grade_hint("9.1.3", "It fell asleep between your look and your count")
               : grade_hint("9.2.3", "A value came while you fell asleep");
}

int main(int argc, char **argv)
{
    static const struct grade_test tests[] = {
        {"ring", own_in_turn},
        {"ring-full", own_full},
        {"ring-hostile", own_hostile},
        {"ring-notices", own_notices},
        {"ring-stalls", own_stalls},
        {"place", row_place},
        {"publish", row_publish},
        {"answer", row_answer},
        {"write", row_write},
        {"buffers", row_buffers},
        {"chains", row_chains},
        {"next", row_next},
        {"back", row_back},
        {"peace", row_peace},
        {"both", row_both},
    };

    return grade_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
